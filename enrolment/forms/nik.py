from django import forms

from enrolment import validators
from enrolment.forms.fields import RuleField


class NikForm(forms.Form):
    """A NIK that is asked about, and the form on which it was typed."""

    nik = RuleField(validators.nik_number)
    submission_id = forms.UUIDField(required=False)
