"""The payments of the fund as an exchange file (REG), for the companies that exchange files.

One file a company and night, with its transfers and those to its employees for it, that are new or
of which the bank said something else. Source: exchange.md 6.1 to 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from parsers.echanges.ecriture import fit_text
from pipelines.echanges.sortants import (
    compose_lettres_sortants,
    compose_sortant,
    find_conventions,
    rank_lignes,
    read_formes,
)
from pipelines.editique.lettres import Lettre
from pipelines.personnes import read_personnes
from pipelines.publication.nuit import Nuit
from specs.contrats import codes_of, columns_of
from specs.echanges import read_genres
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_comptes_bancaires
from warehouse.registre.lecture import read_adherents, read_conventions

REG, LIGNE = "REG", "70"
SALARIE, ENTREPRISE = "S", "E"
EN_ECHEC = codes_of("reglements", "etat", "REJE", "RETO")
SUIVIES = ["reglement", "etat", "motif", "date_etat"]


def compose_lettres_reg(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One file a company that exchanges files and of which a payment is new, or changed tonight."""
    with maison.moteur.connect() as connexion:
        conventions = read_conventions(connexion, nuit.vue.registre)
    conclues = find_conventions(conventions, nuit.date_arrete, REG)
    reglements = _read_news(maison).filter(nuit.served()).join(conclues, on="siren")
    if reglements.is_empty():
        return
    lignes = compute_lignes(reglements, _read_beneficiaires(maison, nuit, reglements))
    formes = read_formes(maison, reglements["siren"].unique())
    boites = dict(nuit.boites.select("siren", "adherent").drop_nulls().iter_rows())
    par_siren = lignes.partition_by("siren", as_dict=True)
    servies = reglements.select("siren", "convention").unique().sort("siren")
    yield from compose_lettres_sortants(
        REG,
        (
            compose_sortant(
                REG,
                nuit,
                (boites[siren], siren, convention),
                rank_lignes(LIGNE, par_siren[siren,].drop("siren")),
                formes.get(siren),
            )
            for siren, convention in servies.iter_rows()
        ),
    )


def compute_lignes(reglements: pl.DataFrame, beneficiaires: pl.DataFrame) -> pl.DataFrame:
    """Records `70` (fields in lower case) with siren, by payment.

    `reglements`: contract; `beneficiaires`: reglement, nir_siren, name, iban_masked.
    """
    champs = read_genres()[REG].enregistrements[LIGNE]
    echoue = pl.col("etat").is_in(EN_ECHEC)
    nom = fit_text(pl.col("name").str.to_uppercase(), champs.champ("NAME").longueur)
    return (
        reglements.join(beneficiaires, on="reglement")
        .sort("siren", "reglement")
        .select(
            "siren",
            "nature",
            "nir_siren",
            # The fixed form has no ellipsis.
            pl.col("iban_masked").str.replace("…", "...", literal=True),
            pay_id="reglement",
            benef=pl.when(pl.col("salarie").is_null())
            .then(pl.lit(ENTREPRISE))
            .otherwise(pl.lit(SALARIE)),
            name=nom,
            amount="montant_centimes",
            exec_date="date_execution",
            status="etat",
            reason=pl.when(echoue).then(pl.col("motif")),
            e2e="bout_en_bout",
            doc_id="origine",
        )
    )


def _read_news(maison: Maison) -> pl.DataFrame:
    """Transfers of the lake of which the last publication does not say the same."""
    publies = read_table_publiee(maison, "reglements").select(SUIVIES)
    lus = maison.lac.read("reglements").join(publies, on=SUIVIES, how="anti", nulls_equal=True)
    return lus.select(columns_of("reglements")).collect().sort("reglement")


def _read_beneficiaires(maison: Maison, nuit: Nuit, reglements: pl.DataFrame) -> pl.DataFrame:
    """Who each payment goes to, for the company that it is about."""
    qui = reglements.select("siren", "salarie").drop_nulls().unique()
    personnes = read_personnes(maison, qui).with_columns(
        nir_siren=pl.col("nir"), name=pl.concat_str("surname", "first_name", separator=" ")
    )
    comptes = maison.lac.read("comptes_salaries").select(
        "salarie", "iban_masque", compte_credite="compte"
    )
    masques = comptes.unique(["salarie", "compte_credite"], keep="any").collect()
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, nuit.vue.registre)
        leurs = read_comptes_bancaires(connexion, nuit.vue.registre).select("compte", "iban_masque")
    de_salaries = reglements.drop_nulls("salarie").join(personnes, on=["siren", "salarie"])
    salaries = pl.concat(
        [
            de_salaries.join(masques, on=["salarie", "compte_credite"]),
            de_salaries.join(leurs, on="compte"),  # of heirs
        ]
    )
    entreprises = (
        reglements.filter(pl.col("salarie").is_null())
        .join(adherents.select("siren", name="raison_sociale"), on="siren")
        .join(leurs, on="compte")
        .with_columns(nir_siren="siren")
    )
    colonnes = ["reglement", "nir_siren", "name", pl.col("iban_masque").alias("iban_masked")]
    return pl.concat([frame.select(colonnes) for frame in (salaries, entreprises)])
