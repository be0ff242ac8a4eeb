"""`caisse verifier`: control of any file, offline, stateless; what editors run before sending."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipelines.controle.lecture import Bilan, Lecture

CODES_RETOUR = {"CONFORME": 0, "NON_CONFORME": 1, "ILLISIBLE": 2}
LOT_OCTETS = 64 * 1024 * 1024
LIEU = ("ligne", "bloc", "rubrique", "valeur", "message", "remede")


class Format(StrEnum):
    """Shapes of the result."""

    TEXTE = "texte"
    JSON = "json"
    XML = "xml"


def verifier(
    fichiers: Annotated[list[Path], typer.Argument(help="Fichiers DSN à contrôler.")],
    format_: Annotated[
        Format, typer.Option("--format", help="texte à lire, json ou xml (un objet par fichier).")
    ] = Format.TEXTE,
) -> None:
    """Contrôler des fichiers DSN, hors ligne, sans rien envoyer ni garder.

    Code de retour : 0 conforme, 1 non conforme, 2 inutilisable.
    """
    pire = 0
    for lot in _batches(fichiers):
        lisibles = {n: octets for n, octets in lot.items() if octets is not None}
        for numero in lot.keys() - lisibles.keys():
            print(f"{fichiers[numero]} : fichier introuvable ou illisible", file=sys.stderr)
            pire = 2
        for bilan, texte in _verify(fichiers, lisibles, format_):
            print(texte)
            pire = max(pire, CODES_RETOUR[bilan.verdict])
    raise typer.Exit(pire)


def _batches(fichiers: list[Path]) -> list[dict[int, bytes | None]]:
    """Contents of the files by their rank, in groups of bounded size; None when unreadable."""
    lots: list[dict[int, bytes | None]] = [{}]
    total = 0
    for numero, chemin in enumerate(fichiers):
        try:
            octets = chemin.read_bytes()
        except OSError:
            lots[-1][numero] = None
            continue
        if total + len(octets) > LOT_OCTETS and total:
            lots.append({})
            total = 0
        lots[-1][numero] = octets
        total += len(octets)
    return lots


def _verify(
    fichiers: list[Path], contenus: dict[int, bytes], format_: Format
) -> list[tuple[Bilan, str]]:
    from pipelines.controle.lecture import read_fichiers

    lecture = read_fichiers(contenus.items())
    render = {Format.TEXTE: _render_texte, Format.JSON: _render_json, Format.XML: _render_xml}
    return [
        (bilan, render[format_](fichiers[bilan.fichier], contenus[bilan.fichier], bilan, lecture))
        for bilan in lecture.bilans
    ]


def _anomalies(bilan: Bilan, lecture: Lecture) -> list[dict[str, Any]]:
    import polars as pl

    return list(lecture.anomalies.filter(pl.col("fichier") == bilan.fichier).iter_rows(named=True))


def _render_json(chemin: Path, _octets: bytes, bilan: Bilan, lecture: Lecture) -> str:
    anomalies = [
        {champ: a[champ] for champ in ("code", "severite", *LIEU)}
        for a in _anomalies(bilan, lecture)
    ]
    contenu = {
        "fichier": str(chemin),
        "nature": "DSN",
        "mode": {True: "essai", False: "reel", None: "inconnu"}[bilan.essai],
        "version": bilan.version,
        "verdict": bilan.verdict,
        "anomalies": anomalies,
    }
    return json.dumps(contenu, ensure_ascii=False)


def _render_texte(chemin: Path, _octets: bytes, bilan: Bilan, lecture: Lecture) -> str:
    compte = f"{bilan.anomalies_bloquantes} bloquante(s), {bilan.anomalies_signalees} signalée(s)"
    version = bilan.version or "inconnue"
    verdict = bilan.verdict.replace("_", " ")
    lignes = [f"{chemin} : {verdict} (norme {version}, {bilan.lignes} lignes, {compte})"]
    for a in _anomalies(bilan, lecture):
        lieu = f"ligne {a['ligne']}" if a["ligne"] else "fichier"
        repete = f" ({a['nombre']} fois)" if a["nombre"] > 1 else ""
        lignes.append(f"  {lieu} [{a['code']}]{repete} {a['message']}")
        lignes.append(f"      à faire : {a['remede']}")
    return "\n".join(lignes)


def _render_xml(chemin: Path, octets: bytes, bilan: Bilan, lecture: Lecture) -> str:
    from datetime import UTC, datetime

    from pipelines.publication.documents.rapport_xml import render_rapport_xml
    from pipelines.publication.rapports import rapport_hors_depot

    rapport = rapport_hors_depot(chemin.name, octets, bilan, lecture, datetime.now(UTC))
    return render_rapport_xml(rapport).decode("utf-8")
