from enrolment.admin import collective_templates, consent, reference, registrations

__all__ = ["collective_templates", "consent", "reference", "registrations"]
