"""The counters of the employees as an exchange file (CUM), for the companies that exchange files.

One file a company and night, with the employees whose counters are not as last published: a record
`90` an employee and year, a record `91` a declaration and campaign. Source: exchange.md 6.6;
intemperies section 8.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from parsers.echanges.composition import gather_rows
from pipelines.echanges.sortants import (
    Sortant,
    compose_lettres_sortants,
    compose_sortant,
    find_conventions,
    read_formes,
)
from pipelines.editique.dossiers import Dossier
from pipelines.editique.lettres import Lettre
from pipelines.intemperies.documents.sources import LIGNE, TABLES
from pipelines.intemperies.regles.annee import ORDRE
from pipelines.intemperies.regles.cumuls import refunded
from pipelines.intemperies.regles.valeurs import campaign_of, read_bornes
from pipelines.publication.dossiers import read_dossiers_nuit
from pipelines.publication.nuit import Nuit
from specs.connaissances import read_connaissances
from specs.montants import round_half_away
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre.lecture import read_conventions

CUM, CUMUL, DECLARATION = "CUM", "90", "91"
CUMULS, COMPTES = "cumuls_intemperies", "jours_comptes"
MODULE_NIR = 97
CORSE = {"2A": "19", "2B": "18"}
QUI = ("nir", "surname", "first_name", "birth")
Lignes = Iterator[tuple[str, dict[str, Any]]]


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One file a company whose counters changed tonight, and that has a convention in force."""
    with maison.moteur.connect() as connexion:
        conclues = find_conventions(
            read_conventions(connexion, nuit.vue.registre), nuit.date_arrete, CUM
        )
    touches = _find_touched(maison).join(conclues, on="siren")
    if touches.is_empty():
        return
    yield from compose_lettres_sortants(CUM, _list_sortants(maison, nuit, touches))


def _list_sortants(maison: Maison, nuit: Nuit, touches: pl.DataFrame) -> Iterator[Sortant]:
    formes = read_formes(maison, touches["siren"].unique())
    par_siren = touches.partition_by("siren", as_dict=True)
    for dossier in read_dossiers_nuit(maison, nuit, TABLES, touches["siren"].unique()):
        siren = dossier.entreprise.siren
        siens = par_siren[siren,]
        lignes = list(
            compose_lignes(
                dossier, siens.select("salarie", "annee"), read_identites(maison, dossier),
                count_indemnites(read_jours(maison, siens["salarie"])),
            )
        )  # fmt: skip
        if lignes:
            qui = dossier.entreprise.adherent, siren, siens["convention"][0]
            yield compose_sortant(CUM, nuit, qui, gather_rows(CUM, lignes), formes.get(siren))


def _find_touched(maison: Maison) -> pl.DataFrame:
    """Counters that are not as last published: siren, salarie, annee."""
    publies = read_table_publiee(maison, CUMULS).drop("part").collect()
    lus = maison.lac.read(CUMULS).select(publies.columns).collect()
    changes = lus.join(publies, on=lus.columns, how="anti", nulls_equal=True)
    return changes.select("siren", "salarie", "annee").sort(pl.all())


def read_identites(maison: Maison, dossier: Dossier) -> dict[str, dict[str, Any]]:
    """Who each employee of the declarations of a company is, by pseudonym, as last declared."""
    lignes = dossier.tables["lignes_intemperies"]
    lues = (
        maison.lac.read("identites_echange")
        .filter(pl.col("depot").is_in(lignes["depot"].unique().implode()))
        .collect()
    )
    nommes = (
        lignes.select(*LIGNE, "salarie")
        .join(lues.drop("salarie"), on=LIGNE)
        .sort(LIGNE)
        .unique("salarie", keep="last", maintain_order=True)
        .drop_nulls(["nom", "prenoms", "naissance"])
        .select("salarie", "nir", surname="nom", first_name="prenoms",
                birth=pl.col("naissance").str.to_date())
    )  # fmt: skip
    return {ligne.pop("salarie"): ligne for ligne in nommes.to_dicts()}


def read_jours(maison: Maison, salaries: pl.Series) -> pl.DataFrame:
    """The counted days of these employees, all employers, in the order in which they count."""
    leurs = pl.col("salarie").is_in(salaries.unique().implode())
    return maison.lac.read(COMPTES).filter(leurs).collect().sort(ORDRE)


def count_indemnites(jours: pl.DataFrame) -> dict[tuple[str, str, str, int, str], int]:
    """Daily indemnities, in hundredths, by (salarie, siren, declaration, year, campaign).

    A date counts in the declaration of its first line with indemnified hours.
    """
    bornes = read_bornes(jours["date"].dt.year(), read_connaissances())
    comptes: dict[tuple[str, str, str, int, str], Fraction] = defaultdict(Fraction)
    vues: set[tuple[str, date]] = set()
    lues = jours.filter(pl.col("indemnisees_centiemes") > 0).with_columns(
        campagne=campaign_of(pl.col("date"))
    )
    for jour in lues.iter_rows(named=True):
        du_jour = jour["salarie"], jour["date"]
        annee = jour["date"].year
        cle = (jour["salarie"], jour["siren"], jour["declaration"], annee, jour["campagne"])
        if bornes[annee].au_prorata:
            comptes[cle] += Fraction(jour["indemnisees_centiemes"], jour["horaire_centiemes"])
        elif du_jour not in vues:
            comptes[cle] += 1
        vues.add(du_jour)
    return {
        cle: round_half_away((nombre * 100).numerator, (nombre * 100).denominator)
        for cle, nombre in comptes.items()
    }


