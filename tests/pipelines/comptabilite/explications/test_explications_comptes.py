"""The accounts that the nights publish: every entry, payment and debit can be explained."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.attestations.explications.situations import explain_attestation
from pipelines.comptabilite.explications.comptes import read_comptes
from pipelines.comptabilite.explications.ecritures import explain_ecriture
from pipelines.explications.demandes import Demande, Explication, explain
from pipelines.explications.lecture import DemandeRefusee, open_lecteur
from pipelines.metiers import METIERS
from sample_files.generateur.banque import Ligne, write_releve
from tests.conftest import NATURES
from warehouse.decisions import record_decision

if TYPE_CHECKING:
    from tests.conftest import Caisse

SIREN, CDG = "800000010", "C8000101"
APPEL, DEBIT = "C8000101-202603-01", "P800000010-20260427-01"
REGLE, RENDU, VIREMENT = "D00000002-1", "D00000002-2", "D00000003-1"
ATTESTATION = "ATT-800000010-20260423-01"
REMISE, MAI, JUIN = date(2026, 4, 23), date(2026, 5, 5), date(2026, 6, 10)
ATTENDUS = Path(__file__).parents[4] / "tests" / "cli"
ESPACES = str.maketrans("\u202f\u00a0", "  ")


def pass_night(caisse: Caisse, jour: date) -> None:
    """The night of a day, which publishes."""
    soir = datetime(jour.year, jour.month, jour.day, 20, tzinfo=UTC)
    assert caisse.pass_night(soir).publication is not None


def give_back(caisse: Caisse) -> None:
    """The bank settles the debit, then takes it back: the account is closed."""
    montant = caisse.read("prelevements")["montant_centimes"].item()
    lignes = [
        Ligne(
            montant, "PRELEVEMENT", date(2026, 4, 30), bout_en_bout=DEBIT, reference_banque="B1"
        ),
        Ligne(
            -montant, "RETOUR", date(2026, 5, 4), bout_en_bout=DEBIT, code="AC04",
            reference_banque="B2",
        ),
    ]  # fmt: skip
    caisse.drop("BANQUE", "mai.xml", write_releve(lignes))


def transfer(caisse: Caisse) -> None:
    """A transfer of 1 000 euros that names the call."""
    ligne = Ligne(100_000, jour=JUIN, reference=APPEL, reference_banque="B3")
    caisse.drop("BANQUE", "juin.xml", write_releve([ligne], numero="RELEVE-2"))


def decide(caisse: Caisse) -> None:
    """A free credit, a remission of late increases, a revocation: three decisions of one day."""
    decisions: list[dict[str, Any]] = [
        {"nature": NATURES["AVOIR"], "montant_centimes": 500},
        {"nature": NATURES["REMISE_MAJORATION"], "montant_centimes": 700, "appel": APPEL},
        {"nature": NATURES["REVOCATION_ATTESTATION"], "contenu": {"attestation": ATTESTATION}},
    ]
    with caisse.maison.moteur.begin() as connexion:
        for decision in decisions:
            record_decision(
                connexion, **decision, siren=SIREN, cdg=CDG, date_effet=JUIN, auteur="gestion",
                motif="geste commercial", instant="2026-06-10T10:00:00Z",
            )  # fmt: skip


@pytest.fixture(scope="module")
def comptes(make_appelee: Callable[..., Caisse], mandat_automatique: bytes) -> Caisse:
    """March called, debited, taken back by the bank; in June a transfer and three decisions."""
    caisse = make_appelee(1, mandat_automatique)
    pass_night(caisse, REMISE)
    give_back(caisse)
    pass_night(caisse, MAI)
    transfer(caisse)
    decide(caisse)
    pass_night(caisse, JUIN)
    return caisse


def explained(caisse: Caisse, identifiant: str, numero: int | None = None) -> Explication:
    """The explanation of an identifier."""
    return explain(caisse.maison, Demande(identifiant, numero), METIERS)


def text(caisse: Caisse, identifiant: str, numero: int | None = None) -> str:
    """Its sentences, with plain spaces."""
    return "\n".join(explained(caisse, identifiant, numero).phrases).translate(ESPACES)


def test_every_published_entry_closes(comptes: Caisse) -> None:
    """Every journal of the ledger: each entry is what the rules give again."""
    ecritures = comptes.read("ecritures")
    noms = ecritures["ecriture"].unique(maintain_order=True)
    assert set(ecritures["journal"]) == {
        "APPEL", "BANQUE", "PRELEVEMENT", "RETOUR", "MAJORATION", "REMISE", "AVOIR",
    }  # fmt: skip
    for nom in (*noms, REGLE, RENDU, VIREMENT, DEBIT):
        assert explained(comptes, nom).ecarts == ()


@pytest.mark.parametrize(
    ("identifiant", "passages"),
    [
        (
            f"APP-{APPEL}",
            (
                "411 Adhérents, cotisations et majorations, C8000101, C8000101-202603-01 : débit",
                f"{APPEL}/2026-03/CP : 2 824,50 €",
                f"Le détail : caisse expliquer {APPEL}",
            ),
        ),
        (
            f"MAJ-{APPEL}-01",
            (
                "prélevé à temps puis rejeté : 1 mois entamé depuis le 4 mai 2026.",
                "Restant dû au 5 mai 2026 : 2 799,30 € × 1 % × 1 mois = 27,99 €",
                "Majorations dues en tout : 27,99 €.",
            ),
        ),
        (
            f"MAJ-{APPEL}-02",
            (
                "Payé le 10 juin 2026 : 1 005,00 € × 1 % × 2 mois = 20,10 €",
                "Restant dû au 10 juin 2026 : 1 794,30 € × 1 % × 2 mois = 35,89 €",
                "Majorations dues en tout : 48,99 €.",
                f"MAJ-{APPEL}-01, 5 mai 2026 : 27,99 € dus par l'adhérent",
            ),
        ),
        (
            "REM-DEC-2",
            (
                "Décision 2 (remise de majorations), prise par gestion, d'effet au 10 juin 2026",
                "Motif : geste commercial.",
                "Appliquée pour 7,00 € sur 7,00 €.",
            ),
        ),
        (
            VIREMENT,
            (
                f"Encaissement {VIREMENT} : 1 000,00 €",
                "L'adhérent est désigné par la référence de son libellé.",
                "1 000,00 € imputés sur C8000101-202603-01, cotisations obligatoires.",
            ),
        ),
        (
            RENDU,
            (
                f"Encaissement {RENDU} : −2 819,23 €",
                f"Retour {RENDU} du 4 mai 2026, en valeur du 4 mai 2026, motif AC04",
                f"RET-{DEBIT}, 5 mai 2026 : 2 819,23 € dus par l'adhérent",
            ),
        ),
        (
            f"RET-{DEBIT}",
            (
                "512 Banque : crédit 2 819,23 €",
                f"Prélèvement {DEBIT} du 27 avril 2026, émis le 23 avril 2026",
                "mandat CNETP-C8000101-001 : 2 819,23 €.",
                "État : rejeté le 4 mai 2026 (AC04, compte clos) : le mandat est suspendu.",
            ),
        ),
        (
            DEBIT,
            (
                f"PRE-{DEBIT}, 5 mai 2026 : 2 819,23 € à son crédit",
                f"RET-{DEBIT}, 5 mai 2026 : 2 819,23 € dus par l'adhérent",
            ),
        ),
    ],
)
def test_what_made_an_entry_is_told(
    comptes: Caisse, identifiant: str, passages: tuple[str, ...]
) -> None:
    """The call and its lines, the months of delay, the decision and its author, the payment."""
    dite = text(comptes, identifiant)
    assert [passage for passage in passages if passage not in dite] == []


def test_a_debit_is_told_before_it_enters_the_accounts(comptes: Caisse) -> None:
    """On the night that publishes it, it has its calls and no entry yet."""
    piece = explained(comptes, DEBIT, 2).objet["piece"]
    assert piece["ecritures"] == []
    (vise,) = piece["details"]["prelevements_appels"]
    assert (vise["appel"], vise["montant_centimes"]) == (APPEL, 281_923)
    assert explained(comptes, DEBIT, 3).objet["piece"]["ecritures"] != []


def test_an_entry_that_the_rules_do_not_give_is_told(comptes: Caisse) -> None:
    """The published payment is not what the entry says: the accounts that differ are named."""
    lecteur = open_lecteur(comptes.maison, None)
    lus = read_comptes(lecteur, SIREN)
    encaissements = lus.faits.encaissements.with_columns(pl.col("montant_centimes") - 1)
    autres = replace(lus, faits=replace(lus.faits, encaissements=encaissements))
    ecarts = explain_ecriture(f"ENC-{VIREMENT}", autres).ecarts
    assert [(e.quoi, e.recalcule, e.publie) for e in ecarts] == [
        ("compte 411 C8000101", -99_999, -100_000),
        ("compte 512", 99_999, 100_000),
    ]


def test_an_entry_that_does_not_balance_is_told(comptes: Caisse) -> None:
    """Debits and credits of an entry are equal."""
    lus = read_comptes(open_lecteur(comptes.maison, None), SIREN)
    fausses = lus.comptes.ecritures.with_columns(
        pl.col("debit_centimes") + (pl.col("debit_centimes") > 0).cast(pl.Int64)
    )
    autres = replace(lus, comptes=replace(lus.comptes, ecritures=fausses))
    ecarts = explain_ecriture("AVO-DEC-1", autres).ecarts
    assert ("débits et crédits", 501, 500) in [(e.quoi, e.recalcule, e.publie) for e in ecarts]


def test_a_certificate_is_told_with_its_proof(comptes: Caisse) -> None:
    """What it proves is what was published that night; then who revoked it."""
    dite = text(comptes, ATTESTATION)
    assert explained(comptes, ATTESTATION).ecarts == ()
    for passage in (
        f"Attestation {ATTESTATION} : révoquée",
        "1 déclaration reçue sur 1 exigible\n",
        "Solde exigible : 0,00 €",
        "Décision 3 du 10 juin 2026, prise par gestion : geste commercial",
    ):
        assert passage in dite
    assert f"{ATTESTATION} : en cours de validité" in text(comptes, ATTESTATION, 2)


def test_a_certificate_is_compared_with_the_situation_of_its_day(comptes: Caisse) -> None:
    """One figure off what was published when it was issued: it is told."""
    emission, dernier = (open_lecteur(comptes.maison, numero) for numero in (2, None))
    rangee = comptes.read("attestations").row(0, named=True)
    ecarts = explain_attestation(rangee | {"dsn_recues": 0}, emission, dernier).ecarts
    assert [(e.quoi, e.recalcule, e.publie) for e in ecarts] == [("déclarations reçues", 1, 0)]


def test_a_line_is_of_a_call_only(comptes: Caisse) -> None:
    """An entry has no line of call: what is near is said."""
    with pytest.raises(DemandeRefusee, match=re.escape(f"APP-{APPEL}")):
        explained(comptes, f"APP-{APPEL}/2026-03/CP")


@pytest.mark.parametrize(
    ("identifiant", "nom"), [(f"MAJ-{APPEL}-02", "ecriture"), (VIREMENT, "encaissement")]
)
def test_the_object_is_the_recorded_one(comptes: Caisse, identifiant: str, nom: str) -> None:
    """Every name and value of the object, but the fingerprint of the knowledge."""
    objet = explained(comptes, identifiant).objet
    objet["publication"]["version_specs_citee"] = "0" * 16
    attendu = json.loads((ATTENDUS / f"expliquer_{nom}.json").read_text("utf-8"))
    assert json.loads(json.dumps(objet)) == attendu
