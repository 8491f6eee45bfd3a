from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from enrolment import validators
from enrolment.choices import WithdrawalChannel
from enrolment.forms.fields import RuleField


class WithdrawConsentForm(forms.Form):
    """Who asks, and when. Why is theirs to say or not."""

    use_required_attribute = False

    channel = forms.ChoiceField(
        label=_("Who asks?"),
        choices=WithdrawalChannel.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who asks, and how they came."),
            "invalid_choice": _("Choose who asks, and how they came."),
        },
    )
    asked_at = RuleField(
        validators.moment("asked_at_invalid"),
        label=_("Asked earlier"),
        help_text=_("Only if it was not just now, such as 22-11-2026 10.30."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Nobody has to give one."), max_length=300, required=False
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Field("channel", wrapper_class="jb-choices-1"), "asked_at", "reason")
