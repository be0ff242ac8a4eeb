"""What the page shows of a publication: counts and sums of what is published, nothing computed.

Example: ``read_page(maison, numero=3)`` holds the values of the template ``page.html``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from reporting.lecture import read_arretes, read_publication, read_table
from specs.contrats import Contrat, Lecteur, contrats
from warehouse.maison import Maison
from warehouse.publications import Publication

# A page stays readable and quick; whole tables are downloads.
LIGNES_MAX = 500


@dataclass(frozen=True, slots=True)
class Etat:
    """A state of a deposit as people read it; ``ton`` names its colour."""

    libelle: str
    ton: str


ETATS = {
    "RECU": Etat("Reçu", "neutre"),
    "CONFORME": Etat("Conforme", "bon"),
    "INTEGRE": Etat("Intégré", "bon"),
    "EN_ATTENTE": Etat("En attente", "attente"),
    "MIS_A_L_ECART": Etat("Mis à l'écart", "attente"),
    "NON_CONFORME": Etat("Non conforme", "refus"),
    "ILLISIBLE": Etat("Illisible", "refus"),
    "DOUBLON": Etat("Doublon", "neutre"),
    "REMPLACE": Etat("Remplacé", "neutre"),
    "ANNULE": Etat("Annulé", "neutre"),
}


@dataclass(frozen=True, slots=True)
class Compte:
    """Number of deposits in a state."""

    etat: str
    nombre: int


@dataclass(frozen=True, slots=True)
class Page:
    """Values of the page of a publication.

    Attributes:
        publication: the one that is read.
        arretes: decision date of each publication, by number, the last one first.
        comptes: deposits by state, in the order of a deposit's life.
        depots: the last rows of ``depots``, the last one first, with the ``mois`` they declare.
        appels: the first rows of ``appels``.
        nombre_depots, nombre_appels: rows of the whole tables.
        total_centimes: sum of the calls.
        tables: contracts of the tables offered as downloads.
    """

    publication: Publication
    arretes: dict[int, date]
    comptes: list[Compte]
    depots: list[dict[str, Any]]
    appels: list[dict[str, Any]]
    nombre_depots: int
    nombre_appels: int
    total_centimes: int
    tables: list[Contrat]


def read_page(maison: Maison, numero: int | None = None) -> Page | None:
    """Read the page of a publication, the last one by default; None before the first one.

    Raises:
        Introuvable: this number was never published.
    """
    publication = read_publication(maison, numero)
    if publication is None:
        return None
    # The number is resolved once: all the tables of a page come from one publication.
    depots = read_table(maison, "depots", publication.numero, lecteur=Lecteur.PORTAIL)
    appels = read_table(maison, "appels", publication.numero, lecteur=Lecteur.PORTAIL)
    derniers = depots.reverse().head(LIGNES_MAX)
    mois = _read_mois(maison, publication.numero)
    return Page(
        publication=publication,
        arretes=read_arretes(maison),
        comptes=_count_etats(depots),
        depots=derniers.join(mois, on="depot", how="left", maintain_order="left").to_dicts(),
        appels=appels.head(LIGNES_MAX).to_dicts(),
        nombre_depots=depots.height,
        nombre_appels=appels.height,
        total_centimes=int(appels["montant_centimes"].sum()),
        tables=[contrat for contrat in contrats().values() if contrat.publie],
    )


def _count_etats(depots: pl.DataFrame) -> list[Compte]:
    nombres: dict[str, int] = dict(depots.group_by("etat").len().iter_rows())
    connus = [etat for etat in ETATS if etat in nombres]
    autres = sorted(nombres.keys() - ETATS.keys())
    return [Compte(etat, nombres[etat]) for etat in [*connus, *autres]]


def _read_mois(maison: Maison, numero: int) -> pl.DataFrame:
    """Read the months that each deposit declares: depot, mois (sorted list of AAAA-MM)."""
    declarations = read_table(maison, "declarations", numero, lecteur=Lecteur.PORTAIL)
    mois = pl.col("mois_appel").drop_nulls().unique().sort().alias("mois")
    return declarations.group_by("depot").agg(mois)
