from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enrolment.queries.seen import Kind
from outreach.models import User

_DAYS = ("%d-%m-%Y", "%Y-%m-%d")
_NO_DAY = _("This is not a day of the calendar. Write it such as 22-11-2026.")


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.get_full_name()


class SeenForm(forms.Form):
    """Whose looks to show, how far they went, on which days. All may stay empty. `people` are those to choose from."""

    use_required_attribute = False

    who = _Person(
        queryset=User.objects.none(),
        label=_("Who"),
        required=False,
        empty_label=_("All people"),
        error_messages={"invalid_choice": _("Choose somebody of this branch.")},
    )
    kind = forms.ChoiceField(
        label=_("What was opened"),
        required=False,
        choices=(("", _("Everything")), *Kind.choices),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    first_day = forms.DateField(
        label=_("From"),
        required=False,
        input_formats=_DAYS,
        help_text=_("such as 22-11-2026"),
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"}, format="%d-%m-%Y"),
        error_messages={"invalid": _NO_DAY},
    )
    last_day = forms.DateField(
        label=_("Until"),
        required=False,
        input_formats=_DAYS,
        help_text=_("such as 22-11-2026"),
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"}, format="%d-%m-%Y"),
        error_messages={"invalid": _NO_DAY},
    )

    def __init__(self, *args, people: QuerySet[User], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = people

    def clean(self):
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first. Change one of them."))
        return data
