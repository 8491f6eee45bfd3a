"""What all pages of the admin share: rows through the scope, 404 for a stranger, every change in the audit chain."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from outreach.actions import audit
from outreach.models import Event, User

_EVENTS_OFFERED = 30


class EventFilter(admin.SimpleListFilter):
    """The branch's newest events; Django's own filter would offer those of every branch."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request, model_admin):
        events = Event.objects.visible_to(request.user).order_by("-first_day", "slug")
        return list(events.values_list("slug", "name")[:_EVENTS_OFFERED])

    def queryset(self, request, queryset):
        return queryset.filter(event__slug=self.value()) if self.value() else queryset


class OfficeAdmin(admin.ModelAdmin):
    """One noun of a branch. A subclass says with `visible_to` whose rows somebody sees."""

    show_full_result_count = False
    view_on_site = False
    list_per_page = 50
    # Deleting many at once would need a second look at each; the bar stays on, because without one Django's list
    # has an inline style.
    actions = None
    show_facets = admin.ShowFacets.NEVER  # a COUNT for every choice of every filter

    def lookup_allowed(self, lookup, value, request) -> bool:
        """Only what the filters offer: a free lookup could read a password's hash letter by letter."""
        offered = self.get_list_filter(request)
        own = {one.parameter_name for one in offered if isinstance(one, type)}
        fields = {one[0] if isinstance(one, (tuple, list)) else one for one in offered}
        return lookup in own or lookup.partition("__")[0] in fields

    def visible_to(self, user: User) -> QuerySet:
        return self.model._default_manager.visible_to(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return self.visible_to(request.user).order_by(*self.get_ordering(request) or self.opts.ordering)

    def get_urls(self) -> list:
        """Without the nameless address that Django keeps for bookmarks of 2015."""
        return [url for url in super().get_urls() if url.name]

    def get_object(self, request, object_id, from_field=None):
        """Not yours, or not there: 404 and not Django's "perhaps it was deleted"."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The class is made anew for each request, so it may carry who asks."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def changelist_view(self, request, extra_context=None):
        """Titled by what it shows; Django's own title is an instruction."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context.update(title=str(obj), subtitle=None)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def form_page(
        self,
        request,
        form: BaseForm,
        *,
        original: Model,
        title: str,
        submit_label: str,
        lead: str = "",
        template: str = "admin/outreach/form.html",
    ) -> TemplateResponse:
        """A form of its own beneath an object, whose page is the way back. A form without fields asks "really?"."""
        change = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "lead": lead,
            "opts": self.opts,
            "original": original,
            "back_url": reverse(change, args=(original.pk,)),
            "submit_label": submit_label,
            "form": form,
            "has_errors": bool(form.errors),
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, template, context)

    def has_add_permission(self, request) -> bool:
        """Who has no branch has nowhere to put it."""
        return super().has_add_permission(request) and self.chain_of(None, request.user) is not None

    def chain_of(self, obj: Model | None, user: User) -> int | None:
        """The branch in whose audit chain a change of `obj` is written."""
        return getattr(obj, "branch_id", None) or user.branch_id

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        self._record(request, obj, "add", message)
        return entry

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        self._record(request, obj, "change", message)
        return entry

    def delete_model(self, request, obj):
        name = self._name(obj)  # while it still has its key
        super().delete_model(request, obj)
        self._record(request, obj, "delete", [], name=name)

    def _name(self, obj: Model) -> str:
        """What the audit chain calls it: never the name of a person."""
        return f"{self.opts.model_name} {getattr(obj, 'slug', None) or obj.pk}"

    def _record(self, request, obj: Model, verb: str, message: Any, *, name: str = "") -> None:
        branch_id = self.chain_of(obj, request.user)
        if branch_id is None:
            raise PermissionDenied("a change that no branch's audit chain would hold")
        audit.record(
            by=request.user,
            branch_id=branch_id,
            action=f"{self.opts.model_name}.{verb}",
            fields=_changed(message),
            purpose=name or self._name(obj),
        )


class ReadOnlyAdmin(OfficeAdmin):
    """Shown to those who may view it; nobody changes it here."""

    change_form_template = "admin/outreach/read_only.html"

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    template = "admin/outreach/_tabular.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


def _changed(message: Any) -> list[str]:
    """The changed fields, and the nouns of changed rows beneath, out of Django's message, which holds no values."""
    if not isinstance(message, list):
        return []
    found: dict[str, None] = {}
    for part in message:
        for change in part.values():
            labels = [change["name"]] if "name" in change else change.get("fields", ())
            found.update(dict.fromkeys(label.lower().replace(" ", "_") for label in labels))
    return list(found)
