from enrolment.admin import batches, collective_templates, consent, reference, registrations

__all__ = ["batches", "collective_templates", "consent", "reference", "registrations"]
