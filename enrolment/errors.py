"""Every code of an error or warning, each with the sentence that says what to do.

An error refuses the entry; a warning is stored with it and shown to the reviewer. The order of `WARNINGS` is the
order of the fields on the page. Sentences follow docs/glossary.md; they never repeat what was typed.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ERRORS = {
    "submission_invalid": _("This form has lost its number. Open a new form and copy the answers."),
    "event_unknown": _("This event is not one of yours. Choose your event from the list."),
    "event_closed": _("This event is not open. Hand the paper to the branch; it can still enter it."),
    "booth_unknown": _("This event has no such booth. Choose one of its booths."),
    "officer_not_assigned": _("This officer was not on duty at this booth that day. Check the booth and the day."),
    "registered_at_invalid": _("Write the day and time of the paper form, such as 22-11-2026 10.30."),
    "outside_event": _("That day is not a day of this event. Check the date on the form."),
    "nik_digits": _("A NIK has digits only. Check for letters such as O or l."),
    "nik_length": _("A NIK has 16 digits. Count them again on the KTP."),
    "nik_alike": _("These are 16 equal digits. Copy the NIK from the KTP."),
    "nik_date": _("The date inside this NIK is not in the calendar. Compare it with the KTP again."),
    "nik_serial": _("This NIK ends in 0000. Note the person as a prospect; the branch will help."),
    "name_length": _("Write the name as on the KTP, at most 100 characters."),
    "name_characters": _("A name has letters, spaces, ' . , and - only. Write it as on the KTP."),
    "birth_place_missing": _("Write the birth place as on the KTP."),
    "address_missing": _("Write the street or kampung as on the KTP."),
    "too_long": _("This is too long. Shorten it."),
    "birth_date_invalid": _("This date is not in the calendar. Look at the KTP again."),
    "age_65": _("This person is already 65 and can't be registered."),
    "sex_invalid": _("Choose male or female, as on the KTP."),
    "rt_invalid": _("Write RT as a number from 1 to 999."),
    "rw_invalid": _("Write RW as a number from 1 to 999."),
    "village_unknown": _("No village has this name. Write it as on the KTP."),
    "village_ambiguous": _("Several villages have this name. Add the district and the regency."),
    "phone_invalid": _("A mobile number starts with 08 and has 10 to 13 digits. Count them again."),
    "email_invalid": _("This is not an e-mail address. Correct it or leave it empty."),
    "job_unknown": _("This job is not in the list. Choose the nearest one."),
    "job_same": _("Both jobs are the same. Leave the second one empty."),
    "location_unknown": _("No regency or city has this name. Write it such as: Jakarta Utara."),
    "income_invalid": _("Write the monthly income as an amount, such as 2,5 juta or 500rb."),
    "package_invalid": _("Choose a package: T or L."),
    "months_invalid": _("Choose how many months: 1, 2, 3, 6 or 12."),
    "first_month_invalid": _("Choose the month of registration or the next one."),
    "government_paid_invalid": _("Answer yes or no."),
    "consent_missing": _("This notice is not in force. Take the form's version and language."),
    "asked_at_invalid": _("Write the day and time of the request, such as 22-11-2026 10.30."),
    "consent_how_missing": _("Choose how the worker learned of the notice and agreed."),
    "guardian_relation_invalid": _("Choose what the guardian is to the worker."),
    "guardian_agrees_invalid": _("Tick it, or leave it open."),
    "consent_late": _("Consent must come before the registration. Check both times."),
    "consent_at_invalid": _("Write the day and time of consent, such as 22-11-2026 10.30."),
    "sheet_invalid": _("This is no number of a paper sheet. Copy it from the top of the sheet, such as P-7K3-042-X."),
    "sheet_unknown": _("No sheet of this branch has this number. Compare it with the top of the sheet."),
    "sheet_elsewhere": _("This sheet belongs to another booth. An officer of that booth keys it in."),
    "sheet_not_yet": _("You have not stood at this sheet's booth yet. Key it in when your duty there begins."),
    "sheet_used": _("This sheet is keyed in already. Compare the number with the top of the sheet."),
    "sheet_void": _("This sheet is voided. If it was filled in after all, ask the branch head to take that back."),
    "sheet_notice": _("Another notice stands on this sheet. Open a new form and type the sheet's number again."),
    "no_tariff": _("No contribution table covers this month. Tell the branch's system admin."),
    "row_cells": _("This row has more cells than the header. Check for stray separators."),
}  # fmt: skip

# The same, where what was typed lets the sentence say more; for the page on which it was typed.
CLOSER = {
    "nik_length": _("A NIK has 16 digits. Typed so far: %(count)s."),
    "village_unknown": _(
        "No village has exactly this name. Choose one from the list, or write it as on the KTP."
    ),
    "village_ambiguous": _("Several villages have this name. Choose one from the list, or add the district."),
    "sheet_not_yet": _("Your duty at this sheet's booth begins on %(day)s. Key it in from then on."),
    "sheet_used": _("This sheet is keyed in already, as registration %(reference)s. Compare the number."),
    "location_unknown": _("Several places begin like this. Choose one from the list."),
}

# The same, where nothing was typed or chosen.
EMPTY = {
    "birth_date_invalid": _("Write the birth date as on the KTP."),
    "job_unknown": _("Choose the main job."),
    "nik_length": _("Write the 16 digits of the NIK."),
    "name_length": _("Write the name as on the KTP."),
    "village_unknown": _("Write the village as on the KTP."),
    "phone_invalid": _("Write a mobile number; a relative's is fine."),
    "income_invalid": _("Write the monthly income, such as 2,5 juta or 500rb."),
}

WARNINGS = {
    "nik_sex": _("The NIK says another sex than the card."),
    "nik_birth_date": _("The birth date differs from the NIK. If the KTP says so, go on."),
    "nik_region": _("The region code of this NIK is not in today's list. It may be an old one; go on."),
    "duplicate_nik": _("This NIK is already registered. It is kept and the branch will compare."),
    "same_person": _("The same name and birth date is registered with another NIK. The branch will compare."),
    "age_under_17": _("Younger than 17: the reviewer decides and writes the reason."),
    "age_17": _("Aged 17: the reviewer will look closer."),
    "guardian_missing": _("Under 18 a guardian must agree. Before it can be approved: their name and their yes."),
    "sector_mixed": _("The two jobs belong to different sectors, so the price is an estimate."),
}  # fmt: skip


def refusal(code: str, *, empty: bool = False, **params: str | int) -> ValidationError:
    """The ValidationError of a code, with its sentence; a closer one where there are params for it, or where the
    answer is `empty`."""
    closer = EMPTY if empty else CLOSER if params else {}
    sentence = closer.get(code, ERRORS[code])
    return ValidationError(sentence, code=code, params=params or None)


TEMPLATE_FAULTS = {
    "missing": _("The core system wants this, and it is empty."),
    "too_long": _("This is longer than the core system takes."),
    "not_offered": _("The core system does not offer this by file."),
    "not_writable": _("This has a character that the file can't carry."),
}
"""Why a registration can't go out in the collective template: it is entered by hand."""
