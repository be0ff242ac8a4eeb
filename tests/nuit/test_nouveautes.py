"""What a night is worth publishing for when nothing was dropped, and the nights worth nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from pipelines.publication.registre import write_registre
from tests.conftest import NATURES
from warehouse.decisions import record_decision

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, SIREN = "A80001", "800000010"
NUMERO = f"ATT-{SIREN}-20260423-01"
APPEL, DELIVRANCE, DECISIONS, CALME, REVOCATION, SUSPENSION = (
    date(2026, 4, jour) for jour in (5, 23, 24, 25, 27, 28)
)


def pass_night(caisse: Caisse, jour: date) -> bool:
    """Whether the night of a day publishes."""
    soir = datetime(jour.year, jour.month, jour.day, 20, tzinfo=UTC)
    return caisse.pass_night(soir).publication is not None


def decide(caisse: Caisse, nature: str, effet: date, **contenu: str) -> None:
    """A decision of the fund that takes effect later."""
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=NATURES[nature],
            siren=SIREN,
            date_effet=effet,
            auteur="gestion",
            motif="délivrée à tort",
            instant="2026-04-24T08:00:00Z",
            contenu=contenu,
        )


@pytest.fixture
def certifiee(make_appelee: Callable[..., Caisse], mandat_automatique: bytes) -> Caisse:
    """A fund with one certificate and one debit, that has just decided to take both back."""
    caisse = make_appelee(1, mandat_automatique)
    assert caisse.versions()
    assert pass_night(caisse, DELIVRANCE)
    decide(caisse, "REVOCATION_ATTESTATION", REVOCATION, attestation=NUMERO)
    decide(caisse, "SUSPENSION_PRELEVEMENT", SUSPENSION)
    return caisse


def test_a_change_of_state_is_published_on_its_day(certifiee: Caisse) -> None:
    """Decided in advance: published at once, then each on the day it takes effect, and only then.

    A certificate revoked and a mandate suspended are no new rows.
    """
    retour = certifiee.box(ADHERENT, "retour")
    avis = retour / f"ATTESTATION_{NUMERO}_REVOQUEE.pdf"
    assert pass_night(certifiee, DECISIONS)
    assert not pass_night(certifiee, CALME)
    assert not avis.exists()

    assert pass_night(certifiee, REVOCATION)
    assert certifiee.read("attestations")["revoquee_le"].to_list() == [REVOCATION]
    assert "délivrée à tort" in PdfReader(avis).pages[0].extract_text()
    assert json.loads((retour / f"ATTESTATION_{NUMERO}.json").read_text())["etat"] == "REVOQUEE"
    assert "ACTIF" in certifiee.read("etats_mandat").filter(siren=SIREN)["etat"]

    assert pass_night(certifiee, SUSPENSION)
    suspendus = certifiee.read("etats_mandat").filter(siren=SIREN)
    assert suspendus.select("etat", "depuis").rows() == [("SUSPENDU", SUSPENSION)]
    assert not pass_night(certifiee, date(2026, 4, 29))


def test_a_decision_is_published_after_a_night_that_stopped(
    make_appelee: Callable[..., Caisse],
) -> None:
    """The registry was written in the lake, and the night ended before it published."""
    caisse = make_appelee(1)
    assert caisse.versions()
    decide(caisse, "SUSPENSION_PRELEVEMENT", SUSPENSION)
    assert set(write_registre(caisse.maison)) == {"decisions"}
    assert pass_night(caisse, APPEL)
    assert caisse.read("decisions")["nature"].to_list() == ["SUSPENSION_PRELEVEMENT"]
    assert not pass_night(caisse, APPEL)
