"""What a night costs more when the fund is larger, or older.

    python bench/croissance.py [--adherents 4] [--mois 4]

One night on so many members and one on four times as many; then the nights of the following months,
on the former. Counts of `compteurs.py` and CPU, with their ratios: at most that of the members for
the first, 1 for the second. `tests/nuit/test_croissance.py` holds the counts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from bench.nuits import play_nuits
from specs.periodes import Mois

FOIS = 4
DEBUT = Mois(2026, 1)


def main() -> int:
    """Print the counts of each night and the ratios."""
    options = argparse.ArgumentParser()
    options.add_argument("--adherents", type=int, default=4)
    options.add_argument("--mois", type=int, default=4)
    demande = options.parse_args()
    with tempfile.TemporaryDirectory() as dossier:
        mois = Mois.range(DEBUT, DEBUT.shift(demande.mois - 1))
        petite = list(play_nuits(Path(dossier) / "petite", demande.adherents, mois))
        (grande,) = play_nuits(Path(dossier) / "grande", FOIS * demande.adherents, mois[:1])
    entetes = f"mois {DEBUT}", f"x{FOIS} adhérents", "rapport", "2e mois", "dernier", "rapport"
    print(f"{'':<20}" + "".join(f"{entete:>16}" for entete in entetes))
    for nom in petite[0]:
        taille, age = (petite[0][nom], grande[nom]), (petite[1][nom], petite[-1][nom])
        valeurs = (f"{x:>16}" for x in (*taille, _ratio(*taille), *age, _ratio(*age)))
        print(f"{nom:<20}" + "".join(valeurs))
    return 0


def _ratio(avant: int, apres: int) -> str:
    return f"{apres / avant:.2f}" if avant else "-"


if __name__ == "__main__":
    sys.exit(main())
