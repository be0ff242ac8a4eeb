"""Typed frames, one a block, with the controls of the rubrics each one holds.

Every frame has `fichier` UInt32, `occurrence` Int64 (rank among the blocks of its kind in the
file: with `fichier`, the key), `parent` Int64 (occurrence of the block it hangs from), `ligne`
(its first line), `envoi` (rank of its message in the file), `rang_declaration` and `rang_individu`
(rank in the declaration) Int64, `usage` (the key of the usage tables: nature), then a column a
rubric of the version: Date, Int64 in units of the last decimal (centimes, hundredths of an hour),
or text; null when absent or unreadable.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.grammaire import TYPES, Grammaire, usage_of
from parsers.dsn.presence import check_presence
from parsers.dsn.structure import DECLARATION, INDIVIDU, Reprise, Structure
from parsers.dsn.valeurs import Rubrique, check_valeurs, read_rubriques, suspects, typed

REPERES = pl.Schema(
    {
        "rang": pl.Int64,  # rank in the piece, -1 for what was carried from the piece before
        "fichier": pl.UInt32,
        "occurrence": pl.Int64,
        "parent": pl.Int64,
        "ligne": pl.Int64,
        "envoi": pl.Int64,
        "rang_declaration": pl.Int64,
        "rang_individu": pl.Int64,
        "usage": pl.String,
    }
)
ORDRE, RANGS = REPERES.names(), ("rang_declaration", "rang_individu")
HERITE = ("occurrence", "envoi", *RANGS, "usage")
LIEU = ("fichier", "occurrence", "rang_declaration", "rang_individu")


@dataclass(frozen=True, slots=True)
class Bloc:
    """One block of a piece: its frame and the anomalies of its rubrics."""

    frame: pl.DataFrame
    anomalies: list[pl.DataFrame]


def compute_blocs(
    structure: Structure, grammaire: Grammaire, reprise: Reprise
) -> tuple[dict[str, Bloc], dict[str, pl.DataFrame]]:
    """Blocks met in the piece, and the places (`REPERES`) of the blocks met or carried to it."""
    rubriques = read_rubriques(grammaire.norme.version)
    reperes, lignes = _number(structure, grammaire, reprise)
    parts = {
        grammaire.rubriques[rang]: part
        for (rang,), part in lignes.partition_by("rubrique", as_dict=True).items()
    }
    ancetres: dict[str, pl.DataFrame] = {}
    blocs: dict[str, Bloc] = {}
    for bloc in grammaire.blocs:  # document order: a parent is always placed before its children
        avant = [reprise.derniers[bloc]] if bloc in reprise.derniers else []
        places = (
            [_place(bloc, reperes[bloc], parts, ancetres, grammaire)] if bloc in reperes else []
        )
        if bloc == INDIVIDU and places and avant:
            places = [_rank_after(places[0], avant[0])]
        if avant or places:
            ancetres[bloc] = pl.concat([*avant, *places])
        if places:
            attendues = [rubriques[r] for r in grammaire.rubriques_du_bloc[bloc]]
            blocs[bloc] = _build(places[0], attendues, parts, structure.interrompues)
    return blocs, ancetres


def _number(
    structure: Structure, grammaire: Grammaire, reprise: Reprise
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Number the occurrences in their file, and the lines with the place of theirs in its block."""
    occurrences = structure.occurrences.with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64).over("fichier", "bloc") + 1).alias("occurrence"),
        pl.int_range(pl.len(), dtype=pl.UInt32).over("bloc").alias("place"),
    )
    lignes = structure.lignes.select("rubrique", "valeur", "ligne", "rang")
    rang_premier = occurrences["rang"].min() or 0
    lignes = lignes.with_columns(occurrences["place"].gather(lignes["rang"] - rang_premier))
    suite = pl.col("fichier").eq_missing(pl.lit(reprise.fichier, dtype=pl.UInt32))
    comptes = [reprise.occurrences.get(bloc, 0) for bloc in grammaire.blocs]
    deja = pl.when(suite).then(pl.lit(pl.Series(comptes)).gather("bloc")).otherwise(0)
    rangees = occurrences.select(
        "bloc", pl.col("rang").cast(pl.Int64), "fichier", pl.col("occurrence") + deja, "ligne"
    )
    reperes = {
        grammaire.blocs[rang]: part
        for (rang,), part in rangees.partition_by("bloc", as_dict=True, include_key=False).items()
    }
    if not occurrences.is_empty():
        reprise.count(occurrences["fichier"][-1], reperes)
    return reperes, lignes


