"""Names, passwords and PINs: allauth's forms in the words of the house."""

from allauth.account.forms import LoginForm, ReauthenticateForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.internal.flows.login import perform_password_login
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from outreach import pin


class _Plain:
    """Labels only: a placeholder looks like an answer."""

    words: dict = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label, field.help_text, empty = self.words.get(name, (field.label, "", ""))
            if empty:
                field.error_messages["required"] = empty


class SignInForm(_Plain, LoginForm):
    words = {
        "login": (_("Username"), "", _("Write your username.")),
        "password": (_("Password"), "", _("Write your password.")),
    }

    def _login_with_password(self, request, redirect_url, credentials):
        """allauth's own would let the session end with the browser; settings.SESSION_AGES say how long it is."""
        self._login.redirect_url = redirect_url
        return perform_password_login(request, credentials, self._login)

    @property
    def mail_works(self) -> bool:
        """Is there a mail to be promised to who forgot the password?"""
        return settings.MAIL_WORKS

    @property
    def is_shared_phone(self) -> bool:
        """Have officers signed in on it today?"""
        return settings.ROSTER_COOKIE_NAME in self.request.COOKIES


class PasswordForm(_Plain, ReauthenticateForm):
    words = {"password": (_("Your password"), "", _("Write your password."))}


class ForgottenForm(_Plain, ResetPasswordForm):
    words = {
        "email": (_("E-mail"), _("The one that your branch has of you."), _("Write your e-mail address."))
    }


class NewPasswordForm(_Plain, ResetPasswordKeyForm):
    words = {
        "password1": (
            _("New password"),
            _("Ten characters or more, not digits only."),
            _("Write a new password."),
        ),
        "password2": (_("New password again"), "", _("Write the new password once more.")),
    }


def secret_field(label, empty, **attrs) -> forms.CharField:
    """Something to be typed unseen. Spaces belong to a password."""
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs=attrs),
        error_messages={"required": empty},
    )


_PIN = {"inputmode": "numeric", "maxlength": pin.LENGTH, "autocomplete": "off"}


class PinForm(forms.Form):
    """A PIN of one's own, with the password: a passer-by at an open phone must not set one."""

    password = secret_field(_("Your password"), _("Write your password."), autocomplete="current-password")
    pin = secret_field(_("New PIN"), _("Write the new PIN."), **_PIN)
    again = secret_field(_("The same PIN again"), _("Write the new PIN once more."), **_PIN)

    def clean_pin(self) -> str:
        typed = self.cleaned_data["pin"]
        if not pin.is_well_formed(typed):
            raise forms.ValidationError(_("A PIN has six digits."), code="pin_digits")
        if pin.is_easy(typed):
            raise forms.ValidationError(_("This PIN is easy to guess. Choose another one."), code="pin_easy")
        return typed

    def clean(self) -> dict:
        data = super().clean()
        if "pin" in data and "again" in data and data["pin"] != data["again"]:
            self.add_error(
                "again", forms.ValidationError(_("The two PINs differ. Type them again."), code="pin_differs")
            )
        return data


class UnlockForm(forms.Form):
    """Who holds the phone: one box, for the PIN or for the password. The view checks it."""

    def __init__(self, *args, asks_pin: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        label, empty, attrs = (
            (_("PIN"), _("Write the PIN."), _PIN)
            if asks_pin
            else (_("Password"), _("Write the password."), {"autocomplete": "current-password"})
        )
        self.fields[SECRET] = secret_field(label, empty, autofocus=True, **attrs)


SECRET = "jb_secret"  # noqa: S105 - the name of a field
