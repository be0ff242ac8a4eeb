"""The home of an engine: its folders, its secret key, its registry, its archive, its lake.

maison = open_maison(Reglages())
with maison.moteur.begin() as connexion: ...
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select

from warehouse.archive import Archive
from warehouse.lac import Lac
from warehouse.migrations import migrate
from warehouse.moteur import open_moteur
from warehouse.points_arret import crashpoint
from warehouse.reglages import Reglages
from warehouse.tables_sql import DEPOTS
from warehouse.verrous import lock

DOSSIERS = ("sftp", "depots", "lac", "cles", "airflow")
OCTETS_CLE = 32
CLE = Path("cles") / "pseudonymes.cle"


class CleAbsente(RuntimeError):  # noqa: N818 - named in French
    """The key of a fund that has received files is not there. Message in French."""


@dataclass(frozen=True, slots=True)
class Maison:
    """What the steps need to read and write; `cle_pseudonymes` keys the pseudonyms (32 bytes)."""

    reglages: Reglages
    moteur: Engine
    archive: Archive
    lac: Lac
    cle_pseudonymes: bytes = field(repr=False)


def open_maison(reglages: Reglages) -> Maison:
    """Open the home, made ready when it is not: folders (0700), key, schema of the registry.

    Opening again changes nothing; processes that open it together wait for each other.
    """
    racine = reglages.dossier
    for dossier in (racine, *(racine / nom for nom in DOSSIERS)):
        dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    moteur = open_moteur(reglages.url_sql)
    with lock(racine / ".ouverture"):
        migrate(moteur)
        cle = _open_cle(racine / CLE, moteur)
    archive, lac = Archive(racine / "depots"), Lac(racine / "lac")
    return Maison(reglages, moteur, archive, lac, cle)


def _open_cle(chemin: Path, moteur: Engine) -> bytes:
    """The key, made for a fund that has received nothing: for another, it would not be its own."""
    if not chemin.exists():
        with moteur.connect() as connexion:
            if connexion.scalar(select(DEPOTS.c.numero).limit(1)) is not None:
                raise CleAbsente(
                    f"clé absente : {chemin.name} ; la reprendre de la sauvegarde des clés,"
                    " sans elle les pseudonymes de la caisse seraient autres"
                )
        _write_cle(chemin)
    cle = chemin.read_bytes()
    if len(cle) != OCTETS_CLE:
        raise ValueError(f"clé inutilisable : {chemin.name} ({OCTETS_CLE} octets attendus)")
    return cle


def _write_cle(chemin: Path) -> None:
    descripteur, provisoire = tempfile.mkstemp(dir=chemin.parent)
    with os.fdopen(descripteur, "wb") as fichier:
        fichier.write(secrets.token_bytes(OCTETS_CLE))
        fichier.flush()
        os.fsync(fichier.fileno())
    crashpoint("maison.cle_ecrite")
    # A link never replaces: whoever was first keeps the key, on shared storage too.
    with suppress(FileExistsError):
        chemin.hardlink_to(provisoire)
    Path(provisoire).unlink()
