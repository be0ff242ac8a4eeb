"""A night reads the registry and the decisions as it found them, whatever comes while it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.metiers import METIERS
from pipelines.nuit.ordre import list_temps
from pipelines.nuit.passage import open_nuit
from pipelines.publication.registre import COMPLETEES
from tests.conftest import NATURES
from warehouse.decisions import record_decision
from warehouse.instants import format_instant
from warehouse.nuits import read_vue_publiee
from warehouse.registre import TABLES, YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse

SIREN = "800000010"
OUI = "debut: 2026-01-01, valeur: oui"
MIXTE = "debut: 2026-01-01, valeur: 800000, motif: mixte"
CORRECTIONS = (
    f"parametres_cdg:\n- {{cdg: C8000101, parametre: refaction_ppm, {MIXTE}}}\n",
    f"adherents:\n- {{siren: {SIREN}, raison_sociale: NOUVEAU NOM, ville: NICE}}\n",
    f"adherents:\n- {{siren: {SIREN}, ville: LYON}}\n",
    f"adherents:\n- {{siren: {SIREN}, ville: LILLE}}\n",
    "etablissements:\n- {siret: '80000001000010', debut: 2016-01-01}\n",
    "comptes_bancaires:\n- {compte: CB-80001, iban: FR7699999000010000000000115, titulaire: T}\n",
    "mandats:\n- {rum: CNETP-C8000101-001, prelevement_automatique: non}\n",
    f"adhesions:\n- {{siren: {SIREN}, cotisation: FNTP, debut: 2026-01-01}}\n",
    f"adherents:\n- {{siren: {SIREN}, fin_activite: 2040-12-31}}\n",
    f"options_adherents:\n- {{siren: {SIREN}, option: zero_papier, {OUI}}}\n",
    "vigilances_canicule:\n- {departement: 69, jour: 2026-07-09, niveau: O}\n",
    "arretes_prefet:\n- {departement: 38, debut: 2026-07-09, fin: 2026-07-11, reference: R}\n",
    f"adherents:\n- {{siren: {SIREN}, ville: BREST}}\n",
    f"adherents:\n- {{siren: {SIREN}, ville: NANTES}}\n",
    f"adherents:\n- {{siren: {SIREN}, ville: TOURS}}\n",
    f"adherents:\n- {{siren: {SIREN}, ville: LORIENT}}\n",
)


def _play(caisse: Caisse, soir: datetime, before: Callable[[str], None]) -> None:
    """A night, to its publication; `before` is told the name of each task that is about to run."""
    open_nuit(caisse.passage(soir))
    for temps in list_temps(METIERS):
        before(temps.nom)
        caisse.run(temps.nom, soir.date())


def _published(caisse: Caisse) -> dict[str, bytes]:
    """What the night published; what was answered at once reads the registry as it is."""
    publie = caisse.published(sauf=("sha256", "octets"))
    return {nom: octets for nom, octets in publie.items() if "/CONTROLE_" not in nom}


def _disturb(caisse: Caisse, soir: datetime, contenu: str) -> None:
    caisse.learn(contenu.encode(), YAML)
    decision = {"siren": SIREN, "cdg": "C8000101", "montant_centimes": 5_000}
    acte = {"auteur": "test", "motif": "test", "instant": format_instant(soir)}
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion, nature=NATURES["AVOIR"], date_effet=soir.date(), **decision, **acte
        )


@pytest.mark.recit
@pytest.mark.lent
def test_what_comes_during_a_night_waits_for_the_next_one(
    make_caisse: Callable[..., Caisse],
    mandat_automatique: bytes,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
    soir: datetime,
) -> None:
    """A correction before each task: the night publishes what it would have, the next one all.

    What it read is read again from its publication.
    """
    calme, agitee = make_caisse(), make_caisse()
    for caisse in (calme, agitee):
        caisse.learn(mandat_automatique, YAML)
        caisse.drop("A80001", "normale.dsn", as_real(normale))
    _play(calme, soir, lambda _: None)
    taches = [temps.nom for temps in list_temps(METIERS)]
    arrivees = dict(zip(taches[: taches.index("publier") + 1], CORRECTIONS, strict=True))
    _play(agitee, soir, lambda nom: nom in arrivees and _disturb(agitee, soir, arrivees[nom]))
    assert _published(agitee) == _published(calme)
    with agitee.maison.moteur.connect() as connexion:
        vue = read_vue_publiee(connexion, 1)
        relues = {nom: TABLES[nom](connexion, vue.registre) for nom in TABLES.keys() - COMPLETEES}
    assert vue.decisions == 0
    for nom, frame in relues.items():
        assert frame.equals(agitee.read(nom, 1)), nom
    agitee.pass_night(soir + timedelta(days=1))
    assert agitee.read("adherents").filter(siren=SIREN)["raison_sociale"].item() == "NOUVEAU NOM"
    assert len(agitee.read("decisions")) == len(CORRECTIONS)
    assert agitee.read("appels")["rang"].to_list() == [1, 2]
