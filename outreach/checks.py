"""System checks that refuse an unsafe start. `manage.py check` shows them; wsgi.py stops on them, a line each."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections

from outreach.actions.key_check import WrongKeys, verify_key_check
from outreach.choices import DEMO_ACCOUNTS

KEYS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEYS", "AUDIT_KEYS")
MIN_SECRET_LENGTH = 32


def _fault(number: int, sentence: str, hint: str) -> Error:
    return Error(sentence, hint=hint, id=f"outreach.E{number:03}")


def _is_set(name: str) -> bool:
    try:
        return bool(getattr(settings, name))
    except ImproperlyConfigured:  # what Django says to an empty SECRET_KEY
        return False


@register(Tags.security)
def keys_are_usable(app_configs, **kwargs) -> list[Error]:
    """Held by the demo too: without keys nothing can be stored."""
    hint = "`make run` writes a demo's .env; .env.example says how to make a production's keys."
    missing = [name for name in KEYS if not _is_set(name)]
    faults = [_fault(1, f"{name} is not set.", hint) for name in missing]
    if "SECRET_KEY" not in missing and len(settings.SECRET_KEY) < MIN_SECRET_LENGTH:
        faults.append(_fault(2, f"SECRET_KEY is shorter than {MIN_SECRET_LENGTH} characters.", hint))
    held = [key for name in KEYS[1:] for key in getattr(settings, name).values()]
    if len(set(held)) < len(held):
        # Whoever learns the index key must not thereby read the fields.
        faults.append(_fault(3, "The same key is used twice in FIELD_KEYS, INDEX_KEYS and AUDIT_KEYS.", hint))
    return faults


@register(Tags.security)
def production_is_closed(app_configs, **kwargs) -> list[Error]:
    if not settings.PRODUCTION:
        return []
    faults = []
    if settings.DEBUG:
        faults.append(_fault(4, "DEBUG is on in production.", "Remove DEBUG from the environment."))
    if not settings.SECOND_FACTOR:
        faults.append(
            _fault(10, "SECOND_FACTOR is off in production.", "Remove SECOND_FACTOR from the environment.")
        )
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme != "https" or not public.netloc or public.path:
        faults.append(
            _fault(
                5, "PUBLIC_URL must be https://host in production.", "PUBLIC_URL=https://jemputbola.example"
            )
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        faults.append(
            _fault(6, "ALLOWED_HOSTS must name the hosts in production, not '*'.", "ALLOWED_HOSTS=host,host")
        )
    return faults


@register(Tags.database)
def production_has_no_master_account(app_configs, databases=None, **kwargs) -> list[Error]:
    """A superuser passes every permission, so no production has one; nor the demo's known passwords."""
    if not settings.PRODUCTION or not databases:
        return []
    users = get_user_model()._default_manager
    faults = []
    for alias in databases:
        try:
            superusers = users.using(alias).filter(is_superuser=True, is_active=True).exists()
            demo = users.using(alias).filter(username__in=DEMO_ACCOUNTS, is_active=True).count()
        except DatabaseError:
            # Not there, or not migrated yet. Not this check's fault to name: /readyz says it.
            connections[alias].close()
            continue
        if superusers:
            faults.append(
                _fault(7, "There is an active superuser in production.", "Give that person a role instead.")
            )
        if demo:
            faults.append(
                _fault(
                    8, f"Demo accounts are active in production: {demo}.", "Deactivate them, or use DEMO=1."
                )
            )
    return faults


@register(Tags.database)
def keys_fit_the_database(app_configs, databases=None, **kwargs) -> list[Error]:
    """Held by the demo too: rows written with other keys could never be read beside those that are there."""
    if not databases or not all(_is_set(name) for name in KEYS):
        return []
    try:
        verify_key_check(make=False)
    except WrongKeys as wrong:
        hint = "Use the keys that were kept apart from the database; or begin with an empty database."
        return [_fault(9, f"{wrong} is not what this database was written with.", hint)]
    except DatabaseError:
        connection.close()  # as above: not there, or not migrated yet
    return []


def faults_at_start() -> list[str]:
    """One line for each reason not to serve; the connections it opened are closed again, for gunicorn forks."""
    try:
        found = run_checks(tags=[Tags.security, Tags.database], databases=list(connections))
    finally:
        connections.close_all()
    return [f"{fault.msg} ({fault.id})" for fault in found if fault.is_serious()]
