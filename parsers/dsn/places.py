"""Occurrences of blocks that may not stand where they are, and which of them are told.

Two faults: an occurrence *strays* (CST-01) when it may not follow the last one in its place; it is
*in excess* (CST-02) when it repeats a block that stands once under its parent, and is then set
aside with all that hangs from it: what is read keeps the cardinalities of the norm.

One cause is told once. What hangs from a stray block strays too, in silence; what hangs from a
missing block (`manque`) is told only when the absence of that block is not (see `bornes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.grammaire import Grammaire

ENVOI = 0  # rank of the header of a message, from which everything hangs
_ECARTEE = {
    "rang": pl.UInt32(),
    "envoi": pl.UInt32(),
    "fichier": pl.UInt32(),
    "bloc": pl.UInt8(),
    "ligne": pl.Int64(),
    "premiere": pl.UInt32(),
    "dite": pl.Boolean(),
    "manque": pl.UInt8(),
}
EGAREES, EN_TROP = pl.Schema(_ECARTEE), pl.Schema({**_ECARTEE, "chef": pl.UInt8()})


@dataclass(frozen=True, slots=True)
class Suite:
    """What the lines before were: `bloc`, rank of the last one that did not stray (-1: none).

    `ecarte`: the block in excess that it hangs from; `vus`: the blocks that strayed since, a bit
    each.
    """

    bloc: int = -1
    ecarte: int | None = None
    vus: int = 0


def find_strays(
    occurrences: pl.DataFrame, grammaire: Grammaire, depart: int, vus: int
) -> pl.DataFrame:
    """Occurrences (`rang`, `envoi`, `fichier`, `bloc`, `ligne`, `premiere`) that stray: `EGAREES`.

    `depart` is the rank of the block before the first one (-1: none), `vus` the blocks that stray
    just before it, a bit each. The fast path looks every succession up at once; only after a fault
    are the following occurrences compared one by one with the last one in its place.
    """
    suspectes = ~_looked_up(occurrences, grammaire.successions, depart, len(grammaire.blocs))
    if not suspectes.any():
        return EGAREES.to_frame()
    rangs, dites, manques = _walk(
        occurrences, suspectes.arg_true().to_list(), depart, vus, grammaire
    )
    return (
        occurrences[rangs]
        .with_columns(pl.Series("dite", dites, pl.Boolean), pl.Series("manque", manques, pl.UInt8))
        .select(EGAREES.names())
    )


def _looked_up(occurrences: pl.DataFrame, table: pl.Series, depart: int, nombre: int) -> pl.Series:
    """What a table of successions of `nombre` blocks says of each occurrence after another."""
    bloc = pl.col("bloc").cast(pl.Int32)
    debut_envoi = pl.col("envoi") != pl.col("envoi").shift()
    precedent = pl.when(debut_envoi).then(-1).otherwise(bloc.shift()).fill_null(depart)
    return table.gather(occurrences.select((precedent + 1) * nombre + bloc).to_series())


def _walk(
    occurrences: pl.DataFrame, suspectes: list[int], depart: int, vus: int, grammaire: Grammaire
) -> tuple[list[int], list[bool], list[int | None]]:
    """From each suspect succession on: which stray, whether they are told, the block they lack."""
    nombre, admises = len(grammaire.blocs), grammaire.successions.to_list()
    dessus, attendus = grammaire.ancetres, grammaire.attendus
    blocs, envois = occurrences["bloc"].to_list(), occurrences["envoi"].to_list()
    rangs: list[int] = []
    dites: list[bool] = []
    manques: list[int | None] = []
    juge = -1  # the last occurrence judged
    for suspecte in suspectes:
        if suspecte <= juge:
            continue
        juge = suspecte
        avant, vus = (blocs[juge - 1], 0) if juge else (depart, vus)
        while juge < len(blocs):
            bloc = blocs[juge]
            if juge and envois[juge] != envois[juge - 1]:
                avant, vus = -1, 0
            succession = (avant + 1) * nombre + bloc
            if admises[succession]:
                break
            attendu = attendus[succession]
            rangs.append(juge)
            dites.append(not vus & dessus[bloc])
            manques.append(attendu if attendu != bloc else None)
            vus |= 1 << bloc
            juge += 1
    return rangs, dites, manques


def find_excess(
    occurrences: pl.DataFrame, grammaire: Grammaire, depart: int, ecarte: int | None
) -> pl.DataFrame:
    """Occurrences, none of which strays, that repeat a block and what hangs from them: `EN_TROP`.

    `ecarte`: rank of the block in excess whose descendants go on at the first one; `chef` is that
    block for each of them.
    """
    candidates = _looked_up(occurrences, grammaire.repetitions, depart, len(grammaire.blocs))
    if ecarte is None and not candidates.any():
        return EN_TROP.to_frame()
    blocs, envois = occurrences["bloc"].to_list(), occurrences["envoi"].to_list()
    rangs: list[int] = []
    chefs: list[int] = []
    fin = 0
    if ecarte is not None:
        fin = _end_of_branch(blocs, envois, 0, grammaire.descendants[ecarte])
        rangs, chefs = list(range(fin)), [ecarte] * fin
    for debut in candidates.arg_true().to_list():
        if debut >= fin:
            fin = _end_of_branch(blocs, envois, debut + 1, grammaire.descendants[blocs[debut]])
            rangs += range(debut, fin)
            chefs += [blocs[debut]] * (fin - debut)
    bloc, chef = pl.col("bloc"), pl.col("chef")
    return (
        occurrences[rangs]
        .with_columns(pl.Series("chef", chefs, pl.UInt8), pl.lit(None, pl.UInt8).alias("manque"))
        .with_columns((bloc == chef).alias("dite"))
        .select(EN_TROP.names())
    )


def _end_of_branch(
    blocs: Sequence[int], envois: Sequence[int], debut: int, descendants: int
) -> int:
    """Rank after the last of the occurrences from `debut` on that hang from the same one."""
    fin = debut
    while fin < len(blocs) and descendants >> blocs[fin] & 1:
        if fin and envois[fin] != envois[fin - 1]:
            break
        fin += 1
    return fin


def silenced(
    egarees: pl.DataFrame, suivies: pl.DataFrame, en_trop: pl.DataFrame, suite: Suite
) -> pl.DataFrame:
    """Strays without those that stand among what is set aside: they are not told."""
    if egarees.is_empty() or (en_trop.is_empty() and suite.ecarte is None):
        return egarees
    ecartees = suivies.select(
        "premiere", "envoi", dedans=pl.col("rang").is_in(en_trop["rang"].implode())
    )
    places = egarees.select("premiere", "envoi").join_asof(
        ecartees, on="premiere", by="envoi", check_sortedness=False
    )
    dedans = places["dedans"].fill_null(suite.ecarte is not None)
    return egarees.with_columns(dite=pl.col("dite") & ~dedans)


def follow(
    suite: Suite, suivies: pl.DataFrame, egarees: pl.DataFrame, en_trop: pl.DataFrame
) -> Suite:
    """What follows occurrences: those that did not stray (`suivies`), and those set aside."""
    if suivies.is_empty():
        return replace(suite, vus=suite.vus | _bits(egarees["bloc"]))
    derniere = suivies["premiere"][-1]
    ecartee = len(en_trop) and en_trop["premiere"][-1] == derniere
    return Suite(
        suivies["bloc"][-1],
        en_trop["chef"][-1] if ecartee else None,
        _bits(egarees.filter(pl.col("premiere") > derniere)["bloc"]),
    )


def _bits(blocs: pl.Series) -> int:
    return sum(1 << bloc for bloc in blocs.unique().to_list())


def grouped(fautives: pl.DataFrame, code: str, grammaire: Grammaire) -> list[pl.DataFrame]:
    """One anomaly a file and block, at its first place, with the number of occurrences.

    `fautives`: fichier, bloc (rank), ligne, nombre.
    """
    if fautives.is_empty():
        return []
    groupes = (
        fautives.sort("fichier", "ligne")
        .group_by("fichier", "bloc", maintain_order=True)
        .agg(pl.col("ligne").first(), pl.col("nombre").sum())
    )
    noms = pl.Series(grammaire.blocs, dtype=pl.String).gather(groupes["bloc"])
    parents = [grammaire.parent[nom] for nom in noms]
    groupes = groupes.with_columns(noms.alias("bloc"), pl.Series("attendu", parents, pl.String))
    return [anomalies(groupes, code, variante="en_trop" if code == "CST-02" else None)]
