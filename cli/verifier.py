"""`caisse verifier`: control of any file, offline, stateless; what editors run before sending."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from specs.typographie import format_compte

if TYPE_CHECKING:
    from pipelines.controle.lecture import Lecture
    from pipelines.controle.natures import Bilan
    from specs.octets import Octets

CODES_RETOUR = {"CONFORME": 0, "NON_CONFORME": 1, "ILLISIBLE": 2}
SUFFIXES = (".dsn", ".edi", ".txt", ".xml", ".gz")
MOTS = {"DSN": ("norme", "lignes"), "BANQUE": ("message", "mouvements")}
ECHANGE = ("version", "enregistrements")
Lot = dict[int, "Octets | str"]  # what a file holds, or why it is not read
ANOMALIES_ECRITES, GROUPES_ECRITS = 200, 100  # in the text; the other formats give all
LOT_OCTETS = 64 * 1024 * 1024


class Format(StrEnum):
    """Shapes of the result."""

    TEXTE = "texte"
    JSON = "json"
    XML = "xml"


def verifier(
    chemins: Annotated[
        list[Path],
        typer.Argument(
            metavar="FICHIER...",
            help="Fichiers DSN, d'échange ou de la banque, ou dossiers qui en contiennent.",
        ),
    ],
    format_: Annotated[
        Format, typer.Option("--format", help="texte à lire, json ou xml (un objet par fichier).")
    ] = Format.TEXTE,
) -> None:
    """Contrôler des fichiers DSN, d'échange ou de la banque, hors ligne, sans rien garder.

    Code de retour : 0 conforme, 1 non conforme, 2 inutilisable.
    """
    from specs.dsn import VERSIONS

    pire = 0
    fichiers = [fichier for chemin in chemins for fichier in _expand(chemin)]
    for lot in _advancing(_batches(fichiers), len(fichiers)):
        lisibles = {n: octets for n, octets in lot.items() if not isinstance(octets, str)}
        for numero, refus in lot.items():
            if isinstance(refus, str):
                print(f"{fichiers[numero]} : {refus}", file=sys.stderr)
                pire = 2
        for bilan, texte in _verify(fichiers, lisibles, format_):
            print(texte)
            pire = max(pire, CODES_RETOUR[bilan.verdict])
    if format_ is Format.TEXTE:
        normes = ", ".join(VERSIONS)
        print(f"Contrôlé ici, sans rien envoyer, selon les normes {normes}.", file=sys.stderr)
    raise typer.Exit(pire)


def _expand(chemin: Path) -> list[Path]:
    """The file itself, or all that companies drop under a folder (by suffix), in order of names.

    A folder that holds none stands for itself, which can't be read.
    """
    if not chemin.is_dir():
        return [chemin]
    dedans = [f for f in chemin.rglob("*") if f.is_file() and f.suffix.lower() in SUFFIXES]
    return sorted(dedans) or [chemin]


def _advancing(lots: Iterable[Lot], nombre: int) -> Iterator[Lot]:
    """The batches, with a progress bar when a person waits for many files."""
    if nombre == 1 or not sys.stderr.isatty():
        yield from lots
        return
    with typer.progressbar(length=nombre, label="Contrôle", file=sys.stderr) as barre:
        for lot in lots:
            yield lot
            barre.update(len(lot))


def _batches(fichiers: list[Path]) -> Iterator[Lot]:
    """Contents of the files by their rank, in groups of bounded size."""
    lot: Lot = {}
    total = 0
    for numero, chemin in enumerate(fichiers):
        octets = _read(chemin)
        taille = len(octets) if not isinstance(octets, str) else 0
        if total and total + taille > LOT_OCTETS:
            yield lot
            lot, total = {}, 0
        lot[numero] = octets
        total += taille
    if lot:
        yield lot


def _read(chemin: Path) -> Octets | str:
    """What the file holds, or why it is not read."""
    from specs.caisse import read_caisse
    from specs.messages import render_message
    from specs.octets import read_octets

    if chemin.is_dir():
        return f"aucun fichier à contrôler dans ce dossier ({', '.join(SUFFIXES)})"
    limite = read_caisse().taille_max_octets
    try:
        taille = chemin.stat().st_size
        if taille > limite:
            return render_message("F024", valeur=taille, attendu=limite)
        return read_octets(chemin)
    except OSError:
        return "fichier introuvable ou illisible"


def _verify(
    fichiers: list[Path], contenus: dict[int, Octets], format_: Format
) -> list[tuple[Bilan, str]]:
    from pipelines.verification import verify_fichiers

    noms = {numero: fichiers[numero].name for numero in contenus}
    lecture = verify_fichiers(contenus.items(), noms=noms)
    render = {Format.TEXTE: _render_texte, Format.JSON: _render_json, Format.XML: _render_xml}
    return [
        (bilan, render[format_](fichiers[bilan.fichier], contenus[bilan.fichier], bilan, lecture))
        for bilan in lecture.bilans
    ]


def _anomalies(bilan: Bilan, lecture: Lecture) -> list[dict[str, Any]]:
    import polars as pl

    return list(lecture.anomalies.filter(pl.col("fichier") == bilan.fichier).iter_rows(named=True))


def _render_json(chemin: Path, octets: Octets, bilan: Bilan, lecture: Lecture) -> str:
    from pipelines.recus import Recu
    from pipelines.verification import describe_fichier

    recu = Recu(bilan.fichier, octets, chemin.name)
    contenu = describe_fichier(str(chemin), recu, bilan, lecture)
    return json.dumps(contenu, ensure_ascii=False)


def _render_texte(chemin: Path, _octets: Octets, bilan: Bilan, lecture: Lecture) -> str:
    from pipelines.verification import list_groupes

    bloquantes = format_compte(bilan.anomalies_bloquantes, "bloquante")
    compte = f"{bloquantes}, {format_compte(bilan.anomalies_signalees, 'signalée')}"
    version = bilan.version or "inconnue"
    verdict = bilan.verdict.replace("_", " ")
    norme, unite = MOTS.get(bilan.nature, ECHANGE)
    lignes = [f"{chemin} : {verdict} ({norme} {version}, {bilan.lignes} {unite}, {compte})"]
    anomalies = _anomalies(bilan, lecture)
    coupe = len(anomalies) > ANOMALIES_ECRITES
    if coupe:
        lignes += _render_groupes(bilan, list_groupes(bilan, lecture))
        lignes.append(f"  Les {ANOMALIES_ECRITES} premières, dans l'ordre du fichier :")
    for a in anomalies[:ANOMALIES_ECRITES]:
        lieu = f"ligne {a['ligne']}" if a["ligne"] else "fichier"
        repete = f" ({a['nombre']} fois)" if a["nombre"] > 1 else ""
        lignes.append(f"  {lieu} [{a['code']}]{repete} {a['message']}")
        lignes.append(f"      à faire : {a['remede']}")
    if coupe:
        lignes.append(_render_reste(chemin, bilan, len(anomalies)))
    return "\n".join(lignes)


def _render_groupes(bilan: Bilan, groupes: list[dict[str, Any]]) -> list[str]:
    """Every anomaly, counted by code and rubric."""
    total = bilan.anomalies_bloquantes + bilan.anomalies_signalees
    lignes = [f"  {total} anomalies, par code et rubrique :"]
    for g in groupes[:GROUPES_ECRITS]:
        depuis = f", ligne {g['ligne']} d'abord" if g["ligne"] else ""
        lieu = f" {g['rubrique']}" if g["rubrique"] and g["rubrique"] not in g["code"] else ""
        lignes.append(f"    {g['nombre']} fois [{g['code']}]{lieu} ({g['severite']}{depuis})")
    if len(groupes) > GROUPES_ECRITS:
        lignes.append(f"    et {len(groupes) - GROUPES_ECRITS} autres groupes")
    return lignes


def _render_reste(chemin: Path, bilan: Bilan, gardees: int) -> str:
    """What is left out of the text, and where it is."""
    from parsers.anomalies import MAXIMUM_CONSERVE

    total = bilan.anomalies_bloquantes + bilan.anomalies_signalees
    toutes = "les donne toutes"
    if gardees > MAXIMUM_CONSERVE:
        toutes = f"donne les {MAXIMUM_CONSERVE} premières et compte les autres par code et rubrique"
    return (
        f"  {total - ANOMALIES_ECRITES} autres anomalies ne sont pas écrites ici ; le rapport XML"
        f" {toutes} : caisse verifier --format xml {chemin}"
    )


def _render_xml(chemin: Path, octets: Octets, bilan: Bilan, lecture: Lecture) -> str:
    from datetime import UTC, datetime

    from pipelines.rapports.documents.composition import rapport_hors_depot
    from pipelines.rapports.documents.rapport_xml import render_rapport_xml

    rapport = rapport_hors_depot(chemin.name, octets, bilan, lecture, datetime.now(UTC))
    return render_rapport_xml(rapport).decode("utf-8")
