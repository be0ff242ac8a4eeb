"""Exchange files dropped by many companies at once over SFTP: nothing lost, nothing doubled.

    python bench/depots_echanges.py [--entreprises 1000] [--fichiers 10]

A real OpenSSH server, with the configuration that `caisse` prints, in this machine. Half of the
files of each company come by its own run of the stock `sftp` client while the engine scans the
folder of the boxes; the other half while it reads the same boxes from afar (paramiko, host key
checked), and hands its receipts over by SFTP. All companies come by one account, whose chroot holds
their boxes: isolation is what tests/pipelines/reception proves. Fails when a file is lost, taken
twice, left behind or not answered. Needs root, for the chroot.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pwd
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).parents[1]))

from barres import verdict

if TYPE_CHECKING:
    from pipelines.reception.candidats import SourceDepots
    from tests.pipelines.reception.sshd import Sshd
    from warehouse.maison import Maison

CLIENTS = 4  # companies that drop at the same time
ENTETE = "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin\n"


@dataclass(frozen=True, slots=True)
class Boites:
    """The boxes of the companies, behind the server."""

    sshd: Sshd
    racine: Path
    adherents: tuple[str, ...]


Ouvre = Callable[[Boites], "AbstractContextManager[SourceDepots]"]


def main() -> int:
    """Print what each way took; 1 when a count is wrong."""
    options = argparse.ArgumentParser()
    options.add_argument("--entreprises", type=int, default=1000)
    options.add_argument("--fichiers", type=int, default=10)
    choix = options.parse_args()
    from tests.pipelines.reception.sshd import find_manque, serve_openssh

    if manque := find_manque():
        print(manque, file=sys.stderr)
        return 2
    moitie = choix.fichiers // 2
    with ExitStack() as pile:
        dossier = Path(pile.enter_context(tempfile.TemporaryDirectory()))
        boites = open_boites(pile.enter_context(serve_openssh()), choix.entreprises)
        maison = learn(dossier, boites)
        print(f"{'':28} {'fichiers':>8} {'s':>7} {'par s':>6} {'CPU s':>6} {'relevés':>7}")
        pieces = make_fichiers(dossier / "pieces", choix.fichiers)
        run("dossier de la machine", boites, maison, pieces[:moitie], open_locale)
        run("serveur distant (paramiko)", boites, maison, pieces[moitie:], open_distante)
        return 0 if check(boites, maison, pieces) else 1


def open_boites(sshd: Sshd, nombre: int) -> Boites:
    """Boxes in the chroot of one account, which may write in all of them."""
    from tests.pipelines.reception.sshd import A

    racine = sshd.racine / "sftp" / A
    for dossier in racine.iterdir():
        dossier.rmdir()
    ids = pwd.getpwnam(A)
    adherents = tuple(f"A{rang:05}" for rang in range(1, nombre + 1))
    for adherent in adherents:
        for nom in ("depot", "retour"):
            (racine / adherent / nom).mkdir(parents=True)
            os.chown(racine / adherent / nom, ids.pw_uid, ids.pw_gid)
    return Boites(sshd, racine, adherents)


def learn(dossier: Path, boites: Boites) -> Maison:
    """A house that knows the companies."""
    from sample_files.generateur.entreprises import compute_siren, compute_siret
    from warehouse.maison import open_maison
    from warehouse.registre import import_registre
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages(dossier=dossier / "maison"))
    lignes = []
    for rang, adherent in enumerate(boites.adherents, 1):
        siren = compute_siren(rang)
        siret = compute_siret(siren, 1)
        lignes.append(f"{adherent};{siren};ENTREPRISE {rang};C{rang:05};{siret};2015-01-01;\n")
    with maison.moteur.begin() as connexion:
        resultat = import_registre(
            connexion,
            (ENTETE + "".join(lignes)).encode(),
            archive=maison.archive,
            auteur="banc",
            motif="banc",
            instant="2026-01-01T00:00:00Z",
        )
    if resultat.erreurs:
        raise SystemExit("registre refusé")
    return maison


def make_fichiers(dossier: Path, nombre: int) -> list[Path]:
    """Files of every kind in turn, under their names, that no two of a company are the same."""
    from tests.parsers.echanges.fabrique import LIGNES, write

    dossier.mkdir()
    genres = [*LIGNES]
    chemins = []
    for rang in range(nombre):
        genre = genres[rang % len(genres)]
        chemin = dossier / f"{genre}_R_0001234_20260901080000_{rang:04}.txt"
        chemin.write_bytes(write(genre, LIGNES[genre], mode="R", file_id=f"BANC{rang}"))
        chemins.append(chemin)
    return chemins


@contextmanager
def open_locale(boites: Boites) -> Iterator[SourceDepots]:
    """The folder of the boxes, as an engine on the server's machine reads it."""
    from pipelines.reception.sources import SourceLocale

    yield SourceLocale(boites.racine)


