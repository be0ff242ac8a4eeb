"""A night of small exchange files of every kind: CPU of each of its steps.

    python bench/nuit_echanges.py [--fichiers 300]

The files are those of a generated portfolio (companies of about eight employees, both forms, some
tests), dropped in the local boxes without their DSN. Fails when a file is not taken, or when the
night asks for more CPU than its bar.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).parents[1]))

from barres import verdict

from bench.nuits import inscribe

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage
    from sample_files.generateur.portefeuille import Fichier, Parametres
    from warehouse.maison import Maison

PAR_FICHIER_S = 0.6  # CPU of the whole night, a file
SALARIES, FICHIERS_PAR_ENTREPRISE = 8, 3
SOIR = datetime(2026, 4, 6, 20, tzinfo=UTC)
MONTREES = 12  # steps that are told, those that cost most


def main() -> int:
    """Print the steps, most costly first; 1 when a bar is broken."""
    options = argparse.ArgumentParser()
    options.add_argument("--fichiers", type=int, default=300)
    nombre = options.parse_args().fichiers
    with tempfile.TemporaryDirectory() as dossier:
        parametres = build_parametres(nombre)
        maison = learn(Path(dossier) / "maison", parametres)
        fichiers = list(islice(generate_echanges(parametres), nombre))
        for fichier in fichiers:
            depot = maison.reglages.dossier / "sftp" / fichier.adherent / "depot"
            (depot / fichier.nom).write_bytes(fichier.octets)
        couts = run(maison)
        etats = read_etats(maison)
    genres = Counter(f"{f.type}{' test' if f.essai else ''}" for f in fichiers)
    print(", ".join(f"{n} {genre}" for genre, n in sorted(genres.items())))
    print(", ".join(f"{n} {etat}" for etat, n in sorted(etats.items())))
    total = sum(couts.values())
    for etape, cout in couts.most_common(MONTREES):
        print(f"{etape:24} {cout:7.1f} s {cout / total:6.1%}")
    print(f"{'nuit entière':24} {total:7.1f} s, {1000 * total / len(fichiers):.0f} ms par fichier")
    pris = sum(etats.values()) == len(fichiers) and set(etats) <= {"INTEGRE", "CONFORME"}
    verdict("chaque fichier pris", tenu=pris)
    tenu = total <= PAR_FICHIER_S * len(fichiers)
    verdict(f"{PAR_FICHIER_S} s de CPU par fichier au plus", tenu=tenu)
    return 0 if pris and tenu else 1


def build_parametres(nombre: int) -> Parametres:
    """A portfolio that has at least so many exchange files."""
    from sample_files.generateur.portefeuille import Parametres
    from specs.periodes import Mois

    adherents = nombre // FICHIERS_PAR_ENTREPRISE + 10
    mois = Mois.range(Mois(2026, 1), Mois(2026, 3))
    return Parametres(adherents, adherents * SALARIES, mois, echanges=True)


def generate_echanges(parametres: Parametres) -> Iterator[Fichier]:
    """The exchange files of a portfolio: those without fraction."""
    from sample_files.generateur.portefeuille import generate_portefeuille

    return (fichier for fichier in generate_portefeuille(parametres) if not fichier.fraction)


def learn(dossier: Path, parametres: Parametres) -> Maison:
    """A house that knows the companies, with their boxes."""
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages(dossier=dossier, nombre_parts=2))
    inscribe(maison, parametres)
    return maison


def run(maison: Maison) -> Counter[str]:
    """The night, in the order of its tasks: CPU of each step."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.ordre import list_temps
    from pipelines.nuit.passage import Passage, close_nuit, open_nuit, plan_temps, run_temps

    passage: Passage = Passage(maison, date(2026, 4, 6), SOIR, METIERS)
    couts: Counter[str] = Counter()
    plans: dict[str | None, list[str] | list[int] | list[None]] = {None: [None]}
    open_nuit(passage)
    for temps in list_temps(METIERS):
        if temps.plans_itself:
            plans[temps.nom] = plan_temps(passage, temps)
        for argument in plans[temps.planifie]:
            for etape in temps.etapes:
                with measured(couts, etape.nom):
                    run_temps(passage, replace(temps, etapes=(etape,)), argument)
    close_nuit(passage)
    return couts


@contextmanager
def measured(couts: Counter[str], nom: str) -> Iterator[None]:
    """Add the CPU of what runs, its children included."""
    debut = cpu()
    yield
    couts[nom] += cpu() - debut  # type: ignore[assignment]


def cpu() -> float:
    """Seconds of CPU of this process and of those that it waited for."""
    return sum(sum(getrusage(qui)[:2]) for qui in (RUSAGE_SELF, RUSAGE_CHILDREN))


def read_etats(maison: Maison) -> Counter[str]:
    """How many deposits are in each state."""
    from warehouse.journal import read_depots

    with maison.moteur.connect() as connexion:
        return Counter(depot.etat for depot in read_depots(connexion))


if __name__ == "__main__":
    sys.exit(main())
