"""What is no longer kept goes by its rule, with its proof, and what stands on it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from pipelines.entretien import purge as module
from pipelines.entretien.purge import ANNEES, CLASSES, plan_purge, run_purge
from pipelines.rejeu.jeu import RejeuImpossible
from pipelines.rejeu.moteurs import replay
from specs.options import read_options
from warehouse.audit import read_objets
from warehouse.exploitation.sauvegarde import save
from warehouse.faits import read_faits
from warehouse.points_arret import VARIABLE
from warehouse.preuves.copie import open_copie
from warehouse.preuves.verification import verify_preuves
from warehouse.tables_sql import DEPOTS, PURGES

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, INSTANT = "A80001", "2033-01-10T08:00:00Z"
JOUR, TROP_TOT = date(2033, 1, 10), date(2031, 1, 10)
ACTE = {"auteur": "A. Martin", "motif": "durées échues"}
PURGER = """
import sys
from datetime import date
from pathlib import Path
from pipelines.entretien import purge
from warehouse.maison import open_maison
from warehouse.reglages import Reglages
purge.option_at = lambda nom, _: {"conservation_fichiers_recus": "annees_6"}.get(nom, "toujours")
maison = open_maison(Reglages(dossier=Path(sys.argv[1])))
purge.run_purge(maison, date(2033, 1, 10), "2033-01-10T08:00:00Z", auteur="a", motif="m")
"""


@pytest.fixture
def regles(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The choices of the options, that a test changes."""
    choix = dict.fromkeys((f"conservation_{classe}" for classe in CLASSES), "toujours")
    monkeypatch.setattr(module, "option_at", lambda nom, _: choix[nom])
    return choix


def received(caisse: Caisse) -> list[str]:
    """Digests of the files received."""
    with caisse.maison.moteur.connect() as c:
        return list(c.scalars(select(DEPOTS.c.sha256)))


def proofs(caisse: Caisse) -> list[object]:
    """What `caisse audit` says."""
    with open_copie(caisse.maison.reglages) as copie:
        return list(verify_preuves(copie))


def test_every_choice_has_its_years() -> None:
    """And nothing goes unless the fund chose."""
    for classe in CLASSES:
        option = read_options()[f"conservation_{classe}"]
        assert set(option.choix) == set(ANNEES)
        assert [valeur.valeur for valeur in option.valeurs] == ["toujours"]


def test_it_is_shown_then_done_with_its_proof(appelee: Caisse, regles: dict[str, str]) -> None:
    """By class and rule; the trail keeps who, why and the fingerprint; the past is still proved."""
    maison = appelee.maison
    assert plan_purge(maison, JOUR).contenus == ()
    regles["conservation_fichiers_recus"] = "annees_6"
    assert plan_purge(maison, TROP_TOT).contenus == ()
    prevue = plan_purge(maison, JOUR)
    assert {p.sha256 for p in prevue.contenus} == set(received(appelee))
    assert all(maison.archive.path(sha256).exists() for sha256 in received(appelee))
    faite = run_purge(maison, JOUR, INSTANT, **ACTE)
    assert faite == prevue
    assert not any(maison.archive.path(sha256).exists() for sha256 in received(appelee))
    with maison.moteur.connect() as c:
        (objet,) = read_objets(c, "purge")
        assert len(c.execute(select(PURGES)).all()) == len(prevue.contenus)
    assert faite.fingerprint() in objet
    assert "fichiers_recus (annees_6)" in objet
    assert run_purge(maison, JOUR, INSTANT, **ACTE).contenus == ()
    assert proofs(appelee) == []
    regles["conservation_documents_remis"] = "annees_6"
    with pytest.raises(ValueError, match="motif"):
        run_purge(maison, JOUR, INSTANT, auteur="a", motif=" ")
    assert plan_purge(maison, JOUR).count()["documents_remis"] > 0


def test_a_purge_that_is_killed_is_done_again(appelee: Caisse) -> None:
    """Written and not deleted: told as gone, then deleted by the next one."""
    dossier = appelee.maison.reglages.dossier
    commande = [sys.executable, "-c", PURGER, str(dossier)]
    environ = {**os.environ, VARIABLE: "purge.inscrite"}
    assert subprocess.run(commande, env=environ, check=False).returncode == -9
    assert all(appelee.maison.archive.path(sha256).exists() for sha256 in received(appelee))
    assert subprocess.run(commande, check=False).returncode == 0
    assert not any(appelee.maison.archive.path(sha256).exists() for sha256 in received(appelee))
    assert proofs(appelee) == []


def test_what_stands_on_it_says_so(
    appelee: Caisse,
    regles: dict[str, str],
    tmp_path: Path,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """A replay names the rule; a backup forgets; the nights that follow go on."""
    maison, sauvegarde = appelee.maison, tmp_path / "sauvegarde"
    regles["conservation_fichiers_recus"] = "annees_6"
    save(maison, sauvegarde, datetime(2033, 1, 9, tzinfo=UTC), None)
    copies = [sauvegarde / "depots" / s[:2] / s for s in received(appelee)]
    assert all(copie.exists() for copie in copies)
    run_purge(maison, JOUR, INSTANT, **ACTE)
    save(maison, sauvegarde, datetime(2033, 1, 10, 9, tzinfo=UTC), None)
    assert not any(copie.exists() for copie in copies)
    with maison.moteur.connect() as c:
        faits = read_faits(c, 1)
    dit = r"purgé le 2033-01-10 \(conservation_fichiers_recus : annees_6\)"
    with pytest.raises(RejeuImpossible, match=dit):
        replay(faits, maison, tmp_path / "rejeu")
    appelee.drop(ADHERENT, "corrige.dsn", as_real(remplace))
    assert appelee.pass_night().publication is not None
    assert proofs(appelee) == []
