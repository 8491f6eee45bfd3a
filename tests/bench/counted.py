"""Either project, but every answer says in X-Queries how many statements its view sent to the database.

It runs for a moment in a gunicorn of its own, so that the counting costs the figures nothing. Counted as Django's tests
count: what goes through a cursor; BEGIN, COMMIT and the health check of a kept connection do not.
"""

import importlib
import os

# Its module is imported first: it sets Django up.
application_itself = importlib.import_module(os.environ["COUNTED"]).application

from django.db import connection  # noqa: E402


def application(environ, start_response):
    sent = 0

    def count(execute, *arguments):
        nonlocal sent
        sent += 1
        return execute(*arguments)

    def start(status, headers, exc_info=None):
        return start_response(status, [*headers, ("X-Queries", str(sent))], exc_info)

    with connection.execute_wrapper(count):
        return application_itself(environ, start)
