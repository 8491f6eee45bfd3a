from django.db import models


class Allowance(models.Model):
    """How much of a limit is spent until `ends_at`: one row for each thing that is counted, say one person's wrong
    codes. `key` is a keyed digest, so that nothing here names a person or an address."""

    personal_fields = ()

    key = models.BinaryField(max_length=32, primary_key=True)
    spent = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "allowance"
        default_permissions = ()

    def __str__(self) -> str:
        return bytes(self.key).hex()[:8]
