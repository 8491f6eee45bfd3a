"""People who sign in: made and changed by the system admin."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm, UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach.choices import DEMO_ACCOUNTS, Role
from outreach.models import Branch, Organisation, User


def not_a_demo_name(username: str) -> None:
    """Raises ValidationError in a production for a name of the demo: with such an account it would not start again."""
    if settings.PRODUCTION and username.lower() in DEMO_ACCOUNTS:
        raise _refused("demo", _("This is the name of a demo account. Choose another one."))


class _OrganisationChoice(forms.ModelChoiceField):
    def label_from_instance(self, organisation: Organisation) -> str:
        return f"{organisation.name} ({organisation.branch})"


class PersonForm(forms.ModelForm):
    """`user` is who fills it in; set on the class that the admin makes anew for every request."""

    user: User

    branch = forms.ModelChoiceField(Branch.objects, label=_("Branch"))
    organisation = _OrganisationChoice(
        Organisation.objects.select_related("branch").order_by("branch__name", "name"),
        label=_("Partner organisation"),
        required=False,
        help_text=_("Only for an organiser: the organisation whose events they see."),
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "role", "branch", "organisation", "is_active")
        field_classes = {"username": UsernameField}
        help_texts = {"is_active": _("Who is not active can't sign in. People are never deleted.")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:  # not for who only reads
            self.fields["username"].validators.append(not_a_demo_name)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._check_organisation(data.get("role"), data.get("branch"), data.get("organisation"))
        if self.instance.pk == self.user.pk:
            self._check_own(data)
        return data

    def _check_organisation(self, role: str | None, branch: Branch | None, organisation) -> None:
        if role == Role.ORGANISER and "organisation" not in self.errors:
            if organisation is None:
                self.add_error(
                    "organisation", _refused("missing", _("Choose the organisation of this organiser."))
                )
            elif branch and organisation.branch_id != branch.pk:
                self.add_error(
                    "organisation", _refused("foreign", _("Choose an organisation of the same branch."))
                )
        elif role and organisation:
            self.add_error(
                "organisation", _refused("surplus", _("Leave this empty: only organisers have one."))
            )

    def _check_own(self, data: dict[str, Any]) -> None:
        """Nobody locks themselves out: with the last system admin gone, nobody could let them in again."""
        if not data.get("is_active", True):
            self.add_error("is_active", _refused("own", _("Ask another system admin to deactivate you.")))
        if data.get("role", self.user.role) != self.user.role:
            self.add_error("role", _refused("own", _("Ask another system admin to change your role.")))


class TemporaryOfficerForm(PersonForm):
    """An officer for one event: always an officer, always of the event's branch."""

    branch = organisation = None

    class Meta(PersonForm.Meta):
        fields = ("username", "full_name", "email", "is_active")

    def _get_validation_exclusions(self) -> set[str]:
        """The event is no field of the form, but "once an event" must be checked here, not by the database."""
        return super()._get_validation_exclusions() - {"temporary_for"}


class NewPersonForm(PersonForm, UserCreationForm):
    """With the first password, typed twice; the person changes it after signing in."""

    class Meta(PersonForm.Meta):
        fields = ("username", "full_name", "email", "role", "branch", "organisation")


def _refused(code: str, sentence) -> ValidationError:
    return ValidationError(sentence, code=code)
