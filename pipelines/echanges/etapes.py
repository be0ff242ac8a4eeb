"""The lines of exchange files of one shard that are in force.

Then each business computes what it takes in, and says in tables of its own what it finds of each
line: those of the families `constats` and `valeurs` (see `specs.contrats`). What becomes of the
lines comes after them (`bilans`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipelines.echanges.regles.lignes import (
    EN_VIGUEUR,
    RANGE,
    compute_lignes,
    compute_suites,
)
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part, part_of, slice_of
from pipelines.nuit.reserves.depots import read_ecartes
from pipelines.nuit.tranches import find_tranches, sign_lots
from specs.contrats import TRANCHE, read_contrat
from warehouse.envois import count_envois, list_envois, list_sirens
from warehouse.maison import Maison

REEL, LOT = "R", "lot"
LUES, EN_COURS, RANGEES = "lignes_lues", "lignes_en_vigueur", "tranches_rangees"


def read_acceptes(
    maison: Maison,
    part: Part,
    genre: str | None = None,
    sirens: Collection[str] | None = None,
) -> pl.DataFrame:
    """The real files accepted of the companies of a shard (columns of `Envoi`), in order.

    Of one kind, or of any; of these companies alone, when some are told. Those of `part.essais` are
    taken as real: what was received of their kind after them is left out, as are those that were
    set aside.
    """
    with maison.moteur.connect() as connexion:
        envois = list_envois(connexion, *part.reste, genre, sirens)
        ecartes = read_ecartes(connexion)
    reels = (pl.col("mode") == REEL) | pl.col("depot").is_in(sorted(part.essais))
    acceptes = envois.filter(reels, part.siennes(), ~pl.col("depot").is_in(sorted(ecartes)))
    return _until(acceptes, part.essais)


def count_acceptes(maison: Maison, part: Part, genre: str) -> pl.DataFrame:
    """Siren (key), fichiers: how many of them each company of a whole shard has.

    Null where one was set aside: which they are is to be read.
    """
    with maison.moteur.connect() as connexion:
        ecartes = read_ecartes(connexion)
        comptes = count_envois(connexion, *part.reste, genre, REEL, ecartes)
    return comptes.filter(part.siennes())


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


def prepare_lignes(maison: Maison, part: Part, _date_arrete: date) -> Travail | None:
    """Which lines are in force: those of the last file of each chain that nothing refused.

    Those of a slice of deposits are ranged again when one of its files comes, goes, is controlled
    again or has another after it.
    """
    suites = compute_suites(read_acceptes(maison, part)).with_columns(
        slice_of("depot").alias(TRANCHE)
    )
    tranches = find_tranches(maison, part, RANGEES, _sign(maison, suites))
    if not tranches.perimees:
        return None

    def produce() -> Production:
        siennes = suites.filter(tranches.touched())
        lues = read_of(maison, LUES, siennes).sort("depot", "rang")
        lignes = in_part(EN_COURS, compute_lignes(siennes, lues), part)
        faite = Production({}, {"lignes": len(lignes)})
        return faite.beside(EN_COURS, lignes, tranches.perimees).beside(
            RANGEES, tranches.mark(RANGEES, part), ()
        )

    return Travail(tranches.empreinte, produce)


def _sign(maison: Maison, suites: pl.DataFrame) -> pl.DataFrame:
    """MARQUES: the files of each slice, what took their place, the lots that hold their lines."""
    dits = [pl.col(nom).fill_null("") for nom in (*RANGE, "remplace_par", "suite")]
    envois = suites.select(TRANCHE, marque=pl.concat_str(dits, separator=" "))
    return pl.concat([envois, sign_lots(maison, LUES, suites[TRANCHE])])


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
