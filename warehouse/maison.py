"""The home of an engine: its folders, its secret keys, its registry, its archive, its lake.

maison = open_maison(Reglages())
with maison.moteur.begin() as connexion: ...
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Column, Engine, select

from warehouse.archive import Archive
from warehouse.audit import keep_cle
from warehouse.cles import check_pseudonymes
from warehouse.coffre.colonnes_sql import keep_trousseau
from warehouse.coffre.contenus import read_cle
from warehouse.coffre.trousseau import (
    DOSSIER,
    OCTETS_CLE,
    Trousseau,
    add_cle,
    list_fichiers,
    read_trousseau,
    write_cle,
)
from warehouse.lac import Lac
from warehouse.migrations import migrate
from warehouse.moteur import open_moteur
from warehouse.reglages import Reglages
from warehouse.tables_sql import ANCRAGES, DEPOTS
from warehouse.verrous import Verrou, Verrous

DOSSIERS = ("sftp", "depots", "lac", DOSSIER, "airflow")
CLE = Path(DOSSIER) / "pseudonymes.cle"
CLE_PREUVES = Path(DOSSIER) / "preuves.cle"
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

    @property
    def verrous(self) -> Verrous:
        """What one process at a time does in this home."""
        return Verrous(self.reglages.dossier, self.reglages.url_sql)


def open_maison(reglages: Reglages) -> Maison:
    """Open the home, made ready when it is not: folders (0700), keys, schema of the registry.

    Opening again changes nothing; processes that open it together wait for each other. CleAbsente
    when a key that the fund has used is not there, CleEtrangere when that of its pseudonyms is
    another one.
    """
    racine = reglages.dossier
    for dossier in (racine, *(racine / nom for nom in DOSSIERS)):
        dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    moteur, verrous = open_moteur(reglages.url_sql), Verrous(racine, reglages.url_sql)
    with verrous.wait(Verrou.OUVERTURE):
        migrate(moteur)
        cle = _open_cle(racine / CLE, moteur, DEPOTS.c.numero, "ses pseudonymes")
        preuves = _open_cle(racine / CLE_PREUVES, moteur, ANCRAGES.c.publication, "ses preuves")
        trousseau = _open_trousseau(reglages, moteur)
        with moteur.connect() as connexion:
            check_pseudonymes(connexion, cle)
    keep_cle(moteur, preuves)
    keep_trousseau(moteur, trousseau)
    archive, lac = Archive(racine / "depots", trousseau), Lac(racine / "lac", trousseau, verrous)
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
        write_cle(chemin)
    cle = chemin.read_bytes()
    if len(cle) != OCTETS_CLE:
        raise ValueError(f"clé inutilisable : {chemin.name} ({OCTETS_CLE} octets attendus)")
    return cle


def read_cle_preuves(dossier: Path) -> bytes | None:
    """The key of the proofs of a home that is only looked at; None when it is not there."""
    chemin = dossier / CLE_PREUVES
    return chemin.read_bytes() if chemin.is_file() else None


def _open_trousseau(reglages: Reglages, moteur: Engine) -> Trousseau:
    """The keys of the vault; the first one is drawn for a fund that has sealed nothing yet."""
    if reglages.cles_coffre is None and not list_fichiers(reglages.dossier):
        _check_unsealed(reglages.dossier / "depots", moteur)
        add_cle(reglages.dossier, 1)
    return read_trousseau(reglages)


def _check_unsealed(archive: Path, moteur: Engine) -> None:
    """CleAbsente when the last deposit is sealed: another key would not open it."""
    with moteur.connect() as connexion:
        dernier = connexion.scalar(
            select(DEPOTS.c.sha256).order_by(DEPOTS.c.numero.desc()).limit(1)
        )
    chemin = archive / dernier[:2] / dernier if dernier else None
    if chemin and chemin.exists() and read_cle(chemin) is not None:
        raise CleAbsente(
            "clé absente : coffre-*.cle ; la reprendre de la sauvegarde des clés, sans elle"
            " l'archive ne s'ouvre pas"
        )
