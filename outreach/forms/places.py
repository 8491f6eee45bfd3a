"""Branches and their partner organisations."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from lokal import wilayah

from outreach.forms.scoped import BranchForm
from outreach.models import Branch, Organisation

_REGENCY_LEVEL = 2


class OfficeForm(forms.ModelForm):
    class Meta:
        model = Branch
        fields = ("name", "slug", "regency_code")

    def clean_regency_code(self) -> str:
        code = wilayah.normalize_wilayah_code(self.cleaned_data["regency_code"])
        if code.count(".") != _REGENCY_LEVEL - 1 or wilayah.wilayah_name(code) is None:
            raise ValidationError(
                _("No regency bears this code. Type one such as 31.72."), code="regency_unknown"
            )
        return code


class OrganisationForm(BranchForm):
    class Meta:
        model = Organisation
        fields = ("name",)
        error_messages = {
            NON_FIELD_ERRORS: {
                "unique_together": _("The branch has a partner of this name already. Use that one.")
            }
        }
