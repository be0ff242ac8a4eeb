"""A day of the operators, under a real scheduler: what fails, what they do, what is published."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.airflow.api import FINIS, Api, ApiRefusee, Passage
from tests.dags.test_ordonnanceur import (
    BIN,
    DELAI_S,
    drop,
    files_with,
    launched,
    left_of,
    memoire,
    open_api_of,
    port_libre,
    read_until,
    run_caisse,
    scheduled_receptions,
    wait_for_depot,
)

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse
    from tests.dags.conftest import Recus

__all__ = ["memoire", "port_libre"]  # fixtures of the other tests of the scheduler

RACINE = Path(__file__).parents[2]
PAGE = (RACINE / "docs" / "exploitation.md").read_text("utf-8")
NIR = (b"1850669123101", b"2920369123102")
ACTE = ("--auteur", "Anne", "--motif", "essai")
BAREME = Path("baremes") / "cotisations.yaml"
REPONDU_S = 60  # to record an answer, and end

pytestmark = [pytest.mark.lent, pytest.mark.ordonnanceur]


@pytest.fixture
def avis(monkeypatch: pytest.MonkeyPatch, webhook: Recus) -> list[dict[str, Any]]:
    """What operators are told, by the webhook of the settings."""
    monkeypatch.setenv("CAISSE_AVIS_WEBHOOK", webhook.adresse)
    return webhook.corps


def test_a_day_of_the_operators(
    caisse: Caisse,
    ask: Callable[..., Result],
    avis: list[dict[str, Any]],
    tmp_path: Path,
    port_libre: int,
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A night that fails and its notice, a file set aside, a rate tried, a deposit withdrawn.

    What is published in the end comes again to the byte; Ctrl-C ends it all, and nothing personal
    is left in what Airflow wrote.
    """
    # Documents are drawn between the nights, when they are asked for: during one, whether it tells
    # them as handed over is a matter of seconds, which a replay does not know.
    monkeypatch.setenv("CAISSE_HORAIRE_EDITIQUE", "0 0 1 1 *")
    drop(caisse, tmp_path, "mars.dsn", as_real(normale))
    commande = ["make", "--old-file=.venv/.pret", f"BIN={BIN}", "airflow"]
    with launched(caisse, port_libre, commande, signal.SIGINT) as airflow:
        accueil = read_until(airflow, "Identifiant")
        assert f"Airflow : http://127.0.0.1:{port_libre} (Ctrl-C l'arrête)" in accueil
        check_bad_night(caisse, port_libre, avis)
        pass_night(caisse, port_libre, 1)
        check_refusals(caisse, port_libre)

        drop(caisse, tmp_path, "corrige.dsn", as_real(remplace))
        wait_for_depot(caisse, "corrige.dsn")
        depot = caisse.journal()["corrige.dsn"].depot
        dit = ask(caisse, "decider", "mise-a-l-ecart", "--depot", depot, *ACTE)
        assert dit.exit_code == 0, dit.output
        assert caisse.journal()["corrige.dsn"].etat == "MIS_A_L_ECART"

        essai = ask(caisse, "impact", "--specs", str(write_valeurs(tmp_path / "essai")))
        assert essai.exit_code == 0, essai.output
        assert "montant appelé" in essai.stdout

        withdraw(caisse, port_libre, caisse.journal()["mars.dsn"].depot)
        pass_night(caisse, port_libre, 2)
    assert airflow.stdout is not None
    assert "Airflow est arrêté." in airflow.stdout.read()
    assert left_of(caisse) == []
    assert scheduled_receptions(caisse)
    assert files_with(caisse, *NIR) == []
    appels = caisse.read("appels")
    assert (len(appels), appels["montant_centimes"].sum()) == (2, 0)
    rejeu = ask(caisse, "rejouer", "--sortie", str(tmp_path / "rejeu"))
    assert rejeu.exit_code == 0, rejeu.output
    assert rejeu.output.count("identique, à l'octet près") == 2


