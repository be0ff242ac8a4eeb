"""Zones to values: integers (cents, hundredths, numbers), dates, texts; null when not of the form.

Formats: numbers (N, S) are Int64, `date` Date, `annee` Int64, `mois` text AAAA-MM; `heure` (HHMM),
`instant`, `chiffres`, SIREN, SIRET, codes and texts stay as they are written.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from parsers.echanges.zones import REFUS, TYPE, colonne_of
from specs.dsn import VERSIONS, read_norme
from specs.echanges import Champ, Enregistrement

PREFIXE = "v_"  # of the column of the values, beside that of the zones
ESPACES, TEXTE, CODE = "espaces", "texte", "code"
MINUTES = 60
# Bytes of a text that are all pairs of UTF-8, as ISO-8859-1 shows them (« Ã© »).
PAIRES_UTF8 = "^[^\u0080-\u00ff]*(?:[\u00c2-\u00df][\u00a0-\u00bf][^\u0080-\u00ff]*)+$"
_CONTROLES = "[\x00-\x1f\x7f-\x9f]"
MOTIFS = {
    "sha256": "[0-9a-f]{64}",
    "iban": "[A-Z0-9]+",
    "bic": "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
    "instant": "[0-9]{8}(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]",
    "mois": "[0-9]{4}(?:0[1-9]|1[0-2])",
}
_ECRITS = ("siren", "siret", "chiffres", "annee", "heure", "date")  # all their digits


def zone_of(champ: Champ) -> pl.Expr:
    """Its zones."""
    return pl.col(colonne_of(champ))


def valeur_of(champ: Champ) -> pl.Expr:
    """Its values, in a frame that `with_valeurs` gave."""
    return pl.col(PREFIXE + colonne_of(champ) if is_typed(champ) else colonne_of(champ))


def is_typed(champ: Champ) -> bool:
    """Whether its values are not the texts of its zones."""
    return champ.type == "S" or champ.format in ("date", "mois", "annee") or _is_number(champ)


def with_valeurs(enregistrement: Enregistrement, zones: pl.DataFrame) -> pl.DataFrame:
    """The zones with, beside, the values of the fields that are not texts."""
    return zones.with_columns(_all_parsed(enregistrement))


def select_valeurs(enregistrement: Enregistrement, frame: pl.DataFrame) -> pl.DataFrame:
    """From a frame of `with_valeurs`, the values under the names of the fields.

    What is not of its form is null.
    """
    return frame.select(_all_values(enregistrement))


def is_wrong(champ: Champ, *, xml: bool) -> pl.Expr:
    """Where a zone that is present has not the form of its field (closed lists aside)."""
    zone = zone_of(champ)
    refusee = zone.str.starts_with(REFUS) if xml else pl.lit(value=False)
    if champ.format == CODE:
        return refusee
    if champ.format == TEXTE:
        tetes = zone.str.starts_with(" ")
        return tetes | zone.str.contains(_CONTROLES) if xml else tetes
    return zone.is_not_null() & ~_is_right(champ)


def motif_nir() -> str:
    """Form of the NIR (rubric S21.G00.30.001 of the last norm)."""
    rubriques = read_norme(VERSIONS[-1]).rubriques
    motif: str = rubriques.filter(rubrique="S21.G00.30.001")["motif"].item()
    return motif


@cache
def _all_parsed(enregistrement: Enregistrement) -> tuple[pl.Expr, ...]:
    types = [c for c in enregistrement.champs if is_typed(c)]
    return tuple(_parsed(c).alias(PREFIXE + colonne_of(c)) for c in types)


@cache
def _all_values(enregistrement: Enregistrement) -> tuple[pl.Expr, ...]:
    champs = [c for c in enregistrement.champs if c.nom != TYPE and c.format != ESPACES]
    return tuple(_value(c).alias(colonne_of(c)) for c in champs)


def _value(champ: Champ) -> pl.Expr:
    valeur = valeur_of(champ)
    if is_typed(champ):
        return valeur
    return pl.when(~is_wrong(champ, xml=True)).then(valeur)


def _is_number(champ: Champ) -> bool:
    return champ.type == "N" and champ.format not in (*_ECRITS, *MOTIFS)


def _is_right(champ: Champ) -> pl.Expr:
    """Where a zone has the form of its field."""
    zone = zone_of(champ)
    if is_typed(champ):
        return _parsed(champ).is_not_null()
    if champ.format == "nir":
        return _whole(zone, motif_nir()) & ~_whole(zone, "[12]9{12}")
    if champ.format == "heure":
        minutes = zone.str.slice(2).cast(pl.Int64, strict=False) < MINUTES
        return _whole(zone, "[0-9]{4}") & (minutes | (zone > "2359"))  # beyond: out of its bounds
    if champ.format == "instant":
        return _whole(zone, MOTIFS["instant"]) & _parsed_date(zone.str.head(8)).is_not_null()
    motif = MOTIFS.get(champ.format, f"[0-9]{{{champ.longueur}}}")
    return _whole(zone, motif)


def _parsed(champ: Champ) -> pl.Expr:
    zone, longueur = zone_of(champ), champ.longueur
    if champ.type == "S":
        chiffres = zone.str.head(longueur - 1).cast(pl.Int64, strict=False)
        signe = pl.when(zone.str.ends_with("-")).then(-1).otherwise(1)
        juste = _whole(zone, f"[0-9]{{{longueur - 1}}}[+-]") & ~_whole(zone, "0+-")
        return pl.when(juste).then(chiffres * signe)
    if champ.format == "date":
        return _parsed_date(zone)
    if champ.format == "mois":
        ecrit = pl.concat_str(zone.str.head(4), pl.lit("-"), zone.str.slice(4))
        return pl.when(_whole(zone, MOTIFS["mois"]) & ~zone.str.starts_with("0000")).then(ecrit)
    nombre = zone.cast(pl.Int64, strict=False)
    return pl.when(_whole(zone, f"[0-9]{{{longueur}}}")).then(nombre)


def _parsed_date(zone: pl.Expr) -> pl.Expr:
    """Days of the calendar, from year 1 on."""
    juste = _whole(zone, "[0-9]{8}") & ~zone.str.starts_with("0000")
    return pl.when(juste).then(zone).str.to_date("%Y%m%d", strict=False)


def _whole(zone: pl.Expr, motif: str) -> pl.Expr:
    return zone.str.contains(f"^(?:{motif})$")
