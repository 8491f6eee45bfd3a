"""A scratch database on the test's own PostgreSQL, and processes that race on it.

The processes are forked from one that has Django and the code loaded (multiprocessing's forkserver): each is a process
of its own with a connection of its own, and ready in a hundredth of the time that it takes to load.
"""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.cast import make_cast
from tests.racer import main

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.racer"])
_numbers = count(1)


@pytest.fixture(scope="session")
def migrated(django_db_blocker):
    """A migrated database with the cast in it, to be copied."""
    name = f"race_template_{os.getpid()}"
    template = os.environ.get("TEST_DATABASE_MIGRATED") or "template1"
    on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        with django_db_blocker.unblock(), Scratch(name).using():
            call_command("migrate", interactive=False, verbosity=0)
            make_cast()
        yield name
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def scratch(migrated, django_db_blocker):
    """A fresh copy of it, with this process' ORM on it."""
    made = Scratch(f"race_{os.getpid()}_{next(_numbers)}")
    on_server(f"CREATE DATABASE {made.name} TEMPLATE {migrated}")
    try:
        with django_db_blocker.unblock(), made.using():
            yield made
    finally:
        on_server(f"DROP DATABASE {made.name} WITH (FORCE)")


def _server(database: str) -> dict:
    own = settings.DATABASES["default"]
    named = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    return {"dbname": database, **{name: value for name, value in named.items() if value}}


def on_server(statement: str) -> None:
    with psycopg.connect(**_server("postgres"), autocommit=True) as server:
        server.execute(statement)


class Scratch:
    """A database with real commits. Inside `using()` the ORM of this process works on it too."""

    def __init__(self, name: str) -> None:
        self.name = name

    @contextmanager
    def using(self) -> Iterator[None]:
        """Point Django's default connection here; the test's own is put aside, untouched."""
        aside = connections["default"]
        here = connections.create_connection("default")
        here.settings_dict = {**aside.settings_dict, "NAME": self.name}
        connections["default"] = here
        try:
            yield
        finally:
            here.close()
            connections["default"] = aside

    def execute(self, statement: str) -> None:
        with self.connect() as database:
            database.execute(statement)

    def connect(self) -> psycopg.Connection:
        """Another connection than Django's: it sees what is committed and nothing else."""
        return psycopg.connect(**_server(self.name), autocommit=True)

    @contextmanager
    def racers(self, number: int, **options) -> Iterator[list["Racer"]]:
        made = []
        try:
            for _ in range(number):
                made.append(Racer(self.name, options))
            for racer in made:
                racer.wait_until_ready()
            yield made
        finally:
            for racer in made:
                racer.stop()


class Racer:
    def __init__(self, database: str, options: dict) -> None:
        self._pipe, theirs = _processes.Pipe()
        self._process = _processes.Process(target=main, args=(database, options, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def wait_until_ready(self) -> None:
        self.backend = self.answer()["backend"]

    def order(self, **order) -> None:
        self._pipe.send(order)

    def answer(self) -> dict:
        try:
            return self._pipe.recv()
        except EOFError:
            self._process.join()
            raise RuntimeError(f"the racer ended with {self._process.exitcode}") from None

    def rest(self) -> list[dict]:
        """What it had said and nobody had read when it ended."""
        said = []
        with suppress(EOFError, OSError):  # OSError: it ended in the middle of a word
            while True:
                said.append(self._pipe.recv())
        return said

    def kill(self) -> None:
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        self._pipe.close()
        self._process.join(timeout=5)
        if self._process.is_alive():
            self.kill()


def at_once(racers: list[Racer], orders: list[dict]) -> list[dict]:
    """One order for each racer at the same moment; their answers."""
    for racer, order in zip(racers, orders, strict=True):
        racer.order(**order)
    return [racer.answer() for racer in racers]
