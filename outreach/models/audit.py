from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.models.branch import Branch


class AuditHead(models.Model):
    """The end of a branch's chain. Its row is what writers of the branch queue for, so it is taken last."""

    personal_fields = ()

    branch = models.OneToOneField(Branch, models.PROTECT, primary_key=True, related_name="audit_head")
    seq = models.PositiveBigIntegerField(default=0)
    mac = models.BinaryField(default=bytes(32))

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.seq}"


class AuditEntry(models.Model):
    """What somebody did or saw: `mac = HMAC(key, previous ‖ row)`, one chain a branch.

    Append-only, held by triggers on both engines. Personal content is never here: `content` is a keyed digest
    of a version that lives, and can be destroyed, in its own row.
    """

    personal_fields = ()

    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"), related_name="+")
    seq = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), null=True, related_name="+"
    )
    action = models.CharField(_("action"), max_length=60)
    object_id = models.UUIDField(_("object"), null=True)
    fields = models.CharField(_("fields"), max_length=400, blank=True)
    purpose = models.CharField(_("purpose"), max_length=120, blank=True)
    count = models.PositiveIntegerField(_("rows"), default=1)
    content = models.BinaryField(null=True)
    # A keyed digest of the sign-in it was done from (outreach/origin.py); empty for commands and for older rows.
    session = models.CharField(_("sign-in"), max_length=16, blank=True)
    key_id = models.PositiveSmallIntegerField()
    previous = models.BinaryField()
    mac = models.BinaryField()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("branch", "seq")
        constraints = (models.UniqueConstraint(fields=("branch", "seq"), name="audit_seq_once_a_branch"),)
        indexes = (
            models.Index(fields=("object_id",), name="audit_by_object"),
            models.Index(fields=("branch", "at"), name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.seq}"
