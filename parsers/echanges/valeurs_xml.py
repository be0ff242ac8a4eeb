r"""What XML writes naturally and what a zone holds: one expression of Polars each way, by field.

>>> from specs.echanges import DECIMALES, read_genres
>>> brut = read_genres()["CERT"].enregistrements["10"].champ("GROSS")
>>> pl.Series("gross", ["-3.75", " 0012.5 ", "12,5"]).to_frame().select(parse_zone(brut)).rows()
[('0000000375-',), ('0000001250+',), ('\x0012,5',)]
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

import polars as pl

from parsers.echanges.ecriture import LIGATURES
from parsers.echanges.zones import REFUS, TYPE, colonne_of
from specs.echanges import DECIMALES, Champ, Enregistrement, Genre

# Fields that XML tells otherwise: by the element itself, the attributes of the root, the form.
IMPLICITES = ("TYPE", "FILLER", "CHARSET", "HASH", "KIND", "VERSION")
BLANCS_XML = " \t\n\r"
UNITE = "unite"  # decimals told by the field UNIT of the record
DECIMALES_UNITES: Mapping[str, int] = {"CT": 2, "CH": 2, "CJ": 2, "NB": 0}
# Where the natural form has separators: the groups of the zone, then how XML writes them.
SEPARES: Mapping[str, tuple[tuple[int, ...], str]] = {
    "date": ((4, 2, 2), "{}-{}-{}"),
    "mois": ((4, 2), "{}-{}"),
    "heure": ((2, 2), "{}:{}"),
    "instant": ((4, 2, 2, 2, 2, 2), "{}-{}-{}T{}:{}:{}"),
}
BORNES_EN_TEXTE = ("texte", "nir", "iban", "bic", "sha256")  # a longer text is of the wrong form
Convert = Callable[[pl.Expr, Champ, int], pl.Expr]
_NOMBRE = r"^(?<signe>[+-]?)(?<entier>[0-9]*)(?:\.(?<fraction>[0-9]*))?$"


def list_elements(enregistrement: Enregistrement) -> tuple[Champ, ...]:
    """The fields of a record that have an element in XML, in order."""
    sans = {*IMPLICITES, *enregistrement.liens}
    return tuple(champ for champ in enregistrement.champs if champ.nom not in sans)


def is_nombre(champ: Champ) -> bool:
    """Whether XML writes a number, read by its value."""
    return champ.format in DECIMALES or champ.format == UNITE


@cache
def list_zones(enregistrement: Enregistrement) -> tuple[pl.Expr, ...]:
    """`parse_zone` of every field of a record but its type."""
    return tuple(parse_zone(c) for c in enregistrement.champs if c.nom != TYPE)


def parse_zone(champ: Champ) -> pl.Expr:
    """From the text of an element (null: no element) to its zone, in a column of the same name."""
    brut = pl.col(colonne_of(champ))
    texte = brut.str.strip_chars(BLANCS_XML)
    if champ.format in SEPARES:
        zone = _without_separators(texte, *SEPARES[champ.format])
    elif is_nombre(champ):
        zone = _scaled(texte, champ, _parse_decimal)
    else:
        zone = pl.when(_fits(texte, champ)).then(texte)
    vide = texte.is_null() | (texte == "")
    return (
        pl.when(brut.str.starts_with(REFUS))
        .then(brut)
        .when(vide | zone.is_null())
        .then(REFUS + brut)
        .otherwise(zone)
        .alias(colonne_of(champ))
    )


def parse_texte(champ: Champ, brut: str) -> str | None:
    """The same as `parse_zone` for one element of text or code; None for any other field.

    >>> from specs.echanges import read_enveloppe
    >>> parse_texte(read_enveloppe("00").champ("FILE_ID"), " F-1 ")
    'F-1'
    """
    if champ.format in SEPARES or is_nombre(champ):
        return None
    texte = brut.strip(BLANCS_XML)
    ecrit = texte
    for ligature, lettres in LIGATURES.items():
        ecrit = ecrit.replace(ligature, lettres)
    long = champ.format in BORNES_EN_TEXTE and len(ecrit) > champ.longueur
    juste = texte and not long and not any(unicodedata.category(signe) == "Cc" for signe in texte)
    return texte if juste else REFUS + brut


def format_zone(champ: Champ, colonne: str | None = None) -> pl.Expr:
    """From a zone to the text of its element; null when it is, or when it is not of its form.

    `colonne`: where the zones are, when it is not the column of the field.
    """
    zone = pl.col(colonne or colonne_of(champ))
    if champ.format in SEPARES:
        texte = _with_separators(zone, *SEPARES[champ.format])
    elif is_nombre(champ):
        texte = _scaled(zone, champ, _format_decimal)
    else:
        texte = pl.when(_fits(zone, champ)).then(zone)
    return texte.alias(colonne or colonne_of(champ))


def with_naturals(anomalies: pl.DataFrame, genre: Genre) -> pl.DataFrame:
    """Anomalies of the file layer (F…) whose values are told as XML writes them.

    The others are worded in the units of the zones; what is not of its form is told as it came.
    """
    fichier = pl.col("code").str.starts_with("F") & pl.col("rubrique").is_not_null()
    for bloc, rubrique in anomalies.filter(fichier).select("bloc", "rubrique").unique().iter_rows():
        champ = genre.enregistrements[bloc].champ(rubrique)
        if champ.format in SEPARES or champ.format in DECIMALES:
            ici = fichier & (pl.col("bloc") == bloc) & (pl.col("rubrique") == rubrique)
            anomalies = anomalies.with_columns(
                pl.when(ici)
                .then(pl.coalesce(format_zone(champ, nom), nom))
                .otherwise(nom)
                .alias(nom)
                for nom in ("valeur", "attendu")
            )
    return anomalies


def _fits(texte: pl.Expr, champ: Champ) -> pl.Expr:
    """Whether a text can stand in a zone: no control character, no longer once written there."""
    court = pl.lit(value=True)
    if champ.format in BORNES_EN_TEXTE:
        ecrit = texte.str.replace_many(LIGATURES)
        court = ecrit.str.len_chars() <= champ.longueur
    return court & ~texte.str.contains(r"\p{Cc}")


def _without_separators(texte: pl.Expr, groupes: tuple[int, ...], forme: str) -> pl.Expr:
    motif = forme.format(*(f"([0-9]{{{n}}})" for n in groupes))
    zone = texte.str.replace(f"^{motif}$", "".join(f"${{{n}}}" for n in range(1, len(groupes) + 1)))
    return pl.when(texte.str.contains(f"^{motif}$")).then(zone)


def _with_separators(zone: pl.Expr, groupes: tuple[int, ...], forme: str) -> pl.Expr:
    motif = "^" + "".join(f"([0-9]{{{n}}})" for n in groupes) + "$"
    ecrit = forme.format(*(f"${{{n}}}" for n in range(1, len(groupes) + 1)))
    return pl.when(zone.str.contains(motif)).then(zone.str.replace(motif, ecrit))


def _scaled(texte: pl.Expr, champ: Champ, convert: Convert) -> pl.Expr:
    if champ.format != UNITE:
        return convert(texte, champ, DECIMALES[champ.format])
    unite = pl.col("unit").str.strip_chars(BLANCS_XML)
    choix = pl.lit(None, pl.String)
    for code, decimales in DECIMALES_UNITES.items():
        choix = pl.when(unite == code).then(convert(texte, champ, decimales)).otherwise(choix)
    return choix


def _parse_decimal(texte: pl.Expr, champ: Champ, decimales: int) -> pl.Expr:
    """Digits of the value in units of the zone, its sign last when the zone has one."""
    parties = texte.str.extract_groups(_NOMBRE).struct
    signe, entier = parties.field("signe"), parties.field("entier")
    fraction = parties.field("fraction").fill_null("").str.strip_chars_end("0")
    chiffres = (entier + fraction.str.pad_end(decimales, "0")).str.strip_chars_start("0")
    places = places_of(champ)
    # No digit at all, a fraction of the unit, too large, and -0, are no value of the field.
    bonne = texte.str.contains("[0-9]") & (fraction.str.len_chars() <= decimales)
    bonne &= chiffres.str.len_chars() <= places
    negatif = signe == "-"
    if champ.type == "N":
        return pl.when(bonne & ~negatif).then(chiffres.str.zfill(places))
    bonne &= ~negatif | (chiffres != "")
    dernier = pl.when(negatif).then(pl.lit("-")).otherwise(pl.lit("+"))
    return pl.when(bonne).then(chiffres.str.zfill(places) + dernier)


def _format_decimal(zone: pl.Expr, champ: Champ, decimales: int) -> pl.Expr:
    """The value with exactly the decimals of its unit, without useless zeros."""
    places = places_of(champ)
    bonne = zone.str.contains(f"^[0-9]{{{places}}}{'[+-]' if champ.type == 'S' else ''}$")
    bonne &= ~zone.str.contains("^0+-$")
    entier = zone.str.slice(0, places - decimales).str.strip_chars_start("0")
    texte = pl.when(entier == "").then(pl.lit("0")).otherwise(entier)
    if decimales:
        texte = texte + "." + zone.str.slice(places - decimales, decimales)
    if champ.type == "S":
        texte = pl.when(zone.str.ends_with("-")).then("-" + texte).otherwise(texte)
    return pl.when(bonne).then(texte)


def places_of(champ: Champ) -> int:
    """Digits that the zone has."""
    return champ.longueur - (champ.type == "S")
