"""How many blocks of a kind may hang from one occurrence of their parent (CST-02).

An occurrence is judged when it is closed: the last of each block of a piece waits for the next
piece, unless the message ends there.
"""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.blocs import REPERES
from parsers.dsn.grammaire import ILLIMITE, INTERDIT, Grammaire
from parsers.dsn.places import grouped
from parsers.dsn.structure import DECLARATION, ORPHELINES, PIED, Reprise, gather_orphans

ENVOI, VIDE = ["fichier", "envoi"], REPERES.to_frame()
ABSENCES = pl.Schema({c: ORPHELINES[c] for c in ("fichier", "manque", "ancre")})


def check_bornes(
    ancetres: dict[str, pl.DataFrame],
    orphelines: pl.DataFrame,
    grammaire: Grammaire,
    reprise: Reprise,
    *,
    fin: bool,
) -> list[pl.DataFrame]:
    """Forbidden, absent or too many; `ancetres` gives the places of each block of the piece.

    `orphelines`: strays below a missing block, told (CST-01) unless its absence is.
    """
    trouvees, absences = [], [ABSENCES.to_frame()]
    usages, inacheves = _usages(ancetres), _unfinished(ancetres, fin=fin)
    for rang, (bloc, parent) in enumerate(grammaire.parent.items()):
        nouvelles = _begun(ancetres[bloc]) if bloc in ancetres else None
        if nouvelles is not None and usages[bloc] & _forbidding(bloc, grammaire):
            trouvees += _forbidden(bloc, nouvelles, grammaire)
        # Without its footer a message is truncated: F023 says it.
        if parent in ancetres and bloc != PIED and _is_bounded(bloc, grammaire):
            comptes = _count(ancetres[parent], nouvelles, reprise.enfants.get(bloc, 0))
            if not fin:
                reprise.enfants[bloc] = comptes[-1]
                comptes = comptes.head(-1)
            if not _within(comptes, grammaire.bornes[bloc], usages[parent]):
                parents = ancetres[parent].head(len(comptes)).with_columns(nombre=comptes)
                hors = _not_cut(_out_of_bounds(bloc, parents, grammaire), parents, inacheves)
                absences.append(_absences(hors, rang))
                trouvees.append(anomalies(hors.drop("nombre", "occurrence"), "CST-02", bloc=bloc))
    toutes = pl.concat([reprise.orphelines, orphelines])
    dites = toutes.join(pl.concat(absences), on=ABSENCES.names(), how="anti", maintain_order="left")
    if not fin:
        ouvertes = _open_places(ancetres, grammaire)
        attendent = dites.join(ouvertes, on=["manque", "ancre"], how="semi", maintain_order="left")
        reprise.orphelines = gather_orphans(attendent)
        dites = dites.join(ouvertes, on=["manque", "ancre"], how="anti", maintain_order="left")
    return [*trouvees, *grouped(dites, "CST-01", grammaire)]


def _unfinished(ancetres: dict[str, pl.DataFrame], *, fin: bool) -> pl.DataFrame:
    """Messages without footer: fichier, envoi."""
    entetes = [ancetres[b].select(ENVOI) for b in ("S10.G00.00",) if fin and b in ancetres]
    messages = pl.concat([VIDE.select(ENVOI), *entetes])
    return messages.join(ancetres[PIED], on=ENVOI, how="anti") if PIED in ancetres else messages


def _not_cut(hors: pl.DataFrame, parents: pl.DataFrame, inacheves: pl.DataFrame) -> pl.DataFrame:
    """Without what an unfinished message lacks under the last blocks that it opened."""
    ouverts = (
        parents.join(inacheves, on=ENVOI, how="semi").group_by(ENVOI).agg(pl.col("rang").max())
    )
    absent = hors["variante"] == "absent"
    return hors.filter(~(absent & hors["rang"].is_in(ouverts["rang"].implode())))


