"""Small exchange files received, controlled and answered: CPU of each step, a file.

    python bench/petits_echanges.py [--fichiers 1000] [--profil controler]

The files are those of `nuit_echanges.py` (every kind, both forms, some tests), one in twenty of
them spoiled, dropped in the local boxes; then one scan, the control of all that it took, and the
hand-over of the answers, as the scans of the day do. Beside the CPU, what each step asks of the
stores (see `compteurs.py`). Fails when a file is not answered, or costs more than its bar.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).parents[1]))
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from barres import verdict

from bench.compteurs import FSYNC, REQUETES, count
from bench.nuit_echanges import SOIR, build_parametres, cpu, generate_echanges, learn

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage
    from warehouse.maison import Maison

PAR_FICHIER_MS = 6.0
UN_FAUTIF_SUR = 20
RECEVOIR, CONTROLER, REMETTRE = "recevoir", "controler", "remettre"


def main() -> int:
    """Print the steps; 1 when a bar is broken."""
    options = argparse.ArgumentParser()
    options.add_argument("--fichiers", type=int, default=1000)
    options.add_argument("--profil", choices=[RECEVOIR, CONTROLER, REMETTRE])
    choix = options.parse_args()
    with tempfile.TemporaryDirectory() as dossier:
        maison = prepare(Path(dossier) / "maison", choix.fichiers)
        total = sum(run(maison, choix.fichiers, choix.profil))
        repondus = count_answered(maison)
    par_fichier = 1000 * total / choix.fichiers
    print(f"{'en tout':10} {par_fichier:8.2f} ms par fichier")
    verdict("chaque fichier contrôlé et répondu", tenu=repondus == choix.fichiers)
    verdict(f"{PAR_FICHIER_MS} ms par fichier au plus", tenu=par_fichier <= PAR_FICHIER_MS)
    return 0 if repondus == choix.fichiers and par_fichier <= PAR_FICHIER_MS else 1


def prepare(dossier: Path, nombre: int) -> Maison:
    """A house whose companies dropped so many files."""
    parametres = build_parametres(nombre)
    maison = learn(dossier, parametres)
    for rang, fichier in enumerate(islice(generate_echanges(parametres), nombre)):
        depot = maison.reglages.dossier / "sftp" / fichier.adherent / "depot"
        octets = spoil(fichier.octets) if rang % UN_FAUTIF_SUR == 0 else fichier.octets
        (depot / fichier.nom).write_bytes(octets)
    return maison


def spoil(octets: bytes) -> bytes:
    """The file with another version in its header: the totals no longer are those of the bytes."""
    return octets.replace(b"0100", b"0199", 1)


def run(maison: Maison, nombre: int, profil: str | None) -> Iterator[float]:
    """Seconds of CPU of each step, printed as it ends."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.passage import Passage

    passage: Passage = Passage(maison, date(2026, 4, 6), SOIR, METIERS)
    print(f"{'':10} {'ms':>8} {'requêtes':>9} {'fsync':>7}   par fichier")
    for nom, joue in list_etapes(passage):
        debut = cpu()
        with count(maison) as comptes, profiled(wanted=nom == profil):
            joue()
        cout = cpu() - debut
        couts = (comptes[REQUETES] / nombre, comptes[FSYNC] / nombre)
        print(f"{nom:10} {1000 * cout / nombre:8.2f} {couts[0]:9.2f} {couts[1]:7.2f}", flush=True)
        yield cout


def list_etapes(passage: Passage) -> Sequence[tuple[str, Callable[[], object]]]:
    """What a scan of the day plays."""
    from pipelines.nuit.passage import plan_temps, run_temps
    from pipelines.ordonnancement import CONTROLER as CONTROLE
    from pipelines.reception.etapes import recevoir, remettre_dus

    def controle() -> None:
        temps = passage.find_temps(CONTROLE)
        for lot in plan_temps(passage, temps):
            run_temps(passage, temps, lot)

    return (
        (RECEVOIR, partial(recevoir, passage)),
        (CONTROLER, controle),
        (REMETTRE, partial(remettre_dus, passage)),
    )


@contextmanager
def profiled(*, wanted: bool) -> Iterator[None]:
    """Print what the body spends its time on."""
    if not wanted:
        yield
        return
    with cProfile.Profile() as mesure:
        yield
    pstats.Stats(mesure).sort_stats("cumulative").print_stats(70)


def count_answered(maison: Maison) -> int:
    """How many deposits were controlled, and had a report put in the box of their company."""
    from warehouse.journal import read_depots

    with maison.moteur.connect() as connexion:
        etats = Counter(depot.etat for depot in read_depots(connexion))
    print(", ".join(f"{n} {etat}" for etat, n in sorted(etats.items())))
    rapports = maison.reglages.dossier.glob("sftp/*/retour/CRT_*.json")
    return min(sum(etats.values()) - etats["RECU"], len(list(rapports)))


if __name__ == "__main__":
    sys.exit(main())
