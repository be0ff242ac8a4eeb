"""The steps of the collection over several nights: debit handed over, settled, returned."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from lxml import etree

from parsers.banque.valeurs import parse_centimes
from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.editique.lettres import archive_lettres
from pipelines.metiers import METIERS
from pipelines.publication.nuit import read_nuit
from pipelines.reception.etapes import remettre
from pipelines.reception.sources import open_source
from pipelines.reglements.documents.lettres import compose_lettres
from pipelines.reglements.etapes import read_nouveaux_prelevements
from sample_files.generateur.banque import Ligne, write_releve, write_statut
from specs.contrats import contrats, read_contrat, schema_polars
from specs.periodes import Mois
from tests.conftest import SOIR
from tests.registre import write_rows
from warehouse.publications import publish, read_table_publiee
from warehouse.remises import Remise
from warehouse.tables_registre import (
    COMPTES_BANCAIRES,
    EVENEMENTS_MANDAT,
    IBANS,
    MANDATS,
)

if TYPE_CHECKING:
    from tests.conftest import Caisse

SIREN, ADHERENT, CDG = "800000010", "A80001", "C8000101"
IBAN = "FR1420041010050500013M02606"
APPEL = f"{CDG}-202603-01"
DEBIT = f"P{SIREN}-20260427-01"
REMISE = "PRLV-20260420-00001"
TABLES = ("encaissements", "prelevements", "prelevements_appels", "etats_mandat")


@pytest.fixture
def maison(caisse: Caisse) -> Caisse:
    """A fund whose company has an active mandate and one call, due on 25 April."""
    lignes: tuple[tuple[Any, dict[str, Any]], ...] = (
        (
            COMPTES_BANCAIRES,
            {
                "compte": "CB-1",
                "siren": SIREN,
                "titulaire": "T.P. SYNTHÈSE",
                "debut": date(2020, 1, 1),
            },
        ),
        (IBANS, {"compte": "CB-1", "iban": IBAN}),
        (
            MANDATS,
            {
                "rum": "RUM-1",
                "siren": SIREN,
                "cdg": CDG,
                "compte": "CB-1",
                "schema": "B2B",
                "date_signature": date(2025, 1, 10),
                "debut": date(2025, 1, 1),
                "prelevement_automatique": True,
            },
        ),
        (
            EVENEMENTS_MANDAT,
            {
                "rum": "RUM-1",
                "rang": 1,
                "date": date(2025, 2, 1),
                "evenement": "ACTIVATION",
                "motif": "signé",
                "auteur": "test",
            },
        ),
    )
    with caisse.maison.moteur.begin() as connexion:
        write_rows(connexion, *lignes)
    part = int(SIREN) % caisse.maison.reglages.nombre_parts
    communs = {"part": part, "appel": APPEL, "siren": SIREN, "adherent": ADHERENT, "cdg": CDG}
    communs |= {"mois_appel": str(Mois(2026, 3)), "montant_centimes": 123_456}
    communs |= {"date_exigibilite": date(2026, 4, 25)}
    appel = communs | {
        "rang": 1,
        "nature": "INITIAL",
        "date_arrete": date(2026, 4, 6),
        "reference_paiement": APPEL,
    }
    creance = communs | dict.fromkeys(
        ("obligatoire_centimes", "reste_centimes", "reste_obligatoire_centimes"), 123_456
    )
    creance |= {"regle_centimes": 0, "majorations_centimes": 0, "reste_majorations_centimes": 0}
    creance |= {"mois_retard": 0, "etat": "A_ECHOIR"}
    for nom, valeurs in (("appels", appel), ("creances", creance)):
        frame = pl.DataFrame([valeurs], schema=schema_polars(read_contrat(nom)))
        caisse.maison.lac.write(nom, frame, {"part": part})
    return caisse


def hand_over(caisse: Caisse, jour: date) -> list[Remise]:
    """The file of the debits, in the archive."""
    nuit = read_nuit(caisse.maison, jour, METIERS, SOIR)
    return archive_lettres(caisse.maison, compose_lettres(caisse.maison, nuit))


def collect(caisse: Caisse, jour: date) -> dict[str, bytes]:
    """One night of the bank: deposits, steps of every shard, publication; files handed over."""
    maison, soir = caisse.maison, datetime.fromisoformat(f"{jour}T20:00:00Z")
    caisse.receive(soir)
    for lot in plan_lots(maison):
        check_lot(maison, lot, soir, METIERS)
    caisse.step("rapprochement", jour)
    parts = range(maison.reglages.nombre_parts)
    for part in parts:
        caisse.step("reglements", jour, part)
    for part in parts:
        caisse.step("prelevements", jour, part)
    remises = hand_over(caisse, jour)
    versions = {
        nom: version
        for nom, contrat in contrats().items()
        if contrat.publie and (version := maison.lac.version(nom)) is not None
    }
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=jour,
            versions=versions,
            empreinte="",
            publie_le="2026-04-20T20:00:00Z",
            remises=remises,
        )
    remettre(maison, open_source(maison.reglages), soir)
    return {r.nom: maison.archive.read(r.sha256) for r in remises}


def states(caisse: Caisse) -> list[tuple[str, str | None]]:
    """State and reason of each published debit."""
    return caisse.read("prelevements").select("etat", "code_motif").rows()


def test_a_call_is_debited_once_and_its_file_goes_to_the_bank(maison: Caisse) -> None:
    """Handed over a week before, never again; the amount and the account are in the file."""
    assert collect(maison, date(2026, 4, 19)) == {}
    octets = collect(maison, date(2026, 4, 20))["PRLV-20260420-00002.xml"]
    assert (maison.box("BANQUE", "retour") / "PRLV-20260420-00002.xml").read_bytes() == octets
    textes = [e.text for e in etree.fromstring(octets).iter()]
    assert {DEBIT, IBAN, "RUM-1", "T.P. SYNTHESE", "1234.56"} <= set(textes)
    assert collect(maison, date(2026, 4, 21)) == {}
    assert maison.read("prelevements")["prelevement"].to_list() == [DEBIT]
    assert maison.read("etats_mandat").select("etat", "depuis").rows() == [
        ("ACTIF", date(2025, 2, 1))
    ]


def test_a_debit_is_settled_then_returned(maison: Caisse) -> None:
    """The bank credits, then takes back: the debit is refused, its mandate suspended."""
    collect(maison, date(2026, 4, 20))
    credit = Ligne(123_456, "PRELEVEMENT", bout_en_bout=DEBIT, reference_banque="B1")
    maison.drop("BANQUE", "avis.xml", write_releve([credit], "camt.054"))
    collect(maison, date(2026, 4, 28))
    assert states(maison) == [("REGLE", None)]
    retour = Ligne(-123_456, "RETOUR", bout_en_bout=DEBIT, reference_banque="B2", code="AC04")
    maison.drop("BANQUE", "releve.xml", write_releve([credit, retour]))
    collect(maison, date(2026, 4, 30))
    assert states(maison) == [("REJETE", "AC04")]
    assert maison.read("encaissements").select("nature", "montant_centimes", "cdg").rows() == [
        ("PRELEVEMENT", 123_456, CDG),
        ("RETOUR", -123_456, CDG),
    ]
    assert maison.read("mouvements_ecartes")["motif"].to_list() == ["DOUBLE"]
    assert maison.read("etats_mandat")["etat"].to_list() == ["SUSPENDU"]


def test_a_refusal_for_lack_of_funds_is_presented_again(maison: Caisse) -> None:
    """Refused before settlement, the call comes again ten days later in a new file."""
    collect(maison, date(2026, 4, 20))
    maison.drop(
        "BANQUE",
        "rejets.xml",
        write_statut(REMISE, [(f"{REMISE}-B20260427RCUR", None, [(DEBIT, "AM04")])]),
    )
    collect(maison, date(2026, 4, 29))
    assert states(maison) == [("REJETE", "AM04")]
    (octets,) = collect(maison, date(2026, 5, 4)).values()
    assert f"P{SIREN}-20260508-01".encode() in octets
    assert states(maison) == [("REJETE", "AM04"), ("EMIS", None)]


def test_a_transfer_is_known_by_the_account_of_the_payer(maison: Caisse) -> None:
    """Without a reference, the account tells the company, though no table holds it."""
    virements = [Ligne(500, iban=IBAN), Ligne(700, iban="FR7630006000011234567890189")]
    maison.drop("BANQUE", "releve.xml", write_releve(virements))
    collect(maison, date(2026, 4, 28))
    assert maison.read("encaissements").select(
        "siren", "montant_centimes", "affectation"
    ).rows() == [(SIREN, 500, "COMPTE")]
    assert maison.read("encaissements_non_affectes")["montant_centimes"].to_list() == [700]


def test_a_night_done_again_writes_the_same(maison: Caisse) -> None:
    """Steps done twice, before or after one another, leave the same rows and the same file."""
    jour = date(2026, 4, 20)
    parts = range(maison.maison.reglages.nombre_parts)
    vus = []
    for _ in range(2):
        maison.step("rapprochement", jour)
        for part in parts:
            maison.step("reglements", jour, part)
            maison.step("prelevements", jour, part)
        lues = [maison.maison.lac.read(nom).collect().write_csv() for nom in TABLES]
        vus.append((lues, hand_over(maison, jour)))
    assert vus[0] == vus[1]
    assert read_nouveaux_prelevements(maison.maison)["prelevement"].to_list() == [DEBIT]


def test_a_night_cut_between_the_debits_and_the_accounts_ends_the_same(maison: Caisse) -> None:
    """The accounts count the debits of the night, then the night is done again: they stay."""
    jour, part = date(2026, 4, 20), int(SIREN) % maison.maison.reglages.nombre_parts
    maison.step("rapprochement", jour)
    maison.step("reglements", jour, part)
    maison.step("prelevements", jour, part)
    creances = maison.maison.lac.read("creances").collect()
    payees = creances.with_columns(reste_centimes=pl.lit(0, pl.Int64), etat=pl.lit("SOLDEE"))
    maison.maison.lac.write("creances", payees, {"part": part})
    maison.step("reglements", jour, part)
    maison.step("prelevements", jour, part)
    assert read_nouveaux_prelevements(maison.maison)["prelevement"].to_list() == [DEBIT]


def test_only_the_file_for_the_bank_holds_an_account(maison: Caisse) -> None:
    """The IBAN is in the registry, in the file handed over, and nowhere else in the house."""
    collect(maison, date(2026, 4, 20))
    racine = maison.maison.reglages.dossier
    trouves = {
        chemin.relative_to(racine).parts[0]
        for chemin in racine.rglob("*")
        if chemin.is_file() and IBAN.encode() in chemin.read_bytes()
    }
    assert trouves <= {"sftp", "depots", "registre.sqlite", "registre.sqlite-wal"}
    tables = [read_table_publiee(maison.maison, nom).collect().write_csv() for nom in TABLES]
    assert not any(IBAN in texte for texte in tables)


def test_a_file_totals_its_debits(maison: Caisse) -> None:
    """The sum that the bank checks is that of the published debits."""
    (octets,) = collect(maison, date(2026, 4, 20)).values()
    sommes = [e.text for e in etree.fromstring(octets).iter("{*}CtrlSum")]
    total = maison.read("prelevements")["montant_centimes"].sum()
    assert [parse_centimes(s or "") for s in sommes] == [total, total]
