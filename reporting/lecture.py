"""What the reporting layer reads: published tables, as of one publication.

Test deposits are never published: the list of the deposits of today has them from the journal,
told apart by `essai` and by their reason. So it is of the files given to companies, told apart by
`mode`; the list of today also says what became of them since they were published.

Example: ``read_table(maison, "appels", filtres={"cdg": "012"}, lecteur=Lecteur.EXPLOITANT)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from types import MappingProxyType

import polars as pl
from sqlalchemy.exc import SQLAlchemyError

from reporting.demande import DemandeRefusee, Introuvable
from specs.contrats import (
    Colonne,
    Contrat,
    Lecteur,
    columns_of,
    contrats,
    read_contrat,
    schema_polars,
)
from warehouse.fichiers_emis import find_mois, read_boites, read_essais, read_mois
from warehouse.journal import read_depots
from warehouse.maison import Maison
from warehouse.publications import Publication, read_table_publiee
from warehouse.publications import read_arretes as read_arretes_du_journal
from warehouse.publications import read_publication as read_publication_du_journal

BOOLEENS = {"oui": True, "true": True, "non": False, "false": False}
ENTIER_64_BITS = re.compile(r"-?[0-9]{1,18}")
SANS_EFFET = "fichier d'essai : sans effet"
ENTIERS = frozenset({"entier", "centimes", "ppm", "centiemes"})


def read_publication(maison: Maison, numero: int | None = None) -> Publication | None:
    """Read a publication, the last one by default; None when nothing was ever published.

    Raises:
        Introuvable: this number was never published, or is not kept any more.
    """
    with maison.moteur.connect() as connexion:
        publication = read_publication_du_journal(connexion, numero)
    if publication is None and numero is not None:
        raise Introuvable(f"La publication {numero} n'existe pas, ou n'est plus conservée.")
    return publication


def read_sante(maison: Maison) -> Mapping[str, str | int | None]:
    """Whether what is published can be read (`etat`: ok or indisponible), and what is."""
    try:
        publication = read_publication(maison)
    except SQLAlchemyError:
        return {"etat": "indisponible", "publication": None}
    return {"etat": "ok", "publication": publication.numero if publication else None}


def read_arretes(maison: Maison) -> dict[int, date]:
    """Decision date of each publication that is kept, by number, the last one first."""
    with maison.moteur.connect() as connexion:
        return dict(reversed(read_arretes_du_journal(connexion).items()))


def read_table(
    maison: Maison,
    table: str,
    publication: int | None = None,
    filtres: Mapping[str, str] | None = None,
    *,
    lecteur: Lecteur,
) -> pl.DataFrame:
    """Read a published table, as far as `lecteur` may see it.

    Args:
        maison: the home to read.
        table: name of a table whose contract says ``publie: true``.
        publication: number of the publication, the last one by default.
        filtres: {column: text}; keeps the rows equal to the value that the text means for the
            column's type; a code of a closed list may be written in any case. An empty text keeps
            the rows without a value.
        lecteur: who reads; a column that it may not see is neither given nor filtered by.

    Returns:
        The columns, types, key and order of the contract; no row when nothing was published.
        The deposits of today, and the files given to companies, have the tests too.

    Raises:
        Introuvable: unknown table or publication.
        DemandeRefusee: unknown column, a value that its type cannot read, or that is not in its
            closed list.
    """
    vu = read_contrat_publie(table, lecteur)
    contrat = read_contrat(table)
    predicats = [compute_predicat(vu, *filtre) for filtre in (filtres or {}).items()]
    lignes = scan_table(maison, table, publication)
    for predicat in predicats:
        lignes = lignes.filter(predicat)
    noms = list(dict.fromkeys([*contrat.cle, *(colonne.nom for colonne in vu.colonnes)]))
    triees = lignes.select(noms).collect(engine="streaming").sort(contrat.cle, maintain_order=True)
    return triees.select(colonne.nom for colonne in vu.colonnes)


def scan_table(
    maison: Maison,
    table: str,
    publication: int | None = None,
    boites: Collection[str] | None = None,
) -> pl.LazyFrame:
    """Rows of a published table, in any order; those of today with what the journal adds.

    `boites`: those whose deposits and files are wanted, so that the journal is asked no other.
    Introuvable: this number was never published.
    """
    if publication is not None:
        read_publication(maison, publication)
    lignes = read_table_publiee(maison, table, publication)
    if publication is None and table in DU_JOUR:
        if boites is not None:
            lignes = lignes.filter(pl.col("adherent").is_in(sorted(boites)))
        contrat = read_contrat(table)
        return DU_JOUR[table](maison, contrat, lignes.select(columns_of(table)), boites)
    return lignes


def _add_depots(
    maison: Maison, contrat: Contrat, publies: pl.LazyFrame, boites: Collection[str] | None
) -> pl.LazyFrame:
    """The deposits with the tests that were controlled, and their doubles."""
    with maison.moteur.connect() as connexion:
        recus = [d for d in read_depots(connexion, boites=boites) if d.etat != "RECU"]
    essais = {depot.depot for depot in recus if depot.essai is True}
    lignes = [
        {colonne.nom: getattr(depot, colonne.nom) for colonne in contrat.colonnes}
        | {"essai": True, "motif": depot.motif or SANS_EFFET}
        for depot in recus
        if {depot.depot, depot.original} & essais
    ]
    return pl.concat([publies, pl.LazyFrame(lignes, schema=schema_polars(contrat))])


def _add_emis(
    maison: Maison, _contrat: Contrat, publies: pl.LazyFrame, boites: Collection[str] | None
) -> pl.LazyFrame:
    """The files given to companies with what answers tests, as they are by now."""
    with maison.moteur.connect() as connexion:
        if boites is not None:
            return read_boites(connexion, boites).lazy()
        changes = find_mois(connexion, publies)
        lus = [read_mois(connexion, mois) for mois in changes]
        essais = read_essais(connexion)
    restent = publies.filter(~pl.col("mois").is_in(changes))
    return pl.concat([restent, *(frame.lazy() for frame in (*lus, essais))])


# Lists that the journal completes when they are those of today.
Completion = Callable[[Maison, Contrat, pl.LazyFrame, Collection[str] | None], pl.LazyFrame]
DU_JOUR: Mapping[str, Completion] = MappingProxyType(
    {"depots": _add_depots, "fichiers_emis": _add_emis}
)


def read_contrat_publie(table: str, lecteur: Lecteur) -> Contrat:
    """Read the contract of a published table, with the columns that `lecteur` may see.

    Raises:
        Introuvable: no such table, or a table that is never published.
    """
    publies = {nom: contrat for nom, contrat in contrats().items() if contrat.publie}
    if table not in publies:
        connues = ", ".join(sorted(publies))
        raise Introuvable(f"Table inconnue : « {table} ». Tables publiées : {connues}.")
    return publies[table].seen_by(lecteur)


def compute_predicat(contrat: Contrat, nom: str, texte: str) -> pl.Expr:
    """Rows whose column has the value that a text means; DemandeRefusee when it means none."""
    colonnes = {colonne.nom: colonne for colonne in contrat.colonnes}
    if nom not in colonnes:
        connues = ", ".join(colonnes)
        raise DemandeRefusee(
            f"Colonne inconnue : « {nom} ». Colonnes de la table {contrat.nom} : {connues}."
        )
    if not texte:
        return pl.col(nom).is_null()
    return pl.col(nom) == pl.lit(_parse_valeur(colonnes[nom], texte))


def _parse_valeur(colonne: Colonne, texte: str) -> str | int | bool | date:
    """Read the text of a filter as a value of its column."""
    if colonne.valeurs:
        return _parse_code(colonne, texte)
    try:
        if colonne.type in ENTIERS:
            return _parse_entier(texte)
        if colonne.type == "date":
            return date.fromisoformat(texte)
        if colonne.type == "booleen":
            return BOOLEENS[texte.lower()]
    except (ValueError, KeyError):
        attendu = _ATTENDUS[colonne.type]
        raise DemandeRefusee(
            f"Valeur illisible pour la colonne {colonne.nom} : « {texte} ». Attendu : {attendu}."
        ) from None
    return texte


def _parse_code(colonne: Colonne, texte: str) -> str:
    """The code of the closed list that the text writes, whatever its case."""
    for code in colonne.valeurs:
        if code.casefold() == texte.casefold():
            return code
    raise DemandeRefusee(
        f"Valeur inconnue pour la colonne {colonne.nom} : « {texte} ». "
        f"Admises : {', '.join(colonne.valeurs)}."
    )


def _parse_entier(texte: str) -> int:
    if not ENTIER_64_BITS.fullmatch(texte):
        raise ValueError
    return int(texte)


_ATTENDUS = {
    "entier": "un nombre entier",
    "centimes": "un montant en centimes, sans virgule",
    "ppm": "un taux en millionièmes (210000 pour 21 %)",
    "centiemes": "un nombre de centièmes, sans virgule",
    "date": "une date AAAA-MM-JJ",
    "booleen": "oui ou non",
}
