"""What the codes of the audit chain are called on screen. The chain itself keeps the codes: its rows are the same in
every language. A code without words here is shown as it is, and tests/test_audit_words.py fails."""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "read": _("opened"),
    "identity.check": _("asked whether a NIK is known"),
    "registration.submit": _("registration sent"),
    "registration.correct": _("registration corrected"),
    "registration.submitted": _("registration put back into the queue"),
    "registration.approved": _("registration approved"),
    "registration.returned": _("registration returned"),
    "registration.rejected": _("registration rejected"),
    "registration.withdrawn": _("registration withdrawn"),
    "registration.lapsed": _("registration lapsed"),
    "registration.claim": _("registration taken to check"),
    "registration.search": _("registrations searched for"),
    "registration.to_head": _("registration put before the branch head"),
    "registration.back": _("registration given back by the branch head"),
    "twins.same": _("twin judged: the same person"),
    "twins.different": _("twin judged: different people"),
    "twins.take_back": _("verdict on twins taken back"),
    "arbitration.ask": _("head of another branch asked about a twin"),
    "arbitration.first": _("twin of two branches decided: the approved one stays"),
    "arbitration.second": _("twin of two branches decided: the other one stays"),
    "arbitration.different": _("twin of two branches decided: different people"),
    "arbitration.take_back": _("decision on a twin of two branches taken back"),
    "arbitration.moot": _("twin of two branches: no longer needed"),
    "registration.second_look": _("approval looked at a second time"),
    "participation.code": _("payment code written down"),
    "participation.number": _("participant number written down"),
    "participation.paid": _("first payment written down"),
    "participation.later": _("later payment written down"),
    "participation.card": _("card handed over"),
    "participation.correct_code": _("payment code corrected"),
    "participation.correct_number": _("participant number corrected"),
    "participation.correct_paid": _("first payment corrected"),
    "participation.correct_later": _("later payment corrected"),
    "participation.correct_card": _("day of the card corrected"),
    "participation.call": _("called about the first payment"),
    "participation.file": _("payments read from a file"),
    "consenttext.add": _("consent text added"),
    "contributionschedule.add": _("contribution schedule added"),
    "relief.add": _("relief added"),
    "relief.retire": _("relief taken out of new quotes"),
    "consent.withdraw": _("consent withdrawn"),
    "prospect.note": _("prospect noted"),
    "prospect.call": _("prospect called"),
    "prospect.registered": _("prospect registered"),
    "prospect.purge": _("prospects destroyed"),
    "draft.offer": _("code for a draft made"),
    "draft.take": _("draft taken over"),
    "draft.code_wrong": _("wrong code for a draft"),
    "draft.discard": _("draft thrown away"),
    "draft.purge": _("abandoned drafts deleted"),
    "paperpad.make": _("paper pad made"),
    "sheets.void": _("paper sheets voided"),
    "sheets.take_back": _("voiding of paper sheets taken back"),
    "batch.make": _("batch for the core system made"),
    "batch.cancel": _("batch cancelled"),
    "batch.read_back": _("answer of the core system read back"),
    "participation.by_hand": _("entered in the core system by hand"),
    "collectivetemplate.add": _("collective template changed"),
    "event.open": _("event opened"),
    "event.closed": _("event closed"),
    "event.copy": _("event copied"),
    "event.add": _("event added"),
    "event.change": _("event changed"),
    "event.delete": _("event deleted"),
    "campaign.add": _("campaign added"),
    "campaign.change": _("campaign changed"),
    "campaign.delete": _("campaign deleted"),
    "organisation.add": _("partner organisation added"),
    "organisation.change": _("partner organisation changed"),
    "organisation.delete": _("partner organisation deleted"),
    "user.add": _("person added"),
    "user.change": _("person changed"),
    "user.invite": _("organiser invited"),
    "user.temporary": _("temporary officer made"),
    "user.link": _("sign-in link made"),
    "user.show_link": _("sign-in link shown"),
    "user.password": _("password chosen by link"),
    "user.close": _("account closed"),
    "sign_in": _("signed in"),
    "sign_in.switch": _("switched officer"),
    "sign_in.left": _("left the phone to another officer"),
    "sign_in.locked": _("too many wrong passwords"),
    "sign_out": _("logged out"),
    "pin.set": _("PIN set"),
    "pin.locked": _("too many wrong PINs"),
    "password.change": _("password changed"),
    "password.reset": _("password reset by mail"),
    "second_factor.set": _("second step set up"),
    "second_factor.removed": _("second step removed"),
    "second_factor.reset": _("second step reset"),
    "second_factor.codes": _("new recovery codes made"),
    "second_factor.recovery": _("signed in with a recovery code"),
    "second_factor.locked": _("too many wrong codes"),
    "session.end": _("device signed out"),
    "session.end_all": _("signed out everywhere"),
    "equipmentitem.add": _("equipment added to the list"),
    "equipmentitem.change": _("equipment of the list changed"),
    "equipmentitem.delete": _("equipment taken off the list"),
    "equipment.asked": _("equipment asked for"),
    "equipment.change": _("equipment request changed"),
    "equipment.withdrawn": _("equipment request taken back"),
    "equipment.agreed": _("equipment agreed to"),
    "equipment.declined": _("equipment declined"),
    "equipment.handover": _("equipment handed over"),
    "equipment.return": _("equipment came back"),
    "outreachsession.enter": _("outreach session entered"),
    "outreachsession.change": _("outreach session changed"),
    "outreachsession.delete": _("outreach session deleted"),
    "coordination.note": _("coordination noted"),
    "coordination.change": _("coordination changed"),
    "coordination.done": _("next step done"),
    "booth.close": _("booth closed for the day"),
    "branch.add": _("branch added"),
    "branch.change": _("branch changed"),
}

