"""A night that receives 1,000 declarations of bad weather: `python bench/nuit_intemperies.py`.

A fund has a winter behind it (`--declarations`, 100,000 by default), counted and published; then
1,000 more come, of 500 companies. What the three steps take of the processors, the first night then
the second: it must cost what it touches.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from sqlalchemy import insert

sys.path.append(str(Path(__file__).parents[1]))

from bench.intemperies import ENTREPRISES, build_campaign
from pipelines.intemperies.etapes import plan_annees, plan_jugement
from pipelines.intemperies.regles.declarations import Lus
from pipelines.metiers import METIERS
from pipelines.nuit.execution import run_etape
from pipelines.nuit.ordre import find_etape
from specs.contrats import contrats, read_contrat, schema_polars
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages
from warehouse.tables_registre import ADHERENTS, IMPORTS_REGISTRE
from warehouse.tables_sql import DEPOTS, ENVOIS

PREMIERE, SECONDE = date(2026, 4, 2), date(2026, 4, 3)
NOUVELLES, TOUCHEES, PAR_JOUR = 1_000, 500, 1_000
ETAPES = ("jugement_intemperies", "annees_intemperies", "intemperies")


def main() -> int:
    """Print what each night takes; 1 when the second costs more than a quarter of the first."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--declarations", type=int, default=100_000)
    nombre = arguments.parse_args().declarations
    with TemporaryDirectory() as dossier:
        maison = open_maison(Reglages(dossier=Path(dossier)))
        know_companies(maison, ENTREPRISES)
        lus, connu, _ = build_campaign(nombre + NOUVELLES * ENTREPRISES // TOUCHEES)
        rang = pl.col("depot").str.slice(1).cast(pl.Int64)
        tard = (rang >= nombre) & (rang % ENTREPRISES < TOUCHEES)
        write_files(maison, lus, rang < nombre)
        contrat = connu.contrats.with_columns(salarie=pseudonym())
        write_contracts(maison, contrat)
        premiere = _time_night(maison, PREMIERE)
        publish_night(maison, PREMIERE)
        write_files(maison, lus, tard)
        seconde = _time_night(maison, SECONDE)
        publish_night(maison, SECONDE)
        vide = _time_night(maison, SECONDE)
    print(f"{nombre} déclarations : {premiere:.1f} s ; 1 000 de plus : {seconde:.1f} s ; "
          f"rien de plus : {vide:.1f} s")  # fmt: skip
    return int(seconde > premiere / 4)


def pseudonym() -> pl.Expr:
    """Digits that make a shard, as those of a keyed pseudonym."""
    return pl.col("salarie").hash(seed=1).cast(pl.String).str.pad_end(32, "0")


def know_companies(maison: Maison, nombre: int) -> None:
    """So many members, whose SIREN follow one another from 800000000."""
    membres = [
        {"siren": str(800_000_000 + n), "numero_adherent": f"A{n}", "raison_sociale": "X",
         "pays": "FR", "ouvert": 1}
        for n in range(nombre)
    ]  # fmt: skip
    acte = {"numero": 1, "sha256": "0" * 64, "auteur": "a", "motif": "m", "instant": "i"}
    with maison.moteur.begin() as connexion:
        connexion.execute(insert(IMPORTS_REGISTRE), [acte])
        connexion.execute(insert(ADHERENTS), membres)


def write_files(maison: Maison, lus: Lus, choix: pl.Expr) -> None:
    """These files as their control leaves them, in lots of those of a day."""
    envois = lus.envois.filter(choix).with_columns(
        genre=pl.lit("ARI"), mode=pl.lit("R"), contenu=pl.lit("0" * 64),
        convention=pl.lit("1"), cdg=pl.lit(None, pl.String),
    )  # fmt: skip
    depots = [
        {"numero": int(depot[1:]) + 1, "depot": depot, "adherent": "A", "nom": depot,
         "sha256": f"{int(depot[1:]):064}", "octets": 1, "recu_le": "i", "etat": "CONFORME"}
        for depot in envois["depot"]
    ]  # fmt: skip
    with maison.moteur.begin() as connexion:
        connexion.execute(insert(DEPOTS), depots)
        connexion.execute(insert(ENVOIS), envois.rows(named=True))
    salaries = lus.salaries.filter(choix).with_columns(salarie=pseudonym())
    lignes = salaries.with_columns(
        genre=pl.lit("ARI"), mode=pl.lit("R"), cle="decl_id", refusee=pl.lit(value=False),
        reservee=pl.lit(value=False),
    )  # fmt: skip
    nommes = salaries.with_columns(genre=pl.lit("ARI"), nir=pl.lit("1"), naissance=pl.lit(None))
    tables = {
        "arrets_lus": lus.arrets.filter(choix),
        "salaries_arret_lus": salaries,
        "jours_lus": lus.jours.filter(choix).with_columns(
            salarie=pseudonym(), rang=pl.int_range(10, pl.len() + 10).over("depot")
        ),
        "lignes_lues": lignes,
        "identites_echange": nommes,
    }
    rangs = envois.select("depot").sort("depot").with_row_index("lot")
    lots = rangs.select("depot", pl.col("lot") // PAR_JOUR).with_columns(
        lot=pl.format("{}-{}", pl.col("depot").min().over("lot"), pl.col("depot").max().over("lot"))
    )
    for nom, frame in tables.items():
        lignes = filled(nom, frame.drop("lot", strict=False).join(lots, on="depot"))
        maison.lac.write(nom, lignes, {"lot": tuple(lots["lot"].unique())})


def filled(table: str, frame: pl.DataFrame, **valeurs: pl.Expr) -> pl.DataFrame:
    """The frame in the columns of a contract, those that it has not being null."""
    schema = schema_polars(read_contrat(table))
    remplie = frame.with_columns(**valeurs)
    vides = [pl.lit(None, t).alias(c) for c, t in schema.items() if c not in remplie.columns]
    return remplie.with_columns(vides).select(pl.col(c).cast(t) for c, t in schema.items())


def write_contracts(maison: Maison, connus: pl.DataFrame) -> None:
    """A contract an employee, told in January."""
    dits = connus.with_row_index("ligne").with_columns(
        pl.col("ligne").cast(pl.Int64),
        part=pl.col("siren").cast(pl.Int64) % maison.reglages.nombre_parts,
        mois=pl.lit("2026-01"), depot=pl.lit("D1"), rang_declaration=pl.lit(1, pl.Int64),
        siret=pl.concat_str("siren", pl.lit("00010")), rang_individu=pl.lit(1, pl.Int64),
        origine=pl.lit("MENSUELLE"), contrat=pl.lit("1"),
    )  # fmt: skip
    maison.lac.write("contrats", filled("contrats", dits), None)


def _time_night(maison: Maison, jour: date) -> float:
    durees = []
    for etape in ETAPES:
        debut = time.process_time()
        run_step(maison, etape, jour)
        durees.append(time.process_time() - debut)
        print(f"  {jour} {etape} : {durees[-1]:.1f} s")
    return sum(durees)


def run_step(maison: Maison, etape: str, jour: date) -> None:
    """One of ETAPES, on every shard."""
    plan = plan_annees if etape == "annees_intemperies" else plan_jugement
    for numero in plan(maison, jour):
        run_etape(maison, find_etape(METIERS, etape), jour, numero)


def publish_night(maison: Maison, jour: date) -> None:
    """What the lake holds is published."""
    versions = {
        nom: version
        for nom, contrat in contrats().items()
        if contrat.publie and (version := maison.lac.version(nom)) is not None
    }
    with maison.moteur.begin() as connexion:
        publish(connexion, date_arrete=jour, versions=versions, empreinte="", publie_le="i",
                remises=[])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
