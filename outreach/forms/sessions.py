"""An outreach session as it is entered at the stand, and as the branch puts it right."""

from datetime import datetime, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTimeWidget
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.actions.sessions import SessionContent
from outreach.choices import Role
from outreach.forms.fields import CountField
from outreach.models import OutreachSession, User
from outreach.models.session import MOST_PEOPLE

BEFORE = timedelta(days=90)
"""A session may prepare an event so long before it; an earlier day is a slip of the finger."""

_DAYS = ("%d-%m-%Y", "%d/%m/%Y", "%d %m %Y", "%Y-%m-%d")
_HOURS = ("%H.%M", "%H:%M", "%H %M", "%H%M", "%H.%M.%S", "%H:%M:%S")


class SpeakerField(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.get_full_name()


class SessionForm(forms.ModelForm):
    """The instance has its event; `user` is who fills the form in. Day and hour are asked apart, and are one moment
    in Asia/Jakarta afterwards. They are typed: a browser's picker puts the month first where the phone is set so."""

    use_required_attribute = False
    user: User

    day = forms.DateField(
        label=_("Day"),
        help_text=_("Such as 22-11-2026."),
        input_formats=_DAYS,
        widget=forms.DateInput(format="%d-%m-%Y", attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day such as 22-11-2026."),
        },
    )
    hour = forms.TimeField(
        label=_("Started at"),
        help_text=_("Such as 08.30, in WIB."),
        input_formats=_HOURS,
        widget=forms.TimeInput(format="%H.%M", attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Write when it started."),
            "invalid": _("Write the hour such as 08.30."),
        },
    )
    speaker = SpeakerField(
        User.objects.none(),
        label=_("Who spoke"),
        empty_label=None,
        error_messages={"required": _("Choose who spoke."), "invalid_choice": _("Choose who spoke.")},
    )
    people_reached = CountField(
        label=_("How many people were there"),
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=_("Counted or estimated by you, without the branch's own people."),
        error_messages={
            "required": _("Write how many people were there; 0 if nobody came."),
            "invalid": _("Write a whole number, without words."),
            "min_value": _("Write a number from 0 on."),
            "max_value": _("One session reaches at most 10,000 people. Check the number."),
        },
    )

    class Meta:
        model = OutreachSession
        fields = ("place", "topic", "speaker", "people_reached")
        labels = {"place": _("Where"), "topic": _("About what")}
        error_messages = {
            "place": {"required": _("Write where it was.")},
            "topic": {"required": _("Write what it was about, in a few words.")},
        }

    def __init__(self, *args, user: User | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user or self.user  # the admin sets it on the class that it makes anew for every request
        stored = self.instance.starts_at
        if stored:
            here = timezone.localtime(stored)
            self.initial = {"day": here.date(), "hour": here.time(), **self.initial}
        if "speaker" in self.fields:  # on a page that only shows the session it is not
            self.fields["speaker"].queryset = self._speakers()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("day") and data.get("hour"):
            event = self.instance.event
            moment = timezone.make_aware(datetime.combine(data["day"], data["hour"]))
            if not event.first_day - BEFORE <= data["day"] <= event.last_day:
                self.add_error(
                    "day", _slip("outside", _("Choose a day of the event, or one of the 90 before."))
                )
            elif moment > timezone.now():
                self.add_error("hour", _slip("future", _("Enter a session after it has begun.")))
            else:
                self.instance.starts_at = moment
        return data

    def content(self) -> SessionContent:
        """What was cleaned, for the action."""
        names = ("place", "topic", "speaker", "people_reached")
        return SessionContent(self.instance.starts_at, *(self.cleaned_data[name] for name in names))

    def _speakers(self):
        """The active people of the event's branch, and who is stored; no outsiders."""
        return (
            User.objects.filter(branch_id=self.instance.event.branch_id)
            .exclude(role=Role.ORGANISER)
            .filter(Q(is_active=True) | Q(pk=self.instance.speaker_id))
            .order_by("full_name", "username")
        )


class PhoneSessionForm(SessionForm):
    """On the officer's page. A new one carries the id that was made when it opened."""

    session_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("The number of this form was lost. Open the page anew."),
            "invalid": _("The number of this form was lost. Open the page anew."),
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["session_id"]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            *(("session_id",) if "session_id" in self.fields else ()),
            Field("people_reached", wrapper_class="jb-narrow"),
            Div("day", "hour", css_class="jb-side jb-side-wide"),
            "place",
            "topic",
            "speaker",
        )


class OfficeSessionForm(SessionForm):
    """In the admin, with its own pickers."""

    day = forms.DateField(label=_("Day"), input_formats=_DAYS, widget=AdminDateWidget(format="%d-%m-%Y"))
    hour = forms.TimeField(
        label=_("Started at"),
        input_formats=_HOURS,
        widget=AdminTimeWidget(format="%H.%M"),
        help_text=_("In WIB."),
    )

    class Meta(SessionForm.Meta):
        labels = {}


def _slip(code: str, sentence) -> ValidationError:
    return ValidationError(sentence, code=code)
