"""A payment that nobody was found for: it waits, an officer decides, the next night counts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.metiers import METIERS
from sample_files.generateur.banque import Ligne, write_releve
from warehouse.audit import verify_audit
from warehouse.registre import YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

ADHERENT, SIREN, CDG, AUTRE = "A80001", "800000010", "C8000101", "999090012"
BONS = Path(__file__).parents[2] / "sample_files" / "bons"
APPEL, DU = f"{CDG}-202603-01", 281_923
IBAN = "FR7630006000011234567890189"
VALEUR, RECU, DECIDE = date(2026, 4, 24), date(2026, 4, 28), date(2026, 5, 4)
INCONNU = Ligne(
    DU, jour=VALEUR, iban=IBAN, nom="HOLDING DES TRAVAUX", reference="solde mars", bout_en_bout="E7"
)
FRAIS = Ligne(-1_200, "AUTRE", jour=VALEUR, reference="frais de tenue de compte")
ACTE = ("--auteur", "gestion", "--motif", "la société mère paie pour sa filiale")


def pass_night(caisse: Caisse, jour: date) -> bool:
    """Whether the night of a day publishes."""
    soir = datetime(jour.year, jour.month, jour.day, 20, tzinfo=UTC)
    return caisse.pass_night(soir).publication is not None


@pytest.fixture(scope="module")
def play_attente(
    make_caisse: Callable[..., Caisse], normale: bytes, as_real: Callable[[bytes], bytes]
) -> Callable[[], Caisse]:
    """Player of a fund that called March, then had two movements that are nobody's."""

    def play() -> Caisse:
        caisse = make_caisse(nombre_parts=1)
        caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
        pass_night(caisse, date(2026, 4, 5))
        caisse.drop("BANQUE", "releve.xml", write_releve([INCONNU, FRAIS]))
        pass_night(caisse, RECU)
        return caisse

    return play


@pytest.fixture(scope="module")
def attente(play_attente: Callable[[], Caisse]) -> Caisse:
    """A fund where two movements wait, for tests that decide nothing."""
    return play_attente()


