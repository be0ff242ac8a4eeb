"""A shard (`part`): companies computed together, a remainder of their SIREN.

A company is whole in one shard, whatever their number. Those that tonight holds are left out of
what the steps read: `pipelines.nuit.reserves` puts back what was last published of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from specs.contrats import columns_of, contrats
from warehouse.alertes import Reserve, next_publication, read_reserves
from warehouse.journal import CleEtape
from warehouse.maison import Maison
from warehouse.nuits import PRESENT, Vue, read_vue
from warehouse.registre import read_etablissements


@dataclass(frozen=True, slots=True)
class Part:
    """The shard `numero` of `nombre`, without the companies in `tenues`.

    `reprises` counts those that other nights held: what the lake holds of them was put back, so
    that a step done then is to be done again. `seules`: these companies alone, or None. `vue`: what
    the night reads of the registry and of the decisions.
    """

    numero: int
    nombre: int
    tenues: frozenset[str] = frozenset()
    reprises: int = 0
    seules: frozenset[str] | None = None
    vue: Vue = PRESENT

    def siennes(self) -> pl.Expr:
        """Rows of its companies, in whatever shard they were written."""
        return self._kept(part_of(self.nombre) == self.numero)

    def ecrites(self) -> pl.Expr:
        """Rows of its companies in the tables of the lake that this number of shards wrote."""
        return self._kept(pl.col("part") == self.numero)

    def only(self, seules: frozenset[str]) -> Part:
        """The same shard with these companies alone."""
        return replace(self, seules=seules)

    @property
    def precisions(self) -> str:
        """What the key of a step says of the companies held; nothing when none ever was."""
        if not self.tenues and not self.reprises:
            return ""
        tenues = hashlib.sha256(",".join(sorted(self.tenues)).encode()).hexdigest()[:16]
        return f":{self.reprises}:{tenues}"

    def _kept(self, lignes: pl.Expr) -> pl.Expr:
        if self.tenues:
            lignes &= ~pl.col("siren").is_in(sorted(self.tenues))
        if self.seules is not None:
            lignes &= pl.col("siren").is_in(sorted(self.seules))
        return lignes


def sharded_tables() -> tuple[str, ...]:
    """Tables of the lake that are rewritten by shard."""
    return tuple(nom for nom, contrat in contrats().items() if contrat.partition == ("part",))


def part_of(nombre_parts: int) -> pl.Expr:
    """Shard of a company: a remainder of its SIREN."""
    return pl.col("siren").cast(pl.Int64) % nombre_parts


def open_part(maison: Maison, numero: int, date_arrete: date) -> Part:
    """A shard as the night of `date_arrete` computes it."""
    return open_parts(maison, [numero], date_arrete)[numero]


def open_ensemble(maison: Maison, date_arrete: date) -> Part:
    """All the companies as one shard."""
    return _open(maison, [0], 1, date_arrete)[0]


def open_parts(maison: Maison, numeros: list[int], date_arrete: date) -> dict[int, Part]:
    """Shards as the night of `date_arrete` computes them."""
    return _open(maison, numeros, maison.reglages.nombre_parts, date_arrete)


def _open(maison: Maison, numeros: list[int], nombre: int, date_arrete: date) -> dict[int, Part]:
    with maison.moteur.connect() as connexion:
        nuit, reserves = next_publication(connexion), read_reserves(connexion)
        vue = read_vue(connexion, date_arrete)

    def tonight(reserve: Reserve) -> bool:
        return (reserve.publication, reserve.date_arrete) == (nuit, date_arrete)

    parts = {}
    for numero in numeros:
        siennes = [r for r in reserves if int(r.siren) % nombre == numero]
        tenues = frozenset(r.siren for r in siennes if tonight(r))
        parts[numero] = Part(numero, nombre, tenues, len(siennes) - len(tenues), vue=vue)
    return parts


def step_key(etape: str, portee: str, part: Part, entrees: str) -> CleEtape:
    """Key of a step, on this scope, whose inputs have this fingerprint."""
    return CleEtape(etape, portee, entrees + part.precisions, version_specs(), version_code())


def part_scope(part: Part) -> str:
    """How the journal names a shard."""
    return f"part {part.numero}"


def dated(date_arrete: date, *entrees: pl.DataFrame) -> str:
    """Fingerprint of what a step reads: these sorted frames and the date."""
    return f"{frame_fingerprint(*entrees)}:{date_arrete.isoformat()}"


def plan_membres(maison: Maison, date_arrete: date) -> list[int]:
    """Shards of every member: a day that passes is enough to change what is due or expected."""
    part = part_of(maison.reglages.nombre_parts).alias("part")
    with maison.moteur.connect() as connexion:
        vue = read_vue(connexion, date_arrete)
        membres = read_etablissements(connexion, vue.registre)
    return membres.select(part)["part"].unique().sort().to_list()


def in_part(table: str, frame: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Rows of `table` for the shard, in the columns of its contract."""
    return frame.with_columns(pl.lit(part.numero, pl.Int64).alias("part")).select(columns_of(table))
