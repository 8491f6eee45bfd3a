"""Which template a branch hands over with."""

from typing import NamedTuple

from enrolment import collective
from enrolment.models import CollectiveTemplate


class InForce(NamedTuple):
    """`workbook` is the branch's own file, None where a plain one is built; `edition` None is the template of 2020."""

    layout: collective.Layout
    answer_layout: collective.AnswerLayout
    workbook: bytes | None
    edition: CollectiveTemplate | None


def in_force(branch_id: int) -> InForce:
    """The branch's last edition, or the template of 2020. One query."""
    return of(CollectiveTemplate.objects.select_related("added_by").in_force(branch_id))


def of(edition: CollectiveTemplate | None) -> InForce:
    """What an edition says, such as the one that a batch was made with; None is the template of 2020."""
    if edition is None:
        return InForce(collective.DEFAULT, collective.DEFAULT_ANSWER, None, None)
    workbook = None if edition.workbook is None else bytes(edition.workbook)
    return InForce(edition.columns, edition.answer_columns, workbook, edition)
