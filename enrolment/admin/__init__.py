from enrolment.admin import batches, consent, reference, registrations

__all__ = ["batches", "consent", "reference", "registrations"]
