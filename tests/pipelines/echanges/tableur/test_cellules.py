"""Cells to what XML would write and back: true values, French writings, what is neither."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from parsers.echanges.zones import REFUS
from pipelines.echanges.tableur.cellules import (
    Cellule,
    denature,
    format_cellule,
    format_francais,
    is_formule,
    neutralise,
    parse_cellule,
)
from specs.echanges import Champ, read_genres


def champ(genre: str, code: str, nom: str) -> Champ:
    """A field of a record."""
    return read_genres()[genre].enregistrements[code].champ(nom)


def le(*quand: int) -> datetime:
    """A local day and hour, as workbooks hold them."""
    return datetime(*quand)  # type: ignore[arg-type]  # noqa: DTZ001


BRUT, JOUR = champ("CERT", "10", "GROSS"), champ("CERT", "10", "BIRTH")
MOIS, HEURE = champ("TDP", "45", "MONTH"), champ("ARI", "30", "STOP_TIME")
INSTANT, ARRET = champ("ARI", "00", "CREATED"), champ("ARI", "30", "STOP_NO")
NOM, SIRET = champ("CERT", "10", "SURNAME"), champ("CERT", "10", "SIRET")
LUES: list[tuple[Champ, Cellule, str | None]] = [
    (BRUT, None, None), (BRUT, "  ", None), (BRUT, 65.25, "65.25"), (BRUT, 65, "65"),
    (BRUT, -3.75, "-3.75"), (BRUT, 0.1 + 0.2, "0.30000000000000004"),
    (BRUT, 1e15, "1000000000000000"),
    (BRUT, "1 234,50", "1234.50"), (BRUT, "-1\u202f234,5", "-1234.5"), (BRUT, "12.5", "12.5"),
    (BRUT, "1 2", "1 2"), (BRUT, "douze", "douze"), (BRUT, True, REFUS + "VRAI"),
    (BRUT, date(2026, 1, 1), REFUS + "2026-01-01"),
    (JOUR, le(2026, 1, 13), "2026-01-13"), (JOUR, "13/01/2026", "2026-01-13"),
    (JOUR, "2026-01-13", "2026-01-13"), (JOUR, "1/2/26", "1/2/26"), (JOUR, 46035, "46035"),
    (JOUR, le(2026, 1, 13, 8), REFUS + "2026-01-13T08:00:00"),
    (MOIS, le(2026, 3, 1), "2026-03"), (MOIS, "03/2026", "2026-03"),
    (MOIS, le(2026, 3, 2), REFUS + "2026-03-02T00:00:00"),
    (HEURE, time(7, 30), "07:30"), (HEURE, "7h30", "07:30"), (HEURE, "07:30:00", "07:30"),
    (HEURE, time(7, 30, 1), REFUS + "07:30:01"),
    (INSTANT, le(2026, 1, 16, 10), "2026-01-16T10:00:00"),
    (INSTANT, "16/01/2026 9:05", "2026-01-16T09:05:00"),
    (ARRET, 1, "01"), (ARRET, "1", "01"), (ARRET, 1.0, "01"), (ARRET, "A", "A"),
    (SIRET, 99909001200017, "99909001200017"), (SIRET, 99909001200017.0, "99909001200017"),
    (NOM, " DURAND ", "DURAND"), (NOM, 12, "12"), (NOM, "=1+1", "=1+1"),
]  # fmt: skip


@pytest.mark.parametrize(("lieu", "cellule", "attendu"), LUES)
def test_a_cell_is_read_by_its_value(lieu: Champ, cellule: Cellule, attendu: str | None) -> None:
    """True numbers, dates and hours, or what a person types in French; the rest as written."""
    assert parse_cellule(cellule, lieu) == attendu


@pytest.mark.parametrize(
    ("lieu", "naturel", "francais"),
    [
        (BRUT, "-1234.50", "-1234,50"),
        (JOUR, "2026-01-13", "13/01/2026"),
        (MOIS, "2026-03", "03/2026"),
        (HEURE, "07:30", "07:30"),
        (INSTANT, "2026-01-16T10:00:00", "16/01/2026 10:00:00"),
        (ARRET, "01", "01"),
        (NOM, "É", "É"),
    ],
)
def test_a_value_is_written_in_french_and_read_again(
    lieu: Champ, naturel: str, francais: str
) -> None:
    """CSV shows a decimal comma and the day first; both writings give the value back."""
    assert format_francais(naturel, lieu) == francais
    assert parse_cellule(francais, lieu) == naturel
    valeur = format_cellule(naturel, lieu)
    moment = datetime.combine(valeur, time()) if type(valeur) is date else valeur
    assert parse_cellule(moment, lieu) == naturel


@pytest.mark.parametrize("texte", ["=1+1", "+33", "-RD 604", "@ici", " =a", "'=a", "''", "'"])
def test_no_text_is_a_formula(texte: str) -> None:
    """An apostrophe makes a text of it, and is taken off again."""
    assert not is_formule(neutralise(texte))
    assert denature(neutralise(texte)) == texte


def test_formulas_are_told_from_signed_numbers() -> None:
    """What a spreadsheet would run, but not `-3,75`."""
    assert all(map(is_formule, ["=A1", "+A1", "-A1", "@A1", "-2+3", "+", " =A1"]))
    assert not any(map(is_formule, ["-3,75", "+12", "-1 234,50", "-3.75", "A=1", "DUPONT-DURAND"]))
