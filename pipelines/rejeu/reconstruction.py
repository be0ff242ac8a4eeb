"""A fund made again without its lake: from the archive, the base and the key of a backup alone.

Every night is played by the engine of its time, then what came since the last publication is
received again; the files that companies were given are compared with those of the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.rejeu.comparaison import Bilan, compare_remises
from pipelines.rejeu.moteurs import replay
from pipelines.rejeu.traduction import Traduction
from warehouse.exploitation.sauvegarde import DEPOSES, load_base, place_cle
from warehouse.faits import read_tout
from warehouse.jumelle import settle
from warehouse.maison import CLE, Maison, open_maison
from warehouse.publications import read_arretes
from warehouse.reglages import Reglages


def rebuild(
    sauvegarde: Path,
    base: Path,
    cles: Path,
    reglages: Reglages,
    dossier: Path,
    *,
    pseudonymes: bytes | None = None,
) -> tuple[Maison, dict[int, Bilan]]:
    """The fund that a saved base tells, in an empty folder; of each kept publication, what differs.

    `pseudonymes`: another key for them, of the whole past; the files that quote one then differ.

    Raises:
        SauvegardeInutilisable, RejeuImpossible, FaitsManquants: what is missing, in French.
    """
    with _open_recit(sauvegarde, base, cles, reglages) as recit:
        with recit.moteur.connect() as connexion:
            faits = read_tout(connexion)
            numeros = read_arretes(connexion)
        traduction = None
        if pseudonymes is not None:
            traduction = Traduction(recit.cle_pseudonymes)
            (recit.reglages.dossier / CLE).write_bytes(pseudonymes)
        cible = replay(faits, recit, dossier, traduction=traduction)
        return cible, {numero: compare_remises(recit, cible, numero) for numero in numeros}


@contextmanager
def _open_recit(sauvegarde: Path, base: Path, cles: Path, reglages: Reglages) -> Iterator[Maison]:
    """A home that tells what was done: a base, the archive where it is, no lake."""
    with TemporaryDirectory(prefix="recit-") as nom:
        dossier = Path(nom)
        place_cle(cles, dossier)
        (dossier / DEPOSES).symlink_to((sauvegarde / DEPOSES).resolve())
        recit = open_maison(settle(reglages, dossier))
        load_base(base, recit.moteur)
        yield recit
        recit.moteur.dispose()
