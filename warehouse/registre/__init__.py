"""The registry: the members of the fund, and all that is known of them beside their deposits.

    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion)

It grows by imports (`importation`), whole or not at all. Each table is read as a frame that has
the columns of its contract (`specs/contrats/registre.yaml`) and is sorted by its key.
"""

from __future__ import annotations

from warehouse.registre.importation import import_registre
from warehouse.registre.jugement import CSV, YAML, Changement, Import
from warehouse.registre.lecture import (
    SCHEMA_ETABLISSEMENTS,
    TABLES,
    CompteInconnu,
    find_siren,
    read_adherents,
    read_adhesions,
    read_arretes_prefet,
    read_arrets_saisonniers,
    read_calendriers,
    read_centres_gestion,
    read_coefficients_canicule,
    read_comptes_bancaires,
    read_conventions,
    read_debiteurs,
    read_droits_utilisateurs,
    read_envois_documents,
    read_etablissements,
    read_evenements_mandat,
    read_groupes_paiement,
    read_iban,
    read_mandats,
    read_mandats_depot,
    read_options_adherents,
    read_parametres_cdg,
    read_profils_cdg,
    read_pseudonymes_comptes,
    read_utilisateurs,
    read_vigilances_canicule,
)

__all__ = [
    "CSV",
    "SCHEMA_ETABLISSEMENTS",
    "TABLES",
    "YAML",
    "Changement",
    "CompteInconnu",
    "Import",
    "find_siren",
    "import_registre",
    "read_adherents",
    "read_adhesions",
    "read_arretes_prefet",
    "read_arrets_saisonniers",
    "read_calendriers",
    "read_centres_gestion",
    "read_coefficients_canicule",
    "read_comptes_bancaires",
    "read_conventions",
    "read_debiteurs",
    "read_droits_utilisateurs",
    "read_envois_documents",
    "read_etablissements",
    "read_evenements_mandat",
    "read_groupes_paiement",
    "read_iban",
    "read_mandats",
    "read_mandats_depot",
    "read_options_adherents",
    "read_parametres_cdg",
    "read_profils_cdg",
    "read_pseudonymes_comptes",
    "read_utilisateurs",
    "read_vigilances_canicule",
]
