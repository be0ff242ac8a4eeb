"""What refuses a request, or is said of it, whatever the others: employee, dates, wage.

Source: exchange.md, codes D102, D104, D105, D107; choices L-09, L-32, L-62, L-69, L-76.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from pipelines.conges.regles.paiement.imputation import SPLITTING
from pipelines.conges.regles.paiement.jours import DEMANDE, UN_JOUR
from pipelines.conges.regles.paiement.methodes import EXERCICE
from pipelines.conges.regles.paiement.valeurs import PAIEMENT, join_option, join_valeurs, month_of
from pipelines.echanges.regles.lignes import BLOQUANTE, RESERVEE
from specs.connaissances import Connaissances
from specs.montants import PPM

MOTIFS = pl.Schema(
    {
        "siren": pl.String, "demande": pl.String, "code": pl.String, "variante": pl.String,
        "severite": pl.String, "valeur": pl.String, "attendu": pl.String,
    }
)  # fmt: skip
BORNES = {
    "minimum": (PAIEMENT, "salaire_minimum_ppm"),
    "maximum": (PAIEMENT, "salaire_maximum_ppm"),
    "prescription": (PAIEMENT, "prescription_ans"),
}
CATEGORIES = pl.Schema({"salarie": pl.String, "exercice": pl.Int64, "categorie": pl.String})


@dataclass(frozen=True, slots=True)
class Connu:
    """What the fund knows of employees, tonight.

    `droits`: see `compute_droits`; `acquis`, `reports`: see `compute_restes` (the splitting days of
    a leave year have a row once they are settled, be it of 0); `couverts`: salarie, exercice of
    which a DSN or a certificate covers a day; `salaries`: salarie, all of them; `occupations`:
    salarie, debut, fin of stoppages and of days lost for bad weather; `compensations`: siren,
    demande, effet of the decisions; `categories`: CATEGORIES of the rights, of those that are no
    more as last published.
    """

    droits: pl.DataFrame
    acquis: pl.DataFrame
    reports: pl.DataFrame
    couverts: pl.DataFrame
    salaries: pl.DataFrame
    occupations: pl.DataFrame
    compensations: pl.DataFrame
    categories: pl.DataFrame = field(default_factory=CATEGORIES.to_frame)


def tell(
    demandes: pl.DataFrame,
    code: str,
    severite: str = BLOQUANTE,
    variante: str | None = None,
    valeur: pl.Expr | None = None,
    attendu: pl.Expr | None = None,
) -> pl.DataFrame:
    """MOTIFS of these requests; `valeur` and `attendu`: words of the message."""
    rien = pl.lit(None, pl.String)
    return demandes.select(
        *DEMANDE, code=pl.lit(code), variante=pl.lit(variante, pl.String),
        severite=pl.lit(severite), valeur=rien if valeur is None else valeur.cast(pl.String),
        attendu=rien if attendu is None else attendu.cast(pl.String),
    )  # fmt: skip


def check_alone(demandes: pl.DataFrame, jours: pl.DataFrame, connu: Connu) -> pl.DataFrame:
    """MOTIFS of what no other request changes: unknown employee, dates, days already taken."""
    inconnus = demandes.join(connu.salaries, on="salarie", how="anti")
    return pl.concat(
        [
            tell(inconnus, "D107"),
            tell(_out_of_year(demandes, jours, connu.reports), "D102", valeur=pl.col("exercice")),
            find_overlaps(demandes, connu.occupations.with_columns(apres=pl.col("fin") + UN_JOUR)),
        ]
    )


def _out_of_year(
    demandes: pl.DataFrame, jours: pl.DataFrame, reports: pl.DataFrame
) -> pl.DataFrame:
    """Requests of a leave year with a day that cannot be taken on it, nor carried over (L-32)."""
    annee = pl.col("exercice").cast(pl.Int32)
    derniere = annee + pl.when(pl.col("nature") == SPLITTING).then(2).otherwise(1)
    fins = reports.group_by(EXERCICE).agg(
        dernier=pl.col("fin").fill_null(pl.date(9999, 12, 31)).max()
    )
    dans = pl.col("date").is_between(pl.date(annee, 5, 1), pl.date(derniere, 4, 30))
    reporte = (
        pl.col("date")
        .is_between(pl.date(annee + 1, 5, 1), pl.col("dernier"))
        .fill_null(value=False)
    )
    fautives = (
        demandes.filter(pl.col("exercice").is_not_null())
        .join(jours, on=DEMANDE)
        .join(fins, on=EXERCICE, how="left")
        .filter(~dans, ~reporte)
    )
    return demandes.join(fautives, on=DEMANDE, how="semi")


def find_overlaps(demandes: pl.DataFrame, pris: pl.DataFrame) -> pl.DataFrame:
    """D104 of requests that meet a period of their employee, from `debut` to the eve of `apres`."""
    rencontres = (
        demandes.join(pris.select("salarie", de="debut", vers="apres"), on="salarie")
        .filter(pl.col("debut") < pl.col("vers"), pl.col("de") < pl.col("reprise"))
        .group_by(DEMANDE)
        .agg(premier=pl.max_horizontal("debut", "de").min())
    )
    return tell(rencontres, "D104", valeur=pl.col("premier").dt.strftime("%d/%m/%Y"))


def check_wages(
    demandes: pl.DataFrame, droits: pl.DataFrame, savoir: Connaissances
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The pay that each request brings, and D105 of those too far from the certificate's (L-69)."""
    annee = pl.coalesce("exercice", pl.col("recu_jour").dt.year().cast(pl.Int64))
    derniers = droits.sort(EXERCICE).select(*EXERCICE, r="r_centimes")
    dates = join_valeurs(
        demandes.with_columns(mois=month_of(pl.col("recu_jour")), annee=annee),
        "mois", BORNES, savoir,
    ).sort("annee")  # fmt: skip
    connus = join_option(dates, "mois", "revalorisation_r", savoir).join_asof(
        derniers.sort("exercice"), left_on="annee", right_on="exercice", by="salarie",
        strategy="backward", check_sortedness=False,
    )  # fmt: skip
    salaire, r = pl.col("salaire_centimes"), pl.col("r")
    loin = (salaire * PPM < r * pl.col("minimum")) | (salaire * PPM > r * pl.col("maximum"))
    juges = connus.with_columns(
        loin=loin.fill_null(value=False), figee=pl.col("revalorisation_r") == "figee"
    )
    retenu = pl.when(~pl.col("loin") & ~pl.col("figee")).then(salaire)
    return juges.select(*DEMANDE, salaire_centimes=retenu), tell(
        juges.filter("loin"), "D105", RESERVEE, "hors_bornes", salaire
    )
