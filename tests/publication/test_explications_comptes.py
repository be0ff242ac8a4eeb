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

from pipelines.comptabilite.etapes import account_part, plan_comptes
from pipelines.publication.explications.comptes import read_comptes
from pipelines.publication.explications.demandes import Demande, Explication, explain
from pipelines.publication.explications.ecritures import explain_ecriture
from pipelines.publication.explications.lecture import DemandeRefusee, open_lecteur
from pipelines.publication.registre import write_registre
from specs.contrats import read_contrat, schema_polars
from warehouse.decisions import record_decision

if TYPE_CHECKING:
    from tests.conftest import Caisse

APPEL, DEBIT = "C8000101-202603-01", "PRL-1"
AVRIL, JUIN, FIN_JUIN = date(2026, 4, 5), date(2026, 6, 10), date(2026, 6, 30)
JUILLET = date(2026, 7, 2)
ATTENDUS = Path(__file__).parents[1] / "cli"
ESPACES = str.maketrans("\u202f\u00a0", "  ")


def write(caisse: Caisse, table: str, **valeurs: Any) -> None:
    """One row of a table of the lake, beside those it has."""
    appel = caisse.maison.lac.read("appels").collect().row(0, named=True)
    commun = {nom: appel[nom] for nom in ("part", "siren", "adherent")}
    schema = schema_polars(read_contrat(table))
    connus = {nom: valeur for nom, valeur in (commun | valeurs).items() if nom in schema}
    lignes = [caisse.maison.lac.read(table).collect(), pl.DataFrame([connus], schema)]
    caisse.maison.lac.write(table, pl.concat(lignes), {"part": appel["part"]})


def publish(caisse: Caisse, jour: date) -> None:
    """A night of the accounts: something new was dropped, so that it publishes."""
    write_registre(caisse.maison)
    for part in plan_comptes(caisse.maison):
        account_part(caisse.maison, part, jour)
    caisse.drop("A80001", f"{jour}.dsn", f"illisible {jour}".encode())
    caisse.pass_night(datetime(jour.year, jour.month, jour.day, 20, 0, tzinfo=UTC), jour)


def transfer(caisse: Caisse, nom: str, jour: date, montant: int) -> None:
    """A transfer that the bank told."""
    dates = {"date_operation": jour, "date_valeur": jour}
    write(
        caisse, "encaissements", encaissement=nom, nature="VIREMENT", montant_centimes=montant,
        affectation="REFERENCE", **dates,
    )  # fmt: skip


def certify(caisse: Caisse) -> None:
    """A situation, a certificate that it proves, and one that it does not."""
    preuve = {
        "date_arrete": JUILLET, "dsn_attendues": 3, "dsn_recues": 3, "echu_centimes": 0,
        "majorations_centimes": 0, "solde_exigible_centimes": 0,
    }  # fmt: skip
    write(caisse, "situations", a_jour=True, avoir_centimes=0, **preuve)
    for nom, recues in (("ATT-800000010-20260702-01", 3), ("ATT-800000010-20260702-02", 2)):
        write(
            caisse, "attestations", attestation=nom, etat="EN_REGLE", motif="DEMANDE",
            fin_validite=JUILLET, **preuve | {"dsn_recues": recues},
        )  # fmt: skip


@pytest.fixture(scope="module")
def comptes(
    make_caisse: Callable[..., Caisse], as_real: Callable[[bytes], bytes], normale: bytes
) -> Caisse:
    """March called; late in June a transfer and a free credit; a debit at the end of June."""
    caisse = make_caisse()
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    caisse.pass_night(date_arrete=AVRIL)
    publish(caisse, AVRIL)
    transfer(caisse, "D00000007-1", JUIN, 100_000)
    with caisse.maison.moteur.begin() as connexion:
        for nature, appel, montant in (("AVOIR", None, 500), ("REMISE_MAJORATION", APPEL, 700)):
            record_decision(
                connexion, nature=nature, siren="800000010", cdg="C8000101", appel=appel,
                date_effet=JUIN, montant_centimes=montant, auteur="gestion",
                motif="geste commercial", instant="2026-06-10T10:00:00Z",
            )  # fmt: skip
    publish(caisse, JUIN)
    debit = {
        "prelevement": DEBIT, "cdg": "C8000101", "rum": "R1", "compte": "CB-0001",
        "schema": "CORE", "reference_paiement": APPEL, "date_echeance": FIN_JUIN,
        "montant_centimes": 50_000, "sequence": "RCUR", "changement_compte": False,
        "etat": "EMIS", "date_emission": JUIN, "remise": "F1",
    }  # fmt: skip
    write(caisse, "prelevements", **debit)
    write(caisse, "prelevements_appels", prelevement=DEBIT, appel=APPEL, montant_centimes=50_000)
    publish(caisse, FIN_JUIN)
    certify(caisse)
    publish(caisse, JUILLET)
    return caisse


def explained(caisse: Caisse, identifiant: str, numero: int | None = None) -> Explication:
    """The explanation of an identifier."""
    return explain(caisse.maison, Demande(identifiant, numero))


