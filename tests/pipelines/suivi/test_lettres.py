"""The reminders of a night, as letters."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipelines.suivi.documents.lettres import compose_relances
from specs.contrats import read_contrat, schema_polars

SIREN, SIRET, AUTRE = "800000010", "80000001000010", "999090012"
JOUR = date(2026, 5, 20)
ADHERENTS = pl.DataFrame(
    {"siren": [SIREN, AUTRE], "numero_adherent": ["A1", "A2"], "raison_sociale": ["TP", "ROUTES"]}
)


def month(mois: str, etat: str = "ABSENTE", siren: str = SIREN) -> dict[str, Any]:
    """An expected declaration."""
    commun = {"siren": siren, "siret": f"{siren}00010", "mois": mois, "cdg": "C1", "etat": etat}
    return commun | {"date_limite": date(2026, 4, 15)}


def reminder(mois: str, niveau: int, jour: date = JOUR, siren: str = SIREN) -> dict[str, Any]:
    """A reminder."""
    return month(mois, siren=siren) | {"niveau": niveau, "date": jour}


def frame(table: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    """Rows of a contract; what is not said is null."""
    return pl.DataFrame(lignes, schema_polars(read_contrat(table)), orient="row")


def test_a_company_gets_one_letter_with_all_that_it_misses() -> None:
    """Its number, every missing month, when to answer; nothing that was received."""
    attendues = frame(
        "declarations_attendues",
        month("2026-04", "PARTIELLE"),
        month("2026-02"),
        month("2026-03", "RECUE"),
        month("2026-03", siren=AUTRE),
    )
    relances = frame(
        "relances",
        reminder("2026-02", 3),
        reminder("2026-04", 1),
        reminder("2026-02", 2, date(2026, 5, 1)),
        reminder("2026-03", 1, date(2026, 5, 1), AUTRE),
    )
    (lettre,) = compose_relances(relances, attendues, ADHERENTS, JOUR)
    assert (lettre.relance, lettre.rang) == (f"REL-{SIREN}-20260520", 2)
    assert (lettre.entreprise.adherent, lettre.entreprise.raison_sociale) == ("A1", "TP")
    assert [(m.siret, m.mois, m.etat) for m in lettre.manquantes] == [
        (SIRET, "2026-02", "ABSENTE"),
        (SIRET, "2026-04", "PARTIELLE"),
    ]
    assert lettre.date_reponse == date(2026, 6, 4)
    assert lettre.appel_estime is False


def test_a_night_without_a_new_level_writes_no_letter() -> None:
    """The reminders of former nights are not sent again."""
    relances = frame("relances", reminder("2026-02", 1, date(2026, 5, 19)))
    attendues = frame("declarations_attendues", month("2026-02"))
    assert compose_relances(relances, attendues, ADHERENTS, JOUR) == ()


def test_a_company_that_misses_nothing_any_more_gets_no_letter() -> None:
    """Reminded, then the night is run again at the same date when nothing is expected of it."""
    relances = frame("relances", reminder("2026-02", 1), reminder("2026-02", 1, siren=AUTRE))
    attendues = frame("declarations_attendues", month("2026-02", siren=AUTRE))
    (lettre,) = compose_relances(relances, attendues, ADHERENTS, JOUR)
    assert lettre.entreprise.siren == AUTRE


def test_the_first_letter_is_number_one() -> None:
    """However late the months already are, a company that was never written to gets letter 1."""
    attendues = frame("declarations_attendues", month("2026-02"))
    retards = frame("relances", reminder("2026-02", 3))
    (premiere,) = compose_relances(retards, attendues, ADHERENTS, JOUR)
    assert premiere.rang == 1
    suite = frame("relances", reminder("2026-02", 3), reminder("2026-03", 1, date(2026, 6, 20)))
    (seconde,) = compose_relances(suite, attendues, ADHERENTS, date(2026, 6, 20))
    assert seconde.rang == 2
