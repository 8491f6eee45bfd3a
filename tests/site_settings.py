"""The settings of the browser tests' sites: the product's own, where signing in costs nothing. The hash of a password
is meant to take a quarter of a second of a processor, and each of two hundred tests signs somebody in. The real one is
met in tests/test_run.py."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from outreach.settings import *  # noqa: F403  all of them, and one changed


class QuickArgon2(Argon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 8, 1


PASSWORD_HASHERS = ["tests.site_settings.QuickArgon2"]
