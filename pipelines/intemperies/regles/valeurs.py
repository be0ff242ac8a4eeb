"""Dated values and options of bad weather, as the rules read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from specs.baremes import TAUX, ValeurManquante
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.periodes import AVRIL, Annee, Mois

INDEMNITE, PLAFOND, REMBOURSEMENT = (
    "INDEMNITE_INTEMPERIES",
    "PLAFOND_HORAIRE",
    "REMBOURSEMENT_INTEMPERIES",
)
CANICULE, DELAI, CONGES = "CANICULE_INTEMPERIES", "DELAI_INTEMPERIES", "CONGES_INTEMPERIES"
SIGNALEMENT = "SIGNALEMENT_INTEMPERIES"
(ABATTEMENT,) = codes_of("cumuls_cotisations", "cumul", "ABATTEMENT_INTEMPERIES")


@dataclass(frozen=True, slots=True)
class Bornes:
    """What bounds the hours of a calendar year; hours in hundredths.

    `par_semaine`: a stop of a week at most bears its waiting hour week by week (I-04);
    `par_declaration`: the first six hours are a declaration's; `au_prorata`: a day counts its
    hours over its schedule.
    """

    carence: int
    premieres: int
    jour: int
    semaine: int
    indemnites: int
    par_semaine: bool
    par_declaration: bool
    au_prorata: bool


@dataclass(frozen=True, slots=True)
class Reglement:
    """What turns the indemnities of a campaign into refunds; rates in ppm."""

    taux_premieres: int
    taux_petites: int
    taux_grandes: int
    multiple: int
    salaire: str


def read_valeur(savoir: Connaissances, code: str, serie: str, mois: Mois) -> int:
    """A dated value; ValeurManquante when none is known."""
    valeur = savoir.baremes[code].find(serie, mois)
    if valeur is None:
        raise ValeurManquante(f"aucune valeur connue pour {code} ({serie}) en {mois}")
    return valeur


def read_bornes(annees: Iterable[int], savoir: Connaissances) -> dict[int, Bornes]:
    """The bounds of each calendar year."""
    return {annee: _bornes(Mois(annee, 1), savoir) for annee in sorted(set(annees))}


def _bornes(mois: Mois, savoir: Connaissances) -> Bornes:
    return Bornes(
        carence=read_valeur(savoir, INDEMNITE, "carence_centiemes", mois),
        premieres=read_valeur(savoir, REMBOURSEMENT, "premieres_heures_centiemes", mois),
        jour=read_valeur(savoir, INDEMNITE, "plafond_jour_centiemes", mois),
        semaine=read_valeur(savoir, INDEMNITE, "plafond_semaine_centiemes", mois),
        indemnites=read_valeur(savoir, INDEMNITE, "indemnites_annee", mois),
        par_semaine=savoir.option_at("carence_etalee", mois) == "plus_d_une_semaine",
        par_declaration=savoir.option_at("six_heures", mois) == "par_declaration",
        au_prorata=savoir.option_at("compte_ij", mois) == "au_prorata",
    )


def first_month(campagne: str) -> Mois:
    """April of a campaign."""
    return Mois(int(campagne[:4]), AVRIL)


def campaign_of(jour: pl.Expr) -> pl.Expr:
    """The campaign of a day, `AAAA-AA`."""
    debut = jour.dt.year() - (jour.dt.month() < AVRIL).cast(pl.Int32)
    return pl.format("{}-{}", debut, ((debut + 1) % 100).cast(pl.String).str.zfill(2))


def previous_campaign(campagne: str) -> str:
    """The campaign before."""
    return str(Annee(first_month(campagne).shift(-12)))


def read_reglement(campagne: str, savoir: Connaissances) -> Reglement:
    """Rates of a campaign, and which wages its provisional refunds are made on."""
    mois = first_month(campagne)
    return Reglement(
        taux_premieres=read_valeur(savoir, REMBOURSEMENT, "taux_premieres_ppm", mois),
        taux_petites=read_valeur(savoir, REMBOURSEMENT, "taux_petites_ppm", mois),
        taux_grandes=read_valeur(savoir, REMBOURSEMENT, "taux_grandes_ppm", mois),
        multiple=read_valeur(savoir, REMBOURSEMENT, "multiple_abattement", mois),
        salaire=savoir.option_at("salaire_provisoire", mois),
    )


def hourly_caps(annees: Iterable[int], savoir: Connaissances) -> pl.DataFrame:
    """annee, plafond (hourly wage kept at most, ten-thousandths of a euro; null when unknown)."""
    lignes = []
    for annee in sorted(set(annees)):
        mois = Mois(annee, 1)
        plafond = savoir.baremes[PLAFOND].find("montant_horaire_centimes", mois)
        facteur = read_valeur(savoir, INDEMNITE, "plafond_salaire_ppm", mois)
        # A whole number of euros times ppm: exact in ten-thousandths.
        lignes.append((annee, None if plafond is None else plafond * facteur // 10_000))
    return pl.DataFrame(lignes, {"annee": pl.Int64, "plafond": pl.Int64}, orient="row")


def leave_rates(mois: Iterable[str], savoir: Connaissances) -> pl.DataFrame:
    """mois, taux_conges_ppm: rate of the paid-leave contribution (null when unknown)."""
    lignes = [(m, savoir.baremes["CP"].find(TAUX, Mois.parse(m))) for m in sorted(set(mois))]
    return pl.DataFrame(lignes, {"mois": pl.String, "taux_conges_ppm": pl.Int64}, orient="row")
