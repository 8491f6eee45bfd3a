"""What is measured of the product: each line makes its requests as a browser behind the proxy would send them."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from tests.bench.client import Answer, Request, ask, request

HOST = "jemputbola.example"
FORM_PATH = "/registrations/new/"
QUEUE_PATH = "/admin/enrolment/registration/"
RECEIPT = re.compile(r"/registrations/[0-9A-Z-]{7,9}/")
CSRF_FIELD = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
ANSWERS_A_PERSON = 60
"""More check-answers in ten minutes and the page stops looking for twins (actions/identity.py): another page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table. `against` is the reference whose line it is held against; `make` gives its n-th request
    (of pgbench's there is none).

    `at_most` bounds how many requests a run may send.
    """

    key: str
    title: str
    make: Callable[[int], Request] | None = None
    against: str = ""
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Csrf:
    """A cookie and the token of a form that fits it; nothing before the first form."""

    cookie: str = ""
    token: str = ""

    @classmethod
    def of(cls, page: Answer, *, cookie: str) -> "Csrf":
        (kept,) = [one for one in page.cookies if one.startswith(f"{cookie}=")]
        return cls(kept, CSRF_FIELD.search(page.body)[1].decode())


class Desk:
    """Everybody who is signed in on the loaded database, and the requests that they make."""

    def __init__(self, port: int, loaded: dict) -> None:
        self.loaded = loaded
        self.stands = [[(stand, officer) for officer in stand["officers"]] for stand in loaded["stands"]]
        self.day = date.fromisoformat(loaded["today"])
        # Neighbours are of different branches, so that eight connections are eight branches.
        self.everywhere = [pair for pairs in zip(*self.stands, strict=True) for pair in pairs]
        self.workers = itertools.count()
        self.csrf = Csrf()
        self.csrf = Csrf.of(ask(port, self.form(self.everywhere[0])), cookie="__Host-csrf")

    def lines(self) -> list[Line]:
        everywhere, one_branch = self.everywhere, self.stands[0]
        return [
            Line("form", "form page, GET", self.by(everywhere, self.form), "bare_form"),
            Line(
                "check", "check-answers, POST", self.by(everywhere, self.check), "bare_post",
                at_most=ANSWERS_A_PERSON * len(everywhere),
            ),
            Line("submit", "submit, POST, eight branches", self.by(everywhere, self.submit), "bare_post"),
            Line("submit_one", "submit, POST, one branch", self.by(one_branch, self.submit), "bare_post"),
            Line("queue", "review list, GET", lambda _n: self.page(QUEUE_PATH, "reviewer"), "bare_form"),
            Line(
                "counts", "counts of an event, GET",
                lambda _n: self.page(f"{QUEUE_PATH}counts/{self.loaded['full_event']}/", "head"), "bare_form",
            ),
        ]  # fmt: skip

    @staticmethod
    def by(people: Sequence, make: Callable) -> Callable[[int], Request]:
        """The people take turns, from one measurement to the next."""
        turns = itertools.cycle(people)
        return lambda _n: make(next(turns))

    def form(self, who: tuple[dict, dict]) -> Request:
        stand, officer = who
        return self.send("GET", f"{FORM_PATH}?{_address(stand)}", session=officer["session"])

    def check(self, who: tuple[dict, dict]) -> Request:
        typed = self.typed(who)
        born = typed.pop("birth_date").split("-")
        boxes = dict(zip(("birth_date_day", "birth_date_month", "birth_date_year"), born, strict=True))
        return self.post(who, {**typed, **boxes}, status=200)

    def submit(self, who: tuple[dict, dict]) -> Request:
        return self.post(who, {**self.typed(who), "step": "send"}, status=302, location=RECEIPT.fullmatch)

    def page(self, path: str, role: str) -> Request:
        return self.send("GET", path, session=self.loaded[role])

    def post(self, who: tuple[dict, dict], typed: dict[str, str], **expected) -> Request:
        stand, officer = who
        body = urlencode({"csrfmiddlewaretoken": self.csrf.token, **typed})
        return self.send(
            "POST", f"{FORM_PATH}?{_address(stand)}", session=officer["session"], body=body, **expected
        )

    def send(self, method: str, path: str, *, session: str, body: str = "", **expected) -> Request:
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",  # the proxy ends TLS
            "X-Forwarded-For": "127.0.0.1",
            "Accept-Language": "id",
            "Cookie": f"__Host-session={session}; {self.csrf.cookie}",
        }
        if method == "POST":
            headers["Origin"] = f"https://{HOST}"
        return request(method, path, headers=headers, body=body, **expected)

    def typed(self, who: tuple[dict, dict]) -> dict[str, str]:
        """A worker whom nobody has typed before: another NIK, name, birth date and id each time."""
        stand, officer = who
        number = next(self.workers)
        born = date(1966, 1, 1) + timedelta(days=number % 9_000)
        return {
            "submission_id": str(uuid4()),
            "event": stand["event"],
            "booth": stand["booth"],
            "officer": officer["username"],
            "consent_at": "",
            "registered_at": "",
            "consent_version": "2023-06",
            "consent_how": "aloud",
            "nik": f"317202{born:%d%m%y}{number // 9_000 + 1:04}",
            "full_name": f"Pekerja {_letters(number)}",
            "birth_place": "Jakarta",
            "birth_date": f"{born:%d-%m-%Y}",
            "sex": "L",
            "address": "Jl. Uji Raya Gang 7 No. 12",
            "rt": "3",
            "rw": "06",
            "village_code": "Penjaringan",
            "phone": f"0812{number:08}",
            "email": "",
            "job_type_1": "P050",
            "job_type_2": "",
            "work_location": "Kota Adm. Jakarta Utara",
            "income": "2,5 juta",
            "package": "L",
            "months": "6",
            "first_month": f"{self.day.replace(day=28) + timedelta(days=4):%Y-%m}",  # the next: midnight may pass
            "government_paid": "n",
            "guardian": "",
        }


def _address(stand: dict) -> str:
    return urlencode({"event": stand["event"], "booth": stand["booth"]})


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number)).title()
