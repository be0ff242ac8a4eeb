"""Certificates and reminders: what they say, how they are checked, what follows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pipelines.attestations.documents.attestation_pdf import (
    compose_attestation_pdf,
    render_attestation_json,
)
from pipelines.attestations.documents.valeurs import Attestation
from pipelines.editique.valeurs import Entreprise
from pipelines.suivi.documents.relance_pdf import compose_relance_pdf
from pipelines.suivi.documents.valeurs import DeclarationManquante, Relance

ENTREPRISE = Entreprise("004217", "800000000", "Terrassements Éloïse Dûpré & Fils")
ATTESTATION = Attestation(
    attestation="ATT-800000000-20260505-01",
    entreprise=ENTREPRISE,
    date_arrete=date(2026, 5, 5),
    fin_validite=date(2026, 11, 4),
    etat="EN_REGLE",
    motif="première délivrance",
    dsn_attendues=36,
    dsn_recues=36,
    echu_centimes=0,
    publication=42,
)
REVOQUEE = replace(
    ATTESTATION,
    etat="REVOQUEE",
    motif="l'entreprise n'est plus en règle",
    revoquee_le=date(2026, 6, 2),
    publication=57,
)
RELANCE = Relance(
    relance="REL-800000000-20260512",
    entreprise=ENTREPRISE,
    rang=1,
    manquantes=(
        DeclarationManquante("80000000000028", "7502", "2026-03", date(2026, 4, 15), "ABSENTE"),
        DeclarationManquante("80000000000010", "7501", "2026-04", date(2026, 5, 15), "PARTIELLE"),
        DeclarationManquante(
            "80000000000010", "7501", "2026-03", date(2026, 4, 15), "INUTILISABLE"
        ),
    ),
    date_reponse=date(2026, 5, 27),
    appel_estime=True,
    date_arrete=date(2026, 5, 12),
    publication=42,
)


def read_pdf(octets: bytes) -> str:
    """Text of a PDF on one line, plain spaces and apostrophes."""
    pages = PdfReader(BytesIO(octets)).pages
    texte = " ".join(" ".join(page.extract_text() for page in pages).split())
    return texte.replace("’", "'")


def test_a_certificate_says_what_and_until_when() -> None:
    """Number, company, date, validity, contributions, proof, how to check."""
    texte = read_pdf(compose_attestation_pdf(ATTESTATION).draw())
    for attendu in (
        "Numéro ATT-800000000-20260505-01",
        "En règle au 5 mai 2026",
        "Valable jusqu'au 4 novembre 2026 inclus.",
        "Dûpré & Fils, SIREN 800 000 000, adhérente sous le numéro 004217, est en règle",
        "congés payés et de chômage-intempéries",
        "(DSN) exigibles 36",
        "exploitables 36",
        "majorations comprises 0,00 €",
        "Comment vérifier cette attestation",
    ):
        assert attendu in texte
    assert ATTESTATION.empreinte in texte.replace(" ", "")
    assert "évoquée" not in texte


def test_a_revoked_certificate_is_a_notice() -> None:
    """It says that it is worth nothing any more, since when and why; nothing is green."""
    texte = read_pdf(compose_attestation_pdf(REVOQUEE).draw())
    assert "Attestation révoquée le 2 juin 2026" in texte
    assert "Motif : l'entreprise n'est plus en règle." in texte
    assert "était en règle au 5 mai 2026" in texte
    assert "inclus" not in texte


def test_the_proof_outlives_the_revocation() -> None:
    """The fingerprint is that of what was certified: same after a revocation, never of another."""
    assert REVOQUEE.empreinte == ATTESTATION.empreinte
    assert replace(ATTESTATION, dsn_recues=35).empreinte != ATTESTATION.empreinte


def test_the_state_for_machines() -> None:
    """A JSON that gives the state, the dates and the fingerprint."""
    lu = json.loads(render_attestation_json(REVOQUEE))
    assert lu == {
        "attestation": "ATT-800000000-20260505-01",
        "etat": "REVOQUEE",
        "siren": "800000000",
        "date_arrete": "2026-05-05",
        "fin_validite": "2026-11-04",
        "revoquee_le": "2026-06-02",
        "empreinte": ATTESTATION.empreinte,
        "publication": 57,
    }


def test_a_reminder_names_what_is_missing() -> None:
    """Establishment by establishment, month by month, then what to do and what follows."""
    texte = read_pdf(compose_relance_pdf(RELANCE).draw())
    for attendu in (
        "3 déclarations manquantes",
        "À déposer au plus tard le 27 mai 2026.",
        "Établissement 800 000 000 00010, centre de gestion 7501",
        "mars 2026 15 avril 2026 DSN reçue, mais non exploitable",
        "avril 2026 15 mai 2026 DSN incomplète",
        "mars 2026 15 avril 2026 aucune DSN reçue",
        "ouvrez le rapport de conformité",
        "déposez les fractions qui manquent",
        "Un appel de cotisations estimé est émis",
        "retard porte majoration",
    ):
        assert attendu in texte
    assert texte.index("00010, centre") < texte.index("00028, centre")


def test_a_reminder_says_only_what_applies() -> None:
    """No estimation when the fund makes none, no word of fractions when none is missing."""
    simple = replace(RELANCE, manquantes=RELANCE.manquantes[:1], appel_estime=False)
    texte = read_pdf(compose_relance_pdf(simple).draw())
    assert "1 déclaration manquante" in texte
    assert "estimé" not in texte
    assert "fractions" not in texte


@pytest.mark.parametrize("nombre", [300])
def test_a_long_reminder_prints_everything(nombre: int) -> None:
    """Three hundred establishments: each of them is named."""
    manquantes = tuple(
        replace(RELANCE.manquantes[0], siret=f"800000000{rang:05d}") for rang in range(nombre)
    )
    texte = read_pdf(compose_relance_pdf(replace(RELANCE, manquantes=manquantes)).draw())
    for rang in range(nombre):
        assert f"800 000 000 {rang:05d}" in texte


@settings(max_examples=15)
@given(texte=st.text(max_size=200))
def test_no_text_stops_a_letter(texte: str) -> None:
    """Whatever the names and reasons, the documents are composed."""
    entreprise = Entreprise(texte, texte, texte)
    manquante = replace(RELANCE.manquantes[0], siret=texte, cdg=texte)
    relance = replace(RELANCE, relance=texte, entreprise=entreprise, manquantes=(manquante,))
    assert compose_relance_pdf(relance).draw().startswith(b"%PDF-")
    revoquee = replace(REVOQUEE, attestation=texte, entreprise=entreprise, motif=texte)
    assert compose_attestation_pdf(revoquee).draw().startswith(b"%PDF-")
    assert json.loads(render_attestation_json(revoquee))["attestation"] == texte
