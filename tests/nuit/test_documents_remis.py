"""Documents of the accounts: handed over by the night to whom it touches, and on demand."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from cli.document import application
from pipelines.publication.remises_comptes import CLOTURES
from specs.contrats import read_contrat, schema_polars
from specs.options import read_options
from specs.plan_comptable import read_plan_comptable

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, SIREN, CDG = "A80001", "800000010", "C8000101"
APPEL = f"{CDG}-202603-01"
Reel = Callable[[bytes], bytes]


def read_rows(octets: bytes) -> list[dict[str, str]]:
    """Rows of a CSV by title."""
    titres, *lignes = csv.reader(StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";")
    return [dict(zip(titres, ligne, strict=False)) for ligne in lignes]


def ask(caisse: Caisse, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """The command, in the home of this fund."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    monkeypatch.setenv("CAISSE_NOMBRE_PARTS", str(caisse.maison.reglages.nombre_parts))
    return CliRunner().invoke(application, arguments)


def called(caisse: Caisse) -> int:
    """What is published as called, in cents."""
    return int(caisse.read("appels")["montant_centimes"].sum())


def euros(texte: str) -> int:
    """Cents of an amount of a CSV."""
    return int(texte.replace(",", ""))


def write_accounts(caisse: Caisse, montant: int) -> None:
    """Books that only owe the call of March: the ledger itself has its own tests."""
    jour = date(2026, 4, 5)
    lignes: dict[str, dict[str, Any]] = {
        "ecritures": {
            "ecriture": "E1", "rang": 1, "journal": "APPEL", "date_comptable": jour,
            "date_valeur": jour, "compte": read_plan_comptable().adherents,
            "debit_centimes": montant, "credit_centimes": 0, "libelle": "Appel de mars",
            "origine": APPEL,
        },
        "soldes": {
            "date_arrete": jour, "appele_centimes": montant, "regle_centimes": 0,
            "majorations_centimes": 0, "solde_centimes": montant, "echu_centimes": 0,
            "a_echoir_centimes": montant, "echu_0_30_centimes": 0, "echu_31_60_centimes": 0,
            "echu_61_90_centimes": 0, "echu_plus_90_centimes": 0, "avoir_centimes": 0,
        },
    }  # fmt: skip
    for table, ligne in lignes.items():
        write_rows(caisse, table, ligne)


def write_rows(caisse: Caisse, table: str, ligne: dict[str, Any]) -> None:
    """One row of the company in a table that another piece of the night writes."""
    part = caisse.read("appels")["part"][0]
    commun = {"part": part, "siren": SIREN, "adherent": ADHERENT, "cdg": CDG, "appel": APPEL}
    schema = schema_polars(read_contrat(table))
    valeurs = {nom: (commun | ligne).get(nom) for nom in schema}
    caisse.maison.lac.write(table, pl.DataFrame([valeurs], schema=schema), {"part": part})


