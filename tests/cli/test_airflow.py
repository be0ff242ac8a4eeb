"""`caisse airflow` as typed, without the servers: what it prepares, what it refuses.

With the servers: tests/dags/test_ordonnanceur.py.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from cli.airflow import environnement
from cli.airflow.api import open_mot_de_passe
from cli.airflow.environnement import compute_variables, compute_variables_services
from cli.airflow.executeur import PARALLELES, ExecuteurRefuse, read_places_grappe
from cli.airflow.preparation import PLACES
from cli.application import application
from cli.verrou import AVEC_OUVRIERS, PRIS, alone, scheduling, working
from warehouse.reglages import Executeur, Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse


def run_airflow(caisse: Caisse, *arguments: str, port: int = 1) -> subprocess.CompletedProcess[str]:
    """Run `caisse airflow` on this home; nothing listens on the default port."""
    environnement = {
        nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("AIRFLOW")
    } | {
        "CAISSE_DOSSIER": str(caisse.maison.reglages.dossier),
        "CAISSE_PORT_AIRFLOW": str(port),
    }
    commande = [str(Path(sys.executable).with_name("caisse")), "airflow", *arguments]
    return subprocess.run(
        commande, env=environnement, capture_output=True, text=True, check=False, timeout=600
    )


def select_all(caisse: Caisse, requete: str) -> list[tuple[object, ...]]:
    """Rows of Airflow's database of the home."""
    base = caisse.maison.reglages.dossier / "airflow" / "ordonnanceur.db"
    with closing(sqlite3.connect(base)) as connexion:
        lues = connexion.execute(requete).fetchall()
        connexion.commit()
    return lues


@pytest.mark.lent
def test_what_the_dags_name_is_prepared_once(caisse: Caisse) -> None:
    """Database, DAGs that run at once, their pools; again, the places that were changed stay."""
    premiere = run_airflow(caisse, "preparer")
    assert (premiere.returncode, premiere.stderr) == (0, "")
    pools = "select pool, slots from slot_pool where pool <> 'default_pool' order by pool"
    assert select_all(caisse, pools) == sorted(PLACES.items())
    assert select_all(caisse, "select dag_id, is_paused from dag order by dag_id") == [
        ("editique", 0),
        ("entretien", 0),
        ("nuit", 0),
        ("reception", 0),
        ("retraitement", 0),
    ]
    select_all(caisse, "update slot_pool set slots = 9 where pool = 'calcul'")
    seconde = run_airflow(caisse, "preparer")
    assert (seconde.returncode, seconde.stderr) == (0, "")
    assert dict(select_all(caisse, pools)) == PLACES | {"calcul": 9}
    assert "calcul                        9" in seconde.stdout


@pytest.mark.parametrize(
    ("demande", "sortie", "raison"),
    [
        (["nuit"], 1, "Airflow n'a jamais été lancé dans ce dossier : make airflow.\n"),
        (["nuit", "--date-arrete", "2099-01-01"], 2, "plus d'une semaine après le"),
        (["nuit", "--forcer"], 2, "--forcer demande --auteur et --motif"),
        (["reception", "--date-arrete", "2026-01-01"], 2, "ne vaut que pour la nuit"),
    ],
)
def test_what_cannot_be_started_is_said(
    caisse: Caisse, demande: list[str], sortie: int, raison: str
) -> None:
    """No server, a date out of bounds, an option that is missing or not for this DAG."""
    lance = run_airflow(caisse, "declencher", *demande)
    assert (lance.returncode, lance.stdout) == (sortie, "")
    assert raison in lance.stderr


def test_a_server_that_does_not_answer_is_said(caisse: Caisse) -> None:
    """Airflow was started once in this home, and is not there any more."""
    mots_de_passe = caisse.maison.reglages.dossier / "cles" / "airflow.json"
    mots_de_passe.write_text('{"admin": "secret"}')
    lance = run_airflow(caisse, "declencher", "reception")
    assert (lance.returncode, lance.stdout) == (1, "")
    assert lance.stderr == "Airflow ne répond pas : le lancer par make airflow.\n"


def test_each_user_of_airflow_has_a_password_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made once for who is new: Airflow would print them."""
    cle = tmp_path / "airflow.json"
    mot_de_passe = open_mot_de_passe(cle)
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "admin:admin,anne:user")
    assert open_mot_de_passe(cle) == mot_de_passe
    mots = json.loads(cle.read_text())
    assert (set(mots), len(set(mots.values()))) == ({"admin", "anne"}, 2)
    assert cle.stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said(caisse: Caisse) -> None:
    """Nothing is started, and the setting to change is named."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        lance = run_airflow(caisse, "lancer", port=prise.getsockname()[1])
    assert (lance.returncode, lance.stdout) == (1, "")
    assert "est pris : en choisir un autre par CAISSE_PORT_AIRFLOW" in lance.stderr


