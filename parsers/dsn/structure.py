"""Occurrences of blocks: where each starts, whether it may stand there, what it hangs from.

An occurrence starts where the block changes or where a rubric number does not grow. In a block that
may stand only once under its parent, a number that does not grow is instead an error of order
(CST-05) or a repetition (CST-09). An occurrence that may not follow the one before it (CST-01) is
set aside with its lines, and what follows is judged as if it were not there.

The last individual of a piece may go on in the next one: its lines wait for it (`Reprise.attente`),
so that where a message is cut into pieces changes nothing to what is found in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.grammaire import Grammaire

# Blocks that stand once a message or a declaration, above everything else.
EN_TETE = ("S10.G00.00", "S10.G00.01", "S10.G00.02", "S20.G00.05", "S21.G00.06", "S21.G00.11")
DECLARATION, INDIVIDU = "S20.G00.05", "S21.G00.30"
# What is kept entire in one piece: the head of a declaration, an individual, someone else's fees.
UNITES = (DECLARATION, INDIVIDU, "S89.G00.32", "S89.G00.91")
# No message holds so long an occurrence: beyond it is cut, so that no input makes lines pile up.
ATTENTE_MAXIMALE = 10_000


@dataclass(slots=True)
class Reprise:
    """What is carried from one piece to the next of the same message.

    `fichier` is the last file, `occurrences` how many of each block were met in it; `bloc` is the
    rank of the last block, `derniers` the last occurrence of each block, as one-row frames,
    `enfants` how many of each block hang from the last occurrence of its parent, `attente` the
    lines kept for the next piece, `lignes` and `declarations` the totals that S90 will state,
    `entreprises` the SIREN of each block S21.G00.06, `en_tete` the frames of the headers.
    """

    fichier: int | None = None
    occurrences: dict[str, int] = field(default_factory=dict)
    bloc: int | None = None
    derniers: dict[str, pl.DataFrame] = field(default_factory=dict)
    enfants: dict[str, int] = field(default_factory=dict)
    attente: pl.DataFrame | None = None
    lignes: int = 0
    declarations: int = 0
    en_tete: dict[str, pl.DataFrame] = field(default_factory=dict)
    entreprises: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"fichier": pl.UInt32, "occurrence": pl.Int64, "siren": pl.String}
        )
    )

    def count(self, fichier: int, reperes: dict[str, pl.DataFrame]) -> None:
        """Keep the rank of the last occurrence of each block in `fichier`, the last file."""
        deja = self.occurrences if fichier == self.fichier else {}
        vues = {b: r["occurrence"][-1] for b, r in reperes.items() if r["fichier"][-1] == fichier}
        self.fichier, self.occurrences = fichier, deja | vues

    def remember(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Keep the headers that rows of the next pieces will look up."""
        for bloc, frame in frames.items():
            if bloc in EN_TETE:
                lues = [self.en_tete[bloc], frame] if bloc in self.en_tete else [frame]
                self.en_tete[bloc] = pl.concat(lues)

    def next_message(self) -> Reprise:
        """What stays when a message ends: a file may hold several."""
        return Reprise(self.fichier, self.occurrences)


@dataclass(frozen=True, slots=True)
class Structure:
    """Lines and occurrences that stand where they may.

    `lignes`: envoi, fichier, ligne, rubrique, valeur, bloc UInt8, rang UInt32 (of the occurrence in
    the piece); `occurrences`: rang, envoi, fichier, bloc, ligne (the first).
    """

    lignes: pl.DataFrame
    occurrences: pl.DataFrame
    anomalies: list[pl.DataFrame]


def compute_structure(
    lignes: pl.DataFrame, grammaire: Grammaire, reprise: Reprise, *, fin: bool
) -> Structure:
    """Cut known lines into occurrences; see the module for the rules."""
    connues = lignes.select("envoi", "fichier", "ligne", "rubrique", "valeur").filter(
        pl.col("rubrique").is_not_null()
    )
    connues = connues.with_columns(
        grammaire.bloc_de_rubrique.gather(connues["rubrique"]).alias("bloc")
    )
    if reprise.attente is not None:
        connues = pl.concat([reprise.attente, connues], rechunk=True)
    toutes = connues
    egarees: list[pl.DataFrame] = []
    while True:
        rangees, occurrences = _cut_occurrences(connues, grammaire)
        mal_placees = _misplaced(occurrences, grammaire, reprise)
        if mal_placees.is_empty():
            break
        egarees.append(occurrences.filter(pl.col("rang").is_in(mal_placees.implode())))
        connues = connues.filter(~rangees["rang"].is_in(mal_placees.implode()))
    reprise.attente = None if fin else _unfinished(toutes, occurrences, grammaire)
    if reprise.attente is not None:
        jugee = pl.col("ligne") < reprise.attente["ligne"][0]
        rangees, occurrences = rangees.filter(jugee), occurrences.filter(jugee)
        egarees = [frame.filter(jugee) for frame in egarees]
    ordre = _check_order(rangees, grammaire)
    fautives = pl.concat(ordre).select("fichier", "ligne") if ordre else None
    if fautives is not None:
        rangees = rangees.join(fautives, on=["fichier", "ligne"], how="anti", maintain_order="left")
    return Structure(rangees, occurrences, [*_cst_01(egarees, grammaire), *ordre])


