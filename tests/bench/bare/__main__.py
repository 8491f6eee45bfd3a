"""Make the tables and one signed-in person; print the session's cookie as JSON."""

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402  models need the set-up above
from django.core.management import call_command  # noqa: E402

from tests.bench.signed_in import session_key  # noqa: E402

call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
print(json.dumps({"sessionid": session_key(User.objects.create_user("petugas"))}))
