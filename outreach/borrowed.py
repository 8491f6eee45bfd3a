"""Sentences of packages that our pages show and that the packages do not say in Indonesian, or not in our words: here
so that `make messages` brings them into our catalogue, which is asked before theirs."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Password"),  # allauth's sign-in; its catalogue says "Sandi"
)
