"""A fund that ages: one night a month for years, the last against that of the first year.

    python bench/annees.py [--adherents 60] [--salaries-par-adherent 10] [--mois 36]

CPU, counts and bytes of the nights 12, 24, 36..., and the ratio of each to night 12. Generated
months start in January 2024, so that the norm and the values of `specs` know them all.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from barres import verdict

from bench.nuits import CPU_MS, play_nuits
from specs.periodes import MOIS_PAR_AN, Mois

DEBUT = Mois(2024, 1)
BARRE = 1.2


def main() -> int:
    """Print the nights that end a year; 1 when the last costs more than the bar."""
    options = argparse.ArgumentParser()
    options.add_argument("--adherents", type=int, default=60)
    options.add_argument("--salaries-par-adherent", type=int, default=10)
    options.add_argument("--mois", type=int, default=36)
    demande = options.parse_args()
    mois = Mois.range(DEBUT, DEBUT.shift(demande.mois - 1))
    premiere = derniere = 0
    with tempfile.TemporaryDirectory() as dossier:
        maison = Path(dossier) / "maison"
        nuits = play_nuits(maison, demande.adherents, mois, demande.salaries_par_adherent)
        for rang, comptes in enumerate(nuits, 1):
            if rang == MOIS_PAR_AN:
                premiere = comptes[CPU_MS]
            if rang % MOIS_PAR_AN == 0:
                derniere = comptes[CPU_MS]
                faits = ", ".join(f"{nom} {nombre}" for nom, nombre in comptes.items())
                print(f"nuit {rang} : {faits}, soit {derniere / premiere:.2f} en CPU", flush=True)
    tenu = derniere <= BARRE * premiere
    verdict(f"la dernière nuit : {BARRE} fois la douzième au plus, en CPU", tenu=tenu)
    return 0 if tenu else 1


if __name__ == "__main__":
    sys.exit(main())
