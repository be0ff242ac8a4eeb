"""The DAGs as Airflow sees them, each time in a process and an Airflow home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.airflow.preparation import PLACES

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from tests.dags.conftest import Recus

ICI = Path(__file__).parent
DAGS = ICI.parents[1] / "dags"
MODELES = ICI.parent / "golden" / "dags"
IDS = ("editique", "entretien", "nuit", "reception", "retraitement")
A_LA_DEMANDE = "retraitement"  # each run is the request of somebody, and may wait for days
SECONDES_MAX = 3.0


def run_airflow(
    script: str, *arguments: str, accueil: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a script of this folder with an Airflow home of its own."""
    environnement = {
        nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("AIRFLOW")
    } | {
        "AIRFLOW_HOME": str(accueil),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{accueil / 'airflow.db'}",
        **variables,
    }
    return subprocess.run(
        [sys.executable, str(ICI / script), *arguments],
        env=environnement,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def describe(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """What Airflow's processor reads in dags/, under a given seed of Python's hashes."""

    def run(graine: str) -> dict[str, Any]:
        accueil = tmp_path_factory.mktemp("airflow")
        lu = run_airflow("decrit.py", str(DAGS), accueil=accueil, PYTHONHASHSEED=graine)
        assert lu.returncode == 0, lu.stderr
        decrit: dict[str, Any] = json.loads(lu.stdout.splitlines()[-1])
        return decrit

    return run


@pytest.fixture(scope="module")
def lus(describe: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """What Airflow's processor reads in dags/."""
    return describe("0")


def test_dags_load_fast_and_without_error(lus: dict[str, Any]) -> None:
    """Every DAG is found, no file fails, each is parsed in less than three seconds."""
    assert lus["erreurs"] == {}
    assert sorted(lus["dags"]) == sorted(IDS)
    assert all(secondes < SECONDES_MAX for secondes in lus["secondes"].values())


@pytest.mark.parametrize("dag_id", IDS)
def test_runs_do_not_overlap_and_missed_ones_are_not_replayed(
    lus: dict[str, Any], dag_id: str
) -> None:
    """One run at a time; the journal is the queue, so a missed run has nothing to catch up."""
    dag = lus["dags"][dag_id]
    assert (dag["max_active_runs"], dag["catchup"]) == (16 if dag_id == A_LA_DEMANDE else 1, False)


@pytest.mark.parametrize("dag_id", IDS)
def test_every_task_can_be_retried_and_is_bounded(lus: dict[str, Any], dag_id: str) -> None:
    """Each task has retries, a time limit and a pool of ours."""
    for tache in lus["dags"][dag_id]["taches"].values():
        assert tache["retries"] >= 1
        assert tache["duree_max_s"] > 0
        assert tache["pool"] in PLACES


def test_each_pool_has_its_places_and_none_is_without_task(lus: dict[str, Any]) -> None:
    """The pools that have a number of places are those that the DAGs name, no more, no less."""
    taches = [tache for dag in lus["dags"].values() for tache in dag["taches"].values()]
    assert {tache["pool"] for tache in taches} == set(PLACES)


@pytest.mark.parametrize(
    ("dag_id", "expression", "fuseau"),
    [
        ("nuit", "0 22 * * *", "Europe/Paris"),
        ("reception", "*/5 * * * *", "UTC"),
        ("editique", "*/5 * * * *", "UTC"),
        ("entretien", "0 6 1 6 *", "UTC"),
    ],
)
def test_schedules(lus: dict[str, Any], dag_id: str, expression: str, fuseau: str) -> None:
    """The night starts at 22:00 in Paris whatever the season; others run in the day, or a day."""
    horaire = lus["dags"][dag_id]["horaire"]
    assert (horaire["expression"], horaire["timezone"]) == (expression, fuseau)


def test_a_reprocessing_starts_when_it_is_asked_for(lus: dict[str, Any]) -> None:
    """It has no schedule."""
    assert lus["dags"][A_LA_DEMANDE]["horaire"] == {}


@pytest.mark.parametrize("dag_id", IDS)
def test_structure_is_the_one_kept(lus: dict[str, Any], dag_id: str) -> None:
    """Tasks, pools and edges are those of tests/golden/dags: a change is seen in review."""
    lignes = [
        f"{nom} [{tache['pool']}]{' xN' if tache['mapped'] else ''}"
        f" -> {', '.join(tache['suivantes']) or '(fin)'}"
        for nom, tache in lus["dags"][dag_id]["taches"].items()
    ]
    assert lignes == (MODELES / f"{dag_id}.txt").read_text("utf-8").splitlines()


def test_serialisation_is_stable(
    lus: dict[str, Any], describe: Callable[[str], dict[str, Any]]
) -> None:
    """Two processes with different hash seeds see the same DAG: no new version at each parse."""
    autre = describe("7")
    assert [lus["dags"][i]["empreinte"] for i in IDS] == [
        autre["dags"][i]["empreinte"] for i in IDS
    ]


@pytest.mark.lent
def test_the_dags_publish_the_acceptance_figures(
    caisse: Caisse,
    copy_airflow: Callable[[Path], None],
    tmp_path: Path,
    soir: datetime,
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """Reception then night, run by Airflow in process: 2 835.00 EUR and -25.20 EUR are called."""
    caisse.drop("A80001", "normale.dsn", as_real(normale))
    caisse.drop("A80001", "remplace.dsn", as_real(remplace))
    copy_airflow(tmp_path / "airflow")
    joues = run_airflow(
        "jouent.py",
        soir.isoformat(),
        accueil=tmp_path / "airflow",
        CAISSE_DOSSIER=str(caisse.maison.reglages.dossier),
        CAISSE_NOMBRE_PARTS=str(caisse.maison.reglages.nombre_parts),
    )
    assert joues.returncode == 0, joues.stdout + joues.stderr
    lignes = caisse.read("lignes_appel").select(
        "cotisation", "mois_rattachement", "base_centimes", "taux_ppm", "montant_centimes"
    )
    assert [ligne[1:] for ligne in lignes.rows() if ligne[0] == "CP"] == [
        ("2026-02", -12_000, 210_000, -2_520),
        ("2026-03", 1_350_000, 210_000, 283_500),
    ]
    assert len(caisse.returned()) == 23


@pytest.mark.lent
def test_a_date_out_of_bounds_fails_at_once_and_changes_nothing(
    caisse: Caisse,
    copy_airflow: Callable[[Path], None],
    tmp_path: Path,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """The first step says why and is not tried again; the file that waited still waits."""
    caisse.drop("A80001", "normale.dsn", as_real(normale))
    copy_airflow(tmp_path / "airflow")
    juge = run_airflow(
        "juge.py",
        json.dumps({"date_arrete": "2031-01-01"}),
        accueil=tmp_path / "airflow",
        CAISSE_DOSSIER=str(caisse.maison.reglages.dossier),
    )
    assert juge.returncode == 0, juge.stdout + juge.stderr
    lu = json.loads(juge.stdout.splitlines()[-1])
    assert (lu["etat"], lu["taches"]["recevoir"]) == ("failed", {"etat": "failed", "essais": 1})
    assert {t["etat"] for nom, t in lu["taches"].items() if nom != "recevoir"} == {
        "upstream_failed"
    }
    assert "01/01/2031 : plus d'une semaine après" in juge.stdout + juge.stderr
    assert (caisse.box("A80001", "depot") / "normale.dsn").exists()
    assert (caisse.journal(), caisse.versions(), caisse.returned()) == ({}, {}, {})


@pytest.mark.lent
@pytest.mark.redite
def test_a_reprocessing_waits_for_the_word_of_another(
    appelee: Caisse, copy_airflow: Callable[[Path], None], tmp_path: Path, soir: datetime
) -> None:
    """Nothing to change is said; else another answers, with a reason: the deposit is withdrawn.

    Tasks exchange a number.
    """
    copy_airflow(tmp_path / "airflow")
    mars = {"depot": "D00000001", "date_arrete": "2026-04-06", "motif": "bases fausses"}
    joues = run_airflow(
        "retraite.py",
        (soir + timedelta(days=1)).isoformat(),
        json.dumps(
            [
                {"conf": mars, "reponses": []},
                {
                    "conf": mars | {"acte": "RETRAIT"},
                    "reponses": [
                        ["dag_test", "Approuver", "je l'ai demandé"],
                        ["bruno", "Approuver", " "],
                        ["bruno", "Approuver", "vu avec l'entreprise"],
                    ],
                },
            ]
        ),
        accueil=tmp_path / "airflow",
        CAISSE_DOSSIER=str(appelee.maison.reglages.dossier),
    )
    assert joues.returncode == 0, joues.stdout + joues.stderr
    rien, retrait = json.loads(joues.stdout.splitlines()[-1])
    assert (rien["etat"], rien["taches"]["decider"]) == ("success", "skipped")
    assert rien["note"] == "Rien ne changerait : rien n'est demandé."
    assert (retrait["etat"], retrait["restent"]) == ("success", [])
    assert retrait["xcoms"] == [
        ["decider", "return_value", "approuvée"],
        ["demander", "return_value", 1],
    ]
    assert retrait["note"] == "Demande 1 approuvée par bruno."
    assert "| soldes | SIREN 800000010 |" in retrait["vus"][0]
    assert "son auteur ne l'approuve pas" in joues.stdout + joues.stderr
    assert appelee.journal()["mars.dsn"].etat == "MIS_A_L_ECART"


def test_operators_are_told_of_a_run_that_failed(tmp_path: Path, webhook: Recus) -> None:
    """By the listeners that the scheduler loads; a DAG that is not ours says nothing."""
    for dag in ("autre", "nuit"):
        dit = run_airflow(
            "avertit.py", dag, "failed", accueil=tmp_path, CAISSE_AVIS_WEBHOOK=webhook.adresse
        )
        assert dit.returncode == 0, dit.stderr
    (recu,) = webhook.corps
    assert recu["sujet"] == "[CNETP] nuit : échec"
    assert "manual__nuit" in recu["text"]
