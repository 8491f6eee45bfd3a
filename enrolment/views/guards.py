"""Who gets to a page at all. What they see on it, `visible_to` decides."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from outreach.choices import Role

View = Callable[..., HttpResponse]


def require(permission: str) -> Callable[[View], View]:
    """A view for people of a branch whose role has this permission. For an organiser nothing of a worker exists:
    404, not 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.user.has_perm(permission) and request.user.branch_id:
                return view(request, *args, **kwargs)
            if request.user.role == Role.ORGANISER:
                raise Http404
            raise PermissionDenied

        return guarded

    return decorate