def text(caisse: Caisse, identifiant: str) -> str:
    """Its sentences, with plain spaces."""
    return "\n".join(explained(caisse, identifiant).phrases).translate(ESPACES)


def test_every_published_entry_closes(comptes: Caisse) -> None:
    """Every journal of the ledger but returns: each entry is what the rules give again."""
    ecritures = comptes.read("ecritures")
    noms = ecritures["ecriture"].unique(maintain_order=True)
    assert set(ecritures["journal"]) == {
        "APPEL", "BANQUE", "PRELEVEMENT", "MAJORATION", "REMISE", "AVOIR",
    }  # fmt: skip
    for nom in (*noms, "D00000007-1", DEBIT):
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
                "Payé le 10 juin 2026 : 1 005,00 € × 1 % × 2 mois = 20,10 €",
                "Restant dû au 10 juin 2026 : 1 794,30 € × 1 % × 2 mois = 35,89 €",
                "Majorations dues en tout : 48,99 €.",
            ),
        ),
        (f"MAJ-{APPEL}-02", (f"MAJ-{APPEL}-01, 10 juin 2026 : 55,99 € dus par l'adhérent",)),
        (
            "REM-DEC-2",
            (
                "Décision 2 (remise de majorations), prise par gestion, d'effet au 10 juin 2026",
                "Motif : geste commercial.",
                "Appliquée pour 7,00 € sur 7,00 €.",
            ),
        ),
        (
            "D00000007-1",
            (
                "Encaissement D00000007-1 : 1 000,00 €",
                "L'adhérent est désigné par la référence de son libellé.",
                "1 000,00 € imputés sur C8000101-202603-01, cotisations obligatoires.",
            ),
        ),
        (DEBIT, ("Prélèvement PRL-1 du 30 juin 2026, émis le 10 juin 2026, mandat R1, émis",)),
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
    piece = explained(comptes, DEBIT, 4).objet["piece"]
    assert piece["ecritures"] == []
    (vise,) = piece["details"]["prelevements_appels"]
    assert (vise["appel"], vise["montant_centimes"]) == (APPEL, 50_000)
    assert explained(comptes, DEBIT, 5).objet["piece"]["ecritures"] != []


def test_an_entry_that_the_rules_do_not_give_is_told(comptes: Caisse) -> None:
    """The published payment is not what the entry says: the accounts that differ are named."""
    lecteur = open_lecteur(comptes.maison, None)
    lus = read_comptes(lecteur, "800000010")
    encaissements = lus.faits.encaissements.with_columns(pl.col("montant_centimes") - 1)
    autres = replace(lus, faits=replace(lus.faits, encaissements=encaissements))
    ecarts = explain_ecriture("ENC-D00000007-1", autres).ecarts
    assert [(e.quoi, e.recalcule, e.publie) for e in ecarts] == [
        ("compte 411 C8000101", -99_999, -100_000),
        ("compte 512", 99_999, 100_000),
    ]


def test_an_entry_that_does_not_balance_is_told(comptes: Caisse) -> None:
    """Debits and credits of an entry are equal."""
    lus = read_comptes(open_lecteur(comptes.maison, None), "800000010")
    fausses = lus.comptes.ecritures.with_columns(
        pl.col("debit_centimes") + (pl.col("debit_centimes") > 0).cast(pl.Int64)
    )
    autres = replace(lus, comptes=replace(lus.comptes, ecritures=fausses))
    ecarts = explain_ecriture("AVO-DEC-1", autres).ecarts
    assert ("débits et crédits", 501, 500) in [(e.quoi, e.recalcule, e.publie) for e in ecarts]


def test_a_certificate_is_compared_with_the_situation_of_its_day(comptes: Caisse) -> None:
    """What it proves is what was published that night; one figure off is told."""
    juste, fausse = (explained(comptes, f"ATT-800000010-20260702-0{n}") for n in (1, 2))
    assert (juste.ecarts, [e.quoi for e in fausse.ecarts]) == ((), ["déclarations reçues"])
    dite = "\n".join(juste.phrases).translate(ESPACES)
    assert "Attestation ATT-800000010-20260702-01 : en cours de validité" in dite
    assert "3 déclarations reçues sur 3 exigibles" in dite


def test_a_line_is_of_a_call_only(comptes: Caisse) -> None:
    """An entry has no line of call: what is near is said."""
    with pytest.raises(DemandeRefusee, match=re.escape(f"APP-{APPEL}")):
        explained(comptes, f"APP-{APPEL}/2026-03/CP")


@pytest.mark.parametrize(
    ("identifiant", "nom"), [(f"MAJ-{APPEL}-02", "ecriture"), ("D00000007-1", "encaissement")]
)
def test_the_object_is_the_recorded_one(comptes: Caisse, identifiant: str, nom: str) -> None:
    """Every name and value of the object, but the fingerprint of the knowledge."""
    objet = explained(comptes, identifiant).objet
    objet["publication"]["version_specs_citee"] = "0" * 16
    attendu = json.loads((ATTENDUS / f"expliquer_{nom}.json").read_text("utf-8"))
    assert json.loads(json.dumps(objet)) == attendu
