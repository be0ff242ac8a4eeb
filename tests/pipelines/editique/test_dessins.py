"""A drawing says all that it shows; what can't be drawn waits, and stops no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.editique.dessins import Dessin, compose_pdf, compose_xlsx, parse_dessin
from pipelines.editique.etapes import DessinImpossible, draw_part, plan_dessins
from pipelines.editique.lettres import Lettre, archive_lettres
from pipelines.editique.tableaux_xlsx import render_xlsx
from tests.conftest import SOIR
from tests.pipelines.editique.test_tableaux import DOCUMENT
from warehouse.instants import format_instant
from warehouse.remises import owe, read_commandes, read_remises_dues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Caisse

JOUR = date(2026, 4, 5)
RELANCE = {
    "raison_sociale": "TP É & Fils",
    "adherent": [("Adhérent", "A1")],
}


def test_a_workbook_is_the_same_once_it_was_put_away() -> None:
    """Dates, amounts, totals and empty cells come back as they were."""
    dessin = compose_xlsx(DOCUMENT)
    assert parse_dessin(dessin.serialize()).draw() == render_xlsx(DOCUMENT)


def test_a_drawing_holds_the_fund_as_it_was() -> None:
    """What every document says of the fund is in the drawing, not in the settings of that day."""
    dessin = parse_dessin(compose_pdf("relance", RELANCE, JOUR).serialize())
    assert dessin.contenu["donnees"]["caisse"]["sigle"]
    assert dessin.contenu["jour"] == "2026-04-05"


def test_what_can_not_be_drawn_waits_and_the_others_are(
    make_caisse: Callable[..., Caisse],
) -> None:
    """Each is owed as of the instant of its publication; the failed one is tried again."""
    caisse = make_caisse(nombre_parts=1)
    malade = Dessin("pdf", {"gabarit": "absent", "donnees": {}, "jour": "2026-04-05"})

    def draw() -> Iterator[tuple[str, bytes | Dessin]]:
        yield "A.xlsx", compose_xlsx(DOCUMENT)
        yield "A.pdf", malade
        yield "A.csv", b"a"

    with caisse.maison.moteur.begin() as connexion:
        remises = archive_lettres(caisse.maison, [Lettre("A80001", draw)])
        owe(connexion, remises, format_instant(SOIR))
        assert [due.nom for due in read_remises_dues(connexion)] == ["A.csv"]
    assert plan_dessins(caisse.maison) == [0]
    with pytest.raises(DessinImpossible, match=r"1.fichier"):
        draw_part(caisse.maison, 0, SOIR)
    with caisse.maison.moteur.begin() as connexion:
        assert [due.nom for due in read_remises_dues(connexion)] == ["A.csv", "A.xlsx"]
        assert [commande.remise.nom for commande in read_commandes(connexion)] == ["A.pdf"]
        owe(connexion, [replace(r) for r in remises], format_instant(SOIR))
        assert len(read_commandes(connexion)) == 1
