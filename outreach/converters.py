class ReferenceConverter:
    """A reference in an address: seven symbols without dashes. Whether its check symbol fits, the look-up tells."""

    regex = "[0-9A-Z]{7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
