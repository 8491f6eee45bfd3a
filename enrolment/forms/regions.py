"""What js/village.js asks while somebody types."""

from django import forms

from outreach import regions


class RegionSearchForm(forms.Form):
    """The beginning of a name, the code nearby, and whether a village or a regency is meant."""

    typed = forms.CharField(max_length=100)
    near = forms.CharField(max_length=13, required=False)
    level = forms.TypedChoiceField(
        choices=[(regions.VILLAGE, ""), (regions.REGENCY, "")], coerce=int, empty_value=regions.VILLAGE
    )
