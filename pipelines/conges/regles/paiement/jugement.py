"""Which requests are accepted, in the order of their reception, and what the others wait for.

Each is judged once those received before it have taken their days. Source: exchange.md, codes D101
to D110; choices L-11, L-28, L-31 to L-33, L-49, L-53, L-62, L-69, L-76.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.conges.regles.paiement.controles import (
    BORNES,
    Connu,
    check_alone,
    check_wages,
    find_overlaps,
    tell,
)
from pipelines.conges.regles.paiement.dus import CINQUIEME, FRACTIONNEMENT, PRINCIPAL
from pipelines.conges.regles.paiement.imputation import (
    COMPENSATRICE,
    CONGE,
    PRISES,
    REPORT,
    SEAU,
    SPLITTING,
    allocate,
    compute_restes,
    take_all,
)
from pipelines.conges.regles.paiement.jours import DEMANDE, list_jours
from pipelines.conges.regles.paiement.methodes import EXERCICE
from pipelines.conges.regles.paiement.valeurs import join_valeurs, month_of
from pipelines.echanges.regles.lignes import BLOQUANTE, EN_SUSPENS
from specs.connaissances import Connaissances

ORDRE = ["recue_le", "depot", "rang"]
LEGAUX = (PRINCIPAL, CINQUIEME)
SEAU_ET_JOURS = [*SEAU, "jours_centiemes"]


@dataclass(frozen=True, slots=True)
class Jugement:
    """What becomes of the requests.

    `prises`: PRISES of tonight, with `rang_salarie` (order of the requests of an employee);
    `motifs`: MOTIFS; `comptes`: DEMANDE, jours_centiemes counted; `salaires`: DEMANDE,
    salaire_centimes, the pay that replaces that of the certificate (null: none).
    """

    prises: pl.DataFrame
    motifs: pl.DataFrame
    comptes: pl.DataFrame
    salaires: pl.DataFrame


def judge(
    demandes: pl.DataFrame,
    prises: pl.DataFrame,
    conges: pl.DataFrame,
    connu: Connu,
    savoir: Connaissances,
) -> Jugement:
    """Tonight's requests, with those that wait since another night.

    `demandes`: siren, demande (key), salarie, nature, exercice (null: by the date), debut, reprise
    (null for a compensation), isole, departement, salaire_centimes (of the request), recue_le,
    recu_jour (in Paris), depot, rang, jours_demandes (of a compensation). `prises`: SEAU and
    DEMANDE, jours_centiemes, of what was accepted; `conges`: DEMANDE, salarie, debut, reprise of
    the accepted requests.
    """
    jours = list_jours(demandes, savoir)
    comptes = _count(demandes, jours)
    salaires, hors_bornes = check_wages(demandes, connu.droits, savoir)
    refus = check_alone(demandes, jours, connu)
    restants = _left_over(jours, prises)
    file = (
        demandes.join(refus.select(DEMANDE), on=DEMANDE, how="anti")
        .sort(ORDRE)
        .with_columns(rang_salarie=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("salarie"))
    )
    faites: list[pl.DataFrame] = []
    motifs = [refus, hors_bornes]
    pris, occupes = prises.select(*SEAU_ET_JOURS), conges
    for (rang,), tour in file.sort("rang_salarie").group_by("rang_salarie", maintain_order=True):
        restes = compute_restes(connu.acquis, connu.reports, pris)
        acceptees, dits = _judge_one(tour, restants, restes, occupes, connu, savoir)
        motifs.append(dits)
        faites.append(acceptees.with_columns(rang_salarie=pl.lit(rang, pl.Int64)))
        pris = pl.concat([pris, acceptees.select(SEAU_ET_JOURS)])
        tenues = tour.join(acceptees, on=DEMANDE, how="semi")
        occupes = pl.concat([occupes, tenues.select(conges.columns)])
    vide = pl.DataFrame(schema={**PRISES, "rang_salarie": pl.Int64})
    return Jugement(
        pl.concat([vide, *faites]),
        pl.concat(motifs).unique().sort(*DEMANDE, "code"),
        comptes,
        salaires,
    )


def _count(demandes: pl.DataFrame, jours: pl.DataFrame) -> pl.DataFrame:
    """Days counted of each request; those that a compensation tells, since it has no dates."""
    comptes = jours.group_by(DEMANDE).agg(compte=pl.col("centiemes").sum())
    return demandes.join(comptes, on=DEMANDE, how="left").select(
        *DEMANDE,
        jours_centiemes=pl.coalesce("compte", "jours_demandes").fill_null(0),
    )


def _left_over(jours: pl.DataFrame, prises: pl.DataFrame) -> pl.DataFrame:
    """Days not taken yet of the requests that were accepted in part: the last ones."""
    deja = prises.group_by(DEMANDE).agg(deja=pl.col("jours_centiemes").sum())
    cumul = pl.col("centiemes").cum_sum().over(DEMANDE, order_by="date")
    reste = cumul - pl.col("deja").fill_null(0)
    return (
        jours.join(deja, on=DEMANDE, how="left")
        .with_columns(centiemes=pl.min_horizontal("centiemes", pl.max_horizontal(reste, 0)))
        .filter(pl.col("centiemes") > 0)
        .select(*DEMANDE, "date", "centiemes")
    )


def _judge_one(
    tour: pl.DataFrame,
    jours: pl.DataFrame,
    restes: pl.DataFrame,
    occupes: pl.DataFrame,
    connu: Connu,
    savoir: Connaissances,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Takings and MOTIFS of one request at most of each employee."""
    compensees = tour.filter(pl.col("nature") == COMPENSATRICE)
    decidees = compensees.join(connu.compensations, on=DEMANDE)
    datees = tour.filter(pl.col("nature") != COMPENSATRICE)
    # A request accepted in part does not meet itself.
    autres = occupes.join(datees.select(*DEMANDE), on=DEMANDE, how="anti")
    croisees = find_overlaps(datees, autres.rename({"reprise": "apres"}))
    prises, manquants = allocate(datees, jours, restes)
    dits = pl.concat(
        [
            croisees,
            tell(compensees.join(decidees, on=DEMANDE, how="anti"), "D101", EN_SUSPENS, "decision"),
            _prescribed(tour, prises, manquants, connu.reports, savoir),
            _judge_missing(datees, prises, manquants, restes, connu),
        ]
    )
    refusees = dits.filter(pl.col("severite") == BLOQUANTE)
    toutes = pl.concat([prises, take_all(decidees, restes)])
    return toutes.join(refusees, on=DEMANDE, how="anti"), dits


