"""What becomes of the lines of exchange files, once every business has judged them.

Slice of deposits by slice: those of which a business says something else, and, of the others, the
lines that bear a key which one of theirs takes or leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.echanges.etapes import read_acceptes
from pipelines.echanges.regles.cles import CLE, find_cles
from pipelines.echanges.regles.lignes import (
    EN_VIGUEUR,
    LIGNE,
    SCHEMA_CONSTATS,
    SCHEMA_VALEURS,
    compute_cles_prises,
    compute_verdicts,
    ordered,
)
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, slice_of
from pipelines.nuit.remplacement import replace_all
from pipelines.nuit.tranches import MARQUES, Tranches, find_tranches, sign_files
from specs.contrats import PAR_SALARIE, TRANCHE, read_contrat, schema_polars, tables_of
from warehouse.lac import is_one_of
from warehouse.maison import Maison

LIGNES, CONSTATS, VALEURS = "lignes_echange", "constats_echange", "valeurs_echange"
JUGEES, RANGEES = "tranches_jugees", "lignes_en_vigueur"


def prepare_bilans(maison: Maison, part: Part, _date_arrete: date) -> Travail | None:
    """What becomes of each line, from what the businesses say of it."""
    tranches = find_tranches(maison, part, JUGEES, _sign(maison, part))
    if not tranches.perimees:
        return None

    def produce() -> Production:
        lues = _read_lues(maison, part, tranches)
        jugees = compute_verdicts(lues.lignes, lues.constats)
        tous = pl.concat([lues.constats, compute_cles_prises(jugees)])
        frames = {
            # The lines are told last: until then, what they took or left is found again.
            CONSTATS: ordered(tous, "date", "code"),
            VALEURS: ordered(lues.valeurs, "nom"),
            LIGNES: compute_verdicts(lues.lignes, tous),
        }
        nombres = {"lignes": len(lues.lignes), "constats": len(tous)}
        faite = replace_all(maison, part, lues.avant, frames, nombres)
        return faite.beside(JUGEES, tranches.mark(JUGEES, part), ())

    return Travail(tranches.empreinte, produce)


def _sign(maison: Maison, part: Part) -> pl.DataFrame:
    """MARQUES: what the lines of the shard are judged from."""
    if part.entiere:
        return sign_files(maison, part, (RANGEES, *tables_of("constats"), *tables_of("valeurs")))
    siennes = read_acceptes(maison, part).select(slice_of("depot").alias(TRANCHE))
    return siennes.select(TRANCHE, marque=pl.lit("")).match_to_schema(MARQUES)


@dataclass(frozen=True, slots=True)
class _Lues:
    """What is read of the lines to tell again, by key, and the rows that tell them (`avant`)."""

    lignes: pl.DataFrame
    constats: pl.DataFrame
    valeurs: pl.DataFrame
    avant: dict[str, pl.DataFrame]


def _read_lues(maison: Maison, part: Part, tranches: Tranches) -> _Lues:
    touchees = tranches.touched()
    lignes = maison.lac.read(RANGEES).filter(part.ecrites(), touchees).collect()
    constats = _gather(maison, part, "constats", SCHEMA_CONSTATS, touchees)
    avant = {nom: _read_told(maison, nom, part, touchees) for nom in (CONSTATS, VALEURS, LIGNES)}
    cles = find_cles(compute_verdicts(lignes, constats), avant[LIGNES], avant[CONSTATS])
    rivales = _read_rivales(maison, part, tranches, cles)
    if rivales.height:
        ailleurs = is_one_of(TRANCHE, rivales[TRANCHE].unique())
        dits = _gather(maison, part, "constats", SCHEMA_CONSTATS, ailleurs)
        lignes = pl.concat([lignes, rivales])
        constats = pl.concat([constats, dits.join(rivales, on=LIGNE, how="semi")])
        for nom in (CONSTATS, LIGNES):
            leurs = _read_told(maison, nom, part, ailleurs).join(rivales, on=LIGNE, how="semi")
            avant[nom] = pl.concat([avant[nom], leurs])
    return _Lues(
        lignes.sort(LIGNE),
        constats.sort(constats.columns, nulls_last=True),
        _gather(maison, part, "valeurs", SCHEMA_VALEURS, touchees),
        avant,
    )


def _read_told(maison: Maison, table: str, part: Part, choix: pl.Expr) -> pl.DataFrame:
    return maison.lac.read(table).filter(part.rangees(), choix).collect()


def _read_rivales(
    maison: Maison, part: Part, tranches: Tranches, cles: pl.DataFrame
) -> pl.DataFrame:
    """Lines in force of the other slices that bear one of these keys: CLE.

    Those slices alone are read in which one of these companies sent a file of the same kind.
    """
    vide = pl.DataFrame(schema=schema_polars(read_contrat(RANGEES)))
    if cles.is_empty():
        return vide
    genres = cles.select("siren", genre="nature").unique()
    envois = read_acceptes(maison, part).join(genres, on=["siren", "genre"], how="semi")
    siens = envois.select("depot", slice_of("depot").alias(TRANCHE)).filter(~tranches.touched())
    if siens.is_empty():
        return vide
    lignes = maison.lac.read(RANGEES).filter(
        part.ecrites(),
        is_one_of(TRANCHE, siens[TRANCHE].unique()),
        is_one_of("depot", siens["depot"]),
        pl.col("statut") == EN_VIGUEUR,
    )
    return lignes.join(cles.lazy(), on=CLE, how="semi").collect()


def _gather(
    maison: Maison, part: Part, famille: str, schema: pl.Schema, choix: pl.Expr
) -> pl.DataFrame:
    """Rows of the tables of a family for the shard, in the columns of `schema`.

    A table shared out by employee has rows of its companies in any of its own shards.
    """
    lues = [
        maison.lac.read(table)
        .filter(part.siennes() if read_contrat(table).partage == PAR_SALARIE else part.ecrites())
        .filter(choix)
        .select(schema.names())
        .collect()
        for table in tables_of(famille)
    ]
    tout = pl.concat([schema.to_frame(), *lues])
    return tout.sort(schema.names(), nulls_last=True)
