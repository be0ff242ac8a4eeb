"""Whether a company may deposit its DSN: its convention, when the fund asks for one.

Option `convention_dsn`, of the month of reception; by default the box is enough. What another
deposits for a company is judged by its mandate, with the declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from parsers.anomalies import SCHEMA, anomalie
from pipelines.controle.admission import Admission
from pipelines.controle.lecture import Lecture
from pipelines.echanges.hors_droits import REFUSEES
from pipelines.echanges.regles.droits import ANET, CONVENTION_FERMEE, DSN
from specs.options import option_at
from specs.periodes import Mois
from warehouse.instants import paris_day
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.registre import read_adherents
from warehouse.registre.lecture import read_conventions

DEMANDEE = "oui"


def admit_dsn(maison: Maison, depots: Sequence[Depot], lecture: Lecture) -> Admission:
    """F001 of the DSN of a company without a main convention in force on the day of reception."""
    acceptes = {b.fichier for b in lecture.bilans if b.accepte and b.nature == DSN}
    jours = {d.numero: paris_day(d.recu_le) for d in depots if d.numero in acceptes}
    demandes = [d for d in depots if d.numero in jours and _is_asked(jours[d.numero])]
    refus = [SCHEMA.to_frame()]
    if demandes:
        with maison.moteur.connect() as connexion:
            adherents = read_adherents(connexion)
            conventions = read_conventions(connexion)
        recus = pl.DataFrame(
            [(d.numero, d.adherent, jours[d.numero]) for d in demandes],
            {"numero": pl.Int64, "numero_adherent": pl.String, "recu_le": pl.Date},
            orient="row",
        )
        sans = find_sans_convention(recus, adherents, conventions)
        refus += [anomalie(numero, CONVENTION_FERMEE, variante="dsn") for numero in sans]
    return Admission(pl.concat(refus), SCHEMA.to_frame(), REFUSEES.to_frame())


def find_sans_convention(
    recus: pl.DataFrame, adherents: pl.DataFrame, conventions: pl.DataFrame
) -> list[int]:
    """Numbers of the deposits of members that have no main convention that day, sorted.

    `recus`: numero, numero_adherent (the box), recu_le; `adherents`, `conventions`: contracts of
    these names. What is dropped in a box that is no member's is not judged here.
    """
    siens = recus.join(adherents.select("numero_adherent", "siren"), on="numero_adherent")
    tient = (pl.col("debut") <= pl.col("recu_le")) & (
        pl.col("fin").is_null() | (pl.col("recu_le") <= pl.col("fin"))
    )
    anet = conventions.filter(nature=ANET).select("siren", "debut", "fin")
    couverts = siens.join(anet, on="siren").filter(tient)
    return siens.join(couverts, on="numero", how="anti")["numero"].sort().to_list()


def _is_asked(jour: date) -> bool:
    return option_at("convention_dsn", Mois.from_date(jour)) == DEMANDEE
