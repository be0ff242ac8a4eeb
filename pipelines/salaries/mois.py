"""Which months of a shard a step has to write again: those of which something else is known now.

What was taken of each month of each company is told in `mois_exploites`, written after the rows: a
night writes the months that new declarations touch, and a killed one writes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from warehouse.maison import Maison

TABLE = "mois_exploites"
CLE = ["siren", "mois"]


@dataclass(frozen=True, slots=True)
class Mois:
    """Months of the companies of a shard: what a step should have taken of them, what it took.

    Both: contract `mois_exploites` but `part`, in the order of its key.
    """

    attendus: pl.DataFrame
    ecrits: pl.DataFrame

    @property
    def perimes(self) -> list[str]:
        """Months that are not as they should be."""
        egaux = [*CLE, "empreinte"]
        changes = [
            gauche.join(droite, on=egaux, how="anti").select("mois")
            for gauche, droite in ((self.attendus, self.ecrits), (self.ecrits, self.attendus))
        ]
        return pl.concat(changes)["mois"].unique().sort().to_list()

    @property
    def empreinte(self) -> str:
        """Fingerprint of what is to be done."""
        return frame_fingerprint(self.attendus, self.ecrits)


def read_mois(
    maison: Maison,
    part: Part,
    etape: str,
    declarations: pl.DataFrame,
    precisions: Mapping[str, str] | None = None,
) -> Mois:
    """What `etape` should take of the months of a shard, and what it took.

    `declarations`: depot, rang_declaration, siren, mois of those that it takes. `precisions`: what
    else it knows of a company, by SIREN. Other specs, another code, a company held before: the
    whole shard is written again.
    """
    commun = f"{version_specs()}{version_code()}{part.precisions}"
    d_une = pl.col("siren").replace_strict(precisions or {}, default="", return_dtype=pl.String)
    noms = pl.format("{}:{}", "depot", "rang_declaration")
    attendus = (
        declarations.group_by(CLE)
        .agg(noms.sort().str.join(" ").alias("empreinte"))
        .select(
            pl.lit(etape).alias("etape"),
            *CLE,
            pl.format("{} {} {}", pl.lit(commun), d_une, "empreinte").alias("empreinte"),
        )
        .sort(CLE)
    )
    ecrits = maison.lac.read(TABLE).filter(part.ecrites() & (pl.col("etape") == etape)).collect()
    return Mois(attendus, ecrits.select(attendus.columns).sort(CLE))


def mark_mois(mois: Mois, part: Part) -> pl.DataFrame:
    """Contract `mois_exploites`: the shard as it is once the step has written."""
    return in_part(TABLE, mois.attendus, part)
