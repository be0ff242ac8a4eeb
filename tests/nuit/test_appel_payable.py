"""A call is paid from what it says: on the day it tells, or to the account it gives."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from typing import TYPE_CHECKING

from pypdf import PdfReader

from specs.caisse import read_caisse

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, APPEL = "A80001", "C8000101-202603-01"
EMISSION = datetime(2026, 4, 20, 20, tzinfo=UTC)


def read_page(caisse: Caisse) -> str:
    """Text of the call as its company reads it, every space a plain one."""
    pages = PdfReader(caisse.box(ADHERENT, "retour") / f"APPEL_{APPEL}.pdf").pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def read_debit_days(caisse: Caisse) -> set[str]:
    """Column « Prélèvement le » of its table."""
    texte = (caisse.box(ADHERENT, "retour") / f"APPEL_{APPEL}.csv").read_text("utf-8-sig")
    lignes = csv.DictReader(StringIO(texte), delimiter=";")
    return {ligne["Prélèvement le"] for ligne in lignes if ligne["Appel"] == APPEL}


def test_the_day_that_the_call_tells_is_that_of_the_debit(
    make_appelee: Callable[..., Caisse], mandat_automatique: bytes
) -> None:
    """Told the night of the call, weeks before the debit is handed over: same day, same amount."""
    caisse = make_appelee(1, mandat_automatique)
    assert caisse.read("prelevements").is_empty()
    texte = read_page(caisse)
    assert "prélevé le 27 avril 2026" in texte
    assert "IBAN" not in texte
    assert read_debit_days(caisse) == {"27/04/2026"}
    caisse.pass_night(EMISSION)
    (debit,) = caisse.read("prelevements").to_dicts()
    assert debit["date_echeance"] == date(2026, 4, 27)
    euros = f"{debit['montant_centimes'] // 100:,}".replace(",", " ")
    assert f"{euros},{debit['montant_centimes'] % 100:02d} € seront prélevés" in texte


def test_without_a_debit_the_call_gives_the_account(
    make_appelee: Callable[..., Caisse], mandat_automatique: bytes
) -> None:
    """A mandate that is only used when asked debits nothing: the transfer says it all."""
    a_la_demande = mandat_automatique.replace(
        b"prelevement_automatique: oui", b"prelevement_automatique: non"
    )
    caisse = make_appelee(1, a_la_demande)
    texte, creancier = read_page(caisse), read_caisse().creancier
    assert creancier.iban in texte.replace(" ", "")
    for attendu in (creancier.bic, f"Référence {APPEL}", read_caisse().contact.telephone):
        assert attendu in texte
    assert read_debit_days(caisse) == {""}
    caisse.pass_night(EMISSION)
    assert caisse.read("prelevements").is_empty()
