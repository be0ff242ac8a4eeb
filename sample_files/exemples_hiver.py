"""The files of `hiver/`: what a company and its bank drop during a winter of bad weather.

`python -m sample_files.exemples_hiver` writes them again, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sample_files.generateur.banque import Ligne, write_releve
from sample_files.generateur.equipe import RANG
from sample_files.generateur.hiver import (
    ARRETS,
    RELEVEMENT,
    list_declarations,
    write_arret,
    write_dsn,
    write_registre,
)
from sample_files.generateur.registre import compute_iban, render_registre

RACINE = Path(__file__).parent / "hiver"
# Paid before anything is called: the company is never late.
AVANCE, JOUR_DE_L_AVANCE = 30_000_000, date(2025, 5, 9)


def fichiers() -> Iterator[tuple[str, bytes]]:
    """Each file, by name."""
    yield "registre.yaml", write_registre()
    yield "relevement.yaml", render_registre([], RELEVEMENT)
    avance = Ligne(AVANCE, jour=JOUR_DE_L_AVANCE, iban=compute_iban(RANG), reference="AVANCE")
    yield "avance.xml", write_releve([avance], numero="AVANCE")
    yield from (write_dsn(declaration) for declaration in list_declarations())
    yield from (write_arret(arret) for arret in ARRETS)


def write_exemples(racine: Path) -> None:
    """Write the files under `racine`."""
    racine.mkdir(parents=True, exist_ok=True)
    for nom, octets in fichiers():
        (racine / nom).write_bytes(octets)


if __name__ == "__main__":
    write_exemples(RACINE)
