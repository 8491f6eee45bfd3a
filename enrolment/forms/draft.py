"""What a draft takes: a form's number and stand must be right, all else stays as it was typed."""

from django import forms
from django.http import QueryDict

from enrolment.choices import ConsentHow
from enrolment.forms.registration import RegistrationForm
from enrolment.forms.typing_help import RegionInput
from outreach.models import Booth, Event, User

LARGEST = 2**31 - 1


class DraftForm(forms.Form):
    submission_id = forms.UUIDField()
    event = forms.CharField(max_length=100)
    booth = forms.CharField(max_length=20)
    draft_counter = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        """The booth, of an event of this person's."""
        data = self.cleaned_data
        events = Event.objects.visible_to(self.user).filter(slug=data.get("event", ""))
        booth = (
            Booth.objects.select_related("event").filter(event__in=events, code=data.get("booth", "")).first()
        )
        if booth is None:
            raise forms.ValidationError("", code="booth_unknown")
        data["booth"] = booth
        return data


def typed(posted: QueryDict) -> dict[str, list[str]]:
    """The inputs of the registration form, and nothing else that a page may carry. Of a place that was tapped beneath
    its box the whole name: the radio buttons are another page's."""
    said = {name: posted.getlist(name) for name in _inputs() if name in posted}
    for name, field in RegistrationForm.base_fields.items():
        if name in said and isinstance(field.widget, RegionInput):
            said[name] = [field.widget.value_from_datadict(posted, {}, name)]
    return said


def is_paper(typed: dict[str, list[str]]) -> bool:
    """Was this typed from a paper form? The worker has signed that; what was begun at a stand says otherwise, also once
    its day is over and asked for. Before there is an answer: such a page names the day of the form, or its sheet."""
    if how := _last(typed, "consent_how"):
        return how == ConsentHow.PAPER
    return any(_last(typed, name).strip() for name in ("registered_at", "sheet"))


def as_initial(typed: dict[str, list[str]]) -> dict[str, str | list[str]]:
    """The same for a form that is shown and not judged: no error for what is not finished."""
    initial = {}
    for name, field in RegistrationForm.base_fields.items():
        boxes = [f"{name}{suffix}" for suffix in getattr(field.widget, "widgets_names", ())]
        if any(box in typed for box in boxes):
            initial[name] = [_last(typed, box) for box in boxes]
        elif name in typed:
            initial[name] = _last(typed, name)
    return initial


def _inputs() -> list[str]:
    names = []
    for name, field in RegistrationForm.base_fields.items():
        names += [name, *(f"{name}{suffix}" for suffix in getattr(field.widget, "widgets_names", ()))]
    return names


def _last(typed: dict[str, list[str]], name: str) -> str:
    return (typed.get(name) or [""])[-1]