def _unfinished(
    connues: pl.DataFrame, occurrences: pl.DataFrame, grammaire: Grammaire
) -> pl.DataFrame | None:
    """Lines that wait for the next piece: the last of `UNITES`, entire.

    So what depends on one individual finds its blocks in one piece. One that is too long to wait
    is cut at its last occurrence. Lines set aside meanwhile wait too.
    """
    unites = [grammaire.blocs.index(bloc) for bloc in UNITES]
    for debuts in (occurrences.filter(pl.col("bloc").is_in(unites)), occurrences):
        if not debuts.is_empty():
            attente = connues.filter(pl.col("ligne") >= debuts["ligne"][-1])
            if len(attente) <= ATTENTE_MAXIMALE:
                return attente
    return None


def _cut_occurrences(
    connues: pl.DataFrame, grammaire: Grammaire
) -> tuple[pl.DataFrame, pl.DataFrame]:
    bloc, rubrique = pl.col("bloc"), pl.col("rubrique")
    unique = grammaire.blocs_uniques.gather(connues["bloc"])
    debut = (
        (bloc != bloc.shift())
        | (pl.col("envoi") != pl.col("envoi").shift())
        | ((rubrique <= rubrique.shift()) & ~unique)
    ).fill_null(value=True)
    rangees = connues.with_columns(debut.alias("debut")).with_columns(
        (pl.col("debut").cum_sum() - 1).cast(pl.UInt32).alias("rang")
    )
    occurrences = rangees.filter("debut").select("rang", "envoi", "fichier", "bloc", "ligne")
    return rangees.drop("debut"), occurrences


def _misplaced(occurrences: pl.DataFrame, grammaire: Grammaire, reprise: Reprise) -> pl.Series:
    """Ranks of the occurrences that may not stand where they are.

    The fast path looks every succession up at once; only after a fault are the following
    occurrences compared one by one with the last one that was in place.
    """
    if occurrences.is_empty():
        return pl.Series("rang", [], dtype=pl.UInt32)
    nombre = len(grammaire.blocs)
    depart = -1 if reprise.bloc is None else reprise.bloc
    bloc = pl.col("bloc").cast(pl.Int32)
    debut_envoi = pl.col("envoi") != pl.col("envoi").shift()
    precedent = pl.when(debut_envoi).then(-1).otherwise(bloc.shift()).fill_null(depart)
    indices = occurrences.select(((precedent + 1) * nombre + bloc).alias("succession"))
    admises = grammaire.successions.gather(indices["succession"])
    if admises.all():
        return pl.Series("rang", [], dtype=pl.UInt32)
    suspectes = (~admises).arg_true().to_list()
    return occurrences["rang"].gather(_strays(occurrences, suspectes, depart, grammaire))


def _strays(
    occurrences: pl.DataFrame, suspectes: list[int], depart: int, grammaire: Grammaire
) -> list[int]:
    """From each suspect succession on, compare with the last occurrence that was in place."""
    nombre, admises = len(grammaire.blocs), grammaire.successions.to_list()
    blocs, envois = occurrences["bloc"].to_list(), occurrences["envoi"].to_list()
    egarees: list[int] = []
    juge = -1  # the last occurrence judged
    for suspecte in suspectes:
        if suspecte <= juge:
            continue
        juge = suspecte
        avant = blocs[juge - 1] if juge else depart
        while juge < len(blocs):
            if juge and envois[juge] != envois[juge - 1]:
                avant = -1
            if admises[(avant + 1) * nombre + blocs[juge]]:
                break
            egarees.append(juge)
            juge += 1
    return egarees


def _cst_01(egarees: list[pl.DataFrame], grammaire: Grammaire) -> list[pl.DataFrame]:
    """One anomaly a file and block, at its first place, with the number of occurrences."""
    egarees = [frame for frame in egarees if len(frame)]
    if not egarees:
        return []
    groupes = (
        pl.concat(egarees)
        .sort("fichier", "ligne")
        .group_by("fichier", "bloc", maintain_order=True)
        .agg(pl.col("ligne").first(), pl.len().alias("nombre"))
    )
    noms = pl.Series(grammaire.blocs, dtype=pl.String).gather(groupes["bloc"])
    parents = [grammaire.parent[nom] for nom in noms]
    groupes = groupes.with_columns(noms.alias("bloc"), pl.Series("attendu", parents, pl.String))
    return [anomalies(groupes.with_columns(pl.col("nombre").cast(pl.Int64)), "CST-01")]


def _check_order(rangees: pl.DataFrame, grammaire: Grammaire) -> list[pl.DataFrame]:
    """CST-05 and CST-09 inside one occurrence: the numbers of its rubrics must grow."""
    meme = pl.col("rang") == pl.col("rang").shift()
    avant = pl.col("rubrique").shift()
    if not rangees.select((meme & (pl.col("rubrique") <= avant)).any()).item():
        return []
    plus_haut = pl.col("rubrique").cast(pl.Int64).cum_max().over("rang").shift()
    recul = rangees.with_columns(avant=plus_haut).filter(meme & (pl.col("rubrique") <= plus_haut))
    identifiants = pl.Series(grammaire.rubriques, dtype=pl.String)
    lisible = recul.with_columns(
        rubrique=identifiants.gather(recul["rubrique"]),
        bloc=identifiants.gather(recul["rubrique"]).str.head(10),
    ).drop("valeur")
    repetee = recul["rubrique"] == recul["avant"]
    return [
        anomalies(lisible.filter(~repetee), "CST-05"),
        anomalies(lisible.filter(repetee), "CST-09"),
    ]
