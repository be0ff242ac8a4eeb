"""The lake: one Delta table a contract, rewritten by partition, every version readable.

A Delta commit is atomic: a killed writer leaves the previous version. It is on the disk when the
writing ends: the base, which then says so, is never ahead of it. Two writers of different
partitions both succeed; two writers of one partition are told apart, never merged. What contracts
class as an identity is sealed in the files (`warehouse.coffre`), clear in the rows given and taken.

    version = lac.write("appels", appels_de_la_part, remplace={"part": 3})
    lac.read("appels", version).collect()
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError

from specs.contrats import SANS_TRANCHE, TRANCHE, Contrat, read_contrat, schema_polars
from warehouse.coffre.lignes import (
    list_scellees,
    name_cles,
    name_courante,
    open_lignes,
    seal_lignes,
)
from warehouse.coffre.trousseau import Trousseau
from warehouse.commits import sync_commit
from warehouse.contrats import ContratRompu, check_contrat
from warehouse.petites import Petites
from warehouse.poignees import Poignees
from warehouse.points_arret import crashpoint
from warehouse.verrous import Verrou, Verrous

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

Valeur: TypeAlias = str | int
# The value of each of the first columns of the partition, or several.
Partition: TypeAlias = Mapping[str, Valeur | tuple[Valeur, ...]]

REPRISES = 200
COMPRESSION = WriterProperties(compression="ZSTD")
ABSENTES = {TRANCHE: SANS_TRANCHE}  # of columns that a version has not; of the others, nothing
# By default Delta forgets its log after 30 days: an old publication would become unreadable; and
# sums it up every 100 commits: opening a table would cost up to ten times more.
CONFIGURATION: dict[str, str | None] = {
    "delta.checkpointInterval": "10",
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}


def is_one_of(colonne: str, valeurs: Iterable[str]) -> pl.Expr:
    """Whether a column is one of these texts, to filter what is read.

    As a series: each text of a list would be compared with what every file says of its rows, which
    takes ten times as long as reading them.
    """
    return pl.col(colonne).is_in(pl.Series(sorted(valeurs), dtype=pl.String).implode())


class EcritureConcurrente(RuntimeError):  # noqa: N818 - named in French
    """Another writer has just rewritten the same partition; nothing of ours was written."""


@dataclass(frozen=True, slots=True)
class Lac:
    """Delta tables under one folder, each with a contract of `specs.contrats`.

    `trousseau`: the keys that identities are sealed and opened with; `verrous`: those of the home,
    else of this folder; `poignees` and `petites`: what it has opened and read, kept.
    """

    dossier: Path
    trousseau: Trousseau = field(repr=False)
    verrous: Verrous | None = None
    poignees: Poignees = field(init=False, repr=False, compare=False)
    petites: Petites = field(default_factory=Petites, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Handles are this lake's."""
        object.__setattr__(self, "poignees", Poignees(self.dossier))

    def read(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Rows of `table`, as of `version` or the last one.

        The columns are the contract's, in its order and types; a column that the contract got
        since that version is null (a slice: SANS_TRANCHE). No row when the table was never written.
        Rows come in any order.
        ContratInconnu when there is no such table, DeltaError when there is no such version.
        """
        contrat = read_contrat(table)
        delta = self._open(table, version)
        if delta is None:
            return pl.LazyFrame(schema=schema_polars(contrat))
        petite = self._read_petite(delta, contrat)
        return self._scan(delta, contrat, None) if petite is None else petite.lazy()

    def dataset(self, table: str, version: int) -> ds.Dataset | pa.Table:
        """The rows as of `version` for an engine that reads Arrow: none is read before it asks.

        Of a table that is not small, the columns are those that were written: one that the contract
        got since is not there. Its texts come as dictionaries, which such an engine groups and
        joins several times faster.
        """
        import pyarrow.dataset as ds

        contrat = read_contrat(table)
        delta = self._open(table, version) or DeltaTable(str(self._path(table)), version=version)
        petite = self._read_petite(delta, contrat)
        if petite is not None:
            return petite.to_arrow()
        schema = schema_polars(contrat)
        textes = {nom for nom, type_ in schema.items() if type_ == pl.String}
        lecture = ds.ParquetReadOptions(dictionary_columns=textes)
        return delta.to_pyarrow_dataset(parquet_read_options=lecture)

    def write(self, table: str, frame: pl.DataFrame, remplace: Partition | None) -> int:
        """Replace some partitions, or the whole table when `remplace` is None.

        The same rows in place of the same are no new version: a night makes again many tables that
        have not changed.

        Args:
            table: name of a contract.
            frame: the new rows, none is allowed; sorted here by partition then key.
            remplace: value of each partition column, e.g. ``{"part": 3}``; of the first ones alone,
                all that is under them is replaced.

        Returns:
            The Delta version that has these rows.

        Raises:
            ContratRompu: the frame breaks the contract, or has rows outside the partition.
            EcritureConcurrente: another writer rewrote the same rows meanwhile.
        """
        contrat = read_contrat(table)
        check_contrat(contrat, frame)
        _check_partition(contrat, frame, remplace)
        triee = frame.sort(*contrat.partition, *contrat.cle)
        crashpoint("lac.avant_ecriture")
        with self._writing(contrat, triee) as delta:
            if not self._holds(delta, contrat, triee, remplace):
                self._overwrite(delta, contrat, triee, remplace)
            version = int(delta.version())
        crashpoint("lac.apres_ecriture")
        return version

    def create(self, table: str) -> None:
        """Make a table that was never written, without a row."""
        if self.version(table) is None:
            with self._writing(read_contrat(table)):
                pass

    def is_partitioned(self, table: str) -> bool:
        """Whether the table stands in the partitions of its contract; so does one never written."""
        delta = self._open(table, None)
        colonnes = read_contrat(table).partition
        return delta is None or tuple(delta.metadata().partition_columns) == colonnes

    def redistribute(self, table: str, partition: Collection[pl.Expr]) -> None:
        """Write the rows of a table again in other partitions, `partition` giving their columns.

        They are as they were written: a column that the contract got since may have no value.
        """
        contrat = read_contrat(table)
        with self._writing(contrat) as delta:
            lignes = self._scan(delta, contrat, None).with_columns(*partition).collect()
            self._overwrite(delta, contrat, lignes.sort(*contrat.partition, *contrat.cle), None)

    def seal_again(self, table: str) -> int:
        """Put under the current key the rows of a table that are not; how many were.

        Done by the values of the first column of the partition: cut, it goes on from there.
        """
        if not self.count_sealed(table):
            return 0
        contrat = read_contrat(table)
        colonne = contrat.partition[0]
        with self._writing(contrat) as delta:
            autres = name_cles(_names(delta)).ne_missing(pl.lit(name_courante(self.trousseau)))
            brutes = pl.scan_delta(delta).filter(autres)
            restantes = brutes.group_by(colonne).len().sort(colonne).collect()
            for valeur in restantes[colonne]:
                lignes = self._scan(delta, contrat, {colonne: valeur}).collect()
                triee = lignes.sort(*contrat.partition, *contrat.cle)
                self._overwrite(delta, contrat, triee, {colonne: valeur})
                crashpoint("coffre.partition_scellee")
        return int(restantes["len"].sum())

    def count_sealed(self, table: str) -> dict[bytes | None, int]:
        """Rows of a table that has an identity, by the name of their key (None: in clear)."""
        contrat, delta = read_contrat(table), self._open(table, None)
        if not list_scellees(contrat) or delta is None or not _has_files(delta):
            return {}
        noms = pl.scan_delta(delta).select(nom=name_cles(_names(delta)))
        return dict(noms.group_by("nom").len().collect().iter_rows())

    def list_changed(
        self, table: str, frame: pl.DataFrame, sous: Partition, valeurs: Collection[Valeur]
    ) -> list[Valeur]:
        """Of these values of the next column of the partition, those with other rows, sorted.

        Other than those of `frame` under `sous`, the values of the columns before it.
        """
        contrat = read_contrat(table)
        colonne = contrat.partition[len(sous)]
        delta = self._open(table, None)
        if delta is None or not _has_files(delta):
            return sorted(valeurs, key=str)
        ecrites = self._read_partition(delta, contrat, {**sous, colonne: tuple(valeurs)})
        avant, apres = (
            lignes.sort(contrat.cle).partition_by(colonne, as_dict=True)
            for lignes in (ecrites, frame)
        )
        vide = frame.clear()
        return [
            valeur
            for valeur in sorted(valeurs, key=str)
            if not avant.get((valeur,), vide).equals(apres.get((valeur,), vide))
        ]

    def list_values(self, table: str, sous: Partition) -> frozenset[Valeur]:
        """Values that the next column of the partition has under `sous`, the columns before it."""
        colonne = read_contrat(table).partition[len(sous)]
        fichiers = self.list_files(table)
        return frozenset((fichiers.filter(_is_in(sous)) if sous else fichiers)[colonne])

    def list_files(self, table: str, version: int | None = None) -> pl.DataFrame:
        """Path (key), num_records and the columns of the partition of each file that has rows.

        As of `version` or the last one. The log says it: no file is opened.
        """
        contrat, delta = read_contrat(table), self._open(table, version)
        schema = schema_polars(contrat)
        places = {nom: schema[nom] for nom in contrat.partition}
        if delta is None or not _has_files(delta):
            return pl.DataFrame(schema={"path": pl.String, "num_records": pl.Int64, **places})
        dits = pl.DataFrame(delta.get_add_actions(flatten=True))
        dits = dits.rename({f"partition.{nom}": nom for nom in places}, strict=False)
        dits = dits.select("path", "num_records", *places.keys() & {*dits.columns})
        return dits.match_to_schema(
            {"path": pl.String, "num_records": pl.Int64, **places},
            missing_columns="insert",
            integer_cast="upcast",
        )

    def read_written_since(self, table: str, version: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Rows as they stand, then as of `version`, but those of partitions that did not change.

        What differs is among them: the others are in the same files.
        """
        lues, connues = self.read(table), self.read(table, version)
        ici, alors = self.list_files(table), self.list_files(table, version)
        autres = [ici.join(alors, on="path", how="anti"), alors.join(ici, on="path", how="anti")]
        changees = pl.concat(autres).select(read_contrat(table).partition)
        if not any(fichiers.height for fichiers in autres):
            return lues.clear(), connues.clear()
        places = {nom: tuple(changees[nom].unique()) for nom in changees.columns}
        if not places or any(None in valeurs for valeurs in places.values()):
            return lues, connues  # whole, or one of the two in other partitions
        return lues.filter(_is_in(places)), connues.filter(_is_in(places))

    def version(self, table: str) -> int | None:
        """Last version of `table`; None when it was never written."""
        delta = self._open(table, None)
        return None if delta is None else int(delta.version())

    def _holds(
        self,
        delta: DeltaTable,
        contrat: Contrat,
        triee: pl.DataFrame,
        remplace: Partition | None,
    ) -> bool:
        """Whether these rows, sorted, are there: those are read when there are as many of them."""
        if _count_rows(delta, remplace) != triee.height:
            return False
        if triee.is_empty():
            return True
        lues = self._read_partition(delta, contrat, remplace)
        return lues.sort(*contrat.partition, *contrat.cle).equals(triee)

    def _read_partition(
        self, delta: DeltaTable, contrat: Contrat, partition: Partition | None
    ) -> pl.DataFrame:
        petite = self._read_petite(delta, contrat)
        if petite is None:
            return self._scan(delta, contrat, partition).collect()
        return petite if partition is None else petite.filter(_is_in(partition))

    def _read_petite(self, delta: DeltaTable, contrat: Contrat) -> pl.DataFrame | None:
        """All the rows of a small table, None when it is not; identities are not kept open."""
        if list_scellees(contrat):
            return None
        return self.petites.read(delta, contrat, lambda: self._scan(delta, contrat, None))

    def _scan(
        self, delta: DeltaTable, contrat: Contrat, partition: Partition | None
    ) -> pl.LazyFrame:
        """Rows of the table, or of some partitions of it, in the columns of the contract."""
        if not _has_files(delta):
            return pl.LazyFrame(schema=schema_polars(contrat))
        ouvertes = open_lignes(contrat, pl.scan_delta(delta), _names(delta), self.trousseau)
        presentes = frozenset(ouvertes.collect_schema().names())
        lues = ouvertes.select(_colonnes(schema_polars(contrat), presentes))
        return lues if partition is None else lues.filter(_is_in(partition))

    def _overwrite(
        self, delta: DeltaTable, contrat: Contrat, frame: pl.DataFrame, remplace: Partition | None
    ) -> None:
        scellee = seal_lignes(contrat, frame, self.trousseau)
        if remplace:  # rows of before have columns in clear, which these leave empty
            anciennes = _names(delta).intersection(frame.columns).difference(scellee.columns)
            scellee = scellee.with_columns(frame.select(sorted(anciennes)).clear(frame.height))
        _overwrite(delta, contrat, scellee, remplace)
        sync_commit(self._path(contrat.nom), int(delta.version()))

    def _open(self, table: str, version: int | None) -> DeltaTable | None:
        """The table as of a version, or as it stands; None when it was never written."""
        return self.poignees.read(read_contrat(table).nom, version)

    def _path(self, table: str) -> Path:
        return self.dossier / read_contrat(table).nom

    @contextmanager
    def _writing(
        self, contrat: Contrat, lignes: pl.DataFrame | None = None
    ) -> Iterator[DeltaTable]:
        """A handle on the table as it stands, to write with; nobody else's meanwhile.

        A table that was never written is made with these rows.
        """
        nom = contrat.nom
        delta = self.poignees.take(nom)
        if delta is None:
            vide = pl.DataFrame(schema=schema_polars(contrat))
            self._create(contrat, vide if lignes is None else lignes)
            delta = DeltaTable(str(self._path(nom)))
        yield delta
        self.poignees.give_back(nom, delta)

    def _create(self, contrat: Contrat, lignes: pl.DataFrame) -> None:
        """Make the table with these rows; when two writers do at once, the first one does."""
        chemin = self._path(contrat.nom)
        chemin.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.verrous or Verrous(self.dossier)).wait(Verrou.CREATION):
            if not self.poignees.exists(contrat.nom):
                write_deltalake(
                    str(chemin),
                    seal_lignes(contrat, lignes, self.trousseau),
                    mode="error",
                    partition_by=list(contrat.partition),
                    configuration=CONFIGURATION,
                    writer_properties=COMPRESSION,
                )
            sync_commit(chemin, 0)


