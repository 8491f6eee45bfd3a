"""The whole past of a registration: everything that was done and seen, once each, the newest first; what stays hidden
is compared and not shown."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import (
    batches,
    claims,
    consent,
    decisions,
    disclosures,
    escalations,
    payment_files,
    registrations,
)
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind
from enrolment.models import Registration, RegistrationVersion
from enrolment.queries import history
from outreach.actions import audit
from outreach.templatetags import formats
from tests import factories, paying, reviewing

pytestmark = pytest.mark.usefixtures("in_english")


def url(registration: Registration, query: str = "") -> str:
    return reverse("admin:enrolment_registration_history", args=[registration.reference]) + query


def lines(page) -> list[str]:
    """Each line of the history as it reads, without its time."""
    found = re.findall(r"<li>\s*<time.*?</time>(.*?)</li>", page.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", line).replace(" :", ":").split()) for line in found]


@pytest.fixture
def corrected(cast) -> Registration:
    """Sent, taken, opened for a purpose, returned with a flag, corrected (NIK, name and phone), approved."""
    typed = factories.row(**reviewing.WHO)
    row = registrations.submit(by=cast.officer, entry=factories.entry(by=cast.officer, **typed)).registration
    claims.claim(by=cast.reviewer, registration=row)
    disclosures.sheet(row, by=cast.reviewer, purpose="review: call the worker", opened=True)
    decisions.move(
        by=cast.reviewer, registration=row, target="returned", reason="Lihat KTP lagi.",
        flags={"phone": "Kurang satu angka"},
    )  # fmt: skip
    other = {**typed, "full_name": "Sumiyati Uji", "phone": "081233334444", "address": "Gang Lain Rahasia 8"}
    registrations.correct(by=cast.officer, registration=row, entry=factories.entry(by=cast.officer, **other))
    decisions.move(by=cast.reviewer, registration=reviewing.now(row), target="approved")
    return reviewing.now(row)


def test_everything_stands_there_once_and_the_newest_first(cast, login, corrected):
    page = login(cast.reviewer).get(url(corrected))
    opened = ", ".join(
        ("address", "birth date", "birth place", "e-mail", "full name", "guardian", "income", "NIK", "mobile number",
         "reason", "RT", "RW", "sex")
    )  # fmt: skip
    assert lines(page) == [
        "Registration approved · Verifikator Uji",
        "Registration corrected · Petugas Uji "
        "Full name Sumiyati Uji was: Sumiati Uji Street or kampung differs Mobile number differs",
        "Registration returned · Verifikator Uji Lihat KTP lagi. Mobile number: Kurang satu angka",
        f"Opened: {opened} · Verifikator Uji For: review: call the worker",
        "Registration taken to check · Verifikator Uji",
        "Registration sent · Petugas Uji",
    ]


def test_hidden_values_are_compared_and_not_shown(cast, login, corrected):
    page = login(cast.reviewer).get(url(corrected)).content.decode()
    shown = [text for text in (*reviewing.HIDDEN_TEXTS, "Gang Lain", "0812-3333-4444") if text in page]
    assert shown == []


def test_looking_at_it_is_one_entry_that_is_written_before(cast, login, corrected):
    before = reviewing.reads()
    login(cast.reviewer).get(url(corrected))
    assert reviewing.reads()[len(before) :] == [
        ("verifikator", corrected.pk, "content flags reason", "history", 1)
    ]
    line = "Opened: answers, what is wrong with each field, reason · Verifikator Uji For: history of a registration"
    assert lines(login(cast.other_reviewer).get(url(corrected)))[0] == line


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("deeds", ["approved", "corrected", "returned", "taken to check", "sent"]),
        ("looks", ["Opened"]),
        ("nonsense", ["approved", "corrected", "returned", "Opened", "taken to check", "sent"]),
    ],
)
def test_one_kind_alone(cast, login, corrected, show, words):
    found = lines(login(cast.reviewer).get(url(corrected, f"?show={show}")))
    assert [line.split(" · ")[0].partition(":")[0].removeprefix("Registration ") for line in found] == words


def test_looks_alone_open_nothing(cast, login, corrected):
    before = reviewing.reads()
    login(cast.reviewer).get(url(corrected, "?show=looks"))
    assert reviewing.reads() == before


def test_nobody_has_looked(cast, login):
    row = factories.submitted(by=cast.officer)
    page = login(cast.reviewer).get(url(row, "?show=looks")).content.decode()
    assert "Nobody has looked at it by itself yet" in page


def test_what_the_clock_did_is_the_clocks(cast, login):
    row = factories.lapsed(by=cast.officer, reviewer=cast.reviewer)
    assert "Registration lapsed · the clock Tidak pernah membayar." in lines(
        login(cast.reviewer).get(url(row))
    )


def test_a_draft_and_a_participation_belong_to_it(cast, login):
    row = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    with transaction.atomic():
        for action, one in (("draft.take", row.submission_id), ("test.paid", row.participations.get().pk)):
            audit.record(by=cast.officer, branch_id=cast.branch.pk, action=action, object_id=one)
        audit.record(by=cast.officer, branch_id=cast.branch.pk, action="test.other", object_id=uuid4())
    found = lines(login(cast.reviewer).get(url(row, "?show=deeds")))
    assert found[:2] == ["Test.paid · Petugas Uji", "Draft taken over · Petugas Uji"]
    assert "Test.other" not in " ".join(found)


def test_destroyed_content_is_told(cast, login, corrected):
    RegistrationVersion.objects.filter(number=1).update(content=None)
    found = " ".join(lines(login(cast.reviewer).get(url(corrected))))
    assert "Version 1 is destroyed, so there is nothing to compare with." in found
    assert "The answers of version 1 are destroyed; who sent them and when stays." in found
    RegistrationVersion.objects.update(content=None)
    found = " ".join(lines(login(cast.reviewer).get(url(corrected))))
    assert "The answers of version 2 are destroyed; who sent them and when stays." in found
    assert "was:" not in found


def test_after_a_withdrawal_of_consent_nothing_is_opened(cast, login, corrected):
    consent.withdraw(by=cast.reviewer, registration=corrected, channel="phone", reason="Tidak mau lagi.")
    before = reviewing.reads()
    page = login(cast.reviewer).get(url(corrected))
    assert reviewing.reads() == before
    text = page.content.decode()
    assert [
        word for word in ("Sumi", "Lihat KTP", "Tidak mau", "satu angka", "differs") if word in text
    ] == []
    assert lines(page)[:2] == [
        "Consent withdrawn · Verifikator Uji",
        "Registration withdrawn · Verifikator Uji",
    ]
    assert "Reasons and answers stay closed here." in text


def test_it_goes_on_page_by_page_and_nothing_stands_twice_or_nowhere(cast, login, corrected, monkeypatch):
    for _number in range(3):
        disclosures.reveal(corrected, by=cast.reviewer, fields=("nik",), purpose="review")
    client = login(cast.reviewer)
    whole, address = [], url(corrected)
    monkeypatch.setattr(history, "PAGE_ROWS", 200)
    first = lines(client.get(url(corrected, "?show=deeds")))
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    assert first == [
        "Registration approved · Verifikator Uji",
        "Registration corrected · Petugas Uji "
        "Full name Sumiyati Uji was: Sumiati Uji Street or kampung differs Mobile number differs",
        "Registration returned · Verifikator Uji Lihat KTP lagi. Mobile number: Kurang satu angka",
        "Registration taken to check · Verifikator Uji",
        "Registration sent · Petugas Uji",
    ]
    for _page in range(20):
        page = client.get(address)
        whole += lines(page)
        if not page.context["url_older"]:
            break
        address = page.context["url_older"]
    deeds = [line for line in whole if not line.startswith("Opened")]
    assert deeds == first
    assert len(whole) - len(deeds) == 4 + 1  # and the look at `first`: each page's own is newer than it


def test_it_costs_the_same_with_more_of_everything(cast, login, corrected):
    client = login(cast.reviewer)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(corrected)).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for reviewer in (cast.other_reviewer, factories.reviewer("ketiga", of=cast.branch)):
        decisions.move(by=reviewer, registration=reviewing.now(corrected), target="submitted", reason="Lagi.")
        decisions.move(by=reviewer, registration=reviewing.now(corrected), target="approved")
        disclosures.reveal(corrected, by=reviewer, fields=("nik",), purpose="review")
    assert cost() == few


def test_the_review_page_leads_there_also_when_it_is_closed(cast, login, corrected):
    client = login(cast.reviewer)
    assert f'href="{url(corrected)}"' in client.get(reviewing.url(corrected)).content.decode()
    consent.withdraw(by=cast.reviewer, registration=corrected, channel="phone")
    assert f'href="{url(corrected)}"' in client.get(reviewing.url(corrected)).content.decode()


@pytest.mark.parametrize("mark", ["0", "999999", "x", "9" * 40, "-1", "1.5"])
def test_a_mark_of_nothing_is_the_newest(cast, login, corrected, mark):
    page = login(cast.reviewer).get(url(corrected, f"?older={mark}"))
    assert (page.status_code, len(lines(page))) == (200, 6)


def test_what_went_to_the_head_and_back_stands_with_its_reason(cast, login):
    row = factories.with_head(by=cast.officer, reviewer=cast.reviewer, again="Nomor HP tetap salah.")
    escalations.to_reviewers(by=cast.head, registration=row, reason="Telepon dulu petugasnya.")
    page = login(cast.reviewer).get(url(row))
    assert lines(page)[:2] == [
        "Registration given back by the branch head · Kepala Uji Telepon dulu petugasnya.",
        "Registration put before the branch head · Verifikator Uji Nomor HP tetap salah.",
    ]


def test_a_downloaded_batch_is_found_from_its_registrations(cast, login):
    row = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    batch = batches.make(by=cast.reviewer, batch_id=uuid4(), event=None, limit=10)
    batches.file_rows(by=cast.reviewer, batch=batch)
    looks = lines(login(cast.reviewer).get(url(row, "?show=looks")))
    assert any(f"For: hand-over, batch {batch.number}" in look for look in looks)


def test_the_head_reads_what_is_theirs_to_decide_and_nothing_else(cast, login):
    client = login(cast.head)
    row = factories.with_head(by=cast.officer, reviewer=cast.reviewer, again="Nomor HP tetap salah.")
    assert f'href="{url(row)}"' in client.get(reviewing.url(row)).content.decode()
    page = client.get(url(row))
    assert "Registration put before the branch head" in " ".join(lines(page))
    assert page.context["back_to"][0] == reverse("admin:enrolment_registration_for_head")
    assert client.get(page.context["back_to"][0]).status_code == 200
    escalations.to_reviewers(by=cast.head, registration=row, reason="Telepon dulu petugasnya.")
    assert client.get(url(row)).status_code == 404


def test_what_was_written_down_of_payments_stands_there_with_what_a_correction_changed(cast, login):
    row = paying.paid(cast, days=9, on=paying.today() - timedelta(days=9))
    on = [paying.today() - timedelta(days=days) for days in (5, 4)]
    said = [formats.day(day) for day in (row.paid_on, *on)]
    paying.write(cast, row, Said(EntryKind.NUMBER, number=paying.KPJ))
    paying.write(cast, row, Said(EntryKind.LATER, on=on[0], months=3))
    right = Said(EntryKind.LATER, on=on[1], months=3, replaces=row.entries.get(kind="later").pk)
    paying.write(cast, row, right, reason="Salah baca daftar.")
    paying.write(cast, row, Said(EntryKind.NUMBER, number=paying.KPJ[::-1]), reason="Tertukar.")
    client = login(cast.reviewer)
    page = client.get(url(row.registration, "?show=deeds"))
    assert lines(page)[:5] == [
        "Participant number corrected · Verifikator Uji Tertukar. Participant number differs",
        f"Later payment corrected · Verifikator Uji Salah baca daftar. Day of the payment {said[2]} was: {said[1]}",
        f"Later payment written down · Verifikator Uji {said[1]}, 3 months",
        "Participant number written down · Verifikator Uji",
        f"First payment written down · Verifikator Uji {said[0]}, 1 month",
    ]
    assert paying.KPJ not in page.text
    consent.withdraw(by=cast.officer, registration=row.registration, channel="phone")
    closed = client.get(url(row.registration)).text
    assert ("Later payment corrected" in closed, "Salah baca daftar." in closed) == (True, False)


def test_a_payment_from_a_file_stands_in_the_history_too(cast, login):
    row = paying.accepted(cast)
    payment_files.apply(
        [payment_files.Row(2, reference=row.registration.reference, on=paying.today(), months=3)],
        by=cast.reviewer,
    )
    (line,) = [one for one in lines(login(cast.reviewer).get(url(row.registration))) if "payment" in one]
    assert line == (
        f"First payment written down · Verifikator Uji {formats.day(paying.today())}, 3 months, from a file"
    )
