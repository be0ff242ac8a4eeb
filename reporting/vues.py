"""Views of DuckDB over the files of one publication: for analysts, with any stock client.

    write_vues(maison, Path("vues.duckdb"), None, Lecteur.EXPLOITANT)

Each published table is a view over the very Parquet files that its publication pins, with the
columns that the reader sees, their titles and units told by COMMENT ON. Nothing is copied: the lake
must stay where it is, and the publication be kept. Identities are in no view; on disk they are
sealed. No extension of DuckDB is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from reporting.demande import DemandeRefusee
from reporting.lecture import read_publication
from specs.contrats import PLACES, Colonne, Contrat, Lecteur, contrats, read_contrat
from specs.contrats.page import UNITES

if TYPE_CHECKING:
    from warehouse.maison import Maison
    from warehouse.publications import Publication

SQL, BASE = ".sql", ".duckdb"
TEXTE, ENTIER = "VARCHAR", "BIGINT"
TYPES = MappingProxyType({"booleen": "BOOLEAN", "date": "DATE", "texte": TEXTE, "mois": TEXTE})
PARTITION = re.compile(r"([^/=]+)=[^/]*/")
# Written so that clients of the last years open it too.
VERSION_STOCKEE = "v1.0.0"


def write_vues(maison: Maison, sortie: Path, numero: int | None, lecteur: Lecteur) -> Publication:
    """Write the views of a publication (None: the last), as a base or as a script, by the suffix.

    Raises:
        DemandeRefusee: a suffix that is neither, nothing published, no such publication.
    """
    if sortie.suffix not in (SQL, BASE):
        raise DemandeRefusee(f"« {sortie} » : le nom du fichier finit par {BASE} ou {SQL}.")
    publication = read_publication(maison, numero)
    if publication is None:
        raise DemandeRefusee("Rien n'a encore été publié.")
    ordres = list(list_ordres(maison, publication, lecteur))
    provisoire = sortie.with_name(f".{sortie.name}.provisoire")
    provisoire.unlink(missing_ok=True)
    if sortie.suffix == SQL:
        provisoire.write_text("".join(f"{ordre};\n" for ordre in ordres), "utf-8")
    else:
        _write_base(provisoire, ordres)
    provisoire.replace(sortie)
    return publication


def list_ordres(maison: Maison, publication: Publication, lecteur: Lecteur) -> Iterator[str]:
    """The statements, each without its semicolon: a view a table, then the comments of it."""
    vus = [c.seen_by(lecteur) for c in contrats().values() if c.publie]
    vus = [c.with_colonnes(k for k in c.colonnes if k.nom not in PLACES) for c in vus]
    for contrat in vus:
        if contrat.colonnes:
            lues = _select(maison, publication, contrat)
            yield f"CREATE OR REPLACE VIEW {_name(contrat.nom)} AS {lues}"
            yield from _comment(contrat)
    yield _tell_publication(publication, lecteur)
    yield _tell_dictionnaire(vus)


def _write_base(chemin: Path, ordres: Sequence[str]) -> None:
    import duckdb

    with duckdb.connect() as connexion:
        stockage = f"(STORAGE_VERSION {_quote(VERSION_STOCKEE)})"
        connexion.execute(f"ATTACH {_quote(str(chemin))} AS vues {stockage}")
        connexion.execute("USE vues")
        for ordre in ordres:
            connexion.execute(ordre)


def _select(maison: Maison, publication: Publication, contrat: Contrat) -> str:
    """Rows as `read_table_publiee` reads them, in SQL."""
    colonnes = ", ".join(f"lues.{_name(c.nom)}" for c in contrat.colonnes)
    entier = read_contrat(contrat.nom)
    version = publication.versions.get(contrat.nom)
    lues = f"FROM ({_scan(maison, entier, version)}) AS lues"
    if entier.suit is not None and version is not None:
        suivie = read_contrat(entier.suit)
        derniere = maison.lac.version(suivie.nom)
        suivies = _scan(maison, suivie, publication.versions.get(suivie.nom, derniere))
        cle = ", ".join(map(_name, suivie.cle))
        lues = f"{lues} SEMI JOIN ({suivies}) AS publiees USING ({cle})"
    return f"{lues} SELECT {colonnes}"


def _scan(maison: Maison, contrat: Contrat, version: int | None) -> str:
    """All the columns of a contract: one that the files have not is null."""
    types = ", ".join(f"NULL::{_type(c)} AS {_name(c.nom)}" for c in contrat.colonnes)
    vide = f"SELECT {types} WHERE false"
    chemins = [] if version is None else list(maison.lac.list_files(contrat.nom, version)["path"])
    if not chemins:
        return vide
    dossier = maison.lac.dossier.resolve() / contrat.nom
    fichiers = ", ".join(_quote(str(dossier / chemin)) for chemin in sorted(chemins))
    types_du_contrat = {c.nom: _type(c) for c in contrat.colonnes}
    places = {nom: types_du_contrat[nom] for nom in PARTITION.findall(chemins[0])}
    lieux = ", ".join(f"{_name(nom)}: {type_}" for nom, type_ in places.items())
    partition = f", hive_partitioning = true, hive_types = {{{lieux}}}" if places else ""
    lus = f"FROM read_parquet([{fichiers}], union_by_name = true{partition})"
    return f"{lus} UNION ALL BY NAME {vide}"


def _comment(contrat: Contrat) -> Iterator[str]:
    vue = _name(contrat.nom)
    cle = f" ; clé : {', '.join(contrat.cle)}" if contrat.cle else ""
    yield f"COMMENT ON VIEW {vue} IS {_quote(contrat.titre + cle)}"
    for colonne in contrat.colonnes:
        dite = _quote(_describe(colonne))
        yield f"COMMENT ON COLUMN {vue}.{_name(colonne.nom)} IS {dite}"


def _describe(colonne: Colonne) -> str:
    """Title, unit, meaning of each code."""
    sens = ", ".join(f"{code} : {mots}" for code, mots in colonne.valeurs.items())
    suite = sens or UNITES[colonne.type]
    return f"{colonne.titre} ({suite})" if suite else colonne.titre


def _tell_publication(publication: Publication, lecteur: Lecteur) -> str:
    return (
        f"CREATE OR REPLACE VIEW publication AS SELECT {publication.numero}::BIGINT AS publication,"
        f" DATE {_quote(str(publication.date_arrete))} AS date_arrete,"
        f" {_quote(publication.publie_le)} AS publie_le, {_quote(lecteur)} AS lecteur"
    )


def _tell_dictionnaire(vus: Sequence[Contrat]) -> str:
    lignes = ", ".join(
        f"({', '.join(map(_quote, (c.nom, k.nom, k.titre, k.type, UNITES[k.type], k.classe)))})"
        for c in vus
        for k in c.colonnes
    )
    noms = '"table", colonne, titre, type, unite, classe'
    return f"CREATE OR REPLACE VIEW dictionnaire AS FROM (VALUES {lignes}) AS dit({noms})"


def _type(colonne: Colonne) -> str:
    return TYPES.get(colonne.type, ENTIER)


def _name(nom: str) -> str:
    return '"' + nom.replace('"', '""') + '"'


def _quote(texte: str) -> str:
    return "'" + texte.replace("'", "''") + "'"
