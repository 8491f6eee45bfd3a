from django import forms
from django.utils.translation import gettext_lazy as _


class ImportFileForm(forms.Form):
    """The file of a stand's paper forms, as bytes. What they say is read where rows become registrations."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("One row a paper form, at most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        # A file above the upload limit never arrives (settings.FILE_UPLOAD_HANDLERS), so it is the same sentence.
        error_messages={
            "required": _("Choose a CSV file of at most 2 MB."),
            "missing": _("Choose a CSV file of at most 2 MB."),
            "empty": _("This file is empty. Check that you chose the right one."),
        },
    )

    def clean_file(self) -> bytes:
        return self.cleaned_data["file"].read()