def _overwrite(
    delta: DeltaTable,
    contrat: Contrat,
    frame: pl.DataFrame,
    remplace: Partition | None,
) -> None:
    try:
        write_deltalake(
            delta,
            frame,
            mode="overwrite",
            partition_by=list(contrat.partition),
            predicate=_predicat(remplace) if remplace else None,
            schema_mode=_schema_mode(delta, frame) if remplace else "overwrite",
            writer_properties=COMPRESSION,
            commit_properties=CommitProperties(max_commit_retries=REPRISES),
            post_commithook_properties=PostCommitHookProperties(cleanup_expired_logs=False),
        )
    except CommitFailedError as erreur:
        raise EcritureConcurrente(f"table {contrat.nom} : écriture concurrente") from erreur


def _has_files(delta: DeltaTable) -> bool:
    """Whether the table has rows: a file that has none is not written."""
    return bool(delta.get_add_actions().num_rows)


def _count_rows(delta: DeltaTable, partition: Partition | None) -> int:
    """Rows of the table, or of some partitions of it, as its log says: none is read."""
    if not _has_files(delta):
        return 0
    fichiers = pl.DataFrame(delta.get_add_actions(flatten=True))
    if partition is not None:
        fichiers = fichiers.rename({f"partition.{nom}": nom for nom in partition})
        fichiers = fichiers.filter(_is_in(partition))
    return int(fichiers["num_records"].sum())


