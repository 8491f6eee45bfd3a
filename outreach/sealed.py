"""Personal values as they live in memory: a `Sealed` shows a mask and opens only for a logged `Access`."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from outreach import crypto

MASK = "••••"


class AccessRefused(Exception):
    """A sealed value was asked for without an access row that names its row and field."""


@dataclass(frozen=True, slots=True)
class Access:
    """Proof that an access row is committed: who may read which fields of which rows. Made by `audit.open_access`."""

    objects: frozenset[UUID]
    fields: frozenset[str]

    def permit(self, *, row: UUID, field: str) -> None:
        """Raises AccessRefused unless the logged access covers this field of this row."""
        if row not in self.objects or field not in self.fields:
            raise AccessRefused(f"no access row names {field} of this row")


class Sealed:
    """One encrypted value. `str` and `repr` are the mask, so it may wander into a log or a message unharmed."""

    __slots__ = ("_field", "_row", "_token")

    def __init__(self, token: bytes, *, field: str, row: UUID) -> None:
        self._token, self._field, self._row = token, field, row

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__

    def token_for(self, *, field: str, row: UUID) -> bytes:
        """The ciphertext, for putting it back where it came from (`refresh_from_db`). TypeError for anywhere else."""
        if (field, row) != (self._field, self._row):
            raise TypeError("a sealed value belongs to its own row and field; reveal it first")
        return self._token

    def reveal(self, access: Access) -> str:
        """The plaintext. Raises AccessRefused without a fitting access, crypto.SealBroken if it was tampered with."""
        access.permit(row=self._row, field=self._field.partition(".")[2])
        return crypto.unseal(self._token, context=f"{self._field}|{self._row}")


class SealedAttribute(DeferredAttribute):
    """Text goes in and is sealed at once; what comes out is a `Sealed` or None."""

    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        token = super().__get__(instance, cls)
        if token is None:
            return None
        return Sealed(bytes(token), field=self.field.context, row=instance.pk)

    def __set__(self, instance, value) -> None:
        name = self.field.attname
        if isinstance(value, str):
            value = crypto.seal(value, context=f"{self.field.context}|{instance.pk}") if value else None
        elif isinstance(value, Sealed):
            value = value.token_for(field=self.field.context, row=instance.pk)
        instance.__dict__[name] = value


class SealedField(models.BinaryField):
    """A text encrypted at rest. The model's primary key must be a UUID that is set before the field is.

    `context` is a constant such as `registration.nik`; it is part of the ciphertext's associated data and must
    not change when a model or field is renamed. An empty text is stored as NULL.
    """

    descriptor_class = SealedAttribute
    personal = True

    def __init__(self, context: str, **kwargs) -> None:
        self.context = context
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.context, *args], kwargs

    def pre_save(self, model_instance, add):
        return model_instance.__dict__[self.attname]

    def value_to_string(self, obj):
        raise TypeError("personal data is not serialised")
