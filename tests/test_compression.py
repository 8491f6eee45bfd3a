"""Answers go out compressed, but never to a request that another site caused."""

import gzip
import json

import brotli
import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from outreach.middleware import Compressed

PAGE = "<p>Jemput Bola</p>" * 100
CHROMIUM = "gzip, deflate, br, zstd"


def answer(response=None, *, method="get", **headers) -> HttpResponse:
    """What the middleware makes of a response; a header is named as Django's request factory takes it."""
    response = response or HttpResponse(PAGE)
    return Compressed(lambda _request: response)(getattr(RequestFactory(), method)("/", headers=headers))


@pytest.mark.parametrize(
    ("accepted", "caused_by", "encoding"),
    [
        (CHROMIUM, "same-origin", "br"),
        (CHROMIUM, "none", "br"),
        (CHROMIUM, "cross-site", None),
        (CHROMIUM, "same-site", None),
        (CHROMIUM, "anything", None),
        (CHROMIUM, None, "gzip"),
        ("gzip", "same-origin", "gzip"),
        ("gzip;q=0.5, br;q=0", "same-origin", "gzip"),
        ("gzip;q=0, br;q=0.000", "same-origin", None),
        ("brotli, xgzip", "same-origin", None),
        (None, "same-origin", None),
    ],
)
def test_the_best_that_may_be_sent(accepted, caused_by, encoding):
    sent = {"accept-encoding": accepted, "sec-fetch-site": caused_by}
    got = answer(**{name: value for name, value in sent.items() if value is not None})
    assert got.get("Content-Encoding") == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(got.content).decode() == PAGE
    assert got["Vary"] == "Accept-Encoding"


def test_the_length_is_that_of_what_is_sent():
    response = HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))})
    got = answer(response, **{"accept-encoding": "br", "sec-fetch-site": "none"})
    assert int(got["Content-Length"]) == len(got.content) < len(PAGE)


def test_what_a_phone_keeps_for_good_is_packed_as_small_as_it_gets():
    text, headers = (
        " ".join(str(n * n) for n in range(2000)),
        {"sec-fetch-site": "none", "accept-encoding": "br"},
    )
    page = answer(HttpResponse(text, headers={"Cache-Control": "private, max-age=60"}), **headers)
    kept = answer(HttpResponse(text, headers={"Cache-Control": "private, immutable"}), **headers)
    assert kept.content == brotli.compress(text.encode(), quality=11, lgwin=16)
    assert len(kept.content) < len(page.content)


def test_head_says_what_get_would():
    headers = {"accept-encoding": "br", "sec-fetch-site": "none"}
    get, head = answer(**headers), answer(method="head", **headers)
    assert head.headers == get.headers


def test_the_length_tells_an_old_browser_s_neighbour_little():
    lengths = {len(answer(**{"accept-encoding": "gzip"}).content) for _n in range(40)}
    assert len(lengths) > 5


def test_an_answer_to_a_script_is_compressed_too():
    got = answer(JsonResponse({"page": PAGE}), **{"accept-encoding": "br", "sec-fetch-site": "same-origin"})
    assert json.loads(brotli.decompress(got.content)) == {"page": PAGE}


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("short"),
        HttpResponse(PAGE, headers={"Content-Encoding": "deflate"}),
        HttpResponse(
            PAGE.encode(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        HttpResponse(status=304),
    ],
    ids=["short", "compressed already", "a file", "not modified"],
)
def test_what_would_gain_nothing_stays_as_it_is(response):
    before = (response.content, dict(response.headers))
    got = answer(response, **{"accept-encoding": "br", "sec-fetch-site": "none"})
    assert (got.content, dict(got.headers)) == before


def test_a_stream_stays_a_stream():
    got = answer(StreamingHttpResponse([PAGE, PAGE]), **{"accept-encoding": "br", "sec-fetch-site": "none"})
    assert list(got) == [PAGE.encode(), PAGE.encode()]
    assert not got.has_header("Content-Encoding")


@pytest.mark.parametrize(("mark", "after"), [('"a1"', 'W/"a1"'), ('W/"a1"', 'W/"a1"')])
def test_a_mark_of_the_bytes_becomes_one_of_the_page(mark, after):
    response = HttpResponse(PAGE, headers={"ETag": mark})
    assert answer(response, **{"accept-encoding": "br", "sec-fetch-site": "none"})["ETag"] == after


def test_every_page_passes_it(client, db):
    page = client.get("/account/login/", headers={"accept-encoding": "br", "sec-fetch-site": "none"})
    assert page["Content-Encoding"] == "br"
    assert {one.strip() for one in page["Vary"].split(",")} == {"Cookie", "Accept-Encoding"}
    # What another site may have put into the address is on the page, and so is a token.
    other = client.get(
        "/account/login/?next=/x", headers={"accept-encoding": "br", "sec-fetch-site": "cross-site"}
    )
    assert not other.has_header("Content-Encoding")
