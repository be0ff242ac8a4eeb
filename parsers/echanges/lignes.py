"""The lines of a file: which record follows which, whose line it is, which lines are refused.

A line is the record that bears the key with those that follow it; the stops (30) of a declaration
come before its lines (31) and are of all of them (X-20).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.zones import RANG, Fichier
from specs.echanges import Genre
from specs.echanges.regles import ARRET, DECLARATION, JOUR, LIGNE

SALARIE_ARRETE, JOUR_PERDU = "31", "32"
PORTEUR = "ligne"  # rank of the record that bears the key
Frames = Mapping[str, pl.DataFrame]


def attach(fichier: Fichier) -> dict[str, pl.DataFrame]:
    """The records of a file with `ligne` (null: none precedes) and `declaration` (ARI, else null).

    `ligne`: rank of the record that they follow, their own when they follow none; null on a stop.
    `declaration`: rank of the first stop of their declaration.
    """
    if ARRET in fichier.enregistrements:
        return _attach_stops(fichier.enregistrements)
    attaches = {}
    rang = pl.col(RANG)
    for enregistrement in fichier.genre.details if fichier.genre else ():
        frame = fichier.enregistrements[enregistrement.code]
        if enregistrement.dans:
            porteurs = fichier.enregistrements[enregistrement.dans].select(RANG, ligne=RANG)
            frame = frame.join_asof(porteurs, on=RANG)
        else:
            frame = frame.with_columns(rang.alias(PORTEUR))
        attaches[enregistrement.code] = frame.with_columns(declaration=pl.lit(None, pl.Int64))
    return attaches


def _attach_stops(enregistrements: Frames) -> dict[str, pl.DataFrame]:
    suite = pl.concat(
        frame.select(RANG, pl.col("decl_id").fill_null(""), pl.lit(code).alias("type"))
        for code, frame in enregistrements.items()
    ).sort(RANG)
    rang, du_type = pl.col(RANG), pl.col("type")
    arret = du_type == ARRET
    meme = (du_type.shift() == ARRET) & (pl.col("decl_id").shift() == pl.col("decl_id"))
    suite = suite.select(
        RANG,
        pl.when(arret & ~meme.fill_null(value=False)).then(rang).forward_fill().alias(DECLARATION),
        pl.when(arret).then(rang).forward_fill().alias("arret"),
        pl.when(du_type == SALARIE_ARRETE).then(rang).forward_fill().alias("salarie"),
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
