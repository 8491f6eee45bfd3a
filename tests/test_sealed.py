import logging
import re
from uuid import uuid4

import pytest
from django.core import serializers

from enrolment.actions import disclosures, registrations
from enrolment.models import Registration
from outreach import crypto
from outreach.actions import audit
from outreach.crypto import SealBroken
from outreach.models import AuditEntry
from outreach.sealed import MASK, Access, AccessRefused, Sealed
from tests import factories, rawsql

NIK = "3172011204880001"
NAME = "Nuraini Uji"
TABLE = "enrolment_registration"


def access(*rows: Registration, fields=("nik", "full_name", "phone")) -> Access:
    return Access(objects=frozenset(row.pk for row in rows), fields=frozenset(fields))


@pytest.fixture
def registration(cast) -> Registration:
    made = factories.submitted(by=cast.officer, nik=NIK, full_name=NAME, birth_date="1988-04-12")
    return Registration.objects.get(pk=made.pk)


def test_sealed_value_shows_its_mask_everywhere(registration, caplog):
    value = registration.nik
    with caplog.at_level(logging.INFO):
        logging.getLogger("outreach").info("nik %s %r", value, value)
        logging.getLogger("outreach").info(f"nik {value}")  # noqa: G004
    shown = [
        str(value),
        repr(value),
        f"{value}",
        f"{value!r:>1}",
        "{}".format(value),  # noqa: UP032
        f"{[value]}",
        *caplog.messages,
    ]
    assert shown == [MASK, MASK, MASK, MASK, MASK, f"[{MASK}]", f"nik {MASK} {MASK}", f"nik {MASK}"]


def test_registration_shows_no_person(registration):
    shown = f"{registration} {registration!r} {vars(registration)}"
    shown = re.sub(r"UUID\('[^']*'\)", "", shown)  # a year can stand in a random id by chance
    assert all(secret not in shown for secret in (NIK, NAME, "1988", "81234567890"))
    assert (
        str(registration)
        == f"{registration.reference[:3]}-{registration.reference[3:6]}-{registration.reference[6:]}"
    )


def test_sealed_value_has_no_attributes_to_look_into(registration):
    with pytest.raises(TypeError):
        vars(registration.nik)


def test_every_personal_column_is_ciphertext_in_the_database(registration):
    row = Registration.objects.filter(pk=registration.pk).values(*Registration.personal_fields).get()
    for name, token in row.items():
        assert token is None or bytes(token)[:2] == b"\x01\x01", name
    plain = b" ".join(bytes(token) for token in row.values() if token)
    assert all(secret.encode() not in plain for secret in (NIK, NAME, "1988-04-12", "81234567890", "Jl. Uji"))


def test_reveal_opens_what_the_access_names(registration):
    opened = {
        name: getattr(registration, name).reveal(access(registration))
        for name in ("nik", "full_name", "phone")
    }
    assert opened == {"nik": NIK, "full_name": NAME, "phone": "+6281234567890"}


def test_reveal_without_a_fitting_access_is_refused(cast, registration):
    other = factories.submitted(by=cast.officer)
    for wrong in (
        access(),
        access(other),
        access(registration, fields=("phone",)),
        access(registration, fields=()),
    ):
        with pytest.raises(AccessRefused):
            registration.nik.reveal(wrong)


def test_open_access_of_nothing_permits_nothing(cast, registration):
    opened = audit.open_access(
        by=cast.officer, branch_id=cast.branch.pk, objects=(), fields=("nik",), purpose="test"
    )
    with pytest.raises(AccessRefused):
        registration.nik.reveal(opened)


def test_reveal_writes_its_access_row_before_any_value_is_opened(cast, registration, monkeypatch):
    opened, real = [], crypto.unseal

    def unseal(token, *, context):
        rows = AuditEntry.objects.filter(action="read")
        opened.append([(row.actor, row.object_id, row.fields, row.purpose, row.count) for row in rows])
        return real(token, context=context)

    monkeypatch.setattr(crypto, "unseal", unseal)
    values = disclosures.reveal(registration, by=cast.officer, fields=("nik", "full_name"), purpose="receipt")
    assert values == {"nik": NIK, "full_name": NAME}
    assert opened == [[(cast.officer, registration.pk, "full_name nik", "receipt", 1)]] * 2


