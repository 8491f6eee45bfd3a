import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from enrolment.choices import Verdict
from enrolment.models.registration import Registration
from outreach.models import User
from outreach.sealed import SealedField


class TwinVerdictQuerySet(models.QuerySet):
    def in_force(self):
        """Those that nobody has taken back."""
        return self.filter(ended_at=None)

    def of(self, *registrations):
        """Those about any of these registrations. A subquery's OuterRef will do as well."""
        return self.filter(Q(first__in=registrations) | Q(second__in=registrations))

    def apart(self, one, other):
        """Those in force by which these two, two OuterRefs, are different people."""
        return (
            self.in_force()
            .filter(verdict=Verdict.DIFFERENT)
            .filter(Q(first=one, second=other) | Q(first=other, second=one))
        )

    def apart_from(self, registration):
        """The same, of this registration and an outer query's row."""
        return self.apart(registration.pk, OuterRef("pk"))

    def end(self, *, by: User, at) -> int:
        """They count no longer; the rows stay."""
        return self.in_force().update(ended_by=by, ended_at=at)


class TwinVerdict(models.Model):
    """What somebody has said of two registrations: one person, of which `kept` stays and the other was withdrawn, or
    two people. The pair stands in the order of its keys, so that it is one pair whoever looks at it, and has at most
    one verdict in force.

    No row is changed but to end it, once, and none is deleted: held by triggers. `ended_by` is who took it back, who
    reopened the withdrawn one, or the officer whose correction changed what the two were alike in. `end_reason` is a
    branch head's who took back what they had said of another branch's: nobody else is asked for one.
    """

    personal_fields = ("reason", "end_reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    second = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict)
    kept = models.ForeignKey(Registration, models.PROTECT, related_name="+", null=True, db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = SealedField("verdict.reason")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    end_reason = SealedField("verdict.end_reason", null=True)

    objects = TwinVerdictQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("first", "second"),
                condition=Q(ended_at__isnull=True),
                name="twin_verdict_one_in_force_a_pair",
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="twin_verdict_pair_in_order"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.DIFFERENT, kept__isnull=True)
                | (
                    Q(verdict=Verdict.SAME, kept__isnull=False)  # without it NULL = … is no refusal
                    & (Q(kept=F("first")) | Q(kept=F("second")))
                ),
                name="twin_verdict_same_keeps_one",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="twin_verdict_ended_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(end_reason__isnull=True) | Q(ended_at__isnull=False),
                name="twin_verdict_end_reason_of_an_ended_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {self.verdict} {self.second_id}"

    @property
    def is_different_in_force(self) -> bool:
        """Are they said to be different people, and does that hold?"""
        return self.verdict == Verdict.DIFFERENT and self.ended_at is None

    def other(self, registration: Registration) -> Registration:
        """The one of the pair that this is not."""
        return self.second if self.first_id == registration.pk else self.first
