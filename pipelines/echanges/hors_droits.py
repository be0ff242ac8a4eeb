"""Lines that the rights of a depositor leave out: their category and centre (F007, step 8).

The category is that of the line or, of a wage return, of each of its bases; the centre, that of its
SIRET in the registry. A line without SIRET, or whose SIRET is unknown, is not judged here: what it
says of employees is judged by who knows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from parsers.anomalies import SCHEMA, anomalies
from pipelines.echanges.regles.droits import LIGNES, TOUS, check_lignes
from specs.echanges import read_genres

CERTIFICAT, SALARIE, RELEVE = ("CERT", "10"), ("ARI", "31"), ("TDP", "45")
REFUSEES = pl.Schema({"fichier": pl.UInt32, "rang": pl.Int64})
PLACEES = pl.Schema(
    {"fichier": pl.UInt32, "ligne": pl.Int64, "genre": pl.String, "bloc": pl.String}
    | {"categorie": pl.String, "siret": pl.String}
)


def refuse_lignes(
    tables: Mapping[str, pl.DataFrame],
    numeros: Mapping[str, int],
    droits: pl.DataFrame,
    etablissements: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """F007 of the lines outside the rights, on their record, and these lines (REFUSEES).

    `tables`: rows that were read, by table; `numeros`: the files judged, by deposit; `droits`: see
    `regles.droits.compute_droits`; `etablissements`: siret, cdg.
    """
    fichiers = pl.DataFrame(
        {"depot": list(numeros), "fichier": list(numeros.values())},
        {"depot": pl.String, "fichier": pl.UInt32},
    )
    sans_limite = droits.filter(pl.all_horizontal(pl.col("categorie", "cdg") == TOUS))
    fichiers = fichiers.join(sans_limite, on="depot", how="anti")
    if fichiers.is_empty():
        return SCHEMA.to_frame(), REFUSEES.to_frame()
    placees = (
        pl.concat([PLACEES.to_frame(), *_place(tables)])
        .join(fichiers, on="fichier")
        .join(etablissements.select("siret", "cdg"), on="siret")
    )
    refus = check_lignes(placees.select(LIGNES.names()).unique(), droits)
    lieux = placees.select("depot", "fichier", "ligne", "genre", "bloc", "cdg").unique()
    situes = refus.join(lieux, on=["depot", "ligne"]).sort("fichier", "ligne", "valeur")
    champ = pl.when(pl.col("valeur") == pl.col("cdg")).then(pl.lit("SIRET"))
    dites = situes.with_columns(rubrique=champ.otherwise(pl.lit("CATEGORY")))
    connu = pl.concat_str("genre", "bloc", "rubrique").is_in(_champs())
    dites = dites.with_columns(pl.when(connu).then("rubrique").alias("rubrique"))
    colonnes = ["fichier", "ligne", "bloc", "rubrique", "variante", "valeur"]
    par_code = dites.partition_by("code", as_dict=True).items()
    trouvees = [anomalies(siens.select(colonnes), str(code)) for (code,), siens in par_code]
    rangs = situes.select("fichier", rang="ligne").unique(maintain_order=True)
    return pl.concat([SCHEMA.to_frame(), *trouvees]), rangs.match_to_schema(REFUSEES)


def _place(tables: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Category and SIRET of each line that has them: PLACEES."""
    if "certificats_lus" in tables:
        lus = tables["certificats_lus"]
        yield _lines(CERTIFICAT, lus.select("fichier", "siret", "category", ligne="rang"))
    if {"salaries_arret_lus", "arrets_lus"} <= tables.keys():
        arrets = tables["arrets_lus"].select("fichier", "declaration", "siret").unique()
        lus = tables["salaries_arret_lus"].select(
            "fichier", "declaration", "category", ligne="rang"
        )
        yield _lines(SALARIE, lus.join(arrets, on=["fichier", "declaration"]))
    if {"releves_lus", "bases_relevees"} <= tables.keys():
        releves = tables["releves_lus"].select("fichier", "siret", ligne="rang")
        bases = tables["bases_relevees"].select("fichier", "ligne", "category")
        yield _lines(RELEVE, releves.join(bases, on=["fichier", "ligne"], how="left"))


def _lines(genre_bloc: tuple[str, str], lues: pl.DataFrame) -> pl.DataFrame:
    genre, bloc = map(pl.lit, genre_bloc)
    return lues.select(
        "fichier", "ligne", genre.alias("genre"), bloc.alias("bloc"), categorie="category",
        siret="siret",
    ).match_to_schema(PLACEES)  # fmt: skip


def _champs() -> list[str]:
    """Fields that these records have, by kind and code."""
    return [
        genre + bloc + champ.nom
        for genre, bloc in (CERTIFICAT, SALARIE, RELEVE)
        for champ in read_genres()[genre].enregistrements[bloc].champs
    ]
