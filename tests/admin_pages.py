"""What a page of the admin is sent and what it answers, in the words of the tests."""

import re

from outreach.models import Assignment, AuditEntry, Branch, Campaign, Event

EVENTS = "/admin/outreach/event/"
PEOPLE = "/admin/outreach/user/"


def event_page(event: Event) -> str:
    return f"{EVENTS}{event.pk}/change/"


def without_tokens(page) -> str:
    """What is on a page, apart from what is another one each time: its csrf token, and the address it came from."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', r'name="\1"', page.content.decode())


def rows(prefix: str, stored: list[dict], *new: dict) -> dict[str, str]:
    """A formset as the page sends it."""
    data = {f"{prefix}-TOTAL_FORMS": len(stored) + len(new), f"{prefix}-INITIAL_FORMS": len(stored)}
    for number, row in enumerate([*stored, *new]):
        data.update({f"{prefix}-{number}-{name}": value for name, value in row.items()})
    return data


def event_form(cast, event: Event | None = None, **changes) -> dict:
    """What a head sends for an event, with its rows as they are stored."""
    data = {
        "name": "Bazar Baru",
        "slug": "bazar-baru",
        "campaign": Campaign.objects.get().pk,
        "organiser": cast.organisation.pk,
        "occasion": "",
        "venue": "Lapangan Baru",
        "village_code": "31.72.01.1001",
        "first_day": "20-11-2026",
        "last_day": "21-11-2026",
        "opens_at": "08.00",
        "closes_at": "15.00",
        "target": "40",
        "_save": "1",
    }
    if event is None:
        return {**data, **rows("booths", []), **changes}
    booths = [{"id": b.pk, "event": event.pk, "code": b.code, "target": b.target} for b in event.booths.all()]
    duties = [
        {"id": duty.pk, "day": duty.day.isoformat(), "booth": duty.booth_id, "officer": duty.officer_id}
        for duty in Assignment.objects.filter(booth__event=event).order_by("day", "booth__code", "pk")
    ]
    return {**data, **rows("booths", booths), **rows("assignments", duties), **changes}


def errors(page) -> dict[str, list]:
    assert page.status_code == 200, page.status_code
    return page.context["adminform"].form.errors.get_json_data()


def refused(page) -> list[str]:
    """Which fields of the form were refused; an empty list is no proof of success."""
    return sorted(errors(page))


def row_errors(page, number: int) -> list[dict]:
    assert page.status_code == 200, page.status_code
    return page.context["inline_admin_formsets"][number].formset.errors


def trail(branch: Branch) -> list[tuple[str, str, str]]:
    return list(
        AuditEntry.objects.filter(branch=branch).order_by("seq").values_list("action", "fields", "purpose")
    )


def listed(client, path: str) -> list:
    return [str(row) for row in client.get(path).context["cl"].result_list]
