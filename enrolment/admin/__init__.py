from enrolment.admin import reference, registrations

__all__ = ["reference", "registrations"]
