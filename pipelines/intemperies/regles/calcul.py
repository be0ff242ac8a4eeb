"""The whole of bad weather in one call, in the order in which a night runs it.

A night that works by shards calls the same four functions: `judge` and `settle` on the declarations
of some companies, `compute_annees` and `compute_cumuls` on the days of some employees.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipelines.intemperies.regles.annee import compute_annees
from pipelines.intemperies.regles.cumuls import compute_cumuls
from pipelines.intemperies.regles.declarations import (
    DECLARATION,
    JOUR,
    Declarations,
    Lus,
    compute_declarations,
)
from pipelines.intemperies.regles.delais import compute_tenues, read_echeances
from pipelines.intemperies.regles.indemnites import PART, compute_indemnites, compute_parts
from pipelines.intemperies.regles.jours import Connu
from pipelines.intemperies.regles.jugement import Jugement, judge_declarations
from pipelines.intemperies.regles.noms import TAUX_CONGES, with_indemnite
from pipelines.intemperies.regles.remboursements import (
    CLE,
    DEFINITIF,
    GELES,
    compute_cibles,
    compute_remboursements,
    freeze_wages,
)
from pipelines.intemperies.regles.salaires import compute_salaires
from pipelines.intemperies.regles.suites import (
    CODES_DU_JOUR,
    compose,
    compose_doubles,
    compute_etats,
    tell_days,
    tell_lines,
)
from pipelines.intemperies.regles.valeurs import previous_campaign, read_bornes
from specs.connaissances import Connaissances
from specs.contrats import (
    computed_columns,
    computed_schema,
    read_contrat,
)

TABLES = (
    "arrets_intemperies",
    "lignes_intemperies",
    "jours_intemperies",
    "indemnites_intemperies",
    "remboursements_intemperies",
    "cumuls_intemperies",
)
CALCULEES = ["carence_centiemes", "indemnisees_centiemes", "premieres_centiemes"]
A_JOUR = pl.Schema({"siren": pl.String, "a_jour": pl.Boolean})


@dataclass(frozen=True, slots=True)
class Argent:
    """What refunds are made on.

    `bases`, `declares`, `etablissements`, `adherents`: of `compute_salaires`; `coefficients`:
    campagne, publie_le, coefficient_ppm; `a_jour`: A_JOUR.
    """

    bases: pl.DataFrame
    declares: pl.DataFrame
    etablissements: pl.DataFrame
    adherents: pl.DataFrame
    coefficients: pl.DataFrame
    a_jour: pl.DataFrame


def empty(table: str) -> pl.DataFrame:
    """No row of a table, without its shard."""
    return computed_schema(table).to_frame()


@dataclass(frozen=True, slots=True)
class Publies:
    """The tables of bad weather as last published, without their shard."""

    arrets: pl.DataFrame = field(default_factory=lambda: empty("arrets_intemperies"))
    lignes: pl.DataFrame = field(default_factory=lambda: empty("lignes_intemperies"))
    jours: pl.DataFrame = field(default_factory=lambda: empty("jours_intemperies"))
    indemnites: pl.DataFrame = field(default_factory=lambda: empty("indemnites_intemperies"))
    remboursements: pl.DataFrame = field(
        default_factory=lambda: empty("remboursements_intemperies")
    )
    cumuls: pl.DataFrame = field(default_factory=lambda: empty("cumuls_intemperies"))
    constats: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True, slots=True)
class Juges:
    """Declarations judged, and their days for `compute_annees`."""

    declarations: Declarations
    jugement: Jugement
    comptes: pl.DataFrame


def judge(
    lus: Lus, connu: Connu, publies: Publies, date_arrete: date, savoir: Connaissances
) -> Juges:
    """Of some companies, whole: which declarations stand, which days count."""
    declarations = compute_declarations(lus, publies.arrets)
    jugement = judge_declarations(
        declarations, connu, publies.arrets, publies.lignes, date_arrete, savoir
    )
    debuts = declarations.arrets.select(
        *DECLARATION, "arret", debute=pl.concat_str("debut", pl.lit(" "), "debut_heure")
    ).rename({"debute": "debut"})
    lignes = jugement.lignes.select(*DECLARATION, "salarie", "matricule", "ij_avant")
    comptes = (
        jugement.jours.filter("compte")
        .join(debuts, on=[*DECLARATION, "arret"])
        .join(lignes, on=[*DECLARATION, "salarie"])
    )
    return Juges(declarations, jugement, comptes)


def settle(
    juges: Juges,
    jours: pl.DataFrame,
    argent: Argent,
    publies: Publies,
    conges: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> Publies:
    """Indemnities, new refunds, states and constats of the companies of `juges`.

    `jours`: those of `compute_annees`, of these companies. `conges`: siren, salarie, conges, false
    for who has no leave of the fund (I-22). In the answer, `remboursements` holds the new rows.
    """
    arrets = juges.declarations.arrets
    reprises = arrets.group_by(*DECLARATION, "chaine").agg(
        pl.col("reprise").max().alias("derniere_reprise")
    )
    echeances = reprises.join(
        read_echeances(reprises["derniere_reprise"], savoir), on="derniere_reprise"
    )
    tenues = compute_tenues(juges.declarations.tous, echeances)
    parts = compute_parts(jours, tenues, arrets)
    lignes = juges.jugement.lignes.join(conges, on=["siren", "salarie"], how="left").with_columns(
        pl.col("conges").fill_null(value=True)
    )
    indemnites = compute_indemnites(parts, lignes, savoir)
    cibles = _targets(indemnites, argent, publies, date_arrete, savoir)
    nouveaux, retenus = compute_remboursements(
        cibles, publies.remboursements, argent.a_jour, date_arrete
    )
    dits_jours = tell_days(juges.jugement, jours)
    dits_lignes = tell_lines(juges.jugement, indemnites, cibles, retenus)
    dits = pl.concat([dits_jours.select(dits_lignes.columns), dits_lignes])
    etats = compute_etats(juges.declarations, juges.jugement, cibles, dits)
    return replace(
        publies,
        arrets=_of("arrets_intemperies", _with_deadlines(etats, savoir)),
        lignes=_of("lignes_intemperies", juges.jugement.lignes),
        jours=_of("jours_intemperies", _with_anomalies(juges, jours, dits_jours)),
        indemnites=_of("indemnites_intemperies", _with_missing(cibles)),
        remboursements=nouveaux,
        constats=pl.concat(
            [compose(dits, juges.jugement.lignes), compose_doubles(juges.declarations.doublons)]
        ),
    )


def compute_intemperies(
    lus: Lus,
    connu: Connu,
    argent: Argent,
    publies: Publies,
    date_arrete: date,
    savoir: Connaissances,
) -> Publies:
    """A night, whole: the tables as it publishes them, every refund included."""
    juges = judge(lus, connu, publies, date_arrete, savoir)
    bornes = read_bornes(juges.comptes["date"].dt.year(), savoir)
    annees = compute_annees(juges.comptes, bornes)
    conges = connu.contrats.group_by("siren", "salarie").agg(pl.col("conges").any())
    suites = settle(juges, annees.jours, argent, publies, conges, date_arrete, savoir)
    rendus = pl.concat([publies.remboursements, suites.remboursements]).sort(*PART, "rang")
    vieilles = read_bornes([*rendus["annee"], *annees.jours["date"].dt.year()], savoir)
    cumuls = compute_cumuls(annees.jours, annees.comptes, suites.indemnites, rendus, vieilles)
    return replace(suites, remboursements=rendus, cumuls=cumuls)


def _of(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    contrat = read_contrat(table)
    return frame.select(computed_columns(table)).sort(contrat.cle)


def _targets(
    indemnites: pl.DataFrame,
    argent: Argent,
    publies: Publies,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    campagnes = set(indemnites["campagne"])
    salaires = compute_salaires(
        campagnes | {previous_campaign(c) for c in campagnes},
        argent.bases, argent.declares, argent.etablissements, argent.adherents, date_arrete, savoir,
    )  # fmt: skip
    gelees = freeze_wages(indemnites, salaires, publies.indemnites.select(*CLE, *GELES), savoir)
    definitives = publies.remboursements.filter(pl.col("nature") == DEFINITIF).select(CLE)
    return compute_cibles(gelees, definitives, argent.coefficients, date_arrete, savoir)


def _with_deadlines(arrets: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    derniere = pl.col("reprise").max().over(DECLARATION).alias("derniere_reprise")
    return arrets.with_columns(derniere).join(
        read_echeances(arrets["reprise"], savoir), on="derniere_reprise"
    )


def _with_anomalies(juges: Juges, jours: pl.DataFrame, dits: pl.DataFrame) -> pl.DataFrame:
    """Every day of the declarations in force: zeros where it is refused or waits."""
    codes = (
        dits.filter(pl.col("code").is_in(CODES_DU_JOUR))
        .group_by(JOUR)
        .agg(pl.col("code").unique().sort().str.join(" ").alias("anomalie"))
    )
    matricules = juges.jugement.lignes.select(*DECLARATION, "salarie", "matricule")
    comptes = jours.select(*JOUR, "perdues_centiemes", *CALCULEES)
    return (
        juges.jugement.jours.select(JOUR)
        .join(matricules, on=[*DECLARATION, "salarie"])
        .join(comptes, on=JOUR, how="left")
        .join(codes, on=JOUR, how="left")
        .with_columns(pl.col("perdues_centiemes", *CALCULEES).fill_null(0))
    )


def _with_missing(cibles: pl.DataFrame) -> pl.DataFrame:
    """Which dated values are missing of each part."""
    sans_abattement = (pl.col("mois_connus") > 0) & pl.col("abattement_campagne").is_null()
    manques = {
        "plafond horaire": pl.col("plafond").is_null(),
        "vigilances": pl.col("attend"),
        "coefficient de canicule": pl.col("coefficient_ppm").is_null(),
        "abattement": sans_abattement.fill_null(value=False),
        TAUX_CONGES: pl.col("taux_conges_ppm").is_null(),
    }
    dits = [pl.when(absent).then(pl.lit(nom)) for nom, absent in manques.items()]
    texte = pl.concat_str(dits, separator=", ", ignore_nulls=True)
    return with_indemnite(
        cibles.with_columns(
            manque=pl.when(texte != "").then(texte), remboursement_centimes="cible_centimes"
        )
    )
