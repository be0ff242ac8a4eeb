"""The files of `deux_ans/`: what two companies and their bank drop of an employee over two years.

`python -m sample_files.exemples_deux_ans` writes them again, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sample_files.generateur.banque import Ligne, write_releve
from sample_files.generateur.deux_ans import (
    RANGS,
    list_declarations,
    list_envois,
    write_dsn,
    write_envoi,
    write_registre,
)
from sample_files.generateur.registre import compute_iban

RACINE = Path(__file__).parent / "deux_ans"
# Paid before anything is called: the companies are never late.
AVANCE, JOUR_DE_L_AVANCE = 5_000_000, date(2024, 5, 6)


def fichiers() -> Iterator[tuple[str, bytes]]:
    """Each file, by name."""
    yield "registre.yaml", write_registre()
    avances = [
        Ligne(AVANCE, jour=JOUR_DE_L_AVANCE, iban=compute_iban(rang), reference=f"AVANCE {nom}")
        for nom, rang in RANGS.items()
    ]
    yield "avance.xml", write_releve(avances, numero="AVANCE")
    yield from (write_dsn(declaration) for declaration in list_declarations())
    yield from (write_envoi(envoi) for envoi in list_envois())


def write_exemples(racine: Path) -> None:
    """Write the files under `racine`."""
    racine.mkdir(parents=True, exist_ok=True)
    for nom, octets in fichiers():
        (racine / nom).write_bytes(octets)


if __name__ == "__main__":
    write_exemples(RACINE)
