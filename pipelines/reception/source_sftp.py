"""A place of deposit on a remote server, read by SFTP: known host, keys only."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import paramiko

from pipelines.reception.candidats import (
    DEPOT,
    RETOUR,
    Candidat,
    Cle,
    Contenu,
    DepotModifieError,
    Ecarte,
    Inventaire,
    LectureRefuseeError,
    read_flux,
)
from pipelines.reception.connexion import (
    AdresseSftp,
    ClientSftp,
    is_fichier_ordinaire,
    open_client,
    parse_owner,
)
from pipelines.reception.regles import is_adherent_sur, is_nom_sur

REQUETE_OCTETS = 32 * 1024
REQUETES_EN_VOL = 1024  # fewer, and the library sleeps between replies


class SourceSftp:
    """The folder `chemin` of a server, which holds `<adherent>/depot` and `<adherent>/retour`."""

    def __init__(self, adresse: AdresseSftp, chemin: str, *, cle: Path, hotes_connus: Path) -> None:
        self.chemin = chemin.rstrip("/")
        self.connexion = open_client(adresse, cle=cle, hotes_connus=hotes_connus)

    @property
    def client(self) -> ClientSftp:
        """The SFTP session."""
        return self.connexion.client

    def list_depots(self) -> Inventaire:
        """Regular files of every `depot/`; what is not one, or has an impossible name, is left."""
        candidats: list[Candidat] = []
        ecartes: list[Ecarte] = []
        for nom, _ in sorted(self.client.list_dossier(os.fsencode(self.chemin or "/")), key=_nom):
            adherent = os.fsdecode(nom)
            if not is_adherent_sur(adherent):
                ecartes.append(Ecarte(adherent, "", "ce nom n'est pas un numéro d'adhérent"))
                continue
            try:
                self._list_depot(adherent, candidats, ecartes)
            except OSError:
                ecartes.append(Ecarte(adherent, "", "dossier de dépôt inutilisable"))
        return Inventaire(tuple(candidats), tuple(ecartes))

    def _list_depot(self, adherent: str, candidats: list[Candidat], ecartes: list[Ecarte]) -> None:
        for octets_nom, attributs in sorted(
            self.client.list_dossier(self._path(adherent, DEPOT)), key=_nom
        ):
            nom = os.fsdecode(octets_nom)
            if not is_nom_sur(nom):
                ecartes.append(Ecarte(adherent, nom, "nom refusé : il désigne un autre dossier"))
            elif not is_fichier_ordinaire(attributs):
                motif = "ce n'est pas un fichier ordinaire : seuls ceux-ci sont pris"
                ecartes.append(Ecarte(adherent, nom, motif))
            else:
                octets, marque = attributs.st_size or 0, _marque(attributs)
                candidats.append(Candidat(adherent, nom, octets, marque, parse_owner(attributs)))

    def read_contenu(self, candidat: Candidat, limite: int, copie: Path) -> Contenu:
        """Read the file with requests in flight, checking before and after that it is the same."""
        chemin = self._path(candidat.adherent, DEPOT, candidat.nom)
        self._check_marque(chemin, candidat)
        try:
            with self.client.open(chemin, "rb") as flux:
                flux.prefetch(candidat.octets, REQUETES_EN_VOL)
                contenu = read_flux(_ParMorceaux(flux), candidat, limite, copie)
        except PermissionError as erreur:
            raise LectureRefuseeError from erreur
        self._check_marque(chemin, candidat)
        return contenu

    def remove(self, candidat: Candidat) -> bool:
        """Remove the file unless it was replaced since it was listed."""
        chemin = self._path(candidat.adherent, DEPOT, candidat.nom)
        try:
            if _marque(self.client.lstat(chemin)) != candidat.marque:
                return False
            self.client.remove(chemin)
        except FileNotFoundError:
            return False
        return True

    def write_retours(self, contenus: Mapping[Cle, bytes]) -> dict[Cle, Exception]:
        """One after the other."""
        echecs: dict[Cle, Exception] = {}
        for (adherent, nom), octets in contenus.items():
            try:
                self._write_retour(adherent, nom, octets)
            except (OSError, ValueError) as erreur:
                echecs[adherent, nom] = erreur
        return echecs

    def list_retour(self, adherent: str) -> frozenset[str]:
        """Names in the `retour/` of a company."""
        entrees = self.client.list_dossier(self._path(adherent, RETOUR))
        return frozenset(os.fsdecode(nom) for nom, _ in entrees)

    def remove_retour(self, adherent: str, nom: str) -> None:
        """Take a file out of the `retour/` of a company; nothing when it is not there."""
        with suppress(FileNotFoundError):
            self.client.remove(self._path(adherent, RETOUR, nom))

    def close(self) -> None:
        """End the session and the connection."""
        self.connexion.close()

    def __enter__(self) -> Self:
        """Use the source in a `with`."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the connection."""
        self.close()

    def _write_retour(self, adherent: str, nom: str, octets: bytes) -> None:
        """Temporary name then rename: the company sees the whole file or none."""
        final = self._path(adherent, RETOUR, nom)
        provisoire = self._path(adherent, RETOUR, f".{nom}.tmp")
        self.client.putfo(io.BytesIO(octets), provisoire, file_size=len(octets))
        self.client.posix_rename(provisoire, final)

    def _path(self, adherent: str, sous_dossier: str, nom: str | None = None) -> bytes:
        """Remote path of a folder or of a file of it; every part is checked before it is joined."""
        if not is_adherent_sur(adherent) or (nom is not None and not is_nom_sur(nom)):
            raise ValueError("nom inutilisable sur le serveur de dépôt")
        parties = [self.chemin, adherent, sous_dossier, *([nom] if nom is not None else [])]
        return os.fsencode("/".join(parties))

    def _check_marque(self, chemin: bytes, candidat: Candidat) -> None:
        try:
            attributs = self.client.lstat(chemin)
        except FileNotFoundError as erreur:
            raise DepotModifieError from erreur
        if not is_fichier_ordinaire(attributs) or _marque(attributs) != candidat.marque:
            raise DepotModifieError


@dataclass(frozen=True, slots=True)
class _ParMorceaux:
    """A remote file read by pieces: one big read of the library is fifty times slower."""

    flux: paramiko.SFTPFile

    def read(self, taille: int, /) -> bytes:
        """At most `taille` bytes, none at the end."""
        morceaux: list[bytes] = []
        while taille > 0 and (morceau := self.flux.read(min(taille, REQUETE_OCTETS))):
            morceaux.append(morceau)
            taille -= len(morceau)
        return b"".join(morceaux)


def _nom(entree: tuple[bytes, paramiko.SFTPAttributes]) -> bytes:
    return entree[0]


def _marque(attributs: paramiko.SFTPAttributes) -> str:
    return f"{attributs.st_size}:{attributs.st_mtime}"
