"""Model forms of the admin, which know who fills them in."""

from django import forms

from outreach.models import User


class BranchForm(forms.ModelForm):
    """A form for what belongs to a branch: a new one belongs to the branch of who makes it, and nobody chooses.

    `user` is set on the class that the admin makes anew for every request.
    """

    user: User

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.branch = self.user.branch

    def _get_validation_exclusions(self) -> set[str]:
        """The branch is no field of the form, but "once a branch" must be checked here, not by the database."""
        return super()._get_validation_exclusions() - {"branch"}
