"""The controls that the description declares: presence, form, list, bounds, comparisons.

From `specs/echanges` (champs.csv, regles.csv) to expressions on the frames of zones and values (see
`valeurs.with_valeurs`); the zones of the record that is followed are in columns `porteur_...`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.valeurs import (
    CODE,
    ESPACES,
    PAIRES_UTF8,
    TEXTE,
    is_typed,
    is_wrong,
    valeur_of,
    zone_of,
)
from parsers.echanges.zones import FIXE, RANG, REFUS, TYPE, XML, colonne_of
from specs.echanges import Champ, Enregistrement
from specs.echanges.listes import read_codes_norme, read_liste
from specs.echanges.regles import Regle, read_codes, read_regles

SUIVI = "porteur_"
COMME_LE_PORTEUR = "="
OBLIGATOIRE, CONDITIONNEL = "O", "C"
FORME, PRESENCE, LISTE = "F013", "F013", "F015"
SANS_ELEMENT = ("CHARSET", "HASH")  # in XML
ATTRIBUT = "KIND"  # without it, an XML document is told F010
COMPARAISONS = {
    ">": (pl.Expr.gt, "plus de", "après"),
    ">=": (pl.Expr.ge, "au moins", "pas avant"),
    "<": (pl.Expr.lt, "moins de", "avant"),
    "<=": (pl.Expr.le, "au plus", "pas après"),
}
INCONNU = pl.lit(None, pl.Boolean)


@dataclass(frozen=True, slots=True, eq=False)
class Controle:
    """Where `masque` is true, `code` is told on the field."""

    champ: Champ
    code: str
    variante: str
    masque: pl.Expr
    attendu: str | None = None

    @property
    def etape(self) -> int:
        """The step at which it is told."""
        return read_codes()[self.code].etape


@cache
def read_controles(genre: str, enregistrement: Enregistrement, forme: str) -> tuple[Controle, ...]:
    """What the description asks of a record, in the order of its fields."""
    return tuple(_controles(genre, enregistrement, forme))


def apply_controles(
    frame: pl.DataFrame, bloc: str, controles: tuple[Controle, ...], constats: Constats
) -> None:
    """Judge the records of a type."""
    if frame.is_empty() or not controles:
        return
    masques = frame.select(
        c.masque.fill_null(value=False).alias(str(rang)) for rang, c in enumerate(controles)
    )
    for controle, masque in zip(controles, masques.get_columns(), strict=True):
        if masque.any():
            trouves = frame.filter(masque).select(
                RANG,
                zone_of(controle.champ).alias("valeur"),
                pl.lit(controle.attendu, pl.String).alias("attendu"),
            )
            constats.add(trouves, controle.code, bloc, controle.champ.nom, controle.variante)


def _controles(genre: str, enregistrement: Enregistrement, forme: str) -> Iterator[Controle]:
    regles = read_regles(genre, enregistrement.code)
    for champ in enregistrement.champs:
        if champ.nom == TYPE or (forme == XML and _has_no_element(champ, enregistrement)):
            continue
        siennes = [r for r in regles if r.champ == champ.nom]
        codes = {r.regle: r.code for r in siennes}
        if not (forme == XML and champ.nom == ATTRIBUT):
            yield from _presence(champ, enregistrement, codes)
        if champ.format != ESPACES:
            yield from _form(champ, enregistrement, codes, forme)
        yield from (juge for r in siennes if (juge := _rule(r, champ, enregistrement)))


def _has_no_element(champ: Champ, enregistrement: Enregistrement) -> bool:
    ailleurs = champ.nom in SANS_ELEMENT or champ.nom in enregistrement.liens
    return ailleurs or champ.format == ESPACES


def _presence(
    champ: Champ, enregistrement: Enregistrement, codes: dict[str, str]
) -> Iterator[Controle]:
    zone = zone_of(champ)
    code = codes.get("presence", PRESENCE)
    if champ.format == ESPACES:
        yield Controle(champ, code, "espaces", zone.is_not_null())
    elif champ.presence == OBLIGATOIRE:
        yield Controle(champ, code, "absent", zone.is_null())
    elif champ.presence == CONDITIONNEL:
        attendu = _condition(champ, enregistrement)
        yield Controle(champ, code, "absent", attendu & zone.is_null())
        yield Controle(champ, code, "interdit", ~attendu & zone.is_not_null())


def _condition(champ: Champ, enregistrement: Enregistrement) -> pl.Expr:
    """Whether a conditional field has to be there; null when that can't be told."""
    if champ.condition == COMME_LE_PORTEUR:
        if not enregistrement.dans:
            return INCONNU
        return _followed(champ).is_not_null()
    nom, egal, valeurs = champ.condition.partition("=")
    autre = enregistrement.champ(nom.rstrip("!"))
    zone = zone_of(autre)
    if not egal:
        return zone.is_not_null()
    dit = zone.is_in(valeurs.split("|"))
    vaut = ~dit if nom.endswith("!") else dit
    sans = pl.lit(value=False)
    if autre.presence == OBLIGATOIRE:
        sans = INCONNU
    if autre.presence == CONDITIONNEL:
        sans = pl.when(~_condition(autre, enregistrement)).then(pl.lit(value=False))
    return pl.when(zone.is_null()).then(sans).when(zone.is_in(autre.valeurs)).then(vaut)


