"""The accounts of one shard: published entries, then the new ones; the rest from scratch."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import polars as pl

from pipelines.comptabilite.regles.comptes import compute_comptes
from pipelines.comptabilite.regles.faits import Faits
from pipelines.dus import read_dus
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, dated, in_part, part_of
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import read_contrat
from warehouse.decisions import read_decisions, read_en_vigueur
from warehouse.maison import Maison
from warehouse.nuits import read_vue
from warehouse.publications import read_table_publiee
from warehouse.registre import read_adherents, read_centres_gestion

EMIS = ("prelevements", "prelevements_appels")
LUES = ("appels", "lignes_appel", "encaissements", *EMIS)
PAYEES = ("reglements", "decaissements")
RECALCULEES = ("imputations", "creances", "soldes", "suites_decisions")


def plan_comptes(maison: Maison, date_arrete: date, *_: object) -> list[int]:
    """Shards of the companies that were called, that paid, or whose account a decision touches."""
    part = part_of(maison.reglages.nombre_parts).alias("part")
    with maison.moteur.connect() as connexion:
        decisions = read_decisions(connexion, read_vue(connexion, date_arrete).decisions)
    sirens = [maison.lac.read(t).select("siren") for t in ("appels", "encaissements")]
    lues = (
        pl.concat([*sirens, decisions.lazy().select("siren").drop_nulls()])
        .select(part)
        .unique()
        .collect()
    )
    return sorted(lues["part"])


def prepare_comptes(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """The published entries of the shard followed by the new ones; balances from scratch.

    Debits enter the accounts once their day of emission is past: what is issued tonight is decided
    on these accounts, and may still be decided again, when the night was published too.
    """
    savoir = read_connaissances()
    faits = read_faits(maison, part, savoir, date_arrete)
    publiees = read_table_publiee(maison, "ecritures").filter(part.siennes()).collect()
    publiees = publiees.sort("ecriture", "rang")
    lus = [getattr(faits, f.name) for f in fields(faits) if f.name != "obligatoires"]

    def produce() -> Production:
        comptes = compute_comptes(faits, publiees, date_arrete, savoir)
        ecritures = [in_part("ecritures", f, part) for f in (publiees, comptes.ecritures)]
        tables = {nom: in_part(nom, getattr(comptes, nom), part) for nom in RECALCULEES}
        resultat = {"ecritures": len(comptes.ecritures), "soldes": len(comptes.soldes)}
        return Production({"ecritures": pl.concat(ecritures), **tables}, resultat)

    return Travail(dated(date_arrete, *lus, publiees), produce)


def read_faits(maison: Maison, part: Part, savoir: Connaissances, date_arrete: date) -> Faits:
    """The facts of one shard at `date_arrete`, sorted by their keys."""
    lac = maison.lac
    tables = {
        nom: lac.read(nom).filter(part.ecrites()).collect().sort(read_contrat(nom).cle)
        for nom in (*LUES, *PAYEES)
    }
    emis = tables["prelevements"].filter(pl.col("date_emission") < date_arrete)
    tables["reglements"] = tables["reglements"].filter(pl.col("date_emission") < date_arrete)
    for nom in EMIS:
        tables[nom] = tables[nom].join(emis, on="prelevement", how="semi", maintain_order="left")
    siennes = part.siennes()
    with maison.moteur.connect() as connexion:
        decisions = read_en_vigueur(connexion, part.vue.decisions).filter(siennes)
        adherents = read_adherents(connexion, part.vue.registre).filter(siennes)
        centres = read_centres_gestion(connexion, part.vue.registre).filter(siennes)
    return Faits(
        **tables,
        decisions=decisions,
        centres=list_centres(centres, adherents, tables["appels"]),
        obligatoires=mandatory(savoir),
        dus=read_dus(lac.read, part.siennes()),
    )


def mandatory(savoir: Connaissances) -> frozenset[str]:
    """Contributions that bear late increases."""
    baremes = savoir.baremes.values()
    return frozenset(b.code for b in baremes if b.cotisation and b.cotisation.obligatoire)


def list_centres(
    centres: pl.DataFrame, adherents: pl.DataFrame, appels: pl.DataFrame
) -> pl.DataFrame:
    """Every centre of the registry or of a call: cdg (key), siren, adherent.

    A company that has none keeps its account under its SIREN.
    """
    numeros = adherents.select("siren", adherent="numero_adherent")
    connus = centres.select("cdg", "siren").join(numeros, on="siren")
    sans_centre = numeros.join(connus, on="siren", how="anti")
    return (
        pl.concat(
            [
                connus,
                appels.select("cdg", "siren", "adherent"),
                sans_centre.select(pl.col("siren").alias("cdg"), "siren", "adherent"),
            ]
        )
        .unique("cdg", keep="first", maintain_order=True)
        .sort("cdg")
    )
