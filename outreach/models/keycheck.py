from django.db import models


class KeyCheck(models.Model):
    """A known text sealed and a known index made when the keys were first used. If they no longer fit, the keys are
    not the ones this database was written with, and the site must not start."""

    personal_fields = ()

    token = models.BinaryField()
    index = models.BinaryField()
    audit = models.BinaryField()

    def __str__(self) -> str:
        return "key check"
