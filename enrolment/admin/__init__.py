from enrolment.admin import consent, reference, registrations

__all__ = ["consent", "reference", "registrations"]
