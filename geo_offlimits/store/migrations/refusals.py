"""Triggers from rules: one condition and one sentence, rendered for SQLite and for PostgreSQL side by side.

A condition is SQL that both read alike; NEW and OLD are the row. Sentences hold no apostrophes.
"""

from dataclasses import dataclass

PINNED = "search_path=public, pg_temp"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Refuses `event` (INSERT, UPDATE or DELETE) on `table` when `condition` holds; without condition, always."""

    table: str
    name: str
    event: str
    sentence: str
    condition: str | None = None

    @property
    def trigger(self) -> str:
        return f"refuse_{self.table}_{self.name}"

    def sqlite(self) -> list[str]:
        when = f"WHEN {self.condition} " if self.condition else ""
        head = f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table} FOR EACH ROW"
        return [f"{head} {when}BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"]

    def postgresql(self) -> list[str]:
        # Unpinned, a condition would read a temporary table of the writer's own that bears the name of ours.
        function = f"CREATE FUNCTION {self.trigger}() RETURNS trigger LANGUAGE plpgsql SET {PINNED} AS"
        head = f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table} FOR EACH ROW"
        return [f"{function} $refusal${self.body}$refusal$", f"{head} EXECUTE FUNCTION {self.trigger}()"]

    @property
    def body(self) -> str:
        """Of PostgreSQL's function."""
        # 23514 is check_violation, which drivers report as an integrity error, as SQLite's RAISE(ABORT) is.
        raised = f"RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{self.sentence}';"
        checked = f"IF {self.condition} THEN {raised} END IF;" if self.condition else raised
        kept = "OLD" if self.event == "DELETE" else "NEW"
        return f" BEGIN {checked} RETURN {kept}; END "


def emptying(table: str) -> str:
    """PostgreSQL only: TRUNCATE fires no row trigger. SQLite has no TRUNCATE."""
    head = f"CREATE TRIGGER refuse_{table}_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    return f"{head} EXECUTE FUNCTION refuse_{table}_deleted()"
