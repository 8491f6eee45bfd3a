"""What an account may not become: a name that stops a production, a link or a session of what it was before."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from outreach.actions import people
from outreach.choices import Role
from outreach.models import User
from tests import factories
from tests.admin_pages import PEOPLE, refused
from tests.signing import actions, is_in, sign_in

SESSIONS, INVITE = "/account/sessions/", "/admin/outreach/organisation/{}/invite/"


def roster(phone: Client) -> list[User]:
    """Whom a phone offers to switch to."""
    answer = phone.get("/account/switch/")
    return answer.context["people"] if answer.status_code == 200 else []


def change(client: Client, person: User, **changes):
    """The person's page of the admin, sent as it stands but for the changes."""
    sent = {
        "username": person.username,
        "full_name": person.full_name,
        "email": person.email,
        "role": person.role,
        "branch": person.branch_id,
        "organisation": person.organisation_id or "",
        **({"is_active": "on"} if person.is_active else {}),
        "_save": "1",
        **changes,
    }
    return client.post(
        f"{PEOPLE}{person.pk}/change/", {name: value for name, value in sent.items() if value is not None}
    )


@pytest.mark.parametrize(("production", "fields"), [(True, ["username"]), (False, [])])
def test_no_account_of_a_production_bears_a_demo_name(cast, login, settings, production, fields):
    """With one it would refuse to start at its next restart."""
    cast.organiser.username = "panitia"
    cast.organiser.save()
    client = login(cast.head)
    settings.PRODUCTION = production
    sent = {"username": "KarangTaruna", "full_name": "Panitia Uji", "email": ""}
    page = client.post(INVITE.format(cast.organisation.pk), sent)
    form = page.context.get("form")
    assert sorted(form.errors if form else ()) == fields
    assert User.objects.filter(username__iexact="karangtaruna").exists() is not production


def test_a_person_is_not_renamed_to_a_demo_name_in_a_production(cast, login, settings):
    cast.organiser.username = "panitia"
    cast.organiser.save()
    client = login(cast.system_admin)
    settings.PRODUCTION = True
    assert refused(change(client, cast.colleague, username="karangtaruna")) == ["username"]


def test_a_name_in_other_capitals_is_taken(cast, login):
    """Signing in asks nobody for capitals: with two of them neither would get in."""
    assert change(login(cast.system_admin), cast.colleague, username="PETUGAS").status_code == 200
    assert not User.objects.filter(username="PETUGAS").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.colleague.pk).update(username="PETUGAS")


def test_a_link_of_before_lets_nobody_into_a_staff_account(cast, login):
    """Whoever invited the organiser still has it."""
    invited = people.invite(
        by=cast.head, organisation=cast.organisation, username="undangan", full_name="Undangan Uji"
    )
    token = people.link_token(invited)
    assert people.holder(token) == invited
    User.objects.filter(pk=invited.pk).update(role=Role.REVIEWER, organisation=None, is_staff=True)
    assert people.holder(token) is None
    User.objects.filter(pk=invited.pk).update(
        role=Role.ORGANISER, organisation=cast.organisation, is_staff=False
    )
    change(login(cast.system_admin), User.objects.get(pk=invited.pk), role=Role.OFFICER, organisation="")
    assert people.holder(token) is None


@pytest.mark.parametrize("changes", [{"role": Role.REVIEWER}, {"is_active": None}], ids=["role", "closed"])
def test_a_new_role_or_standing_ends_the_sessions_of_before(cast, login, changes):
    """A session is as long as its role says, and a deactivated person who is let in again signs in again."""
    inside = sign_in(cast.colleague)
    assert change(login(cast.system_admin), cast.colleague, **changes).status_code == 302
    User.objects.filter(pk=cast.colleague.pk).update(is_active=True)
    assert not is_in(inside)
    assert "session.end_all" in actions(cast.colleague)


def test_a_change_of_the_name_ends_no_session(cast, login):
    inside = sign_in(cast.colleague)
    assert change(login(cast.system_admin), cast.colleague, full_name="Rekan Baru").status_code == 302
    assert is_in(inside)


@pytest.mark.parametrize("method", ["get", "post"])
def test_ones_own_password_is_changed_where_the_old_one_is_asked_for(cast, login, method):
    """Whoever finds an admin's browser open must not be able to take the account."""
    new = {"new_password1": "sandi pilihan lain", "new_password2": "sandi pilihan lain"}
    answer = getattr(login(cast.system_admin), method)(f"{PEOPLE}{cast.system_admin.pk}/password/", new)
    assert (answer.status_code, answer.url) == (302, "/account/password/change/")
    assert User.objects.get(pk=cast.system_admin.pk).check_password(factories.PASSWORD)


def test_signing_out_elsewhere_forgets_a_phone_that_was_only_switched_away_from(cast):
    """There is no session to be ended there any more, and yet its roster takes the PIN."""
    User.objects.filter(pk=cast.officer.pk).update(forgotten_at=None)
    phone = sign_in(cast.officer)
    phone.post("/account/switch/other/")
    assert roster(phone) == [cast.officer]
    home = sign_in(cast.officer)
    home.post(SESSIONS, {"others": "1"})
    assert roster(phone) == []
