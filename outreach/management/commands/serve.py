"""`make run`: bring database and static files up to date, then serve with gunicorn in this very process."""

import socket
import sys

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from gunicorn.app.base import BaseApplication

from outreach import gunicorn_conf
from outreach.actions.key_check import verify_key_check
from outreach.checks import faults_at_start
from outreach.choices import DEMO_ACCOUNTS
from outreach.readiness import migrations_pending
from outreach.static_files import collect_if_changed


class Server(BaseApplication):
    """gunicorn without its own start: Django is imported already, and a second import costs half a second."""

    def __init__(self, when_ready):
        self.when_ready = when_ready
        super().__init__()

    def load_config(self):
        for name, value in vars(gunicorn_conf).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("when_ready", self.when_ready)

    def load(self):
        from outreach.wsgi import application  # its checks run now, after the migrations

        return application


class Command(BaseCommand):
    help = "Migrate, collect static files, load the demo (DEMO=1), then serve with gunicorn."
    requires_system_checks = []  # faults_at_start() says them in one line each

    def handle(self, **options):
        faults = faults_at_start()
        if faults:
            self.stderr.write("\n".join(f"Jemput Bola cannot start: {fault}" for fault in faults))
            sys.exit(1)
        self.refuse_taken_port()
        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.prepare_database()
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(f"Jemput Bola cannot start: the database: {reason}") from None
        self.password = self.demo_password()
        collect_if_changed()
        connections.close_all()  # a connection must not be shared with the workers that are forked
        self.stdout.flush()
        Server(self.say_ready).run()

    def refuse_taken_port(self) -> None:
        """gunicorn would try for five seconds and then say it in eleven lines."""
        host, separator, port = gunicorn_conf.bind.rpartition(":")
        if not separator or host == "unix":
            return
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host.strip("[]"), int(port)))
            except OSError as error:
                raise CommandError(
                    f"Jemput Bola cannot start: {gunicorn_conf.bind}: {error.strerror}. Another port: PORT=8001."
                ) from None

    def prepare_database(self) -> None:
        if migrations_pending():
            self.stdout.write("Updating the database …")
            self.stdout.flush()
            call_command("migrate", interactive=False, verbosity=0)
        verify_key_check()
        if settings.DEMO and "seed_demo" in get_commands():
            call_command("seed_demo", verbosity=0)

    def demo_password(self) -> str:
        """What opens the demo accounts: DEMO_PASSWORD may have changed since they were made."""
        first = get_user_model().objects.filter(username=DEMO_ACCOUNTS[0]).first() if settings.DEMO else None
        if first is None or first.check_password(settings.DEMO_PASSWORD):
            return settings.DEMO_PASSWORD
        return "not DEMO_PASSWORD, but the one they have had since they were made"

    def say_ready(self, server) -> None:
        addresses = ", ".join(str(listener) for listener in server.LISTENERS)
        lines = [f"Jemput Bola: {addresses}"]
        if settings.DEMO:
            lines += [f"Demo accounts: {', '.join(DEMO_ACCOUNTS)}", f"Password: {self.password}"]
        sys.stdout.write("\n".join(["", *lines, "Stop with Ctrl-C.", "", ""]))
        sys.stdout.flush()
