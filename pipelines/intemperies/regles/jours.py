"""Each lost day against what the fund knows: heat, season, contract, absences, holidays.

A day is refused, waits, or counts. Source: IN-002, IN-003, IN-010, IN-012, IN-015; choices I-19 to
I-21, I-27, I-29, I-37, I-38.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.intemperies.regles.declarations import DECLARATION, JOUR
from pipelines.intemperies.regles.valeurs import CANICULE as VALEURS_CANICULE
from pipelines.intemperies.regles.valeurs import SIGNALEMENT, read_valeur
from specs.caisse import read_caisse
from specs.connaissances import Connaissances
from specs.jours_feries import feries_at
from specs.periodes import Mois

CANICULE = "CA"
NIVEAUX = ("O", "R")  # orange, red, as ALERT_LEVEL writes them
TOUTES = ""  # a seasonal stop of every activity
CONSTATS = pl.Schema(
    {nom: pl.Date if nom == "date" else pl.String for nom in JOUR}
    | {"code": pl.String, "variante": pl.String, "effet": pl.String}
)
REFUSE, ATTEND, SIGNALE = "refuse", "attend", "signale"


@dataclass(frozen=True, slots=True)
class Connu:
    """What the fund knows of employees and of the weather, tonight.

    `contrats`: siren, salarie, debut, fin (null: open), conges (whether their leave is the fund's);
    `absences`: siren, salarie, nature (of `absences_lues`), motif, debut, fin (null: open), the
    leave paid by the fund too, as a suspension; `mois`: siren, mois whose DSN counts.
    `vigilances`: departement, jour, niveau (O, R, or another); `arretes` and `saisonniers`:
    departement, debut, fin, and activite (TOUTES: all) of the latter.
    """

    contrats: pl.DataFrame
    absences: pl.DataFrame
    mois: pl.DataFrame
    vigilances: pl.DataFrame
    arretes: pl.DataFrame
    saisonniers: pl.DataFrame


def check_jours(
    jours: pl.DataFrame,
    arrets: pl.DataFrame,
    connu: Connu,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """CONSTATS of the days: refused, waiting or told. `jours`, `arrets`: of `Declarations`."""
    lieux = arrets.select(
        *DECLARATION, "arret", "departement", "activite", "cause", "alerte", "chantier"
    )
    situes = jours.join(lieux, on=[*DECLARATION, "arret"])
    constats = (
        situes.filter(pl.col("code").is_not_null()).select(
            *JOUR, "code", variante=pl.lit(None, pl.String), effet=pl.lit(REFUSE)
        ),
        *_check_heat(situes, connu, savoir),
        *_check_season(situes, connu),
        *_check_contract(situes, connu, date_arrete, savoir),
        *_check_absences(situes, connu),
        *_check_holidays(situes, savoir),
    )
    return pl.concat(constats).unique().sort(*JOUR, "code", "effet", "variante")


def _told(
    jours: pl.DataFrame, code: str, variante: str | None, effet: str = REFUSE
) -> pl.DataFrame:
    return jours.select(
        *JOUR, code=pl.lit(code), variante=pl.lit(variante, pl.String), effet=pl.lit(effet)
    )


def _check_heat(
    situes: pl.DataFrame, connu: Connu, savoir: Connaissances
) -> tuple[pl.DataFrame, ...]:
    """A day of heat: in the season and under a warning or an order; it waits for the tables."""
    chauds = situes.filter(pl.col("cause") == CANICULE)
    if chauds.is_empty():
        return ()
    mois_jour = pl.col("date").dt.month().cast(pl.Int64) * 100 + pl.col("date").dt.day()
    saisons = [
        pl.lit(annee)
        .eq(pl.col("date").dt.year())
        .and_(
            mois_jour.is_between(
                read_valeur(savoir, VALEURS_CANICULE, "veille_debut_mois_jour", Mois(annee, 1)),
                read_valeur(savoir, VALEURS_CANICULE, "veille_fin_mois_jour", Mois(annee, 1)),
            )
        )
        for annee in chauds["date"].dt.year().unique().sort()
    ]
    dernier = pl.lit(connu.vigilances["jour"].max(), pl.Date)
    niveaux = connu.vigilances.select("departement", "niveau", date="jour")
    chauds = (
        chauds.join(niveaux, on=["departement", "date"], how="left")
        .join(_within(chauds, connu.arretes), on=[*JOUR], how="left")
        .with_columns(
            saison=pl.any_horizontal(*saisons),
            ordonne=pl.col("ordonne").fill_null(value=False),
            averti=pl.col("niveau").is_in(NIVEAUX).fill_null(value=False),
            connu=pl.col("date") <= dernier,
        )
    )
    couvert = pl.col("averti") | pl.col("ordonne")
    attend = pl.col("saison") & ~couvert & ~pl.col("connu").fill_null(value=False)
    autre = (
        pl.col("averti")
        & (pl.col("alerte").is_in(NIVEAUX))
        & (pl.col("alerte") != pl.col("niveau"))
    )
    return (
        _told(chauds.filter(~pl.col("saison")), "IN-002", "saison"),
        _told(chauds.filter(pl.col("saison"), ~couvert, ~attend), "IN-002", "vigilance"),
        _told(chauds.filter(attend), "IN-043", "vigilances", ATTEND),
        _told(chauds.filter(pl.col("saison"), autre), "IN-002", "niveau", SIGNALE),
    )


def _within(jours: pl.DataFrame, periodes: pl.DataFrame) -> pl.DataFrame:
    """JOUR and `ordonne` of those that a period of their department covers."""
    return (
        jours.join(periodes.select("departement", "debut", "fin"), on="departement")
        .filter(pl.col("date").is_between("debut", "fin"))
        .select(*JOUR, ordonne=pl.lit(value=True))
        .unique()
    )


def _check_season(situes: pl.DataFrame, connu: Connu) -> tuple[pl.DataFrame, ...]:
    if connu.saisonniers.is_empty():
        return ()
    periodes = connu.saisonniers.rename({"activite": "arretee"})
    arretes = situes.join(periodes, on="departement").filter(
        pl.col("date").is_between("debut", "fin"),
        (pl.col("arretee") == TOUTES) | (pl.col("arretee") == pl.col("activite")),
    )
    return (_told(arretes, "IN-003", "saison"),)


def _check_contract(
    situes: pl.DataFrame, connu: Connu, date_arrete: date, savoir: Connaissances
) -> tuple[pl.DataFrame, ...]:
    """IN-010: no contract covers the day; an employee not yet known waits for the DSN."""
    sien = ["siren", "salarie"]
    ouverts = situes.join(
        connu.contrats.select(*sien, debute="debut", finit="fin"), on=sien
    ).filter(
        pl.col("date") >= pl.col("debute"),
        pl.col("finit").is_null() | (pl.col("date") <= pl.col("finit")),
    )
    sans = situes.join(ouverts, on=JOUR, how="anti").with_columns(
        mois=pl.col("date").dt.strftime("%Y-%m")
    )
    inconnus = sans.join(connu.contrats, on=sien, how="anti").join(
        connu.mois, on=["siren", "mois"], how="anti"
    )
    delai = read_valeur(savoir, SIGNALEMENT, "attente_salarie_mois", Mois.from_date(date_arrete))
    limite = pl.col("date").dt.offset_by(f"{delai}mo").dt.month_end()
    attendent = inconnus.filter(limite >= date_arrete)
    refuses = sans.join(attendent, on=JOUR, how="anti")
    return (
        _told(attendent, "IN-010", "attente", ATTEND),
        _told(refuses, "IN-010", "contrat"),
    )


def _check_absences(situes: pl.DataFrame, connu: Connu) -> tuple[pl.DataFrame, ...]:
    """IN-012: the day is paid otherwise; 507 is the stop itself."""
    if connu.absences.is_empty():
        return ()
    compatible = pl.any_horizontal(
        (pl.col("nature") == nature) & pl.col("motif").is_in(motifs)
        for nature, motifs in read_caisse().absences_compatibles.items()
    )
    comptees = connu.absences.filter(~compatible)
    absents = situes.join(
        comptees.select("siren", "salarie", de="debut", a="fin"), on=["siren", "salarie"]
    ).filter(
        pl.col("date") >= pl.col("de"), pl.col("a").is_null() | (pl.col("date") <= pl.col("a"))
    )
    return (_told(absents, "IN-012", None),)


def _check_holidays(situes: pl.DataFrame, savoir: Connaissances) -> tuple[pl.DataFrame, ...]:
    """IN-015: holidays of the department of the site; Sundays are told."""
    lieux = situes.select("departement", annee=pl.col("date").dt.year()).unique()
    feries = [
        (departement, jour)
        for departement, annee in lieux.iter_rows()
        for jour in feries_at(annee, departement, savoir.options)
    ]
    table = pl.DataFrame(feries, {"departement": pl.String, "date": pl.Date}, orient="row")
    chomes = situes.join(table.unique(), on=["departement", "date"], how="semi")
    dimanches = situes.filter(pl.col("date").dt.weekday() == 7)  # noqa: PLR2004 - ISO: Sunday
    return (
        _told(chomes.filter(pl.col("perdues_centiemes") > 0), "IN-015", "ferie"),
        _told(dimanches.join(chomes, on=JOUR, how="anti"), "IN-015", "dimanche", SIGNALE),
    )
