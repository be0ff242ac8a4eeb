"""What a commit of a Delta table is on the disk: a line of its log, the files that it adds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from warehouse.disque import sync_dossier, sync_fichier

JOURNAL, DERNIER_POINT = "_delta_log", "_last_checkpoint"
CHIFFRES = 20  # of a version, in the names of the log


def name_commit(version: int) -> str:
    """Path of a commit under its table, without what tells it from its checkpoint."""
    return f"{JOURNAL}/{version:0{CHIFFRES}}"


def list_added(dossier: Path, commits: Iterable[str]) -> set[str]:
    """Paths, under the folder of a table, of these commits, of their checkpoints, of their rows."""
    chemins: set[str] = set()
    for commit in commits:
        chemins |= {f"{commit}.json", f"{commit}.checkpoint.parquet"}
        actions = map(json.loads, (dossier / f"{commit}.json").read_text("utf-8").splitlines())
        chemins |= {unquote(action["add"]["path"]) for action in actions if "add" in action}
    return chemins


def sync_commit(dossier: Path, version: int) -> None:
    """Make a commit survive a power cut, which Delta does not; OSError when it can't be.

    What follows it, in the base, would say that rows are there which the disk had not.
    """
    commit = name_commit(version)
    noms = list_added(dossier, [commit])
    if (dossier / f"{commit}.checkpoint.parquet").exists():
        noms.add(f"{JOURNAL}/{DERNIER_POINT}")
    fichiers = [chemin for nom in sorted(noms) if (chemin := dossier / nom).exists()]
    for fichier in fichiers:
        sync_fichier(fichier)
    for parent in sorted({parent for fichier in fichiers for parent in fichier.parents}):
        if parent.is_relative_to(dossier.parent):
            sync_dossier(parent)
