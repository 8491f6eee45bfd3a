import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrolment import contributions, references
from enrolment.choices import LIVE_STATES, ConsentHow, GuardianRelation, Kind, Package, Sector, State
from enrolment.models.consent_text import ConsentText
from enrolment.models.job_type import JobType
from enrolment.models.paper_pad import PaperPad, PaperSheet
from enrolment.models.tariff import ContributionSchedule
from enrolment.permissions import DECIDE_FOR_HEAD, VIEW
from outreach.choices import Role
from outreach.models import Booth, Branch, Event
from outreach.sealed import SealedField


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An officer: what they registered or typed. Staff who may view: their branch's. The branch head: what is
        theirs to decide at this moment. Others: nothing."""
        if user.role == Role.OFFICER:
            return self.filter(Q(officer=user) | Q(entered_by=user), branch_id=user.branch_id)
        if user.has_perm(VIEW):
            return self.filter(branch_id=user.branch_id)
        if user.has_perm(DECIDE_FOR_HEAD):
            return self.filter(branch_id=user.branch_id, with_head_at__isnull=False)
        return self.none()

    def live(self):
        """Those that still stand for their worker: submitted, returned, approved."""
        return self.filter(state__in=LIVE_STATES)

    def standing(self):
        """Those that may be shown to count as their worker's: live, and the consent not taken back. Who has taken it
        back is nobody's twin and no answer to a question."""
        return self.live().filter(consent_withdrawn_at=None)

    def waiting(self):
        """The reviewer's queue, the longest waiting first; without what waits for the branch head."""
        return self.filter(state=State.SUBMITTED, with_head_at=None).order_by("received_at", "id")

    def free_for(self, reviewer, *, now):
        """Those that no other reviewer holds at this moment."""
        return self.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | Q(claimed_by=reviewer))


