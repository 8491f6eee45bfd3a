"""The forms around a sign-in link: who is invited, and the password that they choose."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.forms import SetPasswordForm, UsernameField
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from outreach.forms.people import not_a_demo_name
from outreach.models import Event, User


class ChoosePasswordForm(SetPasswordForm):
    """Typed twice and judged by the site's own rules. Only the action sets it."""

    error_messages = {"password_mismatch": _("The two passwords differ. Type the same one twice.")}

    def __init__(self, user: User, *args, **kwargs) -> None:
        super().__init__(user, *args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.label, second.label = _("Your new password"), _("The same password again")
        first.help_text, second.help_text = _("At least 10 characters, and not digits only."), ""


class OrganiserForm(forms.Form):
    """Whom the branch invites; the organisation is the page's. Whether the username is free, the action tells."""

    username = UsernameField(
        label=_("Username"),
        max_length=150,
        help_text=_("Typed at every sign-in: short and without spaces, such as rw06.penjaringan."),
        validators=[UnicodeUsernameValidator(), not_a_demo_name],
        widget=AdminTextInputWidget,
    )
    full_name = forms.CharField(label=_("Full name"), max_length=100, widget=AdminTextInputWidget)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("May be left empty. Nothing is sent there now."),
        widget=AdminTextInputWidget,
    )


class TickedForm(forms.Form):
    """The temporary officers of an event that were ticked."""

    person = forms.ModelMultipleChoiceField(User.objects.none())

    def __init__(self, *args, event: Event, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = event.temporary_officers.all()
