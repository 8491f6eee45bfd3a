"""What the codes of the audit chain are called on screen. The chain itself keeps the codes: its rows are the same in
every language. A code without words here is shown as it is, and tests/test_audit_words.py fails."""

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "read": _("opened"),
    "identity.check": _("asked whether a NIK is known"),
    "registration.submit": _("registration sent"),
    "registration.correct": _("registration corrected"),
    "registration.submitted": _("registration put back into the queue"),
    "registration.approved": _("registration approved"),
    "registration.returned": _("registration returned"),
    "registration.rejected": _("registration rejected"),
    "registration.withdrawn": _("registration withdrawn"),
    "registration.lapsed": _("registration lapsed"),
    "event.open": _("event opened"),
    "event.closed": _("event closed"),
    "event.copy": _("event copied"),
    "event.add": _("event added"),
    "event.change": _("event changed"),
    "event.delete": _("event deleted"),
    "campaign.add": _("campaign added"),
    "campaign.change": _("campaign changed"),
    "campaign.delete": _("campaign deleted"),
    "organisation.add": _("partner organisation added"),
    "organisation.change": _("partner organisation changed"),
    "organisation.delete": _("partner organisation deleted"),
    "user.add": _("person added"),
    "user.change": _("person changed"),
    "branch.add": _("branch added"),
    "branch.change": _("branch changed"),
}

FIELDS = {
    "address": _("address"),
    "birth_date": _("birth date"),
    "birth_place": _("birth place"),
    "email": _("e-mail"),
    "full_name": _("full name"),
    "guardian": _("guardian"),
    "income": _("income"),
    "nik": _("NIK"),
    "phone": _("mobile number"),
    "reason": _("reason"),
    "rt": _("RT"),
    "rw": _("RW"),
    "sex": _("sex"),
    "state": _("state"),
    "content": _("answers"),
}
"""Of registrations, whose fields have names and no labels; what the admin changes, it names by its label."""

PURPOSES = {
    "today": _("the officer's list"),
    "receipt": _("receipt"),
    "correct": _("correction"),
    "conflict": _("comparison of two entries"),
    "check answers": _("check of the answers"),
    "import preview": _("preview of an import"),
    "review queue": _("review queue"),
    "review": _("review"),
    "review: compare with the paper form": _("review: compare with the paper form"),
    "review: call the worker": _("review: call the worker"),
    "review: compare duplicates": _("review: compare with a twin"),
    "review: other": _("review: something else"),
}


def action(code: str) -> str:
    return str(ACTIONS.get(code, code))


def fields(codes: str) -> str:
    """`nik full_name` → `NIK, full name`. A label of the admin, `first_day`, is looked up as it stands on its form."""
    return ", ".join(str(FIELDS[code]) if code in FIELDS else _label(code) for code in codes.split())


def purpose(code: str) -> str:
    """What something was opened for; what was changed, `event bazar-2023`, is a reference and stays one."""
    return str(PURPOSES.get(code, code))


def _label(code: str) -> str:
    """The chain has a form's label in lower case; labels are translated sentences, so the catalogue knows it."""
    words = code.replace("_", " ")
    for label in (words, capfirst(words)):
        if (said := gettext(label)) != label:
            return said.lower()
    return words
