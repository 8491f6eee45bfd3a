import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.choices import BACK_STATES, Condition, Direction, EquipmentKind, LineState
from outreach.models.equipment import EquipmentLine, seen_by
from outreach.models.event import Event
from outreach.sealed import SealedField

_RECORDED = Q(target__in=(LineState.HANDED_OVER, *BACK_STATES))


class HandoverRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(seen_by(user, "event__"))


class HandoverRecord(models.Model):
    """Goods counted together by two people, once: what a BAST will be printed from. Its lines are the moves that name
    it. The id was made when the form opened, so that a double tap counts once. Append-only, held by triggers."""

    personal_fields = ("giver", "receiver")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="handover_records")
    direction = models.CharField(max_length=4, choices=Direction)
    giver = SealedField("handover.giver")
    receiver = SealedField("handover.receiver")
    digest = models.BinaryField(help_text="Keyed, of names and numbers: equal for what is sent twice.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = HandoverRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover record")
        verbose_name_plural = _("handover records")
        ordering = ("event", "at")
        constraints = (
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="handover_record_direction_known"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)[:8]


class EquipmentMoveQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(seen_by(user, "line__event__"))


class EquipmentMove(models.Model):
    """One move of a line: from where to where, who, when, how many, why. Append-only, held by triggers.

    `quantity` is what the move is about: asked for, agreed to, handed over, or returned in good condition; beside
    the last one stand `damaged` and `lost`. `remark` is what the goods are for, or why.
    """

    personal_fields = ("remark",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(EquipmentLine, models.PROTECT, related_name="moves")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=12, choices=LineState, null=True)  # noqa: DJ001 - none: it was new
    target = models.CharField(max_length=12, choices=LineState)
    kind = models.CharField(max_length=5, choices=EquipmentKind)
    quantity = models.PositiveIntegerField(null=True)
    damaged = models.PositiveIntegerField(null=True)
    lost = models.PositiveIntegerField(null=True)
    condition = models.CharField(
        max_length=7, choices=Condition, blank=True, help_text="Of what was handed over."
    )
    record = models.ForeignKey(HandoverRecord, models.PROTECT, related_name="moves", null=True)
    remark = SealedField("equipment_move.remark", null=True)
    digest = models.BinaryField(
        null=True, help_text="Keyed, of what was asked: equal for what is sent twice."
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EquipmentMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment move")
        verbose_name_plural = _("equipment moves")
        ordering = ("line", "number")
        constraints = (
            models.UniqueConstraint(fields=("line", "number"), name="equipment_move_number_once"),
            models.CheckConstraint(
                condition=Q(target__in=LineState.values), name="equipment_move_target_known"
            ),
            models.CheckConstraint(
                condition=(_RECORDED & Q(record__isnull=False)) | (~_RECORDED & Q(record__isnull=True)),
                name="equipment_move_signed_for",
            ),
            models.CheckConstraint(
                condition=Q(target=LineState.HANDED_OVER, condition__in=Condition.values)
                | (~Q(target=LineState.HANDED_OVER) & Q(condition="")),
                name="equipment_move_condition_of_handover",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} {self.source or '–'} → {self.target}"
