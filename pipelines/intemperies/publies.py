"""What was last published of the declarations that are computed again."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.intemperies.regles.calcul import Publies
from pipelines.intemperies.regles.valeurs_dites import Avant
from pipelines.intemperies.touchees import Touchees
from pipelines.nuit.partage import read_publiees
from pipelines.nuit.parts import Part
from specs.contrats import PLACES, computed_columns
from warehouse.lac import is_one_of
from warehouse.maison import Maison


def read_juges(maison: Maison, part: Part, touchees: Touchees) -> Publies:
    """What was last published of some declarations, but their money."""
    return Publies(
        arrets=_read_published(maison, "arrets_intemperies", part, touchees),
        lignes=_read_published(maison, "lignes_intemperies", part, touchees),
    )


def read_regles(maison: Maison, part: Part, touchees: Touchees, juges: Publies) -> Publies:
    """`juges` (of `read_juges`) with the indemnities and the refunds."""
    rendus = _read_published(maison, "remboursements_intemperies", part, touchees)
    return replace(
        juges,
        indemnites=_read_published(maison, "indemnites_intemperies", part, touchees),
        remboursements=rendus.sort("siren", "declaration", "salarie", "annee", "campagne", "rang"),
    )


def _read_published(maison: Maison, table: str, part: Part, touchees: Touchees) -> pl.DataFrame:
    publiees = touchees.among(read_publiees(maison, table, part))
    return publiees.select(computed_columns(table)).collect()


def read_avant(maison: Maison, part: Part, publies: Publies) -> Avant:
    """What was published of the lines of these declarations: values and findings."""
    depots = is_one_of("depot", publies.lignes["depot"].unique())
    valeurs, constats = (
        read_publiees(maison, table, part).filter(depots).drop(PLACES, strict=False).collect()
        for table in ("valeurs_echange", "constats_echange")
    )
    return Avant(valeurs, constats, publies.lignes)
