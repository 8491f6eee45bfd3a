"""`python -m tests.desk`: runs code on a site's database, one piece a line of its standard input, for tests/server.py.

A line is the code as a JSON string; the answer is a line of JSON: what it printed, and the traceback if it failed.
"""

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stdout

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
django.setup()

from django.db import connection  # noqa: E402  settings are needed

for line in sys.stdin:
    said, failed = io.StringIO(), ""
    try:
        with redirect_stdout(said):
            exec(json.loads(line), {"__name__": "tests.desk"})
    except Exception:
        failed = traceback.format_exc()
    connection.close()  # whoever copies or drops the database must find nobody in it
    sys.stdout.write(json.dumps({"said": said.getvalue(), "failed": failed}) + "\n")
    sys.stdout.flush()
