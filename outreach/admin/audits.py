"""The audit chain of a branch, newest first, to be read."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from outreach import audit_words
from outreach.admin.base import ReadOnlyAdmin
from outreach.models import AuditEntry, User
from outreach.templatetags.formats import clock, day_short, one_line

NEWEST = 5000
"""How far back the list goes. Older rows are for `verify_audit` and the database: counting them all would be slow."""


class NewestPaginator(Paginator):
    """Counts no further than the list goes."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by("-seq")[:NEWEST].count()


class AuditEntryAdmin(ReadOnlyAdmin):
    """No search box: what is typed there would be somebody's name."""

    list_display = ("seq", "moment", "actor", "deed", "what_for", "fields_seen", "count", "sign_in")
    list_display_links = None
    list_select_related = ("actor",)
    list_per_page = 100
    paginator = NewestPaginator
    ordering = ("-seq",)
    sortable_by = ()
    fields = ("seq", "moment", "actor", "deed", "object_id", "fields_seen", "what_for", "count", "session")

    def visible_to(self, user: User) -> QuerySet:
        return AuditEntry.objects.filter(branch_id=user.branch_id)

    @admin.display(description=_("time"))
    def moment(self, entry: AuditEntry) -> str:
        return one_line(f"{day_short(entry.at)} {clock(entry.at)}")

    @admin.display(description=_("fields"))
    def fields_seen(self, entry: AuditEntry) -> str:
        return audit_words.fields(entry.fields)

    @admin.display(description=_("action"))
    def deed(self, entry: AuditEntry) -> str:
        return audit_words.action(entry.action)

    @admin.display(description=_("purpose"))
    def what_for(self, entry: AuditEntry) -> str:
        return one_line(audit_words.purpose(entry.purpose))

    @admin.display(description=_("sign-in"))
    def sign_in(self, entry: AuditEntry) -> str:
        """Enough of the digest to see which rows belong together."""
        return entry.session[:6]

    def history_view(self, request, object_id, extra_context=None):
        """An entry is never changed, so it has no history."""
        raise Http404
