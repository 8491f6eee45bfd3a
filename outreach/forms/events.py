"""The forms around an event: by hand, from a copy, and its next state."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget, AdminTimeWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach.choices import EventState
from outreach.forms.fields import CountField
from outreach.forms.scoped import BranchForm
from outreach.forms.villages import VillageField, VillageInput
from outreach.models import Event, Organisation

LONGEST = timedelta(days=31)
"""A longer event is a slip of the finger in a year or a month."""

_SLUG_TAKEN = _("This short name is taken. Choose another one.")


class HourField(forms.TimeField):
    """`08.00`, as hours are written here; `08:00` is understood too."""

    def __init__(self, **kwargs) -> None:
        kwargs["widget"] = AdminTimeWidget(format="%H.%M")
        super().__init__(input_formats=("%H.%M", "%H:%M", "%H.%M.%S", "%H:%M:%S"), **kwargs)


class EventForm(BranchForm):
    village_code = VillageField(
        label=_("Village"),
        help_text=_("Its name if it lies in the branch's own regency, else its code such as 31.72.01.1001."),
        widget=VillageInput(attrs={"class": "vTextField"}),
    )
    opens_at = HourField(label=_("Opens at"), initial="08.00", help_text=_("In WIB."))
    closes_at = HourField(label=_("Closes at"), initial="15.00", help_text=_("In WIB."))

    class Meta:
        model = Event
        fields = (
            "name", "slug", "campaign", "organiser", "occasion", "venue", "village_code", "first_day", "last_day",
            "opens_at", "closes_at", "target",
        )  # fmt: skip
        field_classes = {"target": CountField}
        error_messages = {"slug": {"unique": _SLUG_TAKEN}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # On a page that only shows the event none of its fields is here.
        if "organiser" in self.fields:
            self.fields["organiser"].queryset = Organisation.objects.visible_to(self.user)
        for name in {"campaign", "organiser"} & set(self.fields):
            widget = self.fields[name].widget  # of Django's four buttons beside it only "add" is of use here
            widget.can_change_related = widget.can_delete_related = widget.can_view_related = False
        if "village_code" in self.fields and self.user.branch:
            self.fields["village_code"].look_near(self.user.branch.regency_code)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "organiser" in self.changed_data and not self.instance._state.adding:
            self._check_organiser()
        first, last = data.get("first_day"), data.get("last_day")
        if first:
            try:
                plausible_day(first)
            except ValidationError as slip:
                self.add_error("first_day", slip)
        if first and last and last - first >= LONGEST:
            self.add_error(
                "last_day",
                ValidationError(
                    _("An event lasts at most 31 days. Check the year and the month."), code="too_long"
                ),
            )
        return data

    def _check_organiser(self) -> None:
        """Names that one organisation signed with are not another one's to read, nor its goods to return."""
        if self.instance.equipment_lines.exists():
            sentence = _(
                "Equipment was asked for already, so the organiser stays. Enter another event for another one."
            )
            self.add_error("organiser", ValidationError(sentence, code="equipment"))


def plausible_day(day: date) -> None:
    """Raises ValidationError for a year that is a slip of the finger."""
    if not 2000 <= day.year <= 2100:
        raise ValidationError(_("Check the year."), code="year")


class CopyForm(forms.Form):
    """What is new about an event that is otherwise like an earlier one."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=AdminTextInputWidget)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        help_text=_("Part of addresses, such as penjaringan-2023."),
        widget=AdminTextInputWidget,
    )
    first_day = forms.DateField(label=_("First day"), widget=AdminDateWidget, validators=[plausible_day])
    target = CountField(
        label=_("Target"),
        min_value=0,
        max_value=1_000_000,
        help_text=_("Registrations hoped for, in workers."),
    )

    def __init__(self, *args, source: Event, **kwargs) -> None:
        super().__init__(*args, initial={"name": source.name, "target": source.target}, **kwargs)

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if Event.objects.filter(slug=slug).exists():
            raise ValidationError(_SLUG_TAKEN, code="unique")
        return slug


class MoveForm(forms.Form):
    """The button that was pressed. Whether the move is allowed, the action tells."""

    target = forms.ChoiceField(choices=EventState.choices)
