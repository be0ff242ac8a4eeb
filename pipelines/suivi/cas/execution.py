"""Runner of the cases of follow-up: what is expected, reminded, estimated. See docs/cas.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.options import parse_savoir
from pipelines.cas.valeurs import Resultat
from pipelines.cotisations.cas.entrees import Entrees, parse_entrees
from pipelines.cotisations.cas.registre import ADHERENT, SIRET
from pipelines.declarations.regles.attendues import (
    ABSENTE,
    CLE,
    INUTILISABLE,
    PARTIELLE,
    RECUE,
    Sources,
    compute_attendues,
)
from pipelines.declarations.regles.estimations import compute_estimations, mark_estimated
from pipelines.declarations.regles.releves import as_bases, compute_releves
from pipelines.declarations.regles.statuts import (
    RETENUE,
    compute_bases,
    compute_statuts,
    take_open_months,
)
from pipelines.suivi.regles.relances import compute_relances
from specs.baremes.suivi import read_calendrier
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois
from specs.typographie import format_date, format_mois

CHAMPS_DECLARATIONS = ("mois", "bases", "etablissements", "declarations")
CHAMPS = (*CHAMPS_DECLARATIONS, "suivis", "refusees", "tdp", "deja_relance", "options")
OPTIONS = ("echeance_dsn", "appel_estime", "fractions_incompletes")
SUIVIS = pl.Schema({"siren": pl.String, "suivi_depuis": pl.String})
PHRASES = {
    RECUE: "reçue",
    PARTIELLE: "il manque des fractions",
    ABSENTE: "absente",
    INUTILISABLE: "inutilisable",
}


def _schema(table: str, *sauf: str) -> pl.Schema:
    """Columns of a contract, without the shard."""
    colonnes = schema_polars(read_contrat(table)).items()
    return pl.Schema({c: t for c, t in colonnes if c not in ("part", *sauf)})


PUBLIEES = ("declarations_attendues", "relances", "bases", "releves_tdp")
TABLES: Mapping[str, pl.Schema] = MappingProxyType({nom: _schema(nom) for nom in PUBLIEES})
CHAMPS_BASE_TDP = ("code", "montant", "centimes", "mois_rattachement")


def run(champs: Champs, date_arrete: date) -> Resultat:
    """Expected declarations, new reminders, bases of every source."""
    champs.check_names(CHAMPS)
    savoir = parse_savoir(champs, OPTIONS)
    lues = {nom: champs.valeurs[nom] for nom in CHAMPS_DECLARATIONS if nom in champs.valeurs}
    entrees = parse_entrees(Champs(champs.lieu, lues))
    declarations = compute_statuts(entrees.declarations, entrees.registre.etablissements, savoir)
    retenues = compute_bases(entrees.bases, declarations, savoir)
    declarations, retenues = take_open_months(
        declarations, retenues, entrees.registre.etablissements
    )
    releves, des_tdp = compute_releves(*_tdp(champs), declarations, entrees.registre.etablissements)
    bases = pl.concat([as_bases(retenues), des_tdp])
    sources = _sources(champs, entrees, declarations, releves)
    calendrier = read_calendrier(
        _first_month(sources), Mois.from_date(date_arrete), savoir.option_at
    )
    attendues = compute_attendues(sources, calendrier, date_arrete)
    relances = compute_relances(attendues, _sent(champs), date_arrete)
    estimations = compute_estimations(attendues, bases, calendrier, date_arrete)
    frames = {
        "declarations_attendues": mark_estimated(attendues, estimations),
        "relances": relances,
        "bases": pl.concat([bases, estimations]),
        "releves_tdp": releves,
    }
    tables = {
        nom: frames[nom].select(schema.names()).match_to_schema(schema)
        for nom, schema in TABLES.items()
    }
    return Resultat(MappingProxyType(tables), tuple(_explain(tables)))


def _first_month(sources: Sources) -> Mois:
    premiers = pl.concat([sources.suivis["suivi_depuis"], sources.declarations["mois_appel"]])
    return Mois.parse(min(premiers.drop_nulls(), default="2000-01"))


def _sources(
    champs: Champs, entrees: Entrees, declarations: pl.DataFrame, releves: pl.DataFrame
) -> Sources:
    suivis = [
        {"siren": s.read("siren", str, SIRET[:9]), "suivi_depuis": s.read_mois("depuis")}
        for s in _children(champs, "suivis", ("siren", "depuis"))
    ]
    comptees = releves.filter(pl.col("statut") == RETENUE)
    return Sources(
        entrees.registre.etablissements,
        pl.DataFrame(suivis, SUIVIS, orient="row"),
        declarations,
        _refused(champs),
        comptees.select("siret", "mois_appel", "depot"),
    )


def _children(champs: Champs, nom: str, connus: tuple[str, ...]) -> Iterator[Champs]:
    for enfant in champs.children(nom):
        enfant.check_names(connus)
        yield enfant


def _refused(champs: Champs) -> pl.DataFrame:
    """Declarations of deposits that are not conforming."""
    schema = schema_polars(read_contrat("declarations_lues"))
    lignes = [
        dict.fromkeys(schema, None)
        | {
            "depot": f"D{r.read('arrivee', int, 1):08d}",
            "adherent": r.read("adherent", str, ADHERENT),
            "nature": r.read("nature", str, "01"),
            "siret": r.read("siret", str, SIRET),
            "mois_appel": r.read_mois("mois"),
        }
        for r in _children(champs, "refusees", ("siret", "mois", "nature", "adherent", "arrivee"))
    ]
    return pl.DataFrame(lignes, schema, orient="row")


def _tdp(champs: Champs) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Wage returns, one deposit each, and their bases: see `compute_releves`."""
    releves, bases = [], []
    for retour in _children(champs, "tdp", ("siret", "mois", "arrivee", "bases")):
        origine = _origin(retour)
        releves.append(origine)
        for ligne, base in enumerate(_children(retour, "bases", CHAMPS_BASE_TDP), 2):
            mois = base.read_mois("mois_rattachement", origine["mois_appel"])
            lue = {"code_base": base.read("code", str, "20"), "quantite": base.read_montant()}
            bases.append(origine | lue | {"ligne": ligne, "releve": 1, "mois_rattachement": mois})
    lus = _schema("releves_tdp", "cdg", "statut", "motif")
    return (
        pl.DataFrame(releves, lus, orient="row"),
        pl.DataFrame(bases, _schema("bases_tdp"), orient="row"),
    )


def _origin(retour: Champs) -> dict[str, Any]:
    siret, arrivee = retour.read("siret", str, SIRET), retour.read("arrivee", int, 1)
    return {
        "depot": f"D{arrivee:08d}",
        "rang": 1,
        "siren": siret[:9],
        "siret": siret,
        "mois_appel": retour.read_mois("mois"),
        "recu_le": "",
    }


def _sent(champs: Champs) -> pl.DataFrame:
    """Reminders already sent."""
    lignes = [
        {
            "siret": r.read("siret", str, SIRET),
            "mois": r.read_mois("mois"),
            "niveau": r.read("niveau", int),
        }
        for r in _children(champs, "deja_relance", ("siret", "mois", "niveau"))
    ]
    schema = {nom: TABLES["relances"][nom] for nom in (*CLE, "niveau")}
    return pl.DataFrame(lignes, schema, orient="row")


def _explain(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """Each expected month, what became of it, what follows."""
    for attendue in tables["declarations_attendues"].iter_rows(named=True):
        suites = [f"relance {attendue['relances']}"] if attendue["relances"] else []
        suites += ["bases estimées"] if attendue["estimee"] else []
        yield (
            f"SIRET {attendue['siret']}, {format_mois(attendue['mois'])}, attendue pour le "
            f"{format_date(attendue['date_limite'])} : {PHRASES[attendue['etat']]}"
            + "".join(f", {suite}" for suite in suites)
        )
    nouvelles = tables["relances"].select("siret", "mois", "niveau").iter_rows()
    for siret, mois, niveau in nouvelles:
        yield f"Relance {niveau} à envoyer : SIRET {siret}, {format_mois(mois)}"
    if tables["declarations_attendues"].is_empty():
        yield "Aucune déclaration n'est attendue."
