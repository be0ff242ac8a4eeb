"""The registry has a history: imports, versions of its rows, and what each night reads of them.

The rows of an older home get the import that made them, as the audit trail names it: the last one
that added or corrected them. Those that it does not name (it keeps two hundred keys an import) are
of import 0, before all others. The files of the older imports were not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FICHIER = re.compile(r"fichier ([0-9a-f]{64})$")
ORIGINE = {
    "numero": 0,
    "sha256": None,
    "auteur": "caisse",
    "motif": "registre d'avant l'historique",
    "instant": "0001-01-01T00:00:00Z",
}
TEXTE, SIREN, JOUR = sa.String(), sa.String(length=9), sa.Date()
PERIODE = {"periode": "fin IS NULL OR fin >= debut"}
OUVERTE = sa.text("ferme IS NULL")


class Ancienne(NamedTuple):
    """A table of version 0004: its key, the types of its columns, those that may be null."""

    cle: tuple[str, ...]
    types: Mapping[str, Any]
    nulles: frozenset[str] = frozenset()
    controles: Mapping[str, str] = {}


# Parents before children.
TABLES = {
    "adherents": Ancienne(
        ("siren",),
        {
            "numero_adherent": TEXTE,
            "siren": SIREN,
            "raison_sociale": TEXTE,
            "adresse": TEXTE,
            "code_postal": TEXTE,
            "ville": TEXTE,
            "pays": sa.String(length=2),
            "debut_activite": JOUR,
            "fin_activite": JOUR,
            "suivi_depuis": sa.String(length=7),
        },
        frozenset(
            {"adresse", "code_postal", "ville", "debut_activite", "fin_activite", "suivi_depuis"}
        ),
    ),
    "centres_gestion": Ancienne(
        ("cdg",), {"cdg": TEXTE, "siren": SIREN, "libelle": TEXTE}, frozenset({"libelle"})
    ),
    "etablissements": Ancienne(
        ("siret",),
        {"siret": sa.String(length=14), "siren": SIREN, "cdg": TEXTE, "debut": JOUR, "fin": JOUR},
        frozenset({"fin"}),
        PERIODE,
    ),
    "parametres_cdg": Ancienne(
        ("cdg", "parametre", "debut"),
        {"cdg": TEXTE, "parametre": TEXTE, "debut": JOUR, "fin": JOUR}
        | {"valeur": sa.BigInteger(), "motif": TEXTE},
        frozenset({"fin"}),
        PERIODE,
    ),
    "adhesions": Ancienne(
        ("siren", "cotisation", "debut"),
        {"siren": SIREN, "cotisation": TEXTE, "debut": JOUR, "fin": JOUR},
        frozenset({"fin"}),
        PERIODE,
    ),
    "comptes_bancaires": Ancienne(
        ("compte",),
        {"compte": TEXTE, "siren": SIREN, "titulaire": TEXTE, "bic": sa.String(length=11)}
        | {"debut": JOUR, "fin": JOUR},
        frozenset({"bic", "fin"}),
        PERIODE,
    ),
    "ibans": Ancienne(("compte",), {"compte": TEXTE, "iban": sa.String(length=34)}),
    "mandats": Ancienne(
        ("rum",),
        {
            "rum": sa.String(length=35),
            "siren": SIREN,
            "cdg": TEXTE,
            "groupe": TEXTE,
            "compte": TEXTE,
            "schema": sa.String(length=4),
            "date_signature": JOUR,
            "debut": JOUR,
            "prelevement_automatique": sa.Boolean(),
        },
        frozenset({"cdg", "groupe", "date_signature"}),
        {"objet": "(cdg IS NULL) <> (groupe IS NULL)"},
    ),
    "evenements_mandat": Ancienne(
        ("rum", "rang"),
        {"rum": sa.String(length=35), "rang": sa.Integer(), "date": JOUR, "evenement": TEXTE}
        | {"motif": TEXTE, "auteur": TEXTE},
    ),
    "groupes_paiement": Ancienne(
        ("groupe", "cdg", "debut"),
        {"groupe": TEXTE, "cdg": TEXTE, "debut": JOUR, "siren": SIREN, "libelle": TEXTE}
        | {"fin": JOUR, "rum": sa.String(length=35)},
        frozenset({"fin", "rum"}),
        PERIODE,
    ),
    "options_adherents": Ancienne(
        ("siren", "option", "debut"),
        {"siren": SIREN, "option": TEXTE, "debut": JOUR, "valeur": TEXTE},
    ),
}
DECISIONS = Ancienne(
    ("numero",),
    {"numero": sa.Integer(), "nature": TEXTE, "siren": SIREN, "cdg": TEXTE, "appel": TEXTE}
    | {"montant_centimes": sa.BigInteger(), "contenu": TEXTE, "date_effet": JOUR}
    | {"auteur": TEXTE, "motif": TEXTE, "instant": TEXTE},
    frozenset({"siren", "cdg", "appel", "montant_centimes"}),
    {"motif": "motif <> ''"},
)


def upgrade() -> None:
    decisions = _read("decisions", DECISIONS)
    lues = {nom: _read(nom, table) for nom, table in TABLES.items()}
    # No constraint can name one version of a row: the references go, and the tables with them.
    for nom in ("decisions", *reversed(TABLES)):
        op.drop_table(nom)
    op.bulk_insert(_create("decisions", DECISIONS), decisions)
    create_triggers("decisions")
    _create_nuits()
    _import_again(lues)
    create_triggers("imports_registre")
    for nom, table in TABLES.items():
        protect_versions(nom, table)


def downgrade() -> None:
    raise NotImplementedError("l'histoire du registre ne s'efface pas")


def _read(nom: str, table: Ancienne) -> list[dict[str, Any]]:
    colonnes = [sa.column(colonne, genre) for colonne, genre in table.types.items()]
    lues = op.get_bind().execute(sa.select(*colonnes).select_from(sa.table(nom)))
    return [dict(lue) for lue in lues.mappings()]


def _create(nom: str, table: Ancienne, *versions: sa.schema.SchemaItem) -> sa.Table:
    """The table, or with `versions` the one that keeps the versions of its rows."""
    cle = (*table.cle, "ouvert") if versions else table.cle
    defauts = {"pays": "FR"}
    return op.create_table(
        nom,
        *(
            sa.Column(
                colonne,
                genre,
                nullable=colonne in table.nulles,
                server_default=defauts.get(colonne),
                autoincrement=False,
            )
            for colonne, genre in table.types.items()
        ),
        *versions,
        *(
            sa.CheckConstraint(texte, name=op.f(f"ck_{nom}_{controle}"))
            for controle, texte in table.controles.items()
        ),
        sa.PrimaryKeyConstraint(*cle, name=op.f(f"pk_{nom}")),
    )


def create_versioned(nom: str, table: Ancienne) -> sa.Table:
    versions = {"versions": "ferme IS NULL OR ferme > ouvert"}
    creee = _create(
        nom,
        table._replace(controles={**table.controles, **versions}),
        sa.Column("ouvert", sa.Integer(), nullable=False),
        sa.Column("ferme", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [borne], ["imports_registre.numero"], name=op.f(f"fk_{nom}_{borne}")
            )
            for borne in ("ouvert", "ferme")
        ),
    )
    uniques = {"cle": table.cle} | ({"numero": ("numero_adherent",)} if nom == "adherents" else {})
    for suffixe, colonnes in uniques.items():
        op.create_index(
            f"ix_{nom}_{suffixe}",
            nom,
            list(colonnes),
            unique=True,
            sqlite_where=OUVERTE,
            postgresql_where=OUVERTE,
        )
    return creee


def _create_nuits() -> None:
    op.create_table(
        "nuits",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("date_arrete", sa.Date(), nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.Column("registre", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_nuits")),
    )
    create_triggers("nuits")


def _import_again(lues: Mapping[str, list[dict[str, Any]]]) -> None:
    """Fill the tables, each row opened by the import that made it."""
    actes = _read_actes()
    auteurs = _find_auteurs(actes)
    imports = op.create_table(
        "imports_registre",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("auteur", sa.String(), nullable=False),
        sa.Column("motif", sa.String(), nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.CheckConstraint("motif <> ''", name=op.f("ck_imports_registre_motif")),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_imports_registre")),
    )
    for nom, lignes in lues.items():
        for ligne in lignes:
            cle = "/".join(str(ligne[colonne]) for colonne in TABLES[nom].cle)
            ligne["ouvert"] = auteurs.get(f"{nom} {cle}", ORIGINE["numero"])
    origine = [ORIGINE] if any(x["ouvert"] == 0 for lignes in lues.values() for x in lignes) else []
    op.bulk_insert(imports, origine + [{k: a[k] for k in ORIGINE} for a in actes])
    for nom, lignes in lues.items():
        op.bulk_insert(create_versioned(nom, TABLES[nom]), lignes)


def _read_actes() -> list[dict[str, Any]]:
    """The imports of the audit trail, numbered from 1, each with its `objet`."""
    lus = op.get_bind().execute(
        sa.text(
            "SELECT auteur, motif, instant, objet FROM audit "
            "WHERE action = 'import_registre' ORDER BY rang"
        )
    )
    actes = []
    for numero, lu in enumerate(lus.mappings(), start=1):
        fichier = FICHIER.search(lu["objet"])
        actes.append({**lu, "numero": numero, "sha256": fichier[1] if fichier else None})
    return actes


def _find_auteurs(actes: list[dict[str, Any]]) -> dict[str, int]:
    """The last import that made each row that the audit trail names: `adherents 999090012`."""
    return {ligne: acte["numero"] for acte in actes for ligne in _list_lignes(acte["objet"])}


def _list_lignes(objet: str) -> Iterator[str]:
    """Rows named by `registre : … ; + adherents 999090012 ; ~ mandats R1 (debut) ; fichier …`."""
    for morceau in objet.split(" ; "):
        signe, _, ligne = morceau.partition(" ")
        colonnes: list[str] = []
        if signe == "~":
            ligne, _, entre = ligne.rpartition(" (")
            colonnes = entre.rstrip(")").split(", ")
        if signe == "+" or (signe == "~" and colonnes != ["iban"]):
            yield ligne
        if ligne.startswith("comptes_bancaires ") and (signe == "+" or "iban" in colonnes):
            yield ligne.replace("comptes_bancaires", "ibans", 1)


def protect_versions(nom: str, table: Ancienne) -> None:
    """Refuse what is not an opening, or the only closing of a row."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    fixes = ", ".join(f'"{colonne}"' for colonne in (*table.types, "ouvert"))
    chaque = "FOR EACH ROW" if sqlite else "FOR EACH STATEMENT"
    efface = "DELETE" if sqlite else "DELETE OR TRUNCATE"
    gardes = {
        "sans_delete": f"{efface} ON {nom} {chaque}",
        "sans_update": f"UPDATE OF {fixes} ON {nom} {chaque}",
        "ferme_une_fois": f"UPDATE OF ferme ON {nom} FOR EACH ROW WHEN (OLD.ferme IS NOT NULL)",
    }
    refus = (
        f"BEGIN SELECT RAISE(ABORT, '{nom} : ajout seul'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_modification()"
    )
    for suffixe, garde in gardes.items():
        op.execute(f"CREATE TRIGGER {nom}_{suffixe} BEFORE {garde} {refus}")
