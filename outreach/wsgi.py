"""The WSGI application. `gunicorn outreach.wsgi` refuses to start on a bad environment, with one line a fault."""

import os
import sys

from outreach import environ

# gunicorn's own code for "the worker cannot boot": it stops, instead of starting worker after worker.
CANNOT_BOOT = 3


def _start():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    try:
        environ.load_env_file()
        # Imported here: loading Django reads the settings, which may refuse.
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        from django.urls import get_resolver

        from outreach import regions
        from outreach.checks import faults_at_start

        # Regions, views and forms are loaded before gunicorn forks, not in the first visitor's time.
        regions.preload()
        _ = get_resolver().url_patterns
        faults = faults_at_start()
    except environ.Refused as refusal:
        faults = [str(refusal)]
    for fault in faults:
        print(f"Jemput Bola cannot start: {fault}", file=sys.stderr)  # noqa: T201 - before any log is set up
    if faults:
        sys.exit(CANNOT_BOOT)
    return application


application = _start()
