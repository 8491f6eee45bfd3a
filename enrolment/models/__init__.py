from enrolment.models.arbitration import Arbitration
from enrolment.models.batch import Batch, BatchRow, HandEntry
from enrolment.models.collective_template import CollectiveTemplate
from enrolment.models.consent_text import ConsentText
from enrolment.models.consent_withdrawal import ConsentWithdrawal
from enrolment.models.decision import Decision
from enrolment.models.draft import Draft
from enrolment.models.escalation import Escalation
from enrolment.models.job_type import JobType
from enrolment.models.paper_pad import PaperPad, PaperSheet, SheetVoid
from enrolment.models.participation import Participation
from enrolment.models.payment import ParticipationEntry, PaymentCall
from enrolment.models.prospect import Prospect, ProspectCall
from enrolment.models.registration import Registration, RegistrationVersion
from enrolment.models.search_word import SearchWord
from enrolment.models.second_look import SecondLook
from enrolment.models.tariff import Bracket, ContributionSchedule, Relief
from enrolment.models.twin_verdict import TwinVerdict

__all__ = [
    "Arbitration",
    "Batch",
    "BatchRow",
    "Bracket",
    "CollectiveTemplate",
    "ConsentText",
    "ConsentWithdrawal",
    "ContributionSchedule",
    "Decision",
    "Draft",
    "Escalation",
    "HandEntry",
    "JobType",
    "PaperPad",
    "PaperSheet",
    "Participation",
    "ParticipationEntry",
    "PaymentCall",
    "Prospect",
    "ProspectCall",
    "Registration",
    "RegistrationVersion",
    "Relief",
    "SearchWord",
    "SecondLook",
    "SheetVoid",
    "TwinVerdict",
]
