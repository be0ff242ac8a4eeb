"""The published alerts: what failed for one deposit or one company, and whether it still does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.nuit.reserves.depots import read_ecartes
from specs.contrats import codes_of, read_contrat, schema_polars
from specs.typographie import format_compte
from warehouse.alertes import Alerte, read_alertes, read_reserves
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

OUVERTE, LEVEE = codes_of("alertes", "etat", "OUVERTE", "LEVEE")


def read_table_alertes(maison: Maison, tenues: frozenset[str]) -> pl.DataFrame:
    """Contract `alertes`, in the order of its key.

    Open while the deposit is set aside, or while the company is held (`tenues`: those of tonight):
    of the alerts of a company, the last one alone.
    """
    with maison.moteur.connect() as connexion:
        alertes = read_alertes(connexion)
        ecartes = read_ecartes(connexion)
        dernieres = {r.siren: r.alerte for r in read_reserves(connexion) if r.siren in tenues}
    ouvertes = set(dernieres.values())

    def etat(nom: str, alerte: Alerte) -> str:
        return OUVERTE if alerte.depot in ecartes or nom in ouvertes else LEVEE

    colonnes = schema_polars(read_contrat("alertes"))
    lignes = [
        {"alerte": nom, "etat": etat(nom, alerte), **_fields(alerte)} for nom, alerte in alertes
    ]
    return pl.DataFrame(lignes, schema=colonnes).sort("alerte")


def _fields(alerte: Alerte) -> dict[str, date | str | None]:
    noms = ("date_arrete", "nature", "depot", "siren", "etape", "cause")
    return {nom: getattr(alerte, nom) for nom in noms}


def write_alertes(maison: Maison, tenues: frozenset[str], autres: Sequence[pl.DataFrame]) -> int:
    """Write the alerts, with `autres` (same contract), when they changed; how many are open."""
    alertes = pl.concat([read_table_alertes(maison, tenues), *autres]).sort("alerte")
    if not alertes.equals(maison.lac.read("alertes").collect().sort("alerte")):
        maison.lac.write("alertes", alertes, None)
    return alertes.filter(pl.col("etat") == OUVERTE).height


def read_ouvertes(maison: Maison) -> pl.DataFrame:
    """Open alerts of the last publication, contract `alertes`, in the order of the key."""
    ouvertes = read_table_publiee(maison, "alertes").filter(pl.col("etat") == OUVERTE)
    return ouvertes.collect().sort("alerte")


def describe_reserves(maison: Maison) -> str | None:
    """What the last publication leaves open, in one sentence; None when nothing is."""
    nombre = read_ouvertes(maison).height
    if not nombre:
        return None
    alertes = format_compte(nombre, "alerte ouverte")
    return f"Nuit publiée avec réserves : {alertes}, voir caisse alertes."
