"""What holds for the whole suite: no network, no skipped test in CI, browser tests last."""

import os
import socket

import pytest
from django.db import connection

pytest_plugins = [
    "tests.browser",
    "tests.cast",
    "tests.counting",
    "tests.guards.order",
    "tests.guards.pages",
    "tests.guards.reads",
    "tests.guards.undefined",
    "tests.races",
]
CI = os.environ.get("CI") == "true"


@pytest.hookimpl(tryfirst=True)  # before `-m` is asked
def pytest_collection_modifyitems(config, items):
    for item in items:
        if "db" in item.fixturenames or item.get_closest_marker("django_db"):
            item.add_marker("database")
    # Playwright's loop stays in this thread for good, so what needs none comes first.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_runtest_setup(item):
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: make test ARGS=…")


def pytest_sessionfinish(session, exitstatus):
    """In CI a test that did not run has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if CI and skipped and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"CI=true: {skipped} skipped, and nothing may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_local(address) -> bool:
    return not isinstance(address, tuple) or str(address[0]) in {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    """No test talks to anything beyond this machine, not even to ask for an address."""
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self, address):
        if not _is_local(address):
            raise AssertionError(f"a test tried to reach {address}")
        return real_connect(self, address)

    def lookup(host, *args, **kwargs):
        if host is not None and not _is_local((host,)):
            raise AssertionError(f"a test tried to look up {host}")
        return real_lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket, "getaddrinfo", lookup)
        yield


@pytest.fixture(autouse=True)
def _empty_cache():
    """Rate limits live in the cache: one test's failed logins must not refuse the next one's."""
    from django.core.cache import cache  # settings are loaded by now

    cache.clear()
