from django.contrib import admin


class OwnPagesAdmin(admin.ModelAdmin):
    """A model whose every address has its own view: nothing is added, changed or deleted by the stock forms, every
    write is an action. `may_see`: the permission of its first page."""

    may_see: str

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(self.may_see)

    def has_module_permission(self, request) -> bool:
        """Its link stands among the work pages (templates/admin/index.html), not in the list of models."""
        return False

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
