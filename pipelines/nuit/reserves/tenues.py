"""Companies held for a night: recorded with why, put back as they were last published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import polars as pl

from pipelines.nuit.parts import Part, shard_of, sharded_tables, write_part
from pipelines.nuit.reserves.fautifs import describe_cause
from specs.contrats import PAR_SIREN, Contrat, ContratInvalide, columns_detailed, columns_of
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
        # What details other rows goes first: it is found by them, until they are put back.
        for contrat in sorted(sharded_tables(), key=lambda contrat: contrat.detaille is None):
            if contrat.publie:
                _restore(maison, contrat, tenues)
    return tenues


def _restore(maison: Maison, contrat: Contrat, tenues: frozenset[str]) -> None:
    tenue = _held_in(maison, contrat, tenues)
    part = shard_of(contrat, maison.reglages.nombre_parts)
    publiees = read_table_publiee(maison, contrat.nom).with_columns(part.alias("part"))
    siennes = [publiees.filter(tenue), maison.lac.read(contrat.nom).filter(tenue)]
    numeros = pl.concat(frame.select("part") for frame in siennes).unique().sort("part").collect()
    for numero in numeros["part"]:
        ici = pl.col("part") == numero
        ecrites = maison.lac.read(contrat.nom).filter(ici).collect()
        voulues = put_back(ecrites, siennes[0].filter(ici).collect(), tenue)
        if not voulues.sort(contrat.cle).equals(ecrites.sort(contrat.cle)):
            periodes = ecrites[contrat.periode].unique() if contrat.periode else ()
            write_part(maison, contrat.nom, voulues, numero, periodes)


def _held_in(maison: Maison, contrat: Contrat, tenues: frozenset[str]) -> pl.Expr:
    """Rows of a table that are of the companies held, or that detail some of theirs.

    ContratInvalide when the table says neither: it would be published with what is held.
    """
    if "siren" in columns_of(contrat.nom):
        return held(tenues)
    if contrat.detaille is None:
        raise ContratInvalide(f"table {contrat.nom} : ni SIREN, ni table qu'elle détaille")
    communes, dessus = columns_detailed(contrat), contrat.detaille
    rangees = (read_table_publiee(maison, dessus), maison.lac.read(dessus))
    cles = pl.concat(r.filter(held(tenues)).select(communes) for r in rangees).unique().collect()
    return pl.struct(communes).is_in(cles.to_struct().implode())


def held(tenues: frozenset[str]) -> pl.Expr:
    """Rows of the companies held."""
    return pl.col("siren").is_in(sorted(tenues)).fill_null(value=False)


def put_back(ecrites: pl.DataFrame, publiees: pl.DataFrame, tenue: pl.Expr) -> pl.DataFrame:
    """`ecrites` with, where `tenue` says so, the rows of `publiees` instead of theirs."""
    return pl.concat([ecrites.filter(~tenue), publiees.select(ecrites.columns).filter(tenue)])
