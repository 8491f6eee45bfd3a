from django import forms


class TapForm(forms.Form):
    """One tap: the id that was made with the page, or the id of the tap that is taken back."""

    id = forms.UUIDField()
