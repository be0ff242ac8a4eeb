"""Two homes compared, publication by publication: rows of tables and bytes of files, by SHA-256.

ecarts = list(compare(origine, cible, publication=3))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.nuit.versions import frame_fingerprint
from specs.contrats import Lecteur, read_contrat
from specs.typographie import format_compte
from warehouse.maison import Maison
from warehouse.publications import Publication, read_publication
from warehouse.remises import Cle, read_remises_publiees

ABSENTE = "absente"


@dataclass(frozen=True, slots=True)
class Ecart:
    """What differs: the publication, the table or the file, its first difference in French."""

    publication: int
    objet: str
    explication: str


@dataclass(frozen=True, slots=True)
class Bilan:
    """What was compared, and the differences; none: to the byte."""

    tables: int
    fichiers: int
    ecarts: tuple[Ecart, ...]


def compare(origine: Maison, cible: Maison, numero: int) -> Bilan:
    """A publication of both homes; LookupError when one of them does not have it."""
    voulue, rejouee = _find(origine, numero), _find(cible, numero)
    tables = sorted(voulue.versions.keys() | rejouee.versions.keys())
    fichiers = _read_fichiers(origine, numero)
    ecarts = [
        *_compare_dates(voulue, rejouee),
        *(e for table in tables for e in _compare_table(origine, cible, table, voulue, rejouee)),
        *_compare_fichiers(numero, fichiers, _read_fichiers(cible, numero)),
    ]
    return Bilan(len(tables), len(fichiers), tuple(ecarts))


def compare_remises(origine: Maison, cible: Maison, numero: int) -> Bilan:
    """The files of a publication and its dates, when the origin has no lake; as `compare`."""
    fichiers = _read_fichiers(origine, numero)
    ecarts = [
        *_compare_dates(_find(origine, numero), _find(cible, numero)),
        *_compare_fichiers(numero, fichiers, _read_fichiers(cible, numero)),
    ]
    return Bilan(0, len(fichiers), tuple(ecarts))


def _find(maison: Maison, numero: int) -> Publication:
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion, numero)
    if publication is None:
        raise LookupError(f"publication {numero} : absente de « {maison.reglages.dossier} »")
    return publication


def _compare_dates(voulue: Publication, rejouee: Publication) -> Iterator[Ecart]:
    dites = voulue.date_arrete, voulue.publie_le
    if dites != (rejouee.date_arrete, rejouee.publie_le):
        siennes = f"arrêtée au {rejouee.date_arrete}, publiée le {rejouee.publie_le}"
        yield Ecart(voulue.numero, "publication", f"{siennes} au lieu de {dites[0]}, {dites[1]}")


def _compare_table(
    origine: Maison, cible: Maison, table: str, voulue: Publication, rejouee: Publication
) -> Iterator[Ecart]:
    """At most one difference: the first row that is not the same."""
    avant, apres = _read(origine, table, voulue), _read(cible, table, rejouee)
    if avant is None or apres is None:
        ou = "du rejeu" if apres is None else "de l'origine"
        yield Ecart(voulue.numero, table, f"{ABSENTE} {ou}")
    elif frame_fingerprint(avant) != frame_fingerprint(apres):
        yield Ecart(voulue.numero, table, explain_ecart(table, avant, apres))


def _read(maison: Maison, table: str, publication: Publication) -> pl.DataFrame | None:
    if table not in publication.versions:
        return None
    lignes = maison.lac.read(table, publication.versions[table])
    return lignes.collect().sort(read_contrat(table).cle)


def explain_ecart(table: str, avant: pl.DataFrame, apres: pl.DataFrame) -> str:
    """The first row that differs, by the key of the table, with its columns before and after.

    Columns that an officer may not see are not shown.
    """
    contrat = read_contrat(table).seen_by(Lecteur.EXPLOITANT)
    comptes = f"{format_compte(avant.height, 'ligne')} à l'origine, {apres.height} au rejeu"
    for ici, ailleurs, sens in ((avant, apres, "en moins"), (apres, avant, "en trop")):
        seules = ici.join(ailleurs, on=ici.columns, how="anti", nulls_equal=True)
        if seules.is_empty():
            continue
        ligne = seules.row(0, named=True)
        cle = ", ".join(f"{nom} {ligne[nom]}" for nom in contrat.cle)
        autre = ailleurs.filter(
            pl.all_horizontal(pl.col(nom).eq_missing(ligne[nom]) for nom in read_contrat(table).cle)
        )
        if autre.is_empty():
            return f"{comptes} ; ligne {sens} : {cle}"
        vus = {c.nom for c in contrat.colonnes}
        change = [
            f"{nom} {ligne[nom]} -> {valeur}"
            for nom, valeur in autre.row(0, named=True).items()
            if nom in vus and valeur != ligne[nom]
        ]
        return f"{cle} : {', '.join(change) or 'colonne réservée'}"
    return f"{comptes} ; mêmes lignes, en double"


def _read_fichiers(maison: Maison, numero: int) -> dict[Cle, str]:
    with maison.moteur.connect() as connexion:
        return read_remises_publiees(connexion, numero)


def _compare_fichiers(
    numero: int, voulus: dict[Cle, str], rejoues: dict[Cle, str]
) -> Iterator[Ecart]:
    for boite, nom in sorted(voulus.keys() | rejoues.keys()):
        avant, apres = voulus.get((boite, nom)), rejoues.get((boite, nom))
        if avant != apres:
            dit = "absent" if apres is None else "en trop" if avant is None else "autre contenu"
            yield Ecart(numero, f"{boite}/{nom}", dit)
