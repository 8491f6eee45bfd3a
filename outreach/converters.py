from datetime import date


class ReferenceConverter:
    """A reference in an address: seven symbols without dashes. Whether its check symbol fits, the look-up tells."""

    regex = "[0-9A-Z]{7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class DayConverter:
    """A day in an address, 2026-11-20; one that is not in the calendar is no address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
