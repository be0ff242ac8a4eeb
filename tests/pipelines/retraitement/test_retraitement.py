"""Deposits done again or withdrawn: shown first, approved by another, then published as shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.nuit.passage import open_nuit
from pipelines.ordonnancement import retraitements
from pipelines.rejeu.comparaison import compare
from pipelines.rejeu.moteurs import replay
from pipelines.retraitement.decisions import Acteur, approve, refuse
from pipelines.retraitement.effets import RetraitementRefuse
from pipelines.retraitement.etapes import Prepare, ask_retraitement, prepare_retraitement
from pipelines.retraitement.perimetres import (
    Perimetre,
    PerimetreVide,
    find_depots,
    find_perimetre,
)
from tests.conftest import NATURES, SOIR
from warehouse.decisions import DecisionRefusee, record_decision
from warehouse.faits import read_faits
from warehouse.instants import format_instant
from warehouse.retraitements import (
    RECONTROLE,
    RETRAIT,
    Acte,
    Effet,
    find_demande,
    list_demandes,
    read_effet,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Caisse

SIREN, CDG, DEPOT = "800000010", "C8000101", "D00000001"
LENDEMAIN, APRES = (SOIR + timedelta(days=jours) for jours in (1, 2))
ANNE, BRUNO = Acteur("Anne", "anne", "bases fausses"), Acteur("Bruno", "bruno", "vu avec Anne")
UN_DEPOT = Perimetre(depot=DEPOT)


@pytest.fixture(scope="module")
def retrait(make_appelee: Callable[..., Caisse]) -> Prepare:
    """What the withdrawal of the deposit of that fund would change."""
    return prepare(make_appelee(), RETRAIT)


def prepare(
    caisse: Caisse, acte: Acte, perimetre: Perimetre = UN_DEPOT, soir: datetime = LENDEMAIN
) -> Prepare:
    """What the act would change, that evening."""
    return prepare_retraitement(caisse.passage(soir), perimetre, acte)


def ask(caisse: Caisse, prete: Prepare, soir: datetime = LENDEMAIN) -> int:
    """Anne asks for it."""
    return ask_retraitement(caisse.maison, prete, ANNE, format_instant(soir))


def amounts(effet: Effet, table: str) -> dict[str, tuple[int, int]]:
    """Totals before and after of the rows of a table that change."""
    return next(dict(c.montants) for c in effet.changements if c.table == table)


def test_what_a_withdrawal_would_change_is_shown_and_nothing_is_done(appelee: Caisse) -> None:
    """The call would be taken back by difference; the house is as it was."""
    avant = appelee.published()
    effet = prepare(appelee, RETRAIT).effet
    assert amounts(effet, "soldes")["appele_centimes"] == (281_923, 0)
    assert {c.siren for c in effet.changements} >= {SIREN}
    assert any(nom.startswith("APPEL_") for _, nom in effet.documents)
    assert (effet.publication, effet.argent) == (1, ())
    assert appelee.published() == avant
    assert appelee.journal()["mars.dsn"].etat == "INTEGRE"
    assert not list(appelee.maison.reglages.dossier.glob(".jumelle-*"))


def test_a_control_again_that_changes_nothing_is_said_and_not_recorded(appelee: Caisse) -> None:
    """The same bytes, the same norm: no request, and the night after has nothing to publish."""
    prete = prepare(appelee, RECONTROLE)
    assert prete.effet.nul
    with pytest.raises(RetraitementRefuse, match="rien ne changerait"):
        ask(appelee, prete)
    assert appelee.pass_night(LENDEMAIN).publication is None


def test_what_was_approved_is_published_as_it_was_shown(
    appelee: Caisse, retrait: Prepare, tmp_path: Path
) -> None:
    """Asked by one, approved by another: the night publishes those amounts, and says who.

    Played again from its facts, the fund withdraws the deposit again.
    """
    numero = ask(appelee, retrait)
    with appelee.maison.moteur.connect() as connexion:
        demande = find_demande(connexion, numero)
    assert read_effet(appelee.maison, demande) == retrait.effet
    approve(appelee.maison, numero, BRUNO, format_instant(LENDEMAIN))
    appelee.pass_night(LENDEMAIN)
    assert appelee.read("soldes")["appele_centimes"].to_list() == [0]
    assert appelee.read("depots")["etat"].to_list() == ["MIS_A_L_ECART"]
    noms = {nom.split("/")[-1] for nom in appelee.returned()}
    assert {nom for _, nom in retrait.effet.documents} <= noms
    dites = appelee.read("decisions").select("nature", "auteur").rows()
    assert dites == [("DEMANDE_RETRAITEMENT", "Anne"), ("ACCORD_RETRAITEMENT", "Bruno")]
    with appelee.maison.moteur.connect() as connexion:
        faits = read_faits(connexion, 2)
    rejouee = replay(faits, appelee.maison, tmp_path / "rejeu")
    assert compare(appelee.maison, rejouee, 2).ecarts == ()


def test_a_deposit_set_aside_is_taken_up_again_once_shown(appelee: Caisse) -> None:
    """What it would bring back is shown, then brought back."""
    with appelee.maison.moteur.begin() as connexion:
        record_decision(
            connexion, nature=NATURES["MISE_A_L_ECART"], siren=None, date_effet=SOIR.date(),
            auteur="Anne", motif="essai", instant=format_instant(SOIR), contenu={"depot": DEPOT},
        )  # fmt: skip
    appelee.pass_night(LENDEMAIN)
    prete = prepare(appelee, RECONTROLE, soir=APRES)
    assert amounts(prete.effet, "soldes")["appele_centimes"] == (0, 281_923)
    approve(appelee.maison, ask(appelee, prete, APRES), BRUNO, format_instant(APRES))
    appelee.pass_night(APRES)
    assert appelee.read("soldes")["appele_centimes"].to_list() == [281_923]


def test_an_answer_is_recorded_once_whatever_a_scheduler_tries_again(
    appelee: Caisse, retrait: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered stands, for the try that follows and for who answers after it."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(appelee.maison.reglages.dossier))
    numero, sans_reponse = ask(appelee, retrait), ask(appelee, retrait)
    assert retraitements.find_suite(numero) is None
    reponse = {"par": "bruno", "motif": "vu", "instant": LENDEMAIN}
    for approuve in (True, True, False):
        assert retraitements.decider(numero, approuve=approuve, **reponse) == "approuvée"
    assert retraitements.find_suite(numero) == "approuvée"
    fin = {"par": None, "motif": "", "instant": APRES}
    with pytest.raises(DecisionRefusee):  # that deposit is set aside already
        retraitements.decider(sans_reponse, approuve=True, **reponse)
    assert retraitements.decider(sans_reponse, approuve=False, **fin) == "refusée"
    with appelee.maison.moteur.connect() as connexion:
        assert [d.par for d in list_demandes(connexion)] == ["bruno", "ordonnanceur"]


def test_its_author_does_not_approve_a_request(appelee: Caisse, retrait: Prepare) -> None:
    """Neither under that name, nor from that account; another name from another account does."""
    numero = ask(appelee, retrait)
    for acteur in (Acteur(" ANNE", "bruno", "oui"), Acteur("Bruno", "anne", "oui")):
        with pytest.raises(DecisionRefusee, match="son auteur ne l'approuve pas"):
            approve(appelee.maison, numero, acteur, format_instant(LENDEMAIN))
    assert appelee.journal()["mars.dsn"].etat == "INTEGRE"
    approve(appelee.maison, numero, BRUNO, format_instant(LENDEMAIN))
    with pytest.raises(DecisionRefusee, match="déjà approuvée, par Bruno"):
        refuse(appelee.maison, numero, BRUNO, format_instant(LENDEMAIN))


def test_a_refusal_leaves_a_trace_and_changes_nothing(appelee: Caisse, retrait: Prepare) -> None:
    """Its author may renounce; the deposit stays as it was."""
    numero = ask(appelee, retrait)
    refuse(appelee.maison, numero, ANNE, format_instant(LENDEMAIN))
    with appelee.maison.moteur.connect() as connexion:
        (demande,) = list_demandes(connexion)
    assert (demande.etat, demande.par) == ("refusée", "Anne")
    assert appelee.journal()["mars.dsn"].etat == "INTEGRE"


def test_a_request_ages_when_something_is_published(
    appelee: Caisse, retrait: Prepare, remplace: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """What was shown is no longer what would be done: it is to be asked again."""
    numero = ask(appelee, retrait)
    appelee.drop("A80001", "remplace.dsn", as_real(remplace))
    appelee.pass_night(LENDEMAIN)
    with pytest.raises(DecisionRefusee, match="une publication est parue depuis"):
        approve(appelee.maison, numero, BRUNO, format_instant(APRES))


def test_no_effect_is_computed_while_a_night_runs(appelee: Caisse) -> None:
    """A twin made then would be of no moment."""
    open_nuit(appelee.passage(LENDEMAIN))
    with pytest.raises(RetraitementRefuse, match="une nuit est en cours"):
        prepare(appelee, RETRAIT)


def test_scopes(appelee: Caisse, remplace: bytes) -> None:
    """A company, a centre, an employee, a month, a year, a campaign; a test is in none."""
    appelee.drop("A80001", "essai.dsn", remplace)
    appelee.pass_night(LENDEMAIN)
    salarie = appelee.read("contrats")["salarie"][0]
    for perimetre in (
        Perimetre(siren=SIREN),
        Perimetre(cdg=CDG),
        Perimetre(salarie=salarie),
        find_perimetre(appelee.maison, "A80001", Perimetre(matricule="M0001")),
        Perimetre(periode="2026-03"),
        Perimetre(periode="2026"),
        Perimetre(siren=SIREN, cdg=CDG, periode="2025-26"),
    ):
        assert find_depots(appelee.maison, perimetre, RECONTROLE) == (DEPOT,), perimetre
    for perimetre in (
        Perimetre(),
        Perimetre(siren="800000028"),
        Perimetre(siren=SIREN, periode="2026-04"),
        find_perimetre(appelee.maison, SIREN, Perimetre(matricule="M99999")),
        Perimetre(depot="D00000002"),
    ):
        with pytest.raises(PerimetreVide):
            find_depots(appelee.maison, perimetre, RECONTROLE)
