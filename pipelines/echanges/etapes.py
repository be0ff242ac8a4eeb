"""The lines of exchange files of one shard: in force at first, with their verdict at last.

Between the two, each business computes what it takes in, and says in tables of its own what it
finds of each line: those of the families `constats` and `valeurs` (see `specs.contrats`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipelines.echanges.regles.lignes import (
    EN_VIGUEUR,
    SCHEMA_CONSTATS,
    SCHEMA_VALEURS,
    compute_cles_prises,
    compute_lignes,
    compute_verdicts,
    ordered,
)
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part, part_of
from pipelines.nuit.reserves.depots import read_ecartes
from pipelines.nuit.versions import frame_fingerprint
from specs.contrats import PAR_SALARIE, read_contrat, tables_of
from warehouse.envois import list_envois, list_sirens
from warehouse.maison import Maison

REEL, LOT = "R", "lot"


def read_acceptes(maison: Maison, part: Part, genre: str | None = None) -> pl.DataFrame:
    """The real files accepted of the companies of a shard (columns of `Envoi`), in order.

    Of one kind, or of any. Those of `part.essais` are taken as real: what was received of their
    kind after them is left out, as are those that were set aside.
    """
    with maison.moteur.connect() as connexion:
        envois = list_envois(connexion, part.nombre, part.numero, genre)
        ecartes = read_ecartes(connexion)
    reels = (pl.col("mode") == REEL) | pl.col("depot").is_in(sorted(part.essais))
    acceptes = envois.filter(reels, part.siennes(), ~pl.col("depot").is_in(sorted(ecartes)))
    return _until(acceptes, part.essais)


def _until(envois: pl.DataFrame, essais: Collection[str]) -> pl.DataFrame:
    """Without the files of their kind received after the last of these tests.

    Those of other kinds stay, whenever they came: what they gave is in the state of the night.
    """
    ordre = ["recu_le", "depot"]
    dernier = envois.filter(pl.col("depot").is_in(sorted(essais))).sort(ordre).tail(1)
    if dernier.is_empty():
        return envois
    genre, recu_le, depot = dernier.select("genre", *ordre).row(0)
    plus_tard = (pl.col("recu_le") > recu_le) | (
        (pl.col("recu_le") == recu_le) & (pl.col("depot") > depot)
    )
    return envois.filter(~((pl.col("genre") == genre) & plus_tard))


def plan_echanges(maison: Maison, _date_arrete: date, *_: object) -> list[int]:
    """Shards of the companies that sent exchange files."""
    with maison.moteur.connect() as connexion:
        sirens = list_sirens(connexion)
    parts = pl.DataFrame({"siren": sirens}, {"siren": pl.String})
    return parts.select(part_of(maison.reglages.nombre_parts).alias("p"))["p"].unique().to_list()


def prepare_lignes(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """Which lines are in force: those of the last file of each chain that nothing refused."""
    envois = read_acceptes(maison, part)
    lues = read_of(maison, "lignes_lues", envois).sort("depot", "rang")

    def produce() -> Production:
        lignes = in_part("lignes_en_vigueur", compute_lignes(envois, lues), part)
        return Production({"lignes_en_vigueur": lignes}, {"lignes": len(lignes)})

    return Travail(frame_fingerprint(envois, lues), produce)


def read_of(maison: Maison, table: str, envois: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table of the reading that are of these files, whose `lot` may be told.

    The other lots are not opened then, however many years they go back.
    """
    siennes = pl.col("depot").is_in(envois["depot"].unique().implode())
    if LOT in envois.columns and LOT in read_contrat(table).partition:
        siennes &= pl.col(LOT).is_in(envois[LOT].unique().implode())
    return maison.lac.read(table).filter(siennes).collect()


def list_en_vigueur(maison: Maison, genre: str) -> pl.LazyFrame:
    """The lines in force of a kind, of every company: contract `lignes_en_vigueur`."""
    return maison.lac.read("lignes_en_vigueur").filter(
        pl.col("nature") == genre, pl.col("statut") == EN_VIGUEUR
    )


def read_en_vigueur(maison: Maison, part: Part, genre: str) -> pl.DataFrame:
    """Those of a shard, for their business, by key."""
    return list_en_vigueur(maison, genre).filter(part.ecrites()).collect().sort("depot", "rang")


def prepare_bilans(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """What becomes of each line, from what the businesses say of it."""
    lignes = maison.lac.read("lignes_en_vigueur").filter(part.ecrites()).collect()
    lignes = lignes.sort("depot", "rang")
    constats = _gather(maison, part, "constats", SCHEMA_CONSTATS)
    valeurs = _gather(maison, part, "valeurs", SCHEMA_VALEURS)

    def produce() -> Production:
        jugees = compute_verdicts(lignes, constats)
        tous = pl.concat([constats, compute_cles_prises(jugees)])
        tables = {
            "lignes_echange": compute_verdicts(lignes, tous),
            "constats_echange": ordered(tous, "date", "code"),
            "valeurs_echange": ordered(valeurs, "nom"),
        }
        ecrites = {nom: in_part(nom, frame, part) for nom, frame in tables.items()}
        return Production(ecrites, {"lignes": len(lignes), "constats": len(tous)})

    return Travail(frame_fingerprint(lignes, constats, valeurs), produce)


def _gather(maison: Maison, part: Part, famille: str, schema: pl.Schema) -> pl.DataFrame:
    """Rows of the tables of a family for the shard, in the columns of `schema`.

    A table shared out by employee has rows of its companies in any of its own shards.
    """
    lues = [
        maison.lac.read(table)
        .filter(part.siennes() if read_contrat(table).partage == PAR_SALARIE else part.ecrites())
        .select(schema.names())
        .collect()
        for table in tables_of(famille)
    ]
    tout = pl.concat([schema.to_frame(), *lues])
    return tout.sort(schema.names(), nulls_last=True)
