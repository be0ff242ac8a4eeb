"""Schema of the registry and journal, as Alembic migrations applied at opening.

A new version: a file in `versions/`, after a change of `warehouse.tables_sql`; a test holds the
two equal on both engines.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from warehouse.moteur import lock_writers

DOSSIER = Path(__file__).parent


def migrate(moteur: Engine) -> None:
    """Bring the schema to the last version, in one transaction; nothing to do when it is there."""
    configuration = Config()
    configuration.set_main_option("script_location", str(DOSSIER).replace("%", "%%"))
    attendue = ScriptDirectory.from_config(configuration).get_current_head()
    with moteur.connect() as lecture:
        if MigrationContext.configure(lecture).get_current_revision() == attendue:
            return
    with moteur.begin() as connexion:
        lock_writers(connexion, "migrations")
        configuration.attributes["connection"] = connexion
        command.upgrade(configuration, "head")
