from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from enrolment.queries.stands import Shift
from outreach.forms.fields import CountField

MOST = 5000
"""More than this at one booth in one day is a slip of the finger."""

_LOST = _("The number of this form was lost. Open the page anew.")
_MANY = _("Count again: nobody registers so many in a day.")


def _count(label, help_text, required) -> CountField:
    return CountField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST,
        error_messages={
            "required": required,
            "invalid": _("Write a whole number, such as 41."),
            "min_value": _("Write a whole number, such as 41."),
            "max_value": _MANY,
        },
    )


class ShiftForm(forms.Form):
    """What was taken at a booth on one day. `known` is what the server has; a difference needs its reason, and so
    does the branch when it closes in an officer's place. The reason is stored encrypted."""

    use_required_attribute = False

    closing_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _LOST, "invalid": _LOST}
    )
    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": _LOST, "invalid": _LOST}
    )
    taken = _count(
        _("Registrations taken"),
        _("All of this booth on this day, by phone and on paper. Count the forms and the slips."),
        _("Write how many were taken. None is 0."),
    )
    on_paper = _count(
        _("Of these still on paper"),
        _("Filled in and not typed yet. None is 0."),
        _("Write how many lie on paper. None is 0."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Only if the numbers differ, or you close the booth for an officer. No names of workers."
        ),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, known: Shift, for_another: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.for_another = known, for_another
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "closing_id",
            "seen",
            Field("taken", wrapper_class="jb-narrow"),
            Field("on_paper", wrapper_class="jb-narrow"),
            "reason",
        )

    def clean(self):
        cleaned = super().clean()
        taken, on_paper = cleaned.get("taken"), cleaned.get("on_paper")
        if taken is None or on_paper is None:
            return cleaned
        if on_paper > taken:
            self.add_error("on_paper", _("More on paper than were taken. Count again."))
        elif not cleaned.get("reason"):
            self._ask_reason(taken - on_paper)
        return cleaned

    def _ask_reason(self, stated: int) -> None:
        if stated != self.known.received:
            said = _(
                "%(stated)d should have been sent, %(received)d were received. Write in one sentence why."
            )
            self.add_error("reason", said % {"stated": stated, "received": self.known.received})
        elif self.for_another:
            self.add_error("reason", _("Write in one sentence why you close it for the officer."))
