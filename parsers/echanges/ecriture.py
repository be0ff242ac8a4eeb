"""The fixed form of an exchange file, written from its zones: every kind, in and out.

œ, Œ and € are written oe, OE and EUR; the trailer and its hash are computed again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from parsers.anomalies import SCHEMA, anomalies
from parsers.echanges.composition import CHARTE, ValeurHorsZone
from parsers.echanges.totaux import render_tous_totaux
from parsers.echanges.zones import (
    PIECE,
    RANG,
    REFUS,
    TYPE,
    Ensemble,
    Fichier,
    alone,
    colonne_of,
    frame_of,
)
from specs.echanges import CONTROLE, ENTETE, Enregistrement, read_enveloppe

LIGATURES = {"œ": "oe", "Œ": "OE", "€": "EUR"}
HORS_CHARTE = "[^\u0020-\u007e\u00a0-\u00ff]"  # once these are written in the fixed form


def write_fixe(fichier: Fichier, fin_de_ligne: bytes = b"\n") -> bytes:
    """The bytes of the file.

    ValeurHorsZone when a text has a character that the fixed form can't hold (`find_hors_charte`
    says which), or a zone is none of this form.
    """
    if fichier.genre is None or fichier.entete is None:
        raise ValeurHorsZone("fichier sans genre ou sans en-tête")
    seul = Ensemble(fichier.genre, [fichier.entete], alone(fichier.enregistrements))
    (octets,) = write_fixes(seul, fin_de_ligne)
    return octets


def write_fixes(ensemble: Ensemble, fin_de_ligne: bytes = b"\n") -> list[bytes]:
    """The bytes of each file; ValeurHorsZone as `write_fixe` does, for any of them."""
    genre, fin = ensemble.genre, fin_de_ligne.decode("ascii")
    textes = [
        [texte] for texte in _bords(ENTETE, [{**e, "charset": CHARTE} for e in ensemble.entetes])
    ]
    details = [_lines(genre.enregistrements[c], f) for c, f in ensemble.enregistrements.items()]
    ordonnes = pl.concat([_VIDE, *details]).sort(PIECE, RANG)
    for piece, texte in zip(ordonnes[PIECE].to_list(), ordonnes["texte"].to_list(), strict=True):
        textes[piece].append(texte)
    try:
        corps = [(fin.join(siens) + fin).encode("latin-1") for siens in textes]
    except UnicodeEncodeError:
        raise ValeurHorsZone("texte hors de la charte de la forme fixe") from None
    totaux = render_tous_totaux(genre, ensemble.enregistrements, len(corps))
    scelles = [
        total | {"hash": hashlib.sha256(octets).hexdigest()}
        for total, octets in zip(totaux, corps, strict=True)
    ]
    controles = _bords(CONTROLE, scelles)
    return [c + (texte + fin).encode("latin-1") for c, texte in zip(corps, controles, strict=True)]


def find_hors_charte(numero: int, fichier: Fichier) -> pl.DataFrame:
    """F004 on each zone with a character that the fixed form has no writing for."""
    trouvees = [SCHEMA.to_frame()]
    for code, frame in fichier.enregistrements.items():
        for nom in frame.columns[1:]:
            fautives = frame.filter(_folded(pl.col(nom)).str.contains(HORS_CHARTE))
            lieux = fautives.select(pl.lit(numero).alias("fichier"), ligne=RANG)
            trouvees.append(
                anomalies(lieux, "F004", variante="conversion", bloc=code, rubrique=nom.upper())
            )
    return pl.concat(trouvees)


def fit_text(texte: pl.Expr, longueur: int) -> pl.Expr:
    """A text as a zone of the fixed form can hold it: cut, `?` for what it has no writing for."""
    ecrit = _folded(texte).str.replace_all(HORS_CHARTE, "?")
    return ecrit.str.slice(0, longueur).str.strip_chars(" ")


_VIDE = pl.DataFrame(schema={PIECE: pl.UInt32, RANG: pl.Int64, "texte": pl.String})


def _lines(enregistrement: Enregistrement, frame: pl.DataFrame) -> pl.DataFrame:
    """piece, rang, texte of each record, padded."""
    champs = [c for c in enregistrement.champs if c.nom != TYPE]
    pliees = frame.with_columns(_folded(pl.col(pl.String)))
    zones = {c.nom: pl.col(colonne_of(c)) for c in champs}
    dehors = pliees.select(
        ((zones[c.nom].str.len_chars() > c.longueur) | zones[c.nom].str.starts_with(REFUS))
        .any()
        .alias(c.nom)
        for c in champs
    )
    for nom, faux in dehors.row(0, named=True).items():
        if faux:
            raise ValeurHorsZone(f"{enregistrement.code} {nom}")
    ecrites = [zones[c.nom].fill_null("").str.pad_end(c.longueur) for c in champs]
    texte = pl.concat_str(pl.lit(enregistrement.code), *ecrites)
    return pliees.select(PIECE, RANG, texte.alias("texte"))


def _folded(zone: pl.Expr) -> pl.Expr:
    return zone.str.replace_many(list(LIGATURES), list(LIGATURES.values()))


def _bords(code: str, zones: Sequence[Mapping[str, str]]) -> list[str]:
    """The header, or the trailer, of each file."""
    bord = read_enveloppe(code)
    frame = frame_of(bord, zones, range(1, len(zones) + 1)).with_columns(
        pl.lit(0, pl.UInt32).alias(PIECE)
    )
    return _lines(bord, frame)["texte"].to_list()
