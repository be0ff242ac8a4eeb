"""Whom the leave published is of tonight: an employee may have been merged with another, or split.

Requests are of the employee that their line designates tonight; what has none, of the one that the
links lead to. Amounts follow their statement. Nothing else of what was published changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.controles import CATEGORIES
from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.liens import LIE, linked
from pipelines.nuit.parts import Part
from specs.contrats import read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

RECUES, LIGNE = "demandes_recues", ["depot", "rang"]


@dataclass(frozen=True, slots=True)
class Suivi:
    """What tells whom a row published is of tonight.

    `liens`: contract `liens_salaries`, the links; `demandes`: DEMANDE, salarie (as published),
    `designe`, of the requests that are another employee's.
    """

    liens: pl.DataFrame
    demandes: pl.DataFrame

    def read(self, maison: Maison, part: Part, table: str) -> pl.DataFrame:
        """Rows of a table of requests (siren, demande, salarie) of the employees of a shard."""
        anciens = pl.concat(
            [
                self.liens.filter(part.siennes()).select(salarie="identifiant"),
                self.demandes.select("salarie"),
            ]
        )["salarie"].unique()
        lues = read_table_publiee(maison, table).filter(
            part.siennes() | pl.col("salarie").is_in(anciens.implode())
        )
        avant = lues.drop("part").collect().with_columns(ancien="salarie")
        designes = (
            linked(avant, self.liens)
            .join(self.demandes.select(*DEMANDE, "designe"), on=DEMANDE, how="left")
            .with_columns(salarie=pl.coalesce("designe", "salarie"))
            .filter(part.siennes())
        )
        suivies = _after(designes) if "ordre" in designes.columns else designes
        return suivies.drop("ancien", "designe").sort(read_contrat(table).cle)


def _after(prises: pl.DataFrame) -> pl.DataFrame:
    """Takings that another employee brings come after those of the one who has them tonight."""
    venu = pl.col("ancien") != pl.col("salarie")
    rang = pl.when(venu).then("ancien").rank("dense").over("salarie").cast(pl.Int64)
    decalage = pl.col("ordre").max().over("salarie") * rang.fill_null(0)
    return prises.with_columns(ordre=pl.col("ordre") + decalage)


def read_suivi(maison: Maison) -> Suivi:
    """Links of the whole fund, and the requests published whose line designates someone else."""
    liens = maison.lac.read("liens_salaries").filter(etat=LIE).collect()
    recues = maison.lac.read(RECUES).select(*LIGNE, designe="salarie")
    demandes = (
        read_table_publiee(maison, "demandes_conges")
        .select(*DEMANDE, *LIGNE, "salarie")
        .join(recues, on=LIGNE)
        .filter(pl.col("salarie") != pl.col("designe"))
        .select(*DEMANDE, "salarie", "designe")
        .collect()
    )
    return Suivi(liens, demandes)


def read_paiements(maison: Maison, part: Part) -> Publies:
    """What was last published of the requests and payments of the employees of a shard."""
    suivi = read_suivi(maison)
    decomptes = suivi.read(maison, part, "decomptes")
    attestations, droits = (
        read_table_publiee(maison, table).filter(part.siennes()).drop("part").collect()
        .sort(read_contrat(table).cle)
        for table in ("attestations_fiscales", "droits")
    )  # fmt: skip
    return Publies(
        demandes=suivi.read(maison, part, "demandes_conges"),
        prises=suivi.read(maison, part, "prises_conges"),
        decomptes=decomptes,
        lignes=read_of_statements(maison, decomptes, "lignes_decompte", "decompte"),
        attestations=attestations,
        categories=droits.select(CATEGORIES.names()),
    )


def read_of_statements(
    maison: Maison, decomptes: pl.DataFrame, table: str, numero: str
) -> pl.DataFrame:
    """Published rows that bear the number of one of these statements, of its employee."""
    connus = decomptes.select("salarie", decompte="decompte")
    lues = read_table_publiee(maison, table).filter(
        pl.col(numero).is_in(connus["decompte"].implode())
    )
    siennes = lues.drop("part").collect()
    qui = siennes.select(decompte=numero).join(
        connus, on="decompte", how="left", maintain_order="left"
    )
    return siennes.with_columns(qui["salarie"]).sort(read_contrat(table).cle)


def read_amounts(
    maison: Maison, part: Part, decomptes: pl.DataFrame, table: str, numero: str
) -> pl.DataFrame:
    """As `read_of_statements`, with the rows of the shard that no statement explains.

    An amount that was published is never lost: the audit looks for each of them.
    """
    dites = read_table_publiee(maison, "decomptes").filter(part.siennes()).select("decompte")
    autres = read_table_publiee(maison, table).filter(part.siennes()).drop("part")
    seules = autres.join(dites, left_on=numero, right_on="decompte", how="anti").collect()
    siennes = read_of_statements(maison, decomptes, table, numero)
    return pl.concat([siennes, seules.select(siennes.columns)]).sort(read_contrat(table).cle)
