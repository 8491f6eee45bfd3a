from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from enrolment.forms.registration import RegistrationForm

REASON_LENGTH = 300
FLAG_LENGTH = 160
OWN_WORDS = "-"


class Purpose(models.TextChoices):
    """What a reviewer opens NIK, address, phone and e-mail for. The value goes into the access row."""

    PAPER = "review: compare with the paper form", _("Compare with the paper form")
    CALL = "review: call the worker", _("Call the worker")
    TWINS = "review: compare duplicates", _("Compare with a twin")
    OTHER = "review: other", _("Something else")


_CARD = (_("Not as on the KTP. Look at the card again."), _("Not complete. Copy it from the KTP."))
_WORK = (
    _("Does not fit the work that was described. Ask the worker."),
    _("Not clear enough. Ask the worker."),
)
_REACH = (
    _("Nobody can be reached there. Ask for another one."),
    _("Looks mistyped. Ask the worker to read it out."),
)

# The fields that can be sent back, each with the reasons offered for it, the likeliest first.
FLAGGED = {
    "nik": (*_CARD, _("Used by somebody else here. Compare the NIK with the card.")),
    **dict.fromkeys(("full_name", "birth_place", "birth_date", "sex", "address", "village_code"), _CARD),
    "guardian": (
        _("Missing. Write the name of who agrees for the worker."),
        _("Named, but their yes is missing. Ask them, and tick it."),
        *_CARD,
    ),
    **dict.fromkeys(("phone", "email"), _REACH),
    **dict.fromkeys(("job_type_1", "job_type_2", "work_location", "income", "government_paid"), _WORK),
}


_TOGETHER = {"address": ("rt", "rw"), "guardian": ("guardian_relation", "guardian_agrees")}


class OpenForm(forms.Form):
    """What for? Asked before hidden values are shown."""

    use_required_attribute = False

    purpose = forms.ChoiceField(
        label=_("What for?"),
        choices=[("", _("Choose what for")), *Purpose.choices],
        error_messages={
            "required": _("Choose what you open it for. It is put on record."),
            "invalid_choice": _("Choose what you open it for. It is put on record."),
        },
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A field's tick box on the review page, with the reason that opens beneath it, as it was left."""

    ticked: bool
    reasons: tuple[str, ...]
    chosen: str
    words: str


class DecisionForm(forms.Form):
    """The reviewer's reason, the fields that the officer shall correct, and the version that stood on the screen.

    Which decisions need a reason is a rule of the action, so both may stay empty. Each field that can be flagged has
    a tick (`flag`), a chosen reason (`why_<field>`) and own words (`say_<field>`).
    """

    use_required_attribute = False
    wrong_flag = ""  # the field whose own words are refused

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 28}),
        error_messages={"max_length": _("A reason has at most 300 characters. Shorten it.")},
    )

    def clean(self) -> dict[str, Any]:
        """`flags`: the sentence for the officer, by the field's name."""
        flags = {}
        for name, mark in marks(self.data).items():
            if mark.ticked:
                self.wrong_flag = name
                own = " ".join(mark.words.split())
                if len(own) > FLAG_LENGTH:
                    raise ValidationError(
                        _("A field's reason has at most 160 characters. Shorten it."), code="flag_long"
                    )
                if mark.chosen == OWN_WORDS and not own:
                    raise ValidationError(
                        _("Write in your own words what is wrong, or choose a reason."), code="flag_empty"
                    )
                chosen = mark.chosen if mark.chosen in mark.reasons else ""
                # A tick alone is a reason too: the likeliest.
                flags[name] = " ".join(filter(None, (chosen, own))) or mark.reasons[0]
                self.wrong_flag = ""
        return self.cleaned_data | {"flags": flags}


def marks(data) -> dict[str, Mark]:
    """The tick boxes as a request left them; none ticked where it has none."""
    ticked = data.getlist("flag") if hasattr(data, "getlist") else ()
    return {
        name: Mark(
            ticked=name in ticked,
            reasons=tuple(str(reason) for reason in reasons),
            chosen=data.get(f"why_{name}", ""),
            words=data.get(f"say_{name}", ""),
        )
        for name, reasons in FLAGGED.items()
    }


def marks_of(flags: Mapping[str, str]) -> dict[str, Mark]:
    """The tick boxes filled in with what somebody else has flagged, to be gone on from."""
    blank = marks({})
    return blank | {name: _filled(blank[name], flags[name]) for name in blank if name in flags}


def _filled(mark: Mark, said: str) -> Mark:
    """A flag's sentence is a reason of the list, own words, or one after the other (DecisionForm.clean)."""
    for reason in mark.reasons:
        if said.startswith(reason):
            return replace(mark, ticked=True, chosen=reason, words=said.removeprefix(reason).strip())
    return replace(mark, ticked=True, chosen=OWN_WORDS, words=said)


def opened_by(flags: Mapping[str, str]) -> list[str]:
    """The fields of the form that a return's flags open, in their order, with those that belong to one of them."""
    names = set(flags).union(*(_TOGETHER.get(name, ()) for name in flags))
    return [name for name in RegistrationForm.base_fields if name in names]


def flag_lines(flags: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field as it is called, what is wrong with it), in the order of the form."""
    return [
        (str(RegistrationForm.base_fields[name].label), flags[name])
        for name in opened_by(flags)
        if name in flags
    ]
