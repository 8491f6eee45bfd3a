"""The notice on the form's page, and the worker's yes to it. Only for a page, as typing_help."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrolment import validators
from enrolment.choices import ConsentHow, NoticeLanguage
from enrolment.forms.fields import NoticeChoice, TickForValue
from enrolment.models import ConsentText

CONSENTS = (
    (ConsentHow.ALOUD, _("Yes. I read it aloud.")),
    (ConsentHow.SELF, _("Yes. The worker read it.")),
)
"""One tap says both that the worker agrees and how they came to know what to."""

TICKED = {
    ConsentHow.PAPER: _("The worker has signed this on paper."),
    ConsentHow.UNKNOWN: _("The worker agreed. How they learned of the notice is not recorded."),
}


def prepare_consent(form: forms.Form) -> None:
    """The texts to choose from, and the worker's yes: of a sheet, the text that was signed; of a correction, the one
    that was agreed to then."""
    texts = ConsentText.objects.filter(valid_from__lte=timezone.localdate())
    if form.correcting:
        form.initial.setdefault("consent_how", form.correcting.consent_how)
    if signed := form.signed_text():
        texts = [signed]
    elif form.correcting:
        texts = [form.correcting.consent_text]
    else:
        sent = texts.coded(str(form["consent_version"].value() or "")).first()
        texts = texts.filter(version=sent.version) if sent else texts.offered(day=timezone.localdate())
    texts = sorted(texts, key=lambda text: text.language != NoticeLanguage.INDONESIAN)
    form.fields["consent_version"].widget = NoticeChoice(texts)
    if len(texts) > 1:  # check-answers repeats the label: "Language of the notice: Bahasa Indonesia"
        form["consent_version"].label = _("Language of the notice")
    _prepare_yes(form)


def _prepare_yes(form: forms.Form) -> None:
    """One tick where the answer can only be one: on paper, and of a registration that says as much already."""
    field = form.fields["consent_how"]
    how = form.correcting.consent_how if form.correcting else form.on_paper and ConsentHow.PAPER
    if how in TICKED and not form.from_stand:
        field.label, field.widget = TICKED[how], TickForValue(how)
    else:
        field.widget = forms.RadioSelect(choices=CONSENTS)
    field.rule = validators.chosen("consent_how_missing")
