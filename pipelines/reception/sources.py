"""The places of deposit, chosen by the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipelines.reception.candidats import SourceDepots
from pipelines.reception.source_locale import SourceLocale
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from pipelines.reception.connexion import AdresseSftp

__all__ = ["SourceDepots", "SourceLocale", "open_source"]

PORT_SSH = 22


def open_source(reglages: Reglages) -> SourceDepots:
    """The folder of the boxes on this machine, or the server of `reglages.source_depots`.

    Raises:
        ValueError: incomplete settings for a remote server.
        SourceIndisponibleError: the remote server cannot be used.
    """
    if reglages.source_depots is None:
        return SourceLocale(reglages.dossier_boites)
    from pipelines.reception.source_sftp import SourceSftp

    adresse, chemin = parse_source(reglages.source_depots)
    cle, hotes_connus = _required_keys(reglages)
    return SourceSftp(adresse, chemin, cle=cle, hotes_connus=hotes_connus)


def parse_source(source: str) -> tuple[AdresseSftp, str]:
    """Server, account and folder of `sftp://compte@hote:port/chemin`.

    Raises:
        ValueError: another form, or a password in the address (keys only).
    """
    from pipelines.reception.connexion import AdresseSftp

    parties = urlsplit(source)
    if parties.scheme != "sftp" or not parties.hostname or not parties.username:
        raise ValueError("CAISSE_SOURCE_DEPOTS : attendu sftp://compte@hote:port/chemin")
    if parties.password is not None:
        raise ValueError("CAISSE_SOURCE_DEPOTS : pas de mot de passe, la connexion se fait par clé")
    adresse = AdresseSftp(parties.hostname, parties.port or PORT_SSH, unquote(parties.username))
    return adresse, unquote(parties.path)


def _required_keys(reglages: Reglages) -> tuple[Path, Path]:
    if reglages.cle_sftp is None or reglages.hotes_connus is None:
        raise ValueError(
            "Un serveur distant demande CAISSE_CLE_SFTP (clé privée) et CAISSE_HOTES_CONNUS."
        )
    return reglages.cle_sftp, reglages.hotes_connus
