"""The accounts of one shard: published entries, then the new ones; the rest from scratch."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from time import perf_counter_ns

import polars as pl

from pipelines.comptabilite.comptes import Comptes, compute_comptes
from pipelines.comptabilite.regles.faits import Faits
from pipelines.declarations.etapes import part_of
from pipelines.parts import in_part, part_key
from pipelines.versions import frame_fingerprint
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import read_contrat
from warehouse.decisions import read_decisions
from warehouse.journal import find_etape, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.publications import read_table_publiee
from warehouse.registre import read_adherents, read_centres_gestion

ETAPE = "comptabilite"
EMIS = ("prelevements", "prelevements_appels")
LUES = ("appels", "lignes_appel", "encaissements", *EMIS)
RECALCULEES = ("imputations", "creances", "soldes", "suites_decisions")


def plan_comptes(maison: Maison) -> list[int]:
    """Shards of the companies that were called, that paid, or whose account a decision touches."""
    part = part_of(maison.reglages.nombre_parts).alias("part")
    with maison.moteur.connect() as connexion:
        decisions = read_decisions(connexion)
    sirens = [maison.lac.read(t).select("siren") for t in ("appels", "encaissements")]
    lues = (
        pl.concat([*sirens, decisions.lazy().select("siren").drop_nulls()])
        .select(part)
        .unique()
        .collect()
    )
    return sorted(lues["part"])


def account_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write the accounts of one shard at `date_arrete`, once its calls and debits are settled.

    Debits enter the accounts on the night after the one that issues them: what is issued tonight
    is decided on these accounts, and may still be decided again.
    """
    debut = perf_counter_ns()
    savoir = read_connaissances()
    faits = read_faits(maison, part, savoir)
    siennes = part_of(maison.reglages.nombre_parts) == part  # published under any number of shards
    publiees = read_table_publiee(maison, "ecritures").filter(siennes).collect()
    publiees = publiees.sort("ecriture", "rang")
    lus = [getattr(faits, f.name) for f in fields(faits) if f.name != "obligatoires"]
    cle = part_key(ETAPE, part, date_arrete, *lus, publiees)
    with maison.moteur.connect() as connexion:
        if find_etape(connexion, cle):
            return
    comptes = compute_comptes(faits, publiees, date_arrete, savoir)
    ecritures = pl.concat([in_part("ecritures", f, part) for f in (publiees, comptes.ecritures)])
    maison.lac.write("ecritures", ecritures, {"part": part})
    crashpoint("comptabilite.apres_ecritures")
    for table in RECALCULEES:
        maison.lac.write(table, in_part(table, getattr(comptes, table), part), {"part": part})
    crashpoint("comptabilite.apres_soldes")
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat={"ecritures": len(comptes.ecritures), "soldes": len(comptes.soldes)},
            empreinte=_fingerprint(comptes),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )


def read_faits(maison: Maison, part: int, savoir: Connaissances) -> Faits:
    """The facts of one shard, sorted by their keys."""
    de_la_part = pl.col("part") == part
    lac = maison.lac
    emis = read_table_publiee(maison, "prelevements").select("prelevement").collect()
    tables = {
        nom: lac.read(nom).filter(de_la_part).collect().sort(read_contrat(nom).cle) for nom in LUES
    }
    for nom in EMIS:
        tables[nom] = tables[nom].join(emis, on="prelevement", how="semi", maintain_order="left")
    siennes = part_of(maison.reglages.nombre_parts) == part
    with maison.moteur.connect() as connexion:
        decisions = read_decisions(connexion).filter(siennes)
        adherents = read_adherents(connexion).filter(siennes)
        centres = read_centres_gestion(connexion).filter(siennes)
    return Faits(
        **tables,
        decisions=decisions,
        centres=list_centres(centres, adherents, tables["appels"]),
        obligatoires=mandatory(savoir),
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


def _fingerprint(comptes: Comptes) -> str:
    return frame_fingerprint(*(getattr(comptes, f.name) for f in fields(comptes)))
