"""What officers decide of a leave and of an employee: read as they stand, told before they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.conges.decisions import (
    ANNULATION,
    RENONCIATION,
    DemandeInconnue,
    compose_demande,
    read_renonciations,
)
from pipelines.conges.effets import tell_effet
from pipelines.conges.saisies import (
    SAISIE,
    SaisieConges,
    SalarieInconnu,
    compose_saisie,
    read_saisies,
)
from tests.conftest import NATURES
from warehouse.decisions import record_decision
from warehouse.maison import Maison, open_maison
from warehouse.registre import import_registre
from warehouse.reglages import Reglages

SIREN, SALARIE = "800000010", "a" * 32
REGISTRE = f"""numero_adherent;siren;raison_sociale;cdg;siret;debut;fin
A1;{SIREN};TRAVAUX PUBLICS;C1;{SIREN}00010;2015-01-01;
"""
ACTE: dict[str, Any] = {"auteur": "a", "motif": "m", "instant": "2026-03-01T21:00:00Z"}
CENT_VINGT: dict[str, Any] = {
    "saisie": "SATD-1", "salarie": SALARIE, "montant_centimes": 12_000, "part_ppm": None,
    "protege_centimes": 64_652, "fin": None,
}  # fmt: skip


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """The home of a fund that knows one company."""
    maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    with maison.moteur.begin() as c:
        import_registre(c, REGISTRE.encode(), archive=maison.archive, **ACTE)
    return maison


def decide(maison: Maison, nature: str, effet: date, contenu: dict[str, Any], **siren: str) -> None:
    """Record a decision."""
    with maison.moteur.begin() as c:
        record_decision(
            c, nature=NATURES[nature], date_effet=effet, contenu=contenu,
            siren=siren.get("siren"), **ACTE,
        )  # fmt: skip


def test_the_last_word_on_a_seizure_holds(maison: Maison) -> None:
    """Told again, it is another amount from another day; another reference adds up."""
    decide(maison, SAISIE, date(2026, 4, 1), CENT_VINGT)
    decide(maison, SAISIE, date(2026, 4, 1), CENT_VINGT | {"saisie": "TI-2", "fin": "2026-12-31"})
    moitie = CENT_VINGT | {"montant_centimes": None, "part_ppm": 500_000}
    decide(maison, SAISIE, date(2026, 6, 1), moitie)
    assert read_saisies(maison, None).rows() == [
        (SALARIE, "SATD-1", date(2026, 6, 1), None, None, 500_000, 64_652),
        (SALARIE, "TI-2", date(2026, 4, 1), date(2026, 12, 31), 12_000, None, 64_652),
    ]
    assert read_saisies(maison, 1).rows() == [
        (SALARIE, "SATD-1", date(2026, 4, 1), None, 12_000, None, 64_652)
    ]


def test_a_seizure_is_on_an_employee_whom_someone_declared(maison: Maison) -> None:
    """A pseudonym of nobody."""
    with pytest.raises(SalarieInconnu):
        compose_saisie(maison, SaisieConges("S", SALARIE, 1, None, 0, None))


def test_a_decision_is_about_a_request_that_is_known(maison: Maison) -> None:
    """And a waiver is read with its request."""
    with pytest.raises(DemandeInconnue):
        compose_demande(maison, ANNULATION, SIREN, "R1")
    decide(maison, RENONCIATION, date(2026, 4, 1), {"demande": "R1"}, siren=SIREN)
    assert read_renonciations(maison, None).rows() == [(SIREN, "R1")]


def test_what_a_decision_will_change_is_told(maison: Maison) -> None:
    """Of a request that is judged, and of one that is not."""
    jugee = {
        "siren": SIREN, "demande": "R1", "nature": "CP", "etat": "ACCEPTEE",
        "debut": date(2026, 8, 3), "fin": date(2026, 8, 14),
    }  # fmt: skip
    assert tell_effet(maison, ANNULATION, pl.DataFrame([jugee])) == (
        "Congé CP du 03/08/2026 au 14/08/2026, acceptée, pas encore payée : ses jours seront "
        "rendus, rien n'en a été payé."
    )
    assert tell_effet(maison, RENONCIATION, pl.DataFrame()).startswith("La demande n'est pas")
