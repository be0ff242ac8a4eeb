"""Decisions are recorded once, complete, with who, when and why."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from cli.application import application
from pipelines.reglements.decisions import DecisionMouvement, read_decision_mouvement
from pipelines.retraitement.annulations import annul
from specs.retours import read_retours
from tests.conftest import NATURES
from warehouse.arrivees import Arrivee, record_depots
from warehouse.audit import verify_audit
from warehouse.decisions import (
    DecisionRefusee,
    read_decisions,
    read_en_vigueur,
    record_decision,
)
from warehouse.maison import Maison
from warehouse.registre import import_registre
from warehouse.tables_sql import AUDIT

INSTANT = "2026-03-01T21:00:00Z"
REGISTRE = """numero_adherent;siren;raison_sociale;cdg;siret;debut;fin
A1;800000010;TRAVAUX PUBLICS;C1;80000001000010;2015-01-01;
A2;999090012;ROUTES;C2;99909001200017;2015-01-01;
"""
ECHEANCES = [{"date": "2026-05-05", "centimes": 5000}, {"date": "2026-06-05", "centimes": 4000}]
SAISIE = {
    "saisie": "TI-1", "salarie": "a" * 32, "montant_centimes": 12_000, "part_ppm": None,
    "protege_centimes": 64_652, "fin": None,
}  # fmt: skip
HERITIERS = [{"compte": "CB-1", "part_ppm": 333_334}, {"compte": "CB-2", "part_ppm": 666_666}]
EXEMPLES: dict[str, dict[str, Any]] = {
    "REMISE_MAJORATION": {"appel": "C1-202603-00", "montant_centimes": 1_250},
    "ECHEANCIER": {"contenu": {"echeances": ECHEANCES, "appels": ["C1-202603-00"]}},
    "AVOIR": {"cdg": "C1", "montant_centimes": 99},
    "REVOCATION_ATTESTATION": {"contenu": {"attestation": "ATT-800000010-20260301-01"}},
    "DEMANDE_ATTESTATION": {},
    "SUSPENSION_PRELEVEMENT": {"cdg": "C1"},
    "AFFECTATION": {"contenu": {"mouvement": "D00000001-1", "centimes": 500}},
    "HORS_CAISSE": {"siren": None, "contenu": {"mouvement": "D00000001-2", "centimes": -90}},
    "REVOCATION_AFFECTATION": {"contenu": {"mouvement": "D00000001-1"}},
    "MISE_A_L_ECART": {"siren": None, "contenu": {"depot": "D00000001"}},
    "REPRISE_DEPOT": {"siren": None, "contenu": {"depot": "D00000001"}},
    "TITULAIRE_CONFIRME": {"contenu": {"salarie": "a" * 32, "compte": "b" * 32}},
    "COMPENSATION_CONGES": {"contenu": {"demande": "REQ-1"}},
    "HERITIERS_CONGES": {"contenu": {"demande": "REQ-1", "heritiers": HERITIERS}},
    "ANNULATION_CONGES": {"contenu": {"demande": "REQ-1"}},
    "RENONCIATION_FRACTIONNEMENT": {"contenu": {"demande": "REQ-1"}},
    "SAISIE_CONGES": {"siren": None, "contenu": SAISIE},
    "PRIORITE_CERTIFICAT": {"contenu": {"cert_ref": "C1"}},
    "FUSION_SALARIE": {"siren": None, "contenu": {"identifiant": "a" * 32, "salarie": "c" * 32}},
    "SEPARATION_SALARIE": {"siren": None, "contenu": {"identifiant": "a" * 32}},
}
RETRAIT = {
    "acte": "RETRAIT", "perimetre": "dépôt D00000001", "depots": ["D00000001"], "compte": "a",
    "publication": 0, "effet": "0" * 64,
}  # fmt: skip
PREMIERE, SECONDE = len(EXEMPLES) + 1, len(EXEMPLES) + 3
# A request, then what becomes of it, each by its number.
SUITES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("DEMANDE_RETRAITEMENT", {"siren": None, "contenu": RETRAIT}),
    ("REFUS_RETRAITEMENT", {"siren": None, "contenu": {"demande": PREMIERE, "compte": "b"}}),
    ("DEMANDE_RETRAITEMENT", {"siren": None, "contenu": RETRAIT}),
    ("ACCORD_RETRAITEMENT", {"siren": None, "contenu": {"demande": SECONDE, "compte": "b"}}),
    ("ANNULATION_DECISION", {"contenu": {"decision": 1}}),
)


@pytest.fixture(autouse=True)
def registre(maison: Maison) -> None:
    """Two companies, a deposit."""
    with maison.moteur.begin() as c:
        acte = {"auteur": "a", "motif": "m", "instant": INSTANT}
        import_registre(c, REGISTRE.encode(), archive=maison.archive, **acte)
        record_depots(c, [Arrivee("A1", "a.dsn", "0" * 64, 1, INSTANT)])


def _record(maison: Maison, nature: str, **valeurs: Any) -> int:
    sans = {"siren": "800000010", "auteur": "gestion", "motif": "accord de la direction"}
    with maison.moteur.begin() as c:
        return record_decision(
            c,
            nature=NATURES[nature],
            date_effet=date(2026, 4, 1),
            instant=INSTANT,
            **(sans | valeurs),
        )


def test_chaque_nature(maison: Maison) -> None:
    """Every nature is recorded under the next number, and its act is in the audit trail."""
    actes = (*EXEMPLES.items(), *SUITES)
    assert {nature for nature, _ in actes} == set(NATURES)
    numeros = [_record(maison, nature, **exemple) for nature, exemple in actes]
    assert numeros == [*range(1, len(actes) + 1)]
    with maison.moteur.connect() as c:
        lues = read_decisions(c)
        objets = c.scalars(select(AUDIT.c.objet).order_by(AUDIT.c.rang)).all()
        assert verify_audit(c)
    assert lues["nature"].to_list() == [nature for nature, _ in actes]
    assert json.loads(lues["contenu"][1]) == EXEMPLES["ECHEANCIER"]["contenu"]
    assert lues["contenu"][1].startswith('{"appels": [')
    assert set(lues["instant"]) == {INSTANT}
    assert objets[1] == "décision 1 : REMISE_MAJORATION, SIREN 800000010"
    assert objets[8] == "décision 8 : HORS_CAISSE"


def test_chaque_retour(maison: Maison) -> None:
    """Every nature is undone by a reversal, once, or says what to do instead."""
    retours = read_retours()
    assert set(retours) == set(NATURES)
    actes = (*EXEMPLES.items(), *SUITES[:-1])
    prises = [(_record(maison, nature, **exemple), nature) for nature, exemple in actes]
    for numero, nature in prises:
        autrement = retours[nature]
        attendu = "est déjà annulée" if autrement is None else re.escape(autrement)
        with maison.moteur.begin() as c:
            if autrement is None:
                annul(c, numero, "gestion", "erreur", INSTANT)
            en_vigueur = numero in read_en_vigueur(c)["numero"]
            assert en_vigueur == (autrement is not None), nature
            with pytest.raises(DecisionRefusee, match=attendu):
                annul(c, numero, "gestion", "erreur", INSTANT)


@pytest.mark.parametrize(
    ("nature", "change", "erreur"),
    [
        ("AVOIR", {"motif": " "}, "motif : obligatoire"),
        ("AVOIR", {"auteur": ""}, "auteur : obligatoire"),
        ("AVOIR", {"montant_centimes": None}, "montant_centimes : obligatoire"),
        ("AVOIR", {"montant_centimes": 0}, "montant_centimes : plus grand que zéro attendu"),
        ("AVOIR", {"cdg": "C2"}, "cdg : ce centre de gestion n'est pas de ce SIREN"),
        ("AVOIR", {"siren": "732829320"}, "siren : inconnu du registre"),
        ("AVOIR", {"contenu": {"x": 1}}, "contenu : rien n'est attendu pour cette nature"),
        ("AVOIR", {"motif": "vers FR14 2004 1010 0505 0001 3M02 606"}, "motif : un IBAN"),
        ("REMISE_MAJORATION", {"appel": None}, "appel : obligatoire"),
        ("REVOCATION_ATTESTATION", {"contenu": {}}, "contenu : l'attestation à révoquer"),
        ("ECHEANCIER", {"contenu": {}}, "contenu : les appels et les échéances"),
        ("AVOIR", {"siren": None}, "siren : obligatoire"),
        ("AFFECTATION", {"siren": None}, "siren : obligatoire"),
        (
            "AFFECTATION",
            {"contenu": {"mouvement": "D1-1"}},
            "contenu : le mouvement et son montant",
        ),
        (
            "AFFECTATION",
            {"contenu": {"mouvement": "D1-1", "centimes": 0}},
            "mouvement : il ne porte aucun montant",
        ),
        ("HORS_CAISSE", {"contenu": {}}, "contenu : le mouvement et son montant sont attendus"),
        ("REVOCATION_AFFECTATION", {"contenu": {}}, "contenu : le mouvement est attendu"),
        ("REVOCATION_AFFECTATION", {}, "mouvement : aucune décision à révoquer"),
        (
            "HERITIERS_CONGES",
            {"contenu": {"demande": "REQ-1", "heritiers": HERITIERS[:1]}},
            "héritiers : des parts dont la somme est 100 %",
        ),
        (
            "ECHEANCIER",
            {"contenu": {"appels": [], "echeances": ECHEANCES}},
            "appels : un appel au moins",
        ),
        (
            "ECHEANCIER",
            {"contenu": {"appels": ["a"], "echeances": ECHEANCES[::-1]}},
            "échéances : des dates qui se suivent",
        ),
        (
            "ECHEANCIER",
            {"contenu": {"appels": ["a"], "echeances": [{"date": "05/05/2026", "centimes": 1}]}},
            "échéances : une au moins, chacune avec une date AAAA-MM-JJ",
        ),
        (
            "ECHEANCIER",
            {"contenu": {"appels": ["a"], "echeances": [{"date": "2026-05-05", "centimes": 0}]}},
            "échéances : chaque montant est attendu en centimes",
        ),
    ],
)
def test_decision_refusee(maison: Maison, nature: str, change: Any, erreur: str) -> None:
    """A decision that lacks something is refused with what is expected, and leaves no trace."""
    with pytest.raises(DecisionRefusee) as refus:
        _record(maison, nature, **(EXEMPLES[nature] | change))
    [lue] = refus.value.erreurs
    assert lue.startswith(erreur)
    with maison.moteur.connect() as c:
        assert read_decisions(c).is_empty()


def test_un_mouvement_se_decide_une_fois(maison: Maison) -> None:
    """Decided again only once the former decision is revoked, which is done once too."""
    affectation, hors_caisse = EXEMPLES["AFFECTATION"], EXEMPLES["AFFECTATION"] | {"siren": None}
    revocation = EXEMPLES["REVOCATION_AFFECTATION"]
    _record(maison, "AFFECTATION", **affectation)
    with pytest.raises(DecisionRefusee, match=r"la décision 1 \(affectation d'un mouvement\) en"):
        _record(maison, "HORS_CAISSE", **hors_caisse)
    _record(maison, "REVOCATION_AFFECTATION", **revocation)
    with pytest.raises(DecisionRefusee, match="aucune décision à révoquer"):
        _record(maison, "REVOCATION_AFFECTATION", **revocation)
    assert _record(maison, "HORS_CAISSE", **hors_caisse) == 3
    with maison.moteur.connect() as c:
        assert read_decision_mouvement(c, "D00000001-1") == DecisionMouvement(
            3, "HORS_CAISSE", None
        )
        assert read_decision_mouvement(c, "D00000001-10") is None


def test_nature_inconnue() -> None:
    """An unknown nature is refused with those that exist."""
    demande = ["decider", "cadeau", "--auteur", "gestion", "--motif", "accord"]
    refus = CliRunner().invoke(application, demande)
    assert refus.exit_code == 2
    assert "nature inconnue ; natures : remise-majoration, echeancier, avoir" in refus.stderr
