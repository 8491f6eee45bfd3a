from outreach.models.allowance import Allowance
from outreach.models.audit import AuditEntry, AuditHead
from outreach.models.booth import Assignment, Booth
from outreach.models.branch import Branch
from outreach.models.campaign import Campaign
from outreach.models.coordination import Coordination
from outreach.models.equipment import EquipmentItem, EquipmentLine
from outreach.models.event import Event
from outreach.models.greeting import Greeting
from outreach.models.handover import EquipmentMove, HandoverRecord
from outreach.models.keycheck import KeyCheck
from outreach.models.organisation import Organisation
from outreach.models.reconciliation import BoothReconciliation
from outreach.models.session import OutreachSession
from outreach.models.user import User

__all__ = [
    "Allowance",
    "Assignment",
    "AuditEntry",
    "AuditHead",
    "Booth",
    "BoothReconciliation",
    "Branch",
    "Campaign",
    "Coordination",
    "EquipmentItem",
    "EquipmentLine",
    "EquipmentMove",
    "Event",
    "Greeting",
    "HandoverRecord",
    "KeyCheck",
    "Organisation",
    "OutreachSession",
    "User",
]
