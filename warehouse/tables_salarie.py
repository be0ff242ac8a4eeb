"""Tables of how an employee comes to his page: links, sessions; as the migrations build them.

Neither a link nor its code is kept: the one by its SHA-256, the other as Argon2 gives it.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from warehouse.metadonnees import METADATA

# `salarie`: the pseudonym that it opens; `ouvertures`: those left; `essais`: wrong codes so far.
LIENS_SALARIE = Table(
    "liens_salarie",
    METADATA,
    Column("empreinte", String(64), primary_key=True),
    Column("salarie", String, nullable=False),
    Column("code", String, nullable=False),
    Column("ouvertures", Integer, nullable=False),
    Column("essais", Integer, nullable=False),
    Column("emis_le", String, nullable=False),
    Column("expire_le", String, nullable=False),
    Column("ferme_le", String),
    Index("ix_liens_salarie_salarie", "salarie"),
)

# `lien`: the link that opened it; closed with it.
SESSIONS_SALARIE = Table(
    "sessions_salarie",
    METADATA,
    Column("empreinte", String(64), primary_key=True),
    Column("lien", String(64), nullable=False),
    Column("ouverte_le", String, nullable=False),
    Column("vue_le", String, nullable=False),
    Column("fermee_le", String),
    Index("ix_sessions_salarie_lien", "lien"),
)
