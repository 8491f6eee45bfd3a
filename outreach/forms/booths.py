"""The rows beneath an event: its booths, and who stands at them on which day."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.choices import Role
from outreach.forms.events import LONGEST
from outreach.forms.fields import CountField
from outreach.models import Assignment, Booth, Event, User
from outreach.templatetags.formats import weekday_short

_CODE = re.compile(r"[A-Z0-9]{1,4}", re.ASCII)


class BoothForm(forms.ModelForm):
    class Meta:
        model = Booth
        fields = ("code", "target")
        field_classes = {"target": CountField}
        widgets = {"code": forms.TextInput(attrs={"size": 4})}

    def clean_code(self) -> str:
        """In capitals, as it is printed on forms and looked up."""
        code = self.cleaned_data["code"].upper()
        if not _CODE.fullmatch(code):
            raise ValidationError(
                _("Use one to four letters or digits, such as A or B2."), code="code_invalid"
            )
        return code


class FromMemory(forms.TypedChoiceField):
    """A select over things that are already in memory, so that a row of a formset costs no query."""

    def offer(self, options: Iterable[tuple[Any, Any, str]]) -> None:
        """(key, value, label) each."""
        options = list(options)
        self.coerce = {str(key): value for key, value, _label in options}.__getitem__
        self.choices = [("", "---------"), *((str(key), label) for key, _value, label in options)]

    def has_changed(self, initial, data) -> bool:
        return str(initial or "") != str(data or "")


class AssignmentForm(forms.ModelForm):
    """One officer at one booth on one day. The formset fills the choices, once for all rows."""

    day = FromMemory(label=_("Day"))
    booth = FromMemory(label=_("Booth"))
    officer = FromMemory(label=_("Officer"))

    class Meta:
        model = Assignment
        fields = ("day", "booth", "officer")

    def __init__(self, *args, options: dict[str, list], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in options.items():
            if name in self.fields:
                self.fields[name].offer(offered)


class AssignmentFormSet(forms.BaseModelFormSet):
    """The assignments of one event, `instance`: only its days, its booths, its branch's officers.

    No inline formset, because an assignment hangs on a booth and not on the event itself. `user` is set on the
    class that the admin makes anew for every request.
    """

    user: User

    def __init__(self, *args, instance: Event, queryset, save_as_new: bool = False, **kwargs) -> None:
        self.instance = instance
        queryset = queryset.filter(booth__event_id=instance.pk).order_by("day", "booth__code", "pk")
        super().__init__(*args, queryset=queryset.select_related("booth__event", "officer"), **kwargs)
        self.form_kwargs = {"options": self._options()}

    @classmethod
    def get_default_prefix(cls) -> str:
        return "assignments"

    def _options(self) -> dict[str, list]:
        event = self.instance
        booths = list(Booth.objects.filter(event_id=event.pk).order_by("code"))
        for booth in booths:
            booth.event = event  # with the days as they are being typed, not as they are stored
        return {
            "day": [(day.isoformat(), day, weekday_short(day)) for day in event.days[: LONGEST.days]],
            "booth": [(booth.pk, booth, booth.code) for booth in booths],
            "officer": [(who.pk, who, f"{who.get_full_name()} ({who})") for who in self._officers()],
        }

    def _officers(self) -> list[User]:
        """The branch's active officers, temporary ones of this event alone, and who already stands here."""
        ours = Q(temporary_for=None) | Q(temporary_for=self.instance.pk)
        here = Assignment.objects.filter(booth__event_id=self.instance.pk).values("officer")
        return list(
            User.objects.visible_to(self.user)
            .filter(
                Q(ours, role=Role.OFFICER, is_active=True) | Q(pk__in=here), branch_id=self.instance.branch_id
            )
            .order_by("full_name", "username")
        )
