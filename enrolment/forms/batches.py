"""Which approved ones go into a batch, why one is cancelled, the file of its answer, and what was typed by hand."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrolment.choices import CancelReason
from enrolment.queries import hand_over
from outreach.models import Event, User

LIMIT, MOST = 300, hand_over.CHECKED
_LIMIT = _("Write how many, from 1 to 1,000.")


class ChooseForm(forms.Form):
    """Of which event, and how many at most; empty is of all events, and LIMIT."""

    use_required_attribute = False

    event = forms.ModelChoiceField(
        label=_("Event"),
        queryset=Event.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All events"),
        error_messages={"invalid_choice": _("Choose an event of the list.")},
    )
    limit = forms.IntegerField(
        label=_("How many at most"),
        min_value=1,
        max_value=MOST,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _LIMIT),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].queryset = hand_over.events(user)

    def clean_limit(self) -> int:
        return self.cleaned_data["limit"] or LIMIT


class MakeForm(ChooseForm):
    """`batch_id` was made when the page opened."""

    batch_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("This page is incomplete. Open it again and send it once more.")
        ),
    )


class CancelForm(forms.Form):
    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Why is it cancelled?"),
        choices=(("", _("Choose a reason")), *CancelReason.choices),
        error_messages={
            "required": _("Choose why the batch is cancelled."),
            "invalid_choice": _("Choose why the batch is cancelled."),
        },
    )


class AnswerFileForm(forms.Form):
    """The core system's answer, as bytes; what it says is read where it meets the batch."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("Answer of the core system"),
        help_text=_("The file as it came, .xlsx or .csv, at most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        # A file above the upload limit never arrives (settings.FILE_UPLOAD_HANDLERS), so it is the same sentence.
        error_messages={
            "required": _("Choose the answer file, at most 2 MB."),
            "missing": _("Choose the answer file, at most 2 MB."),
            "empty": _("This file is empty. Check that you chose the right one."),
        },
    )


class ByHandForm(forms.Form):
    """Which of the list were typed into the core system, and when."""

    use_required_attribute = False

    chosen = forms.ModelMultipleChoiceField(
        queryset=None,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value", "invalid_list"),
            _("One of these does not wait any more: somebody was faster. Look at the list again."),
        )
        | {"required": _("Tick those that you have entered.")},
    )
    on = forms.DateField(
        label=_("Entered in the core system on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose the day on which you entered them.")),
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = hand_over.waiting(user)
