"""A scratch database on the test's own PostgreSQL, and processes that race on it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.conf import settings
from django.db import connections


def _server(database: str) -> dict:
    own = settings.DATABASES["default"]
    named = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    return {"dbname": database, **{name: value for name, value in named.items() if value}}


def on_server(statement: str) -> None:
    with psycopg.connect(**_server("postgres"), autocommit=True) as server:
        server.execute(statement)


def _url(database: str) -> str:
    own = settings.DATABASES["default"]
    login = f"{own['USER']}:{own['PASSWORD']}" if own["PASSWORD"] else own["USER"]
    return f"postgres://{login}@{own['HOST']}:{own['PORT']}/{database}"


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
        made = [Racer(self.name, options) for _ in range(number)]
        try:
            for racer in made:
                racer.wait_until_ready()
            yield made
        finally:
            for racer in made:
                racer.stop()


class Racer:
    def __init__(self, database: str, options: dict) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.racer", json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
            env={**os.environ, "TEST_DATABASE_URL": _url(database)},
        )

    def wait_until_ready(self) -> None:
        self.backend = self.answer()["backend"]

    def order(self, **order) -> None:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the racer ended with {self.process.wait()}")
        return json.loads(line)

    def rest(self) -> list[dict]:
        """What it had said and nobody had read when it ended."""
        return [json.loads(line) for line in self.process.stdout if line.endswith("\n")]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()


def at_once(racers: list[Racer], orders: list[dict]) -> list[dict]:
    """One order for each racer at the same moment; their answers."""
    for racer, order in zip(racers, orders, strict=True):
        racer.order(**order)
    return [racer.answer() for racer in racers]
