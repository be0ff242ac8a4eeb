"""The calls of tonight as an exchange file (APP), for the companies that agreed to exchange files.

One file a company and night, with the lines of its new calls of every centre; its totals are theirs
to the cent. Source: exchange.md 6.1 to 6.3 and 6.6 of the proposed specification.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.cotisations.documents.nouveautes import read_nouveautes, read_told
from pipelines.echanges.sortants import (
    compose_lettres_sortants,
    compose_sortant,
    find_conventions,
    rank_lignes,
    read_formes,
)
from pipelines.editique.lettres import Lettre
from pipelines.publication.nuit import Nuit
from specs.baremes import read_cotisations
from specs.contrats import codes_of
from specs.echanges import read_genres
from warehouse.maison import Maison
from warehouse.registre.lecture import read_conventions

APP, LIGNE = "APP", "80"
(RETENUE,) = codes_of("bases", "statut", "RETENUE")
# Contributions whose code is longer than the field.
ABREGES = {"PROF_BATIMENT": "PROF_BAT", "PROF_PARTENAIRES": "PROF_PART"}
CLE = ["cdg", "mois_appel", "mois_rattachement", "cotisation"]


def compose_lettres_app(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One file a company that has new calls tonight, and a convention in force."""
    with maison.moteur.connect() as connexion:
        conventions = read_conventions(connexion, nuit.vue.registre)
    conclues = find_conventions(conventions, nuit.date_arrete, APP)
    if conclues.is_empty():
        return
    nouveautes = read_nouveautes(maison, nuit.served())
    appels = nouveautes.nouveaux.join(conclues, on="siren")
    if appels.is_empty():
        return
    lignes = compute_lignes(appels, nouveautes.lignes, read_told(maison, "bases", appels))
    formes = read_formes(maison, appels["siren"].unique())
    par_siren = lignes.partition_by("siren", as_dict=True)
    qui = appels.select("siren", "adherent", "convention").unique().sort("siren")
    yield from compose_lettres_sortants(
        APP,
        (
            compose_sortant(
                APP,
                nuit,
                (adherent, siren, convention),
                rank_lignes(LIGNE, par_siren[siren,].drop("siren")),
                formes.get(siren),
            )
            for siren, adherent, convention in qui.iter_rows()
        ),
    )


def compute_lignes(appels: pl.DataFrame, lignes: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """Records `80` of these calls (fields in lower case) with siren, by call then line.

    `appels`, `lignes`, `bases`: contracts `appels`, `lignes_appel`, `bases`; a contribution that
    several codes feed has no code of base.
    """
    codes = read_cotisations().filter(~pl.col("par_defaut"))
    seuls = (
        codes.group_by("cotisation")
        .agg(pl.col("code_base").first(), seul=pl.len() == 1)
        .filter(pl.col("seul"), pl.col("code_base").is_in(_champ("DSN_BASE")))
    )
    depots = (
        bases.filter(pl.col("statut") == RETENUE)
        .join(codes.select("cotisation", "code_base"), on="code_base")
        .group_by(CLE)
        .agg(pl.col("depot").max())
    )
    return (
        lignes.join(appels.select("appel", "date_exigibilite", "groupe"), on="appel")
        .join(seuls, on="cotisation", how="left")
        .join(depots, on=CLE, how="left")
        .sort("siren", "appel", "mois_rattachement", "cotisation")
        .select(
            "siren",
            "cdg",
            call_id="appel",
            month="mois_appel",
            att_month="mois_rattachement",
            contrib=pl.col("cotisation").replace(ABREGES),
            dsn_base="code_base",
            base="base_centimes",
            abatement="abattement_centimes",
            rate_ppm="taux_ppm",
            amount="montant_centimes",
            due="date_exigibilite",
            pay_group="groupe",
            deposit_id="depot",
        )
    )


def _champ(nom: str) -> tuple[str, ...]:
    return read_genres()[APP].enregistrements[LIGNE].champ(nom).valeurs
