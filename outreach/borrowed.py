"""Sentences of packages that our pages show and that the packages do not say in Indonesian, or not in our words: here
so that `make messages` brings them into our catalogue, which is asked before theirs."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

SENTENCES = (
    _("Password"),  # allauth's sign-in; its catalogue says "Sandi"
    # Django's, about a field left empty, a name and a password.
    _("This field is required."),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    _("Your password can’t be too similar to your other personal information."),
    _("The password is too similar to the %(verbose_name)s."),
    _("Your password can’t be a commonly used password."),
    _("This password is too common."),
    _("Your password can’t be entirely numeric."),
    _("This password is entirely numeric."),
    _("The two password fields didn’t match."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Please correct the error below.", "Please correct the errors below."
    ),  # above a refused admin form
)
