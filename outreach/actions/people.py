"""Letting people in: a link that sets a password once, for an invited organiser as for anybody who lost theirs.

An account waits with an unusable password. The link's token covers that password, so whatever changes it kills the
link: setting the password, a newer link, closing the account. Nothing is stored, and nothing can be looked up.
"""

from collections.abc import Collection
from operator import attrgetter

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from outreach.actions import audit
from outreach.choices import STAFF_ROLES, Role
from outreach.errors import ActionRefused
from outreach.models import Organisation, User


class _Links(PasswordResetTokenGenerator):
    """Django's tokens with a salt and a life of their own: a reset by e-mail is good for a shorter time."""

    key_salt = "outreach.sign-in-link"

    def check_token(self, user: User, token: str) -> bool:
        try:
            made = base36_to_int(token.partition("-")[0])
        except ValueError:
            return False
        if self._num_seconds(self._now()) - made > settings.SIGN_IN_LINK_TIMEOUT:
            return False
        return any(
            constant_time_compare(self._make_token_with_timestamp(user, made, secret), token)
            for secret in (self.secret, *self.secret_fallbacks)
        )


_links = _Links()


def link_token(person: User) -> str:
    """What a link carries: whose it is, when it was made, and a MAC. As good as a password until it is used."""
    return f"{int_to_base36(person.pk)}-{_links.make_token(person)}"


def holder(token: str, *, lock: bool = False) -> User | None:
    """Whose password this link sets; None if it was used, replaced or made up, or if the account may not sign in."""
    key, _dash, mac = token.partition("-")
    try:
        pk = base36_to_int(key)
    except ValueError:
        return None
    people = User.objects.select_related("temporary_for")
    person = (people.select_for_update(of=("self",)) if lock else people).filter(pk=pk).first()
    alive = person is not None and person.is_active and not person.has_ended and person.is_waiting
    # Whoever became staff since then gets no link: somebody else may have kept it.
    return person if alive and not person.is_staff and _links.check_token(person, mac) else None


def accept(*, token: str, password: str) -> User:
    """Set the password that the holder of the link chose. Of two phones with the same link one wins.

    Raises ActionRefused("link_dead").
    """
    with transaction.atomic():
        person = holder(token, lock=True)
        if person is None:
            raise ActionRefused("link_dead", _("This link was used already, or its time is over."))
        person.set_password(password)
        person.save(update_fields=("password",))
        _record("password", person, by=person)
    return person


def invite(*, by: User, organisation: Organisation, username: str, full_name: str, email: str = "") -> User:
    """An organiser's account that waits for its link; the same one again for the same invitation sent twice.

    Raises ActionRefused("username_taken").
    """
    person = User(
        username=username,
        full_name=full_name,
        email=email,
        role=Role.ORGANISER,
        branch_id=organisation.branch_id,
        organisation=organisation,
    )
    person.set_unusable_password()
    with transaction.atomic():
        known = _insert(person)
        if known is None:
            _record("invite", person, by=by)
            return person
        same = (known.organisation_id, known.full_name) == (organisation.pk, full_name)
        if not (same and known.is_waiting and known.is_active):
            raise ActionRefused("username_taken", _("This username is taken. Choose another one."))
        record_shown(known, by=by)
    return known


def record_shown(person: User, *, by: User) -> None:
    """The link of somebody who waits already is shown once more."""
    _record("show_link", person, by=by)


def new_link(*, by: User, person: User) -> User:
    """`new_links` for one."""
    return new_links(by=by, people=[person])[0]


def new_links(*, by: User, people: Collection[User]) -> list[User]:
    """Take back password and older links of all of them; who is signed in is out at the next request.

    All or nothing. Raises ActionRefused: "staff", whose passwords are set in another way, or "closed".
    """
    with transaction.atomic():
        # Every row before the first audit entry: who accepts a link takes row and chain in this order too.
        rows = [_lock(person) for person in sorted(people, key=attrgetter("pk"))]
        for row in rows:
            if row.role in STAFF_ROLES or row.is_superuser:
                raise ActionRefused("staff", _("Staff get no link. Set a new password instead."))
            if not row.is_active or row.has_ended:
                raise ActionRefused("closed", _("This account is closed. Nothing was changed."))
            row.set_unusable_password()
            row.save(update_fields=("password",))
        for row in rows:
            _record("link", row, by=by)
    return rows


def close(*, by: User, person: User) -> User:
    """Nobody signs in with this account any more, and no link of it works. Raises ActionRefused("closed")."""
    with transaction.atomic():
        row = _lock(person)
        if not row.is_active:
            raise ActionRefused("closed", _("This account is closed. Nothing was changed."))
        row.is_active = False
        row.set_unusable_password()  # or a link would live again when the account is opened again
        row.save(update_fields=("is_active", "password"))
        _record("close", row, by=by)
    return row


def _insert(person: User) -> User | None:
    """None, or who has this username already, in capitals or not."""
    bearers = User.objects.filter(username__iexact=person.username)
    known = bearers.first()
    if known is None:
        try:
            with transaction.atomic():
                person.save(force_insert=True)
        except IntegrityError:  # somebody was faster
            known = bearers.get()
    return known


def _lock(person: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("temporary_for").get(pk=person.pk)


def _record(verb: str, person: User, *, by: User) -> None:
    audit.record(
        by=by,
        branch_id=person.branch_id,
        action=f"user.{verb}",
        fields=("password",),
        purpose=f"user {person.pk}",
    )
