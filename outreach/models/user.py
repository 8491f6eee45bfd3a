from datetime import date, timedelta

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.choices import STAFF_ROLES, EventState, Role
from outreach.models.branch import Branch
from outreach.models.event import Event
from outreach.models.organisation import Organisation

TEMPORARY_GRACE_DAYS = 7
"""How long after the last day of their event temporary officers still sign in: paper is typed later."""


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The people of the user's branch, its organisers included; everybody for who makes and deactivates them."""
        if user.role == Role.SYSTEM_ADMIN:
            return self
        return self.filter(branch_id=user.branch_id)


class PeopleManager(UserManager.from_queryset(UserQuerySet)):
    """Django's create_user and the scope, in one manager."""


class User(AbstractUser):
    """Somebody who signs in. The role decides what they may do; the branch, and for an organiser the
    organisation, decides what they see. There are no groups and no permissions of one's own."""

    personal_fields = ("full_name", "email", "username")

    first_name = None
    last_name = None
    groups = None
    user_permissions = None

    full_name = models.CharField(_("full name"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.OFFICER)
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"), null=True)
    # An officer's, hashed (outreach/pin.py).
    pin = models.CharField(max_length=128, blank=True, editable=False)
    # What a phone remembers of this person from before this moment does not count (outreach/roster.py).
    forgotten_at = models.DateTimeField(null=True, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("partner organisation"),
        null=True,
        blank=True,
        help_text=_("Only for an organiser: the organisation whose events they see."),
    )

    # Protected: without its event a temporary officer would be one for good.
    temporary_for = models.ForeignKey(
        Event,
        models.PROTECT,
        verbose_name=_("temporary, for"),
        related_name="temporary_officers",
        null=True,
        blank=True,
        editable=False,
    )

    objects = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(is_superuser=True)
                    | Q(is_staff=True, role__in=STAFF_ROLES)
                    | (Q(is_staff=False) & ~Q(role__in=STAFF_ROLES))
                ),
                name="user_staff_by_role",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.ORGANISER, organisation__isnull=False)
                | (~Q(role=Role.ORGANISER) & Q(organisation__isnull=True)),
                name="user_organisation_only_of_organiser",
                violation_error_message=_("An organiser needs an organisation, nobody else may have one."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            # Signing in asks nobody for capitals.
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_once_in_any_case",
                violation_error_code="unique",
                violation_error_message=_("This username is taken. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(temporary_for__isnull=True) | Q(role=Role.OFFICER),
                name="user_temporary_only_officer",
                violation_error_message=_("Only an officer can be temporary."),
            ),
            models.UniqueConstraint(
                fields=("temporary_for", "full_name"),
                name="user_temporary_name_once_an_event",
                violation_error_message=_("This event has a temporary officer of this name already."),
            ),
        )

    def __str__(self) -> str:
        return self.username

    def save(self, *args, **kwargs):
        """`is_staff` follows from the role, so that the two can't disagree."""
        self.is_staff = self.is_superuser or self.role in STAFF_ROLES
        super().save(*args, **kwargs)

    @property
    def works_until(self) -> date | None:
        """The last day on which a temporary officer signs in, unless the event is closed before; None for others."""
        event = self.temporary_for
        return event and event.last_day + timedelta(days=TEMPORARY_GRACE_DAYS)

    @property
    def has_ended(self) -> bool:
        """A temporary officer whose event is over. Judged anew at every request, so that no job has to run."""
        event = self.temporary_for
        return event is not None and (
            event.state == EventState.CLOSED or timezone.localdate() > self.works_until
        )

    @property
    def is_waiting(self) -> bool:
        """Has a link, or had one, and has not chosen a password yet."""
        return not self.has_usable_password()

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name().split()[0]
