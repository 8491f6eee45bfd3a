"""No list costs more queries with three rows than with one. A page that is added to the site is named here, with one
line: either among LISTS, with who opens it and what makes a row, or among SINGLES."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from enrolment.actions import arbitrations, batches, consent, disclosures, pads
from enrolment.choices import PaymentResult, Stage
from enrolment.models import (
    ConsentText,
    ContributionSchedule,
    JobType,
    PaperPad,
    PaperSheet,
    Participation,
    Relief,
)
from outreach.actions import audit
from outreach.models import Assignment, Booth, Campaign, Event
from tests import arbitrating, equipping, factories, handing

pytestmark = pytest.mark.walk


@dataclass(frozen=True, slots=True)
class Listing:
    """`part` of the cast opens it; `row(cast, number)` makes one more row, each with its own of what the list joins;
    `to(cast)` are the arguments of its address."""

    part: str
    row: Callable
    to: Callable = lambda cast: ()


# --- What makes a row


def _event(cast, number: int) -> Event:
    """Of the cast's organiser, with a campaign of its own."""
    event = factories.event(organiser=cast.organisation, officers=(cast.officer,), slug=f"bazar-{number}")
    event.campaign = Campaign.objects.create(name=f"Kampanye {number}")
    event.save(update_fields=["campaign"])
    return event


def _unpaid(cast, number: int) -> None:
    """Somebody to call, whom a reviewer of their own has called before."""
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer, booth="AB"[number % 2])
    caller = factories.reviewer(f"penelepon-{number}", of=cast.branch)
    Participation.objects.filter(registration=registration).update(
        stage=Stage.ACCEPTED, accepted_at=timezone.now(), accepted_by=cast.reviewer, called_at=timezone.now(),
        called_by=caller, call_result=PaymentResult.NO_ANSWER, call_on=timezone.localdate(),
    )  # fmt: skip


def _withdrawal(cast, number: int) -> None:
    row = factories.submitted(by=cast.officer)
    consent.withdraw(by=cast.officer, registration=row, channel="person")


def _registration(cast, number: int) -> None:
    """At a booth of its own, entered by an officer of its own, with a job of its own."""
    code = f"S{number}"
    booth = Booth.objects.create(event=cast.event, code=code, target=10)
    officer = cast.officer if number == 0 else factories.officer(f"petugas-{number}", of=cast.branch)
    factories.assign(officer, booth, *cast.event.days)
    job = list(JobType.objects.order_by("code").values_list("code", flat=True))[number]
    factories.submitted(by=officer, officer=officer.username, booth=code, job_type_1=job)


def _look(cast, number: int) -> None:
    """Of an approval by a reviewer of its own, at a booth of its own."""
    booth = Booth.objects.create(event=cast.event, code=f"L{number}", target=10)
    factories.assign(cast.officer, booth, *cast.event.days)
    first = factories.reviewer(f"pemeriksa-{number}", of=cast.branch)
    factories.second_look(by=cast.officer, reviewer=first, booth=booth.code)


def _sent(cast, number: int) -> None:
    factories.submitted(by=cast.officer, booth="AB"[number % 2])


def _returned(cast, number: int) -> None:
    factories.returned(by=cast.officer, booth="AB"[number % 2], reviewer=cast.reviewer)


def _second_return(cast, number: int) -> None:
    """Put before the head by a reviewer of its own."""
    row = factories.with_head(by=cast.officer, reviewer=cast.reviewer, booth="AB"[number % 2])
    assert row.with_head_at


def _organisation(cast, number: int) -> None:
    factories.organisation(of=cast.branch, name=f"Mitra {number}")


def _campaign(cast, number: int) -> None:
    Campaign.objects.create(name=f"Kampanye {number}")


def _person(cast, number: int) -> None:
    factories.organiser(
        f"panitia-{number}", organisation=factories.organisation(of=cast.branch, name=f"Mitra {number}")
    )


def _branch(cast, number: int) -> None:
    factories.branch(f"cabang-{number}", regency_code=f"32.0{number + 1}")


def _audit_row(cast, number: int) -> None:
    actor = factories.head(f"kepala-{number}", of=cast.branch)
    audit.record(
        by=actor, branch_id=cast.branch.pk, action="organisation.add", purpose=f"organisation {number}"
    )


