"""A place of deposit that is a folder of this machine, or mounted on it.

Companies write in these folders: every step goes through a directory descriptor and refuses links,
so that no name given by a company is ever resolved as a path.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Self

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
from pipelines.reception.regles import is_adherent_sur, is_nom_sur
from warehouse import disque

OUVRE_DOSSIER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a FIFO put in place of a file must not hang the reception.
OUVRE_FICHIER = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
CREE_FICHIER = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
DROITS_RETOUR = 0o640


class SourceLocale:
    """The folder `racine`, which holds `<adherent>/depot` and `<adherent>/retour`."""

    def __init__(self, racine: Path) -> None:
        self.racine = racine

    def list_depots(self) -> Inventaire:
        """Regular files of every `depot/`; links, FIFOs, devices and folders are left aside."""
        candidats: list[Candidat] = []
        ecartes: list[Ecarte] = []
        for adherent in sorted(dossier.name for dossier in self.racine.iterdir()):
            if not is_adherent_sur(adherent):
                ecartes.append(Ecarte(adherent, "", "ce nom n'est pas un numéro d'adhérent"))
                continue
            try:
                self._list_depot(adherent, candidats, ecartes)
            except OSError as erreur:
                ecartes.append(
                    Ecarte(adherent, "", f"dossier de dépôt inutilisable ({_motif(erreur)})")
                )
        return Inventaire(tuple(candidats), tuple(ecartes))

    def _list_depot(self, adherent: str, candidats: list[Candidat], ecartes: list[Ecarte]) -> None:
        with self._open_dossier(adherent, DEPOT) as dossier:
            for nom in sorted(os.listdir(dossier)):  # noqa: PTH208 (a descriptor, not a path)
                with suppress(FileNotFoundError):  # taken back by the company during the scan
                    etat = os.stat(nom, dir_fd=dossier, follow_symlinks=False)
                    motif = _find_refus(etat)
                    if motif is None:
                        candidats.append(
                            Candidat(adherent, nom, etat.st_size, _marque(etat), _owner(etat))
                        )
                    else:
                        ecartes.append(Ecarte(adherent, nom, motif))

    def read_contenu(self, candidat: Candidat, limite: int, copie: Path) -> Contenu:
        """Read the file without following a link, checking before and after that it is the same."""
        with self._open(candidat) as flux:
            _check_marque(candidat, flux.fileno())
            contenu = read_flux(_Depose(flux), candidat, limite, copie)
            _check_marque(candidat, flux.fileno())
        return contenu

    def _open(self, candidat: Candidat) -> BinaryIO:
        try:
            with self._open_dossier(candidat.adherent, DEPOT) as dossier:
                descripteur = os.open(_checked(candidat.nom), OUVRE_FICHIER, dir_fd=dossier)
            return os.fdopen(descripteur, "rb")
        except FileNotFoundError as erreur:
            raise DepotModifieError from erreur
        except OSError as erreur:  # its rights, a link put in its place
            raise LectureRefuseeError from erreur

    def remove(self, candidat: Candidat) -> bool:
        """Remove the file unless it was replaced since it was listed."""
        with self._open_dossier(candidat.adherent, DEPOT) as dossier:
            nom = _checked(candidat.nom)
            try:
                if _marque(os.stat(nom, dir_fd=dossier, follow_symlinks=False)) != candidat.marque:
                    return False
                os.unlink(nom, dir_fd=dossier)
            except FileNotFoundError:
                return False
        return True

    def write_retours(self, contenus: Mapping[Cle, bytes]) -> dict[Cle, Exception]:
        """Temporary names, sync, renames, sync: readers see a whole file or none.

        The disk is synchronised twice, whatever the number of files and of companies.
        """
        echecs: dict[Cle, Exception] = {}
        try:
            with ExitStack() as disques:
                vus: dict[int, int] = {}
                for adherent, cles in _by_adherent(contenus):
                    with _noted(echecs, cles), self._open_dossier(adherent, RETOUR) as dossier:
                        _keep_disque(disques, vus, dossier)
                        _write_all(dossier, {cle: contenus[cle] for cle in cles}, echecs)
                ecrits = [cle for cle in contenus if cle not in echecs]
                self._rename_all(ecrits, vus.values(), echecs)
        except OSError as erreur:  # the disk can't be synchronised: nothing is sure
            return dict.fromkeys(contenus, erreur)
        return echecs

    def _rename_all(
        self, cles: Sequence[Cle], disques: Collection[int], echecs: dict[Cle, Exception]
    ) -> None:
        """Give files their names, between two synchronisations of these disks."""
        for disque_ouvert in disques:
            disque.sync_disque_of(disque_ouvert)
        for adherent, noms in _by_adherent(cles):
            with _noted(echecs, noms), self._open_dossier(adherent, RETOUR) as dossier:
                for cle in noms:
                    with _noted(echecs, [cle]):
                        _rename(dossier, cle[1])
        for disque_ouvert in disques:
            disque.sync_disque_of(disque_ouvert)

    def list_retour(self, adherent: str) -> frozenset[str]:
        """Names in the `retour/` of a company."""
        with self._open_dossier(adherent, RETOUR) as dossier:
            return frozenset(os.listdir(dossier))  # noqa: PTH208 (a descriptor, not a path)

    def remove_retour(self, adherent: str, nom: str) -> None:
        """Take a file out of the `retour/` of a company; nothing when it is not there."""
        with self._open_dossier(adherent, RETOUR) as dossier, suppress(FileNotFoundError):
            os.unlink(_checked(nom), dir_fd=dossier)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> Self:
        """Use the source in a `with`."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing is held."""

    @contextmanager
    def _open_dossier(self, adherent: str, sous_dossier: str) -> Iterator[int]:
        """Descriptor of `<racine>/<adherent>/<sous_dossier>`, no link followed below the root."""
        if not is_adherent_sur(adherent):
            raise ValueError("numéro d'adhérent inutilisable comme nom de dossier")
        racine = os.open(self.racine, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        ouverts = [racine]
        try:
            for nom in (adherent, sous_dossier):
                ouverts.append(os.open(nom, OUVRE_DOSSIER, dir_fd=ouverts[-1]))
            yield ouverts[-1]
        finally:
            for descripteur in ouverts:
                os.close(descripteur)


@dataclass(frozen=True, slots=True)
class _Depose:
    """A file of a company: that its disk fails is not a failure of ours."""

    flux: BinaryIO

    def read(self, taille: int, /) -> bytes:
        """At most `taille` bytes, none at the end."""
        try:
            return self.flux.read(taille)
        except OSError as erreur:
            raise LectureRefuseeError from erreur


def _by_adherent(cles: Iterable[Cle]) -> Iterator[tuple[str, list[Cle]]]:
    for adherent, noms in groupby(sorted(cles), key=itemgetter(0)):
        yield adherent, list(noms)


def _keep_disque(disques: ExitStack, vus: dict[int, int], dossier: int) -> None:
    """Keep a descriptor of the disk of a folder, when it is of another than those seen."""
    numero = os.fstat(dossier).st_dev
    if numero not in vus:
        vus[numero] = os.dup(dossier)
        disques.callback(os.close, vus[numero])


def _write_all(dossier: int, contenus: Mapping[Cle, bytes], echecs: dict[Cle, Exception]) -> None:
    """Write the files of a company under their temporary names."""
    for cle, octets in contenus.items():
        with _noted(echecs, [cle]):
            _write_provisoire(dossier, cle[1], octets)


def _write_provisoire(dossier: int, nom: str, octets: bytes) -> None:
    provisoire = f".{_checked(nom)}.tmp"
    try:
        descripteur = os.open(provisoire, CREE_FICHIER, DROITS_RETOUR, dir_fd=dossier)
    except FileExistsError:  # left by a run that was killed
        os.unlink(provisoire, dir_fd=dossier)
        descripteur = os.open(provisoire, CREE_FICHIER, DROITS_RETOUR, dir_fd=dossier)
    with os.fdopen(descripteur, "wb") as flux:
        flux.write(octets)


def _rename(dossier: int, nom: str) -> None:
    os.replace(f".{nom}.tmp", nom, src_dir_fd=dossier, dst_dir_fd=dossier)


@contextmanager
def _noted(echecs: dict[Cle, Exception], cles: Iterable[Cle]) -> Iterator[None]:
    """Why files could not be written, among the others."""
    try:
        yield
    except (OSError, ValueError) as erreur:
        echecs |= dict.fromkeys(cles, erreur)


def _checked(nom: str) -> str:
    if not is_nom_sur(nom):
        raise ValueError("nom de fichier inutilisable")
    return nom


def _marque(etat: os.stat_result) -> str:
    # The change time cannot be set by a client: a rewritten file never keeps its mark.
    return f"{etat.st_ino}:{etat.st_size}:{etat.st_mtime_ns}:{etat.st_ctime_ns}"


def _owner(etat: os.stat_result) -> str | None:
    """Account that a file belongs to, None when this machine has no name for it."""
    try:
        return pwd.getpwuid(etat.st_uid).pw_name
    except KeyError:
        return None


def _check_marque(candidat: Candidat, descripteur: int) -> None:
    etat = os.fstat(descripteur)
    if _find_refus(etat) is not None or _marque(etat) != candidat.marque:
        raise DepotModifieError


def _find_refus(etat: os.stat_result) -> str | None:
    """Why an entry is not a deposit, None when it is a plain file of its own."""
    if stat.S_ISLNK(etat.st_mode):
        return "lien symbolique : seuls les fichiers ordinaires sont pris"
    if stat.S_ISDIR(etat.st_mode):
        return "dossier : déposez les fichiers directement dans depot/"
    if not stat.S_ISREG(etat.st_mode):
        return "fichier spécial : seuls les fichiers ordinaires sont pris"
    if etat.st_nlink > 1:
        return "lien physique : le fichier porte aussi un autre nom"
    return None


def _motif(erreur: OSError) -> str:
    return os.strerror(erreur.errno or 0)
