"""What waits leaves by what the fund's guide says, and its company is told of each change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from typer.testing import CliRunner

from cli.application import application

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

ORPHELIN = Path(__file__).parents[2] / "sample_files" / "bons" / "siret_inconnu.dsn"
DEPOSANT, NOUVEL = "A09001", "A99998"
A_COMPLETER, COMPLETE = ";999999998;;;", f"{NOUVEL};999999998;NOUVELLE;C99998;"
JOUR = timedelta(days=1)


def read_guide() -> str:
    """What `caisse registre orphelins` prints to import."""
    return CliRunner().invoke(application, ["registre", "orphelins"]).stdout


def read_rapport(caisse: Caisse) -> tuple[str, str]:
    """Verdict and reason of the last report that the depositor got."""
    rapport = etree.parse(caisse.box(DEPOSANT, "retour") / "RAPPORT_D00000001.xml")
    return (rapport.findtext(".//{*}verdict"), rapport.findtext(".//{*}motif", ""))


@pytest.fixture
def attend(caisse: Caisse, soir: datetime, monkeypatch: pytest.MonkeyPatch) -> Caisse:
    """A fund where the DSN of a company that nobody knows came by another member."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    caisse.drop(DEPOSANT, "nouvelle.dsn", ORPHELIN.read_bytes())
    caisse.pass_night(soir)
    assert caisse.journal()["nouvelle.dsn"].etat == "EN_ATTENTE"
    assert read_rapport(caisse) == ("EN_ATTENTE", "établissement inconnu")
    return caisse


def test_importing_the_guide_takes_the_deposit_up(attend: Caisse, soir: datetime) -> None:
    """The line of the guide, completed and imported: the next night integrates, calls, tells."""
    attend.learn(read_guide().replace(A_COMPLETER, COMPLETE).encode())
    attend.pass_night(soir + JOUR)
    assert attend.journal()["nouvelle.dsn"].etat == "INTEGRE"
    assert read_rapport(attend)[0] == "CONFORME"
    assert attend.read("appels").select("adherent", "cdg").rows() == [(NOUVEL, "C99998")]
    assert list(attend.box(NOUVEL, "retour").glob("APPEL_*.pdf"))
    assert read_guide().count("\n") == 1


def test_each_change_of_reason_is_told(attend: Caisse, soir: datetime) -> None:
    """Inscribed without its depositor, the company still waits, for another reason, and is told.

    The guide then gives the line that frees the deposit; the same reason is not told twice.
    """
    sans_deposant = read_guide().replace(A_COMPLETER, COMPLETE).replace(f";{DEPOSANT}\n", ";\n")
    attend.learn(sans_deposant.encode())
    attend.pass_night(soir + JOUR)
    assert read_rapport(attend) == ("EN_ATTENTE", "établissement d'un autre adhérent")
    assert attend.pass_night(soir + 2 * JOUR).remises == 0
    assert read_guide().splitlines()[1].endswith(f";{DEPOSANT}")
    attend.learn(read_guide().encode())
    attend.pass_night(soir + 3 * JOUR)
    assert read_rapport(attend)[0] == "CONFORME"


def test_who_no_longer_deposits_waits_again(attend: Caisse, soir: datetime) -> None:
    """`non` ends what a depositor may do, from its month on."""
    attend.learn(read_guide().replace(A_COMPLETER, COMPLETE).encode())
    fin = "siren;option;debut;valeur\n999999998;deposant;2026-11-15;non\n"
    attend.learn(fin.encode())
    attend.pass_night(soir + JOUR)
    assert attend.journal()["nouvelle.dsn"].etat == "INTEGRE"
    attend.learn(fin.replace("11-15", "11-01").encode())
    attend.pass_night(soir + 2 * JOUR)
    assert attend.journal()["nouvelle.dsn"].etat == "EN_ATTENTE"


def test_a_depositor_is_a_member(attend: Caisse) -> None:
    """A line that names nobody of the registry is refused, with its place."""
    chemin = attend.maison.reglages.dossier / "inconnu.csv"
    chemin.write_text("siren;option;debut;valeur\n999090012;deposant;2026-01-01;A1\n")
    acte = ["--auteur", "a", "--motif", "m"]
    fait = CliRunner().invoke(application, ["registre", "importer", str(chemin), *acte])
    assert fait.exit_code == 1
    assert "ligne 2 : deposant « A1 »" in fait.stderr