def _opening(cast, number: int) -> None:
    """At a registration of its own, by a reviewer of their own."""
    person = factories.reviewer(f"pemeriksa-{number}", of=cast.branch)
    row = factories.submitted(by=cast.officer)
    disclosures.reveal(row, by=person, fields=("nik",), purpose="review: call the worker")


def _job_type(cast, number: int) -> None:
    JobType.objects.create(code=f"Z{number:03}", name=f"Pekerjaan {number}", sector="other")


def _template(cast, number: int) -> None:
    """By a reviewer of its own."""
    factories.template(
        by=factories.reviewer(f"templat-{number}", of=cast.branch), note=f"Edaran {number} " * 9
    )


def _copy_of_one(model) -> Callable:
    """Reference data is full of rules; a row with another code is a copy of one that keeps them."""

    def row(cast, number: int) -> None:
        one = model.objects.order_by("pk").last()
        one.pk = None
        key = "version" if model is ConsentText else "code"
        setattr(one, key, f"salinan-{number}")
        if hasattr(one, "retired_at"):
            one.retired_at = timezone.now()  # an old edition: two in force never overlap
        one.save(force_insert=True)

    return row


def _duty(cast, number: int) -> None:
    """One more booth today, so that the officer's page offers another stand, and one of an earlier day on paper."""
    today = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation, slug=f"hari-{number}", days=(today, today), booths="C"
    )
    Assignment.objects.create(booth=event.booths.get(), officer=cast.officer, day=today)


def _request(cast, number: int) -> None:
    """For an item of its own."""
    equipping.asked(cast, of=equipping.item(cast, f"Barang {number}"))


def _agreed(cast, number: int) -> None:
    equipping.agreed(cast, of=equipping.item(cast, f"Barang {number}"))


def _handed_over(cast, number: int) -> None:
    equipping.handed_over(cast, of=equipping.item(cast, f"Barang {number}"))


def _session(cast, number: int) -> None:
    speaker = factories.officer(f"pembicara-{number}", of=cast.branch)
    factories.session(of=cast.event, by=cast.officer, speaker=speaker, topic=f"Topik {number}")


def _coordination(cast, number: int) -> None:
    factories.coordinated(of=cast.event, by=cast.head, office=f"Kantor {number}")


def _prospect(cast, number: int) -> None:
    booth = Booth.objects.create(event=cast.event, code=f"P{number}", target=10)
    factories.assign(cast.officer, booth, *cast.event.days)
    factories.prospect(by=cast.officer, booth=booth)


def _temporary(cast, number: int) -> None:
    name = f"sementara{number}"
    factories.officer(name, of=cast.branch, temporary_for=cast.event)


def _booth(cast) -> Booth:
    return cast.event.booths.get(code="A")


def _pad(cast, number: int) -> None:
    """With a sheet keyed in, one voided and the others open."""
    made = factories.pad(_booth(cast), by=cast.head)
    pads.void(by=cast.officer, pad=made, numbers=[2], reason="lost")
    factories.submitted(by=cast.officer, sheet=str(PaperSheet(made, 1)))


def _voids(cast, number: int) -> None:
    """Of the one pad, each by somebody of their own."""
    pad = PaperPad.objects.first() or factories.pad(_booth(cast), by=cast.head, number=50)
    person = factories.reviewer(f"pencatat-{number}", of=cast.branch)
    pads.void(by=person, pad=pad, numbers=[number * 3 + 1], reason="lost")


def _the_pad(cast) -> tuple:
    return ((PaperPad.objects.first() or factories.pad(_booth(cast), by=cast.head, number=50)).pk,)


def _closed(cast, number: int) -> None:
    factories.closed(_booth(cast), by=cast.officer, seen=number)


def _case(cast, number: int) -> None:
    """Asked by the other branch, each for another worker."""
    if number == 0:
        arbitrating.other_event(cast)
    who = {"nik": factories.nik(), "birth_date": factories.BORN.isoformat()}
    factories.approved(by=cast.officer, reviewer=cast.reviewer, **who)
    second = factories.submitted(**arbitrating.theirs(cast, **who))
    arbitrations.ask(by=cast.strange_reviewer, registration=second)


