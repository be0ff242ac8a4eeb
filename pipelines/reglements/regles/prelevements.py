"""The debits to hand over at a date: which calls, on which mandate, for which day.

A call is debited once its notice (its publication) is old enough, on its due date or the first day
that remains after it; one debit a mandate and day, never two. One that comes from a wage return is
debited as it asks: on the due date only, or not at all (X-05). A debit that no bank would take is
set aside, with its cause, and holds back no other. Sources: exchange section 7, cotisations
section 8, features F13 to F15; options of specs/options/reglements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.reglements.regles.etats import A_REMETTRE, EMIS, REFUSES, REGLE, REJETE
from pipelines.reglements.regles.identifiants import debit_identifier
from pipelines.reglements.regles.mandats import ACTIF
from specs.banque import REMETTRE, REMETTRE_ECHUE, REPRESENTER, read_motif
from specs.banque.target import (
    JOUR,
    add_business_days,
    next_business_day,
    previous_business_day,
)
from specs.contrats import codes_of, computed_columns

# The first debit is of this sequence too, since November 2016.
(SEQUENCE,) = codes_of("prelevements", "sequence", "RCUR")
MAXIMUM_CENTIMES = 99_999_999_999  # SEPA: less than 1 000 000 000.00
A_ECHOIR, ECHUE = codes_of("creances", "etat", "A_ECHOIR", "ECHUE")
COLONNES = computed_columns("prelevements")
PREVU = {
    "appel": pl.String,
    "reference_paiement": pl.String,
    "rum": pl.String,
    "compte": pl.String,
    "date_echeance": pl.Date,
    "reste_centimes": pl.Int64,
}
A_JOUR, JOUR_PRECEDENT = "a_jour", "jour_ouvre_precedent"
TOUT_MANDAT = "tout_mandat"
JOUR_PRIS = "le mandat a déjà un prélèvement le seul jour que la télédéclaration (TDP) permet"
TROP = "le montant dépasse celui d'un prélèvement SEPA"
ECARTES = pl.Schema(
    {
        "siren": pl.String,
        "rum": pl.String,
        "date_echeance": pl.Date,
        "montant_centimes": pl.Int64,
        "cause": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Parametres:
    """Dated values and options at a date: days, and the answers of the fund."""

    preavis_jours: int
    minimum_jours_ouvres: int
    maximum_jours: int
    representation_jours: int
    representations_maximum: int
    remises_maximum: int
    attente_double_jours_ouvres: int
    eligibilite: str
    report: str
    mandat_telepaiement: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the debits of a shard depend on (contracts of the same names).

    `appels`: appel, date_arrete, reference_paiement, telepaiement (null: from no wage return).
    `prelevements` carry their present state;
    `changements`: rum of the mandates whose account changed since their last debit; `comptes`: rum
    and compte_debite, its present account; `obstacles`: rum, cause (of `find_obstacles`).
    """

    creances: pl.DataFrame
    appels: pl.DataFrame
    mandats: pl.DataFrame
    etats_mandat: pl.DataFrame
    prelevements: pl.DataFrame
    prelevements_appels: pl.DataFrame
    changements: pl.DataFrame
    comptes: pl.DataFrame
    obstacles: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Emissions:
    """Contracts `prelevements` and `prelevements_appels`, but `part`; sorted by key.

    `ecartes`: what would have been debited and was not (ECARTES).
    """

    prelevements: pl.DataFrame
    appels: pl.DataFrame
    ecartes: pl.DataFrame


def compute_emissions(
    situation: Situation, parametres: Parametres, remise: str, date_arrete: date
) -> Emissions:
    """Debits to hand over at `date_arrete` in the file `remise`."""
    dus = _due(
        _eligible(situation, parametres, date_arrete), situation.appels, parametres, date_arrete
    )
    libres, ecartes = _split(_apart(dus, situation.prelevements), situation.obstacles)
    prelevements = _debits(libres, situation, remise, date_arrete)
    appels = libres.join(
        prelevements.select("prelevement", "rum", "date_echeance"), on=["rum", "date_echeance"]
    ).select("prelevement", "appel", "siren", montant_centimes="reste_centimes")
    return Emissions(prelevements, appels.sort("prelevement", "appel"), ecartes)


def compute_prevus(situation: Situation, parametres: Parametres, date_arrete: date) -> pl.DataFrame:
    """Debits to come as they stand at `date_arrete`, those of tonight too; key and order: appel.

    Columns PREVU: the choice of `compute_emissions`, however far the day. A call tells its company
    that day: it is the notice.
    """
    eligibles = _eligible(situation, parametres, date_arrete)
    dus = _dated(eligibles, situation.appels, parametres, date_arrete)
    libres, _ = _split(_apart(dus, situation.prelevements), situation.obstacles)
    return libres.select(PREVU.keys()).sort("appel")


