"""Temporary officers, as the tests of their list and of their end need them."""

from datetime import UTC, date, datetime

from django.utils import timezone

from outreach.actions import people, temporary
from outreach.models import Event, User
from tests import factories
from tests.admin_pages import EVENTS

LIST = "Siti Nur Aini; A\nBudi Santoso; b\nAgus Salim"


def set_day(monkeypatch, day: date) -> None:
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)  # 12.00 WIB
    monkeypatch.setattr(timezone, "now", lambda: noon)


def page_of(event: Event) -> str:
    return f"{EVENTS}{event.pk}/temporary/"


def make(client, event: Event, pasted: str = LIST, act: str = "make"):
    """What the page answers to a pasted list."""
    return client.post(page_of(event), {"people": pasted, "act": act})


def made_for(cast, name: str = "Siti Aminah", booth: str = "A") -> User:
    """A temporary officer who has chosen a password."""
    (person,) = temporary.make(by=cast.head, event=cast.event, lines=[(name, booth)])
    return people.accept(token=people.link_token(person), password=factories.PASSWORD)
