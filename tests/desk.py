"""`python -m tests.desk`: runs code on a site's database, one piece a line of its standard input, for tests/server.py.

A line is the code as a JSON string; the answer is a line of JSON: what it printed, and the traceback if it failed.
Each piece runs in a process of its own, forked from this one that has Django loaded: what it changes in it stays there.
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


def answer(code: str) -> None:
    said, failed = io.StringIO(), ""
    try:
        with redirect_stdout(said):
            exec(code, {"__name__": "tests.desk"})
    except BaseException:  # an exit too: the test that asked judges it, and waits for this line
        failed = traceback.format_exc()
    say(said.getvalue(), failed)


def say(said: str, failed: str) -> None:
    sys.stdout.write(json.dumps({"said": said, "failed": failed}) + "\n")
    sys.stdout.flush()


for line in sys.stdin:
    child = os.fork()
    if not child:
        answer(json.loads(line))
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    if status:
        say("", f"it ended with {status}")
