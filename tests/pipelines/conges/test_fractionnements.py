"""Days of splitting are invoiced to who employs meanwhile: once, for what was paid of them."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.fractionnements import list_factures
from specs.contrats import computed_schema
from tests.pipelines.conges.nuits import Fonds

RIEN = computed_schema("factures_fractionnement").to_frame()
LIEUX = pl.DataFrame(
    {
        "salarie": ["P1", "P1", "P1"],
        "siren": ["S", "S", "S"],
        "siret": ["S1", "S2", "S3"],
        "cdg": ["C1", "C2", "C3"],
        "mois": ["2026-01", "2026-09", "2026-11"],
    }
)
NUIT, PLUS_TARD = date(2026, 10, 9), date(2026, 11, 6)


def story(**annulation: object) -> Fonds:
    """Eight days from 5 October: six of the fifth week, two of splitting; 30 days, 2,848.78."""
    fonds = Fonds().right(2026, 30, 284_878)
    fonds.know("acquis", exercice=2026, compteur="FRACTIONNEMENT", acquis_centiemes=200)
    fonds.ask("R0", date(2026, 6, 1), date(2026, 6, 29), recu=date(2026, 5, 2))
    fonds.ask("R1", date(2026, 10, 5), date(2026, 10, 14), recu=date(2026, 9, 1))
    if annulation:
        fonds.know("annulations", demande="R1", **annulation)
    return fonds


def invoiced(publies: Publies, deja: pl.DataFrame, nuit: date) -> list[tuple[object, ...]]:
    """Rank, months, centre and amount of each invoice."""
    factures = list_factures(publies.fractionnements, deja, LIEUX, nuit)
    return factures.select(
        "rang", "mois_appel", "mois_rattachement", "cdg", "montant_centimes"
    ).rows()


def test_only_the_days_of_splitting_are_invoiced() -> None:
    """Two days and their bonus, 246.90, of a leave of eight; on the call of the month, once."""
    publies = story().play(NUIT)
    assert publies.prises.filter(pl.col("compteur") == "FRACTIONNEMENT").height == 1
    assert invoiced(publies, RIEN, NUIT) == [(1, "2026-10", "2026-10", "C2", 24_690)]
    factures = list_factures(publies.fractionnements, RIEN, LIEUX, NUIT)
    assert list_factures(publies.fractionnements, factures, LIEUX, PLUS_TARD).equals(factures)


def test_nothing_is_invoiced_before_it_is_paid_nor_without_an_employer() -> None:
    """The night before the order leaves; an employee whom no contract places."""
    assert invoiced(story().play(date(2026, 9, 28)), RIEN, NUIT) == []
    factures = list_factures(story().play(NUIT).fractionnements, RIEN, LIEUX.clear(), NUIT)
    assert factures.is_empty()


def test_a_leave_undone_takes_its_invoice_back() -> None:
    """On the call of the month in which it is told."""
    avant = list_factures(story().play(NUIT).fractionnements, RIEN, LIEUX, NUIT)
    publies = story(connu_le=PLUS_TARD).play(PLUS_TARD)
    assert invoiced(publies, avant, PLUS_TARD) == [
        (1, "2026-10", "2026-10", "C2", 24_690),
        (2, "2026-11", "2026-10", "C2", -24_690),
    ]
