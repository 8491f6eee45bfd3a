"""What a page answers that stored nothing."""

REFUSED = 422
"""What was sent can't be stored as it is: the page names why and keeps what was typed."""
CONFLICT = 409
"""It could, but not any more, or not by this person: something else is stored already, or an action refused."""
