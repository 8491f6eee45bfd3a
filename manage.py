#!/usr/bin/env python
"""Django's command line, with this project's settings file (.env) read first."""

import os
import sys

from outreach import environ


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    try:
        # Before the settings load, for they need the keys. Only `serve` makes a demo out of nothing.
        if sys.argv[1:2] == ["serve"] and environ.write_demo_env_file():
            print("Wrote .env with fresh keys (DEMO=1).", flush=True)
        environ.load_env_file()
        # Imported here so that a refusal needs no Django.
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except environ.Refused as refusal:
        sys.exit(f"Jemput Bola cannot start: {refusal}")


if __name__ == "__main__":
    main()
