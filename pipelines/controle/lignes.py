"""The rows that files bring to the lake, lot by lot, without any personal value in clear."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from pipelines.controle.lecture import Lecture
from pipelines.controle.natures import list_extractions
from pipelines.metier import Metier
from pipelines.recus import list_natures_fichier
from specs.contrats import Contrat, columns_of, contrats, read_contrat
from warehouse.journal import Depot
from warehouse.lac import is_one_of
from warehouse.maison import Maison
from warehouse.pseudonymes import Pseudonymes


def lot_tables(maison: Maison) -> list[str]:
    """Tables that are written by lot, among those that ever were."""
    decoupes = (nom for nom, contrat in contrats().items() if contrat.partition == ("lot",))
    return [nom for nom in decoupes if maison.lac.version(nom) is not None]


def write_lot(
    maison: Maison, nom: str, frames: Mapping[str, pl.DataFrame], gardes: Collection[str] = ()
) -> None:
    """Write the rows of a lot in place of those that it has, but those of the deposits `gardes`."""
    deja = {table for table in lot_tables(maison) if nom in maison.lac.list_values(table, {})}
    for table in sorted(deja.union(table for table, frame in frames.items() if frame.height)):
        lues = maison.lac.read(table).filter(pl.col("lot") == nom, is_one_of("depot", gardes))
        restent = lues if gardes else lues.head(0)
        neuves = [frames[table]] if table in frames else []
        maison.lac.write(table, pl.concat([restent.collect(), *neuves]), {"lot": nom})


def compute_lot(
    maison: Maison,
    nom: str,
    depots: Sequence[Depot],
    lecture: Lecture,
    metiers: Sequence[Metier],
) -> dict[str, pl.DataFrame]:
    """Rows of a lot by table: what every file says, what the files taken bring."""
    origines = build_origines(nom, depots).with_columns(
        conforme=pl.Series([b.accepte for b in lecture.bilans], dtype=pl.Boolean),
        fichier_essai=pl.Series([b.essai is True for b in lecture.bilans], dtype=pl.Boolean),
    )
    anomalies = lecture.anomalies.join(origines, on="fichier", maintain_order="left")
    voiles, pseudonymes = dict(list_voiles(metiers)), Pseudonymes(maison.cle_pseudonymes)
    sirens = _sirens(lecture)
    frames = {
        "anomalies": anomalies.filter(~pl.col("fichier_essai")),
        "anomalies_essai": anomalies.filter("fichier_essai"),
    } | {
        table: compute_rows(read_contrat(table), frame, origines, sirens)
        for table, frame in lecture.tables.items()
    }
    return {
        table: pseudonymised(frame, voiles.get(table, ()), pseudonymes).select(columns_of(table))
        for table, frame in frames.items()
    }


def build_origines(nom: str, depots: Sequence[Depot]) -> pl.DataFrame:
    """Where rows come from: fichier (key), numero_depot, depot, adherent, lot."""
    origines = pl.DataFrame(
        [(d.numero, d.numero, d.depot, d.adherent) for d in depots],
        schema={
            "fichier": pl.UInt32,
            "numero_depot": pl.Int64,
            "depot": pl.String,
            "adherent": pl.String,
        },
        orient="row",
    )
    return origines.with_columns(lot=pl.lit(nom))


def list_voiles(metiers: Sequence[Metier]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Tables whose columns in clear are replaced, and which columns."""
    for nature in list_natures_fichier(metiers):
        yield from ((table, nature.voiles) for table in nature.tables)
    for extraction in list_extractions(metiers):
        yield extraction.table, extraction.voiles


def _sirens(lecture: Lecture) -> pl.DataFrame:
    """The company of each declaration, for the rows that are read of it."""
    declarations = lecture.tables.get("declarations_lues")
    if declarations is None:
        return pl.DataFrame(schema={"fichier": pl.UInt32, "rang_declaration": pl.Int64})
    return declarations.select("fichier", "rang_declaration", "siren")


def compute_rows(
    contrat: Contrat, frame: pl.DataFrame, origines: pl.DataFrame, sirens: pl.DataFrame
) -> pl.DataFrame:
    """Rows with their deposit and company; of the files taken, unless they say `conforme`."""
    colonnes = columns_of(contrat.nom)
    gardees = origines if "conforme" in colonnes else origines.filter("conforme")
    frame = frame.join(gardees, on="fichier", maintain_order="left")
    if "siren" in frame.columns or "siren" not in colonnes:
        return frame
    return frame.join(sirens, on=["fichier", "rang_declaration"], maintain_order="left")


def pseudonymised(
    lignes: pl.DataFrame, voiles: tuple[tuple[str, str], ...], pseudonymes: Pseudonymes
) -> pl.DataFrame:
    """What is in clear (NIR, IBAN) replaced by its pseudonym: the value stays in the archive."""
    for clair, voile in ((c, v) for c, v in voiles if c in lignes.columns):
        identifiants = lignes[clair].drop_nulls().unique()
        leurs = pl.Series([pseudonymes[i] for i in identifiants], dtype=pl.String)
        lignes = lignes.with_columns(
            pl.col(clair).replace_strict(identifiants, leurs, default=None).alias(voile)
        )
    return lignes
