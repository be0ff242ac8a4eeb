"""The report of a test, and that of the control, read back as people read them: the PDF."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.cotisations.documents.valeurs import DejaAppele
from pipelines.rapports.documents.rapport_pdf import compose_rapport_pdf
from pipelines.rapports.documents.valeurs import Verdict
from tests.pipelines.rapports.documents.test_documents import (
    CONTROLE,
    DECLARATION,
    EFFET,
    FEVRIER,
    MARS,
    RAPPORT,
    read_pdf,
    refuse,
)

AJOUT = replace(MARS, base_centimes=5000, montant_centimes=1050)
DIFFERENCE = replace(AJOUT, deja=DejaAppele(1350000, 0, 283500))
ESSAI = replace(
    RAPPORT, essai=True, effets=(replace(EFFET, appel=None, lignes=(FEVRIER, DIFFERENCE)),)
)
FAITS = ("est pris en compte", "est retenu", "retenue", "en attente", "ne change le", "Échéance d")


@pytest.mark.parametrize("verdict", Verdict.__args__)
def test_un_essai_ne_dit_rien_comme_un_fait(verdict: Verdict) -> None:
    """Whatever a real file would have got, a test has it in the conditional."""
    statuts = ("RETENUE", "REMPLACEE", "EN_ATTENTE", "SANS_EFFET", None)
    suites = tuple(replace(DECLARATION, statut=statut) for statut in statuts)
    essai = replace(ESSAI, verdict=verdict, declarations=suites, effets=())
    texte = read_pdf(compose_rapport_pdf(essai).draw())
    assert "FICHIER D’ESSAI – sans effet" in texte
    sans_conditionnel = texte.replace("serait retenue", "")
    assert [fait for fait in FAITS if fait in sans_conditionnel] == []


def test_un_essai_montre_ce_qui_changerait() -> None:
    """Line by line: called so far, what it would be with the file, the difference; their totals."""
    texte = read_pdf(compose_rapport_pdf(ESSAI).draw())
    for attendu in (
        "Appelé à ce jour Avec ce fichier Différence",
        "base −120,00 €, taux 21 % 0,00 € −25,20 € −25,20 €",
        "écart de base 50,00 €, taux 21 % 2 835,00 € 2 845,50 € 10,50 €",
        "Total de ces lignes 2 835,00 € 2 820,30 € −14,70 €",
    ):
        assert attendu in texte


def test_un_controle_annonce_le_rapport_de_la_nuit() -> None:
    """A conforming file is told what follows and nothing of its effect; a refused one, nothing."""
    for essai in (False, True):
        texte = read_pdf(compose_rapport_pdf(replace(CONTROLE, essai=essai)).draw())
        assert texte.count("RAPPORT_D00000123") == 2
        assert "à venir" in texte
        assert "pris en compte." not in texte.replace("si le fichier est pris en compte", "")
        assert "aucun autre ne suivra" not in texte
    assert "aucun autre ne suivra" in read_pdf(compose_rapport_pdf(refuse(1)).draw())