def check_bad_night(caisse: Caisse, port: int, avis: list[dict[str, Any]]) -> None:
    """A night of a date that it may not bear fails; the notice names a part of the page."""
    with open_api_of(caisse, port) as api:
        passage = api.wait_for(api.trigger("nuit", {"date_arrete": "2031-01-01"}), DELAI_S)
    assert passage.etat == "failed"
    (dit,) = [recu for recu in avis if recu["sujet"] == "[CNETP] nuit : échec"]
    (titre,) = [ligne.split("« ")[1].split(" »")[0] for ligne in dit["lignes"] if "« " in ligne]
    assert f"### {titre}\n" in PAGE


def check_refusals(caisse: Caisse, port: int) -> None:
    """A home has one scheduler or one night; a reception bears no date."""
    en_cours = run_caisse(caisse, port, "nuit")
    assert (en_cours.returncode, en_cours.stdout) == (3, "")
    refus = run_caisse(
        caisse, port, "airflow", "declencher", "reception", "--date-arrete", "2026-01-01"
    )
    assert (refus.returncode, refus.stdout) == (2, "")


def pass_night(caisse: Caisse, port: int, publication: int) -> None:
    """The night of today, as the page says to start it."""
    nuit = run_caisse(caisse, port, "airflow", "declencher", "nuit")
    assert (nuit.returncode, nuit.stderr) == (0, ""), nuit.stdout + nuit.stderr
    assert f"ublication {publication}" in nuit.stdout
    dessins = run_caisse(caisse, port, "airflow", "declencher", "editique")
    assert dessins.returncode == 0, dessins.stdout + dessins.stderr


def write_valeurs(dossier: Path) -> Path:
    """The scale of contributions, with a rate of a point more."""
    (dossier / BAREME.parent).mkdir(parents=True)
    shutil.copy(RACINE / "specs" / BAREME, dossier / BAREME)
    texte = (dossier / BAREME).read_text("utf-8")
    (dossier / BAREME).write_text(texte.replace("valeur: 210000", "valeur: 220000"), "utf-8")
    return dossier


def withdraw(caisse: Caisse, port: int, depot: str) -> None:
    """Asked by one on Airflow's form, which takes no NIR; her own approval waits for another's."""
    demande = {"acte": "RETRAIT", "depot": depot, "motif": "mauvais mois"}
    with open_api_of(caisse, port, "anne") as anne, open_api_of(caisse, port, "bruno") as bruno:
        with pytest.raises(ApiRefusee, match="code 400"):
            anne.trigger("retraitement", demande | {"motif": "de 1 85 06 69 123 101"})
        passage = anne.trigger("retraitement", demande)
        fin = time.monotonic() + DELAI_S
        approve(anne, passage, fin)
        while passage.etat not in FINIS:
            approve(bruno, passage, fin)  # again, when it came as the task went to wait
            passage = bruno.wait_for(passage, REPONDU_S)
        assert passage.etat == "success"
        assert bruno.read_resultat(passage, "decider") == "approuvée"


def approve(api: Api, passage: Passage, fin: float) -> None:
    """Answer once the task waits for one, as a person does; nothing when it ends before.

    `fin`: when it should have.
    """
    tache = f"/api/v2/dags/{passage.dag}/dagRuns/{passage.identifiant}/taskInstances/decider"
    reponse = {"chosen_options": ["Approuver"], "params_input": {"motif": "vu"}}
    while not is_asked(api, tache):
        assert time.monotonic() < fin, "l'accord n'est pas demandé"
        if api.wait_for(passage, 1).etat in FINIS:
            return
    assert api.client.patch(f"{tache}/-1/hitlDetails", json=reponse).is_success


def is_asked(api: Api, tache: str) -> bool:
    """Whether the task waits, and no answer to what it asked is on its way."""
    if api.client.get(tache).json().get("state") != "awaiting_input":
        return False
    return api.client.get(f"{tache}/-1/hitlDetails").json().get("response_received") is False
