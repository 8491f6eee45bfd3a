"""Regions as the form's scripts take them: [code, label, postal code]."""

from collections.abc import Iterable

from outreach import regions

Suggestion = list[str]


def suggestions(codes: Iterable[str]) -> list[Suggestion]:
    """With their labels, as a script shows them and writes them into the box."""
    return [[code, regions.label(code), regions.postal_code(code)] for code in codes]


def villages(districts: Iterable[str]) -> list[Suggestion]:
    """Of whole districts: they come with the page, so that they are there without a signal."""
    return suggestions(code for district in districts for code in regions.villages_in(district))


def places(regency: str) -> list[Suggestion]:
    """The regencies and cities of its province."""
    return suggestions(code for code, _label in regions.regencies_of(regency.partition(".")[0]))