def test_failing_access_row_lets_no_value_out(cast, registration, monkeypatch):
    opened = []
    monkeypatch.setattr(crypto, "unseal", lambda *args, **kwargs: opened.append(args))
    monkeypatch.setattr(audit, "record", lambda **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        disclosures.reveal(registration, by=cast.officer, fields=("nik",), purpose="receipt")
    assert opened == []


def test_list_page_writes_one_access_row_with_a_count(cast):
    rows = [factories.submitted(by=cast.officer) for _ in range(3)]
    named = disclosures.with_names(rows, by=cast.officer, purpose="today")
    assert [one.full_name for one in named] == ["Warga Uji"] * 3
    assert list(AuditEntry.objects.filter(action="read").values_list("count", "purpose", "object_id")) == [
        (3, "today", None)
    ]


def test_ciphertext_moved_to_another_row_does_not_open(cast, registration):
    other = factories.submitted(by=cast.officer)
    rawsql.execute(
        f"UPDATE {TABLE} SET nik = (SELECT nik FROM {TABLE} WHERE id = %s) WHERE id = %s",
        registration.pk,
        other.pk,
    )
    moved = Registration.objects.get(pk=other.pk)
    with pytest.raises(SealBroken):
        moved.nik.reveal(access(moved))


def test_ciphertext_moved_to_another_field_does_not_open(registration):
    rawsql.execute(f"UPDATE {TABLE} SET phone = nik WHERE id = %s", registration.pk)
    moved = Registration.objects.get(pk=registration.pk)
    with pytest.raises(SealBroken):
        moved.phone.reveal(access(moved))


def test_ciphertext_changed_in_the_database_does_not_open(registration):
    token = bytes(Registration.objects.values_list("nik", flat=True).get())
    rawsql.execute(
        f"UPDATE {TABLE} SET nik = %s WHERE id = %s", token[:-1] + bytes((token[-1] ^ 1,)), registration.pk
    )
    changed = Registration.objects.get(pk=registration.pk)
    with pytest.raises(SealBroken):
        changed.nik.reveal(access(changed))


def test_assigning_another_rows_sealed_value_is_refused(cast, registration):
    other = factories.submitted(by=cast.officer)
    with pytest.raises(TypeError, match="its own row"):
        other.nik = registration.nik


def test_assigning_another_fields_sealed_value_is_refused(registration):
    with pytest.raises(TypeError, match="its own row"):
        registration.phone = registration.nik


def test_empty_text_is_stored_as_null(registration):
    assert (registration.email, registration.guardian) == (None, None)


def test_refresh_from_db_keeps_sealed_values(registration):
    registration.refresh_from_db()
    assert registration.nik.reveal(access(registration)) == NIK


def test_deferred_sealed_value_is_loaded_when_asked_for(registration):
    lazy = Registration.objects.defer("nik").get(pk=registration.pk)
    assert lazy.nik.reveal(access(lazy)) == NIK


def test_serialising_a_registration_is_refused(registration):
    with pytest.raises(TypeError, match="not serialised"):
        serializers.serialize("json", [registration])


def test_rotated_key_reads_old_rows_and_writes_new_ones(cast, registration, settings):
    settings.FIELD_KEYS = {2: b"2" * 32, **settings.FIELD_KEYS}
    assert registration.nik.reveal(access(registration)) == NIK
    newer = factories.submitted(by=cast.officer)
    keys = {pk: bytes(token)[1] for pk, token in Registration.objects.values_list("pk", "nik")}
    assert keys == {registration.pk: 1, newer.pk: 2}
    registrations.correct(
        by=cast.officer,
        registration=registration,
        entry=factories.entry(by=cast.officer, submission_id=str(uuid4())),
    )
    assert bytes(Registration.objects.filter(pk=registration.pk).values_list("nik", flat=True).get())[1] == 2


def test_missing_key_is_an_error_and_never_a_value(registration, settings):
    settings.FIELD_KEYS = {7: b"7" * 32}
    with pytest.raises(SealBroken):
        registration.nik.reveal(access(registration))


def test_sealed_needs_the_row_it_was_made_for():
    row, other = uuid4(), uuid4()
    token = crypto.seal(NIK, context=f"registration.nik|{row}")
    mine = Access(objects=frozenset((row, other)), fields=frozenset(("nik",)))
    assert Sealed(token, field="registration.nik", row=row).reveal(mine) == NIK
    with pytest.raises(SealBroken):
        Sealed(token, field="registration.nik", row=other).reveal(mine)
