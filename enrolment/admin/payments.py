"""The addresses of what follows an approval until it is paid."""

from collections.abc import Callable

from django.urls import URLPattern, path

from enrolment.views import participations, payment_files, unpaid


def addresses(view: Callable) -> list[URLPattern]:
    """For the list of addresses of RegistrationAdmin; `view` is its site's guard."""
    return [
        path("unpaid/", view(unpaid.listed), name="enrolment_registration_unpaid"),
        path("payments/", view(payment_files.upload), name="enrolment_registration_payments"),
        path(
            "<reference:reference>/participation/",
            view(participations.one),
            name="enrolment_registration_participation",
        ),
        path("<reference:reference>/call/", view(unpaid.call), name="enrolment_registration_call"),
    ]
