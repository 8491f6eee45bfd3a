"""The code of the second factor, when setting it up, signing in, and once more before something sensitive."""

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.second_factor import pending_secret, spend

_DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12}


def _code_field(help_text) -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        help_text=help_text,
        widget=forms.TextInput(attrs=_DIGITS),
        error_messages={"required": _("Write the code.")},
    )


class SetUpForm(ActivateTOTPForm):
    code = _code_field(_("The six digits that the app shows now."))

    def __init__(self, *args, **kwargs) -> None:
        """Not allauth's, which lays the secret into the session in the clear."""
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = pending_secret(context.request, generate_totp_secret)

    def clean_code(self) -> str:
        return _unspent(self.user, super().clean_code())


class CodeForm(AuthenticateForm):
    code = _code_field(_("Six digits from the app, or one of your recovery codes."))

    def clean_code(self) -> str:
        code = super().clean_code()
        return _unspent(self.user, code) if self.authenticator.type == Authenticator.Type.TOTP else code


class CodeAgainForm(ReauthenticateForm):
    code = _code_field(_("Six digits from the app, or one of your recovery codes."))

    def clean_code(self) -> str:
        code = super().clean_code()
        return _unspent(self.user, code) if self.authenticator.type == Authenticator.Type.TOTP else code


def _unspent(user, code: str) -> str:
    if not spend(user, code):
        raise get_adapter().validation_error("incorrect_code")
    return code
