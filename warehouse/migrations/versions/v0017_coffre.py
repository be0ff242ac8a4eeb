"""What is sealed of the registry may be put under another key: its guards leave it out.

Its seals are computed from the clear values: another value in the same place is seen by them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SCELLEES = {
    "comptes_bancaires": {"titulaire"},
    "ibans": {"iban"},
    "utilisateurs": {"nom", "courriel"},
}
GARDE = "sans_update"


def upgrade() -> None:
    base = op.get_bind()
    for nom, scellees in SCELLEES.items():
        colonnes = [c["name"] for c in sa.inspect(base).get_columns(nom)]
        _protect(nom, [c for c in colonnes if c not in {*scellees, "ferme"}])
    if base.dialect.name == "postgresql":  # SQLite minds no length
        op.alter_column("ibans", "iban", type_=sa.String())


def _protect(nom: str, fixes: list[str]) -> None:
    """Refuse to change these columns; the former guard, which named more of them, goes."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {nom}_{GARDE}" + ("" if sqlite else f" ON {nom}"))
    quoi = f"BEFORE UPDATE OF {', '.join(f'{chr(34)}{c}{chr(34)}' for c in fixes)} ON {nom}"
    op.execute(
        f"CREATE TRIGGER {nom}_{GARDE} {quoi} FOR EACH ROW BEGIN SELECT"
        f" RAISE(ABORT, '{nom} : ajout seul'); END"
        if sqlite
        else f"CREATE TRIGGER {nom}_{GARDE} {quoi} FOR EACH STATEMENT EXECUTE FUNCTION"
        " refuse_modification()"
    )


def downgrade() -> None:
    raise NotImplementedError("les gardes d'avant refuseraient de changer de clé")
