from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrolment.choices import ArbitrationOutcome, Verdict

REASON_LENGTH = 300
OWN_WORDS = "-"
THIS, THAT = "this", "that"

_SAME = (
    _("Sent twice."),
    _("Registered at two stands, or on two days."),
    _("Once on the phone and once on paper."),
    _("One of the two was mistyped."),
)
_DIFFERENT = (
    _("Another person with the same name and birth date."),
    _("The NIK was mistyped in one of the two."),
    _("Compared with the cards: two people."),
)
REASONS = {Verdict.SAME: _SAME, Verdict.DIFFERENT: _DIFFERENT}
"""Offered for each verdict, the likeliest first."""


class _ReasonedForm(forms.Form):
    """A reason chosen from a list, in own words, or both; `reason` in what is cleaned."""

    use_required_attribute = False

    why = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        error_messages={"invalid_choice": _("Choose a reason, or write it in one sentence.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=REASON_LENGTH,
        error_messages={"max_length": _("A reason has at most 300 characters. Shorten it.")},
    )

    def offer(self, reasons) -> None:
        """The reasons of the list."""
        said = [(str(reason), reason) for reason in reasons]
        self.fields["why"].choices = [("", _("Choose a reason")), *said, (OWN_WORDS, _("In my own words"))]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen, own = data.get("why", ""), " ".join(data.get("words", "").split())
        reason = " ".join(filter(None, ("" if chosen == OWN_WORDS else chosen, own)))
        if chosen == OWN_WORDS and not own and not self.errors:
            self.add_error("words", _("Write in your own words why, or choose a reason."))
        elif not reason and not self.errors and self.reason_needed(data):
            self.add_error("why", _("Choose a reason, or write it in one sentence."))
        return data | {"reason": reason[:REASON_LENGTH]}

    def reason_needed(self, data: dict[str, Any]) -> bool:
        """Most verdicts need one."""
        return True


class VerdictForm(_ReasonedForm):
    """One person or two? `act` is the verdict; of one person, `keep` says which registration stays. `version`,
    `other_version` and `seen` are what stood on the screen: both contents, and the verdict before, if there was one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    keep = forms.ChoiceField(
        label=_("Which one stays?"),
        choices=((THIS, THIS), (THAT, THAT)),
        required=False,
        error_messages={"invalid_choice": _("Choose which of the two stays.")},
    )

    def __init__(self, *args, verdict: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.verdict = Verdict(verdict)
        self.offer(REASONS[self.verdict])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.verdict == Verdict.SAME and not data.get("keep") and "keep" not in self.errors:
            self.add_error("keep", _("Choose which of the two stays."))
        return data


class ArbitrationForm(_ReasonedForm):
    """What the head decides of twins of two branches, and why."""

    outcome = forms.ChoiceField(
        label=_("Which one stays?"),
        choices=ArbitrationOutcome.choices,
        error_messages={
            "required": _("Choose which one stays, or that they are different people."),
            "invalid_choice": _("Choose which one stays, or that they are different people."),
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.offer((*_SAME, *_DIFFERENT))

    def reason_needed(self, data: dict[str, Any]) -> bool:
        """Not where nothing is decided."""
        return data.get("outcome") != ArbitrationOutcome.MOOT
