"""A whole month of the fund, from the drop of its files to their answers, then its documents.

    python bench/mois.py [--adherents 1000] [--salaries-par-adherent 35] [--part-fautes 10]

One night on a generated portfolio, task by task as the scheduler runs them, with one thread of
Polars. CPU of every task, of the documents drawn after it, and of an empty night the next day. The
reference, measured in the same run, is the reader of DSN alone on the same files, with all its
controls. The figures are then brought to the size of the fund, in proportion of its members.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

sys.path.append(str(Path(__file__).parents[1]))
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from barres import verdict

from bench.nuits import inscribe

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage
    from sample_files.generateur.portefeuille import Parametres
    from warehouse.maison import Maison

T = TypeVar("T")
ADHERENTS = 8_500  # of the fund
SOIR = datetime(2026, 10, 12, 20, 0, tzinfo=UTC)
BARRE_MOIS_S, BARRE_DESSIN_S, BARRE_VIDE_S, BARRE_KIO = 240.0, 700.0, 3.0, 2 * 1024**2
LECTURE, NUIT, DESSIN, VIDE = "lecture seule", "nuit", "documents", "nuit sans rien de neuf"
PLAN = "planifier_"
CPU = defaultdict[str, float]


def main() -> int:
    """Print the CPU of each part; 1 when a bar of the fund's size is missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--adherents", type=int, default=1_000)
    options.add_argument("--salaries-par-adherent", type=int, default=35)
    options.add_argument("--part-fautes", type=int, default=10, help="pour mille fichiers")
    demande = options.parse_args()
    with tempfile.TemporaryDirectory() as dossier:
        cpu = run(Path(dossier) / "maison", build_parametres(demande))
    return render(cpu, ADHERENTS / demande.adherents)


def build_parametres(demande: argparse.Namespace) -> Parametres:
    """The portfolio of a month."""
    from sample_files.generateur.portefeuille import Parametres
    from specs.periodes import Mois

    return Parametres(
        adherents=demande.adherents,
        salaries=demande.adherents * demande.salaries_par_adherent,
        mois=(Mois(2026, 9),),
        graine=3,
        part_fautes=demande.part_fautes,
    )


def run(dossier: Path, parametres: Parametres) -> CPU:
    """CPU by part, in seconds."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.passage import Passage
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages(dossier=dossier))
    fichiers = drop(maison, parametres)
    cpu: CPU = defaultdict(float)
    cpu[LECTURE] = measure(lambda: read_all(fichiers))[0]
    soirs = [(NUIT, SOIR), (VIDE, SOIR + timedelta(days=1))]
    for nom, soir in soirs:
        passage = Passage(maison, soir.date(), soir, METIERS)
        for tache, secondes in run_tasks(passage):
            cpu[f"  {tache.removeprefix(PLAN)}" if nom == NUIT else nom] += secondes
            cpu[NUIT] += secondes if nom == NUIT else 0
        if nom == NUIT:
            cpu[DESSIN] = measure(partial(draw, passage))[0]
    return cpu


def drop(maison: Maison, parametres: Parametres) -> list[bytes]:
    """Inscribe the members, drop what they send; the DSN."""
    from sample_files.generateur.portefeuille import generate_portefeuille

    inscribe(maison, parametres)
    deposes = []
    for fichier in generate_portefeuille(parametres):
        boite = maison.reglages.dossier / "sftp" / fichier.adherent / "depot"
        (boite / fichier.nom).write_bytes(fichier.octets)
        deposes.append(fichier.octets)
    return deposes


def read_all(fichiers: list[bytes]) -> None:
    """The reference: the reader alone."""
    from pipelines.verification import verify_fichiers

    verify_fichiers(enumerate(fichiers))


def run_tasks(passage: Passage) -> Iterator[tuple[str, float]]:
    """Every task of a night with its CPU; what lists its lots or shards is one more."""
    from pipelines.nuit.ordre import list_temps
    from pipelines.nuit.passage import close_nuit, open_nuit, plan_temps, run_temps

    open_nuit(passage)
    plans: dict[str | None, list[str] | list[int] | list[None]] = {None: [None]}
    for temps in list_temps(passage.metiers):
        if temps.plans_itself:
            secondes, plan = measure(partial(plan_temps, passage, temps))
            plans[temps.nom] = plan
            yield f"{PLAN}{temps.nom}", secondes
        for argument in plans[temps.planifie]:
            yield temps.nom, measure(partial(run_temps, passage, temps, argument))[0]
    close_nuit(passage)


def draw(passage: Passage) -> None:
    """The documents, shard by shard, and their hand-over."""
    from pipelines.ordonnancement import run_editique

    run_editique(passage)


def measure(faire: Callable[[], T]) -> tuple[float, T]:
    """CPU of this process and its threads, in seconds, and what was made."""
    avant = resource.getrusage(resource.RUSAGE_SELF)
    rendu = faire()
    apres = resource.getrusage(resource.RUSAGE_SELF)
    return apres.ru_utime + apres.ru_stime - avant.ru_utime - avant.ru_stime, rendu


def render(cpu: CPU, echelle: float) -> int:
    """The table, then each bar."""
    print(f"{'':<28} {'CPU s':>8} {'/ lecture':>10} {'à la caisse':>12}")
    for nom, secondes in cpu.items():
        print(
            f"{nom:<28} {secondes:8.1f} {secondes / cpu[LECTURE]:10.2f} {secondes * echelle:12.0f}"
        )
    pic = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    barres = {
        f"mois de la caisse, jusqu'à la remise : {BARRE_MOIS_S:.0f} s de CPU au plus": (
            cpu[NUIT] * echelle <= BARRE_MOIS_S
        ),
        f"ses documents ensuite : {BARRE_DESSIN_S:.0f} s de CPU au plus": (
            cpu[DESSIN] * echelle <= BARRE_DESSIN_S
        ),
        f"nuit sans rien de neuf : {BARRE_VIDE_S:.0f} s de CPU au plus": cpu[VIDE] <= BARRE_VIDE_S,
        f"mémoire : {BARRE_KIO // 1024} Mio au plus ({pic // 1024})": pic <= BARRE_KIO,
    }
    for question, tenu in barres.items():
        verdict(question, tenu=tenu)
    return 0 if all(barres.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