def _form(
    champ: Champ, enregistrement: Enregistrement, codes: dict[str, str], forme: str
) -> Iterator[Controle]:
    zone, fausse = zone_of(champ), is_wrong(champ, xml=forme == XML)
    if champ.nom in enregistrement.liens:
        differe = zone != _followed(champ)
        yield Controle(champ, "F017", "porteur", differe)
        fausse &= differe  # else it is told on the record that is followed
    yield Controle(champ, FORME, "forme", fausse)
    if champ.format == TEXTE and forme == FIXE:
        yield Controle(champ, "F004", "texte_utf8", zone.str.contains(PAIRES_UTF8))
    if champ.valeurs:
        hors = _is_written(zone) & ~zone.is_in(champ.valeurs)
        code = codes.get("valeurs", LISTE)
        yield Controle(champ, code, "liste", hors, ", ".join(champ.valeurs))


def _followed(champ: Champ) -> pl.Expr:
    """The zones of the record that is followed."""
    return pl.col(SUIVI + colonne_of(champ))


def _is_written(zone: pl.Expr) -> pl.Expr:
    """Whether it could be a text of a fixed file."""
    return ~zone.str.starts_with(REFUS) & ~zone.str.starts_with(" ")


def _rule(regle: Regle, champ: Champ, enregistrement: Enregistrement) -> Controle | None:
    """The control of a rule of regles.csv; None for those that only give a code."""
    zone = zone_of(champ)
    ecrite, variante, attendu = _is_written(zone), "liste", None
    match regle.regle:
        case "motif":
            masque = ecrite & ~zone.str.contains(f"^(?:{regle.argument})$")
            variante = "liste" if champ.format == CODE else "forme"
        case "majuscules":
            masque, variante = ecrite & (zone != zone.str.to_uppercase()), "majuscules"
        case "liste":
            masque = ecrite & ~zone.is_in(read_liste(regle.argument))
        case "norme":
            masque, variante = ecrite & _out_of_norm(regle, enregistrement), "norme"
        case "requis_sans":
            autre = zone_of(enregistrement.champ(regle.argument))
            masque = zone.is_null() & autre.is_null()
            variante, attendu = "requis_sans", regle.argument
        case operation if operation in COMPARAISONS:
            masque, attendu = _comparison(regle, champ, enregistrement)
            variante = "borne"
        case _:
            return None
    return Controle(champ, regle.code, variante, masque, attendu)


def _out_of_norm(regle: Regle, enregistrement: Enregistrement) -> pl.Expr:
    """Where the code is not of the rubric, in the version of the month of the date."""
    rubrique, du, *si = regle.argument.split()
    zone = zone_of(enregistrement.champ(regle.champ))
    jour = valeur_of(enregistrement.champ(du))
    versions = read_codes_norme(rubrique)
    admis = zone.is_in(versions[-1][1])
    for dernier, codes in reversed(versions[:-1]):
        dedans = jour < _next_month(dernier)
        admis = pl.when(dedans).then(zone.is_in(codes)).otherwise(admis)
    conditions = [zone_of(enregistrement.champ(c)) == v for c, v in (s.split("=") for s in si)]
    return reduce(pl.Expr.and_, conditions, jour.is_not_null() & ~admis)


def _next_month(mois: date) -> date:
    return date(mois.year + mois.month // 12, mois.month % 12 + 1, 1)


def _comparison(regle: Regle, champ: Champ, enregistrement: Enregistrement) -> tuple[pl.Expr, str]:
    """Where a comparison does not hold, and how it is said."""
    compare, de_nombres, de_jours = COMPARAISONS[regle.regle]
    valeur, mots = valeur_of(champ), de_nombres
    if regle.argument.isdigit():
        borne = pl.lit(int(regle.argument))
        valeur = valeur if is_typed(champ) else valeur.cast(pl.Int64, strict=False)
    else:
        borne = valeur_of(enregistrement.champ(regle.argument))
        mots = de_jours if champ.format in ("date", "mois") else de_nombres
    return ~compare(valeur, borne), f"{mots} {regle.argument}"
