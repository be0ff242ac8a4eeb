"""Rights of the rules against a slow reference in fractions, on careers drawn at random."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from random import Random

from pipelines.conges.regles.acquisition.acquis import UN_MOIS
from pipelines.conges.regles.acquisition.calcul import CERTIFICATS, compute_acquisition
from specs.connaissances import read_connaissances
from tests.efforts import CARRIERES
from tests.pipelines.conges.carrieres import connu_of, draw_carriere
from tests.pipelines.conges.reference import Acquis, compute_exercice

UN_DEMI = Fraction(1, 2)
NUIT = date(2026, 5, 2)
EXERCICES = (2024, 2025, 2026)
DUREES = {
    "travail": "mois_travail_fractions",
    "maladie": "mois_maladie_fractions",
    "assimiles": "mois_assimiles_fractions",
    "presence": "presence_fractions",
    "forfait": "forfait_fractions",
    "retenus": "mois_retenus_fractions",
}


def told(acquis: Acquis) -> dict[str, object]:
    """The same columns as the rules."""
    # Months kept are rounded to their unit, which hours of a certificate may leave.
    durees = {nom: floor(getattr(acquis, n) * UN_MOIS + UN_DEMI) for n, nom in DUREES.items()}
    return {
        **durees,
        "heures_seuil_fractions": acquis.seuil * 100 * UN_MOIS,
        "jours_legaux": acquis.jours,
        "dixieme_seul": acquis.dixieme_seul,
        "categorie": acquis.categorie,
        "siren": acquis.siren,
        "brut_centimes": acquis.brut,
        "r_centimes": acquis.r,
        "indemnite_precedente_centimes": acquis.precedente,
    }


def test_the_rights_are_the_slow_reading_of_the_rules() -> None:
    """Each leave year of each career has the same time, days, hours, wages."""
    hasard = Random(14)  # noqa: S311 - the same careers each run
    carrieres = {f"P{n}": draw_carriere(hasard) for n in range(CARRIERES)}
    obtenus = compute_acquisition(
        connu_of(carrieres), CERTIFICATS.to_frame(), NUIT, read_connaissances()
    ).acquis
    lus = {(a["salarie"], a["exercice"]): a for a in obtenus.iter_rows(named=True)}
    for salarie, carriere in carrieres.items():
        for exercice in EXERCICES:
            attendu = compute_exercice(carriere, exercice)
            if attendu is None:
                continue
            obtenu = lus.pop((salarie, exercice))
            colonnes = told(attendu)
            assert {nom: obtenu[nom] for nom in colonnes} == colonnes, (salarie, exercice, carriere)
    assert lus == {}
