import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outreach.choices import BACK_STATES, UNANSWERED_STATES, EquipmentKind, LineState, Role
from outreach.models.branch import Branch
from outreach.models.event import Event
from outreach.permissions import VIEW_EQUIPMENT

_LOANED, _CAME_BACK = Q(kind=EquipmentKind.LOAN), Q(state__in=BACK_STATES)
_COUNTED = Q(returned__isnull=False, damaged__isnull=False, lost__isnull=False)


def seen_by(user, event: str = "") -> Q:
    """Rows of the user's own organisation, or of the branch of who may view equipment; `event` leads to the event."""
    if user.role == Role.ORGANISER:
        return Q(**{f"{event}organiser_id": user.organisation_id})
    if user.has_perm(VIEW_EQUIPMENT):
        return Q(**{f"{event}branch_id": user.branch_id})
    return Q(pk__in=())


class EquipmentItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The catalogue of the branch, for its staff and the organisers that it works with."""
        return self.filter(branch_id=user.branch_id) if user.has_perm(VIEW_EQUIPMENT) else self.none()


class EquipmentItem(models.Model):
    """Something that a branch lends or gives to events, counted in a unit."""

    personal_fields = ()

    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"))
    name = models.CharField(
        _("name"), max_length=60, help_text=_("As people ask for it, such as Tenda 3 × 3 m.")
    )
    unit = models.CharField(_("unit"), max_length=20, help_text=_("What is counted, such as unit or paket."))
    kind = models.CharField(_("usually a"), max_length=5, choices=EquipmentKind, default=EquipmentKind.LOAN)
    is_active = models.BooleanField(
        _("can be asked for"), default=True, help_text=_("Untick instead of deleting what was lent before.")
    )

    objects = EquipmentItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("branch", "name"), name="equipment_item_name_once_a_branch"),
            models.CheckConstraint(
                condition=Q(kind__in=EquipmentKind.values), name="equipment_item_kind_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class EquipmentLineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An organiser: the lines of their organisation's events. Staff who may view: their branch's."""
        return self.filter(seen_by(user, "event__"))

    def to_hand_over(self):
        """Agreed, and not here yet."""
        return self.filter(state=LineState.AGREED)

    def still_out(self):
        """Lent, and not back yet. A grant stays where it is."""
        return self.filter(state=LineState.HANDED_OVER, kind=EquipmentKind.LOAN)


class EquipmentLine(models.Model):
    """One item that an organiser asked for, from the question to its end. The id was made when the form opened: the
    same id is the same request. State and quantities are a cache of the moves (EquipmentMove), which are history."""

    personal_fields = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="equipment_lines")
    item = models.ForeignKey(EquipmentItem, models.PROTECT, verbose_name=_("equipment"), related_name="lines")
    kind = models.CharField(_("loan or grant"), max_length=5, choices=EquipmentKind)
    state = models.CharField(_("state"), max_length=12, choices=LineState, default=LineState.ASKED)
    asked = models.PositiveIntegerField(_("asked"))
    agreed = models.PositiveIntegerField(_("agreed"), null=True)
    handed_over = models.PositiveIntegerField(_("handed over"), null=True)
    returned = models.PositiveIntegerField(_("returned in good condition"), null=True)
    damaged = models.PositiveIntegerField(_("damaged"), null=True)
    lost = models.PositiveIntegerField(_("lost"), null=True)
    asked_at = models.DateTimeField(_("asked on"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EquipmentLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment request")
        verbose_name_plural = _("equipment requests")
        ordering = ("asked_at", "id")
        indexes = (
            models.Index(
                fields=("asked_at", "id"),
                condition=Q(state=LineState.ASKED),
                name="equipment_line_unanswered",
            ),
        )
        # `IS NOT NULL` is said wherever a number is compared: a check that is unknown would pass.
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=EquipmentKind.values), name="equipment_line_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LineState.values), name="equipment_line_state_known"
            ),
            models.CheckConstraint(condition=Q(asked__gte=1), name="equipment_line_asks_for_something"),
            models.CheckConstraint(
                condition=Q(state__in=UNANSWERED_STATES, agreed__isnull=True)
                | (
                    ~Q(state__in=UNANSWERED_STATES)
                    & Q(agreed__isnull=False, agreed__gte=1, agreed__lte=F("asked"))
                ),
                name="equipment_line_agreed_within_asked",
                violation_error_message=_(
                    "The branch agrees to at least one and to no more than was asked for."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=(*UNANSWERED_STATES, LineState.AGREED), handed_over__isnull=True)
                | (
                    ~Q(state__in=(*UNANSWERED_STATES, LineState.AGREED))
                    & Q(handed_over__isnull=False, handed_over__gte=1, handed_over__lte=F("agreed"))
                ),
                name="equipment_line_handed_over_within_agreed",
                violation_error_message=_("At least one is handed over, and no more than was agreed."),
            ),
            models.CheckConstraint(
                condition=(~_CAME_BACK & Q(returned__isnull=True, damaged__isnull=True, lost__isnull=True))
                | (
                    (_CAME_BACK & _LOANED & _COUNTED)
                    & Q(handed_over=F("returned") + F("damaged") + F("lost"))
                    & (
                        Q(state=LineState.RETURNED, damaged=0, lost=0)
                        | Q(state=LineState.DAMAGED, damaged__gte=1, lost=0)
                        | Q(state=LineState.LOST, lost__gte=1)
                    )
                ),
                name="equipment_line_return_adds_up",
                violation_error_message=_(
                    "Good, damaged and lost must add up to what was handed over; a grant stays."
                ),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)[:8]
