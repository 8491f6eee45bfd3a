"""Who was interested: prospects and registrations, nobody twice, at the place where they were noted."""

import dataclasses
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from enrolment.actions import prospects
from enrolment.models import Prospect
from enrolment.queries import counts
from enrolment.queries.counts import event_counts
from enrolment.queries.interested import interested
from enrolment.views import counts as page
from outreach.models import Booth
from tests import factories
from tests.counting import SATURDAY, url


@pytest.fixture
def keen(cast):
    """At booth A four prospects of the officer's: one waits for a call, one registered at B with the colleague, one's
    registration was withdrawn, one's name is destroyed. Besides them one registered at A, and one at B whom another
    event noted."""
    a, b = (Booth.objects.get(event=cast.event, code=code) for code in "AB")
    factories.assign(cast.colleague, b, SATURDAY)
    factories.prospect(by=cast.officer, booth=a)
    at_b = {
        "by": cast.colleague,
        "officer": "rekan",
        "booth": "B",
        "registered_at": "2026-11-21T11:00:00+07:00",
    }
    became(factories.prospect(by=cast.officer, booth=a), factories.submitted(**at_b))
    became(factories.prospect(by=cast.officer, booth=a), factories.withdrawn(by=cast.officer))
    past = timezone.localdate() - timedelta(days=1)
    gone = factories.prospect(by=cast.officer, booth=a)
    Prospect.objects.filter(pk=gone.pk).update(kept_until=past, follow_up_on=past)
    call_command("purge")
    factories.submitted(by=cast.officer)
    elsewhere = factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="lain")
    noted = factories.prospect(by=cast.officer, booth=elsewhere.booths.get(code="A"))
    became(noted, factories.submitted(**at_b))
    return cast


def became(row, registration) -> None:
    prospects.registered(by=registration.officer, prospect=row, registration=registration)


def test_everybody_is_interested_once_where_they_were_noted(keen):
    found = event_counts(keen.event)
    assert (found.total.registered, found.interested.people) == (3, 6)
    assert (found.interested.prospects, found.interested.to_call) == (4, 1)
    assert [(row.key, row.interested) for row in found.booths] == [("A", 5), ("B", 1)]
    assert [(row.key, row.interested) for row in found.officers] == [("petugas", 5), ("rekan", 1)]


def test_the_checker_counts_the_same_person_by_person(keen, capsys):
    call_command("verify_counts")
    assert [line.partition(" registered")[0] for line in capsys.readouterr().out.splitlines()] == [
        "bazar-uji: 0 reached, 6 interested, 3", "lain: 0 reached, 1 interested, 0",
    ]  # fmt: skip


@pytest.mark.parametrize("part", ["interested", "booths", "officers"])
def test_the_checker_finds_one_too_many(keen, monkeypatch, part):
    def falsified(event, *, at=None):
        true = event_counts(event, at=at)
        if part == "interested":
            more = interested(event, registered=Counter({(1, 1): 9}))
            return dataclasses.replace(true, interested=more)
        first, *rest = getattr(true, part)
        return dataclasses.replace(
            true, **{part: (dataclasses.replace(first, interested=first.interested + 1), *rest)}
        )

    monkeypatch.setattr(counts, "event_counts", falsified)
    with pytest.raises(CommandError):
        call_command("verify_counts")


def test_the_page_has_the_stage_its_meaning_and_a_column_once_there_are_prospects(keen, login):
    factories.session(of=keen.event, by=keen.officer, people_reached=60)
    answer = login(keen.head).get(url(keen.event))
    reached = answer.context["reached"]
    assert [(line.label, line.value, line.share) for line in reached["lines"]] == [
        (page._("Reached"), "60", ""),
        (page._("Interested"), "6", "10\xa0%"),
        (page._("Registered"), "3", "50\xa0%"),
        (page._("Approved"), "0", "0\xa0%"),
        (page._("Handed over"), "0", ""),
        (page._("Paid"), "0", ""),
    ]
    assert reached["prospects"] == "4 calon dicatat, 1 masih harus ditelepon."
    panels = {panel.slug: panel for panel in answer.context["panels"]}
    for slug in ("booths", "officers"):
        found = [dict(line.cells)[page._("Interested")] for line in (*panels[slug].lines, panels[slug].total)]
        assert found == ["5", "1", "6"]
    assert page._("Interested") not in dict(panels["days"].total.cells)


def test_without_a_prospect_there_is_no_column(world):
    panels = {panel.slug: panel for panel in page._panels(event_counts(world.event))}
    for slug in ("booths", "officers"):
        assert page._("Interested") not in dict(panels[slug].total.cells)


def test_prospects_of_an_officer_who_registered_nobody_are_counted(cast):
    row = factories.prospect(by=cast.officer, booth=Booth.objects.get(event=cast.event, code="B"))
    row.booth.assignments.all().delete()
    found = event_counts(cast.event)
    assert [(r.key, r.interested, r.tally.registered) for r in found.officers] == [("petugas", 1, 0)]
