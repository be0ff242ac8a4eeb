"""The payments over several nights: a refund ordered, debited, given back, paid again."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from lxml import etree

from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.editique.lettres import archive_lettres
from pipelines.explications.demandes import Demande, explain
from pipelines.metiers import METIERS
from pipelines.publication.nuit import read_nuit
from pipelines.reglements.alertes_virements import read_alertes_virements
from pipelines.reglements.documents.virements import compose_lettres
from pipelines.reglements.etapes_virements import read_nouveaux_virements
from sample_files.generateur.banque import Ligne, write_releve, write_statut
from specs.banque import VIREMENTS
from specs.contrats import TRANCHE, contrats, read_contrat, schema_polars
from tests.registre import write_rows
from warehouse.publications import publish, read_table_publiee
from warehouse.tables_registre import COMPTES_BANCAIRES, IBANS, MANDATS

if TYPE_CHECKING:
    from tests.conftest import Caisse

SIREN, CDG, SIRET = "800000010", "C8000101", "80000001000010"
IBAN, AUTRE_IBAN = "FR1420041010050500013M02606", "FR7699999000010000008000190"
PREMIERE = date(2026, 1, 20)  # a Tuesday: executed on the 22nd
NOM, FICHIER = f"V260120-{SIREN}-01", "VIRE-20260120-00001"
REMBOURSEMENT = {
    "siren": SIREN, "declaration": "D1", "salarie": "ab" * 16, "annee": 2026,
    "campagne": "2025-26", "rang": 1, "chaine": "D00000001", "nature": "PROVISOIRE",
    "montant_centimes": 6_241, "date_arrete": PREMIERE,
}  # fmt: skip
ARRET = {
    "siren": SIREN, "declaration": "D1", "arret": "01", "siret": SIRET, "chantier": "N",
    "departement": "69", "travaux": "G", "activite": "GO", "cause": "GE",
    "debut": date(2026, 1, 13), "debut_heure": "07:30", "reprise": date(2026, 1, 14),
    "reprise_heure": "07:30", "depot": "D00000001", "chaine": "D00000001",
    "recue_le": "2026-01-19T10:00:00Z", "echeance": date(2026, 3, 2), "etat": "ACCEPTEE",
}  # fmt: skip
TABLES = ("dus_intemperies", "reglements", "reglements_dus", "reglements_retenus")


def write(caisse: Caisse, table: str, *lignes: dict[str, Any]) -> None:
    """Rows of the shard of the company."""
    part = int(SIREN) % caisse.maison.reglages.nombre_parts
    schema = schema_polars(read_contrat(table))
    commun = {"part": part} | ({TRANCHE: "0"} if TRANCHE in schema else {})
    frame = pl.DataFrame([commun | ligne for ligne in lignes], schema=schema)
    caisse.maison.lac.write(table, frame, {"part": part})


@pytest.fixture
def maison(caisse: Caisse) -> Caisse:
    """A fund that owes 62.41 to a company, whose centre has a mandate."""
    compte = {"compte": "CB-1", "siren": SIREN, "titulaire": "T.P. SYNTHÈSE",
              "debut": date(2020, 1, 1)}  # fmt: skip
    mandat = {"rum": "RUM-1", "siren": SIREN, "cdg": CDG, "compte": "CB-1", "schema": "B2B",
              "date_signature": date(2025, 1, 10), "debut": date(2025, 1, 1),
              "prelevement_automatique": False}  # fmt: skip
    with caisse.maison.moteur.begin() as connexion:
        write_rows(
            connexion,
            (COMPTES_BANCAIRES, compte),
            (IBANS, {"compte": "CB-1", "iban": IBAN}),
            (MANDATS, mandat),
        )
    write(caisse, "etats_mandat", {"rum": "RUM-1", "siren": SIREN, "etat": "SIGNE",
                                   "depuis": date(2025, 1, 10)})  # fmt: skip
    write(caisse, "arrets_intemperies", ARRET)
    write(caisse, "remboursements_intemperies", REMBOURSEMENT)
    return caisse


def steps(caisse: Caisse, jour: date) -> None:
    """The steps of the payments, in the order of the night."""
    caisse.step("rapprochement", jour)
    for etape in ("dus_intemperies", "etats_virements", "comptabilite", "virements"):
        for part in range(caisse.maison.reglages.nombre_parts):
            caisse.step(etape, jour, part)


def pay(caisse: Caisse, jour: date) -> dict[str, bytes]:
    """One night of the bank: deposits, steps, publication; the files owed to the bank."""
    maison, soir = caisse.maison, datetime.fromisoformat(f"{jour}T20:00:00Z")
    caisse.receive(soir)
    for lot in plan_lots(maison):
        check_lot(maison, lot, soir, METIERS)
    steps(caisse, jour)
    nuit = read_nuit(maison, jour, METIERS, soir)
    remises = archive_lettres(maison, compose_lettres(maison, nuit))
    versions = {
        nom: version
        for nom, contrat in contrats().items()
        if contrat.publie and (version := maison.lac.version(nom)) is not None
    }
    with maison.moteur.begin() as connexion:
        publish(
            connexion, date_arrete=jour, versions=versions, empreinte="",
            publie_le=f"{jour}T20:00:00Z", remises=remises,
        )  # fmt: skip
    return {r.nom: maison.archive.read(r.sha256) for r in remises}


def states(caisse: Caisse) -> list[tuple[str, str | None]]:
    """State and reason of each published transfer."""
    return caisse.read("reglements").sort("date_emission").select("etat", "motif").rows()


def balances(caisse: Caisse) -> dict[str, int]:
    """Balance of each account of the published ledger."""
    signe = pl.col("debit_centimes") - pl.col("credit_centimes")
    soldes = caisse.read("ecritures").group_by("compte").agg(signe.sum())
    return {compte: solde for compte, solde in soldes.rows() if solde}


def test_a_refund_is_paid_once_and_followed_to_its_debit(maison: Caisse) -> None:
    """Ordered the night it is due, booked the next, debited by the bank: the accounts clear."""
    octets = pay(maison, PREMIERE)[f"{FICHIER}.xml"]
    textes = [e.text for e in etree.fromstring(octets).iter()]
    assert {NOM, IBAN, "T.P. SYNTHESE", "62.41", "2026-01-22"} <= set(textes)
    assert balances(maison) == {"4661": -6_241, "6571": 6_241}
    assert pay(maison, date(2026, 1, 21)) == {}
    assert balances(maison) == {"5113": -6_241, "6571": 6_241}
    debit = Ligne(-6_241, "VIREMENT_EMIS", date(2026, 1, 22), NOM)
    maison.drop("BANQUE", "releve.xml", write_releve([debit]))
    assert pay(maison, date(2026, 1, 23)) == {}
    assert states(maison) == [("PAYE", None)]
    assert balances(maison) == {"512": -6_241, "6571": 6_241}


def test_a_transfer_and_its_entries_are_explained(maison: Caisse) -> None:
    """From the order to the debit: amounts due, movements, entries, all found again."""
    pay(maison, PREMIERE)
    debit = Ligne(-6_241, "VIREMENT_EMIS", date(2026, 1, 22), NOM)
    maison.drop("BANQUE", "releve.xml", write_releve([debit]))
    pay(maison, date(2026, 1, 23))
    du = f"INT-{SIREN}-D1-260120-P"
    noms = [NOM, du, *maison.read("ecritures")["ecriture"].unique().sort()]
    assert {f"DUE-{du}", f"VIR-{NOM}"} < set(noms)
    for nom in noms:
        explication = explain(maison.maison, Demande(nom), METIERS)
        assert explication.ecarts == (), nom
        assert "62,41" in " ".join(explication.phrases)


def test_what_comes_back_is_paid_on_another_account(maison: Caisse) -> None:
    """Closed account: held and told to operators; the new account is paid, nothing is lost."""
    pay(maison, PREMIERE)
    debit = Ligne(-6_241, "VIREMENT_EMIS", date(2026, 1, 22), NOM)
    retour = Ligne(6_241, "VIREMENT_REVENU", date(2026, 1, 26), NOM, code="AC04")
    maison.drop("BANQUE", "releve.xml", write_releve([debit, retour]))
    assert pay(maison, date(2026, 1, 27)) == {}
    assert states(maison) == [("RETO", "AC04")]
    assert balances(maison) == {"4661": -6_241, "6571": 6_241}
    assert maison.read("reglements_retenus")["raison"].to_list() == ["COMPTE_REFUSE"]
    (alerte,) = read_alertes_virements(maison.maison, date(2026, 1, 27)).rows(named=True)
    assert (alerte["nature"], alerte["etat"]) == ("PAIEMENT", "OUVERTE")
    assert "62,41" in alerte["cause"]
    marque = {"compte": "CB-2", "siren": SIREN, "titulaire": "T.P. SYNTHESE",
              "remboursements": True, "debut": date(2026, 1, 1)}  # fmt: skip
    with maison.maison.moteur.begin() as connexion:
        write_rows(
            connexion,
            (COMPTES_BANCAIRES, marque),
            (IBANS, {"compte": "CB-2", "iban": AUTRE_IBAN}),
        )
    (octets,) = pay(maison, date(2026, 1, 28)).values()
    assert AUTRE_IBAN.encode() in octets
    assert states(maison) == [("RETO", "AC04"), ("EMIS", None)]
    assert maison.read("reglements_retenus").is_empty()
    assert read_alertes_virements(maison.maison, date(2026, 1, 28)).is_empty()


def test_a_file_that_the_bank_refuses_is_handed_over_again(maison: Caisse) -> None:
    """A report on the whole file: the same amount leaves the same night in another."""
    pay(maison, PREMIERE)
    statut = write_statut(FICHIER, groupe="RJCT", code="FF01", ordres=VIREMENTS)
    maison.drop("BANQUE", "statut.xml", statut)
    (nom,) = pay(maison, date(2026, 1, 21))
    assert nom == "VIRE-20260121-00002.xml"
    assert states(maison) == [("REJE", "FF01"), ("EMIS", None)]
    pay(maison, date(2026, 1, 22))
    assert balances(maison) == {"5113": -6_241, "6571": 6_241}


def test_a_later_refund_is_balanced_with_what_is_owed_back(maison: Caisse) -> None:
    """A revision below zero waits; the final refund leaves with it, detailed by amount due."""
    pay(maison, PREMIERE)
    revision = REMBOURSEMENT | {"rang": 2, "nature": "REVISION", "montant_centimes": -241,
                                "date_arrete": date(2026, 1, 21)}  # fmt: skip
    write(maison, "remboursements_intemperies", REMBOURSEMENT, revision)
    assert pay(maison, date(2026, 1, 21)) == {}
    assert maison.read("reglements_retenus").is_empty()
    final = REMBOURSEMENT | {"rang": 3, "nature": "DEFINITIF", "montant_centimes": 1_000,
                             "date_arrete": date(2026, 6, 1)}  # fmt: skip
    write(maison, "remboursements_intemperies", REMBOURSEMENT, revision, final)
    pay(maison, date(2026, 6, 1))
    dernier = maison.read("reglements").sort("date_emission")[-1]
    assert dernier["montant_centimes"].to_list() == [759]
    detail = maison.read("reglements_dus").join(dernier, on="reglement", how="semi")
    assert sorted(detail["montant_centimes"]) == [-241, 1_000]


def test_a_company_that_is_not_up_to_date_is_paid_when_it_is(maison: Caisse) -> None:
    """I-40: the order is held until the situation says so."""
    situation = {"siren": SIREN, "adherent": "A80001", "date_arrete": PREMIERE, "a_jour": False,
                 **dict.fromkeys(("dsn_attendues", "dsn_recues", "echu_centimes",
                                  "majorations_centimes", "avoir_centimes",
                                  "solde_exigible_centimes"), 0)}  # fmt: skip
    write(maison, "situations", situation)
    assert pay(maison, PREMIERE) == {}
    assert maison.read("reglements_retenus")["raison"].to_list() == ["PAS_A_JOUR"]
    assert read_alertes_virements(maison.maison, PREMIERE).is_empty()
    write(maison, "situations", situation | {"a_jour": True})
    assert list(pay(maison, date(2026, 1, 21))) == ["VIRE-20260121-00002.xml"]


def test_a_night_done_again_writes_the_same(maison: Caisse) -> None:
    """Steps done twice leave the same rows: nothing is lost, nothing is paid twice."""
    vus = []
    for _ in range(2):
        steps(maison, PREMIERE)
        vus.append([maison.maison.lac.read(nom).collect().write_csv() for nom in TABLES])
    assert vus[0] == vus[1]
    assert read_nouveaux_virements(maison.maison)["reglement"].to_list() == [NOM]


def test_a_refund_that_comes_after_a_cut_is_paid_too(maison: Caisse) -> None:
    """The night is cut after the transfers, and done again with one more refund."""
    steps(maison, PREMIERE)
    autre = REMBOURSEMENT | {"declaration": "D2", "montant_centimes": 100}
    write(maison, "remboursements_intemperies", REMBOURSEMENT, autre)
    write(maison, "arrets_intemperies", ARRET, ARRET | {"declaration": "D2"})
    steps(maison, PREMIERE)
    assert read_nouveaux_virements(maison.maison)["montant_centimes"].to_list() == [6_341]


def test_only_the_file_for_the_bank_holds_an_account(maison: Caisse) -> None:
    """The IBAN is in the registry, in the file handed over, and nowhere else in the house."""
    pay(maison, PREMIERE)
    racine = maison.maison.reglages.dossier
    trouves = {
        chemin.relative_to(racine).parts[0]
        for chemin in racine.rglob("*")
        if chemin.is_file() and IBAN.encode() in chemin.read_bytes()
    }
    assert trouves <= {"sftp", "depots", "registre.sqlite", "registre.sqlite-wal"}
    tables = [read_table_publiee(maison.maison, nom).collect().write_csv() for nom in TABLES]
    assert not any(IBAN in texte for texte in tables)
