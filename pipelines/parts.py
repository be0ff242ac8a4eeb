"""What the steps of a shard (`part`) share: the key of the step, the rows that it writes."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.versions import frame_fingerprint, version_code, version_specs
from specs.contrats import columns_of
from warehouse.journal import CleEtape


def part_key(etape: str, part: int, date_arrete: date, *entrees: pl.DataFrame) -> CleEtape:
    """Key of a step that reads these sorted frames and the date."""
    empreinte = f"{frame_fingerprint(*entrees)}:{date_arrete.isoformat()}"
    return CleEtape(etape, f"part {part}", empreinte, version_specs(), version_code())


def in_part(table: str, frame: pl.DataFrame, part: int) -> pl.DataFrame:
    """Rows of `table` for the shard, in the columns of its contract."""
    return frame.with_columns(pl.lit(part, pl.Int64).alias("part")).select(columns_of(table))
