"""The functions that conditions may call on values: null in, null out.

Dates are Date columns, numbers are Int64 in units of their last decimal, the rest is text.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from stdnum import iban
from stdnum.fr import siren, siret

from specs.baremes import read_baremes
from specs.caisse import read_caisse
from specs.dsn import read_dates, read_table

LETTRES_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def is_bban(numero: str) -> bool:
    """Whether the key of the national account number that ends an IBAN is right (RIB in France)."""
    if numero[:2] in ("FR", "MC"):
        return int(numero[4:].translate(LETTRES_RIB)) % 97 == 0
    return iban.is_valid(numero)


CLES: dict[str, Callable[[str], bool]] = {
    "siren": siren.is_valid,
    "siret": siret.is_valid,
    "iban": lambda numero: iban.is_valid(numero, check_country=False),
    "bban": is_bban,
}
# Digits under a French department, overseas and Monaco included: the code of any CEDEX.
_DEPARTEMENT_ET_BUREAU = "(?:0[1-9]|[1-8][0-9]|9[0-578])[0-9]{3}"
CORSE_PARTAGEE, FIN_DU_96 = 1976, 1968  # first year of 2A and 2B, first year without 96
FONCTIONS: dict[str, Callable[..., pl.Expr]] = {}
# What no surname holds: at its ends, side by side, before it.
_IRREGULIER = (
    r"^[- ]|[-' ]$|  |- |' | '| -|'-|-'|''|---|--.*--"
    r"|(?i)^(?:MR|MONSIEUR|MME|MADAME)(?: |$)"
)


def fonction(calcul: Callable[..., pl.Expr]) -> Callable[..., pl.Expr]:
    """Register a function of the language under its own name."""
    FONCTIONS[calcul.__name__] = calcul
    return calcul


@fonction
def present(*valeurs: pl.Expr) -> pl.Expr:
    """Every rubric is there."""
    return pl.all_horizontal(v.is_not_null() for v in valeurs)


@fonction
def absent(*valeurs: pl.Expr) -> pl.Expr:
    """None of the rubrics is there."""
    return pl.all_horizontal(v.is_null() for v in valeurs)


@fonction
def identiques(un: pl.Expr, autre: pl.Expr) -> pl.Expr:
    """Both have the same value, or both are absent: never unknown."""
    return un.eq_missing(autre)


@fonction
def debut(texte: pl.Expr, longueur: int) -> pl.Expr:
    """The first characters."""
    return texte.str.head(longueur)


@fonction
def fin(texte: pl.Expr, longueur: int) -> pl.Expr:
    """The last characters."""
    return texte.str.tail(longueur)


@fonction
def extrait(texte: pl.Expr, premier: int, longueur: int) -> pl.Expr:
    """Characters from the rank `premier` (from 1, as the norm counts)."""
    return texte.str.slice(premier - 1, longueur)


@fonction
def longueur(texte: pl.Expr) -> pl.Expr:
    """Number of characters."""
    return texte.str.len_chars().cast(pl.Int64)


@fonction
def minuscules(texte: pl.Expr) -> pl.Expr:
    """In lower case."""
    return texte.str.to_lowercase()


@fonction
def correspond(texte: pl.Expr, motif: str) -> pl.Expr:
    """The whole text matches the regular expression."""
    return texte.str.contains(f"^(?:{motif})$")


@fonction
def departement_existant(code: pl.Expr, annee: pl.Expr) -> pl.Expr:
    """A department of birth is one of that year: Corsica is 20 before 1976, 96 is until 1967."""
    corse = code.is_in(["2A", "2B"]) & (annee < CORSE_PARTAGEE)
    corse |= (code == "20") & (annee >= CORSE_PARTAGEE)
    return ~(corse | ((code == "96") & (annee >= FIN_DU_96)))


@fonction
def nom_regulier(texte: pl.Expr) -> pl.Expr:
    """A surname: no civility, no blank, hyphen or apostrophe that hangs; one `--` at most."""
    return ~texte.str.contains(_IRREGULIER)


@fonction
def entier(texte: pl.Expr) -> pl.Expr:
    """The number that a text writes; null when it writes none."""
    return texte.cast(pl.Int64, strict=False)


@fonction
def concat(*textes: pl.Expr) -> pl.Expr:
    """Texts put together."""
    return pl.concat_str(textes)


@fonction
def jour(date: pl.Expr) -> pl.Expr:
    """Day of the month."""
    return date.dt.day().cast(pl.Int64)


@fonction
def mois(date: pl.Expr) -> pl.Expr:
    """First day of the month of a date: two dates are in one month when these are equal."""
    return date.dt.month_start()


@fonction
def fin_mois(date: pl.Expr) -> pl.Expr:
    """Last day of the month of a date."""
    return date.dt.month_end()


@fonction
def annee(date: pl.Expr) -> pl.Expr:
    """Year of a date."""
    return date.dt.year().cast(pl.Int64)


@fonction
def date_de(texte: pl.Expr | str) -> pl.Expr:
    """Date that a text JJMMAAAA or MMAAAA (first day) writes; null when it writes none."""
    texte = pl.lit(texte) if isinstance(texte, str) else texte
    complet = pl.when(texte.str.len_chars() == 6).then(pl.lit("01") + texte).otherwise(texte)  # noqa: PLR2004
    return complet.str.to_date("%d%m%Y", strict=False)


@fonction
def numero_mois(date: pl.Expr) -> pl.Expr:
    """Month of a date, from 1 to 12."""
    return date.dt.month().cast(pl.Int64)


@fonction
def plus_jours(date: pl.Expr, nombre: int) -> pl.Expr:
    """A date so many days later."""
    return date.dt.offset_by(f"{nombre}d")


@fonction
def plus_mois(date: pl.Expr, nombre: int) -> pl.Expr:
    """A date so many months later, at the latest the last day of the month."""
    return date.dt.offset_by(f"{nombre}mo")


@fonction
def mois_entames(premier: pl.Expr, dernier: pl.Expr) -> pl.Expr:
    """Months begun from the first day to the last, both included, from date to date.

    From 15/01 to 14/04 three, to 15/04 four. A month without that day ends on its last: from 31/01
    to 30/04 three.
    """
    mois_pleins = 12 * (annee(dernier) - annee(premier)) + numero_mois(dernier)
    mois_pleins -= numero_mois(premier)
    return mois_pleins + (jour(dernier) >= jour(premier)).cast(pl.Int64)


@fonction
def jours_entre(premier: pl.Expr, dernier: pl.Expr) -> pl.Expr:
    """Number of days from one date to the other."""
    return (dernier - premier).dt.total_days()


@fonction
def dans_table(texte: pl.Expr, table: str) -> pl.Expr:
    """The value is in an external table."""
    return texte.is_in(read_table(table)["code"].implode())


@fonction
def cedex(code: pl.Expr, localite: pl.Expr) -> pl.Expr:
    """The postal code is a CEDEX, as the locality says: no open table has these codes."""
    return correspond(code, _DEPARTEMENT_ET_BUREAU) & localite.str.contains(r"(?i)\bcedex")


@fonction
def organisme_prevoyance(texte: pl.Expr) -> pl.Expr:
    """The code is that of a body of the complementary cover, as their tables write them.

    P and 4 characters an institution, A and 5 an insurer, 9 digits a mutual society, 9 characters
    another body.
    """
    return correspond(texte, "P[0-9A-Z]{4}|A[0-9A-Z]{5}|[0-9A-Z]{9}")


@fonction
def debut_periode(texte: pl.Expr) -> pl.Expr:
    """First day of a period of S21.G00.55.004: 2026M03, 2026T01, 2026S02, 2026A00, 2026E00."""
    rang, nature = entier(texte.str.slice(5, 2)), texte.str.slice(4, 1)
    mois_par_periode = nature.replace_strict({"M": 1, "T": 3, "S": 6}, default=None)
    premier = (rang - 1) * mois_par_periode + 1
    return pl.date(entier(texte.str.head(4)), premier.fill_null(1), 1)


@fonction
def bareme(date: pl.Expr, code: str, serie: str) -> pl.Expr:
    """The dated value of a series at a date; null when none is known."""
    valeur = pl.lit(None, pl.Int64)
    for connue in read_baremes()[code].series[serie]:
        valeur = pl.when(date >= connue.debut).then(pl.lit(connue.valeur)).otherwise(valeur)
    return valeur


@fonction
def date_norme(version: pl.Expr, serie: str) -> pl.Expr:
    """A date of the version of the norm (`specs/dsn/versions.yaml`); null when it is unknown."""
    return version.replace_strict(read_dates(serie), default=None, return_dtype=pl.Date)


@fonction
def code_caisse() -> pl.Expr:
    """Code of this fund: the first two characters of S21.G00.40.022."""
    return pl.lit(read_caisse().code_caisse)


@fonction
def cle(texte: pl.Expr, nom: str) -> pl.Expr:
    """The key of the identifier is right, verified on distinct values."""
    verifie = CLES[nom]

    def verify(valeurs: pl.Series) -> pl.Series:
        distinctes = valeurs.drop_nulls().unique().to_list()
        return valeurs.is_in([v for v in distinctes if verifie(v)])

    return texte.map_batches(verify, return_dtype=pl.Boolean)
