"""The registry written as an import reads it: the YAML of all its tables.

Imported into an empty house, the file makes the same registry, whose export has the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from specs.fichiers import render_yaml
from specs.registre import TableRegistre, read_tables
from warehouse.registre.etat import read_rangees
from warehouse.registre.formes import Valeur
from warehouse.registre.lignes import Rangee

EN_TETE = "# Registre, au format de « caisse registre importer ».\n"
SANS_IBAN = (
    "# Les IBAN n'y sont pas : un compte ne peut être inscrit par ce fichier, ses autres colonnes\n"
    "# peuvent être corrigées. Pour les écrire : --avec-iban.\n"
)


def render_registre(c: Connection, *, avec_iban: bool, version: int | None = None) -> bytes:
    """Every row of the registry, by table then key; what is not given is left out.

    `version`: number of the import that left it so; None: as it is now.
    """
    rangees = read_rangees(c, version)
    sections = {
        nom: [_render_rangee(table, rangees[nom][cle], avec_iban) for cle in sorted(rangees[nom])]
        for nom, table in read_tables().items()
        if rangees[nom]
    }
    return (EN_TETE + ("" if avec_iban else SANS_IBAN) + render_yaml(sections)).encode()


def _render_rangee(table: TableRegistre, rangee: Rangee, avec_iban: bool) -> Mapping[str, Valeur]:
    return {
        nom: _render_valeur(rangee[nom])
        for nom in table.propres
        if rangee[nom] is not None and (avec_iban or nom != "iban")
    }


def _render_valeur(valeur: Valeur) -> Valeur:
    """Words of the import for what YAML would write in English."""
    return ("oui" if valeur else "non") if isinstance(valeur, bool) else valeur
