"""Past the models: what somebody with a database shell would type. For proving that the database itself refuses."""

from uuid import UUID

from django.db import connection, models, transaction


def execute(sql: str, *values) -> int:
    """Run one statement in its own savepoint, so that a refusal leaves the test's transaction usable. Rows touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [_adapted(value) for value in values])
        return cursor.rowcount


def drop_trigger(name: str, *, table: str) -> None:
    """Take a protection away until the test's transaction is rolled back."""
    execute(
        f"DROP TRIGGER {name} ON {table}" if connection.vendor == "postgresql" else f"DROP TRIGGER {name}"
    )


def drop_constraint(model: type[models.Model], name: str) -> None:
    """Take a constraint away until the test's transaction is rolled back."""
    constraint = next(one for one in model._meta.constraints if one.name == name)
    sql = constraint.remove_sql(model, connection.schema_editor())
    assert connection.vendor == "postgresql" or "INDEX" in str(sql), "SQLite cannot drop a table constraint"
    execute(str(sql))


def _adapted(value):
    if isinstance(value, UUID):
        return models.UUIDField().get_db_prep_value(value, connection)
    return value
