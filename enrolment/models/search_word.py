from django.db import models

from enrolment.models.registration import Registration
from outreach.models import Branch


class SearchWord(models.Model):
    """One word of a registered worker's name as a blind index, so that a reviewer finds a registration by name without
    one being opened. Written in the transaction that writes the name, deleted where the name is destroyed
    (actions/search_words.py).

    `branch` and `received_at` are the registration's: a word that many share is walked in the order of the page.
    """

    personal_fields = ()

    pk = models.CompositePrimaryKey("registration_id", "word_index")
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="search_words", db_index=False
    )
    word_index = models.BinaryField(max_length=32)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=("branch", "word_index", "received_at", "registration"), name="search_word_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id}"
