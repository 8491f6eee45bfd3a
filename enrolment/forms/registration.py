"""The registration form: validates and normalises into an Entry, never saves.

Field names and their order are those of the paper file (tests/data/stand_day.csv), so a row of it and a POST of
the page are the same data.
"""

from datetime import date
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enrolment import validators
from enrolment.choices import ConsentHow, GuardianRelation, Package, Sex
from enrolment.contributions import MONTHS_PREPAID, allowed_first_months
from enrolment.entry import Entry
from enrolment.errors import refusal
from enrolment.forms.fields import DateBoxes, RuleField, TickForValue
from enrolment.forms.notice import CONSENTS, prepare_consent
from enrolment.forms.sheet import OfPaper, sheet_number
from enrolment.forms.typing_help import RegionInput, help_typing
from enrolment.models import ConsentText, JobType, Registration
from enrolment.permissions import IMPORT
from enrolment.queries import tariffs
from enrolment.queries.warnings import age_on
from outreach import regions
from outreach.choices import EventState, Role
from outreach.models import Assignment, Event, User
from outreach.templatetags.formats import month as month_in_words

RETIREMENT_AGE = 65
"""Who has reached it on the day of registration can't become a BPU participant."""


def months_in_words(number: int) -> str:
    return ngettext("%d month", "%d months", number) % number


