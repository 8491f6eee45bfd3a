from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class DraftCodeForm(forms.Form):
    """The six digits that a colleague reads out; blanks and dashes between them don't matter."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("Six digits"),
        help_text=_("Your colleague sees them on their phone for ten minutes."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Write the six digits.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].replace(" ", "").replace("-", "")
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise ValidationError(
                _("A code has six digits. Ask your colleague to read it again."), code="code_digits"
            )
        return code
