"""Rows that nobody asked to be ordered come back in another order than the database's.

PostgreSQL promises none and mostly gives the order of insertion, so a page or a test that relies on it works until
it does not. The seed stands in the head of the run; `SHUFFLE_SEED=… pytest tests/test_x.py` repeats it, and each
test draws from its own name, so that it shuffles the same way alone.
"""

import os
import random

import pytest
from django.db.models import QuerySet

SEED = os.environ.get("SHUFFLE_SEED") or str(random.randrange(10**6))
_GET_LIMIT = 21  # `get()` looks for a second row this far and shows none of them
_draw = random.Random(SEED)


def pytest_report_header(config) -> str:
    return f"rows without an order are shuffled: SHUFFLE_SEED={SEED}"


@pytest.fixture(autouse=True)
def _own_seed(request):
    _draw.seed(f"{SEED} {request.node.nodeid}")


def shuffled(rows: list) -> list:
    """Another order, always: with two rows a fair shuffle would change nothing half of the time."""
    mixed = list(rows)
    _draw.shuffle(mixed)
    return mixed if any(a is not b for a, b in zip(mixed, rows, strict=True)) else mixed[::-1]


def _is_cut(queryset: QuerySet) -> bool:
    """The first few of a heap: which, is chance."""
    query = queryset.query
    return not queryset.ordered and query.is_sliced and (query.low_mark, query.high_mark) != (0, _GET_LIMIT)


@pytest.fixture(autouse=True, scope="session")
def _no_order_by_accident():
    fetch, stream = QuerySet._fetch_all, QuerySet._iterator

    def fetch_all(self):
        fresh = self._result_cache is None
        fetch(self)
        if fresh and not self.ordered:
            if _is_cut(self):
                pytest.fail(f"the first few of an unordered {self.model.__name__} queryset")
            self._result_cache = shuffled(self._result_cache)

    def iterator(self, *args):
        rows = stream(self, *args)
        return rows if self.ordered else iter(shuffled(list(rows)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", fetch_all)
        patch.setattr(QuerySet, "_iterator", iterator)
        yield
