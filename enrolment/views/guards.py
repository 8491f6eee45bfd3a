"""Who gets to a page of the workers. For an organiser nothing of a worker exists: 404, not 403."""

from functools import partial

from outreach.choices import Role
from outreach.views import guards

require = partial(guards.require, hidden_from=(Role.ORGANISER,))
