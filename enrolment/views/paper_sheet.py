"""A sheet of paper that the registration form's address names, as the QR code on it does: `?sheet=P-7K3-042-X`."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from enrolment import sheet_numbers
from enrolment.errors import refusal
from enrolment.models import PaperSheet, Registration
from enrolment.queries import sheets
from outreach.models import Assignment


def is_asked(request: HttpRequest) -> bool:
    """Is a paper form keyed in, of today's too?"""
    return bool(request.POST.get("sheet") or request.GET.get("sheet"))


def named(request: HttpRequest) -> PaperSheet | None:
    """The sheet of this branch that the address names; None for a number that is none."""
    try:
        return sheets.named(sheet_numbers.read(request.GET.get("sheet", "")), request.user)
    except ValueError:
        return None


def leads_away(
    request: HttpRequest, sheet: PaperSheet | None, duty: Assignment | None
) -> HttpResponse | None:
    """Where an address leads whose sheet can't be keyed in by this officer: to its registration if that is theirs,
    else to today's page with the sentence."""
    if sheet is None:
        found = refusal("sheet_unknown")
    elif own := _own(request, sheet):
        messages.info(request, refusal("sheet_used", reference=str(own)).messages[0])
        return redirect("registration-receipt", own.reference)
    elif duty is None:
        found = sheets.hindrance(sheet, user=request.user)
    else:
        found = sheets.objection(sheet, booth=duty.booth, submission_id=None, user=request.user)
    if found is None:
        return None
    messages.warning(request, found.messages[0])
    return redirect("today")


def initial(sheet: PaperSheet | None) -> dict[str, str]:
    """What the form begins with: the sheet, and the notice that stands on it."""
    if sheet is None:
        return {}
    return {"sheet": str(sheet), "consent_version": sheet.pad.consent_text.code}


def _own(request: HttpRequest, sheet: PaperSheet) -> Registration | None:
    return sheets.keyed_in_as(sheet).visible_to(request.user).only("reference").first()
