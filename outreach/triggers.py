"""Rules of the database that no constraint can state, on both engines. Used by migrations only."""

from collections.abc import Callable, Sequence

from django.db import migrations


class Rule(migrations.RunPython):
    """A migration's step in SQL alone. It gets no models, which RunPython would draw up anew, all of them, for each."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.code(None, schema_editor)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.reverse_code(None, schema_editor)


def refuse(table: str, *, name: str, event: str, when: str = "TRUE", message: str) -> Rule:
    """A trigger that refuses a row `event` (`UPDATE`, `DELETE`, `INSERT`, `UPDATE OF a, b`) while `when` holds.

    `when` is SQL over NEW and OLD that PostgreSQL and SQLite both read. PostgreSQL's TRUNCATE is not a row event:
    only the owner of the tables may do it, and a test database must be emptied somehow.
    """

    def forwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            statements = (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {when} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; "
                f"END IF; RETURN COALESCE(NEW, OLD); END $$",
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            )
        else:
            statements = (
                f"DROP TRIGGER IF EXISTS {name}",  # not every change of a table loses its triggers: see `again`
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            )
        for statement in statements:
            schema_editor.execute(statement)

    def backwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")

    return Rule(forwards, backwards)


def lift(name: str) -> Rule:
    """Before a column is added to a table that a trigger of *another* table reads: SQLite renames the table made
    anew, and refuses while such a trigger names it. `again` puts it back."""

    def forwards(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    return Rule(forwards, Rule.noop)


def again(operations: Sequence[Rule]) -> list[Rule]:
    """After a column was added: SQLite makes the table anew for it, and its triggers are gone with the old one."""
    return [_only_on_sqlite(operation.code) for operation in operations]


def append_only_again(table: str) -> Rule:
    """`again` for the two rules of `append_only`."""

    def forwards(apps, schema_editor):
        for operation in again(append_only(table)):
            operation.code(apps, schema_editor)

    return Rule(forwards, Rule.noop)


def append_only(table: str) -> list[Rule]:
    """Rows of this table may neither be changed nor deleted."""
    return [
        refuse(table, name=f"{table}_no_{event.lower()}", event=event, message=f"{table} is append-only")
        for event in ("UPDATE", "DELETE")
    ]


def _only_on_sqlite(code: Callable) -> Rule:
    def forwards(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            code(apps, schema_editor)

    return Rule(forwards, Rule.noop)
