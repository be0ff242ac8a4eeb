"""What an employee reads is his, and said in plain words, whatever the code."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pipelines.metiers import METIERS
from specs.contrats import Lecteur, read_contrat, valeurs_of
from specs.salarie import Table, read_mots, read_regles, read_tables

# What is between his companies and the fund.
DES_ENTREPRISES = (
    "cotisation", "remboursement", "abattement", "provisoire", "definitif", "mois_payes",
    "mois_emploi", "remboursable", "creance", "appel", "taux_", "diviseur", "premieres",
)  # fmt: skip


@pytest.mark.parametrize("table", read_tables().values(), ids=lambda table: table.nom)
def test_a_table_is_published_and_bears_its_employee(table: Table) -> None:
    """Its columns are of its contract, that he may see; none is between companies and the fund."""
    contrat = read_contrat(table.nom)
    noms = {colonne.nom for colonne in contrat.seen_by(Lecteur.ADHERENT).colonnes}
    assert contrat.publie
    assert "salarie" in {colonne.nom for colonne in contrat.colonnes}
    assert set(table.colonnes) <= noms
    assert not [c for c in table.colonnes for mot in DES_ENTREPRISES if c.startswith(mot)]


def test_what_is_told_is_told_by_a_business() -> None:
    """Neither a table that nobody tells, nor a telling that nobody reads."""
    racontees = {recit.table for metier in METIERS for recit in metier.recits}
    assert racontees == {table.nom for table in read_tables().values() if table.recit}


LISTES: Mapping[str, tuple[str, str]] = {
    "compteurs": ("compteurs_conges", "compteur"),
    "retenues": ("lignes_decompte", "code"),
    "demandes": ("demandes_conges", "etat"),
    "reglements": ("reglements", "etat"),
    "retenus": ("reglements_retenus", "raison"),
    "certificats": ("certificats", "nature"),
}


@pytest.mark.parametrize("liste", LISTES)
def test_every_code_has_plain_words(liste: str) -> None:
    """Those of the contracts, and no other."""
    assert set(read_mots()[liste]) == set(valeurs_of(*LISTES[liste]))


def test_rules_leave_a_way_in() -> None:
    """A code has enough digits for the tries that it is given."""
    regles = read_regles()
    assert 10**regles.code_chiffres > 1_000_000 * regles.essais_code
    assert 0 < regles.session_inactive_minutes <= regles.session_minutes