def _place(
    bloc: str,
    nouvelles: pl.DataFrame,
    parts: dict[str, pl.DataFrame],
    ancetres: dict[str, pl.DataFrame],
    grammaire: Grammaire,
) -> pl.DataFrame:
    """Occurrences of a block that begin in the piece (columns `REPERES`)."""
    parent = grammaire.parent[bloc]
    if parent in ancetres:
        # Ranks grow down a piece: the parent is the last that starts before.
        rangs = ancetres[parent]["rang"].search_sorted(nouvelles["rang"]).cast(pl.Int64) - 1
        herite = ancetres[parent].select(pl.col(HERITE).gather(rangs.set(rangs < 0, None)))
        colonnes = [*nouvelles, *herite.rename({"occurrence": "parent"})]
    else:
        # A message has one header, which is the same for every nature.
        vides = [pl.Series(c, [None], REPERES[c]) for c in ("parent", *RANGS)]
        usage, envoi = pl.Series("usage", ["01"]), nouvelles["occurrence"].alias("envoi")
        colonnes = [*nouvelles, envoi, *(c.new_from_index(0, len(envoi)) for c in (*vides, usage))]
    places = pl.DataFrame(sorted(colonnes, key=lambda c: ORDRE.index(c.name)))
    if bloc == DECLARATION:
        places = places.with_columns(
            pl.col("occurrence").alias("rang_declaration"), usage=_usages(len(places), parts)
        )
    if bloc == INDIVIDU:
        rang = pl.int_range(pl.len(), dtype=pl.Int64).over("fichier", "rang_declaration") + 1
        places = places.with_columns(rang.alias("rang_individu"))
    return places


def _usages(nombre: int, parts: dict[str, pl.DataFrame]) -> pl.Series:
    """Key of the usage tables for each declaration, from its nature and type."""
    nature = _spread(parts.get(f"{DECLARATION}.001"), nombre)
    type_ = _spread(parts.get(f"{DECLARATION}.002"), nombre)
    couples = zip(nature, type_, strict=True)
    return pl.Series([usage_of(n, t) for n, t in couples], dtype=pl.String)


def _rank_after(places: pl.DataFrame, avant: pl.DataFrame) -> pl.DataFrame:
    """Ranks of individuals in their declaration, going on from the last of the piece before."""
    fichier, declaration, deja = avant.select("fichier", "rang_declaration", "rang_individu").row(0)
    suite = (pl.col("fichier") == fichier) & (pl.col("rang_declaration") == declaration)
    ajout = pl.when(suite).then(deja).otherwise(0)
    return places.with_columns(pl.col("rang_individu") + ajout)


def _spread(part: pl.DataFrame | None, nombre: int) -> pl.Series:
    """Values of one rubric, one a place of its block; null where the rubric is absent."""
    if part is None:
        return pl.repeat(None, nombre, dtype=pl.String, eager=True)
    if len(part) == nombre:
        return part["valeur"]
    rangs = pl.repeat(None, nombre, dtype=pl.UInt32, eager=True)
    rangs = rangs.scatter(part["place"], pl.int_range(len(part), dtype=pl.UInt32, eager=True))
    return part["valeur"].gather(rangs)


def _build(
    places: pl.DataFrame,
    rubriques: list[Rubrique],
    parts: dict[str, pl.DataFrame],
    interrompues: pl.Series,
) -> Bloc:
    """The columns of a block are tested, then typed, together: Polars shares them among threads."""
    portees = {r.identifiant: parts[r.identifiant] for r in rubriques if r.identifiant in parts}
    textes = places.with_columns(
        _spread(part, len(places)).alias(rubrique) for rubrique, part in portees.items()
    )
    refusees = suspects(textes, (r for r in rubriques if r.identifiant in portees))
    trouvees: list[pl.DataFrame] = []
    usages = set(places["usage"].unique())
    for rubrique in rubriques:
        part = portees.get(rubrique.identifiant)
        if part is not None and rubrique.identifiant in refusees:
            trouvees += _refused(part, rubrique, places)
        trouvees += check_presence(rubrique, places, usages, part, interrompues)
    colonnes = (
        typed(r) if r.identifiant in portees else pl.lit(None, TYPES[r.type]).alias(r.identifiant)
        for r in rubriques
    )
    return Bloc(textes.select(*ORDRE[1:], *colonnes), trouvees)


def _refused(part: pl.DataFrame, rubrique: Rubrique, places: pl.DataFrame) -> list[pl.DataFrame]:
    """Anomalies of the values of one rubric, with their place; personal values are masked."""
    trouvees = []
    for refus, refusees in check_valeurs(part.rename({"valeur": rubrique.identifiant}), rubrique):
        valeur = pl.col(rubrique.identifiant)
        masquee = valeur.str.replace_all(".", "*") if rubrique.personnelle else valeur
        attendu = refus.attendu if isinstance(refus.attendu, pl.Expr) else pl.lit(refus.attendu)
        lieux = places.select(LIEU)[refusees["place"]]
        trouvees.append(
            anomalies(
                lieux.with_columns(refusees.select("ligne", valeur=masquee, attendu=attendu)),
                refus.code,
                variante=refus.variante,
                rubrique=rubrique.identifiant,
                bloc=rubrique.identifiant[:10],
            )
        )
    return trouvees