def compose_lignes(
    dossier: Dossier,
    touches: pl.DataFrame,
    identites: Mapping[str, dict[str, Any]],
    comptes: Mapping[tuple[str, str, str, int, str], int],
) -> Lignes:
    """The records of these counters (salarie, annee); one whom no line names has none.

    `comptes`: of `count_indemnites`.
    """
    cumuls = dossier.tables[CUMULS].join(touches, on=["salarie", "annee"])
    details = _declarations(dossier)
    for cumul in cumuls.sort("salarie", "annee").iter_rows(named=True):
        salarie, annee = cumul["salarie"], cumul["annee"]
        if salarie not in identites:
            continue
        qui = identites[salarie]
        cle = {"nir": qui["nir"], "matricule": cumul["matricule"]}
        nommes = {nom: qui[nom] for nom in QUI}
        yield (
            CUMUL,
            {**nommes, **cle, "nir_key": compute_cle(qui["nir"]), **_totals(cumul)},
        )
        siennes = details.filter(pl.col("salarie") == salarie, pl.col("annee") == annee)
        for ligne in siennes.iter_rows(named=True):
            declaration, campagne = ligne["declaration"], ligne["campagne"]
            ij = comptes.get((salarie, dossier.entreprise.siren, declaration, annee, campagne), 0)
            yield DECLARATION, {**cle, **_declared(ligne), "ij": ij}


def _totals(cumul: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "year": cumul["annee"],
        "decls": cumul["declarations"],
        "ij": cumul["indemnites_journalieres_centiemes"],
        "ij_left": cumul["restantes_centiemes"],
        "lost": cumul["perdues_centiemes"],
        "waiting": cumul["carence_centiemes"],
        "indemnified": cumul["indemnisees_centiemes"],
        "first6": cumul["premieres_centiemes"],
        "leave_hours": cumul["heures_conges_centiemes"],
        "indemnity": cumul["indemnite_centimes"],
        "refund_prov": cumul["provisoire_centimes"],
        "refund_final": cumul["definitif_centimes"],
    }


def _declared(ligne: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "decl_id": ligne["declaration"],
        "campaign": int(ligne["campagne"][:4]),
        "from": ligne["debut"],
        "to": ligne["fin"],
        "lost": ligne["perdues_centiemes"],
        "waiting": ligne["carence_centiemes"],
        "indemnified": ligne["indemnisees_centiemes"],
        "first6": ligne["premieres_centiemes"],
        "indemnity": ligne["indemnite_calculee_centimes"] or 0,
        "refund_prov": ligne["provisoire_centimes"] or 0,
        "refund_final": ligne["definitif_centimes"] or 0,
        "trace_id": ligne["indemnite"] or "",
    }


def _declarations(dossier: Dossier) -> pl.DataFrame:
    """Hours and money of each employee, declaration, year and campaign, by first lost day."""
    cle = ["salarie", "declaration", "annee", "campagne"]
    heures = ("perdues", "carence", "indemnisees", "premieres")
    jours = dossier.tables["jours_intemperies"].filter(pl.col("perdues_centiemes") > 0)
    sommes = (
        jours.with_columns(
            annee=pl.col("date").dt.year().cast(pl.Int64), campagne=campaign_of(pl.col("date"))
        )
        .group_by(cle)
        .agg(
            pl.col("date").min().alias("debut"),
            pl.col("date").max().alias("fin"),
            *(pl.col(f"{nom}_centiemes").sum() for nom in heures),
        )
    )
    dues = dossier.tables["indemnites_intemperies"].select(
        *cle, "indemnite", "indemnite_calculee_centimes"
    )
    rendus = refunded(dossier.tables["remboursements_intemperies"]).group_by(cle).agg(
        pl.col("provisoire_centimes", "definitif_centimes").sum()
    )  # fmt: skip
    return (
        sommes.join(dues, on=cle, how="left")
        .join(rendus, on=cle, how="left")
        .sort("salarie", "debut", "declaration", "campagne")
    )


def compute_cle(nir: str | None) -> str | None:
    """Key of a NIR: Corsican departments count as 19 and 18.

    >>> compute_cle("185052A004012"), compute_cle(None)
    ('70', None)
    """
    if nir is None:
        return None
    departement = CORSE.get(nir[5:7], nir[5:7])
    return f"{MODULE_NIR - int(nir[:5] + departement + nir[7:]) % MODULE_NIR:02}"
