"""Which slices of deposits a step has to compute again: those of which it would read other things.

What it read of each slice is told in a table of its own, in short. It may be the names of the files
that hold the rows: a file of the lake never changes, and what is written again has another name. So
a night that receives nothing opens none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.nuit.parts import Part, in_part, slice_of
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from specs.contrats import TRANCHE, read_contrat
from warehouse.lac import is_one_of
from warehouse.maison import Maison

MARQUES = pl.Schema({TRANCHE: pl.String, "marque": pl.String})


@dataclass(frozen=True, slots=True)
class Tranches:
    """Slices of a shard: what a step should have read of them, what it did.

    `attendues`: tranche (key), empreinte; `ecrites`: the same, as told; `perimees`: those to
    compute again.
    """

    attendues: pl.DataFrame
    ecrites: pl.DataFrame
    perimees: frozenset[str]

    @property
    def empreinte(self) -> str:
        """Fingerprint of what is to be done."""
        return frame_fingerprint(self.attendues, self.ecrites)

    def touched(self) -> pl.Expr:
        """Rows of those to compute again."""
        return is_one_of(TRANCHE, self.perimees)

    def mark(self, table: str, part: Part) -> pl.DataFrame:
        """What `table` tells of the shard once the step has written."""
        return in_part(table, self.attendues, part)


def find_tranches(maison: Maison, part: Part, table: str, marques: pl.DataFrame) -> Tranches:
    """The slices of a shard, from what a step should read of each tonight: MARQUES.

    `table` tells what it did: part, tranche (key), empreinte. Of some companies alone, all are to
    be computed: it tells nothing of them.
    """
    commun = f"{version_specs()}{version_code()}{part.nombre}{part.precisions}"
    dites = marques.group_by(TRANCHE).agg(pl.col("marque").sort().str.join("\n"))
    empreinte = pl.concat_str(pl.lit(commun), "marque").hash(seed=0).cast(pl.String)
    attendues = dites.select(TRANCHE, empreinte=empreinte).sort(TRANCHE)
    du_lac = maison.lac.read(table).filter(part.rangees())
    ecrites = du_lac.select(attendues.columns).collect().sort(TRANCHE)
    changees = [
        attendues.join(ecrites, on=attendues.columns, how="anti"),
        ecrites.join(attendues, on=TRANCHE, how="anti"),
    ]
    touchees = pl.concat(changees) if part.entiere else attendues
    return Tranches(attendues, ecrites, frozenset(touchees[TRANCHE]))


def sign_files(maison: Maison, part: Part, tables: tuple[str, ...]) -> pl.DataFrame:
    """MARQUES: the files of tables that have slices, of the shard.

    A table that is shared out otherwise has rows of the shard in any of its own.
    """
    dites = [MARQUES.to_frame()]
    for table in tables:
        fichiers = maison.lac.list_files(table)
        if read_contrat(table).partage == part.partage:
            fichiers = fichiers.filter(part.rangees())
        dites.append(fichiers.select(TRANCHE, marque="path"))
    return pl.concat(dites)


def sign_lots(maison: Maison, table: str, tranches: pl.Series) -> pl.DataFrame:
    """MARQUES: the files of a table that is written by lot, by slice of their deposits.

    `tranches`: those that are looked for. A lot is named after its first and last deposits.
    """
    bornes = pl.col("lot").str.split_exact("-", 1).struct.rename_fields(["de", "a"])
    lots = maison.lac.list_files(table).select(bornes.alias("bornes"), marque="path")
    places = lots.unnest("bornes").with_columns(slice_of("de"), slice_of("a"))
    cherchees = pl.DataFrame({TRANCHE: tranches.unique()}, {TRANCHE: pl.String})
    dedans = pl.col(TRANCHE).is_between("de", "a")
    return cherchees.join(places, how="cross").filter(dedans).select(MARQUES.names())
