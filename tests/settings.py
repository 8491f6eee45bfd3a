"""The settings of a test run: the demo's, with keys of no value, and quicker where nothing is proved by it."""

import base64
import os

os.environ["ENV_FILE"] = ""  # nobody's own .env changes what a test says
for _name, _value in {
    "DEMO": "1",
    "DEBUG": "0",
    "SECOND_FACTOR": "0",  # tests of the factor switch it on
    "SECRET_KEY": "a secret key of no value, for tests only",
    "FIELD_KEYS": "1:" + base64.b64encode(b"field key of tests, 32 bytes....").decode(),
    "INDEX_KEYS": "1:" + base64.b64encode(b"index key of tests, 32 bytes....").decode(),
    "AUDIT_KEYS": "1:" + base64.b64encode(b"audit key of tests, 32 bytes....").decode(),
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "LOG_LEVEL": "INFO",
    "SECOND_LOOK_PERCENT": "0",  # chance is no part of a test that is not about it
}.items():
    os.environ[_name] = _value
for _name in (
    "ALLOWED_HOSTS",
    "BIND",
    "DEMO_PASSWORD",
    "MAIL_FROM",
    "MAIL_URL",
    "OFFICER_LOCK_MINUTES",
    "PORT",
    "PROSPECT_DAYS",
    "PUBLIC_URL",
    "VAR_DIR",
):
    os.environ.pop(_name, None)

from outreach.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if _suffix := os.environ.get("TEST_DATABASE_SUFFIX"):  # several runs on one server
    DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{DATABASES['default']['NAME']}{_suffix}"  # noqa: F405
if _migrated := os.environ.get("TEST_DATABASE_MIGRATED"):  # to be copied; what it lacks is migrated after
    DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = _migrated  # noqa: F405
# Each test that sets CONN_MAX_AGE's persistence to the proof starts a server of its own.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
# Nothing is collected for a test client; without this WhiteNoise wants var/static and walks it for every client.
WHITENOISE_AUTOREFRESH = True
