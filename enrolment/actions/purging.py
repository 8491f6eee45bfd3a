"""Taking away what may not be kept any longer: in batches, each with its row in the branch's chain."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet

from outreach.actions import audit
from outreach.models import Branch

BATCH = 500


def in_batches(rows: QuerySet, *, destroy: Callable[[QuerySet], int], action: str) -> int:
    """`destroy` all of these rows, each of which has a branch; of how many it says that something went. They must
    leave `rows` by it."""
    total = 0
    for branch in Branch.objects.order_by("pk"):
        while True:
            with transaction.atomic():
                some = rows.filter(branch=branch).order_by("pk").select_for_update(of=("self",))
                keys = list(some.values_list("pk", flat=True)[:BATCH])
                if not keys:
                    break
                if count := destroy(rows.model.objects.filter(pk__in=keys)):
                    audit.record(by=None, branch_id=branch.pk, action=action, count=count)
            total += count
    return total
