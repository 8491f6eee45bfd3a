"""What an action may answer instead of doing its work."""


class ActionRefused(Exception):
    """The action was understood and not done; nothing was written. `code` names why, `str()` says what to do."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)
