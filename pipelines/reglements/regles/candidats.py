"""Whose a movement of the bank that nobody was found for may be, and why: the clues, not a choice.

What leaves no doubt was assigned by the night (`rapprochement`). These are what an officer would
look for: a member number or a SIREN in the text, a call of which exactly this amount is left, a
company that owes exactly this in all, a name whose letters are those that the bank gives.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from parsers.banque.mouvements import mask_nom

# In the order of their strength.
INDICES = NUMERO, APPEL, TOTAL, NOM = ("numero", "appel_du_montant", "dette_du_montant", "nom")
CANDIDATS_MAX = 8  # of a movement
LONGUEUR_MIN = 5  # of a member number that is looked for in a text
SCHEMA_CANDIDATS = pl.Schema(
    {
        "mouvement": pl.String,
        "siren": pl.String,
        "adherent": pl.String,
        "raison_sociale": pl.String,
        "appel": pl.String,
        "indice": pl.String,
        "reste_centimes": pl.Int64,
    }
)
FORCE = pl.Enum(INDICES)
PLIE = r"[^A-Z0-9]"


def compute_candidats(
    mouvements: pl.DataFrame, adherents: pl.DataFrame, creances: pl.DataFrame
) -> pl.DataFrame:
    """Companies that a movement may come from, the strongest clue first (SCHEMA_CANDIDATS).

    `mouvements`: contract `encaissements_non_affectes`; `adherents`: contract of this name;
    `creances`: contract of this name. `appel`: the call that it would pay, null for the company;
    `reste_centimes`: what is left of it, or of the company. Key: mouvement, siren, appel.
    """
    recus = mouvements.filter(pl.col("montant_centimes") > 0)
    membres = adherents.select("siren", "raison_sociale", adherent="numero_adherent")
    dues = creances.filter(pl.col("reste_centimes") > 0)
    totaux = dues.group_by("siren").agg(pl.col("reste_centimes").sum())
    trouves = pl.concat(
        [
            colonnes.with_columns(indice=pl.lit(indice, FORCE))
            for indice, colonnes in _list_indices(recus, membres, dues, totaux)
        ]
    )
    return (
        trouves.join(membres, on="siren")
        .join(totaux.rename({"reste_centimes": "en_tout"}), on="siren", how="left")
        .with_columns(pl.coalesce("reste_centimes", "en_tout").alias("reste_centimes"))
        .sort("mouvement", "indice", "siren", "appel", nulls_last=True)
        .unique(["mouvement", "siren", "appel"], keep="first", maintain_order=True)
        .group_by("mouvement", maintain_order=True)
        .head(CANDIDATS_MAX)
        .with_columns(pl.col("indice").cast(pl.String))
        .match_to_schema(SCHEMA_CANDIDATS, extra_columns="ignore")
    )


def _list_indices(
    recus: pl.DataFrame, membres: pl.DataFrame, dues: pl.DataFrame, totaux: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each clue with the rows that it gives: mouvement, siren, appel, reste_centimes."""
    montant = pl.col("montant_centimes")
    sans_appel = (pl.lit(None, pl.String).alias("appel"), pl.lit(None, pl.Int64).alias("reste"))
    noms = ["mouvement", "siren", "appel", "reste_centimes"]
    cites = _find_cites(recus, membres).with_columns(*sans_appel)
    yield NUMERO, cites.rename({"reste": "reste_centimes"}).select(noms)
    payes = recus.select("mouvement", reste_centimes=montant)
    yield APPEL, payes.join(dues, on="reste_centimes").select(noms)
    de_tout = payes.join(totaux, on="reste_centimes").with_columns(sans_appel[0])
    yield TOTAL, de_tout.select(noms)
    masques = membres.with_columns(
        nom=pl.col("raison_sociale").str.to_uppercase().map_elements(mask_nom, pl.String)
    )
    vus = recus.with_columns(nom=pl.col("nom_masque").str.to_uppercase()).drop_nulls("nom")
    nommes = vus.join(masques, on="nom")
    yield NOM, nommes.with_columns(*sans_appel).rename({"reste": "reste_centimes"}).select(noms)


def _find_cites(recus: pl.DataFrame, membres: pl.DataFrame) -> pl.DataFrame:
    """Companies whose number or SIREN stands in the text of a movement: mouvement, siren."""
    textes = recus.select(
        "mouvement",
        texte=pl.concat_str("reference", "bout_en_bout", separator=" ", ignore_nulls=True)
        .str.to_uppercase()
        .str.replace_all(PLIE, ""),
    )
    cherches = pl.concat(
        [membres.select("siren", mot="siren"), membres.select("siren", mot="adherent")]
    ).filter(pl.col("mot").str.len_chars() >= LONGUEUR_MIN)
    return (
        textes.join(cherches, how="cross")
        .filter(pl.col("texte").str.contains(pl.col("mot"), literal=True))
        .select("mouvement", "siren")
        .unique()
    )
