"""A shard (`part`): companies computed together, a remainder of their SIREN.

A company is whole in one shard, whatever their number. Those that tonight holds are left out of
what the steps read: `pipelines.nuit.reserves` puts back what was last published of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from specs.contrats import (
    PAR_SALARIE,
    PAR_SIREN,
    PART,
    TRANCHE,
    Contrat,
    columns_of,
    contrats,
    read_contrat,
)
from warehouse.alertes import Reserve, next_publication, read_reserves
from warehouse.journal import CleEtape
from warehouse.lac import Valeur, is_one_of
from warehouse.maison import Maison
from warehouse.nuits import PRESENT, Vue, read_vue
from warehouse.registre import read_etablissements

CHIFFRES_PSEUDONYME = 12  # hexadecimal digits of a pseudonym that make a shard
ENSEMBLE = -1  # the number that stands for all the shards, computed as one
CHIFFRES_TRANCHE = 4  # a slice is made of the deposits that these digits of their number tell apart


@dataclass(frozen=True, slots=True)
class Part:
    """The shard `numero` of `nombre` (ENSEMBLE: all of them), without the companies in `tenues`.

    `reprises` counts those that other nights held: what the lake holds of them was put back, so
    that a step done then is to be done again. `seules`: these companies alone, or None. `vue`: what
    the night reads of the registry and of the decisions. `partage`: what the shard is made from; an
    employee has rows of several companies, a step on them leaves those of `tenues` aside itself;
    `salaries`: these employees alone, or None; `figes`: those that stay as they were published.
    `essais`: test deposits that are taken as real, in a view that is thrown away.
    """

    numero: int
    nombre: int
    tenues: frozenset[str] = frozenset()
    reprises: int = 0
    seules: frozenset[str] | None = None
    vue: Vue = PRESENT
    partage: str = PAR_SIREN
    essais: frozenset[str] = frozenset()
    salaries: frozenset[str] | None = None
    figes: frozenset[str] = frozenset()

    def siennes(self) -> pl.Expr:
        """Rows of its companies, in whatever shard they were written."""
        return self._kept(self._is_here(part_of(self.nombre, self.partage)))

    def ecrites(self) -> pl.Expr:
        """Rows of its companies in the tables of the lake that this number of shards wrote."""
        return self._kept(self.rangees())

    def rangees(self) -> pl.Expr:
        """Rows of a table of the lake that stand in the shard, whoever they are of."""
        return self._is_here(pl.col(PART))

    def frozen(self) -> pl.Expr:
        """Rows of its employees that stay as they were published."""
        return self._is_here(part_of(self.nombre, self.partage)) & self._is_frozen()

    def only(self, seules: frozenset[str]) -> Part:
        """The same shard with these companies alone."""
        return replace(self, seules=seules)

    @property
    def numeros(self) -> tuple[int, ...]:
        """The shards that it is made of."""
        return tuple(range(self.nombre)) if self.numero == ENSEMBLE else (self.numero,)

    @property
    def reste(self) -> tuple[int, int]:
        """Divisor and remainder of the SIREN of its companies."""
        return (1, 0) if self.numero == ENSEMBLE else (self.nombre, self.numero)

    @property
    def entiere(self) -> bool:
        """Whether all that is of the shard is computed."""
        return self.seules is None and self.salaries is None

    @property
    def precisions(self) -> str:
        """What the key of a step says of the companies held; nothing when none ever was."""
        if not self.tenues and not self.reprises:
            return ""
        tenues = hashlib.sha256(",".join(sorted(self.tenues)).encode()).hexdigest()[:16]
        return f":{self.reprises}:{tenues}"

    def _is_here(self, part: pl.Expr) -> pl.Expr:
        return part.is_in(self.numeros) if self.numero == ENSEMBLE else part == self.numero

    def _is_frozen(self) -> pl.Expr:
        return is_one_of("salarie", self.figes)

    def _kept(self, lignes: pl.Expr) -> pl.Expr:
        if self.partage == PAR_SALARIE:
            if self.salaries is not None:
                lignes &= is_one_of("salarie", self.salaries)
            return lignes & ~self._is_frozen() if self.figes else lignes
        if self.tenues:
            lignes &= ~pl.col("siren").is_in(sorted(self.tenues))
        if self.seules is not None:
            lignes &= pl.col("siren").is_in(sorted(self.seules))
        return lignes


def sharded_tables() -> tuple[Contrat, ...]:
    """Tables of the lake that are rewritten by shard."""
    return tuple(contrat for contrat in contrats().values() if contrat.partage)


def part_of(nombre_parts: int, partage: str = PAR_SIREN) -> pl.Expr:
    """Shard of a row: a remainder of the SIREN, or of the pseudonym of the employee."""
    if partage == PAR_SALARIE:
        debut = pl.col("salarie").str.slice(0, CHIFFRES_PSEUDONYME)
        # Where no employee is known, a file of the lake may show an empty text: of no shard.
        return debut.str.to_integer(base=16, dtype=pl.Int64, strict=False) % nombre_parts
    return pl.col("siren").cast(pl.Int64) % nombre_parts


def shard_of(contrat: Contrat, nombre_parts: int) -> pl.Expr:
    """Shard of a row of a table that has some, as its contract says."""
    return part_of(nombre_parts, contrat.partage or PAR_SIREN)


def write_part(
    maison: Maison,
    table: str,
    frame: pl.DataFrame,
    numeros: int | tuple[int, ...],
    periodes: Collection[Valeur] = (),
) -> None:
    """Rewrite shards of a table: whole, or the periods of the rows when it has some.

    `periodes`: those that are rewritten too, though no row of theirs is left. All the periods are
    written at once, but those whose rows have not changed; a table is made that has
    no row yet.
    """
    periode, part = read_contrat(table).periode, {PART: numeros}
    if periode is None:
        maison.lac.write(table, frame, part)
        return
    changees = maison.lac.list_changed(table, frame, part, {*frame[periode], *periodes})
    if changees:
        lignes = frame.filter(pl.col(periode).is_in(changees))
        maison.lac.write(table, lignes, part | {periode: tuple(changees)})
    else:
        maison.lac.create(table)


def list_periods(maison: Maison, table: str, numeros: tuple[int, ...]) -> frozenset[Valeur]:
    """Periods that a table holds of these shards; none when it has no period."""
    if read_contrat(table).periode is None:
        return frozenset()
    return maison.lac.list_values(table, {PART: numeros})


def open_part(maison: Maison, numero: int, date_arrete: date, partage: str = PAR_SIREN) -> Part:
    """A shard as the night of `date_arrete` computes it."""
    nombre = maison.reglages.nombre_parts
    return _open(maison, [numero], nombre, date_arrete, partage)[numero]


def open_ensemble(maison: Maison, date_arrete: date) -> Part:
    """All the companies as one shard."""
    return _open(maison, [0], 1, date_arrete)[0]


def open_parts(maison: Maison, numeros: list[int], date_arrete: date) -> dict[int, Part]:
    """Shards as the night of `date_arrete` computes them."""
    return _open(maison, numeros, maison.reglages.nombre_parts, date_arrete)


def _open(
    maison: Maison,
    numeros: list[int],
    nombre: int,
    date_arrete: date,
    partage: str = PAR_SIREN,
) -> dict[int, Part]:
    with maison.moteur.connect() as connexion:
        nuit, reserves = next_publication(connexion), read_reserves(connexion)
        vue = read_vue(connexion, date_arrete)

    def tonight(reserve: Reserve) -> bool:
        return (reserve.publication, reserve.date_arrete) == (nuit, date_arrete)

    parts = {}
    for numero in numeros:
        toutes = partage == PAR_SALARIE  # an employee may be of any company
        siennes = [r for r in reserves if toutes or numero in {int(r.siren) % nombre, ENSEMBLE}]
        tenues = frozenset(r.siren for r in siennes if tonight(r))
        reprises = len(siennes) - len(tenues)
        parts[numero] = Part(numero, nombre, tenues, reprises, vue=vue, partage=partage)
    return parts


def step_key(etape: str, portee: str, part: Part, entrees: str) -> CleEtape:
    """Key of a step, on this scope, whose inputs have this fingerprint."""
    return CleEtape(etape, portee, entrees + part.precisions, version_specs(), version_code())


def part_scope(numero: int) -> str:
    """How the journal names a shard."""
    return f"part {numero}"


def dated(date_arrete: date, *entrees: pl.DataFrame) -> str:
    """Fingerprint of what a step reads: these sorted frames and the date."""
    return f"{frame_fingerprint(*entrees)}:{date_arrete.isoformat()}"


def plan_membres(maison: Maison, date_arrete: date, *_: object) -> list[int]:
    """Shards of every member: a day that passes is enough to change what is due or expected."""
    part = part_of(maison.reglages.nombre_parts).alias("part")
    with maison.moteur.connect() as connexion:
        vue = read_vue(connexion, date_arrete)
        membres = read_etablissements(connexion, vue.registre)
    return membres.select(part)["part"].unique().sort().to_list()


def in_part(table: str, frame: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Rows of `table` for the shard, in the columns of its contract.

    Where these say a slice, that of `chaine` when the rows have one, else of `depot`.
    """
    colonnes = columns_of(table)
    tranches = find_slice(frame.columns) if TRANCHE in colonnes else ()
    return frame.with_columns(place_of(table, part), *tranches).select(colonnes)


def place_of(table: str, part: Part) -> pl.Expr:
    """The shard where each row of `table` is written."""
    if part.numero == ENSEMBLE:
        return shard_of(read_contrat(table), part.nombre).alias(PART)
    return pl.lit(part.numero, pl.Int64).alias(PART)


def places_of(contrat: Contrat, nombre_parts: int) -> Iterator[pl.Expr]:
    """Columns that say where the rows of a table stand, whenever they were written."""
    yield shard_of(contrat, nombre_parts).alias(PART)
    colonnes = columns_of(contrat.nom)
    if TRANCHE in colonnes:
        yield from find_slice(colonnes)


def find_slice(colonnes: Collection[str]) -> Iterator[pl.Expr]:
    """The slice of rows that have these columns: of their chain, else of their deposit, if any."""
    depot = next((nom for nom in ("chaine", "depot") if nom in colonnes), None)
    if depot:
        yield slice_of(depot).alias(TRANCHE)


def slice_of(depot: str) -> pl.Expr:
    """Slice of the deposit that a column names: those received one after the other are in one."""
    return pl.col(depot).str.head(-CHIFFRES_TRANCHE)
