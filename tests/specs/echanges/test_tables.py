"""The tables of the lake that hold the lines of exchange files."""

from __future__ import annotations

from pipelines.echanges.metier import ECHANGE
from specs.contrats import read_contrat
from specs.echanges import PERSONNELS, read_genres
from specs.echanges.tables import read_tables


def test_every_detail_record_that_comes_in_has_its_table() -> None:
    """The tables of the description are those that the kind of file says that it fills."""
    attendus = {(g.nom, e.code) for g in read_genres().values() if g.entrant for e in g.details}
    assert set(read_tables()) == attendus
    assert set(read_tables().values()) < set(ECHANGE.tables)


def test_no_personal_value_has_a_column() -> None:
    """Names, NIR and accounts have none; the employer's number is seen as a pseudonym is."""
    personnels = {champ.lower() for champ in PERSONNELS} | {"bic"}
    for table in read_tables().values():
        colonnes = {colonne.nom: colonne for colonne in read_contrat(table).colonnes}
        assert not personnels & colonnes.keys()
        if "matricule" in colonnes:
            assert colonnes["matricule"].classe == "pseudonyme"