class Registration(models.Model):
    """One worker's application at a stand. The sealed columns are the last version's content; the version, the
    decisions and the audit chain keep the history. `submission_id` was made when the form opened: the same id is
    the same registration, held by a constraint."""

    personal_fields = (
        "nik", "full_name", "birth_place", "birth_date", "sex", "address", "rt", "rw", "phone", "email", "income",
        "guardian",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission_id = models.UUIDField()
    reference = models.CharField(_("reference"), max_length=references.LENGTH)
    status_token = models.CharField(max_length=22, default=references.new_token)
    digest = models.BinaryField()
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.NEW)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    warnings = models.JSONField(_("warnings"), default=list)

    # Without an index of its own where one below begins with it.
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="+", verbose_name=_("event"), db_index=False
    )
    booth = models.ForeignKey(
        Booth, models.PROTECT, related_name="+", verbose_name=_("booth"), db_index=False
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("officer"),
        db_index=False,
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("registered"))
    received_at = models.DateTimeField(_("received"))

    nik = SealedField("registration.nik")
    full_name = SealedField("registration.full_name")
    birth_place = SealedField("registration.birth_place")
    birth_date = SealedField("registration.birth_date")
    sex = SealedField("registration.sex")
    address = SealedField("registration.address")
    rt = SealedField("registration.rt")
    rw = SealedField("registration.rw")
    phone = SealedField("registration.phone")
    email = SealedField("registration.email", null=True)
    income = SealedField("registration.income")
    guardian = SealedField("registration.guardian", null=True)

    nik_index = models.BinaryField(max_length=32)
    person_index = models.BinaryField(max_length=32)
    phone_index = models.BinaryField(max_length=32)

    village_code = models.CharField(_("village"), max_length=13)
    work_location = models.CharField(_("work location"), max_length=5)
    job_type_1 = models.ForeignKey(JobType, models.PROTECT, related_name="+", verbose_name=_("job"))
    job_type_2 = models.ForeignKey(JobType, models.PROTECT, related_name="+", null=True)
    sector = models.CharField(_("sector"), max_length=10, choices=Sector)
    package = models.CharField(_("package"), max_length=1, choices=Package)
    months = models.PositiveSmallIntegerField(_("months"))
    first_month = models.DateField(_("first month"))
    government_paid = models.BooleanField(_("paid from a government budget"))
    schedule = models.ForeignKey(ContributionSchedule, models.PROTECT, related_name="+")
    contribution_base = models.PositiveBigIntegerField(_("contribution base"))
    contribution_total = models.PositiveBigIntegerField(_("contribution"))
    discounted_months = models.PositiveSmallIntegerField()
    reliefs = models.JSONField(default=list, help_text="Codes of the reliefs that the quote took.")
    consent_text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    consent_at = models.DateTimeField()
    consent_how = models.CharField(max_length=7, choices=ConsentHow, default=ConsentHow.PAPER)
    consent_withdrawn_at = models.DateTimeField(
        null=True,
        help_text="When the worker asked to take it back (ConsentWithdrawal): the person stays closed.",
    )
    guardian_relation = models.CharField(max_length=6, choices=GuardianRelation, blank=True)
    guardian_agreed = models.BooleanField(
        null=True, default=False, help_text="Empty: of before this was asked, so nobody knows."
    )
    pad = models.ForeignKey(PaperPad, models.PROTECT, related_name="registrations", null=True, db_index=False)
    sheet = models.PositiveSmallIntegerField(
        null=True, help_text="The sheet of the pad that it was keyed in from."
    )

    with_head_at = models.DateTimeField(
        null=True, help_text="Since when it waits for the branch head, who decides on a second return."
    )
    claimed_at = models.DateTimeField(null=True, help_text="When the one who holds it took it.")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    claimed_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )

    objects = RegistrationQuerySet.as_manager()
    NO_CLAIM = {"claimed_by": None, "claimed_at": None, "claimed_until": None}

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        permissions = (
            ("review_registration", "May decide on registrations"),
            ("import_registration", "May import registrations from a file"),
            ("view_counts", "May read the counts of an event"),
        )
        constraints = (
            models.UniqueConstraint(fields=("submission_id",), name="registration_submission_id_once"),
            models.UniqueConstraint(fields=("reference",), name="registration_reference_once"),
            models.UniqueConstraint(fields=("status_token",), name="registration_status_token_once"),
            models.UniqueConstraint(fields=("pad", "sheet"), name="registration_sheet_once"),
            models.CheckConstraint(
                condition=Q(pad__isnull=True, sheet__isnull=True)
                | Q(pad__isnull=False, sheet__isnull=False, sheet__gte=1),
                name="registration_sheet_with_pad",
            ),
            models.UniqueConstraint(
                fields=("nik_index",),
                condition=Q(state=State.APPROVED),
                name="registration_one_live_approval",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="registration_decided_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("officer")) & ~Q(decided_by=F("entered_by"))),
                name="registration_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=False)
                | ~Q(state__in=(State.APPROVED, State.RETURNED, State.REJECTED)),
                name="registration_decided_states_have_a_decider",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False, claimed_until__isnull=False),
                name="registration_claimed_by_with_until",
            ),
            models.UniqueConstraint(
                fields=("claimed_by",),
                condition=Q(claimed_by__isnull=False),
                name="registration_one_claim_a_reviewer",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="registration_state_known"),
            models.CheckConstraint(
                condition=Q(with_head_at__isnull=True) | Q(state=State.SUBMITTED),
                name="registration_with_head_is_submitted",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="registration_kind_known"),
            models.CheckConstraint(
                condition=Q(consent_how__in=ConsentHow.values), name="registration_consent_how_known"
            ),
            models.CheckConstraint(
                condition=Q(guardian_relation__in=("", *GuardianRelation.values)),
                name="registration_guardian_relation_known",
            ),
            models.CheckConstraint(
                condition=Q(package__in=Package.values), name="registration_package_known"
            ),
            models.CheckConstraint(condition=Q(sector__in=Sector.values), name="registration_sector_known"),
            models.CheckConstraint(
                condition=Q(months__in=contributions.MONTHS_PREPAID), name="registration_months_known"
            ),
            models.CheckConstraint(
                condition=Q(discounted_months__lte=F("months")), name="registration_discounted_within_months"
            ),
            models.CheckConstraint(
                condition=Q(consent_at__lte=F("registered_at")), name="registration_consent_before"
            ),
            models.CheckConstraint(
                condition=Q(job_type_2__isnull=True) | ~Q(job_type_2=F("job_type_1")),
                name="registration_jobs_differ",
            ),
        )
        indexes = (
            models.Index(
                fields=("branch", "received_at", "id"),
                condition=Q(state=State.SUBMITTED),
                name="registration_queue",
            ),
            models.Index(fields=("branch", "state", "-received_at", "-id"), name="registration_by_state"),
            models.Index(
                fields=("branch", "with_head_at", "id"),
                condition=Q(with_head_at__isnull=False),
                name="registration_with_head",
            ),
            models.Index(fields=("decided_by", "decided_at"), name="registration_by_decider"),
            models.Index(fields=("nik_index",), name="registration_by_nik"),
            models.Index(fields=("person_index",), name="registration_by_person"),
            models.Index(fields=("phone_index",), name="registration_by_phone"),
            # A filter of the queue each, walked in the order of the page.
            models.Index(fields=("event", "state", "received_at", "id"), name="registration_of_event"),
            models.Index(fields=("booth", "state", "received_at", "id"), name="registration_of_booth"),
            models.Index(fields=("officer", "state", "received_at", "id"), name="registration_of_officer"),
            models.Index(
                fields=("branch", "package", "state", "received_at", "id"), name="registration_of_package"
            ),
            models.Index(
                fields=("branch", "sector", "state", "received_at", "id"), name="registration_of_sector"
            ),
            models.Index(
                fields=("branch", "state", "received_at", "id"),
                condition=~Q(warnings=[]),
                name="registration_with_warnings",
            ),
            models.Index(fields=("officer", "registered_at"), name="registration_by_officer"),
        )

    def __str__(self) -> str:
        return references.grouped(self.reference)

    def is_held(self, *, now) -> bool:
        """Does a reviewer hold it? A claim has no end that anybody writes: it runs out."""
        return self.claimed_until is not None and self.claimed_until > now

    @property
    def paper_sheet(self) -> PaperSheet | None:
        """The sheet of a pad that it was keyed in from."""
        return PaperSheet(self.pad, self.sheet) if self.pad_id else None

    @property
    def last_month(self):
        """First day of the last contribution month that the quote covers."""
        return contributions.add_months(self.first_month, self.months - 1)

    @property
    def price_holds_until(self):
        """The last day of the first contribution month, as contributions.Quote.holds_until."""
        return contributions.month_end(self.first_month)

    @property
    def is_estimate(self) -> bool:
        """A relief is read per month and sectors may be mixed: both are likely, not sure (DOMAIN, L)."""
        return self.discounted_months > 0 or "sector_mixed" in self.warnings


class RegistrationVersion(models.Model):
    """The whole content as it was sent once. Sealed, so that it can be destroyed while its digest stays in the
    audit chain."""

    personal_fields = ("content",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = SealedField("version.content", null=True)
    digest = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("registration", "number")
        constraints = (
            models.UniqueConstraint(fields=("registration", "number"), name="version_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} v{self.number}"
