"""`python -m tests.migrating`: migrates TEST_DATABASE_URL's database as a site would, with the keys of the tests, for
the runner to have copied. The tests' own settings would not do: they have another cache, whose table a site lacks then.
"""

import os

import django
from django.core.management import call_command

import tests.settings  # noqa: F401 - its keys, and that address

os.environ["DJANGO_SETTINGS_MODULE"] = "outreach.settings"
django.setup()
call_command("migrate", interactive=False, verbosity=0)
