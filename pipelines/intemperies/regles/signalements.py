"""What a declaration is compared with, and only told: wages, hours of the DSN, other companies.

None of these changes an amount. Source: IN-014, IN-031, IN-040, IN-050; choices I-07, I-27, I-46.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from math import lcm

import polars as pl

from pipelines.intemperies.regles.declarations import DECLARATION, JOUR, LIGNE
from pipelines.intemperies.regles.delais import compute_fenetre
from pipelines.intemperies.regles.suites import DITS, SIGNAL
from pipelines.intemperies.regles.valeurs import INDEMNITE, SIGNALEMENT, read_valeur
from specs.connaissances import Connaissances
from specs.montants import PPM
from specs.periodes import Mois

SAMEDI = 5
# Monday-to-Friday days that a month may have: a share of any is a whole number of this part.
PART = lcm(20, 21, 22, 23)
DU_MOIS = ["siren", "salarie", "mois"]


def check_wages(lignes: pl.DataFrame, bases: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """IN-031: RATE far from the DSN, or too high for an hour; DITS.

    `lignes`: LIGNE, rate, premier_jour; `bases`: siren, salarie, mois, montant_centimes, the base
    20 of each month paid whole. The month compared is the last one before the first lost day.
    """
    mois = Mois.from_date(lignes["premier_jour"].max() or date.max)  # type: ignore[arg-type] # dates
    ecart, maximum, heures = (
        read_valeur(savoir, SIGNALEMENT, serie, mois)
        for serie in (
            "ecart_salaire_ppm", "salaire_horaire_maximum_centimes", "heures_mensuelles_centiemes"
        )
    )  # fmt: skip
    declares = lignes.select(*LIGNE, "rate", du=pl.col("premier_jour").dt.strftime("%Y-%m"))
    derniers = (
        declares.join(bases, on=["siren", "salarie"])
        .filter(pl.col("mois") < pl.col("du"))
        .sort("mois")
        .group_by(LIGNE, maintain_order=True)
        .last()
    )
    # Ten-thousandths of a euro times hundredths of an hour, on both sides.
    declare = pl.col("rate") * heures
    paye = pl.col("montant_centimes") * 10_000
    loin = derniers.filter(
        (declare - paye).abs().cast(pl.Int128) * PPM > paye.cast(pl.Int128) * ecart
    )
    chers = declares.filter(pl.col("rate") > maximum * 100)
    return pl.concat([_told(loin, "IN-031"), _told(chers, "IN-031", "mensuel")])


def check_dsn_hours(
    jours: pl.DataFrame, heures: pl.DataFrame, mois: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """IN-040: the DSN of the month says nothing of the stop, or other hours; DITS.

    `jours`: of `Declarations`, refused ones included; `heures`: siren, salarie, mois,
    heures_centiemes (51.011 = 025; null: none) and suspendu (65.001 = 507); `mois`: siren, mois
    whose DSN counts.
    """
    situes = jours.with_columns(mois=pl.col("date").dt.strftime("%Y-%m"))
    sommes = situes.group_by(DU_MOIS).agg(pl.col("perdues_centiemes").sum().alias("declarees"))
    compares = (
        situes.select(*LIGNE, "mois")
        .unique()
        .join(mois, on=["siren", "mois"])
        .join(sommes, on=DU_MOIS)
        .join(heures, on=DU_MOIS, how="left")
        .with_columns(valeur="mois")
    )
    dites = pl.col("heures_centiemes")
    muets = compares.filter(dites.is_null() & ~pl.col("suspendu").fill_null(value=False))
    if compares.is_empty():
        return pl.DataFrame(schema=DITS)
    seuil = read_valeur(
        savoir, SIGNALEMENT, "ecart_heures_dsn_centiemes", Mois.parse(str(compares["mois"].max()))
    )
    loin = compares.filter((dites - pl.col("declarees")).abs() > seuil)
    return pl.concat([_told(muets, "IN-040"), _told(loin, "IN-040", "ecart")])


def check_certified_hours(
    lignes: pl.DataFrame, travaillees: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """IN-014: the certified hours suffice, those of the DSN do not; DITS.

    `lignes`: LIGNE, hours_2m, premier_jour; `travaillees`: salarie, mois, heures_centiemes, worked
    and assimilated, all employers. A month cut by the window counts in proportion of its Monday to
    Friday days; nothing is said when the DSN of one of its months is not known.
    """
    jours = lignes["premier_jour"].unique().drop_nulls().sort()
    fenetres = [(jour, *part) for jour in jours for part in _window(jour, savoir)]
    schema = {"premier_jour": pl.Date, "mois": pl.String, "part": pl.Int64, "minimum": pl.Int64}
    estimees = (
        lignes.select(*LIGNE, "hours_2m", "premier_jour")
        .join(pl.DataFrame(fenetres, schema, orient="row"), on="premier_jour")
        .join(travaillees, on=["salarie", "mois"], how="left")
        .group_by(*LIGNE, "hours_2m", "minimum")
        .agg(
            (pl.col("heures_centiemes") * pl.col("part")).sum().alias("estimees"),
            pl.col("heures_centiemes").is_not_null().all().alias("connues"),
        )
    )
    douteuses = estimees.filter(
        pl.col("connues"),
        pl.col("hours_2m") >= pl.col("minimum"),
        pl.col("estimees") < pl.col("minimum") * PART,
    )
    return _told(douteuses, "IN-014")


def _window(premier_jour: date, savoir: Connaissances) -> list[tuple[str, int, int]]:
    """Each month of the window, its share in PART, and the hours that are needed."""
    mois = Mois.from_date(premier_jour)
    longueur = read_valeur(savoir, INDEMNITE, "heures_fenetre_mois", mois)
    minimum = read_valeur(savoir, INDEMNITE, "heures_minimum_centiemes", mois)
    debut, fin = compute_fenetre(premier_jour, longueur)
    return [
        (str(m), PART * _weekdays(m, debut, fin) // _weekdays(m, m.first_day, m.last_day), minimum)
        for m in Mois.range(Mois.from_date(debut), Mois.from_date(fin))
    ]


def _weekdays(mois: Mois, debut: date, fin: date) -> int:
    jours = [
        mois.first_day + timedelta(days=n) for n in range(monthrange(mois.annee, mois.numero)[1])
    ]
    return sum(debut <= jour <= fin and jour.weekday() < SAMEDI for jour in jours)


def check_isolated(jours: pl.DataFrame, arrets: pl.DataFrame) -> pl.DataFrame:
    """IN-050: days on which no other company stopped in the department; DITS.

    `jours`: JOUR and `a_juger`, true the night after the deadline of its declaration; `arrets`:
    DECLARATION, arret, departement. Those of the whole fund.
    """
    situes = jours.join(
        arrets.select(*DECLARATION, "arret", "departement"), on=[*DECLARATION, "arret"]
    )
    seuls = situes.filter(
        pl.col("siren").n_unique().over("departement", "date") == 1, pl.col("a_juger")
    )
    valeur = pl.col("date").dt.strftime("%d/%m/%Y")
    return _told(seuls.select(*JOUR, valeur=valeur), "IN-050")


def check_frequency(
    lignes: pl.DataFrame, entreprises: pl.DataFrame, savoir: Connaissances, mois: Mois
) -> pl.DataFrame:
    """IN-050: hours, for a euro of wages, above a multiple of the branch; DITS.

    `lignes`: LIGNE of the declarations to judge; `entreprises`: siren, heures_centiemes,
    salaires_centimes of the campaign, of every company of the fund.
    """
    multiple = read_valeur(savoir, SIGNALEMENT, "multiple_profession", mois)
    heures, salaires = (
        pl.col(nom).cast(pl.Int128) for nom in ("heures_centiemes", "salaires_centimes")
    )
    frequentes = entreprises.filter(heures * salaires.sum() > salaires * heures.sum() * multiple)
    return _told(lignes.join(frequentes, on="siren", how="semi"), "IN-050", "heures")


def _told(trouvees: pl.DataFrame, code: str, variante: str | None = None) -> pl.DataFrame:
    """DITS that inform, once a line and value."""
    valeur = pl.col("valeur") if "valeur" in trouvees.columns else pl.lit(None, pl.String)
    jour = pl.col("date") if "date" in trouvees.columns else pl.lit(None, pl.Date)
    return (
        trouvees.select(
            *LIGNE,
            code=pl.lit(code),
            variante=pl.lit(variante, pl.String),
            severite=pl.lit(SIGNAL),
            valeur=valeur,
            date=jour,
        )
        .unique()
        .sort(*LIGNE, "date", "valeur")
    )
