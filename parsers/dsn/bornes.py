"""How many blocks of a kind may hang from one occurrence of their parent (CST-02).

An occurrence is judged when it is closed: the last of each block of a piece waits for the next
piece, unless the message ends there.
"""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.grammaire import ILLIMITE, INTERDIT, Grammaire
from parsers.dsn.structure import Reprise

PIED = "S90.G00.90"  # its absence is a truncated file (F023), said once


def check_bornes(
    ancetres: dict[str, pl.DataFrame], grammaire: Grammaire, reprise: Reprise, *, fin: bool
) -> list[pl.DataFrame]:
    """Forbidden, absent or too many; `ancetres` gives the places of each block of the piece."""
    trouvees = []
    for bloc, parent in grammaire.parent.items():
        nouvelles = ancetres[bloc].filter(pl.col("rang") >= 0) if bloc in ancetres else None
        if nouvelles is not None:
            trouvees += _forbidden(bloc, nouvelles, grammaire)
        if parent in ancetres and bloc != PIED and _is_bounded(bloc, grammaire):
            comptes = _count(bloc, ancetres[parent], nouvelles, reprise)
            if not fin:
                reprise.enfants[bloc] = comptes["nombre"][-1]
                comptes = comptes.head(-1)
            if not _within(bloc, comptes, grammaire):
                trouvees.append(_out_of_bounds(bloc, comptes, grammaire))
    return trouvees


def _is_bounded(bloc: str, grammaire: Grammaire) -> bool:
    return any(
        bornes not in ((0, ILLIMITE), (INTERDIT, INTERDIT))
        for bornes in grammaire.bornes[bloc].values()
    )


def _count(
    bloc: str, parents: pl.DataFrame, nouvelles: pl.DataFrame | None, reprise: Reprise
) -> pl.DataFrame:
    """Occurrences of the parent, carried one included, with the `nombre` of `bloc` under each."""
    if nouvelles is None:
        comptes = parents.with_columns(nombre=pl.lit(0, dtype=pl.Int64))
    else:
        nombres = nouvelles.group_by("fichier", pl.col("parent").alias("occurrence")).agg(
            pl.len().cast(pl.Int64).alias("nombre")
        )
        comptes = parents.join(
            nombres, on=["fichier", "occurrence"], how="left", maintain_order="left"
        ).with_columns(pl.col("nombre").fill_null(0))
    deja = reprise.enfants.get(bloc, 0)
    return comptes.with_columns(
        pl.col("nombre") + pl.when(pl.col("rang") < 0).then(deja).otherwise(0)
    )


def _within(bloc: str, comptes: pl.DataFrame, grammaire: Grammaire) -> bool:
    """Whether all are within the tightest bounds of the natures met, as they usually are."""
    if comptes.is_empty():
        return True
    bornes = [grammaire.bornes[bloc][usage] for usage in comptes["usage"].unique()]
    minimum = max(mini for mini, _ in bornes)
    maximum = min(ILLIMITE if maxi == INTERDIT else maxi for _, maxi in bornes)
    return bool(comptes["nombre"].is_between(minimum, maximum).all())


def _out_of_bounds(bloc: str, comptes: pl.DataFrame, grammaire: Grammaire) -> pl.DataFrame:
    bornes = grammaire.bornes[bloc]
    usage = pl.col("usage")
    bornees = comptes.with_columns(
        minimum=usage.replace_strict(
            list(bornes), [max(b[0], 0) for b in bornes.values()], return_dtype=pl.Int64
        ),
        maximum=usage.replace_strict(
            list(bornes),
            [ILLIMITE if b[1] == INTERDIT else b[1] for b in bornes.values()],
            return_dtype=pl.Int64,
        ),
    ).filter(~pl.col("nombre").is_between("minimum", "maximum"))
    illimite = pl.col("maximum") == ILLIMITE
    attendu = (
        pl.when(illimite)
        .then(pl.format("au moins {}", "minimum"))
        .otherwise(pl.format("de {} à {}", "minimum", "maximum"))
    )
    lisibles = bornees.with_columns(
        attendu=attendu,
        variante=pl.when(pl.col("nombre") == 0)
        .then(pl.lit("absent"))
        .otherwise(pl.lit("cardinalite")),
        valeur=pl.col("nombre").cast(pl.String),
    )
    return anomalies(lisibles.drop("nombre", "occurrence"), "CST-02", bloc=bloc)


def _forbidden(bloc: str, nouvelles: pl.DataFrame, grammaire: Grammaire) -> list[pl.DataFrame]:
    """One anomaly a declaration: its nature does not admit the block."""
    interdits = [u for u, bornes in grammaire.bornes[bloc].items() if bornes[0] == INTERDIT]
    if not nouvelles["usage"].is_in(interdits).any():
        return []
    groupes = (
        nouvelles.filter(pl.col("usage").is_in(interdits))
        .group_by("fichier", "rang_declaration", "usage", maintain_order=True)
        .agg(pl.col("ligne").first(), pl.len().cast(pl.Int64).alias("nombre"))
    )
    groupes = groupes.with_columns(valeur=pl.col("usage").str.head(2))
    return [anomalies(groupes, "CST-02", variante="interdit", bloc=bloc)]
