"""Companies held for a night: recorded with why, put back as they were last published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import polars as pl

from pipelines.nuit.parts import Part, shard_of, sharded_tables, write_part
from pipelines.nuit.reserves.fautifs import describe_cause
from specs.contrats import PAR_SIREN, Contrat, columns_of
from warehouse.alertes import ENTREPRISE, Alerte, read_tenues, record_reserve
from warehouse.instants import format_instant
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_adherents, read_etablissements

DEPOSEES = ("declarations_lues", "lignes_lues", "encaissements")


def list_entreprises(maison: Maison, part: Part) -> frozenset[str]:
    """SIREN of every company of the shard: of the registry, of a deposit, of a payment.

    Any company may have employees in a shard of these.
    """
    par_siren = part.partage == PAR_SIREN
    siennes = part.siennes() if par_siren else ~pl.col("siren").is_in(sorted(part.tenues))
    with maison.moteur.connect() as connexion:
        connues = [
            read(connexion, part.vue.registre).lazy()
            for read in (read_adherents, read_etablissements)
        ]
    deposees = [maison.lac.read(table) for table in DEPOSEES]
    sirens = pl.concat(frame.select("siren") for frame in (*connues, *deposees)).drop_nulls()
    return frozenset(sirens.filter(siennes).unique().collect()["siren"])


def hold_entreprises(
    maison: Maison, date_arrete: date, etape: str, fautifs: Mapping[str, Exception]
) -> None:
    """Hold these companies until the end of the night, each with what happened to it."""
    instant = format_instant(datetime.now(UTC))
    with maison.moteur.begin() as connexion:
        for siren, erreur in fautifs.items():
            cause = describe_cause(erreur)
            alerte = Alerte(date_arrete, ENTREPRISE, etape, cause, siren=siren)
            record_reserve(connexion, alerte, instant)


def restore_tenues(maison: Maison, date_arrete: date) -> frozenset[str]:
    """Put back in every sharded table what was last published of the companies held tonight.

    Returns their SIREN. Done again, it writes nothing. A table that is never published has nothing
    to be put back: what the next night reads of it stays.
    """
    with maison.moteur.connect() as connexion:
        tenues = read_tenues(connexion, date_arrete)
    if tenues:
        for contrat in sharded_tables():
            if contrat.publie:
                _restore(maison, contrat, tenues)
    return tenues


def _restore(maison: Maison, contrat: Contrat, tenues: frozenset[str]) -> None:
    """Put back the rows of the companies held; a table without SIREN holds none of a company."""
    if "siren" not in columns_of(contrat.nom):
        return
    part = shard_of(contrat, maison.reglages.nombre_parts)
    publiees = read_table_publiee(maison, contrat.nom).with_columns(part.alias("part"))
    siennes = [publiees.filter(held(tenues)), maison.lac.read(contrat.nom).filter(held(tenues))]
    numeros = pl.concat(frame.select("part") for frame in siennes).unique().sort("part").collect()
    for numero in numeros["part"]:
        ici = pl.col("part") == numero
        ecrites = maison.lac.read(contrat.nom).filter(ici).collect()
        voulues = put_back(ecrites, siennes[0].filter(ici).collect(), tenues)
        if not voulues.sort(contrat.cle).equals(ecrites.sort(contrat.cle)):
            periodes = ecrites[contrat.periode].unique() if contrat.periode else ()
            write_part(maison, contrat.nom, voulues, numero, periodes)


def held(tenues: frozenset[str]) -> pl.Expr:
    """Rows of the companies held."""
    return pl.col("siren").is_in(sorted(tenues)).fill_null(value=False)


def put_back(ecrites: pl.DataFrame, publiees: pl.DataFrame, tenues: frozenset[str]) -> pl.DataFrame:
    """`ecrites` with, for the companies held, the rows of `publiees` instead of theirs."""
    tenue = held(tenues)
    return pl.concat([ecrites.filter(~tenue), publiees.select(ecrites.columns).filter(tenue)])
