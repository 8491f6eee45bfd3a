"""How each value of a registration is said, for every page that shows what was typed or stored: check-answers, two
versions side by side, the conflict. What the content is, says `Entry.canonical`; a code never reaches a page."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrolment.choices import GuardianRelation, Package, Sex
from enrolment.forms.notice import CONSENTS, TICKED
from enrolment.forms.registration import RegistrationForm
from enrolment.models import JobType
from outreach import regions
from outreach.models import Event, User
from outreach.templatetags import formats

NOTHING = "–"
_UNLABELLED = {
    "event": gettext_lazy("Event"),
    "booth": gettext_lazy("Booth"),
    "officer": gettext_lazy("Officer"),
    "consent_version": gettext_lazy("Consent text"),
    "consent_at": gettext_lazy("Consent given"),
}
"""What travels in hidden fields, or under a heading that is no name."""
_CONSENTS = dict(CONSENTS) | TICKED
_AGREED = {
    True: gettext_lazy("has agreed"),
    False: gettext_lazy("has not agreed yet"),
    None: gettext_lazy("consent not recorded"),
}


def label(name: str) -> str:
    """What a page calls a field."""
    return str(_UNLABELLED.get(name) or RegistrationForm.base_fields[name].label or name)


def guardian_agreed(agreed: bool | None) -> str:
    """None is a registration of before this was asked."""
    return str(_AGREED[agreed])


class Wording:
    """For one page: names of jobs are asked for once, and only where a job is said."""

    def said(self, content: Mapping[str, str]) -> dict[str, str]:
        """Every field of a canonical content."""
        return {name: self.word(name, stored) for name, stored in content.items()}

    def word(self, name: str, stored: str) -> str:
        """A canonical text as a page says it; as it is stored where it says enough."""
        if not stored:
            return NOTHING
        match name:
            case "nik":
                return formats.in_fours(stored)
            case "phone":
                return formats.phone(stored)
            case "rt" | "rw":
                return f"{int(stored):03}"
            case "birth_date":
                return formats.day(date.fromisoformat(stored))
            case "first_month":
                return formats.month(date.fromisoformat(stored))
            case "registered_at" | "consent_at":
                moment = datetime.fromisoformat(stored)
                return f"{formats.day(moment)}, {formats.clock(moment)}"
            case "income":
                return formats.rupiah(int(stored))
            case "months":
                return ngettext("%d month", "%d months", int(stored)) % int(stored)
            case "village_code" | "work_location":
                return regions.label(stored)
            case "government_paid" | "guardian_agrees":
                return _("Yes") if stored == "y" else _("No")
            case _:
                return self._named(name, stored)

    def _named(self, name: str, code: str) -> str:
        """A code that stands for a word or a row."""
        match name:
            case "sex":
                return str(Sex(code).label)
            case "package":
                return str(Package(code).label)
            case "guardian_relation":
                return str(GuardianRelation(code).label)
            case "consent_how":
                return str(_CONSENTS[code])
            case "consent_version":
                return _("Text %(version)s") % {"version": code}
            case "job_type_1" | "job_type_2":
                return self._jobs.get(code, code)
            case "event":
                return Event.objects.filter(slug=code).values_list("name", flat=True).first() or code
            case "officer":
                officer = User.objects.filter(username=code).first()
                return officer.get_short_name() if officer else code
            case _:
                return code

    @cached_property
    def _jobs(self) -> dict[str, str]:
        return dict(JobType.objects.values_list("code", "name"))