def _schema_mode(delta: DeltaTable, frame: pl.DataFrame) -> Literal["merge"] | None:
    """How a partition takes the columns that the contract has gained: it adds them, when any.

    Asked for without need, a merge may write the schema again, which refuses the writers of the
    other partitions.
    """
    return None if _names(delta).issuperset(frame.columns) else "merge"


def _names(delta: DeltaTable) -> frozenset[str]:
    return frozenset(champ.name for champ in delta.schema().fields)


def _colonnes(schema: pl.Schema, presentes: frozenset[str]) -> list[pl.Expr]:
    return [
        (pl.col(nom) if nom in presentes else pl.lit(ABSENTES.get(nom)).alias(nom)).cast(type_)
        for nom, type_ in schema.items()
    ]


def _check_partition(contrat: Contrat, frame: pl.DataFrame, remplace: Partition | None) -> None:
    if remplace is None:
        return
    if not remplace or tuple(remplace) != contrat.partition[: len(remplace)]:
        raise ContratRompu(f"table {contrat.nom} : la partition est {list(contrat.partition)}")
    if frame.filter(~_is_in(remplace)).height:
        raise ContratRompu(f"table {contrat.nom} : des lignes sont hors de la partition écrite")


def _is_in(partition: Partition) -> pl.Expr:
    return reduce(pl.Expr.and_, (pl.col(c).is_in(values_of(v)) for c, v in partition.items()))


def _predicat(partition: Partition) -> str:
    return " AND ".join(
        f"{colonne} IN ({', '.join(map(_literal, values_of(valeur)))})"
        for colonne, valeur in partition.items()
    )


def values_of(valeur: Valeur | tuple[Valeur, ...]) -> tuple[Valeur, ...]:
    """The values of a column of a `Partition`."""
    return valeur if isinstance(valeur, tuple) else (valeur,)


def _literal(valeur: Valeur) -> str:
    return str(valeur) if isinstance(valeur, int) else "'" + valeur.replace("'", "''") + "'"
