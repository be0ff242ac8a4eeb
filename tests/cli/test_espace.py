"""`caisse espace`: what companies ask for, seen and refused by an operator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.nuit.passage import open_nuit
from specs.espace import read_regles
from specs.espace.actes import find_acte
from warehouse.audit import read_objets
from warehouse.demandes.journal import DemandeImpossible, list_demandes, record_demande
from warehouse.preuves.contenus import read_nommes
from warehouse.purges import RECUS, list_purgeables
from warehouse.registre import YAML

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

BONS = Path(__file__).parents[2] / "sample_files" / "bons"
SIREN, ADM, INSTANT = "800000010", "A80001-ADM", "2026-04-05T08:00:00Z"


@pytest.fixture
def demandee(caisse: Caisse) -> Caisse:
    """A fund of which a company asked for two documents on paper."""
    caisse.learn((BONS / "registre.yaml").read_bytes(), YAML)
    for document in ("RELEVE", "APPEL"):
        request(caisse, document)
    return caisse


def request(caisse: Caisse, document: str) -> int:
    """Ask for a document on paper; the number of the request."""
    choix = {"document": document, "canal": "IMPRESSION", "debut": "2026-06-01"}
    with caisse.maison.moteur.begin() as connexion:
        return record_demande(
            connexion,
            caisse.maison.archive,
            acte=find_acte("documents"),
            siren=SIREN,
            utilisateur=ADM,
            lignes=[("", choix)],
            motif="archives",
            instant=INSTANT,
        )


def test_an_operator_sees_and_refuses(demandee: Caisse, ask: Callable[..., Result]) -> None:
    """Who, when, what, why; one that is refused before the night changes nothing."""
    vues = ask(demandee, "espace", "demandes").stdout
    assert f"1  {SIREN}  {ADM}, le 05/04/2026 à 10:00 : Objectif zéro papier" in vues
    assert "pourquoi : archives" in vues
    refus = ("espace", "refuser", "1", "--auteur", "A. Martin", "--motif", "par écrit")
    assert ask(demandee, *refus).exit_code == 0
    encore = ask(demandee, *refus)
    assert encore.exit_code == 1
    assert "aucune demande de ce numéro n'attend" in encore.stderr
    open_nuit(demandee.passage())
    assert ask(demandee, "espace", "demandes").stdout == ""
    toutes = ask(demandee, "espace", "demandes", "--toutes").stdout
    assert "refusée : par écrit" in toutes
    assert "faite : import" in toutes
    with demandee.maison.moteur.connect() as connexion:
        assert read_objets(connexion, "refus d'une demande de l'espace") == ["demande 1"]


def test_a_company_asks_for_so_much_at_once(demandee: Caisse) -> None:
    """Beyond, it waits for the night; another company does not."""
    for _ in range(read_regles().actes_en_attente - 2):
        request(demandee, "BASES")
    with pytest.raises(DemandeImpossible, match="Trop de demandes"):
        request(demandee, "BASES")
    open_nuit(demandee.passage())
    assert request(demandee, "BASES") > read_regles().actes_en_attente


def test_what_was_asked_for_is_kept_as_files_are(demandee: Caisse) -> None:
    """While it waits, whatever the age; then by the rule of the files received."""
    vieux = "2040-01-01T00:00:00Z"
    with demandee.maison.moteur.connect() as connexion:
        contenus = {d.contenu for d in list_demandes(connexion)}
        assert contenus <= read_nommes(connexion, 1)
        assert list_purgeables(connexion, RECUS, "annees_6", vieux) == []
    open_nuit(demandee.passage())
    with demandee.maison.moteur.connect() as connexion:
        partent = list_purgeables(connexion, RECUS, "annees_6", vieux)
        assert {p.sha256 for p in partent} == contenus
