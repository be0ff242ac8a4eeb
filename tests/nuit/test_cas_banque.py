"""Twenty cases of a bank, played from files: what each must leave in the accounts and the mandates.

Every case starts from one fund: a call of March 2026, one debit of it handed over on 20 April in
PRLV-20260420-00002 (`sample_files/banque/cas`, made after public reports on comparable software).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from lxml import etree
from sqlalchemy import Table

from pipelines.explications.demandes import Demande, explain
from pipelines.metiers import METIERS
from tests.registre import correct_row, write_rows
from warehouse.registre import CSV, YAML, Import, import_registre
from warehouse.reglages import Reglages
from warehouse.tables_registre import ADHERENTS, COMPTES_BANCAIRES, IBANS

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

CAS = Path(__file__).parents[2] / "sample_files" / "banque" / "cas"
BOITE, ADHERENT, SIREN = "BANQUE", "A80001", "800000010"
APPEL, RUM = "C8000101-202603-01", "CNETP-C8000101-001"
DEBIT, MONTANT = "P800000010-20260427-01", 281_923
ESPACES = str.maketrans("\u202f\u00a0", "  ")
REMISE = "PRLV-20260420-00002"
CREDIT = "prelevement_credite.xml"


@dataclass(frozen=True, slots=True)
class Cas:
    """A fund in which a case is played, night after night."""

    caisse: Caisse

    def night(self, mois: int, jour: int, *fichiers: str) -> None:
        """One night, these samples being in the box of the bank."""
        for fichier in fichiers:
            self.caisse.drop(BOITE, fichier, (CAS / fichier).read_bytes())
        self.caisse.pass_night(datetime(2026, mois, jour, 20, 0, tzinfo=UTC))

    def learn(self, fichier: str) -> Import:
        """Import a sample of the registry, which may be refused."""
        with self.caisse.maison.moteur.begin() as connexion:
            return import_registre(
                connexion,
                (CAS / fichier).read_bytes(),
                archive=self.caisse.maison.archive,
                auteur="gestion",
                motif="essai",
                instant="2026-04-19T08:00:00Z",
                forme=CSV if fichier.endswith(".csv") else YAML,
                table="adherents" if fichier.endswith(".csv") else None,
            )

    def rows(self, table: str, *colonnes: str, **egal: Any) -> list[tuple[Any, ...]]:
        """Rows of a published table."""
        lues = self.caisse.read(table)
        return lues.filter(*(pl.col(c) == v for c, v in egal.items())).select(colonnes).rows()

    def debits(self) -> list[tuple[Any, ...]]:
        """State and reason of each debit of the company."""
        return self.rows("prelevements", "prelevement", "etat", "code_motif", siren=SIREN)

    def due(self) -> int:
        """What remains due of the call."""
        return int(self.rows("creances", "reste_centimes", appel=APPEL)[0][0])

    def mandate(self) -> str:
        """State of the mandate."""
        return str(self.rows("etats_mandat", "etat", rum=RUM)[0][0])

    def receipts(self) -> list[tuple[Any, ...]]:
        """Company, call and amount of each receipt."""
        return self.rows("encaissements", "siren", "appel", "montant_centimes")

    def told(self, identifiant: str) -> str:
        """Sentences of an explanation, which must close."""
        dite = explain(self.caisse.maison, Demande(identifiant, None), METIERS)
        assert dite.ecarts == ()
        return "\n".join(dite.phrases).translate(ESPACES)

    def check_ledger(self) -> None:
        """Every entry of the ledger is explained and closes."""
        for nom in self.caisse.read("ecritures")["ecriture"].unique():
            self.told(nom)

    def open_alerts(self) -> list[str]:
        """Kinds of the alerts that are open."""
        return [nature for (nature,) in self.rows("alertes", "nature", etat="OUVERTE")]


def open_case(source: Path, cible: Path, open_caisse: Callable[[Reglages], Caisse]) -> Cas:
    """A copy of a fund, to play a case in it."""
    shutil.copytree(source, cible)
    return Cas(open_caisse(Reglages(dossier=cible, nombre_parts=2)))


@pytest.fixture(scope="module")
def avril(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
    mandat_automatique: bytes,
) -> Caisse:
    """A fund that called March on 5 April, before any debit."""
    caisse = make_caisse(nombre_parts=2)
    caisse.learn(mandat_automatique, YAML)
    caisse.drop(ADHERENT, "cnetp_2026-03_normale.dsn", as_real(normale))
    caisse.pass_night(datetime(2026, 4, 5, 20, 0, tzinfo=UTC))
    caisse.maison.moteur.dispose()
    return caisse


@pytest.fixture(scope="module")
def emis(
    avril: Caisse,
    tmp_path_factory: pytest.TempPathFactory,
    open_caisse: Callable[[Reglages], Caisse],
) -> Caisse:
    """The same on 20 April: the debit is handed over."""
    cas = open_case(
        avril.maison.reglages.dossier, tmp_path_factory.mktemp("emis") / "maison", open_caisse
    )
    cas.night(4, 20)
    assert cas.debits() == [(DEBIT, "EMIS", None)]
    assert cas.rows("prelevements", "remise", "montant_centimes") == [(REMISE, MONTANT)]
    cas.caisse.maison.moteur.dispose()
    return cas.caisse


@pytest.fixture
def avant(avril: Caisse, tmp_path: Path, open_caisse: Callable[[Reglages], Caisse]) -> Cas:
    """A case played from the call on."""
    return open_case(avril.maison.reglages.dossier, tmp_path / "maison", open_caisse)


@pytest.fixture
def cas(emis: Caisse, tmp_path: Path, open_caisse: Callable[[Reglages], Caisse]) -> Cas:
    """A case played from the debit on."""
    return open_case(emis.maison.reglages.dossier, tmp_path / "maison", open_caisse)


def test_b01_a_return_that_the_bank_undoes(cas: Cas) -> None:
    """Settled, returned, given back: settled, nothing due, and no second debit."""
    cas.night(4, 27, CREDIT)
    assert cas.debits() == [(DEBIT, "REGLE", None)]
    cas.night(4, 29, "prelevement_retourne.xml")
    assert (cas.debits(), cas.due()) == ([(DEBIT, "REJETE", "MS03")], MONTANT)
    cas.night(4, 30, "retour_annule.xml")
    assert (cas.debits(), cas.due()) == ([(DEBIT, "REGLE", None)], 0)
    cas.night(5, 4)
    assert cas.debits() == [(DEBIT, "REGLE", None)]
    assert cas.rows("creances", "etat", appel=APPEL) == [("SOLDEE",)]
    assert cas.rows("mouvements_ecartes", "motif") == []
    dite = cas.told(DEBIT)
    assert "État : réglé le 27 avril 2026." in dite
    assert "Retour D00000003-1 du 29 avril 2026" in dite
    assert "Annulation par la banque (retour) D00000004-1 du 30 avril 2026" in dite
    cas.check_ledger()


@pytest.mark.parametrize("retour", ["retour_avec_frais.xml", "retour_avec_frais_au_detail.xml"])
def test_b02_b03_a_return_with_charges(cas: Cas, retour: str) -> None:
    """The debit is returned at its amount, the charges apart; the mandate is suspended."""
    cas.night(4, 27, CREDIT)
    cas.night(4, 29, retour)
    assert cas.debits() == [(DEBIT, "REJETE", "MD01")]
    assert (cas.due(), cas.mandate()) == (MONTANT, "SUSPENDU")
    colonnes = ("montant_centimes", "frais_centimes", "net_centimes")
    assert cas.rows("encaissements", *colonnes, nature="RETOUR") == [(-MONTANT, 300, -282_223)]
    frais = cas.rows("ecritures", "compte", "debit_centimes", "credit_centimes", journal="FRAIS")
    assert frais == [("512", 0, 300), ("627", 300, 0)]
    dite = cas.told("D00000003-1")
    assert "à la charge de la caisse : 3,00 € ; porté au compte : −2 822,23 €." in dite
    assert "FRA-D00000003-1" in dite
    assert "(MD01, mandat absent ou révoqué) : le mandat est suspendu." in cas.told(DEBIT)
    cas.check_ledger()


def test_b04_an_advice_in_utc_then_the_statement(cas: Cas) -> None:
    """22:30 UTC is the next day in Paris: one receipt, one double."""
    cas.night(4, 23, "virement_avis_en_temps_universel.xml", "virement_releve.xml")
    assert cas.receipts() == [(SIREN, APPEL, 50_000)]
    assert cas.rows("encaissements", "date_operation") == [(date(2026, 4, 23),)]
    assert cas.rows("mouvements_ecartes", "motif") == [("DOUBLE",)]


def test_b05_two_payers_without_a_reference(cas: Cas) -> None:
    """Each of the two payers has its receipt."""
    cas.night(4, 23, "deux_payeurs_premier_avis.xml", "deux_payeurs_second_avis.xml")
    assert sorted(cas.receipts()) == [(SIREN, None, 50_000), ("999090012", None, 50_000)]
    assert cas.rows("mouvements_ecartes", "motif") == []


@pytest.mark.parametrize(
    "fichier",
    [
        "montant_zeros_en_tete.xml",
        "montant_cinq_decimales.xml",
        "solde_proprietaire.xml",
        "deux_comptes.xml",
        "sans_date_operation.xml",
        "reference_en_complement.xml",
    ],
)
def test_b06_to_b12_a_statement_is_read(cas: Cas, fichier: str) -> None:
    """What the schema allows is read: the transfer goes to the call that it names."""
    cas.night(4, 23, fichier)
    assert cas.caisse.journal()[fichier].etat == "INTEGRE"
    assert cas.receipts() == [(SIREN, APPEL, 50_000)]
    assert cas.rows("encaissements", "affectation") == [("REFERENCE",)]


def test_b08_several_details_of_batches(cas: Cas) -> None:
    """Two batches in one entry are two movements, each with its reference."""
    cas.night(4, 23, "ecriture_de_deux_lots.xml")
    mouvements = cas.caisse.maison.lac.read("mouvements_banque").collect().sort("rang")
    assert mouvements["remise"].to_list() == ["L1", "L2"]
    assert cas.rows("encaissements_non_affectes", "rang") == [(1,), (2,)]


def test_b10_the_account_of_another_is_left_and_told(cas: Cas) -> None:
    """The statement of another account in the same file is signalled."""
    cas.night(4, 23, "deux_comptes.xml")
    depot = cas.caisse.journal()["deux_comptes.xml"].depot
    assert cas.rows("anomalies", "code", "severite", depot=depot) == [("B008", "signal")]


def test_b13_a_batch_told_by_its_file(cas: Cas) -> None:
    """A credit that names our file alone settles its debits."""
    cas.night(4, 27, "lot_nomme_par_son_message.xml")
    assert cas.debits() == [(DEBIT, "REGLE", None)]


def test_p01_a_file_refused_for_our_fault(cas: Cas) -> None:
    """No mandate is suspended, the operator is told; handed over again, never twice."""
    cas.night(4, 21, "remise_refusee_en_double.xml")
    assert cas.debits() == [(DEBIT, "A_REMETTRE", "DU01")]
    assert (cas.mandate(), cas.due()) == ("ACTIF", MONTANT)
    assert cas.open_alerts() == ["REMISE"]
    assert "refusé sans que l'entreprise y soit pour rien" in cas.told(DEBIT)
    cas.night(4, 29)
    premier, second = cas.debits()
    assert premier[1] == "A_REMETTRE"
    assert second == ("P800000010-20260504-01", "EMIS", None)
    assert cas.rows("creances", "majorations_centimes", appel=APPEL) == [(0,)]


@pytest.mark.parametrize("fichier", ["statut_partiel_et_refus.xml", "refus_par_mandat.xml"])
def test_p02_p03_a_refusal_is_never_lost(cas: Cas, fichier: str) -> None:
    """Under a rare status of the file, or told by its mandate: the debit is refused."""
    cas.night(4, 21, fichier)
    assert cas.debits() == [(DEBIT, "REJETE", "AC04")]
    assert (cas.mandate(), cas.due()) == ("SUSPENDU", MONTANT)
    assert cas.open_alerts() == []


def test_r01_a_holder_in_another_alphabet(avant: Cas) -> None:
    """Refused when imported; the night goes on as before."""
    (erreur,) = avant.learn("titulaire_non_latin.yaml").erreurs
    assert "lettres latines" in erreur
    avant.night(4, 20)
    assert avant.debits() == [(DEBIT, "EMIS", None)]


def test_r02_a_change_of_account_without_an_event(cas: Cas) -> None:
    """Returned for lack of funds, then debited on another account: the file says so (SMNDA)."""
    cas.night(4, 27, CREDIT)
    retour = (CAS / "prelevement_retourne.xml").read_bytes()
    octets = retour.replace(b"MS03", b"AM04").replace(b"2026-04-29", b"2026-04-28")
    cas.caisse.drop(BOITE, "retour_AM04.xml", octets)
    cas.night(4, 28)
    assert cas.learn("compte_change.yaml").erreurs == ()
    cas.night(5, 4)
    emis = cas.rows("prelevements", "prelevement", "compte", "changement_compte", etat="EMIS")
    assert [(compte, change) for _, compte, change in emis] == [("CB-80002", True)]
    assert b"<Id>SMNDA</Id>" in last_debits(cas)


def test_r03_a_postcode_that_lost_its_zero(avant: Cas) -> None:
    """Refused when imported."""
    (erreur,) = avant.learn("code_postal_sans_zero.csv").erreurs
    assert "5 chiffres" in erreur


def test_r04_a_swiss_account_without_an_address(avant: Cas) -> None:
    """Refused when imported; the debit goes to the account of before."""
    (erreur,) = avant.learn("compte_suisse_sans_adresse.yaml").erreurs
    assert "Espace économique européen" in erreur
    avant.night(4, 20)
    assert b"CH42" not in last_debits(avant)


COMPTE = {"compte": "CB-80001"}
BANCAIRES: dict[str, tuple[tuple[Table, dict[str, str], dict[str, str | None]], ...]] = {
    "titulaire": ((COMPTES_BANCAIRES, COMPTE, {"titulaire": "ЮРИЙ СТРОЙ"}),),
    "adresse": (
        (ADHERENTS, {"siren": SIREN}, {"adresse": None, "code_postal": None, "ville": None}),
        (IBANS, COMPTE, {"iban": "CH4299999000000000001"}),
    ),
}


@pytest.mark.parametrize("nom", sorted(BANCAIRES))
def test_what_was_written_before_is_set_aside(avant: Cas, nom: str) -> None:
    """Already in the registry: the debit is set aside and told, then handed over once mended."""
    registre = avant.caisse.maison.moteur
    with registre.begin() as connexion:
        anciennes = [
            (table, correct_row(connexion, table, cle, valeurs))
            for table, cle, valeurs in BANCAIRES[nom]
        ]
    avant.night(4, 20)
    assert avant.debits() == []
    assert avant.open_alerts() == ["PRELEVEMENT"]
    assert avant.rows("prelevements_ecartes", "siren", "montant_centimes") == [(SIREN, MONTANT)]
    (cause,) = avant.rows("alertes", "cause")[0]
    assert RUM in cause
    assert "ЮРИЙ" not in cause
    with registre.begin() as connexion:
        write_rows(connexion, *anciennes)
    avant.night(4, 21)
    assert [etat for _, etat, _ in avant.debits()] == ["EMIS"]
    assert avant.open_alerts() == []


def last_debits(cas: Cas) -> bytes:
    """The last file of debits in the box of the bank."""
    fichiers = sorted(cas.caisse.box(BOITE, "retour").glob("PRLV-*.xml"))
    etree.fromstring(fichiers[-1].read_bytes())
    return fichiers[-1].read_bytes()
