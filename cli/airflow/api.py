"""Airflow's REST API, as far as Caisse asks it: is it well, start a run, how did it end."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pipelines.reception.fichiers import write_entier

UTILISATEUR, UTILISATEURS = "admin", "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
BASE_EN_SANTE = "metadatabase"
REPONSE_S, SANTE_S = 120, 10  # a busy machine takes its time
PAUSE_S = 1.0
FINIS = frozenset({"success", "failed"})


class ApiRefusee(RuntimeError):  # noqa: N818 - named in French
    """Airflow does not answer, or refuses what it is asked; the message is for the operator."""


class ApiEnPeine(ApiRefusee):
    """Airflow is there and does not manage to answer: it may the next time."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run as the API tells it: state of Airflow (`queued`, `running`, `success`, `failed`)."""

    dag: str
    identifiant: str
    etat: str


@dataclass(frozen=True, slots=True)
class Api:
    """The API, once logged in."""

    client: httpx.Client

    def trigger(self, dag: str, conf: Mapping[str, Any]) -> Passage:
        """Start a run of a DAG; ApiRefusee when it is unknown, paused, or `conf` is not valid."""
        if self._ask("GET", dag)["is_paused"]:
            raise ApiRefusee(f"le DAG {dag} est en pause : le remettre en marche dans Airflow")
        corps = {"logical_date": None, "conf": dict(conf)}
        return _parse_passage(self._ask("POST", f"{dag}/dagRuns", json=corps))

    def wait_for(self, passage: Passage, delai_s: float) -> Passage:
        """The run as it is when it has ended, or after `delai_s`."""
        fin = time.monotonic() + delai_s
        while passage.etat not in FINIS and time.monotonic() < fin:
            time.sleep(PAUSE_S)
            with suppress(ApiEnPeine):
                passage = _parse_passage(self._ask("GET", _path(passage)))
        return passage

    def read_echecs(self, passage: Passage) -> list[str]:
        """Steps of a run that failed by themselves, in the order of their start."""
        lues = self._ask("GET", f"{_path(passage)}/taskInstances?state=failed&order_by=start_date")
        return list(dict.fromkeys(tache["task_id"] for tache in lues["task_instances"]))

    def read_resultat(self, passage: Passage, tache: str) -> Any:  # noqa: ANN401 - ids and counts
        """What a step returned, ids and counts; None when it did not run."""
        chemin = f"{_path(passage)}/taskInstances/{tache}/xcomEntries/return_value"
        with suppress(ApiRefusee):
            return self._ask("GET", chemin)["value"]
        return None

    def _ask(self, methode: str, chemin: str, **corps: Any) -> Any:  # noqa: ANN401 - JSON
        with _translated():
            reponse = self.client.request(methode, f"/api/v2/dags/{chemin}", **corps)
            reponse.raise_for_status()
            return reponse.json()


@contextmanager
def open_api(adresse: str, mots_de_passe: Path, nom: str = UTILISATEUR) -> Iterator[Api]:
    """Log in with a password of this home; ApiRefusee when Airflow does not answer."""
    if not mots_de_passe.exists():
        raise ApiRefusee("Airflow n'a jamais été lancé dans ce dossier : make airflow")
    entree = {"username": nom, "password": open_mot_de_passe(mots_de_passe, nom)}
    # Never through a proxy: the address is that of this machine.
    with httpx.Client(base_url=adresse, timeout=REPONSE_S, trust_env=False) as client:
        with _translated():
            reponse = client.post("/auth/token", json=entree)
            reponse.raise_for_status()
        client.headers["Authorization"] = f"Bearer {reponse.json()['access_token']}"
        yield Api(client)


def open_mot_de_passe(chemin: Path, nom: str = UTILISATEUR) -> str:
    """The password of an operator of this home.

    Those of every user of Airflow's own settings are made the first time: Airflow would print them.
    """
    connus = json.loads(chemin.read_bytes()) if chemin.exists() else {}
    dits = [dit.split(":")[0] for dit in os.environ.get(UTILISATEURS, "").split(",")]
    sans = {UTILISATEUR, *filter(None, dits)} - connus.keys()
    nouveaux = {sien: secrets.token_urlsafe(12) for sien in sans}
    if nouveaux:
        write_entier(chemin, json.dumps(connus | nouveaux).encode())
        chemin.chmod(0o600)
    return str((connus | nouveaux)[nom])


def read_sante(adresse: str) -> set[str]:
    """Parts of Airflow that are in good health; none when it does not answer."""
    with suppress(httpx.HTTPError):
        with httpx.Client(timeout=SANTE_S, trust_env=False) as client:
            etats = client.get(f"{adresse}/api/v2/monitor/health").raise_for_status().json()
        return {nom for nom, partie in etats.items() if partie.get("status") == "healthy"}
    return set()


def _parse_passage(lu: Mapping[str, Any]) -> Passage:
    return Passage(lu["dag_id"], lu["dag_run_id"], lu["state"])


def _path(passage: Passage) -> str:
    return f"{passage.dag}/dagRuns/{passage.identifiant}"


@contextmanager
def _translated() -> Iterator[None]:
    """Say in French what the API refuses."""
    try:
        yield
    except httpx.HTTPStatusError as erreur:
        code = erreur.response.status_code
        genre = ApiEnPeine if code >= httpx.codes.INTERNAL_SERVER_ERROR else ApiRefusee
        raise genre(f"Airflow refuse ce qui lui est demandé (code {code})") from erreur
    except httpx.TimeoutException as erreur:
        raise ApiEnPeine(f"Airflow n'a pas répondu en {REPONSE_S} s") from erreur
    except httpx.HTTPError as erreur:
        raise ApiRefusee("Airflow ne répond pas : le lancer par make airflow") from erreur