@pytest.fixture
def indecise(attente: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """A copy of that fund, to decide in."""
    return copy_caisse(attente)


def waiting(caisse: Caisse) -> list[str]:
    """Movements that wait."""
    return caisse.read("encaissements_non_affectes")["mouvement"].to_list()


def account(caisse: Caisse) -> tuple[str, int, int]:
    """State of the call, its increases, the balance of its centre."""
    (creance,) = caisse.read("creances").filter(appel=APPEL).rows(named=True)
    (solde,) = caisse.read("soldes").filter(cdg=CDG)["solde_centimes"]
    return creance["etat"], creance["majorations_centimes"], solde


def decide(ask: Callable[..., Result], caisse: Caisse, *arguments: str, effet: date) -> None:
    """A decision that must be recorded."""
    fait = ask(caisse, "decider", *arguments, *ACTE, "--date-effet", str(effet))
    assert (fait.exit_code, fait.stderr) == (0, "")


def test_what_waits_is_told_without_naming_an_account(
    attente: Caisse, ask: Callable[..., Result]
) -> None:
    """The identifier to quote, the day, the amount, the text, who as far as it may be shown."""
    lus = json.loads(ask(attente, "encaissements", "--en-attente", "--format", "json").stdout)
    virement, frais = lus
    attendu = {
        "mouvement": "D00000002-1",
        "date_valeur": "2026-04-24",
        "montant_centimes": DU,
        "nom_masque": "HOL… DE… TRA…",
        "compte_masque": "FR76…0189",
        "reference": "solde mars",
        "bout_en_bout": "E7",
        "motif": "aucun appel ni compte connu ne le désigne",
    }
    assert {nom: virement[nom] for nom in attendu} == attendu
    assert (frais["mouvement"], frais["montant_centimes"]) == ("D00000002-2", -1_200)
    texte = ask(attente, "encaissements", "--en-attente").stdout
    assert "D00000002-1" in texte
    assert IBAN not in texte
    assert "TRAVAUX" not in attente.maison.lac.read("mouvements_banque").collect().write_csv()


@pytest.mark.parametrize(
    ("arguments", "erreur"),
    [
        (("affectation",), "mouvement : obligatoire"),
        (("affectation", "--mouvement", "virement"), "mouvement « virement » : l'identifiant"),
        (("affectation", "--mouvement", "D00000002-9"), "mouvement inconnu : D00000002-9"),
        (("affectation", "--mouvement", "D00000002-1"), "--adherent : obligatoire"),
        (
            ("affectation", "--mouvement", "D00000002-1", "--mois", "2026-03"),
            "--adherent : obligatoire",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", SIREN, "--mois", "mars"),
            "mois « mars » : AAAA-MM attendu",
        ),
        (("avoir", "--montant", "5"), "--adherent : obligatoire"),
        (
            ("suspension-prelevement", "--adherent", SIREN, "--montant", "5"),
            "--montant : sans effet sur cette décision",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", "732829320"),
            "siren : inconnu du registre",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", "A1"),
            "Adhérent inconnu du registre : « A1 »",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", SIREN, "--montant", "12"),
            "le mouvement D00000002-1 est de 2 819,23 €",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", SIREN, "--appel", "X"),
            "appel inconnu : X pour cet adhérent",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", AUTRE, "--mois", "2026-03"),
            "aucun appel en 2026-03 pour cet adhérent",
        ),
        (
            ("affectation", "--mouvement", "D00000002-1", "--adherent", SIREN, "--cdg", "C900101"),
            "cdg : ce centre de gestion n'est pas de ce SIREN",
        ),
        (
            ("hors-caisse", "--mouvement", "D00000002-2", "--adherent", SIREN),
            "aucun adhérent, centre",
        ),
        (("revocation-affectation", "--mouvement", "D00000002-1"), "mouvement : aucune décision"),
        (
            ("avoir", "--adherent", SIREN, "--cdg", CDG, "--mouvement", "D00000002-1"),
            "--mouvement et --mois ne valent que",
        ),
    ],
)
def test_what_cannot_be_decided_is_refused(
    attente: Caisse, ask: Callable[..., Result], arguments: tuple[str, ...], erreur: str
) -> None:
    """A sentence that says what is wrong, exit code 2, and nothing recorded."""
    fait = ask(attente, "decider", *arguments, *ACTE)
    assert fait.exit_code == 2
    lu = fait.stderr.replace("\u202f", " ").replace("\u00a0", " ")
    assert f"Décision refusée : {erreur}" in lu
    assert attente.read("decisions").is_empty()


def test_what_was_matched_or_is_yet_to_be_is_not_decided(
    make_caisse: Callable[..., Caisse], ask: Callable[..., Result]
) -> None:
    """Known by its reference, told twice, or of a file that no night has matched: refused."""
    caisse = make_caisse(nombre_parts=1)
    connu = Ligne(500, rum="CNETP-C8000101-001", reference_banque="B1", bout_en_bout="E1")
    for message in ("camt.054", "camt.053"):
        caisse.drop("BANQUE", f"{message}.xml", write_releve([connu], message))
    caisse.learn((BONS / "registre.yaml").read_bytes(), YAML)
    soir = datetime(2026, 4, 28, 20, tzinfo=UTC)
    caisse.receive(soir)
    for lot in plan_lots(caisse.maison):
        check_lot(caisse.maison, lot, soir, METIERS)

    def refusal(mouvement: str) -> str:
        affecte = ("affectation", "--mouvement", mouvement, "--adherent", SIREN)
        return ask(caisse, "decider", *affecte, *ACTE).stderr

    assert "D00000001-1 n'est pas encore rapproché : la prochaine nuit" in refusal("D00000001-1")
    pass_night(caisse, RECU)
    assert "D00000001-1 est déjà affecté à l'adhérent A80001" in refusal("D00000001-1")
    assert "D00000002-1 est écarté (DOUBLE, D00000001-1)" in refusal("D00000002-1")


def test_a_payment_counts_from_the_day_of_the_bank_once_decided(
    indecise: Caisse, ask: Callable[..., Result]
) -> None:
    """Late until the decision, never late after it; counted once; explained by its decision."""
    caisse = indecise
    assert account(caisse) == ("ECHUE", 2_799, DU + 2_799)
    decide(
        ask, caisse, "affectation", "--mouvement", "D00000002-1", "--adherent", ADHERENT,
        "--mois", "2026-03", "--montant", "2819,23", effet=DECIDE,
    )  # fmt: skip
    encore = ask(caisse, "decider", "hors-caisse", "--mouvement", "D00000002-1", *ACTE)
    assert "la décision 1 (affectation d'un mouvement) en dispose déjà" in encore.stderr
    assert pass_night(caisse, date(2026, 5, 3))
    assert waiting(caisse) == ["D00000002-1", "D00000002-2"]

    assert pass_night(caisse, DECIDE)
    assert waiting(caisse) == ["D00000002-2"]
    (recu,) = caisse.read("encaissements").rows(named=True)
    assert (recu["encaissement"], recu["decision"]) == ("D00000002-1-DEC-1", 1)
    assert (recu["appel"], recu["cdg"], recu["date_valeur"]) == (APPEL, CDG, VALEUR)
    assert account(caisse) == ("SOLDEE", 0, 0)
    assert pass_night(caisse, date(2026, 5, 5)) is False

    explique = ask(caisse, "expliquer", "D00000002-1-DEC-1")
    assert explique.exit_code == 0, explique.stdout
    assert "L'adhérent est désigné par une décision de la caisse." in explique.stdout
    assert "Décision 1, prise par gestion, d'effet au 4 mai 2026." in explique.stdout
    assert "la société mère paie pour sa filiale" in explique.stdout
    assert "ENC-D00000002-1-DEC-1" in explique.stdout
    ecriture = ask(caisse, "expliquer", "ENC-D00000002-1-DEC-1")
    assert "Décision 1, prise par gestion" in ecriture.stdout
    assert "D00000002-1-DEC-1" in ask(caisse, "releve", "--adherent", ADHERENT, "--large").stdout
    with caisse.maison.moteur.connect() as connexion:
        assert verify_audit(connexion)


def test_an_assignment_revoked_is_taken_back_and_decided_again(
    indecise: Caisse, ask: Callable[..., Result]
) -> None:
    """Given to the wrong company, revoked, then given to the right one: each ledger says so."""
    caisse = indecise
    ici = ("--mouvement", "D00000002-1")
    decide(ask, caisse, "affectation", *ici, "--adherent", AUTRE, effet=RECU)
    assert pass_night(caisse, date(2026, 4, 29))
    autre = caisse.read("soldes").filter(siren=AUTRE)["solde_centimes"]
    assert autre.sum() == -DU

    jour = date(2026, 5, 4)
    decide(ask, caisse, "revocation-affectation", *ici, effet=jour)
    assert caisse.maison.lac.read("decisions").collect().height == 1
    assert pass_night(caisse, jour)
    assert waiting(caisse) == ["D00000002-1", "D00000002-2"]
    assert caisse.read("soldes").filter(siren=AUTRE)["solde_centimes"].sum() == 0
    assert caisse.read("decisions")["siren"].to_list() == [AUTRE, AUTRE]

    decide(ask, caisse, "affectation", *ici, "--adherent", SIREN, "--appel", APPEL, effet=jour)
    assert pass_night(caisse, jour)
    assert account(caisse) == ("SOLDEE", 0, 0)
    ecritures = caisse.read("ecritures").filter(compte="411", journal="BANQUE")
    assert sorted(ecritures.select("ecriture", "siren").rows()) == [
        ("ENC-D00000002-1-DEC-1", AUTRE),
        ("ENC-D00000002-1-DEC-1-02", AUTRE),
        ("ENC-D00000002-1-DEC-3", SIREN),
    ]
    assert ask(caisse, "expliquer", "ENC-D00000002-1-DEC-1-02").exit_code == 0


def test_what_is_foreign_to_the_fund_leaves_the_list(
    indecise: Caisse, ask: Callable[..., Result]
) -> None:
    """It is set aside under the decision, on no account; its revocation makes it wait again."""
    caisse = indecise
    decide(ask, caisse, "hors-caisse", "--mouvement", "D00000002-2", effet=RECU)
    assert pass_night(caisse, date(2026, 4, 29))
    assert waiting(caisse) == ["D00000002-1"]
    assert caisse.read("mouvements_ecartes").select("rang", "motif", "origine").rows() == [
        (2, "HORS_CAISSE", "DEC-1")
    ]
    assert caisse.read("encaissements").is_empty()
    assert caisse.read("decisions")["siren"].to_list() == [None]
    decide(ask, caisse, "revocation-affectation", "--mouvement", "D00000002-2", effet=RECU)
    assert pass_night(caisse, date(2026, 4, 30))
    assert waiting(caisse) == ["D00000002-1", "D00000002-2"]


@pytest.mark.redite
def test_a_replay_gives_the_same_bytes(
    indecise: Caisse, play_attente: Callable[[], Caisse], ask: Callable[..., Result]
) -> None:
    """Two homes, the same decision: the same tables and documents, but the clock's instant."""
    vus = []
    for caisse in (indecise, play_attente()):
        ici = ("--mouvement", "D00000002-1", "--adherent", SIREN)
        decide(ask, caisse, "affectation", *ici, effet=DECIDE)
        pass_night(caisse, DECIDE)
        vus.append(caisse.published(sauf=("instant",)))
    assert vus[0] == vus[1]
    assert b"D00000002-1-DEC-1" in vus[0]["encaissements"]