def _absences(hors: pl.DataFrame, rang: int) -> pl.DataFrame:
    """Where a block is missing, and told so: `ABSENCES`."""
    absents = hors.filter(variante="absent")
    return absents.select(
        "fichier", pl.lit(rang, pl.UInt8).alias("manque"), pl.col("ligne").alias("ancre")
    )


def _open_places(ancetres: dict[str, pl.DataFrame], grammaire: Grammaire) -> pl.DataFrame:
    """For each block (`manque`), line of what it may still hang from in the next piece."""
    ouvertes = [
        (rang, ancetres[parent]["ligne"][-1])
        for rang, parent in enumerate(grammaire.parent.values())
        if parent in ancetres
    ]
    schema = {"manque": pl.UInt8, "ancre": pl.Int64}
    return pl.DataFrame(ouvertes, schema=schema, orient="row")


def _begun(places: pl.DataFrame) -> pl.DataFrame:
    """Those that begin in the piece: the first may be carried to it."""
    return places.slice(1) if places["rang"][0] < 0 else places


def _usages(ancetres: dict[str, pl.DataFrame]) -> dict[str, set[str]]:
    """Natures met above each block, which are those of the declarations or of the header."""
    declarees = set(ancetres[DECLARATION]["usage"].unique()) if DECLARATION in ancetres else set()
    de_envoi = ("S10.", "S90.")
    return {
        bloc: set(places["usage"].unique()) if bloc.startswith(de_envoi) else declarees
        for bloc, places in ancetres.items()
    }


def _is_bounded(bloc: str, grammaire: Grammaire) -> bool:
    return any(
        bornes not in ((0, ILLIMITE), (INTERDIT, INTERDIT))
        for bornes in grammaire.bornes[bloc].values()
    )


def _forbidding(bloc: str, grammaire: Grammaire) -> set[str]:
    return {u for u, bornes in grammaire.bornes[bloc].items() if bornes[0] == INTERDIT}


def _count(parents: pl.DataFrame, nouvelles: pl.DataFrame | None, deja: int) -> pl.Series:
    """How many blocks stand under each occurrence of the parent; `deja`: under the carried one.

    Ranks grow down a piece: those of an occurrence stand between it and the next one.
    """
    if nouvelles is None:
        comptes = pl.repeat(0, len(parents), dtype=pl.Int64, eager=True)
    else:
        debuts = nouvelles["rang"].search_sorted(parents["rang"]).cast(pl.Int64)
        comptes = debuts.shift(-1, fill_value=len(nouvelles)) - debuts
    return comptes.scatter(0, comptes[0] + deja) if deja and parents["rang"][0] < 0 else comptes


def _within(comptes: pl.Series, bornes: dict[str, tuple[int, int]], usages: set[str]) -> bool:
    """Whether all are within the tightest bounds of the natures met, as they usually are."""
    minimum = max(bornes[usage][0] for usage in usages)
    maximum = min(ILLIMITE if bornes[u][1] == INTERDIT else bornes[u][1] for u in usages)
    return bool(comptes.is_between(minimum, maximum).all())


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
    return bornees.with_columns(
        attendu=attendu,
        variante=pl.when(pl.col("nombre") == 0)
        .then(pl.lit("absent"))
        .otherwise(pl.lit("cardinalite")),
        valeur=pl.col("nombre").cast(pl.String),
    )


def _forbidden(bloc: str, nouvelles: pl.DataFrame, grammaire: Grammaire) -> list[pl.DataFrame]:
    """One anomaly a declaration: its nature does not admit the block."""
    groupes = (
        nouvelles.filter(pl.col("usage").is_in(_forbidding(bloc, grammaire)))
        .group_by("fichier", "rang_declaration", "usage", maintain_order=True)
        .agg(pl.col("ligne").first(), pl.len().cast(pl.Int64).alias("nombre"))
    )
    groupes = groupes.with_columns(valeur=pl.col("usage").str.head(2))
    return [anomalies(groupes, "CST-02", variante="interdit", bloc=bloc)]