def test_the_night_hands_over_what_it_touched(
    caisse: Caisse, normale: bytes, as_real: Reel
) -> None:
    """The summary of the year and of the campaign, that add up to the call; no statement yet."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night()
    retour = caisse.box(ADHERENT, "retour")
    attendus = {
        f"RECAPITULATIF_{periode}_2026-04-05.{forme}"
        for periode in ("2025-26", "2026")
        for forme in ("csv", "xlsx")
    }
    assert {f.name for f in retour.glob("RE[CL]*")} == attendus
    lues = read_rows((retour / "RECAPITULATIF_2026_2026-04-05.csv").read_bytes())
    assert euros(lues[-3]["Montant (€)"]) == called(caisse)


def test_the_books_give_a_statement(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """A company with entries gets its statement when it is touched again."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night()
    montant = called(caisse)
    write_accounts(caisse, montant)
    caisse.drop(ADHERENT, "annule.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 4, 6, 20, 0, tzinfo=UTC))
    retour = caisse.box(ADHERENT, "retour")
    assert {f.suffix for f in retour.glob("RELEVE_2026-04-06.*")} == {".pdf", ".csv", ".xlsx"}
    *_, total, _, _ = read_rows((retour / "RELEVE_2026-04-06.csv").read_bytes())
    assert euros(total["Solde (€)"]) == montant
    pages = PdfReader(BytesIO((retour / "RELEVE_2026-04-06.pdf").read_bytes())).pages
    assert "Appel de mars" in pages[0].extract_text()


def test_a_closed_campaign_gives_the_bases(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """The first night from the closing day on, and no other one."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night()
    retour = caisse.box(ADHERENT, "retour")
    assert not list(retour.glob("BASES_*"))
    caisse.drop(ADHERENT, "annule.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 5, 3, 20, 0, tzinfo=UTC))
    assert {f.name for f in retour.glob("BASES_*")} == {
        f"BASES_2025-26_2026-05-03.{forme}" for forme in ("csv", "xlsx")
    }
    assert (retour / "RECAPITULATIF_2025-26_2026-05-03.pdf").exists()
    lues = read_rows((retour / "BASES_2025-26_2026-05-03.csv").read_bytes())
    assert {ligne["Fichier"] for ligne in lues[:-3]} == {"annule.dsn"}
    vues = caisse.read("bases").filter(
        (pl.col("code_base") != "024")
        & pl.col("mois_rattachement").is_between(pl.lit("2025-04"), pl.lit("2026-03"))
    )
    assert euros(lues[-3]["Montant (€)"]) == vues["quantite"].sum()


def test_every_choice_of_closing_has_a_month() -> None:
    """The option and the rule know the same choices."""
    assert set(read_options()["remise_etat_bases"].choix) == set(CLOTURES)


def test_documents_on_demand(
    caisse: Caisse, normale: bytes, as_real: Reel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By member number or SIREN, all shapes; the call is the very one handed over."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night()
    write_accounts(caisse, called(caisse))
    sortie = ("--sortie", str(tmp_path / "documents"))
    demandes = (
        ("releve", ADHERENT, "--debut", "2026-01-01"),
        ("recapitulatif", SIREN, "2026", "--cdg", CDG),
        ("bases", SIREN, "2025-26"),
        ("appel", APPEL),
    )
    for demande in demandes:
        resultat = ask(caisse, monkeypatch, *demande, *sortie)
        assert resultat.exit_code == 0, resultat.output
    assert sorted(f.name for f in (tmp_path / "documents").iterdir()) == [
        *(f"APPEL_{APPEL}.{forme}" for forme in ("csv", "pdf", "xlsx")),
        *(f"BASES_2025-26_2026-04-05.{forme}" for forme in ("csv", "xlsx")),
        *(f"RECAPITULATIF_{CDG}_2026_2026-04-05.{forme}" for forme in ("csv", "pdf", "xlsx")),
        *(f"RELEVE_2026-04-05.{forme}" for forme in ("csv", "pdf", "xlsx")),
    ]
    remis = caisse.box(ADHERENT, "retour") / f"APPEL_{APPEL}.pdf"
    assert (tmp_path / "documents" / remis.name).read_bytes() == remis.read_bytes()


@pytest.mark.parametrize(
    ("demande", "raison"),
    [
        (("releve", "inconnu"), "Adhérent inconnu"),
        (("releve", ADHERENT, "--publication", "9"), "Cette publication n'existe pas"),
        (("releve", ADHERENT, "--debut", "2027-01-01"), "choisir un début avant"),
        (("recapitulatif", ADHERENT, "mars"), "période attendue"),
        (("bases", ADHERENT, "2025-27"), "période attendue"),
        (("appel", "X-1"), "Aucun appel X-1"),
    ],
)
def test_what_cannot_be_asked_is_said(
    caisse: Caisse,
    normale: bytes,
    as_real: Reel,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    demande: tuple[str, ...],
    raison: str,
) -> None:
    """A sentence in French and nothing written, never a traceback."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night()
    resultat = ask(caisse, monkeypatch, *demande, "--sortie", str(tmp_path / "rien"))
    assert resultat.exit_code == 2
    assert raison in resultat.output
    assert not (tmp_path / "rien").exists()


def test_letters_of_the_night(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """A certificate is handed over with its state, its revocation beside it; so is a reminder."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night()
    numero = f"ATT-{SIREN}-20260406-01"
    attestation = {
        "attestation": numero, "date_arrete": date(2026, 4, 6), "fin_validite": date(2026, 10, 5),
        "etat": "EN_REGLE", "motif": "EMISSION", "dsn_attendues": 1, "dsn_recues": 1,
        "echu_centimes": 0, "majorations_centimes": 0, "solde_exigible_centimes": 0,
    }  # fmt: skip
    relance = {
        "siret": f"{SIREN}00019", "mois": "2026-02", "niveau": 1, "date": date(2026, 4, 6),
        "date_limite": date(2026, 3, 15), "etat": "ABSENTE",
    }  # fmt: skip
    write_rows(caisse, "attestations", attestation)
    write_rows(caisse, "relances", relance)
    write_rows(caisse, "declarations_attendues", relance | {"relances": 1, "estimee": False})
    caisse.drop(ADHERENT, "annule.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 4, 6, 20, 0, tzinfo=UTC))
    retour = caisse.box(ADHERENT, "retour")
    lettre = PdfReader(retour / f"RELANCE_REL-{SIREN}-20260406.pdf").pages[0].extract_text()
    assert "février 2026" in lettre
    assert json.loads((retour / f"ATTESTATION_{numero}.json").read_text())["etat"] == "EN_REGLE"
    delivree = (retour / f"ATTESTATION_{numero}.pdf").read_bytes()

    revocation = {"etat": "REVOQUEE", "revoquee_le": date(2026, 4, 7)}
    write_rows(caisse, "attestations", attestation | revocation)
    caisse.drop(ADHERENT, "refuse.dsn", b"S10.G00.00.001,'x'\r\n")
    caisse.pass_night(datetime(2026, 4, 7, 20, 0, tzinfo=UTC))
    assert json.loads((retour / f"ATTESTATION_{numero}.json").read_text())["etat"] == "REVOQUEE"
    assert (retour / f"ATTESTATION_{numero}_REVOQUEE.pdf").exists()
    assert (retour / f"ATTESTATION_{numero}.pdf").read_bytes() == delivree