FIELDS = {
    "address": _("address"),
    "billing_code": _("payment code"),
    "participant_number": _("participant number (KPJ)"),
    "number": _("number written down"),
    "birth_date": _("birth date"),
    "birth_place": _("birth place"),
    "email": _("e-mail"),
    "full_name": _("full name"),
    "guardian": _("guardian"),
    "income": _("income"),
    "nik": _("NIK"),
    "phone": _("mobile number"),
    "reason": _("reason"),
    "end_reason": _("why it was taken back"),
    "note": _("note"),
    "flags": _("what is wrong with each field"),
    "rt": _("RT"),
    "rw": _("RW"),
    "sex": _("sex"),
    "state": _("state"),
    "content": _("answers"),
    "giver": _("handed over by"),
    "receiver": _("received by"),
    "remark": _("remark"),
    "person": _("person spoken to"),
    "outcome": _("outcome of a coordination"),
    "next_step": _("next step"),
    "fixed_text": _("fixed text"),
}
"""Of registrations, whose fields have names and no labels; what the admin changes, it names by its label."""

PURPOSES = {
    "today": _("the officer's list"),
    "receipt": _("receipt"),
    "receipt to WhatsApp": _("receipt to the worker's WhatsApp"),
    "printed receipt": _("printed receipt"),
    "end of shift": _("end of a booth's day"),
    "correct": _("correction"),
    "conflict": _("comparison of two entries"),
    "nik": _("NIK at the form"),
    "go on with a draft": _("going on with a draft"),
    "check answers": _("check of the answers"),
    "import preview": _("preview of an import"),
    "equipment of an event": _("equipment of an event"),
    "equipment request": _("equipment request"),
    "change a request": _("change of an equipment request"),
    "coordination of an event": _("coordination of an event"),
    "change coordination": _("change of a coordination entry"),
    "open next steps": _("open next steps"),
    "prospects": _("list of prospects"),
    "call a prospect": _("call to a prospect"),
    "register a prospect": _("registration of a prospect"),
    "arbitration": _("twins of two branches"),
    "review queue": _("review queue"),
    "search by nik": _("search by NIK"),
    "search by phone": _("search by mobile number"),
    "search by reference": _("search by receipt number"),
    "search by name": _("search by name"),
    "for the head": _("list of what the branch head decides"),
    "not paid yet": _("list of those who have not paid yet"),
    "call about first payment": _("call about the first payment"),
    "payment": _("what was written down of a payment"),
    "payment: tell the worker": _("payment: told to the worker"),
    "payment: compare with a list": _("payment: compared with a list"),
    "payment: other": _("payment: something else"),
    "payment list": _("list of payments"),
    "participant number": _("participant number being written down"),
    "number of another": _("participant number confirmed, although another worker has it"),
    "answer file": _("answer to a batch"),
    "review": _("review"),
    "review: compare with the paper form": _("review: compare with the paper form"),
    "review: call the worker": _("review: call the worker"),
    "review: compare duplicates": _("review: compare with a twin"),
    "review: other": _("review: something else"),
    "bulk approval": _("approval of several at once"),
    "second look": _("second look at an approval"),
    "hand-over: check": _("hand-over: check against the template"),
    "hand-over: enter by hand": _("hand-over: to be entered by hand"),
    "history": _("history of a registration"),
}

NUMBERED = {"hand-over: batch": _("hand-over, batch %s")}
"""What something was opened for, where a number follows."""
BESIDE = ", beside "
"""Between what something was opened for and the references of those that stood beside it on the page."""


def action(code: str) -> str:
    return str(ACTIONS.get(code, code))


def fields(codes: str) -> str:
    """`nik full_name` → `NIK, full name`. A label of the admin, `first_day`, is looked up as it stands on its form."""
    return ", ".join(str(FIELDS[code]) if code in FIELDS else _label(code) for code in codes.split())


def purpose(code: str) -> str:
    """What something was opened for; what was changed, `event bazar-2023`, is a reference and stays one. So do those
    that stood beside it."""
    code, references = beside(code)
    if references:
        said = {"purpose": purpose(code), "references": ", ".join(references)}
        return _("%(purpose)s, beside %(references)s") % said
    phrase, _space, number = code.rpartition(" ")
    if phrase in NUMBERED:
        return str(NUMBERED[phrase]) % number
    return str(PURPOSES.get(code, code))


def naming(code: str, others: Sequence[object]) -> str:
    """The purpose of a page on which these stood beside what it is about: `review, beside 7K4-2Q9-3`."""
    return f"{code}{BESIDE}{' '.join(map(str, others))}" if others else code


def beside(code: str) -> tuple[str, list[str]]:
    """The purpose alone, and the references of those that stood beside it."""
    code, _comma, references = code.partition(BESIDE)
    return code, references.split()


def _label(code: str) -> str:
    """The chain has a form's label in lower case; labels are translated sentences, so the catalogue knows it."""
    words = code.replace("_", " ")
    for label in (words, capfirst(words)):
        if (said := gettext(label)) != label:
            return said.lower()
    return words
