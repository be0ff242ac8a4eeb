"""Reading the registry: one frame a table, as its contract says, sorted by its key.

`version` is the number of an import: the registry is read as that import left it; None: as it is
now. A night gives the one that it opened with (`warehouse.nuits`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, FromClause, Table, select

from specs.contrats import read_contrat, schema_polars
from warehouse.iban import mask_iban
from warehouse.pseudonymes import compute_pseudonyme
from warehouse.registre.masques import mask_courriel, mask_nom
from warehouse.registre.memoire import read_once
from warehouse.registre.versions import at
from warehouse.tables_registre import (
    ADHERENTS,
    ADHESIONS,
    ARRETES_PREFET,
    ARRETS_SAISONNIERS,
    CALENDRIERS,
    CENTRES_GESTION,
    COEFFICIENTS_CANICULE,
    COMPTES_BANCAIRES,
    CONVENTIONS,
    DROITS_UTILISATEURS,
    ENVOIS_DOCUMENTS,
    ETABLISSEMENTS,
    EVENEMENTS_MANDAT,
    GROUPES_PAIEMENT,
    IBANS,
    MANDATS,
    MANDATS_DEPOT,
    OPTIONS_ADHERENTS,
    PARAMETRES_CDG,
    PROFILS_CDG,
    UTILISATEURS,
    VIGILANCES_CANICULE,
)

SCHEMA_ETABLISSEMENTS = schema_polars(read_contrat("etablissements"))
ADRESSE = ("adresse", "code_postal", "ville", "pays")
SCHEMA_DEBITEURS = pl.Schema(
    dict.fromkeys(
        ("rum", "compte", "compte_debite", "pays_compte", "titulaire", *ADRESSE), pl.String
    )
)


class CompteInconnu(LookupError):  # noqa: N818 - named in French
    """The registry has no bank account of this identifier."""


def read_adherents(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Members: `numero_adherent`, name, address, `debut_activite`...; key and order: siren.

    The address is null when the registry was only told the establishments.
    """
    return _read_table(c, ADHERENTS, version)


def find_siren(c: Connection, numero: str) -> str | None:
    """SIREN of the member that has this number today; None when nobody has it."""
    adherents = at(ADHERENTS)
    lu = c.scalar(select(adherents.c.siren).where(adherents.c.numero_adherent == numero))
    return None if lu is None else str(lu)


