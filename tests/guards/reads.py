"""A GET changes nothing. It may write one access row into the audit chain, and what belongs to the visit itself: the
session and the cache; on the pages of dead links a limit. Seen in the SQL, so past models, actions and signals."""

import re

import pytest
from django.db import connection
from django.test import Client

_WRITE = re.compile(
    r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?', re.IGNORECASE
)
_VISIT = {
    "django_session",
    "usersessions_usersession",  # when a device was last used
    "mfa_authenticator",  # that the recovery codes were looked at
    "outreach_cache",
    "outreach_audithead",
}
_ACCESS = "outreach_auditentry"
_COUNTED = re.compile(r"/s/|/account/link/")
"""Pages that count, in `_LIMIT`, how many dead links an address tries. No other page is limited by looking at it."""
_LIMIT = "outreach_allowance"


class Written:
    """An execute wrapper that notes into which tables a request writes."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        match = _WRITE.match(str(sql))
        if match and match[1] not in _VISIT:
            self.tables.append(match[1])
        return execute(sql, params, many, context)


@pytest.fixture(autouse=True, scope="session")
def _a_get_writes_nothing():
    ask = Client.request

    def request(self, **request):
        if request["REQUEST_METHOD"] not in {"GET", "HEAD", "OPTIONS"}:
            return ask(self, **request)
        written = Written()
        with connection.execute_wrapper(written):
            response = ask(self, **request)
        tables, path = written.tables, request["PATH_INFO"]
        if _COUNTED.match(path):
            tables = [table for table in tables if table != _LIMIT]
        if tables not in ([], [_ACCESS]):
            pytest.fail(f"{request['REQUEST_METHOD']} {path} wrote {', '.join(tables)}")
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield
