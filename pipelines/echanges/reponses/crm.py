"""The business report of an exchange file (CRM): its lines, what is said and computed of each.

A real file has one when the verdict of a line is new to readers; a test has one the night it comes,
from the same steps on a view that is thrown away. Source: exchange.md 6.2, X-09, X-20.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl

from parsers.echanges.lecteur import LectureEchange, read_alone
from pipelines.controle.natures import CONFORME
from pipelines.echanges.fichiers import find_lignes
from pipelines.echanges.regles.lignes import (
    ACCEPTEE,
    ATTENTE,
    BLOQUANTE,
    REFUSEE,
    RESERVE,
)
from pipelines.echanges.reponses.crt import build_question
from pipelines.echanges.reponses.formes import (
    Ligne,
    Question,
    Reponse,
    address,
    compose_reponse,
)
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.metier import Metier
from pipelines.nuit.apercu import run_apercu
from pipelines.publication.nuit import LOT_CAISSE, Nuit
from specs.contrats import PLACES
from specs.echanges import read_genres
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.publications import read_changes, read_table_publiee

SUITES = ("lignes_echange", "constats_echange", "valeurs_echange")
LETTRES = {ACCEPTEE: "A", RESERVE: "V", ATTENTE: "V", REFUSEE: "R"}
COMPTES = {"A": "n_accepted", "V": "n_reserved", "R": "n_refused"}
CHAMPS_VALEUR = {
    "nom": "name",
    "unite": "unit",
    "declare": "declared",
    "calcule": "computed",
    "present": "present",
    "trace": "trace_id",
}


@dataclass(frozen=True, slots=True)
class Bilan:
    """What the house says of the lines of a file: rows of three tables, and its publication."""

    lignes: pl.DataFrame
    constats: pl.DataFrame
    valeurs: pl.DataFrame
    publication: int | None


def compose_crms(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """Reports of the real files of which something is new."""
    servis = nuit.depots.filter(nuit.served("adherent"), pl.col("nature").is_in([*read_genres()]))
    nouveaux = _find_nouveaux(maison, servis)
    journal = {depot.depot: depot for depot in nuit.journal}
    for nom in nouveaux:
        yield _letter(maison, journal[nom], _read_bilan(maison, nom, nuit.numero), nuit.instant)


def compose_essai(
    maison: Maison, depot: Depot, nuit: Nuit, metiers: Sequence[Metier]
) -> Iterator[Lettre]:
    """The report of a test: what it would have given tonight; none when its CRT refuses it."""
    if depot.nature not in read_genres() or depot.etat != CONFORME:
        return
    siren = _read_envoi(maison, depot.depot)["siren"]
    vue = run_apercu(maison, metiers, nuit.date_arrete, [siren], {depot.depot})
    yield _letter(maison, depot, _read_bilan(vue, depot.depot, None), nuit.instant)


def _letter(maison: Maison, depot: Depot, bilan: Bilan, instant: str) -> Lettre:
    question = build_question(depot, _read_envoi(maison, depot.depot))
    draw = partial(_draw, maison, depot, question, bilan, instant)
    return address(question, depot.adherent, draw)


def _find_nouveaux(maison: Maison, servis: pl.DataFrame) -> list[str]:
    """Files whose lines, or what is said of them, readers did not see; sorted.

    One that another replaced, or that was cancelled, has had its report.
    """
    vivants = servis.filter(pl.col("etat") == "INTEGRE").select("depot")
    publies = read_table_publiee(maison, "depots").select("depot", "etat").collect()
    changes = [servis.select("depot", "etat").join(publies, on=["depot", "etat"], how="anti")]
    for table in SUITES:
        lues, publiees = (f.drop(PLACES).collect() for f in read_changes(maison, table))
        changes.append(lues.join(publiees, on=lues.columns, how="anti", nulls_equal=True))
    touches = pl.concat(frame.select("depot") for frame in changes).unique()
    return vivants.join(touches, on="depot", how="semi")["depot"].sort().to_list()


def _read_bilan(maison: Maison, depot: str, publication: int | None) -> Bilan:
    lignes, constats, valeurs = (
        maison.lac.read(table).filter(pl.col("depot") == depot).collect() for table in SUITES
    )
    return Bilan(
        lignes.filter(pl.col("verdict").is_in([*LETTRES])).sort("rang"),
        constats.sort("rang", "ordre"),
        valeurs.sort("rang", "ordre"),
        publication,
    )


def _read_envoi(maison: Maison, depot: str) -> dict[str, Any]:
    """The header of a file (contract `envois_lus`)."""
    lus = maison.lac.read("envois_lus").filter(pl.col("depot") == depot).collect()
    return lus.row(0, named=True)


def _draw(
    maison: Maison, depot: Depot, question: Question, bilan: Bilan, instant: str
) -> Iterator[Fichier]:
    recu_le = datetime.fromisoformat(depot.recu_le)
    # The employees are named as the file names them: only the archive knows.
    lues = read_alone(depot.numero, depot.nom, maison.archive.open(depot.sha256), recu_le)
    dites = _read_anomalies(maison, depot)
    situees = find_lignes(lues.lignes, lues.valeurs, dites)
    lignes = _lines(depot, bilan, lues.only(), situees)
    yield from compose_reponse("CRM", Reponse(question, instant, lignes))


def _read_anomalies(maison: Maison, depot: Depot) -> pl.DataFrame:
    table = "anomalies_essai" if depot.essai else "anomalies"
    siennes = pl.col("depot") == depot.depot, pl.col("lot") != LOT_CAISSE
    lues = maison.lac.read(table).filter(*siennes).collect().sort("rang")
    return lues.with_columns(pl.lit(depot.numero, pl.UInt32).alias("fichier"))


def _lines(
    depot: Depot, bilan: Bilan, lecture: LectureEchange, anomalies: pl.DataFrame
) -> list[Ligne]:
    """M0, then each line with what is said of it and its values."""
    qui = {rang: (nir, m) for rang, nir, m in _named(lecture).iter_rows()}
    comptes = dict.fromkeys(COMPTES.values(), 0)
    corps: list[Ligne] = []
    # What the control of the file said of a day, its business says again.
    propres = anomalies.join(bilan.constats, on=["rang", "code"], how="anti")
    dits, valeurs = _by_line(propres, bilan.constats), _by_line(bilan.valeurs)
    for ligne in bilan.lignes.iter_rows(named=True):
        rang, lettre = ligne["rang"], LETTRES[ligne["verdict"]]
        comptes[COMPTES[lettre]] += 1
        nir, matricule = qui.get(rang, (None, None))
        tete = {"line_no": rang, "key": ligne["cle"], "nir": nir, "matricule": matricule}
        corps.append(("M1", {**tete, "verdict": lettre}))
        corps += [("M2", _finding(rang, dit)) for dit in dits[rang]]
        corps += [("M3", _value(rang, valeur)) for valeur in valeurs[rang]]
    tete_bilan = {
        "file_id": lecture.entete.get("file_id"),
        "deposit_id": depot.depot,
        **comptes,
        "publication": bilan.publication,
    }
    return [("M0", tete_bilan), *corps]


def _named(lecture: LectureEchange) -> pl.DataFrame:
    return lecture.lignes.select("rang", "nir", "matricule")


def _by_line(*frames: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    """Rows of these frames by line, in their order."""
    par_rang: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for frame in frames:
        for rangee in frame.iter_rows(named=True):
            par_rang[rangee["rang"]].append(rangee)
    return par_rang


def _finding(rang: int, dit: dict[str, Any]) -> dict[str, Any]:
    return {
        "line_no": rang,
        "code": dit["code"],
        "severity": "B" if dit["severite"] == BLOQUANTE else "S",
        "message": dit["message"],
        "hint": dit["remede"],
        "date": dit.get("date"),
    }


def _value(rang: int, valeur: dict[str, Any]) -> dict[str, Any]:
    return {"line_no": rang} | {champ: valeur[nom] for nom, champ in CHAMPS_VALEUR.items()}