@contextmanager
def open_distante(boites: Boites) -> Iterator[SourceDepots]:
    """The same boxes, as an engine elsewhere reads them."""
    from pipelines.reception.sources import open_source
    from tests.pipelines.reception.sshd import A
    from warehouse.reglages import Reglages

    cles = boites.sshd.cles
    reglages = Reglages(
        source_depots=f"sftp://{A}@127.0.0.1:{boites.sshd.port}/",
        cle_sftp=cles / A,
        hotes_connus=cles / "connus",
    )
    with open_source(reglages) as source:  # type: ignore[attr-defined]
        yield source


def run(titre: str, boites: Boites, maison: Maison, fichiers: Sequence[Path], ouvre: Ouvre) -> None:
    """Receive again and again while companies drop, until nothing is left; print what it took."""
    debut, cpu, recus, releves = time.perf_counter(), time.process_time(), 0, 0
    with ouvre(boites) as source, ThreadPoolExecutor(CLIENTS) as clients:
        envois = [clients.submit(drop, boites, a, fichiers) for a in boites.adherents]
        finis = False
        while not finis or recus < len(envois) * len(fichiers):
            finis = all(envoi.done() for envoi in envois)
            pris = receive(maison, source)
            recus, releves = recus + pris, releves + 1
            if finis and not pris:
                break
    for envoi in envois:
        envoi.result()
    duree, cpu = time.perf_counter() - debut, time.process_time() - cpu
    print(f"{titre:28} {recus:8} {duree:7.1f} {recus / duree:6.0f} {cpu:6.1f} {releves:7}")


def receive(maison: Maison, source: SourceDepots) -> int:
    """One scan: how many files it took."""
    from pipelines.metiers import METIERS
    from pipelines.reception.etapes import receive_depots
    from pipelines.recus import list_natures_fichier

    natures = list_natures_fichier(METIERS)
    return len(receive_depots(maison, source, datetime.now(UTC), natures).depots)


def drop(boites: Boites, adherent: str, fichiers: Sequence[Path]) -> None:
    """One run of the stock client: each file aside, then under its name."""
    from tests.pipelines.reception.sshd import A

    cles, depot = boites.sshd.cles, f"/{adherent}/depot"
    commandes = [
        f"put {f} {depot}/{f.name}.part\nrename {depot}/{f.name}.part {depot}/{f.name}\n"
        for f in fichiers
    ]
    options = ["StrictHostKeyChecking=yes", f"UserKnownHostsFile={cles / 'connus'}"]
    options += ["IdentitiesOnly=yes", f"IdentityFile={cles / A}"]
    subprocess.run(
        ["sftp", "-q", "-b", "-", "-P", str(boites.sshd.port)]
        + [morceau for option in options for morceau in ("-o", option)]
        + [f"{A}@127.0.0.1"],
        input="".join(commandes),
        text=True,
        check=True,
        capture_output=True,
    )


def check(boites: Boites, maison: Maison, fichiers: Sequence[Path]) -> bool:
    """Each file of each company once in the journal, with its bytes and its receipt, gone."""
    from warehouse.journal import read_depots

    with maison.moteur.connect() as connexion:
        depots = list(read_depots(connexion))
    attendus = {
        (adherent, f.name): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in fichiers
        for adherent in boites.adherents
    }
    fois = Counter((depot.adherent, depot.nom) for depot in depots)
    perdus = [cle for cle in attendus if not fois[cle]]
    doubles = [cle for cle, nombre in fois.items() if nombre > 1]
    changes = [d for d in depots if attendus.get((d.adherent, d.nom)) != d.sha256]
    restes = [*boites.racine.glob("*/depot/*")]
    accuses = len([*boites.racine.glob("*/retour/ACK_*.json")])
    print(
        f"{len(attendus)} déposés, {len(depots)} au journal : {len(perdus)} perdus, "
        f"{len(doubles)} pris deux fois, {len(changes)} altérés, {len(restes)} laissés, "
        f"{accuses} accusés"
    )
    tenus = {
        "aucun perdu, aucun laissé": not perdus and not restes,
        "aucun pris deux fois": not doubles and len(depots) == len(attendus),
        "chacun tel que déposé": not changes,
        "un accusé chacun": accuses == len(attendus),
    }
    for question, tenu in tenus.items():
        verdict(question, tenu=tenu)
    return all(tenus.values())


if __name__ == "__main__":
    sys.exit(main())