def _batch(cast, number: int) -> None:
    """Made by somebody of their own, and one more that does not fit the template."""
    person = factories.reviewer(f"penyerah-{number}", of=cast.branch)
    job = list(JobType.objects.order_by("code").values_list("code", flat=True))[number]
    handing.approved(cast, months="2", job_type_1=job)
    handing.approved(cast)
    made = batches.make(by=person, batch_id=uuid4(), event=None, limit=1)
    batches.file_rows(by=person, batch=made)


OF_EVENT = {"to": lambda cast: (cast.event.slug,)}
LISTS = {
    "equipment": Listing("organiser", _event),
    "equipment-event": Listing("organiser", _request, **OF_EVENT),
    "equipment-handover": Listing("organiser", _agreed, **OF_EVENT),
    "equipment-return": Listing("organiser", _handed_over, **OF_EVENT),
    "sessions": Listing("officer", _session),
    "admin:outreach_equipmentitem_changelist": Listing(
        "head", lambda cast, number: equipping.item(cast, f"Barang {number}")
    ),
    "admin:outreach_equipmentline_changelist": Listing("head", _request),
    "admin:outreach_equipment_handover": Listing("head", _agreed, **OF_EVENT),
    "admin:outreach_equipment_return": Listing("head", _handed_over, **OF_EVENT),
    "admin:outreach_outreachsession_changelist": Listing("head", _session),
    "admin:outreach_coordination_changelist": Listing("head", _coordination),
    "admin:outreach_coordination_event": Listing("head", _coordination, **OF_EVENT),
    "admin:outreach_event_temporary": Listing("head", _temporary, lambda cast: (cast.event.pk,)),
    "booth-close": Listing("officer", _closed, lambda cast: (_booth(cast).pk, cast.event.first_day)),
    "paper-pads": Listing("officer", _pad, **OF_EVENT),
    "paper-pad": Listing("officer", _voids, _the_pad),
    "prospects": Listing("officer", _prospect),
    "today": Listing("officer", _sent),
    "today, to correct": Listing("officer", _returned),
    "today, on duty": Listing("officer", _duty),
    "own-events": Listing("organiser", _event),
    "admin:index": Listing("head", _event),
    "admin:enrolment_collectivetemplate_changelist": Listing("reviewer", _template),
    "admin:enrolment_registration_changelist": Listing("reviewer", _registration),
    "admin:enrolment_registration_for_head": Listing("head", _second_return),
    "admin:enrolment_registration_arbitrations": Listing("head", _case),
    "admin:enrolment_registration_second_looks": Listing("reviewer", _look),
    "admin:enrolment_registration_counts_event, second looks": Listing(
        "head", _look, lambda cast: (cast.event.slug,)
    ),
    "admin:enrolment_batch_changelist": Listing("reviewer", _batch),
    "admin:enrolment_batch_by_hand": Listing("reviewer", _batch),
    "admin:enrolment_registration_unpaid": Listing("reviewer", _unpaid),
    "admin:enrolment_registration_seen": Listing("head", _opening),
    "admin:enrolment_registration_counts_event": Listing(
        "head", _registration, lambda cast: (cast.event.slug,)
    ),
    "admin:outreach_event_changelist": Listing("head", _event),
    "admin:outreach_organisation_changelist": Listing("head", _organisation),
    "admin:outreach_campaign_changelist": Listing("head", _campaign),
    "admin:outreach_user_changelist": Listing("head", _person),
    "admin:outreach_user_changelist, all": Listing("system_admin", _person),
    "admin:outreach_branch_changelist": Listing("system_admin", _branch),
    "admin:outreach_auditentry_changelist": Listing("head", _audit_row),
    "admin:enrolment_jobtype_changelist": Listing("head", _job_type),
    "admin:enrolment_contributionschedule_changelist": Listing("head", _copy_of_one(ContributionSchedule)),
    "admin:enrolment_relief_changelist": Listing("head", _copy_of_one(Relief)),
    "admin:enrolment_consentwithdrawal_changelist": Listing("reviewer", _withdrawal),
    "admin:enrolment_consenttext_changelist": Listing("head", _copy_of_one(ConsentText)),
}
UNCHANGED = {"admin:index"}
"""Lists whose page looks the same whatever there is: nothing of a row may be asked for at all."""

