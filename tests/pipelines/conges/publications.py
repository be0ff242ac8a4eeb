"""A home whose publication holds the leave of a case, as a night would have written it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.cas.champs import Champs
from pipelines.conges.cas.entrees import parse_entrees
from pipelines.conges.regles.acquisition.calcul import CERTIFICATS, compute_acquisition
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.compteurs import compute_compteurs
from pipelines.conges.regles.paiement.situation import gather_situation
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages

CAS = Path(__file__).parents[2] / "cas" / "conges"
DEFAUTS: Mapping[pl.DataType, Any] = {pl.String(): "x", pl.Int64(): 0, pl.Boolean(): False}
# Tables of what was read of files: by lot of deposits.
PAR_LOT = ("certificats_lus", "absences_certificat_lues", "reports_lus", "identites_echange")
LUS = {"certs": "certificats_lus", "absences_certs": "absences_certificat_lues",
       "reports": "reports_lus"}  # fmt: skip
DSN = {"contrats": "contrats", "absences": "absences", "bases": "bases",
       "remunerations": "remunerations", "intemperies": "indemnites_intemperies"}  # fmt: skip
PROPRES: Mapping[str, Mapping[str, Any]] = {
    "bases": {"code_base": "20", "statut": "RETENUE", "source": "DSN"},
    "indemnites_intemperies": {"heures_conges_centiemes": 1, "date_arrete": date(2025, 1, 1)},
}
NUIT = date(2026, 6, 30)
AUTRES = ("demandes", "comptes", "prises")  # fields of cases that tell of payments


def read_connu_of(fichier: str, cas: str, nuit: date) -> Connu:
    """What a case says, as the rules read it."""
    lus = yaml.safe_load((CAS / fichier).read_text("utf-8"))
    entrees = next(un["entrees"] for un in lus if un["id"] == cas)
    return parse_entrees(Champs(cas, entrees)).known(nuit)


def gather_connus(fichiers: tuple[str, ...], nuit: date) -> Connu:
    """What every case of these files says under the choices of the fund, an employee each."""
    connus = []
    for fichier in fichiers:
        for un in yaml.safe_load((CAS / fichier).read_text("utf-8")):
            if not {"options", "baremes", "priorites"} & set(un["entrees"]):
                connu = parse_entrees(Champs(un["id"], un["entrees"]), AUTRES).known(nuit)
                connus.append(_named(connu, f"P{len(connus)}"))
    return Connu(
        **{c.name: pl.concat(getattr(connu, c.name) for connu in connus) for c in fields(Connu)}
    )


def _named(connu: Connu, salarie: str) -> Connu:
    """The same of another employee, whose files are his."""

    def rename(frame: pl.DataFrame) -> pl.DataFrame:
        noms = {"salarie": pl.lit(salarie)}
        if "depot" in frame.columns:
            noms["depot"] = pl.format("{}-{}", pl.lit(salarie), "depot")
        return frame.with_columns(**{n: e for n, e in noms.items() if n in frame.columns})

    return Connu(**{c.name: rename(getattr(connu, c.name)) for c in fields(Connu)})


def publish_conges(dossier: Path, *nuits: tuple[date, Connu]) -> Maison:
    """A home where these nights of leave were published, each from what it knew."""
    maison = open_maison(Reglages(dossier=dossier))
    certificats = CERTIFICATS.to_frame()
    for nuit, connu in nuits:
        frames = compose_tables(connu, certificats, nuit)
        certificats = frames["certificats"].select(CERTIFICATS.names())
        versions = {
            nom: maison.lac.write(nom, fill(nom, frame), {"part": 0} if nom not in PAR_LOT
                                  else {"lot": "L"})
            for nom, frame in frames.items()
        }  # fmt: skip
        with maison.moteur.begin() as c:
            publish(c, date_arrete=nuit, versions=versions, empreinte="e",
                    publie_le=f"{nuit}T20:00:00Z", remises=())  # fmt: skip
    return maison


def compose_tables(connu: Connu, certificats: pl.DataFrame, nuit: date) -> dict[str, pl.DataFrame]:
    """The tables of a night: what was read, what is acquired."""
    savoir = read_connaissances()
    acquis = compute_acquisition(connu, certificats, nuit, savoir)
    payes = list_paid(connu)
    publies = Publies(**payes)
    situation = gather_situation(acquis, publies, pl.DataFrame(), pl.DataFrame(), nuit, savoir)
    compteurs = compute_compteurs(situation.connu.acquis, situation.connu.reports, publies.prises)
    return {
        **{table: number(getattr(connu, nom)) for nom, table in DSN.items()},
        **{table: getattr(connu, nom) for nom, table in LUS.items()},
        "certificats_recus": connu.certs,
        "identites_echange": connu.certs.join(
            connu.naissances.unique("salarie"), on="salarie"
        ).with_columns(pl.col("naissance").dt.to_string()),
        "certificats": acquis.certificats,
        "droits": situation.connu.droits,
        "compteurs_conges": compteurs,
        "decomptes": payes["decomptes"],
        "prises_conges": payes["prises"],
        "demandes_conges": payes["demandes"],
    }


def number(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with a line of file, or a declaration, each."""
    rang = pl.int_range(10, pl.len() + 10)
    return frame.with_columns(ligne=rang, declaration=pl.format("D{}", rang))


