"""Each company receives each document as it chose: in its folder, on paper, not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.metiers import METIERS
from pipelines.publication.canaux import AUCUN, IMPRESSION, SFTP, TOUS, compute_canaux
from specs.contrats import read_contrat, schema_polars, valeurs_of
from specs.options import read_options
from tests.conftest import SOIR
from warehouse.exploitation.releve import Compte, read_releve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Caisse

ADHERENT, SIREN = "A80001", "800000010"
CHOIX = f"""envois_documents:
- {{siren: {SIREN}, document: RELEVE, canal: IMPRESSION, debut: 2026-01-01, fin: 2026-04-30}}
- {{siren: {SIREN}, document: RECAPITULATIF, canal: AUCUN, debut: 2026-01-01}}
"""


def _names(caisse: Caisse, motif: str) -> set[str]:
    return {fichier.name for fichier in caisse.box(ADHERENT, "retour").glob(motif)}


def _queue(caisse: Caisse) -> list[Path]:
    racine = caisse.maison.reglages.dossier / "impression"
    return sorted(dossier for dossier in racine.glob("*") if dossier.is_dir())


def test_a_night_follows_the_choices(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """A statement on paper until April, no summary, the call as ever; then the statement again."""
    caisse = make_appelee(registre=CHOIX.encode())
    assert _names(caisse, "RELEVE_*") == _names(caisse, "RECAPITULATIF_*") == set()
    assert {nom.rsplit(".")[-1] for nom in _names(caisse, "APPEL_*")} == {"pdf", "csv", "xlsx"}
    (dossier,) = _queue(caisse)
    with (dossier / "manifeste.csv").open(newline="") as manifeste:
        lignes = list(csv.DictReader(manifeste, delimiter=";"))
    (ligne,) = [ligne for ligne in lignes if ligne["document"] == "RELEVE"]
    assert ligne == {
        "fichier": f"{ADHERENT}_RELEVE_2026-04-05.pdf",
        "document": "RELEVE",
        "siren": SIREN,
        "salarie": "",
    }
    assert (dossier / ligne["fichier"]).read_bytes().startswith(b"%PDF")
    assert read_releve(caisse.maison, SOIR).dessins == Compte()  # it waits for nobody
    caisse.drop(ADHERENT, "annule.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 5, 3, 20, 0, tzinfo=UTC))
    assert _names(caisse, "RELEVE_2026-05-03.*") == {
        f"RELEVE_2026-05-03.{forme}" for forme in ("pdf", "csv", "xlsx")
    }
    assert _names(caisse, "RECAPITULATIF_*") == set()


def test_what_can_not_be_printed_stays_in_the_folder(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """The bases have no PDF."""
    tout = f"envois_documents:\n- {{siren: {SIREN}, canal: IMPRESSION, debut: 2026-01-01}}\n"
    caisse = make_appelee(registre=tout.encode())
    assert _names(caisse, "APPEL_*") == set()
    assert _names(caisse, "ACK_*") | _names(caisse, "RAPPORT_*")
    caisse.drop(ADHERENT, "annule.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 5, 3, 20, 0, tzinfo=UTC))
    assert {nom.rsplit(".")[-1] for nom in _names(caisse, "BASES_*")} == {"csv", "xlsx"}
    assert len(_queue(caisse)) == 2


def _frame(table: str, *lignes: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(lignes), schema=schema_polars(read_contrat(table)))


@pytest.mark.parametrize(
    ("dits", "papier", "attendu"),
    [
        ([], None, None),
        ([], "oui", SFTP),
        ([], "non", None),
        ([(TOUS, IMPRESSION, "01-01", None)], "oui", IMPRESSION),
        ([("RELEVE", AUCUN, "01-01", None), (TOUS, IMPRESSION, "01-01", None)], None, AUCUN),
        ([("APPEL", AUCUN, "01-01", None)], None, None),
        ([("RELEVE", AUCUN, "01-01", "03-31")], None, None),
        ([("RELEVE", AUCUN, "01-01", "04-01")], None, AUCUN),
        ([("RELEVE", AUCUN, "04-01", None)], None, AUCUN),
        ([("RELEVE", AUCUN, "04-02", None)], None, None),
    ],
)
def test_the_nearest_wish_comes_first(
    dits: list[tuple[str, str, str, str | None]], papier: str | None, attendu: str | None
) -> None:
    """Its own document, then all of them, then no paper; from a day to another, both included."""

    def jour(texte: str | None) -> date | None:
        return None if texte is None else date.fromisoformat(f"2026-{texte}")

    envois = _frame(
        "envois_documents",
        *(
            {"siren": SIREN, "document": document, "canal": canal, "debut": jour(a), "fin": jour(b)}
            for document, canal, a, b in dits
        ),
    )
    options = [
        {"siren": SIREN, "option": "zero_papier", "debut": date(2026, 1, 1), "valeur": papier}
    ]
    lues = _frame("options_adherents", *(options if papier else []))
    canaux = compute_canaux(envois, lues, "RELEVE", date(2026, 4, 1))
    assert canaux.get(SIREN) == attendu


def test_the_choices_are_those_of_the_documents() -> None:
    """The registry names each document that is a choice, and no other; the fund, two channels."""
    au_choix = {d.au_choix for metier in METIERS for d in metier.documents if d.au_choix}
    assert au_choix | {TOUS} == set(valeurs_of("envois_documents", "document"))
    assert set(read_options()["canal_documents"].choix) == {SFTP, IMPRESSION}
