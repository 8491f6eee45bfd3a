from enrolment.models.consent_text import ConsentText
from enrolment.models.consent_withdrawal import ConsentWithdrawal
from enrolment.models.decision import Decision
from enrolment.models.job_type import JobType
from enrolment.models.registration import Registration, RegistrationVersion
from enrolment.models.tariff import Bracket, ContributionSchedule, Relief

__all__ = [
    "Bracket",
    "ConsentText",
    "ConsentWithdrawal",
    "ContributionSchedule",
    "Decision",
    "JobType",
    "Registration",
    "RegistrationVersion",
    "Relief",
]
