"""The fixed form of an exchange file, written from its zones: every kind, in and out.

œ, Œ and € are written oe, OE and EUR; the trailer and its hash are computed again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from parsers.anomalies import SCHEMA, anomalies
from parsers.echanges.composition import CHARTE, ValeurHorsZone
from parsers.echanges.totaux import render_totaux
from parsers.echanges.zones import RANG, REFUS, TYPE, Fichier, colonne_of, frame_of
from specs.echanges import CONTROLE, ENTETE, Enregistrement, read_enveloppe

LIGATURES = {"œ": "oe", "Œ": "OE", "€": "EUR"}
HORS_CHARTE = "[^\u0020-\u007e\u00a0-\u00ff]"  # once these are written in the fixed form


def write_fixe(fichier: Fichier, fin_de_ligne: bytes = b"\n") -> bytes:
    """The bytes of the file.

    ValeurHorsZone when a text has a character that the fixed form can't hold (`find_hors_charte`
    says which), or a zone is none of this form.
    """
    genre = fichier.genre
    if genre is None or fichier.entete is None:
        raise ValeurHorsZone("fichier sans genre ou sans en-tête")
    details = [
        _lines(genre.enregistrements[code], frame)
        for code, frame in fichier.enregistrements.items()
    ]
    entete = _line(read_enveloppe(ENTETE), {**fichier.entete, "charset": CHARTE})
    textes = [entete, *pl.concat([_VIDE, *details]).sort(RANG)["texte"].to_list()]
    fin = fin_de_ligne.decode("ascii")
    try:
        corps = (fin.join(textes) + fin).encode("latin-1")
    except UnicodeEncodeError:
        raise ValeurHorsZone("texte hors de la charte de la forme fixe") from None
    totaux = render_totaux(genre, fichier.enregistrements)
    scelle = totaux | {"hash": hashlib.sha256(corps).hexdigest()}
    return corps + (_line(read_enveloppe(CONTROLE), scelle) + fin).encode("latin-1")


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


_VIDE = pl.DataFrame(schema={RANG: pl.Int64, "texte": pl.String})


def _lines(enregistrement: Enregistrement, frame: pl.DataFrame) -> pl.DataFrame:
    """rang, texte of each record, padded."""
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
    return pliees.select(RANG, texte.alias("texte"))


def _folded(zone: pl.Expr) -> pl.Expr:
    return zone.str.replace_many(list(LIGATURES), list(LIGATURES.values()))


def _line(enregistrement: Enregistrement, zones: Mapping[str, str]) -> str:
    texte: str = _lines(enregistrement, frame_of(enregistrement, [zones], [1]))["texte"].item()
    return texte
