"""Schema of the registry and journal, as Alembic migrations applied at opening.

A new version: a file in `versions/`, after a change of `warehouse.tables_sql`; a test holds the
two equal on both engines.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, column, inspect, select, table

from warehouse.moteur import lock_writers

DOSSIER = Path(__file__).parent
REVISION = "version_num"
ALEMBIC = table("alembic_version", column(REVISION))


def migrate(moteur: Engine) -> None:
    """Bring the schema to the last version, in one transaction; nothing to do when it is there."""
    if read_revision(moteur) == find_derniere():
        return
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(DOSSIER).replace("%", "%%"))
    with moteur.begin() as connexion:
        lock_writers(connexion, "migrations")
        configuration.attributes["connection"] = connexion
        command.upgrade(configuration, "head")


def find_derniere() -> str:
    """The last version, by the names of the files: to ask Alembic costs a fifth of a command."""
    return max(fichier.name[1:5] for fichier in (DOSSIER / "versions").glob("v*.py"))


def read_revision(moteur: Engine) -> str | None:
    """The version of a schema; None before the first one."""
    with moteur.connect() as lecture:
        if not inspect(lecture).has_table(ALEMBIC.name):
            return None
        return lecture.scalar(select(ALEMBIC.c[REVISION]))
