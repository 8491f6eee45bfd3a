"""The part of the registration form that is asked of a paper form alone: when it was filled in, and on which sheet; and
what the sheet answers by itself: the notice that its worker signed."""

from crispy_forms.layout import Field
from django.utils.translation import gettext_lazy as _

from enrolment import validators
from enrolment.choices import ConsentHow
from enrolment.errors import refusal
from enrolment.forms.fields import RuleField
from enrolment.models import ConsentText, PaperSheet
from enrolment.queries import sheets


def sheet_number() -> RuleField:
    return RuleField(
        validators.sheet,
        label=_("Number of the paper sheet"),
        help_text=_("From the top of the sheet, such as P-7K3-042-X."),
        required=False,
    )


class OfPaper:
    """Of RegistrationForm, which has the field `sheet`."""

    def of_paper(self) -> list[str | Field]:
        """The questions for the page. The sheet is asked of a paper form, and wherever one was named."""
        day = [Field("registered_at", wrapper_class="is-needed")] if self.on_paper else []
        signed = self.correcting and self.correcting.consent_how == ConsentHow.PAPER
        named = self.data.get("sheet") or self.initial.get("sheet")
        return [*day, "sheet"] if self.on_paper or signed or named else day

    def clean_sheet(self) -> PaperSheet | None:
        """A free sheet of this booth. Whether it still is when it is stored, the action asks again, under lock. What is
        stored under this id already was judged when it came first: the action knows it again."""
        typed, booth = self.cleaned_data["sheet"], self.cleaned_data.get("booth")
        if typed is None or booth is None:  # without a booth, its own error says what to do
            return None
        sheet = sheets.named(typed, self.user)
        if sheet is None:
            raise refusal("sheet_unknown")
        submission_id = self.cleaned_data.get("submission_id")
        if self.stored and not self.correcting:
            return sheet
        if found := sheets.objection(sheet, booth=booth, submission_id=submission_id, user=self.user):
            raise found
        return sheet

    def signed_text(self) -> ConsentText | None:
        """Of a form that was checked: what its worker has signed stands on the sheet, whatever the page offered."""
        said = getattr(self, "cleaned_data", {})
        sheet = said.get("sheet")
        return sheet.pad.consent_text if sheet and said.get("consent_how") == ConsentHow.PAPER else None
