"""Rows of a shard put in place of others: the periods that they change are read whole, no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.nuit.execution import Production
from pipelines.nuit.parts import Part, in_part
from specs.contrats import Contrat, read_contrat
from warehouse.lac import Valeur
from warehouse.maison import Maison


@dataclass(frozen=True, slots=True)
class Remplacement:
    """What is to be written of a table: rows of whole periods, and which they are.

    A table without period is written whole, and `periodes` is empty.
    """

    lignes: pl.DataFrame
    periodes: frozenset[Valeur]


def replace_rows(
    maison: Maison, table: str, part: Part, avant: pl.DataFrame, apres: pl.DataFrame
) -> Remplacement:
    """The shard of `table` with the rows `apres` in place of its rows `avant`.

    Both in the columns of the contract; no other row of the shard has a key of `apres`.
    """
    contrat = read_contrat(table)
    autres = maison.lac.read(table).filter(part.rangees())
    periodes: frozenset[Valeur] = frozenset()
    if contrat.periode is not None:
        periodes = _find_changed(contrat, avant, apres)
        dedans = pl.col(contrat.periode).is_in(
            pl.Series(sorted(periodes, key=str), dtype=apres.schema[contrat.periode]).implode()
        )
        autres, apres = autres.filter(dedans), apres.filter(dedans)
        if not periodes:
            return Remplacement(apres, periodes)
    gardees = autres.collect().join(avant, on=contrat.cle, how="anti")
    return Remplacement(_merge(gardees, apres, contrat), periodes)


def replace_all(
    maison: Maison,
    part: Part,
    avant: Mapping[str, pl.DataFrame],
    frames: Mapping[str, pl.DataFrame],
    nombres: Mapping[str, int],
) -> Production:
    """Rows of each table, without their shard, in place of those that it holds (`avant`)."""
    refaites = {nom: in_part(nom, frame, part) for nom, frame in frames.items()}
    mises = {
        nom: replace_rows(maison, nom, part, avant[nom], frame) for nom, frame in refaites.items()
    }
    return Production(
        {nom: mise.lignes for nom, mise in mises.items()},
        nombres,
        {nom: mise.periodes for nom, mise in mises.items()},
        refaites,
    )


def _find_changed(contrat: Contrat, avant: pl.DataFrame, apres: pl.DataFrame) -> frozenset[Valeur]:
    """Periods that have other rows after than before."""
    anciennes, nouvelles = (_by_period(contrat, frame) for frame in (avant, apres))
    vide = apres.clear()
    return frozenset(
        valeur
        for valeur in anciennes.keys() | nouvelles.keys()
        if not anciennes.get(valeur, vide).equals(nouvelles.get(valeur, vide))
    )


def _by_period(contrat: Contrat, frame: pl.DataFrame) -> dict[Valeur, pl.DataFrame]:
    groupes = frame.sort(contrat.cle).group_by(str(contrat.periode), maintain_order=True)
    return {valeur: lignes for (valeur,), lignes in groupes}


def _merge(autres: pl.DataFrame, refaites: pl.DataFrame, contrat: Contrat) -> pl.DataFrame:
    """Both by the first column of the key: what is nearly in order is soon put in order."""
    cle = contrat.cle
    return autres.sort(cle).merge_sorted(refaites.sort(cle), key=cle[0])
