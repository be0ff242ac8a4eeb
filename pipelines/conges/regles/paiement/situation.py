"""From what employees acquired to what their requests may take and are paid with.

Source: choices L-11, L-56, L-62, L-64.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.calcul import Acquisition
from pipelines.conges.regles.acquisition.fractionnement import compute_fractionnement
from pipelines.conges.regles.acquisition.reports import compute_reports
from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.controles import CATEGORIES, Connu
from pipelines.conges.regles.paiement.dus import CINQUIEME, FRACTIONNEMENT, PRINCIPAL, PRISE
from pipelines.conges.regles.paiement.imputation import CONGE, REPORT
from pipelines.conges.regles.paiement.indemnites import compute_droits, list_rebuilt
from pipelines.conges.regles.paiement.jours import DEMANDE, JOUR, UN_JOUR
from pipelines.conges.regles.paiement.methodes import EXERCICE
from specs.connaissances import Connaissances

LEGAUX = [PRINCIPAL, CINQUIEME]
COMPTEUR = [*EXERCICE, "compteur"]
AUCUNE = pl.DataFrame(schema={"siren": pl.String, "demande": pl.String})


@dataclass(frozen=True, slots=True)
class Situation:
    """What the night of payments reads of what is acquired: rights, counters, rebuilt wages."""

    connu: Connu
    reconstitutions: pl.DataFrame


def gather_situation(
    acquisition: Acquisition,
    publies: Publies,
    occupations: pl.DataFrame,
    compensations: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
    renonciations: pl.DataFrame = AUCUNE,
) -> Situation:
    """Of whole employees. `publies`: of the night before; the next two: see `Connu`.

    `renonciations`: siren, demande, of leaves of which no day of splitting may come.

    A leave year gives rights once it is closed; before, it is known to be coming.
    """
    droits = compute_droits(acquisition.acquis.filter("clos"), acquisition.maintiens, savoir)
    compteurs = acquisition.compteurs.join(droits, on=EXERCICE, how="semi").select(
        *COMPTEUR, "acquis_centiemes"
    )
    prises = _standing(publies.prises)
    renonces = prises.join(renonciations, on=DEMANDE, how="semi").select(EXERCICE).unique()
    scindables = droits.join(renonces, on=EXERCICE, how="anti")
    split = _splitting(prises, publies.demandes, scindables, date_arrete, savoir)
    certifies = acquisition.certificats
    connu = Connu(
        droits=droits,
        acquis=pl.concat([compteurs, split]).sort(COMPTEUR),
        reports=_carried_over(acquisition.reports, compteurs, prises, date_arrete, savoir),
        couverts=certifies.filter("en_vigueur").select(EXERCICE).unique().sort(EXERCICE),
        salaries=certifies.select("salarie").unique().sort("salarie"),
        occupations=occupations,
        compensations=compensations,
        categories=pl.concat([droits.select(CATEGORIES.names()), publies.categories])
        .unique(EXERCICE, keep="first", maintain_order=True)
        .sort(EXERCICE),
    )
    return Situation(connu, list_rebuilt(acquisition.acquis, acquisition.maintiens, savoir))


def _standing(prises: pl.DataFrame) -> pl.DataFrame:
    """Takings that nothing mirrors."""
    annulees = prises.filter(pl.col("sens") < 0)
    return prises.filter(pl.col("sens") > 0).join(annulees, on=PRISE, how="anti")


def _splitting(
    prises: pl.DataFrame,
    demandes: pl.DataFrame,
    droits: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Days of splitting of the leave years whose main leave is over, be it none."""
    conges = demandes.filter(pl.col("nature") == CONGE).select(*DEMANDE, "departement")
    prises_principales = (
        prises.filter(pl.col("origine").is_in(LEGAUX), pl.col("compteur") != REPORT)
        .join(conges, on=DEMANDE)
        .group_by(*PRISE, "salarie", "departement")
        .agg(debut=pl.col("debut").min(), reprise=pl.col("fin").max() + UN_JOUR)
    )
    return (
        compute_fractionnement(
            prises_principales.select(*EXERCICE, "debut", "reprise", "departement"), droits, savoir
        )
        .filter(pl.col("connu_le") <= date_arrete)
        .select(
            *EXERCICE,
            compteur=pl.lit(FRACTIONNEMENT),
            acquis_centiemes=pl.col("jours").cast(pl.Int64) * JOUR,
        )
    )


def _carried_over(
    reports: pl.DataFrame,
    compteurs: pl.DataFrame,
    prises: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Days that passed to REPORT, counter by counter of origin, with their last day."""
    pris = (
        prises.filter(pl.col("compteur") != REPORT)
        .group_by(COMPTEUR)
        .agg(pris=pl.col("jours_centiemes").sum())
    )
    restes = compteurs.join(pris, on=COMPTEUR, how="left").select(
        *COMPTEUR, reste_centiemes=pl.col("acquis_centiemes") - pl.col("pris").fill_null(0)
    )
    passes = compute_reports(reports, restes, date_arrete, savoir)
    fins = passes.filter(pl.col("compteur") == REPORT).select(*EXERCICE, "fin")
    return (
        passes.filter(pl.col("passe_centiemes") < 0)
        .drop("fin")
        .join(fins, on=EXERCICE, how="left")
        .select(*EXERCICE, "fin", origine="compteur", acquis_centiemes=-pl.col("passe_centiemes"))
    )