def read_centres_gestion(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Management centres and the company of each; key and order: cdg."""
    return _read_table(c, CENTRES_GESTION, version)


@read_once
def read_etablissements(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Establishments with their members, as SCHEMA_ETABLISSEMENTS; key and order: siret.

    `debut` and `fin` are the first and last days of membership, `fin` null while it lasts.
    """
    membres, etablissements = at(ADHERENTS, version), at(ETABLISSEMENTS, version)
    du_membre = {"numero_adherent", "raison_sociale"}
    colonnes = [
        (membres if nom in du_membre else etablissements).c[nom] for nom in SCHEMA_ETABLISSEMENTS
    ]
    source = etablissements.join(membres, etablissements.c.siren == membres.c.siren)
    return _read_colonnes(c, "etablissements", colonnes, source)


def read_parametres_cdg(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Dated settings of the centres (`valeur` in ppm); key and order: cdg, parametre, debut."""
    return _read_table(c, PARAMETRES_CDG, version)


def read_adhesions(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Optional contributions of the members; key and order: siren, cotisation, debut."""
    return _read_table(c, ADHESIONS, version)


@read_once
def read_comptes_bancaires(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Bank accounts, `iban_masque` in place of the IBAN; key and order: compte."""
    comptes, ibans = at(COMPTES_BANCAIRES, version), at(IBANS, version)
    colonnes = [
        ibans.c.iban.label(nom) if nom == "iban_masque" else comptes.c[nom]
        for nom in schema_polars(read_contrat("comptes_bancaires"))
    ]
    source = comptes.join(ibans, comptes.c.compte == ibans.c.compte)
    lus = _read_colonnes(c, "comptes_bancaires", colonnes, source)
    return lus.with_columns(
        pl.Series("iban_masque", map(mask_iban, lus["iban_masque"]), pl.String())
    )


def read_iban(c: Connection, compte: str, version: int | None = None) -> str:
    """The IBAN of an account, whole: for the writing of a payment file, and nothing else.

    Raises:
        CompteInconnu: the registry has no such account.
    """
    ibans = at(IBANS, version)
    iban = c.scalar(select(ibans.c.iban).where(ibans.c.compte == compte))
    if iban is None:
        raise CompteInconnu(f"compte inconnu du registre : {compte}")
    return str(iban)


@read_once
def read_pseudonymes_comptes(c: Connection, cle: bytes, version: int | None = None) -> pl.DataFrame:
    """Whose account a pseudonym is: compte_tiers, siren (both the key), sorted.

    What a bank file says of a payer is known by the same pseudonym: no IBAN leaves this function.
    """
    comptes, ibans = at(COMPTES_BANCAIRES, version), at(IBANS, version)
    source = comptes.join(ibans, comptes.c.compte == ibans.c.compte)
    lues = c.execute(select(ibans.c.iban, comptes.c.siren).select_from(source)).all()
    lignes = sorted({(compute_pseudonyme(cle, iban), siren) for iban, siren in lues})
    schema = {"compte_tiers": pl.String(), "siren": pl.String()}
    return pl.DataFrame(lignes, schema=schema, orient="row")


@read_once
def read_debiteurs(c: Connection, cle: bytes, version: int | None = None) -> pl.DataFrame:
    """Who is debited on each mandate; key and order: rum. Never to be written anywhere.

    Columns: rum, compte, compte_debite (pseudonym of its IBAN), pays_compte (country of its IBAN),
    titulaire, then adresse, code_postal, ville, pays of the company.
    """
    mandats, comptes = at(MANDATS, version), at(COMPTES_BANCAIRES, version)
    ibans, membres = at(IBANS, version), at(ADHERENTS, version)
    du_registre = (
        mandats.c.rum,
        mandats.c.compte,
        ibans.c.iban,
        comptes.c.titulaire,
        *(membres.c[nom] for nom in ADRESSE),
    )
    source = (
        mandats.join(comptes, mandats.c.compte == comptes.c.compte)
        .join(ibans, ibans.c.compte == comptes.c.compte)
        .join(membres, membres.c.siren == mandats.c.siren)
    )
    lues = c.execute(select(*du_registre).select_from(source)).all()
    lignes = [
        (rum, compte, compute_pseudonyme(cle, iban), iban[:2], *autres)
        for rum, compte, iban, *autres in lues
    ]
    return pl.DataFrame(lignes, schema=SCHEMA_DEBITEURS, orient="row").sort("rum")


def read_mandats(c: Connection, version: int | None = None) -> pl.DataFrame:
    """SEPA mandates, of a centre or of a payment group; key and order: rum.

    Their state is not here: it follows from `read_evenements_mandat`.
    """
    return _read_table(c, MANDATS, version)


def read_evenements_mandat(c: Connection, version: int | None = None) -> pl.DataFrame:
    """What happened to the mandates; key and order: rum, rang."""
    return _read_table(c, EVENEMENTS_MANDAT, version)


def read_groupes_paiement(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Centres of the payment groups, by period; key and order: groupe, cdg, debut."""
    return _read_table(c, GROUPES_PAIEMENT, version)


def read_options_adherents(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Options of the members, each from a day on; key and order: siren, option, debut."""
    return _read_table(c, OPTIONS_ADHERENTS, version)


def read_envois_documents(c: Connection, version: int | None = None) -> pl.DataFrame:
    """How members receive their documents; key and order: siren, document, debut."""
    return _read_table(c, ENVOIS_DOCUMENTS, version)


@read_once
def read_utilisateurs(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Users, `nom_masque` and `courriel_masque` in place of their name and address.

    Key and order: utilisateur.
    """
    lignes, contrat = at(UTILISATEURS, version), schema_polars(read_contrat("utilisateurs"))
    masques = {"nom_masque": mask_nom, "courriel_masque": mask_courriel}
    colonnes = [lignes.c[nom.removesuffix("_masque")].label(nom) for nom in contrat]
    lus = _read_colonnes(c, "utilisateurs", colonnes, lignes)
    return lus.with_columns(
        pl.Series(nom, map(mask, lus[nom]), pl.String()) for nom, mask in masques.items()
    )


def list_utilisateurs(c: Connection) -> frozenset[str]:
    """Identifiers of the users that the registry has, or ever had."""
    return frozenset(c.scalars(select(UTILISATEURS.c.utilisateur).distinct()))


def read_conventions(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Conventions that companies signed; key and order: convention, nature, debut."""
    return _read_table(c, CONVENTIONS, version)


def read_droits_utilisateurs(c: Connection, version: int | None = None) -> pl.DataFrame:
    """What users may see or enter, `*` for all.

    Key and order: utilisateur, service, categorie, cdg, debut.
    """
    return _read_table(c, DROITS_UTILISATEURS, version)


def read_mandats_depot(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Who deposits for which company; key and order: mandataire, siren, service, debut."""
    return _read_table(c, MANDATS_DEPOT, version)


def read_profils_cdg(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Activity of the centres, and how their pensions are paid; key and order: cdg, debut."""
    return _read_table(c, PROFILS_CDG, version)


def read_calendriers(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Dates that companies chose, null when skipped; key and order: siren, nature, mois."""
    return _read_table(c, CALENDRIERS, version)


def read_vigilances_canicule(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Heat warnings; key and order: departement, jour."""
    return _read_table(c, VIGILANCES_CANICULE, version)


def read_arretes_prefet(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Orders of prefects that stop works for heat; key and order: departement, debut, reference."""
    return _read_table(c, ARRETES_PREFET, version)


def read_coefficients_canicule(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Refunded share of the stops for heat; key and order: campagne, publie_le."""
    return _read_table(c, COEFFICIENTS_CANICULE, version)


def read_arrets_saisonniers(c: Connection, version: int | None = None) -> pl.DataFrame:
    """Periods without indemnity; key and order: departement, activite (`*`: all), debut."""
    return _read_table(c, ARRETS_SAISONNIERS, version)


# Parents before children: the order in which rows are written, and sections exported.
TABLES: Mapping[str, Callable[[Connection, int | None], pl.DataFrame]] = MappingProxyType(
    {
        "adherents": read_adherents,
        "centres_gestion": read_centres_gestion,
        "etablissements": read_etablissements,
        "parametres_cdg": read_parametres_cdg,
        "adhesions": read_adhesions,
        "comptes_bancaires": read_comptes_bancaires,
        "mandats": read_mandats,
        "evenements_mandat": read_evenements_mandat,
        "groupes_paiement": read_groupes_paiement,
        "options_adherents": read_options_adherents,
        "envois_documents": read_envois_documents,
        "utilisateurs": read_utilisateurs,
        "conventions": read_conventions,
        "droits_utilisateurs": read_droits_utilisateurs,
        "mandats_depot": read_mandats_depot,
        "profils_cdg": read_profils_cdg,
        "calendriers": read_calendriers,
        "vigilances_canicule": read_vigilances_canicule,
        "arretes_prefet": read_arretes_prefet,
        "coefficients_canicule": read_coefficients_canicule,
        "arrets_saisonniers": read_arrets_saisonniers,
    }
)


@read_once
def _read_table(c: Connection, table: Table, version: int | None) -> pl.DataFrame:
    lignes = at(table, version)
    colonnes = [lignes.c[nom] for nom in schema_polars(read_contrat(table.name))]
    return _read_colonnes(c, table.name, colonnes, lignes)


def _read_colonnes(
    c: Connection, nom: str, colonnes: Sequence[ColumnElement[Any]], source: FromClause
) -> pl.DataFrame:
    contrat = read_contrat(nom)
    lues = c.execute(select(*colonnes).select_from(source)).all()
    return pl.DataFrame(lues, schema=schema_polars(contrat), orient="row").sort(contrat.cle)
