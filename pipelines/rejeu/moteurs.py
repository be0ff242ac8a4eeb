"""Facts played by the engines of their time: each stretch of nights by the version that ran it.

The sources of an engine are in the archive. It runs apart, as a process of its own, with the
libraries of this machine, which must be those of its lock.

    replay(faits, maison, Path("rejeu"))
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from pipelines.nuit.moteur import VERROU, MoteurArrete, read_verrou, run_apart
from pipelines.nuit.versions import version_moteur
from pipelines.rejeu.jeu import RejeuImpossible, open_cible, play
from pipelines.rejeu.traduction import Traduction
from warehouse.archive import Archive
from warehouse.coffre.trousseau import FERME, read_trousseau
from warehouse.faits import Fait, ImportFait, NuitFaite, PassageFait, format_faits, parse_faits
from warehouse.jumelle import settle
from warehouse.maison import Maison, open_maison
from warehouse.purges import describe_purges
from warehouse.reglages import Reglages

COFFRE = Path("warehouse") / "coffre"
DEPUIS_ZERO = "CAISSE_REJEU_DEPUIS_ZERO"  # a variable: engines of the past do not mind it


def replay(
    faits: Sequence[Fait],
    origine: Maison,
    dossier: Path,
    *,
    depuis_zero: bool = False,
    traduction: Traduction | None = None,
) -> Maison:
    """Do these facts again in a new home, each night with its engine; the home.

    `depuis_zero`: see `play`; an engine of before it knew how plays as it did. `traduction`: of the
    pseudonyms, when the key of the origin is not the one that the facts name people under.

    Raises:
        RejeuImpossible: the folder is not empty, a fact can't be done again, an engine is missing,
            something that the facts read was purged.
    """
    with origine.moteur.connect() as connexion:
        purge = describe_purges(connexion, list_contenus(faits))
    if purge is not None:
        raise RejeuImpossible(f"ce passé ne se rejoue plus : {purge}")
    cible = open_cible(origine.reglages, dossier)
    for nuit, tranche in split_moteurs(faits):
        for suite in traduction.cut(tranche, cible) if traduction else [tranche]:
            if nuit is None or nuit.version == version_moteur():
                play(suite, origine.archive, cible, depuis_zero=depuis_zero)
            else:
                _play_apart(nuit, suite, origine, cible, {DEPUIS_ZERO: "1"} if depuis_zero else {})
    return cible


def split_moteurs(faits: Sequence[Fait]) -> Iterator[tuple[NuitFaite | None, list[Fait]]]:
    """Stretches of facts with the first night of each; those of one engine in a row are together.

    What comes before a night is done by its engine, what comes after the last one by that of the
    last one. None: there is no night.
    """
    nuits: list[NuitFaite | None] = []
    jouees = [fait.nuit for fait in faits if isinstance(fait, PassageFait) and fait.nuit]
    suivante = jouees[-1] if jouees else None
    for fait in reversed(faits):
        if isinstance(fait, PassageFait) and fait.nuit:
            suivante = fait.nuit
        nuits.append(suivante)
    couples = zip(reversed(nuits), faits, strict=True)
    for _, groupe in groupby(couples, key=lambda couple: couple[0] and couple[0].version):
        premiers, siens = zip(*groupe, strict=True)
        yield premiers[0], list(siens)


def _play_apart(
    nuit: NuitFaite,
    faits: list[Fait],
    origine: Maison,
    cible: Maison,
    environ: Mapping[str, str],
) -> None:
    if nuit.sources is None:
        raise RejeuImpossible(
            f"publication {nuit.publication} : les sources de son moteur n'ont pas été gardées"
        )
    with tempfile.TemporaryDirectory(prefix="moteur-") as nom:
        moteur = Path(nom)
        _extract(origine.archive.read(nuit.sources), moteur, nuit)
        (moteur / "faits.json").write_bytes(format_faits(faits))
        cible.moteur.dispose()
        lue = origine.reglages.dossier
        if not (moteur / COFFRE).is_dir():
            lue = moteur / "origine"
            write_clair(faits, origine.archive, Archive(lue / "depots", FERME))
        dossiers = [lue, cible.reglages.dossier]
        arguments = ["faits.json", *(str(dossier.absolute()) for dossier in dossiers)]
        try:
            run_apart(moteur, "pipelines.rejeu", arguments, environ)
        except MoteurArrete as arret:
            dit = f"publication {nuit.publication}, moteur {nuit.version}"
            raise RejeuImpossible(f"{dit} : {arret}") from arret


def list_contenus(faits: Sequence[Fait]) -> set[str]:
    """SHA-256 of what these facts read of the archive."""
    imports = {fait.sha256 for fait in faits if isinstance(fait, ImportFait)}
    passages = (fait for fait in faits if isinstance(fait, PassageFait))
    return imports | {depose.sha256 for fait in passages for depose in fait.depots}


def write_clair(faits: Sequence[Fait], archive: Archive, claire: Archive) -> None:
    """What these facts read of the archive, in clear: their engine is of before it was sealed."""
    claire.dossier.mkdir(mode=0o700, parents=True)
    for sha256 in list_contenus(faits):
        if archive.path(sha256).exists():  # one that was too large was never kept
            claire.write(archive.open(sha256))


def _extract(sources: bytes, dossier: Path, nuit: NuitFaite) -> None:
    """Its sources in a folder, once its libraries are known to be those of this machine."""
    with zipfile.ZipFile(io.BytesIO(sources)) as archive:
        verrou = archive.read(VERROU) if VERROU in archive.namelist() else None
        if verrou != read_verrou():
            raise RejeuImpossible(
                f"publication {nuit.publication} : son moteur ({nuit.version}) demande d'autres"
                f" bibliothèques ; les installer d'après le {VERROU} de ses sources"
                f" (archive, {nuit.sources})"
            )
        archive.extractall(dossier)


def main(arguments: Sequence[str]) -> None:
    """Play the facts of a file: the file, the home that they come from, the home where they go."""
    faits, origine, cible = (Path(argument) for argument in arguments)
    reglages = settle(Reglages(), cible)
    archive = Archive(origine / "depots", read_trousseau(settle(reglages, origine)))
    zero = DEPUIS_ZERO in os.environ
    play(parse_faits(faits.read_bytes()), archive, open_maison(reglages), depuis_zero=zero)