class RegistrationForm(OfPaper, forms.Form):
    """One worker's registration, scoped to `user`: their events, their booths, their officers."""

    use_required_attribute = False

    submission_id = RuleField(validators.submission_id, widget=forms.HiddenInput)
    event = RuleField(str, widget=forms.HiddenInput)
    booth = RuleField(str.upper, widget=forms.HiddenInput)
    officer = RuleField(str, widget=forms.HiddenInput)
    registered_at = RuleField(
        validators.moment("registered_at_invalid"),
        label=_("Day and time on the paper form"),
        help_text=_("Such as 22-11-2026 10.30."),
        widget=forms.HiddenInput,
        required=False,
    )
    nik = RuleField(
        validators.nik_number,
        label=_("NIK"),
        help_text=_("16 digits, in fours as on the KTP if you like."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    full_name = RuleField(
        validators.name, label=_("Full name"), help_text=_("Exactly as on the KTP. One word is fine.")
    )
    birth_place = RuleField(validators.text(60, "birth_place_missing"), label=_("Birth place"))
    birth_date = RuleField(
        validators.birth_date,
        label=_("Birth date"),
        help_text=_("From the KTP, not from the NIK."),
        widget=DateBoxes,
    )
    sex = RuleField(
        validators.one_of(Sex, "sex_invalid"), label=_("Sex"), widget=forms.RadioSelect(choices=Sex.choices)
    )
    address = RuleField(validators.text(200, "address_missing"), label=_("Street or kampung"))
    rt = RuleField(
        validators.block_number("rt_invalid"),
        label=_("RT"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    rw = RuleField(
        validators.block_number("rw_invalid"),
        label=_("RW"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    village_code = RuleField(
        validators.village(near=""),  # a form looks near its branch first
        label=_("Village"),
        help_text=_("The first letters are enough. From elsewhere: add the district after a comma."),
        widget=RegionInput(regions.VILLAGE),
    )
    phone = RuleField(
        validators.phone,
        label=_("Mobile number"),
        help_text=_("A relative's number is fine."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    email = RuleField(
        validators.email,
        label=_("E-mail"),
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        required=False,
    )
    job_type_1 = RuleField(validators.chosen("job_unknown"), label=_("Main job"))
    job_type_2 = RuleField(str.upper, label=_("Second job"), required=False)
    work_location = RuleField(
        validators.regency,
        label=_("Place of work"),
        help_text=_("Regency or city, such as Jakarta Utara."),
        widget=RegionInput(regions.REGENCY),
    )
    income = RuleField(
        validators.income,
        label=_("Income a month"),
        help_text=_("Roughly. “2,5 juta” or “500rb” is fine."),
    )
    package = RuleField(
        validators.one_of(Package, "package_invalid"),
        label=_("Package"),
        widget=forms.RadioSelect(choices=Package.choices),
    )
    months = RuleField(validators.months, label=_("Pay for how many months"))
    first_month = RuleField(validators.month, label=_("First month"))
    government_paid = RuleField(
        validators.yes_or_no,
        label=_("Paid from a government budget (APBN/APBD)"),
        widget=forms.RadioSelect(choices=(("n", _("No")), ("y", _("Yes")))),
    )
    guardian = RuleField(
        validators.optional_name,
        label=_("Guardian"),
        help_text=_("The name of who agrees for the worker."),
        required=False,
    )
    consent_version = RuleField(validators.chosen("consent_missing"), label=_("Before the first question"))
    consent_at = RuleField(validators.moment("consent_at_invalid"), widget=forms.HiddenInput, required=False)
    consent_how = RuleField(validators.consent_how, label=_("Does the worker agree?"))
    guardian_relation = RuleField(
        validators.guardian_relation,
        label=_("The guardian is"),
        widget=forms.RadioSelect(choices=GuardianRelation.choices),
        required=False,
    )
    guardian_agrees = RuleField(
        validators.guardian_agrees,
        label=_("The guardian knows the notice and agrees."),
        widget=TickForValue("y"),
        required=False,
    )
    sheet = sheet_number()

    def __init__(
        self,
        *args,
        user: User,
        on_paper: bool = False,
        from_file: bool = False,
        correcting: Registration | None = None,
        **kwargs,
    ) -> None:
        """`on_paper` shows the field for the day and time of a paper form, also of one that was begun at a stand whose
        day is over (`from_stand`): the worker's yes is kept as it was given; `from_file` is a row of the paper file;
        `correcting` is the stored registration that this form replaces. What is stored already is judged on its own
        day, at its own event, booth and officer: those may be over, renamed or reassigned by now.
        """
        super().__init__(*args, **kwargs)
        self.user, self.from_file = user, from_file
        self.near = user.branch.regency_code
        self.fields["village_code"].rule = validators.village(self.near)
        self.on_paper, self.correcting, self.stored = on_paper, correcting, correcting
        said = self.data if self.is_bound else self.initial
        self.from_stand = on_paper and said.get("consent_how") in dict(CONSENTS)
        if on_paper:
            self.fields["registered_at"].widget = forms.TextInput()
        self.helper = FormHelper(self)
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = self._layout()

    def prepare_page(self, *, day: date, event: Event | None = None) -> None:
        """Give the widgets what a page needs to show: jobs, months, the consent's version, help in typing.

        A row of an import never pays for this.
        """
        prepare_consent(self)
        jobs = [(job.code, job.name) for job in JobType.objects.all()]
        months = allowed_first_months(day)
        fields = self.fields
        fields["job_type_1"].widget = forms.Select(choices=[("", _("Choose a job")), *jobs])
        fields["job_type_2"].widget = forms.Select(choices=[("", _("None")), *jobs])
        fields["months"].widget = forms.RadioSelect(
            choices=[(number, months_in_words(number)) for number in MONTHS_PREPAID]
        )
        fields["first_month"].widget = forms.RadioSelect(
            choices=[(f"{month:%Y-%m}", month_in_words(month)) for month in months]
        )
        self.initial.setdefault("first_month", f"{months[0]:%Y-%m}")
        help_typing(self, near=event.village_code if event else self.near)

    def clean_submission_id(self) -> UUID:
        """Looks whether this id is stored, to judge it on its own day; the constraint alone decides about storing."""
        submission_id = self.cleaned_data["submission_id"]
        if self.correcting and submission_id != self.correcting.submission_id:
            raise refusal("submission_invalid")
        if not self.correcting:
            known = Registration.objects.visible_to(self.user).filter(submission_id=submission_id)
            # Hardly ever: a row of a hundred columns is not asked for in vain.
            if known.exists():
                self.stored = known.select_related("event", "booth", "officer").get()
        return submission_id

    def clean_event(self) -> Event:
        slug = self.cleaned_data["event"]
        if self.stored and slug == self.stored.event.slug:
            return self.stored.event
        event = Event.objects.visible_to(self.user).filter(slug=slug).first()
        if event is None or self.correcting:
            raise refusal("event_unknown")
        # The branch may still enter a past event's paper; nobody registers at one that has not opened.
        if event.state == EventState.PLANNED or (
            event.state == EventState.CLOSED and not self.user.has_perm(IMPORT)
        ):
            raise refusal("event_closed")
        return event

    def clean_booth(self):
        event = self.cleaned_data.get("event")
        if event is None:
            return None  # which booths there are is unknown; the event's own error says what to do
        if self._stays(self.cleaned_data["booth"]):
            return self.stored.booth
        booth = event.booths.filter(code=self.cleaned_data["booth"]).first()
        if booth is None:
            raise refusal("booth_unknown")
        return booth

    def clean_job_type_1(self) -> JobType:
        job = JobType.objects.filter(code=self.cleaned_data["job_type_1"].upper()).first()
        if job is None:
            raise refusal("job_unknown")
        return job

    def clean_job_type_2(self) -> JobType | None:
        if not self.cleaned_data["job_type_2"]:
            return None
        job = JobType.objects.filter(code=self.cleaned_data["job_type_2"]).first()
        if job is None:
            raise refusal("job_unknown")
        if job == self.cleaned_data.get("job_type_1"):
            raise refusal("job_same")
        return job

    def clean_consent_version(self) -> ConsentText:
        """A correction stays with what was agreed to then; a sheet knows better (`clean`)."""
        if self.correcting:
            return self.correcting.consent_text
        text = ConsentText.objects.coded(self.cleaned_data["consent_version"]).first()
        if text is None or text.valid_from > timezone.localdate():
            raise refusal("consent_missing")
        return text

    def clean_consent_how(self) -> str:
        """Silence is a signature only in a row of the paper file, and of what was stored before this was asked."""
        if self.correcting:
            return self.correcting.consent_how
        how = self.cleaned_data["consent_how"]
        on_paper = self.cleaned_data.get("registered_at") or self.errors.get("registered_at")
        if how == ConsentHow.UNKNOWN:
            how = ""
        if how and (how != ConsentHow.PAPER or on_paper or self.stored):
            return how
        if not (self.from_file or self.stored):
            raise refusal("consent_how_missing")
        return ConsentHow.PAPER

    def clean(self) -> dict[str, Any]:
        """What only several fields together can tell; each rule is silent where a field of its own is wrong."""
        data = self.cleaned_data
        if signed := self.signed_text():
            data["consent_version"] = signed
            self.errors.pop("consent_version", None)
        if "registered_at" in data:
            moment = timezone.localtime(self.stored.registered_at if self.stored else data["registered_at"])
            self._check_duty(moment.date())
            self._check_dates(moment.date())
            if data.get("consent_at") and data["consent_at"] > moment:
                self.add_error("consent_at", refusal("consent_late"))
        return data

    def entry(self) -> Entry:
        """The valid form's content. Call only after `is_valid()`."""
        return Entry(**self.cleaned_data)

    @classmethod
    def sentences_if_empty(cls) -> dict[str, str]:
        """What each answer that may not be left out says when it is: the page's script looks before it asks us."""
        found = {"consent_how": refusal("consent_how_missing").messages[0]}  # only a file may be silent
        for name, field in cls.base_fields.items():
            if not field.widget.is_hidden and (sentence := field.says_if_empty()):
                found.setdefault(name, sentence)
        return found

    def coded_errors(self) -> list[str]:
        """Every error as `field:code`, in the order of the fields."""
        found = self.errors.as_data()
        return [f"{field}:{error.code}" for field in self.fields for error in found.get(field, ())]

    def _check_duty(self, day: date) -> None:
        """The day is one of the event's, and the officer was at the booth on it; an officer speaks for themselves."""
        event, booth = self.cleaned_data.get("event"), self.cleaned_data.get("booth")
        username = self.cleaned_data.get("officer")
        if booth and self._stays(booth.code) and username == self.stored.officer.username:
            self.cleaned_data["officer"] = self.stored.officer
        elif event and not event.is_on(day):
            self.add_error("registered_at", refusal("outside_event"))
        elif event and booth:
            duties = Assignment.objects.filter(booth=booth, day=day, officer__username=username)
            if self.user.role == Role.OFFICER:
                duties = duties.filter(officer=self.user)
            duty = duties.select_related("officer").first()
            if duty is None:
                self.add_error("officer", refusal("officer_not_assigned"))
            else:
                self.cleaned_data["officer"] = duty.officer

    def _stays(self, booth_code: str) -> bool:
        """Is this the event and booth where it is stored already?"""
        stored = self.stored
        return bool(
            stored and self.cleaned_data.get("event") == stored.event and booth_code == stored.booth.code
        )

    def _check_dates(self, day: date) -> None:
        """Age and first month are judged on the day of registration."""
        born, first_month = self.cleaned_data.get("birth_date"), self.cleaned_data.get("first_month")
        if born and born > day:
            self.add_error("birth_date", refusal("birth_date_invalid"))
        elif born and age_on(born, day) >= RETIREMENT_AGE:
            self.add_error("birth_date", refusal("age_65"))
        if first_month and first_month not in allowed_first_months(day):
            self.add_error("first_month", refusal("first_month_invalid"))
        elif first_month and not tariffs.covers(first_month):
            self.add_error("first_month", refusal("no_tariff"))

    def _layout(self) -> Layout:
        """One long page; with JavaScript (static/js/registration) a step begins at each `data_step`."""
        return Layout(
            "submission_id", "event", "booth", "officer", "consent_at",
            *(() if self.on_paper else ("registered_at",)),
            Fieldset(
                _("Notice and consent"),
                "consent_version",
                Field("consent_how", wrapper_class="jb-choices-1"),
                *self.of_paper(),
                data_step="consent",
            ),
            Fieldset(_("The NIK on the KTP"), "nik", data_step="nik"),
            Fieldset(
                _("Who is it?"), "full_name", "birth_place", "birth_date", "sex", self._guardian(), data_step="person"
            ),
            Fieldset(
                _("Address on the KTP"), "address", Div("rt", "rw", css_class="jb-side"), "village_code"
            ),
            Fieldset(_("Contact"), "phone", "email"),
            Fieldset(
                _("Work and contribution"), "job_type_1", "job_type_2", "work_location", "income",
                Field("package", wrapper_class="jb-choices-1"), Field("months", wrapper_class="jb-pills"),
                "first_month", "government_paid", data_step="work",
            ),
        )  # fmt: skip

    def _guardian(self) -> Div:
        """static/js/guardian.js shows it when the birth date says so, on the server's day; else it is always there."""
        asked = ("guardian", Field("guardian_relation", wrapper_class="jb-pills"), "guardian_agrees")
        known = (
            {} if self.on_paper or self.correcting else {"data_guardian": timezone.localdate().isoformat()}
        )
        return Div(HTML("{% include 'enrolment/_guardian.html' %}"), *asked, **known)
