"""Whether a home is as it was published: every file and every row that proofs speak of.

    ecarts = list(verify_preuves(maison))

Each check goes to its end: a file that is wrong hides no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from warehouse.archive import SHA256, Archive, ArchiveCorrompue
from warehouse.audit import find_rupture
from warehouse.coffre.trousseau import CoffreFerme, SceauRompu
from warehouse.commits import DERNIER_POINT, JOURNAL, name_commit
from warehouse.disque import PROVISOIRE
from warehouse.maison import Maison
from warehouse.preuves.ancrages import list_breaks
from warehouse.preuves.contenus import read_nommes
from warehouse.preuves.empreintes import Empreinte, fingerprint_fichier, read_empreintes
from warehouse.publications import read_publication, read_table_publiee
from warehouse.remises import read_posees
from warehouse.tables_sql import REMISES

ROMPU = "son empreinte n'est pas celle de la chaîne"
TOUJOURS = ""  # before every instant
EMIS = "fichiers_emis"
COLONNES_EMIS = ("adherent", "nom", "sha256")
CLES_DU_POINT = {"version", "size", "sizeInBytes", "numOfAddFiles"}


@dataclass(frozen=True, slots=True)
class Ecart:
    """What is not as it should be: where (a path of the home, an act...), in French."""

    objet: str
    ou: str
    dit: str


def verify_preuves(maison: Maison) -> Iterator[Ecart]:
    """Everything that is wrong, check by check."""
    checks: tuple[tuple[str, Callable[[Maison, Connection], Iterator[Ecart]]], ...] = (
        ("base", verify_base),
        ("journal d'audit", verify_journal),
        ("ancrages", verify_ancrages),
        ("lac", verify_lac),
        ("archive", verify_archive),
        ("dossiers retour", verify_retour),
        ("fichiers émis", verify_emis),
    )
    for nom, check in checks:
        try:
            with maison.moteur.connect() as connexion:
                yield from check(maison, connexion)
        except SQLAlchemyError as erreur:
            yield Ecart(nom, "base", f"la base ne se lit pas ({type(erreur).__name__})")
        except (CoffreFerme, SceauRompu) as erreur:
            yield Ecart(nom, "base", str(erreur))


def verify_base(_: Maison, c: Connection) -> Iterator[Ecart]:
    """The file of SQLite, page by page."""
    if c.dialect.name == "sqlite":
        for (dit,) in c.exec_driver_sql("PRAGMA integrity_check"):
            if dit != "ok":
                yield Ecart("base", "registre.sqlite", str(dit))


def verify_journal(_: Maison, c: Connection) -> Iterator[Ecart]:
    """The chain of the audit trail."""
    rang = find_rupture(c)
    if rang is not None:
        yield Ecart("journal d'audit", f"acte {rang}", ROMPU)


def verify_ancrages(maison: Maison, c: Connection) -> Iterator[Ecart]:
    """The seals of the publications, what they sealed, their file."""
    for dit in list_breaks(c, maison.reglages.dossier, maison.cle_preuves):
        yield Ecart("ancrages", *dit.split(" : ", maxsplit=1))


def verify_lac(maison: Maison, c: Connection) -> Iterator[Ecart]:
    """Every file that a publication has read, then the marks of the checkpoints."""
    lac = maison.lac.dossier
    connus: dict[str, set[str]] = {}
    for empreinte in read_empreintes(c):
        connus.setdefault(empreinte.nom_table, set()).add(empreinte.chemin)
        yield from check_empreinte(lac, empreinte)
    publication = read_publication(c)
    for table, version in sorted(publication.versions.items()) if publication else ():
        commit = f"{name_commit(version)}.json"
        if commit not in connus.get(table, set()):
            yield Ecart("lac", f"{table}/{commit}", "publié, et sans empreinte")
    for point in sorted(lac.glob(f"*/{JOURNAL}/{DERNIER_POINT}")):
        yield from _check_point(lac, point)


def check_empreinte(lac: Path, empreinte: Empreinte) -> Iterator[Ecart]:
    """One file against its fingerprint."""
    ou = f"{empreinte.nom_table}/{empreinte.chemin}"
    chemin = lac / ou
    if not chemin.is_file():
        yield Ecart("lac", ou, "le fichier n'est plus là")
    elif fingerprint_fichier(chemin) != (empreinte.sha256, empreinte.octets):
        yield Ecart("lac", ou, "le contenu n'est plus celui qui a été publié")


def verify_archive(maison: Maison, c: Connection) -> Iterator[Ecart]:
    """Every content under the name of its hash; every one that the base names."""
    presents = set()
    for chemin in sorted(f for f in maison.archive.dossier.rglob("*") if f.is_file()):
        if chemin.name.startswith(PROVISOIRE):  # of a process that was killed
            continue
        presents.add(chemin.name)
        if not SHA256.fullmatch(chemin.name) or chemin.parent.name != chemin.name[:2]:
            yield Ecart("archive", chemin.name, "le nom n'est pas celui d'un contenu")
        else:
            yield from _check_contenu(maison.archive, chemin.name)
    for sha256 in sorted(read_nommes(c, maison.reglages.taille_max_octets) - presents):
        yield Ecart("archive", sha256, "la base le nomme, il n'est plus là")


def verify_emis(maison: Maison, c: Connection) -> Iterator[Ecart]:
    """What the last publication says was given, against the journal: box, name, content."""
    dites = read_table_publiee(maison, EMIS).select(COLONNES_EMIS).collect()
    remises = set(c.execute(select(*(REMISES.c[nom] for nom in COLONNES_EMIS))))
    for adherent, nom, sha256 in sorted({*dites.iter_rows()} - remises):
        dit = f"publié comme remis, le journal n'a pas ce contenu ({sha256[:8]})"
        yield Ecart("fichiers émis", f"{adherent}/{nom}", dit)


def _check_contenu(archive: Archive, sha256: str) -> Iterator[Ecart]:
    try:
        archive.open(sha256)
    except ArchiveCorrompue:
        yield Ecart("archive", sha256, "le contenu n'est plus celui de son nom")
    except CoffreFerme as erreur:
        yield Ecart("archive", sha256, str(erreur))


def verify_retour(maison: Maison, c: Connection) -> Iterator[Ecart]:
    """The files of the companies' boxes: those that were handed over, as they were."""
    posees = {(boite, nom): sha256 for boite, nom, sha256 in read_posees(c, TOUJOURS)}
    racine = maison.reglages.dossier_boites
    for chemin in sorted(racine.glob("*/retour/*")):
        if chemin.name.startswith("."):
            continue
        boite, ou = chemin.parent.parent.name, str(chemin.relative_to(racine))
        attendu = posees.get((boite, chemin.name))
        if attendu is None:
            yield Ecart("dossiers retour", ou, "la caisse ne l'a pas remis")
        elif fingerprint_fichier(chemin)[0] != attendu:
            yield Ecart("dossiers retour", ou, "le contenu n'est plus celui qui a été remis")


def _check_point(lac: Path, point: Path) -> Iterator[Ecart]:
    """The mark of the last checkpoint, written again with each: its words, what it marks."""
    ou = str(point.relative_to(lac))
    try:
        dit = json.loads(point.read_bytes())
        fichier = point.with_name(f"{int(dit['version']):020}.checkpoint.parquet")
        vrai = set(dit) == CLES_DU_POINT and dit["sizeInBytes"] == fichier.stat().st_size
        actions = pl.scan_parquet(fichier)
        lignes = actions.select(pl.len(), pl.col("add").is_not_null().sum()).collect().row(0)
        vrai = vrai and lignes == (dit["size"], dit["numOfAddFiles"])
    except (ValueError, KeyError, TypeError, OSError, pl.exceptions.PolarsError):
        vrai = False
    if not vrai:
        yield Ecart("lac", ou, "ne désigne pas un point de contrôle du journal")
