"""Occurrences of blocks: where each starts, whether it may stand there, what it hangs from.

An occurrence starts where the block changes or where a rubric number does not grow. A block that
may stand only once under its parent starts again at the rubric that began it: another number that
does not grow is an error of order (CST-05) or a repetition (CST-09). An occurrence that may not
stand where it is (see `places`) is set aside with its lines, and what follows is judged as if it
were not there.

The last individual of a piece may go on in the next one: its lines wait for it (`Reprise.attente`),
so that where a message is cut into pieces changes nothing to what is found in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.grammaire import Grammaire
from parsers.dsn.places import (
    ENVOI,
    Suite,
    find_excess,
    find_strays,
    follow,
    grouped,
    silenced,
)

# Blocks that stand once a message or a declaration, above everything else.
EN_TETE = ("S10.G00.00", "S10.G00.01", "S10.G00.02", "S20.G00.05", "S21.G00.06", "S21.G00.11")
DECLARATION, INDIVIDU, PIED = "S20.G00.05", "S21.G00.30", "S90.G00.90"
# What is kept entire in one piece: the head of a declaration, an individual, someone else's fees.
UNITES = (DECLARATION, INDIVIDU, "S89.G00.32", "S89.G00.91")
# No individual is so long: a longer one is refused (see `longueurs`) and cut, so that no input
# makes lines pile up, and that what is read of an individual is in one piece.
ATTENTE_MAXIMALE = 10_000
LONGUES = UNITES[1:]  # the head of a declaration may be longer
ORPHELINES = pl.Schema(
    {
        "fichier": pl.UInt32,
        "bloc": pl.UInt8,
        "manque": pl.UInt8,  # the missing block that it hangs from
        "ancre": pl.Int64,  # line of what that block should hang from
        "ligne": pl.Int64,
        "nombre": pl.Int64,
    }
)


@dataclass(slots=True)
class Reprise:
    """What is carried from one piece to the next of the same message.

    `fichier` is the last file, `occurrences` how many of each block were met in it; `suite` says
    what the last lines were; `derniers` is the last occurrence of each block, as one-row frames,
    `enfants` how many of each block hang from the last occurrence of its parent, `orphelines` the
    stray occurrences below a block that may still be missing, `attente` the lines kept for the next
    piece, `unite` the length of what goes on (see `longueurs`), `lignes` and `declarations` the
    totals that S90 will state, `pied` its lines when it came early, `entreprises` the SIREN of each
    block S21.G00.06, `en_tete` the frames of the headers.
    """

    fichier: int | None = None
    occurrences: dict[str, int] = field(default_factory=dict)
    suite: Suite = field(default_factory=Suite)
    derniers: dict[str, pl.DataFrame] = field(default_factory=dict)
    enfants: dict[str, int] = field(default_factory=dict)
    orphelines: pl.DataFrame = field(default_factory=ORPHELINES.to_frame)
    attente: pl.DataFrame | None = None
    unite: pl.DataFrame | None = None
    lignes: int = 0
    declarations: int = 0
    pied: list[pl.DataFrame] = field(default_factory=list)
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
    the piece); `occurrences`: rang, envoi, fichier, bloc, ligne (the first); `orphelines`: stray
    occurrences below a missing block (`ORPHELINES`); `coupes`: messages (`envoi`) whose end is set
    aside because their header stands there again; `interrompues`: occurrences (`rang`) that a
    message without footer stops in.
    """

    lignes: pl.DataFrame
    occurrences: pl.DataFrame
    orphelines: pl.DataFrame
    coupes: tuple[int, ...]
    interrompues: pl.Series
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
    suite = reprise.suite
    rangees, occurrences = _cut_occurrences(connues.with_row_index("premiere"), grammaire)
    egarees = find_strays(occurrences, grammaire, suite.bloc, suite.vus)
    if len(egarees):
        rangees, occurrences = _cut_occurrences(_without(rangees, egarees), grammaire)
    suivies = occurrences
    en_trop = find_excess(occurrences, grammaire, suite.bloc, suite.ecarte)
    if len(en_trop):
        rangees, occurrences = _cut_occurrences(_without(rangees, en_trop), grammaire)
    reprise.attente = None if fin else _unfinished(connues, occurrences, grammaire)
    if reprise.attente is not None:
        jugee = pl.col("ligne") < reprise.attente["ligne"][0]
        rangees, occurrences = rangees.filter(jugee), occurrences.filter(jugee)
        suivies, egarees, en_trop = (f.filter(jugee) for f in (suivies, egarees, en_trop))
    egarees = silenced(egarees, suivies, en_trop, suite)
    reprise.suite = follow(suite, suivies, egarees, en_trop)
    rangees, ordre = _ordered(rangees, grammaire)
    return Structure(
        rangees,
        occurrences,
        _orphans(egarees, occurrences, grammaire, reprise),
        _cut_short(en_trop, suite),
        _interrupted(occurrences if fin else occurrences.clear(), grammaire),
        [*_told(egarees, en_trop, grammaire), *ordre],
    )


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
    """Lines with the rank of their occurrence, and the occurrences (`rang`, `premiere`...)."""
    bloc, rubrique = pl.col("bloc"), pl.col("rubrique")
    autre = (bloc != bloc.shift()) | (pl.col("envoi") != pl.col("envoi").shift())
    recul = (rubrique <= rubrique.shift()).fill_null(value=False)
    essais = connues.select(
        autre.fill_null(value=True).alias("autre"),
        recul.alias("recul"),
        grammaire.blocs_uniques.gather(connues["bloc"]).alias("unique"),
        "rubrique",
    )
    debut = essais["autre"] | (essais["recul"] & ~essais["unique"])
    if (essais["recul"] & ~debut).any():
        ouverture = pl.when("autre").then("rubrique").forward_fill()
        repris = (rubrique == ouverture) & (rubrique.shift() != ouverture)
        debut |= essais.select(repris & pl.col("unique")).to_series()
    rangees = connues.with_columns(
        debut.alias("debut"), (debut.cum_sum().cast(pl.Int64) - 1).cast(pl.UInt32).alias("rang")
    )
    occurrences = rangees.filter("debut").select(
        "rang", "envoi", "fichier", "bloc", "ligne", "premiere"
    )
    return rangees.drop("debut"), occurrences


