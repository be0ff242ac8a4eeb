"""The accounts of the employees of a company, told by its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.application import application
from parsers.echanges.ecriture import write_fixe
from tests.conftest import BONS
from tests.parsers.echanges.fabrique import COMPTE, compose
from tests.pipelines.echanges.test_recit import assert_no_test

if TYPE_CHECKING:
    from tests.conftest import Caisse

BOITE, SIREN = "A80001", "800000010"
NUITS = [datetime(2026, 4, jour, 20, tzinfo=UTC) for jour in (5, 6)]
IBAN, AUTRE_IBAN = COMPTE["iban"], "DE89370400440532013000"
CONNOR = {"surname": "O'CONNOR", "first_name": "JÉRÔME", "birth": date(1985, 6, 14)} | {
    "nir": "1850669123101",
    "nir_key": "24",
    "matricule": None,
    "holder": "M JEROME O CONNOR",
}
DURAND = {"surname": "DURAND", "first_name": "ÉLODIE", "birth": date(1992, 3, 2)} | {
    "matricule": "M0002",
    "iban": AUTRE_IBAN,
    "holder": "SARL DURAND",
}
REFUS = 2
INCONNU = {"surname": "PERSONNE", "first_name": "ANNE", "birth": date(1990, 1, 1)} | {
    "matricule": "M9999"
}
pytestmark = pytest.mark.nuit


def drop(caisse: Caisse, rang: int, mode: str, *comptes: dict[str, Any], **entete: Any) -> None:
    """Drop a file of the company: accounts, each from what differs."""
    tete = {"mode": mode, "convention": "0080001", "siren": SIREN, "file_id": f"F{rang}"}
    lignes = [("40", {n: v for n, v in (COMPTE | c).items() if v is not None}) for c in comptes]
    fichier = compose("RIB", lignes, created="20260404080000", **tete | entete)
    caisse.drop(BOITE, f"RIB_{mode}_0080001_20260404080000_{rang:04}.txt", write_fixe(fichier))


def told(caisse: Caisse, nom: str) -> list[tuple[str, list[str]]]:
    """Verdict and codes of each line of a file."""
    rendu = json.loads(caisse.returned()[f"{BOITE}/retour/CRM_RIB_{nom}.json"])
    dits: dict[int, list[str]] = {}
    for dit in rendu.get("m2", []):
        dits.setdefault(dit["line_no"], []).append(dit["code"])
    return [(m["verdict"], dits.get(m["line_no"], [])) for m in rendu["m1"]]


def decide(*arguments: str, nature: str = "titulaire-confirme") -> Result:
    """A decision, as an officer types it."""
    acte = ("--auteur", "gestion", "--motif", "relevé vu")
    return CliRunner().invoke(application, ["decider", nature, *arguments, *acte])


def accounts(caisse: Caisse) -> list[tuple[Any, ...]]:
    """Published accounts."""
    comptes = caisse.read("comptes_salaries")
    return comptes.select("depot", "rang", "iban_masque", "debut", "fin", "etat").rows()


@pytest.mark.recit
def test_the_accounts_of_a_company(
    make_caisse: Callable[..., Caisse],
    monkeypatch: pytest.MonkeyPatch,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """Known employees, a holder confirmed, a withdrawal; a test says the same, and no more."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    caisse.drop(BOITE, "mars.dsn", as_real(normale))
    drop(caisse, 1, "R", CONNOR, DURAND, INCONNU)
    drop(caisse, 2, "T", CONNOR, DURAND, INCONNU)
    caisse.pass_night(NUITS[0])
    assert told(caisse, "R_F1") == [("A", []), ("V", ["RB-004"]), ("R", ["F016"])]
    assert told(caisse, "T_F2") == told(caisse, "R_F1")
    reel = caisse.journal()["RIB_R_0080001_20260404080000_0001.txt"].depot
    debut = COMPTE["effective"]
    assert accounts(caisse) == [
        (reel, 2, "FR76…0189", debut, None, "VALABLE"),
        (reel, 3, "DE89…3000", debut, None, "A_CONFIRMER"),
    ]
    assert_only_identities_tell(caisse)

    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    assert "aucun n'est à confirmer sous ce nom" in decide("--compte", f"{reel}-2").stderr
    assert "--compte ne vaut que pour" in decide("--compte", f"{reel}-3", nature="avoir").stderr
    assert decide("--compte", f"{reel}-3", "--adherent", SIREN).exit_code == REFUS
    assert decide().exit_code == REFUS
    assert decide("--compte", f"{reel}-3").stderr == ""
    retrait = {"action": "S", "effective": date(2026, 10, 1)}
    drop(caisse, 3, "R", CONNOR | retrait, DURAND | retrait | {"iban": IBAN})
    caisse.pass_night(NUITS[1])
    assert told(caisse, "R_F1")[1] == ("A", [])
    assert told(caisse, "R_F3") == [("A", []), ("R", ["RB-005"])]
    assert accounts(caisse) == [
        (reel, 2, "FR76…0189", debut, date(2026, 9, 30), "VALABLE"),
        (reel, 3, "DE89…3000", debut, None, "VALABLE"),
    ]
    assert_no_test(caisse)


def assert_only_identities_tell(caisse: Caisse) -> None:
    """No account, holder or NIR of the files in a table of the lake but that of identities."""
    secrets = (IBAN, AUTRE_IBAN, "JEROME O CONNOR", "SARL DURAND", "1850669123101", "PERSONNE")
    lac = caisse.maison.reglages.dossier / "lac"
    for chemin in sorted(lac.rglob("*.parquet")):
        table = chemin.relative_to(lac).parts[0]
        if table not in ("identites_lues", "identites_echange"):
            contenu = pl.read_parquet(chemin, hive_partitioning=False).write_ndjson()
            assert [secret for secret in secrets if secret in contenu] == [], table
    identites = caisse.maison.lac.read("identites_echange").collect()
    assert identites["iban"].drop_nulls().len() == identites.height
