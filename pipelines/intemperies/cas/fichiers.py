"""ARI files of a case -> the tables that the reading of exchange files fills.

Fields bear the names of the layout in lower case, values are written as in the XML form. What a
case does not say has one default, written here and in docs/cas.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import polars as pl

from pipelines.cas.champs import CasInvalide, Champs
from pipelines.cotisations.cas.registre import SIRET
from pipelines.intemperies.regles.declarations import ENVOIS, Lus
from specs.contrats import read_contrat, schema_polars

CHAMPS_FICHIER = ("recu", "file_id", "operation", "remplace", "siren", "arrets", "salaries")
CHAMPS_ARRET = (
    "decl_id", "stop_no", "siret", "site_id", "site_dept", "work_cat", "cause", "work_nature",
    "stop_date", "stop_time", "resume_date", "resume_time", "alert_level",
)  # fmt: skip
CHAMPS_SALARIE = (
    "decl_id", "matricule", "rate", "ij_before", "hours_2m", "indemnity", "jours",
)  # fmt: skip
CHAMPS_JOUR = (
    "stop_no", "date", "schedule", "lost", "replaced", "waiting", "indemnified", "refus",
)  # fmt: skip
DECLARATION, ARRET, SALARIE, MIDI = "D1", "01", "P1", "T11:00:00Z"
_HEURE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_TAUX = re.compile(r"(\d{1,5})(?:\.(\d{1,4}))?", re.ASCII)
Ligne = dict[str, Any]


def parse_fichiers(champs: Champs) -> Lus:
    """Records of the files of a case; CasInvalide names what is wrong."""
    rangs = count(1)
    envois, arrets, salaries, jours = [], [], [], []
    for numero, fichier in enumerate(champs.children("fichiers"), 1):
        fichier.check_names(CHAMPS_FICHIER)
        envoi = _parse_envoi(fichier, numero)
        envois.append(envoi)
        lieu = {"lot": "CAS", "depot": envoi["depot"], "siren": envoi["siren"]}
        siens = list(_parse_salaries(fichier, lieu, rangs))
        salaries += [salarie for salarie, _ in siens]
        lus = [jour for _, ceux in siens for jour in ceux]
        jours += lus
        arrets += list(_parse_arrets(fichier, lieu, lus, rangs))
    schema_jours = {**schema_polars(read_contrat("jours_lus")), "code": pl.String()}
    return Lus(
        pl.DataFrame(envois, ENVOIS, orient="row"),
        _frame("arrets_lus", arrets),
        _frame("salaries_arret_lus", salaries),
        pl.DataFrame([_filled(jour, schema_jours) for jour in jours], schema_jours, orient="row"),
    )


def _frame(table: str, lignes: list[Ligne]) -> pl.DataFrame:
    schema = schema_polars(read_contrat(table))
    return pl.DataFrame([_filled(ligne, schema) for ligne in lignes], schema, orient="row")


def _filled(ligne: Ligne, schema: Any) -> Ligne:  # noqa: ANN401 - names of columns
    return {nom: ligne.get(nom) for nom in schema}


def _parse_envoi(fichier: Champs, numero: int) -> Ligne:
    recu = fichier.valeurs.get("recu")
    if type(recu) is date:
        recu = f"{recu.isoformat()}{MIDI}"
    if not (isinstance(recu, str) and _INSTANT.fullmatch(recu)):
        raise fichier.error("recu", "il faut une date, ou un instant « 2026-03-02T23:00:00Z »")
    return {
        "depot": f"F{numero:03d}",
        "siren": fichier.read("siren", str, SIRET[:9]),
        "file_id": fichier.read("file_id", str, f"F{numero}"),
        "operation": fichier.read("operation", str, "N"),
        "remplace": fichier.read_optional("remplace", str),
        "recu_le": recu,
    }


def _parse_salaries(
    fichier: Champs, lieu: Ligne, rangs: Iterator[int]
) -> Iterator[tuple[Ligne, list[Ligne]]]:
    for champs in fichier.children("salaries"):
        champs.check_names(CHAMPS_SALARIE)
        rang, matricule = next(rangs), champs.read("matricule", str, SALARIE)
        declaration = champs.read("decl_id", str, DECLARATION)
        siens = {"decl_id": declaration, "salarie": matricule, "matricule": matricule}
        salarie = lieu | siens | {
            "rang": rang,
            "ligne": rang,
            "rate": _read_rate(champs),
            "ij_before": champs.read("ij_before", int, 0),
            "hours_2m": _hours(champs, "hours_2m", 30_000),
            "indemnity": _amount(champs),
        }  # fmt: skip
        jours = [
            _parse_jour(jour, lieu | siens | {"ligne": rang, "rang": next(rangs)})
            for jour in champs.children("jours")
        ]
        yield salarie, jours


def _parse_jour(champs: Champs, lieu: Ligne) -> Ligne:
    champs.check_names(CHAMPS_JOUR)
    refus = champs.read_optional("refus", str)
    return lieu | {
        "refuse": refus is not None,
        "code": refus,
        "stop_no": champs.read("stop_no", str, ARRET),
        "date": champs.read("date", date),
        "schedule": _hours(champs, "schedule", 1200),
        "lost": champs.read_centiemes("lost", "des heures"),
        "replaced": _hours(champs, "replaced", None),
        "waiting": _hours(champs, "waiting", None),
        "indemnified": _hours(champs, "indemnified", None),
    }


def _parse_arrets(
    fichier: Champs, lieu: Ligne, jours: list[Ligne], rangs: Iterator[int]
) -> Iterator[Ligne]:
    """The stops that the case writes, then those that its days name alone."""
    vus: dict[tuple[str, str], list[date]] = {}
    for jour in jours:
        vus.setdefault((jour["decl_id"], jour["stop_no"]), []).append(jour["date"])
    ecrits = [(c, *_numero(c)) for c in fichier.children("arrets")]
    donnes = {(declaration, arret) for _, declaration, arret in ecrits}
    ecrits += [
        (Champs(fichier.lieu, {}), *cle) for cle in sorted(vus.keys() - donnes)
    ]  # fmt: skip
    for champs, declaration, arret in ecrits:
        champs.check_names(CHAMPS_ARRET)
        dates = vus.get((declaration, arret), [])
        debut = champs.read("stop_date", date, min(dates, default=None))
        reprise = champs.read("resume_date", date, max(dates, default=None))
        yield lieu | {
            "rang": next(rangs),
            "decl_id": declaration,
            "stop_no": arret,
            "siret": champs.read("siret", str, f"{lieu['siren']}00010"),
            "site_id": champs.read("site_id", str, f"CH-{declaration}"),
            "site_dept": champs.read("site_dept", str, "77"),
            "work_cat": champs.read("work_cat", str, "G"),
            "cause": champs.read("cause", str, "GE"),
            "work_nature": champs.read("work_nature", str, "VOIR"),
            "stop_date": debut,
            "stop_time": _read_time(champs, "stop_time", "07:30"),
            "resume_date": reprise,
            "resume_time": _read_time(champs, "resume_time", "23:59"),
            "alert_level": champs.read_optional("alert_level", str),
        }


def _numero(champs: Champs) -> tuple[str, str]:
    return champs.read("decl_id", str, DECLARATION), champs.read("stop_no", str, ARRET)


def _hours(champs: Champs, nom: str, defaut: int | None) -> int | None:
    return champs.read_centiemes(nom, "des heures") if nom in champs.valeurs else defaut


def _amount(champs: Champs) -> int | None:
    if "indemnity" not in champs.valeurs:
        return None
    return champs.read_centiemes("indemnity", "des euros")


def _read_rate(champs: Champs) -> int:
    """An hourly wage, in ten-thousandths of a euro."""
    lu = _TAUX.fullmatch(champs.read("rate", str, "16.0000"))
    if lu is None:
        raise champs.error("rate", "il faut un salaire horaire, comme « 16.0000 »")
    return int(lu[1]) * 10_000 + int(f"{lu[2] or '':0<4}")


def _read_time(champs: Champs, nom: str, defaut: str) -> str:
    texte = champs.read(nom, str, defaut)
    if _HEURE.fullmatch(texte) is None:
        raise champs.error(nom, "il faut une heure entre guillemets, comme « 07:30 »")
    return texte.replace(":", "")


def check_filled(champs: Champs, lus: Lus) -> None:
    """CasInvalide when the case has no file."""
    if lus.envois.is_empty():
        raise CasInvalide(f"{champs.lieu} : champ « fichiers » : il en faut au moins un")
