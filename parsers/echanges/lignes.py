"""The lines of a file: which record follows which, whose line it is, which lines are refused.

A line is the record that bears the key with those that follow it; the stops (30) of a declaration
come before its lines (31) and are of all of them (X-20).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.liasses import Liasse
from parsers.echanges.zones import PIECE, RANG
from specs.echanges import Genre
from specs.echanges.regles import ARRET, DECLARATION, JOUR, LIGNE

SALARIE_ARRETE, JOUR_PERDU = "31", "32"
PORTEUR = "ligne"  # rank of the record that bears the key
Frames = Mapping[str, pl.DataFrame]


def attach(liasse: Liasse) -> dict[str, pl.DataFrame]:
    """The records of a bundle with `ligne` (null: none precedes), `declaration` (ARI, else null).

    `ligne`: rank of the record that they follow, their own when they follow none; null on a stop.
    `declaration`: rank of the first stop of their declaration.
    """
    if ARRET in liasse.enregistrements:
        return _attach_stops(liasse.enregistrements)
    attaches = {}
    rang = pl.col(RANG)
    for enregistrement in liasse.genre.details if liasse.genre else ():
        frame = liasse.enregistrements[enregistrement.code]
        if enregistrement.dans:
            porteurs = liasse.enregistrements[enregistrement.dans].select(
                RANG, pl.col(RANG).alias(PORTEUR), chez=PIECE
            )
            suivi = pl.when(pl.col("chez") == pl.col(PIECE)).then(PORTEUR).alias(PORTEUR)
            frame = frame.join_asof(porteurs, on=RANG).with_columns(suivi).drop("chez")
        else:
            frame = frame.with_columns(rang.alias(PORTEUR))
        attaches[enregistrement.code] = frame.with_columns(declaration=pl.lit(None, pl.Int64))
    return attaches


def _attach_stops(enregistrements: Frames) -> dict[str, pl.DataFrame]:
    suite = pl.concat(
        frame.select(RANG, PIECE, pl.col("decl_id").fill_null(""), pl.lit(code).alias("type"))
        for code, frame in enregistrements.items()
    ).sort(RANG)
    rang, du_type = pl.col(RANG), pl.col("type")
    arret = du_type == ARRET
    meme = pl.all_horizontal(
        du_type.shift() == ARRET,
        pl.col("decl_id").shift() == pl.col("decl_id"),
        pl.col(PIECE).shift() == pl.col(PIECE),
    )
    suite = suite.select(
        RANG,
        _last(arret & ~meme.fill_null(value=False), DECLARATION),
        _last(arret, "arret"),
        _last(du_type == SALARIE_ARRETE, "salarie"),
    ).with_columns(
        pl.when(rang == pl.col("arret"))
        .then(None)
        .otherwise(pl.when(pl.col("salarie") > pl.col("arret").fill_null(0)).then("salarie"))
        .alias(PORTEUR)
    )
    return {
        code: frame.join(suite.select(RANG, PORTEUR, DECLARATION), on=RANG, maintain_order="left")
        for code, frame in enregistrements.items()
    }


def _last(ou: pl.Expr, nom: str) -> pl.Expr:
    """Rank of the last record of the file that is such, up to each."""
    return pl.when(ou).then(RANG).forward_fill().over(PIECE).alias(nom)


def refused_lines(genre: Genre, frames: Frames, constats: Constats) -> pl.Series:
    """Ranks of the lines refused so far, in order."""
    lignes = frames[genre.ligne.code]
    refusees = [
        frame.filter(constats.fautifs(LIGNE, frame[RANG]))[PORTEUR] for frame in frames.values()
    ]
    if ARRET in frames:
        tombees = refused_declarations(frames, constats)
        refusees.append(lignes.filter(pl.col(DECLARATION).is_in(tombees.implode()))[RANG])
        refusees.append(_without_days(frames[JOUR_PERDU], constats))
    return pl.concat(refusees).drop_nulls().unique().sort()


def refused_declarations(frames: Frames, constats: Constats) -> pl.Series:
    """Declarations (rank of their first stop) with a fault that is of all their lines."""
    tombees = [
        f.filter(constats.fautifs(DECLARATION, f[RANG]))[DECLARATION] for f in frames.values()
    ]
    return pl.concat(tombees).drop_nulls().unique()


def _without_days(jours: pl.DataFrame, constats: Constats) -> pl.Series:
    """Lines all of whose days are refused."""
    refuses = jours.with_columns(constats.fautifs(JOUR, jours[RANG]).alias("refuse"))
    return refuses.group_by(PORTEUR).agg(pl.col("refuse").all()).filter("refuse")[PORTEUR]
