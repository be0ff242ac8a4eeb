"""Tables of who enters the space of the companies, and of what they ask; as the migrations build.

Users and their rights are those of the registry: here is only what proves who a person is. Nothing
is kept in clear: a password as Argon2 gives it, the secret of the codes sealed, invitations,
sessions and tokens of the API by their SHA-256, what is asked of the engine and its answer as the
registry's texts are.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from warehouse.coffre.colonnes_sql import Scelle
from warehouse.metadonnees import METADATA

# `dernier_code`: the step of the last one-time code that was used, which is not used again.
ACCES = Table(
    "acces",
    METADATA,
    Column("utilisateur", String, primary_key=True),
    Column("mot_de_passe", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("dernier_code", BigInteger, nullable=False),
    Column("pose_le", String, nullable=False),
)

INVITATIONS = Table(
    "invitations",
    METADATA,
    Column("empreinte", String(64), primary_key=True),
    Column("utilisateur", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("expire_le", String, nullable=False),
    Column("utilisee_le", String),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("empreinte", String(64), primary_key=True),
    Column("utilisateur", String, nullable=False),
    Column("ouverte_le", String, nullable=False),
    Column("vue_le", String, nullable=False),
    Column("fermee_le", String),
    Index("ix_sessions_utilisateur", "utilisateur"),
)

# `cle`: SHA-256 of the name that was typed, or of the address that it came from.
TENTATIVES = Table(
    "tentatives",
    METADATA,
    Column("numero", Integer, primary_key=True),
    Column("cle", String(64), nullable=False),
    Column("instant", String, nullable=False),
    Column("reussie", Boolean, nullable=False),
    Index("ix_tentatives_cle", "cle", "instant"),
)

# Who comes in by the desk of the operators; `droits`: codes parted by blanks.
OPERATEURS = Table(
    "operateurs",
    METADATA,
    Column("nom", String, primary_key=True),
    Column("droits", String, nullable=False),
    Column("depuis", String, nullable=False),
)

# What a program calls the API with: a user of the registry, narrowed to `portees`, and to one
# company when `siren` says which.
JETONS = Table(
    "jetons",
    METADATA,
    Column("numero", Integer, primary_key=True),
    Column("empreinte", String(64), nullable=False, unique=True),
    Column("utilisateur", String, nullable=False),
    Column("siren", String(9)),
    Column("portees", String, nullable=False),
    Column("usage", String, nullable=False),
    Column("cree_le", String, nullable=False),
    Column("expire_le", String, nullable=False),
    Column("vu_le", String),
    Column("retire_le", String),
)

FAVORIS = Table(
    "favoris",
    METADATA,
    Column("utilisateur", String, primary_key=True),
    Column("adresse", String, primary_key=True),
    Column("titre", String, nullable=False),
)

# What a page asks of the engine (`nature`), and its answer: none, once answered, is a refusal.
DEMANDES_ESPACE = Table(
    "demandes_espace",
    METADATA,
    Column("empreinte", String(64), primary_key=True),
    Column("nature", String, nullable=False),
    Column("contenu", Scelle("demandes_espace.contenu"), nullable=False),
    Column("utilisateur", String, nullable=False),
    Column("demandee_le", String, nullable=False),
    Column("repondue_le", String),
    Column("reponse", Scelle("demandes_espace.reponse")),
    Index("ix_demandes_espace_demandee_le", "demandee_le"),
)

# What a user asks for. `contenu`: SHA-256 of what was typed, in the archive. `raison`: why it was
# refused; `suite`: the import that it became, or the name of the file.
DEMANDES = Table(
    "demandes",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("acte", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("utilisateur", String, nullable=False),
    Column("contenu", String(64), nullable=False),
    Column("motif", String, nullable=False),
    Column("instant", String, nullable=False),
    Column("etat", String, nullable=False),
    Column("etat_le", String, nullable=False),
    Column("raison", String),
    Column("suite", String),
    Index("ix_demandes_siren", "siren"),
    Index("ix_demandes_etat", "etat"),
)