def _without(rangees: pl.DataFrame, ecartees: pl.DataFrame) -> pl.DataFrame:
    """Lines but those of the occurrences set aside."""
    return rangees.filter(~pl.col("rang").is_in(ecartees["rang"].implode())).drop("rang")


def _told(egarees: pl.DataFrame, en_trop: pl.DataFrame, grammaire: Grammaire) -> list[pl.DataFrame]:
    """CST-01 and CST-02, but of what hangs from a missing block: `bornes` says whether it is."""
    un = pl.lit(1, pl.Int64).alias("nombre")
    seules = egarees.filter("dite", pl.col("manque").is_null()).with_columns(un)
    doubles = en_trop.filter("dite").with_columns(un)
    return [*grouped(seules, "CST-01", grammaire), *grouped(doubles, "CST-02", grammaire)]


def _orphans(
    egarees: pl.DataFrame, occurrences: pl.DataFrame, grammaire: Grammaire, reprise: Reprise
) -> pl.DataFrame:
    """Strays below a missing block, grouped under what that block should hang from."""
    orphelines = egarees.filter("dite", pl.col("manque").is_not_null())
    trouvees = [ORPHELINES.to_frame()]
    for (manque,), part in orphelines.partition_by("manque", as_dict=True).items():
        dessus = grammaire.parent[grammaire.blocs[manque]] or grammaire.blocs[ENVOI]
        ancres = occurrences.filter(bloc=grammaire.blocs.index(dessus))
        ancres = ancres.select("premiere", ancre="ligne")
        avant = reprise.derniers[dessus]["ligne"][-1] if dessus in reprise.derniers else None
        placees = part.join_asof(ancres, on="premiere").with_columns(
            pl.col("ancre").fill_null(pl.lit(avant, pl.Int64)), pl.lit(1, pl.Int64).alias("nombre")
        )
        trouvees.append(gather_orphans(placees))
    return pl.concat(trouvees)


def gather_orphans(orphelines: pl.DataFrame) -> pl.DataFrame:
    """One row a file, block and place, with their number: `ORPHELINES`."""
    cle = ["fichier", "bloc", "manque", "ancre"]
    groupes = orphelines.group_by(cle, maintain_order=True)
    return groupes.agg(pl.col("ligne").first(), pl.col("nombre").sum())


def _cut_short(en_trop: pl.DataFrame, avant: Suite) -> tuple[int, ...]:
    """Messages (`envoi`) whose end hangs from a second header, met here or in a piece before.

    `avant`: what the last lines of that piece were; a message that goes on is alone in its pieces.
    """
    coupes = en_trop.filter(chef=ENVOI)["envoi"].unique().to_list()
    return (*coupes, 0) if avant.ecarte == ENVOI else (*coupes,)


def _interrupted(occurrences: pl.DataFrame, grammaire: Grammaire) -> pl.Series:
    """Ranks of the last occurrences of messages that have no footer."""
    pied = pl.col("bloc") == grammaire.blocs.index(PIED)
    dernieres = occurrences.group_by("envoi").agg(pl.col("rang").last(), pied.any().alias("fini"))
    return dernieres.filter(~pl.col("fini"))["rang"]


def _ordered(
    rangees: pl.DataFrame, grammaire: Grammaire
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Lines but those out of order or repeated in their occurrence, with their anomalies."""
    ordre = _check_order(rangees, grammaire)
    if not ordre:
        return rangees, []
    lieu = ["fichier", "ligne"]
    fautives = pl.concat([frame.select(lieu) for frame in ordre])
    trouvees = [
        anomalies(frame, code) for code, frame in zip(("CST-05", "CST-09"), ordre, strict=True)
    ]
    return rangees.join(fautives, on=lieu, how="anti", maintain_order="left"), trouvees


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
    ).drop("valeur", "premiere")
    repetee = recul["rubrique"] == recul["avant"]
    return [lisible.filter(~repetee), lisible.filter(repetee)]
