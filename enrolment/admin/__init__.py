from enrolment.admin import batches, consent, reference, registrations

__all__ = ["batches", "consent", "reference", "registrations"]
from enrolment.admin import collective_templates, consent, reference, registrations

__all__ = ["collective_templates", "consent", "reference", "registrations"]