def test_a_database_that_this_airflow_left_is_not_migrated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once migrated, nothing is started; another Airflow, another revision, a lost file: it is."""
    base, lances = tmp_path / "airflow.db", []

    def migrate(commande: list[str], *, check: bool) -> None:
        assert check
        lances.append(commande[-2:])
        with closing(sqlite3.connect(base)) as connexion, connexion:
            connexion.execute("create table if not exists alembic_version (version_num)")
            connexion.execute("insert into alembic_version values ('a')")

    monkeypatch.setenv(environnement.BASE, f"{environnement.SQLITE}{base}")
    monkeypatch.setattr(environnement.subprocess, "run", migrate)

    def count(fois: int = 1) -> int:
        lances.clear()
        for _ in range(fois):
            environnement.migrate_base()
        return len(lances)

    assert count(3) == 1
    assert lances == [["db", "migrate"]]
    with closing(sqlite3.connect(base)) as connexion, connexion:
        connexion.execute("update alembic_version set version_num = 'b'")
    assert count(2) == 1
    with monkeypatch.context() as autre:
        autre.setattr(environnement.metadata, "version", lambda _: "9.9")
        assert count(2) == 1
    assert count(2) == 1
    base.unlink()
    assert count(2) == 1
    base.write_bytes(b"")
    (tmp_path / "airflow.version").unlink()
    assert count(2) == 1


def test_the_scheduler_and_the_night_in_process_have_each_their_database(tmp_path: Path) -> None:
    """One home, two databases; a database that the operator names is kept for the scheduler."""
    base = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
    services = compute_variables_services(Reglages(dossier=tmp_path), {})
    assert services["AIRFLOW_HOME"] == compute_variables(tmp_path)["AIRFLOW_HOME"]
    assert services[base] != compute_variables(tmp_path)[base]
    nommee = {base: "postgresql://a/b"}
    assert compute_variables_services(Reglages(dossier=tmp_path), nommee)[base] == nommee[base]


def test_airflow_listens_on_this_machine_only(tmp_path: Path) -> None:
    """The server, and the address that its workers call, are those of the loopback and the port."""
    services = compute_variables_services(Reglages(dossier=tmp_path, port_airflow=9090), {})
    assert services["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert services["AIRFLOW__API__PORT"] == "9090"
    assert services["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:9090"
    assert services["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:9090/execution/"


def test_servers_reach_postgresql_by_the_driver_that_we_have(tmp_path: Path) -> None:
    """Airflow would ask asyncpg by default; a database of another kind is left alone."""
    base = {environnement.BASE: "postgresql+psycopg://caisse@base/caisse_airflow"}
    reglages = Reglages(dossier=tmp_path)
    lues = compute_variables_services(reglages, base)
    assert lues[environnement.BASE] == base[environnement.BASE]
    asynchrone = "postgresql+psycopg_async://caisse@base/caisse_airflow"
    assert lues[environnement.BASE_ASYNCHRONE] == asynchrone
    assert environnement.BASE_ASYNCHRONE not in compute_variables_services(reglages, {})


@pytest.mark.parametrize(
    ("reglages", "base", "dit"),
    [
        ({}, "postgresql+psycopg:///airflow", "CAISSE_COURTIER"),
        ({"courtier": "redis://a"}, "postgresql+psycopg:///airflow", "CAISSE_BASE_SQL"),
        (
            {"courtier": "redis://a", "base_sql": "postgresql+psycopg:///caisse"},
            "sqlite:///airflow.db",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        ),
    ],
)
def test_a_cluster_that_can_not_be_is_refused(
    tmp_path: Path, reglages: dict[str, str], base: str, dit: str
) -> None:
    """Without a broker, or when one of the two databases is a file: the setting is named."""
    demande = Reglages(dossier=tmp_path, executeur=Executeur.CELERY).model_copy(update=reglages)
    with pytest.raises(ExecuteurRefuse, match=dit):
        compute_variables_services(demande, {environnement.BASE: base})


def test_a_cluster_is_as_large_as_it_is_said_to_be(tmp_path: Path) -> None:
    """Tasks go to the broker, to be run where its workers call; one machine is not the measure."""
    base = "postgresql+psycopg:///caisse"
    reglages = Reglages(
        dossier=tmp_path,
        base_sql=base,
        executeur=Executeur.CELERY,
        courtier="redis://courtier",
        hote_airflow="10.0.0.1",
    )
    lues = compute_variables_services(reglages, {environnement.BASE: base, PARALLELES: "320"})
    assert read_places_grappe(lues) == {"calcul": 320}
    assert read_places_grappe(compute_variables_services(Reglages(dossier=tmp_path), {})) == {}
    assert lues["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert lues["AIRFLOW__CELERY__BROKER_URL"] == "redis://courtier"
    assert lues["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://10.0.0.1:8081/execution/"
    assert lues[PARALLELES] == lues["AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG"] == "320"
    assert "redis://courtier" not in repr(reglages)


def test_a_worker_and_a_night_exclude_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers stand beside a scheduler and one another; a night in process wants none of them."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path))
    sans = CliRunner().invoke(application, ["airflow", "ouvrier"])
    assert (sans.exit_code, sans.stderr) == (
        1,
        "Un ouvrier est celui d'une grappe : régler CAISSE_EXECUTEUR=CELERY.\n",
    )
    reglages = Reglages()
    with scheduling(reglages), working(reglages), working(reglages):
        pass
    with working(reglages), pytest.raises(typer.Exit) as refus, alone(reglages):
        pass
    assert (refus.value.exit_code, capsys.readouterr().err) == (3, f"{AVEC_OUVRIERS}\n")
    with alone(reglages), pytest.raises(typer.Exit), working(reglages):
        pass
    assert capsys.readouterr().err == f"{PRIS}\n"


def test_a_scheduler_holds_its_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one, or a night in process, is refused; a component that publishes nothing is not."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path))
    devenus: list[str] = []
    monkeypatch.setattr(os, "execve", lambda _, mots, __: devenus.append(mots[3]))
    (tmp_path / "cles").mkdir()
    with alone(Reglages(dossier=tmp_path)):
        refuse = CliRunner().invoke(application, ["airflow", "composant", "scheduler"])
        CliRunner().invoke(application, ["airflow", "composant", "triggerer"])
    assert (refuse.exit_code, devenus[:1]) == (3, ["triggerer"])
    CliRunner().invoke(application, ["airflow", "composant", "scheduler"])
    assert devenus[-1] == "scheduler"
