"""Documents of the accounts: handed over by the night to whom it touches, and on demand."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from cli.document import application
from pipelines.publication.cloture import CLOTURES
from sample_files.generateur.banque import Ligne, write_releve
from specs.options import read_options

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


@pytest.fixture
def appelee(make_appelee: Callable[..., Caisse]) -> Caisse:
    """A fund of one shard that called March."""
    return make_appelee(1)


def test_the_night_hands_over_what_it_touched(appelee: Caisse) -> None:
    """A statement, the summaries of the year and of the campaign: all add up to the call."""
    retour = appelee.box(ADHERENT, "retour")
    attendus = {
        f"RECAPITULATIF_{periode}_2026-04-05.{forme}"
        for periode in ("2025-26", "2026")
        for forme in ("csv", "xlsx")
    } | {f"RELEVE_2026-04-05.{forme}" for forme in ("csv", "pdf", "xlsx")}
    assert {f.name for f in retour.glob("RE[CL]*")} == attendus
    lues = read_rows((retour / "RECAPITULATIF_2026_2026-04-05.csv").read_bytes())
    assert euros(lues[-3]["Montant (€)"]) == called(appelee)
    *_, total, _, _ = read_rows((retour / "RELEVE_2026-04-05.csv").read_bytes())
    assert euros(total["Solde (€)"]) == called(appelee)


def test_the_books_give_a_statement(make_appelee: Callable[..., Caisse]) -> None:
    """A company gets its statement again when its ledger grows: it has paid."""
    caisse = make_appelee()
    virement = Ligne(100_000, jour=date(2026, 4, 6), reference=APPEL, reference_banque="B1")
    caisse.drop("BANQUE", "releve.xml", write_releve([virement]))
    caisse.pass_night(datetime(2026, 4, 6, 20, 0, tzinfo=UTC))
    retour = caisse.box(ADHERENT, "retour")
    assert {f.suffix for f in retour.glob("RELEVE_2026-04-06.*")} == {".pdf", ".csv", ".xlsx"}
    *_, total, _, _ = read_rows((retour / "RELEVE_2026-04-06.csv").read_bytes())
    assert euros(total["Solde (€)"]) == called(caisse) - 100_000
    texte = PdfReader(BytesIO((retour / "RELEVE_2026-04-06.pdf").read_bytes())).pages[0]
    for libelle in ("Appel de cotisations", "Règlement reçu"):
        assert libelle in texte.extract_text()
    assert not list(retour.glob("RECAPITULATIF_*_2026-04-06.*"))


def test_a_closed_campaign_gives_the_bases(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Reel
) -> None:
    """The first night from the closing day on, and no other one."""
    caisse = make_appelee()
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
    appelee: Caisse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By member number or SIREN, all shapes; the call is the very one handed over."""
    sortie = ("--sortie", str(tmp_path / "documents"))
    demandes = (
        ("releve", "--adherent", ADHERENT, "--debut", "2026-01-01"),
        ("recapitulatif", "--adherent", SIREN, "2026", "--cdg", CDG),
        ("bases", "--adherent", SIREN, "2025-26"),
        ("appel", APPEL),
    )
    for demande in demandes:
        resultat = ask(appelee, monkeypatch, *demande, *sortie)
        assert resultat.exit_code == 0, resultat.output
    assert sorted(f.name for f in (tmp_path / "documents").iterdir()) == [
        *(f"APPEL_{APPEL}.{forme}" for forme in ("csv", "pdf", "xlsx")),
        *(f"BASES_2025-26_2026-04-05.{forme}" for forme in ("csv", "xlsx")),
        *(f"RECAPITULATIF_{CDG}_2026_2026-04-05.{forme}" for forme in ("csv", "pdf", "xlsx")),
        *(f"RELEVE_2026-04-05.{forme}" for forme in ("csv", "pdf", "xlsx")),
    ]
    remis = appelee.box(ADHERENT, "retour") / f"APPEL_{APPEL}.pdf"
    assert (tmp_path / "documents" / remis.name).read_bytes() == remis.read_bytes()


@pytest.mark.parametrize(
    ("demande", "raison"),
    [
        (("releve", "--adherent", "inconnu"), "Adhérent inconnu"),
        (("bases", "--adherent", ADHERENT, "2025-26", "--cdg", "C9"), "Centre de gestion inconnu"),
        (
            ("releve", "--adherent", ADHERENT, "--publication", "9"),
            "Cette publication n'existe pas",
        ),
        (("releve", "--adherent", ADHERENT, "--debut", "2027-01-01"), "choisir un début avant"),
        (("recapitulatif", "--adherent", ADHERENT, "mars"), "période attendue"),
        (("bases", "--adherent", ADHERENT, "2025-27"), "période attendue"),
        (("appel", "X-1"), "Aucun appel X-1"),
    ],
)
def test_what_cannot_be_asked_is_said(
    appelee: Caisse,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    demande: tuple[str, ...],
    raison: str,
) -> None:
    """A sentence in French and nothing written, never a traceback."""
    resultat = ask(appelee, monkeypatch, *demande, "--sortie", str(tmp_path / "rien"))
    assert resultat.exit_code == 2
    assert raison in resultat.output
    assert not (tmp_path / "rien").exists()


def test_letters_of_the_night(caisse: Caisse, normale: bytes, as_real: Reel) -> None:
    """A certificate once a month is proved, a reminder for the next month that does not come."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    retour = caisse.box(ADHERENT, "retour")
    lettres = {
        date(2026, 4, 5): set(),
        date(2026, 4, 16): {
            f"ATTESTATION_ATT-{SIREN}-20260416-01.{forme}" for forme in ("json", "pdf")
        },
        date(2026, 5, 19): {f"RELANCE_REL-{SIREN}-20260519.pdf"},
    }
    deja: set[str] = set()
    for jour, attendues in lettres.items():
        caisse.pass_night(datetime(jour.year, jour.month, jour.day, 20, tzinfo=UTC))
        presentes = {f.name for nom in ("ATTESTATION_*", "RELANCE_*") for f in retour.glob(nom)}
        assert presentes - deja == attendues
        deja = presentes
    lettre = PdfReader(retour / f"RELANCE_REL-{SIREN}-20260519.pdf").pages[0].extract_text()
    assert "avril 2026" in lettre
    attestation = json.loads((retour / f"ATTESTATION_ATT-{SIREN}-20260416-01.json").read_text())
    assert attestation["etat"] == "EN_REGLE"
