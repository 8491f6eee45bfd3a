from enrolment.admin import registrations

__all__ = ["registrations"]