def _split(dus: pl.DataFrame, obstacles: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(calls that may be debited, debits set aside)."""
    debit = ["rum", "date_echeance"]
    total = pl.col("reste_centimes").sum().over(debit)
    juges = dus.join(obstacles, on="rum", how="left", suffix="_rum").with_columns(
        pl.coalesce(
            "cause", "cause_rum", pl.when(total > MAXIMUM_CENTIMES).then(pl.lit(TROP))
        ).alias("cause")
    )
    empeche = pl.col("cause").is_not_null()
    ecartes = (
        juges.filter(empeche)
        .group_by(debit)
        .agg(
            pl.col("siren", "cause").first(),
            pl.col("reste_centimes").sum().alias("montant_centimes"),
        )
        .match_to_schema(ECARTES)
        .sort(debit)
    )
    return juges.filter(~empeche).drop("cause", "cause_rum"), ecartes


def _eligible(situation: Situation, parametres: Parametres, date_arrete: date) -> pl.DataFrame:
    """Calls that may be debited, with their mandate (rum, schema, compte) and `dernier_rejet`."""
    reste, etat = pl.col("reste_centimes"), pl.col("etat")
    dues = situation.creances.filter((reste > 0) & etat.is_in([A_ECHOIR, ECHUE]))
    juges = (
        _with_orders(dues, situation.appels, parametres, date_arrete)
        .with_columns(_place())
        .join(_presentations(situation, parametres, date_arrete), on="appel", how="left")
        .join(_mandates(situation, parametres), on=["place", "ordonne"], how="left")
        .with_columns(
            pl.col("en_cours").fill_null(value=False),
            (_is_presentable(parametres) & _is_wanted())
            .fill_null(value=False)
            .alias("presentable"),
        )
    )
    retenus = pl.col("presentable") & ~pl.col("en_cours")
    if parametres.eligibilite == A_JOUR:
        attend = pl.col("a_remettre").fill_null(value=False)
        bloquante = (etat == ECHUE) & ~pl.col("presentable") & ~pl.col("en_cours") & ~attend
        retenus &= ~bloquante.any().over("siren")
    return juges.filter(retenus)


def _place() -> pl.Expr:
    """Who pays: the payment group when there is one, else the management centre."""
    return (
        pl.when(pl.col("groupe").is_not_null())
        .then(pl.format("groupe {}", "groupe"))
        .otherwise(pl.format("cdg {}", "cdg"))
        .alias("place")
    )


def _with_orders(
    dues: pl.DataFrame, appels: pl.DataFrame, parametres: Parametres, date_arrete: date
) -> pl.DataFrame:
    """Calls with `telepaiement` (see Situation), `ordonne` and `tenable`.

    `ordonne`: a wage return asks for the debit, on the due date; `tenable`: that day can be held.
    """
    suivis = dues.join(
        appels.select("appel", "telepaiement", publication="date_arrete"), on="appel", how="left"
    )
    lues = suivis.select("date_exigibilite", "publication", "telepaiement").iter_rows()
    tenables = [
        telepaiement is True
        and _on_business_day(exigibilite, date.min, parametres)
        >= _first_day(publication, None, parametres, date_arrete)
        for exigibilite, publication, telepaiement in lues
    ]
    return suivis.drop("publication").with_columns(
        pl.col("telepaiement").fill_null(value=False).alias("ordonne"),
        pl.Series("tenable", tenables, pl.Boolean),
    )


def _is_wanted() -> pl.Expr:
    """Whether the wage return that a call comes from, if any, lets it be debited (X-05).

    On the due date only: what the debtor's side refused is not presented again.
    """
    refuse = pl.col("consequence").is_not_null() & ~pl.col("a_remettre")
    a_l_echeance = pl.col("ordonne") & pl.col("tenable") & ~refuse.fill_null(value=False)
    return pl.col("telepaiement").is_null() | a_l_echeance


def _mandates(situation: Situation, parametres: Parametres) -> pl.DataFrame:
    """The active mandate of each place: the last that was signed. Key: place, ordonne.

    One that is not debited automatically serves what a wage return orders (`ordonne`), if the
    option says so.
    """
    actifs = situation.etats_mandat.filter(pl.col("etat") == ACTIF).select("rum", "depuis")
    signes = (
        situation.mandats.filter(pl.col("date_signature").is_not_null())
        .join(actifs, on="rum")
        .sort("date_signature", "rum")
        .with_columns(_place())
    )
    automatique = pl.col("prelevement_automatique")
    tous = pl.lit(value=True) if parametres.mandat_telepaiement == TOUT_MANDAT else automatique
    servent = [
        signes.filter(filtre).with_columns(ordonne=pl.lit(ordonne))
        for ordonne, filtre in ((False, automatique), (True, tous))
    ]
    return (
        pl.concat(servent)
        .unique(["place", "ordonne"], keep="last", maintain_order=True)
        .rename({"cdg": "place_cdg", "groupe": "place_groupe"})
        .select(
            *("place", "ordonne", "rum", "depuis", "schema", "compte"), "place_cdg", "place_groupe"
        )
    )


def _presentations(situation: Situation, parametres: Parametres, date_arrete: date) -> pl.DataFrame:
    """What became of the debits of each call (key: appel).

    Columns: en_cours, while a debit of it is handed over or settled: it is never debited twice;
    rejets and remises (how many debits the debtor's side refused, how many the fund must hand over
    again since the mandate is active), consequence of the last refusal, dernier_rejet (its day when
    the debtor refused), a_remettre (the fund's to hand over), libre (and not too early for that).
    """
    etat, refus = pl.col("etat"), pl.col("etat").is_in(REFUSES)
    depuis = situation.etats_mandat.select("rum", "depuis")
    suivis = (
        situation.prelevements_appels.select("prelevement", "appel")
        .join(situation.prelevements, on="prelevement")
        .join(depuis, on="rum", how="left")
        .sort("date_etat", "prelevement")
        .group_by("appel", maintain_order=True)
        .agg(
            etat.is_in([EMIS, REGLE]).any().alias("en_cours"),
            (etat == REJETE).sum().cast(pl.Int64).alias("rejets"),
            ((etat == A_REMETTRE) & (pl.col("date_etat") >= pl.col("depuis")))
            .sum()
            .cast(pl.Int64)
            .alias("remises"),
            (etat.filter(refus).last() == A_REMETTRE).alias("a_remettre"),
            pl.col("date_etat").filter(refus).last().alias("dernier_rejet"),
            pl.col("code_motif").filter(refus).last().alias("code"),
            pl.col("date_echeance").filter(refus).last().alias("refuse_pour_le"),
        )
    )
    attente = parametres.attente_double_jours_ouvres
    suites = [_follow(refus, attente, date_arrete) for refus in suivis.iter_rows(named=True)]
    return suivis.drop("code", "refuse_pour_le", "dernier_rejet").hstack(
        pl.DataFrame(
            suites,
            {"consequence": pl.String, "libre": pl.Boolean, "dernier_rejet": pl.Date},
            orient="row",
        )
    )


def _follow(
    refus: Mapping[str, Any], attente_jours_ouvres: int, date_arrete: date
) -> tuple[str | None, bool, date | None]:
    """(what follows the last refusal, whether it may be now, the day from which delays run)."""
    if refus["dernier_rejet"] is None:
        return None, True, None
    consequence = read_motif(refus["code"] or "", refus["dernier_rejet"]).consequence
    if not refus["a_remettre"]:
        return consequence, True, refus["dernier_rejet"]
    if consequence != REMETTRE_ECHUE:
        return REMETTRE, True, None
    # Told twice: a first copy may have been taken, its credit would be known by then.
    connu_le = add_business_days(refus["refuse_pour_le"], attente_jours_ouvres)
    return REMETTRE_ECHUE, date_arrete >= connu_le, None


def _is_presentable(parametres: Parametres) -> pl.Expr:
    """Whether a call may be debited on its mandate; null without an active mandate.

    Never refused: when it fell due since the mandate is active. Refused: as often as allowed for
    lack of funds, or to hand over again; otherwise once somebody has taken the mandate up again,
    since it is active.
    """
    rejets, remises = pl.col("rejets").fill_null(0), pl.col("remises").fill_null(0)
    a_temps = pl.col("date_exigibilite") >= pl.col("depuis")
    premiere = a_temps if parametres.eligibilite == A_JOUR else pl.col("rum").is_not_null()
    encore = rejets <= parametres.representations_maximum
    a_remettre = pl.col("libre") & (remises <= parametres.remises_maximum)
    return pl.when(pl.col("rum").is_not_null()).then(
        pl.when(pl.col("consequence").is_null())
        .then(premiere)
        .when(pl.col("a_remettre"))
        .then(a_remettre)
        .otherwise(encore | (pl.col("consequence") != REPRESENTER))
    )


def _due(
    eligibles: pl.DataFrame, appels: pl.DataFrame, parametres: Parametres, date_arrete: date
) -> pl.DataFrame:
    """Calls whose debit is near enough to be handed over now, with its `date_echeance`."""
    limite = date_arrete + timedelta(days=parametres.maximum_jours)
    dates = _dated(eligibles, appels, parametres, date_arrete)
    return dates.filter(pl.col("date_echeance") <= limite)


def _dated(
    eligibles: pl.DataFrame, appels: pl.DataFrame, parametres: Parametres, date_arrete: date
) -> pl.DataFrame:
    """Calls with the day of their debit, `date_echeance`."""
    suivis = eligibles.join(
        appels.select("appel", "reference_paiement", publication="date_arrete"), on="appel"
    )
    lues = suivis.select("date_exigibilite", "publication", "dernier_rejet").iter_rows()
    jours = [
        _debit_day(exigibilite, publication, rejet, parametres, date_arrete)
        for exigibilite, publication, rejet in lues
    ]
    return suivis.with_columns(pl.Series("date_echeance", jours, pl.Date))


def _debit_day(
    exigibilite: date,
    publication: date,
    rejet: date | None,
    parametres: Parametres,
    date_arrete: date,
) -> date:
    """The due date when notice and bank allow it, else the first business day that they allow."""
    plancher = _first_day(publication, rejet, parametres, date_arrete)
    return _on_business_day(max(exigibilite, plancher), plancher, parametres)


def _first_day(
    publication: date, rejet: date | None, parametres: Parametres, date_arrete: date
) -> date:
    """The first day that notice and bank allow."""
    return max(
        publication + timedelta(days=parametres.preavis_jours),
        add_business_days(date_arrete, parametres.minimum_jours_ouvres),
        rejet + timedelta(days=parametres.representation_jours) if rejet else date.min,
    )


def _on_business_day(voulu: date, plancher: date, parametres: Parametres) -> date:
    """The day, or its neighbour when banks are closed: the one before if `plancher` allows it."""
    avant = previous_business_day(voulu)
    if parametres.report == JOUR_PRECEDENT and avant >= plancher:
        return avant
    return next_business_day(voulu)


def _apart(dus: pl.DataFrame, prelevements: pl.DataFrame) -> pl.DataFrame:
    """Calls moved to the next business day while their mandate already has a debit that day.

    With the `cause` that sets aside those that no other day suits.
    """
    pris = set(prelevements.select("rum", "date_echeance").iter_rows())
    jours = []
    for rum, jour in dus.select("rum", "date_echeance").iter_rows():
        libre = jour
        while (rum, libre) in pris:
            libre = next_business_day(libre + JOUR)
        jours.append(libre)
    voulus = dus.with_columns(pl.Series("libre", jours, pl.Date))
    deplacee = pl.col("ordonne") & (pl.col("libre") != pl.col("date_echeance"))
    cause = pl.when(deplacee).then(pl.lit(JOUR_PRIS)).alias("cause")
    return voulus.with_columns(cause, date_echeance="libre").drop("libre")


def _debits(
    dus: pl.DataFrame, situation: Situation, remise: str, date_arrete: date
) -> pl.DataFrame:
    """One debit a mandate and day: the sum of its calls."""
    deja = situation.prelevements.group_by("siren", "date_echeance").len("deja")
    rang = pl.col("rum").rank("ordinal").over("siren", "date_echeance") + pl.col("deja")
    une_reference = pl.col("reference_paiement").n_unique() == 1
    groupes = (
        dus.group_by("rum", "date_echeance")
        .agg(
            pl.col("siren", "adherent", "place_cdg", "place_groupe", "schema", "compte").first(),
            pl.when(une_reference).then(pl.col("reference_paiement").first()).alias("reference"),
            pl.col("reste_centimes").sum().alias("montant_centimes"),
        )
        .join(situation.comptes.select("rum", "compte_debite"), on="rum", how="left")
        .join(deja, on=["siren", "date_echeance"], how="left")
        .with_columns(pl.col("deja").fill_null(0))
        .with_columns(debit_identifier(rang).alias("prelevement"))
    )
    change = pl.col("rum").is_in(situation.changements["rum"].implode())
    nul = pl.lit(None, pl.String)
    return (
        groupes.with_columns(
            pl.coalesce("reference", "prelevement").alias("reference_paiement"),
            pl.col("place_cdg").alias("cdg"),
            pl.col("place_groupe").alias("groupe"),
            pl.lit(SEQUENCE).alias("sequence"),
            change.alias("changement_compte"),
            pl.lit(EMIS).alias("etat"),
            nul.alias("code_motif"),
            pl.lit(None, pl.Date).alias("date_etat"),
            pl.lit(date_arrete).alias("date_emission"),
            pl.lit(remise).alias("remise"),
        )
        .select(COLONNES)
        .sort("prelevement")
    )