def list_paid(connu: Connu) -> dict[str, pl.DataFrame]:
    """Statements, takings and requests of the leave that the fund paid."""
    conges = connu.conges.with_row_index("n").with_columns(
        siren=pl.lit("999000000"), demande=pl.format("R{}", "n"),
        exercice=pl.col("debut").dt.year().cast(pl.Int64), tour=pl.lit(0, pl.Int64),
    )  # fmt: skip
    legaux = pl.col("jours_legaux_centiemes")
    avant = legaux.cum_sum().over("salarie", "exercice", order_by="debut") - legaux
    principal = pl.min_horizontal(legaux, pl.max_horizontal(2400 - avant, 0))
    communes = {"date_arrete": pl.lit(date(2024, 4, 2)), "date_paiement": pl.col("debut")}
    return {
        "decomptes": conges.select(
            "siren", "demande", "salarie", "exercice", "tour", "debut", "fin", "jours_centiemes",
            decompte=pl.format("DC{}", "n"), motif=pl.lit("PAIEMENT"), nature=pl.lit("CP"),
            indemnite_due_centimes="indemnite_centimes", **communes,
        ).pipe(complete, "decomptes"),
        "prises": pl.concat(
            conges.select(
                "siren", "demande", "salarie", "exercice", "tour", "debut", "fin",
                jours_centiemes=jours, sens=pl.lit(1, pl.Int64), compteur=pl.lit(compteur),
                origine=pl.lit(compteur),
            )
            for compteur, jours in (("PRINCIPAL", principal), ("CINQUIEME", legaux - principal))
        ).filter(pl.col("jours_centiemes") > 0).pipe(complete, "prises_conges"),
        "demandes": conges.select(
            "siren", "demande", "salarie", "exercice", "debut", "departement", "jours_centiemes",
            nature=pl.lit("CP"), etat=pl.lit("SOLDEE"),
        ).pipe(complete, "demandes_conges"),
    }  # fmt: skip


def complete(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The columns of a table but its shard, what is not told being anything of its type."""
    return fill(table, frame).drop("part")


def fill(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in the columns of their table."""
    contrat, dits = read_contrat(table), PROPRES.get(table, {})
    colonnes = {c.nom: c for c in contrat.colonnes}
    schema = schema_polars(contrat)
    lignes = frame.with_columns(
        pl.lit(0, pl.Int64).alias("part"), pl.lit("L").alias("lot"),
        *(pl.lit(valeur).alias(nom) for nom, valeur in dits.items()),
    )  # fmt: skip
    return lignes.select(
        pl.col(nom).cast(type_) if nom in lignes.columns and colonnes[nom].nul
        else pl.col(nom).cast(type_).fill_null(_default(colonnes[nom], type_))
        if nom in lignes.columns
        else pl.lit(None if colonnes[nom].nul else _default(colonnes[nom], type_), type_).alias(nom)
        for nom, type_ in schema.items()
    ).sort(contrat.cle)  # fmt: skip


def _default(colonne: Any, type_: Any) -> Any:
    if colonne.valeurs:
        return next(iter(colonne.valeurs))
    return date(2024, 4, 2) if type_ == pl.Date() else DEFAUTS.get(type_)
