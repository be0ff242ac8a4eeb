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

from sqlalchemy import Column, Engine, select

from warehouse.archive import Archive
from warehouse.audit import keep_cle
from warehouse.lac import Lac
from warehouse.migrations import migrate
from warehouse.moteur import open_moteur
from warehouse.points_arret import crashpoint
from warehouse.reglages import Reglages
from warehouse.tables_sql import ANCRAGES, DEPOTS
from warehouse.verrous import lock

DOSSIERS = ("sftp", "depots", "lac", "cles", "airflow")
OCTETS_CLE = 32
CLE = Path("cles") / "pseudonymes.cle"
CLE_PREUVES = Path("cles") / "preuves.cle"
CLES = (CLE, CLE_PREUVES)


class CleAbsente(RuntimeError):  # noqa: N818 - named in French
    """The key of a fund that has received files is not there. Message in French."""


@dataclass(frozen=True, slots=True)
class Maison:
    """What the steps need to read and write.

    `cle_pseudonymes` keys the pseudonyms, `cle_preuves` what proves the past (32 bytes each).
    """

    reglages: Reglages
    moteur: Engine
    archive: Archive
    lac: Lac
    cle_pseudonymes: bytes = field(repr=False)
    cle_preuves: bytes = field(repr=False)


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
        cle = _open_cle(racine / CLE, moteur, DEPOTS.c.numero, "ses pseudonymes")
        preuves = _open_cle(racine / CLE_PREUVES, moteur, ANCRAGES.c.publication, "ses preuves")
    keep_cle(moteur, preuves)
    archive, lac = Archive(racine / "depots"), Lac(racine / "lac")
    return Maison(reglages, moteur, archive, lac, cle, preuves)


def _open_cle(chemin: Path, moteur: Engine, temoin: Column[int], objet: str) -> bytes:
    """The key, made for a fund that has not used it (no `temoin`): another would not be its own."""
    if not chemin.exists():
        with moteur.connect() as connexion:
            if connexion.scalar(select(temoin).limit(1)) is not None:
                raise CleAbsente(
                    f"clé absente : {chemin.name} ; la reprendre de la sauvegarde des clés,"
                    f" sans elle {objet} seraient autres"
                )
        _write_cle(chemin)
    cle = chemin.read_bytes()
    if len(cle) != OCTETS_CLE:
        raise ValueError(f"clé inutilisable : {chemin.name} ({OCTETS_CLE} octets attendus)")
    return cle


def read_cle_preuves(dossier: Path) -> bytes | None:
    """The key of the proofs of a home that is only looked at; None when it is not there."""
    chemin = dossier / CLE_PREUVES
    return chemin.read_bytes() if chemin.is_file() else None


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
