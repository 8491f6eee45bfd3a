"""What `admin/enrolment/_review_data.html` and the parts beside it show of one registration."""

from django.utils import timezone

from enrolment.actions import disclosures
from enrolment.choices import Sex
from enrolment.errors import WARNINGS
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from enrolment.queries import duplicates, tariffs
from enrolment.queries import queue as queues
from enrolment.queries.warnings import age_on
from enrolment.views.wording import guardian_agreed
from outreach import regions


def context(registration: Registration, sheet: disclosures.Sheet) -> dict:
    """Opened values, warnings as they stand now, and the stored price. Opens nothing itself."""
    warnings = duplicates.warnings_now([registration])[registration.pk]
    quote = tariffs.stored_quote(registration, income=sheet.values["income"])
    return {
        "registration": registration,
        "warnings": [(code, WARNINGS[code]) for code in warnings],
        "chips": queues.chips_by_field(warnings),
        "marks": {},  # nothing here is ticked to be returned
        "may_return": False,
        "labels": {name: field.label for name, field in RegistrationForm.base_fields.items()},
        "person": sheet.values,
        "guardian_note": _guardian_note(registration),
        "rt_rw": f"RT\N{NO-BREAK SPACE}{int(sheet.values['rt']):03}/RW\N{NO-BREAK SPACE}{int(sheet.values['rw']):03}",
        "village": regions.label(registration.village_code),
        "postal_code": regions.postal_code(registration.village_code),
        "work_location": regions.label(registration.work_location),
        "sex": Sex(sheet.values["sex"]).label,
        "years": age_on(sheet.values["birth_date"], timezone.localdate(registration.registered_at)),
        "opened": sheet.opened,
        "closed": not sheet.opened,
        "quote": quote,
        "basis": tariffs.basis(quote),
    }


def _guardian_note(registration: Registration) -> str:
    """What they are to the worker, and whether they have agreed."""
    relation = registration.get_guardian_relation_display()
    said = guardian_agreed(registration.guardian_agreed) if registration.guardian else ""
    return ", ".join(str(part) for part in (relation, said) if part)
