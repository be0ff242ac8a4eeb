"""What a file would change of the state of a company: played whole, and nothing of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.sur_etat import play_fichier
from pipelines.metiers import METIERS
from pipelines.rapports.sur_etat import AdherentInconnu, SurEtat, simulate_fichier
from tests.parsers.echanges.fabrique import ARRET, JOUR, SALARIE, write
from warehouse.journal import read_depots

if TYPE_CHECKING:
    from tests.conftest import Caisse

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
SIRET, ADHERENT = "80000001000010", "A80001"
SOIR = datetime(2026, 4, 5, 20, tzinfo=UTC)


def declare(*jours: date, file_id: str = "F1", remplace: str | None = None) -> bytes:
    """An ARI: one employee of the DSN, seven hours a day."""
    arret = ARRET | {"siret": SIRET, "stop_date": jours[0], "resume_date": jours[-1]}
    lignes: list[tuple[str, dict[str, Any]]] = [
        ("30", arret),
        ("31", SALARIE | {"matricule": "M0001", "hire_date": date(2015, 3, 2)}),
        *(("32", JOUR | {"matricule": "M0001", "date": jour}) for jour in jours),
    ]
    tete = {"mode": "R", "convention": "0080001", "siren": SIRET[:9], "file_id": file_id}
    if remplace:
        tete |= {"operation": "R", "replaces": remplace}
    return write("ARI", lignes, created="20260401080000", **tete)


@pytest.fixture
def fonds(
    make_caisse: Callable[..., Caisse], normale: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """A company whose March is published, with a day of bad weather."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    jour = date(2026, 3, 10)
    caisse.drop(ADHERENT, "ARI_R_0080001_20260401080000_0001.txt", declare(jour))
    caisse.pass_night()
    return caisse


def simulate(fonds: Caisse, nom: str, octets: bytes) -> SurEtat:
    """The file on the state of the company."""
    return simulate_fichier(fonds.maison, METIERS, ADHERENT, nom, octets, SOIR)


def kept(fonds: Caisse) -> tuple[Any, ...]:
    """What the house holds: deposits, versions of the tables, files of the archive."""
    with fonds.maison.moteur.connect() as connexion:
        depots = read_depots(connexion)
    tables = ("jours_intemperies", "appels", "lignes_lues", "depots")
    versions = [fonds.maison.lac.version(nom) for nom in tables]
    archive = sorted(p.name for p in fonds.maison.archive.dossier.rglob("*") if p.is_file())
    return depots, versions, archive


def test_a_stop_that_lasts_longer_tells_what_it_adds(fonds: Caisse) -> None:
    """« And if it lasted two days more »: days more, counters in place of others; nothing kept."""
    avant = kept(fonds)
    jours = [date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)]
    nom = "ARI_R_0080001_20260401080000_0002.txt"
    lu = simulate(fonds, nom, declare(*jours, file_id="F2", remplace="F1"))
    assert (lu.depot.etat, lu.depot.nom) == ("CONFORME", nom)
    par_table = {c.table: c for c in lu.changements}
    plus = par_table["jours_intemperies"].nouvelles
    assert set(plus["date"]) >= {date(2026, 3, 11), date(2026, 3, 12)}
    compteurs = par_table["cumuls_intemperies"]
    avant_, apres = (f["perdues_centiemes"][0] for f in (compteurs.disparues, compteurs.nouvelles))
    assert apres > avant_
    assert kept(fonds) == avant


def test_a_file_that_is_refused_says_why(fonds: Caisse) -> None:
    """Its control speaks; nothing would change."""
    lu = simulate(fonds, "ARI_R_0080001_20260401080000_0003.txt", b"00ARI")
    assert lu.depot.etat == "ILLISIBLE"
    assert lu.anomalies.height > 0
    assert lu.changements == ()


def test_a_dsn_tells_the_calls_that_it_makes(fonds: Caisse, as_real: Any) -> None:
    """The same month again, corrected: what the lines of call become."""
    remplacee = as_real((BONS / "cnetp_2026-03_annule_remplace.dsn").read_bytes())
    tables = {c.table for c in simulate(fonds, "avril.dsn", remplacee).changements}
    assert {"declarations", "bases", "appels", "lignes_appel"} <= tables


def test_nobody_has_this_number(fonds: Caisse) -> None:
    """A sentence, never a traceback."""
    with pytest.raises(AdherentInconnu, match="A99999"):
        simulate_fichier(fonds.maison, METIERS, "A99999", "a.dsn", b"", SOIR)


def test_the_command_prints_text_or_json(
    fonds: Caisse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Exit 0 when it is taken, 1 when it is refused, 2 when nothing can be asked."""
    monkeypatch.setattr("cli.listes.open_maison", lambda: fonds.maison)
    fichier = tmp_path / "ARI_R_0080001_20260401080000_0002.txt"
    jours = date(2026, 3, 10), date(2026, 3, 11)
    fichier.write_bytes(declare(*jours, file_id="F2", remplace="F1"))
    assert play_fichier([fichier], ADHERENT, "2026-04-05", en_json=False) == 0
    dit = capsys.readouterr().out
    assert "rien n'est gardé" in dit
    assert "jours_intemperies (jours perdus pour intempéries)" in dit
    assert play_fichier([fichier], ADHERENT, "2026-04-05", en_json=True) == 0
    assert json.loads(capsys.readouterr().out)["etat"] == "CONFORME"
    assert play_fichier([fichier], "A99999", None, en_json=False) == 2
    assert play_fichier([fichier], None, None, en_json=False) == 2
    assert play_fichier([fichier], ADHERENT, "hier", en_json=False) == 2
    fichier.write_bytes(b"00ARI")
    assert play_fichier([fichier], ADHERENT, "2026-04-05", en_json=False) == 1
