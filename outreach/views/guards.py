"""Who gets to a page at all. What they see on it, `visible_to` decides."""

from collections.abc import Callable, Collection
from functools import partial, wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from outreach.choices import Role

View = Callable[..., HttpResponse]


def require(*permissions: str, hidden_from: Collection[str] = ()) -> Callable[[View], View]:
    """A view for people of a branch whose role has one of these permissions; 403 for others, and 404 for the roles
    from which it is hidden: for them there is no such page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.user.branch_id and any(map(request.user.has_perm, permissions)):
                return view(request, *args, **kwargs)
            if request.user.role in hidden_from:
                raise Http404
            raise PermissionDenied

        return guarded

    return decorate


branch_only = partial(require, hidden_from=(Role.ORGANISER,))
"""For pages of the stand and of the workers: an organiser finds nothing there, 404 and not 403."""
