"""Whether a participant number (KPJ) is written down of another worker already: then one of the two was typed wrongly.

A KPJ is a person's for life. The same NIK with the same number comes back (reactivation), and one whose NIK was typed
wrongly once may rightly stand here under two. So no constraint forbids it: who writes it down by hand is told and
confirms, a row of a list is left for them, and the preview of the core system's answer says it. Of two who write it
down in the same moment neither is told; the pages of both workers say it from then on.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enrolment.models import Participation, Registration

Held = Mapping[bytes, "list[Holder]"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has the number: `said` is their receipt number."""

    nik_index: bytes
    branch_id: int
    said: str


def held(indexes: Collection[bytes]) -> Held:
    """Who has these numbers (`entry.number_index`), also where it has ended. One query; none for no numbers."""
    found: dict[bytes, list[Holder]] = defaultdict(list)
    if not indexes:
        return found
    rows = (
        Participation.objects.filter(number_index__in=indexes).select_related("registration").order_by("pk")
    )
    for row in rows:
        registration = row.registration
        holder = Holder(bytes(registration.nik_index), row.branch_id, str(registration))
        found[bytes(row.number_index)].append(holder)
    return found


def of_another(index: bytes, registration: Registration, found: Held) -> str:
    """A sentence if somebody with another NIK has this number, else "". Who is of another branch is not named."""
    others = [one for one in found.get(index, ()) if one.nik_index != bytes(registration.nik_index)]
    if not others:
        return ""
    own = next((one for one in others if one.branch_id == registration.branch_id), None)
    if own is None:
        return _(
            "A worker of another branch has this participant number already. Compare it with the list of BPJS."
        )
    return _("%(reference)s has this participant number already. Compare both with the list of BPJS.") % {
        "reference": own.said
    }
