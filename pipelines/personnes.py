"""Who employees are, in clear, for the files that their own company is given."""

from __future__ import annotations

import polars as pl

from parsers.echanges.controles.identite import compute_cle_nir
from parsers.echanges.ecriture import fit_text
from pipelines.liens import LIE
from pipelines.nuit.reserves.depots import read_ecartes
from specs.contrats import codes_of
from specs.echanges import read_genres
from warehouse.maison import Maison

(EN_VIGUEUR,) = codes_of("lignes_en_vigueur", "statut", "EN_VIGUEUR")
LIGNE = ["depot", "rang"]
DITES = ["siren", "identifiant", "depot", "rang", "nir", "nom", "prenoms", "naissance"]
IDENTITE = ["nir", "nom", "prenoms", "naissance"]


def read_personnes(maison: Maison, qui: pl.DataFrame) -> pl.DataFrame:
    """What each company last declared of these employees: siren, salarie (key), then their fields.

    `qui`: siren, salarie (key). Fields: nir, nir_key, surname, first_name, birth, as the records of
    exchange files hold them; the DSN are told before exchange files. One whom the company never
    named has no row.
    """
    liens = maison.lac.read("liens_salaries").filter(etat=LIE).collect()
    lies = liens.join(qui, on=["siren", "salarie"]).select("siren", "identifiant", "salarie")
    propres = qui.select("siren", "salarie", identifiant="salarie").select(lies.columns)
    nommes = pl.concat([propres, lies]).unique()
    siens = nommes.select("siren", "identifiant").lazy()
    dites = pl.concat([_read_echanges(maison), _read_dsn(maison)])  # the last said wins
    lues = dites.join(siens, on=["siren", "identifiant"], how="semi").collect()
    derniers = (
        lues.join(nommes, on=["siren", "identifiant"])
        .sort("par_dsn", *LIGNE)
        .group_by("siren", "salarie", maintain_order=True)
        .agg(pl.col(IDENTITE).drop_nulls().last())
    )
    return derniers.select("siren", "salarie", **_fields()).sort("siren", "salarie")


def _fields() -> dict[str, pl.Expr]:
    salarie = read_genres()["RCP"].enregistrements["50"]
    nom, prenom = (salarie.champ(champ).longueur for champ in ("SURNAME", "FIRST_NAME"))
    return {
        "nir": pl.col("nir"),
        "nir_key": compute_cle_nir(pl.col("nir")).cast(pl.String).str.zfill(2),
        "surname": fit_text(pl.col("nom").str.to_uppercase(), nom),
        "first_name": fit_text(pl.col("prenoms"), prenom),
        "birth": pl.col("naissance").str.to_date("%Y-%m-%d", strict=False),
    }


def _read_dsn(maison: Maison) -> pl.LazyFrame:
    """What the real DSN say of individuals, but of those that were set aside."""
    with maison.moteur.connect() as connexion:
        ecartes = sorted(read_ecartes(connexion))
    reelles = maison.lac.read("declarations_lues").filter(
        pl.col("conforme"), ~pl.col("essai"), ~pl.col("depot").is_in(ecartes)
    )
    lues = maison.lac.read("identites_lues").filter(pl.col("changement").is_null())
    dites = lues.join(reelles, on=["depot", "rang_declaration"], how="semi")
    nommees = dites.with_columns(nom=pl.coalesce("nom_usage", "nom"))
    return nommees.rename({"salarie": "identifiant", "ligne": "rang"}).select(
        DITES, par_dsn=pl.lit(value=True)
    )


def _read_echanges(maison: Maison) -> pl.LazyFrame:
    """What the lines in force of exchange files say of their employee."""
    en_vigueur = maison.lac.read("lignes_en_vigueur").filter(pl.col("statut") == EN_VIGUEUR)
    dites = maison.lac.read("identites_echange").join(en_vigueur, on=LIGNE, how="semi")
    return dites.rename({"salarie": "identifiant"}).select(DITES, par_dsn=pl.lit(value=False))
