"""The helper behind everything that is stored once; what it is used for is tested where it is used."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from outreach.actions.once import digest, once
from outreach.errors import ActionRefused
from outreach.models import Organisation

CONFLICT = ActionRefused("conflict", "…")


def stored(branch, name, *, create=None, same=True, find=None):
    return once(
        create or (lambda: Organisation.objects.create(branch=branch, name=name)),
        find=find or Organisation.objects.filter(branch=branch, name=name).first,
        same=lambda row: same,
        conflict=CONFLICT,
    )


def refusing(code):
    def create():
        raise ActionRefused(code, "…")

    return create


def test_the_second_finds_what_the_first_made(cast):
    (first, made), (second, again) = stored(cast.branch, "Uji"), stored(cast.branch, "Uji")
    assert (first.pk, made, again) == (second.pk, True, False)


def test_other_content_is_the_conflict(cast):
    stored(cast.branch, "Uji")
    with pytest.raises(ActionRefused) as refused:
        stored(cast.branch, "Uji", same=False)
    assert refused.value is CONFLICT


@pytest.mark.parametrize(
    ("code", "same", "answer"),
    [("closed", True, False), ("closed", False, "closed"), ("not_allowed", True, "not_allowed")],
)
def test_a_refusal_gives_way_to_what_is_stored_but_not_for_a_stranger(cast, code, same, answer):
    stored(cast.branch, "Uji")
    if answer is False:
        assert stored(cast.branch, "Uji", create=refusing(code), same=same)[1] is False
        return
    with pytest.raises(ActionRefused) as refused:
        stored(cast.branch, "Uji", create=refusing(code), same=same)
    assert refused.value.code == answer


def test_another_rule_of_the_database_is_no_conflict(cast):
    stored(cast.branch, "Uji")
    with pytest.raises(IntegrityError):
        stored(cast.branch, "Uji", find=lambda: None)


def test_a_digest_is_of_the_content_and_its_kind():
    number = uuid4()
    assert digest("a", x=number, y=None) == digest("a", y=None, x=number)
    assert len({digest("a", x=1), digest("b", x=1), digest("a", x=2), digest("a", x="1")}) == 4
