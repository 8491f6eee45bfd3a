"""gunicorn -c python:outreach.gunicorn_conf outreach.wsgi (`manage.py serve` does the same in one process)."""

import ipaddress
import os
import sys

from outreach import environ, log_config

environ.load_env_file()


def _address() -> str:
    """Where to listen. The demo's passwords are public, so it listens to this machine alone."""
    port = environ.integer("PORT", 8000, 1, 65535)
    if environ.flag("DEMO"):
        return f"127.0.0.1:{port}"
    where = environ.text("BIND", "127.0.0.1")
    if where.startswith("unix:/"):
        return where
    try:
        ip = ipaddress.ip_address(where)
    except ValueError:
        raise environ.Refused("BIND must be an IP address or unix:/path.") from None
    return f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"


bind = _address()
# Loaded once and then forked: a bad environment stops the master, and a start costs one import of Django.
preload_app = True
worker_class = "gthread"
workers = environ.integer("WEB_CONCURRENCY", 2, 1, 64)
threads = 4
timeout = 30  # seconds; as long for requests under way when it is told to stop
graceful_timeout = 30
keepalive = 5
# The heartbeat file on a slow disk makes gunicorn kill healthy workers.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - gunicorn makes a safe file in it
control_socket_disable = True

# Path without its query string; neither address nor referrer nor agent. The formatter masks numbers in the path,
# which comes last, lest a number at its end swallow the status.
access_log_format = "%(s)s %(B)s bytes %(M)s ms %(m)s %(U)s"
logconfig_dict = log_config.config(environ.choice("LOG_LEVEL", "INFO", environ.LOG_LEVELS))


def on_starting(server):
    """The command line may still say `--bind 0.0.0.0`: not for a demo."""
    if not environ.flag("DEMO"):
        return
    for address in server.cfg.address:
        if isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback:
            print("Jemput Bola cannot start: the demo listens on 127.0.0.1 only.", file=sys.stderr)  # noqa: T201
            sys.exit(1)
