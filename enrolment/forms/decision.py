from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 300


class Purpose(models.TextChoices):
    """What a reviewer opens NIK, address, phone and e-mail for. The value goes into the access row."""

    PAPER = "review: compare with the paper form", _("Compare with the paper form")
    CALL = "review: call the worker", _("Call the worker")
    TWINS = "review: compare duplicates", _("Compare with a twin")
    OTHER = "review: other", _("Something else")


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


class DecisionForm(forms.Form):
    """The reviewer's reason, and the version of the content that stood on their screen.

    Which decisions need a reason is a rule of the action, so the field itself may stay empty.
    """

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 28}),
        error_messages={"max_length": _("A reason has at most 300 characters. Shorten it.")},
    )