def _prescribed(
    tour: pl.DataFrame,
    prises: pl.DataFrame,
    manquants: pl.DataFrame,
    reports: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """D110: received more than three years after the end of the taking, or of the carry-over."""
    fins = reports.group_by(EXERCICE).agg(pl.col("fin").max())
    annee = pl.col("exercice").cast(pl.Int32) + 1
    dates = join_valeurs(
        tour.with_columns(mois=month_of(pl.col("recu_jour"))), "mois", BORNES, savoir
    )
    parts = pl.concat(
        [
            prises.select(*DEMANDE, "exercice", "compteur"),
            manquants.select(*DEMANDE, "exercice", compteur=pl.lit(PRINCIPAL)),
        ]
    ).unique()
    reporte = pl.col("compteur") == REPORT
    tardives = (
        dates.select(*DEMANDE, "salarie", "recu_jour", "prescription")
        .join(parts, on=DEMANDE)
        .join(fins, on=EXERCICE, how="left")
        .with_columns(
            limite=pl.when(reporte)
            .then(pl.col("fin").dt.offset_by(pl.format("{}y", "prescription")))
            .otherwise(pl.date(annee + pl.col("prescription").cast(pl.Int32), 4, 30))
        )
        .filter(pl.col("recu_jour") > pl.col("limite"))
    )
    return tell(tardives.unique(DEMANDE), "D110", valeur=pl.col("exercice"))


def _judge_missing(
    tour: pl.DataFrame,
    prises: pl.DataFrame,
    manquants: pl.DataFrame,
    restes: pl.DataFrame,
    connu: Connu,
) -> pl.DataFrame:
    """What days that no counter gives make of their request: refused, or waiting."""
    parts = (
        manquants.group_by(*DEMANDE, "exercice")
        .agg(manque=pl.col("centiemes").sum())
        .join(tour.select(*DEMANDE, "salarie", "nature"), on=DEMANDE)
    )
    certifiees = parts.join(connu.droits, on=EXERCICE, how="semi")
    autres = parts.join(connu.droits, on=EXERCICE, how="anti")
    attendues = autres.join(connu.couverts, on=EXERCICE, how="semi")
    sans = autres.join(connu.couverts, on=EXERCICE, how="anti")
    fractionnees = _awaiting_splitting(certifiees, restes, connu.acquis)
    epuisees = certifiees.join(fractionnees, on=[*DEMANDE, "exercice"], how="anti")
    return pl.concat(
        [
            tell(sans, "D101", valeur=pl.col("exercice")),
            tell(attendues, "D101", EN_SUSPENS, "attente", pl.col("exercice")),
            tell(fractionnees, "D103", EN_SUSPENS, "fractionnement"),
            _exhausted(epuisees, prises),
        ]
    )


def _awaiting_splitting(
    parts: pl.DataFrame, restes: pl.DataFrame, acquis: pl.DataFrame
) -> pl.DataFrame:
    """Those of splitting days not settled yet, the whole legal leave being taken before (L-62)."""
    regles = acquis.filter(pl.col("compteur") == FRACTIONNEMENT)
    entames = restes.filter(pl.col("compteur").is_in(LEGAUX), pl.col("reste_centiemes") > 0)
    return (
        parts.filter(pl.col("nature").is_in([CONGE, SPLITTING]))
        .join(regles, on=EXERCICE, how="anti")
        .join(entames, on=EXERCICE, how="anti")
        .select(*DEMANDE, "exercice")
    )


def _exhausted(parts: pl.DataFrame, prises: pl.DataFrame) -> pl.DataFrame:
    """D103, with the days asked of the leave year and those left."""
    cle = [*DEMANDE, "exercice"]
    donnes = prises.group_by(cle).agg(restants=pl.col("jours_centiemes").sum())
    demandes = parts.join(donnes, on=cle, how="left").with_columns(pl.col("restants").fill_null(0))
    return tell(
        demandes.unique(DEMANDE, keep="first", maintain_order=True),
        "D103",
        valeur=_days(pl.col("manque") + pl.col("restants")),
        attendu=_days(pl.col("restants")),
    )


def _days(centiemes: pl.Expr) -> pl.Expr:
    """Days as people write them: `10`, `4,80`."""
    reste = centiemes % 100
    entiers = (centiemes // 100).cast(pl.String)
    decimales = reste.cast(pl.String).str.zfill(2)
    return (
        pl.when(reste == 0).then(entiers).otherwise(pl.concat_str(entiers, pl.lit(","), decimales))
    )
