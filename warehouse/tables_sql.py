"""Tables of the journal and publications, as SQLAlchemy Core; the migrations build the same.

Those of the registry are in `warehouse.tables_registre`. Instants are UTC texts
(`2026-03-01T21:00:00Z`), so that both engines keep the same bytes.
Tables in AJOUT_SEUL refuse UPDATE and DELETE (triggers made by the migrations).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from specs.contrats import valeurs_of
from warehouse.metadonnees import METADATA

ETATS = tuple(valeurs_of("depots", "etat"))
A_REMETTRE = "A_REMETTRE"
REMISE = "REMISE"
AJOUT_SEUL = (
    "alertes",
    "ancrages",
    "audit",
    "cles_publications",
    "decisions",
    "envois",
    "etats_depot",
    "imports_registre",
    "nuits",
    "publication_versions",
    "publications",
    "purges",
    "reserves",
)

_DANS_ETATS = "etat IN (" + ", ".join(f"'{etat}'" for etat in ETATS) + ")"

DEPOTS = Table(
    "depots",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("depot", String, nullable=False, unique=True),
    Column("adherent", String, nullable=False),
    Column("nom", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("octets", BigInteger, nullable=False),
    Column("recu_le", String, nullable=False),
    Column("etat", String, nullable=False),
    Column("motif", String),
    Column("original", String, ForeignKey("depots.depot")),
    Column("essai", Boolean),
    Column("version", String),
    Column("lignes", Integer),
    Column("declarations", Integer),
    Column("anomalies_bloquantes", Integer),
    Column("anomalies_signalees", Integer),
    Column("nature", String),
    Column("utilisateur", String),
    CheckConstraint(_DANS_ETATS, name="etat"),
    CheckConstraint("(etat = 'DOUBLON') = (original IS NOT NULL)", name="original"),
)
# The net under `record_depot`: one content of a member is received once, the rest are duplicates.
Index(
    "ix_depots_contenu",
    DEPOTS.c.adherent,
    DEPOTS.c.sha256,
    unique=True,
    sqlite_where=DEPOTS.c.original.is_(None),
    postgresql_where=DEPOTS.c.original.is_(None),
)
Index("ix_depots_etat", DEPOTS.c.etat)

ETATS_DEPOT = Table(
    "etats_depot",
    METADATA,
    Column("depot", String, ForeignKey("depots.depot"), primary_key=True),
    Column("rang", Integer, primary_key=True, autoincrement=False),
    Column("etat", String, nullable=False),
    Column("motif", String),
    Column("instant", String, nullable=False),
    CheckConstraint(_DANS_ETATS, name="etat"),
)

ENVOIS = Table(
    "envois",
    METADATA,
    Column("depot", String, ForeignKey("depots.depot"), primary_key=True),
    Column("siren", String(9), nullable=False),
    Column("genre", String, nullable=False),
    Column("mode", String(1), nullable=False),
    Column("file_id", String, nullable=False),
    Column("operation", String(1), nullable=False),
    Column("remplace", String),
    Column("contenu", String(64), nullable=False),
    Column("convention", String, nullable=False),
    Column("cdg", String),
    Column("recu_le", String, nullable=False),
    UniqueConstraint("siren", "genre", "mode", "file_id"),
    CheckConstraint("(operation = 'N') = (remplace IS NULL)", name="remplace"),
)

ETAPES = Table(
    "etapes",
    METADATA,
    Column("etape", String, primary_key=True),
    Column("portee", String, primary_key=True),
    Column("empreinte_entrees", String, primary_key=True),
    Column("version_specs", String, primary_key=True),
    Column("version_code", String, primary_key=True),
    Column("resultat", String, nullable=False),  # JSON, sorted keys
    Column("empreinte", String, nullable=False),
    Column("duree_ms", Integer, nullable=False),
    # Rank among the steps done on the same scope: the last one says what the lake holds of it.
    Column("rang", Integer, nullable=False, server_default="0"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("rang", Integer, primary_key=True, autoincrement=False),
    Column("auteur", String, nullable=False),
    Column("action", String, nullable=False),
    Column("objet", String, nullable=False),
    Column("motif", String, nullable=False),
    Column("instant", String, nullable=False),
    Column("empreinte", String(64), nullable=False, unique=True),
    Column("cle", String(16)),  # which key made `empreinte`; none before it was keyed
    CheckConstraint("motif <> ''", name="motif"),
)

# What a publication sealed of the base: JSON, a segment a table.
ANCRAGES = Table(
    "ancrages",
    METADATA,
    Column("publication", Integer, ForeignKey("publications.numero"), primary_key=True),
    Column("rang", Integer, nullable=False),
    Column("tete", String(64), nullable=False),
    Column("segments", String, nullable=False),
    Column("sceau", String(64), nullable=False),
)

# Names of the keys that each publication was made with: its pseudonyms are those of one key.
CLES_PUBLICATIONS = Table(
    "cles_publications",
    METADATA,
    Column(
        "numero",
        Integer,
        ForeignKey("publications.numero"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("pseudonymes", String(16), nullable=False),
    Column("coffre", String(16)),
)

# Contents that are no longer kept: the purge that took them, by which rule, because of what day.
PURGES = Table(
    "purges",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("numero", Integer, nullable=False),
    Column("classe", String, nullable=False),
    Column("regle", String, nullable=False),
    Column("date_contenu", String, nullable=False),
    Column("purge_le", String, nullable=False),
)

# Files of the lake that publications have read, with the first that did.
FICHIERS_LAC = Table(
    "fichiers_lac",
    METADATA,
    Column("nom_table", String, primary_key=True),
    Column("chemin", String, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("octets", BigInteger, nullable=False),
    Column("publication", Integer, ForeignKey("publications.numero"), nullable=False),
    Column("tour", Integer, nullable=False),  # the night of a rotation that reads it again
    Column("retire_le", String),
)
Index("ix_fichiers_lac_publication", FICHIERS_LAC.c.publication)
Index("ix_fichiers_lac_tour", FICHIERS_LAC.c.tour)

# What each night reads: the imports of the registry and the decisions up to these numbers.
NUITS = Table(
    "nuits",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("publication", Integer, nullable=False),  # the one that it prepares
    Column("date_arrete", Date, nullable=False),
    Column("instant", String, nullable=False),
    Column("registre", Integer, nullable=False),
    Column("decisions", Integer, nullable=False),
    # The engine that it ran with, whose sources the archive holds; none before it was kept.
    Column("version", String),
    Column("sources", String(64)),
)

PUBLICATIONS = Table(
    "publications",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("date_arrete", Date, nullable=False),
    Column("publie_le", String, nullable=False),
    Column("empreinte", String, nullable=False),
)

# Not kept any more: what they pin can't be read.
PUBLICATIONS_RETIREES = Table(
    "publications_retirees",
    METADATA,
    Column("numero", Integer, ForeignKey("publications.numero"), primary_key=True),
    Column("retiree_le", String, nullable=False),
)

PUBLICATION_VERSIONS = Table(
    "publication_versions",
    METADATA,
    Column("numero", Integer, ForeignKey("publications.numero"), primary_key=True),
    Column("nom_table", String, primary_key=True),
    Column("version", Integer, nullable=False),
)

REMISES = Table(
    "remises",
    METADATA,
    Column("numero", Integer, primary_key=True),  # rank in time
    Column("publication", Integer, ForeignKey("publications.numero")),  # none: a test's report
    Column("adherent", String, nullable=False),
    Column("nom", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("etat", String, nullable=False),
    Column("remise_le", String),
    Column("mois", String(7), nullable=False, server_default=""),  # of emis_le
    Column("emis_le", String, nullable=False, server_default=""),
    Column("octets", BigInteger),
    Column("depot", String),
    Column("cdg", String),
    Column("mode", String),
    Column("retire_le", String),
    Column("expire_le", String),
    CheckConstraint(f"etat IN ('{A_REMETTRE}', '{REMISE}')", name="etat"),
    CheckConstraint(f"(etat = '{REMISE}') = (remise_le IS NOT NULL)", name="remise_le"),
)
Index("ix_remises_etat", REMISES.c.etat)
Index("ix_remises_nom", REMISES.c.nom, REMISES.c.adherent)
Index("ix_remises_depot", REMISES.c.depot)
# What became of the files of each month is counted on the index alone.
Index(
    "ix_remises_mois",
    REMISES.c.mois,
    REMISES.c.mode,
    REMISES.c.remise_le,
    REMISES.c.retire_le,
    REMISES.c.expire_le,
)

# Files to draw once they are published: what is drawn is then owed, as any file.
DESSINS = Table(
    "dessins",
    METADATA,
    Column("numero", Integer, primary_key=True),  # rank in time
    Column("publication", Integer, ForeignKey("publications.numero")),
    Column("adherent", String, nullable=False),
    Column("nom", String, nullable=False),
    Column("sha256", String(64), nullable=False),  # of what says how to draw it
    Column("mois", String(7), nullable=False),  # of emis_le
    Column("emis_le", String, nullable=False),
    Column("depot", String),
    Column("cdg", String),
    Column("mode", String),
    Column("dessine_le", String),
    Column("canal", String),  # another way than its box: it is drawn for the print queue
)
Index("ix_dessins_dessine_le", DESSINS.c.dessine_le)
Index("ix_dessins_nom", DESSINS.c.nom, DESSINS.c.adherent)

ALERTES = Table(
    "alertes",
    METADATA,
    Column("alerte", String, primary_key=True),
    Column("date_arrete", Date, nullable=False),
    Column("nature", String, nullable=False),
    Column("depot", String),
    Column("siren", String(9)),
    Column("etape", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("instant", String, nullable=False),
)

# Companies held by the night that prepares a publication: readers keep seeing the previous one.
RESERVES = Table(
    "reserves",
    METADATA,
    Column("publication", Integer, primary_key=True, autoincrement=False),
    Column("date_arrete", Date, primary_key=True),
    Column("siren", String(9), primary_key=True),
    Column("alerte", String, ForeignKey("alertes.alerte"), nullable=False),
)