SINGLES = {
    "home", "language", "healthz", "readyz",
    "account_login", "account_logout", "account_signup", "account_inactive", "account_change_password",
    "account", "account-pin", "lock", "awake", "switch-to", "switch-other", "sign-in-link",
    "account-sessions",  # tests/test_sign_in_sessions.py counts its queries
    "switch",  # tests/test_shared_phone.py
    "account_reauthenticate", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "codes-kept",
    "equipment-ask", "equipment-line", "session-new", "session-correct", "greet", "greet-take-back",
    "admin:enrolment_collectivetemplate_edit", "admin:enrolment_collectivetemplate_sample",
    "admin:enrolment_registration_payments",  # its rows are a file's; tests/test_payment_files.py counts them
    "admin:enrolment_registration_participation", "admin:enrolment_registration_call",
    "admin:enrolment_registration_take",  # only posted to
    "admin:enrolment_registration_search",  # tests/test_review_search.py counts its queries
    "admin:outreach_coordination_note", "admin:outreach_coordination_done",
    "admin:outreach_event_temporary_links", "admin:outreach_organisation_invite",
    "admin:outreach_organiser_link", "admin:outreach_organiser_close",
    "admin:outreach_user_link", "admin:outreach_user_sessions", "admin:outreach_user_second_factor",
    "region-search",  # at most ten, out of the process's own memory
    "registration-form-data",  # five queries, whatever there is
    "draft-take", "draft-offer", "drafts", "draft", "draft-discard", "registration-nik",
    "paper-pad-new", "paper-pad-print",  # a pad is one row, however many sheets are printed of it
    "prospect-new", "prospect", "registration-slip", "registration-whatsapp", "status",
    "registration-new", "registration-receipt", "registration-correct", "registration-withdraw",
    "consent-withdraw", "admin:enrolment_registration_consent",
    "admin:enrolment_relief_retire",  # tests/test_tariff_pages.py
    "admin:enrolment_batch_make", "admin:enrolment_batch_file", "admin:enrolment_batch_cancel",
    "admin:enrolment_batch_one", "admin:enrolment_batch_answer",  # tests/test_batch_pages.py counts their queries
    "admin:login", "admin:logout", "admin:jsi18n", "admin:app_list",
    "admin:outreach_event_move", "admin:outreach_event_copy", "admin:outreach_user_password",
    "admin:enrolment_registration_import",  # its rows are a file's, not the database's
    "admin:enrolment_registration_bulk",  # looked at it says two numbers; tests/test_bulk.py
    "admin:enrolment_registration_second_look",  # one registration; tests/test_second_look.py
    "admin:enrolment_registration_counts",  # leads on to the newest event's
    "admin:enrolment_registration_arbitration",  # two registrations; tests/test_arbitration.py
    "admin:enrolment_registration_review",  # one registration; tests/test_review_page.py counts its queries
}  # fmt: skip
"""Pages about one thing, and those that show none."""

_ONE_OBJECT = ("_add", "_change", "_delete", "_history")
"""Django's pages of one object; an event's, with rows beneath it, is counted in tests/test_admin_queries.py."""


def _names(resolver, space: str = ""):
    """Every named address of the site."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield space + pattern.name
        else:
            yield from _names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def test_every_page_is_declared_a_list_or_not():
    pages = {name for name in _names(get_resolver()) if not name.endswith(_ONE_OBJECT)}
    listed = {name.partition(",")[0] for name in LISTS}
    assert sorted(pages - listed - SINGLES) == []
    assert sorted((listed | SINGLES) - pages) == []
    assert sorted(listed & SINGLES) == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_three(cast, login, name):
    listing = LISTS[name]
    path = reverse(name.partition(",")[0], args=listing.to(cast))
    client = login(getattr(cast, listing.part))

    def look() -> tuple[list[str], str]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        assert answer.status_code == 200
        return [query["sql"] for query in queries], answer.content.decode()

    listing.row(cast, 0)
    look()  # what is remembered for good (content types) is asked for once
    few, page_of_one = look()
    listing.row(cast, 1)
    listing.row(cast, 2)
    many, page_of_three = look()
    assert len(many) == len(few), "\n".join(many)
    shown = len(page_of_three) > len(page_of_one) + 100
    assert shown is (name not in UNCHANGED), "the rows are not on the page, so nothing was measured"
