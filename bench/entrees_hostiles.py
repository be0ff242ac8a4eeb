"""CPU and memory that hostile DSN of 50 MB cost, each kind in its own process.

    python bench/entrees_hostiles.py [--octets 50000000] [--genre fins ...]

Each bar: 60 s of CPU (of all threads) and 1.5 GiB, for what `caisse verifier` and the night do of a
file: its reading, its controls, its anomalies put into words.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))

from barres import verdict

OCTETS, CPU_S, MEMOIRE_KIO = 50_000_000, 60, 1.5 * 1024**2
ARRET_CPU_S, ARRET_OCTETS = 180, 6 * 1024**3  # of address space, beyond which a measure is stopped
OCTETS_PAR_LIGNE = 27
TETE = b"S10.G00.00.001,'L'\nS10.G00.00.005,'02'\nS10.G00.00.006,'P26V01'\n"
NATURE = b"S20.G00.05.001,'01'\nS20.G00.05.002,'01'\n"
ENTREPRISE = b"S21.G00.06.001,'800000010'\nS21.G00.11.001,'00010'\n"
DECLARATION = NATURE + ENTREPRISE
INDIVIDU = b"S21.G00.30.001,'1850669123101'\n"
CONTRAT = b"S21.G00.40.001,'01012020'\nS21.G00.40.009,'1'\n"
BASES = b"S21.G00.78.001,'20'\nS21.G00.78.003,'31012026'\nS21.G00.78.004,'1.00'\n"
LOT = b"S05.G51.00.001,'1'\n"
Generateur = Callable[[int], bytes]


def repeated(motif: bytes, tete: bytes = TETE) -> Generateur:
    """A header, then the same bytes again and again."""
    return lambda octets: tete + motif * (octets // len(motif))


def numbered(motif: bytes, tete: bytes = TETE) -> Generateur:
    """A header, then lines that never are the same (`motif`: a number is written in it)."""
    longueur = len(motif % 0)
    return lambda octets: tete + b"".join(islice((motif % i for i in count()), octets // longueur))


def crossed(octets: int) -> bytes:
    """Individuals of thousands of contracts and bases, each base of all of them."""
    individu = INDIVIDU + CONTRAT * 1_500 + b"S21.G00.50.001,'01012026'\n"
    individu += b"S21.G00.51.010,'1'\n" * 1_500 + BASES * 1_500
    return TETE + DECLARATION + individu * (octets // len(individu))


def valid(octets: int) -> bytes:
    """A conforming declaration, for comparison."""
    from sample_files.generateur.gros import write_gros_fichier

    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier, "m.dsn")
        write_gros_fichier(chemin, octets // OCTETS_PAR_LIGNE, "P26V01")
        return chemin.read_bytes()


def wrong_everywhere(octets: int) -> bytes:
    """The same declaration, each of its values refused."""
    return valid(octets).replace(b"'\n", b"#'\n").replace(b"P26V01#", b"P26V01")


def unknown(octets: int) -> bytes:
    """Rubrics that no version has, nearly all different."""
    noms = (
        b"S%02d.G77.%02d.%03d,'1'\n" % (i // 100_000 % 100, i // 1000 % 100, i % 1000)
        for i in count()
    )
    return TETE + b"".join(islice(noms, octets // 19))


GENRES: dict[str, Generateur] = {
    "temoin conforme": valid,
    "fins de ligne": repeated(b"\n"),
    "20 M de lignes vides": lambda octets: TETE + b"\n" * min(octets, 19_999_000),
    "une seule ligne": repeated(b"A"),
    "lignes d'un mébioctet": repeated(b"A" * 1_000_000 + b"\n"),
    "lignes d'une lettre": lambda octets: repeated(b"a\n")(min(octets, 39_000_000)),
    "retours chariot": repeated(INDIVIDU.replace(b"\n", b"\r"), b""),
    "octets quelconques": lambda octets: random.Random(1).randbytes(octets),  # noqa: S311
    "binaire apres la tete": lambda octets: TETE * 1_200 + random.Random(1).randbytes(octets),  # noqa: S311
    "toutes les lignes fausses": repeated(b"S21.G00.30.001;1850669123101\n"),
    "toutes les valeurs fausses": wrong_everywhere,
    "rubriques inconnues": unknown,
    "individus d'une ligne": repeated(b"S21.G00.30.001,'1'\n", TETE + DECLARATION),
    "declarations d'une ligne": repeated(b"S20.G00.05.001,'01'\n"),
    "contrats d'un individu": repeated(CONTRAT, TETE + DECLARATION + INDIVIDU),
    "SIRET tous differents": numbered(b"S21.G00.40.019,'%014d'\n", TETE + DECLARATION + INDIVIDU),
    "contrats et bases croises": crossed,
    "entreprises en trop": repeated(ENTREPRISE, TETE + DECLARATION),
    "blocs egares": repeated(b"S21.G00.51.001,'1'\nS21.G00.78.001,'2'\n"),
    "totaux repetes": repeated(b"S90.G00.90.001,'1'\nS90.G00.90.002,'1'\n"),
    "lot d'envois": repeated(TETE, LOT),
    "lot d'envois sans version": repeated(b"S10.G00.00.001,'L'\n", LOT),
    "lot de lignes perdues": repeated(
        b"S21.G00.30.001,'1'\n", LOT + TETE + b"S90.G00.90.002,'1'\n"
    ),
}


def measure(genre: str, octets: int) -> dict[str, Any] | None:
    """CPU, seconds and peak memory (KiB) of one reading, in a new process; None: it was stopped."""
    fini = subprocess.run(
        [sys.executable, __file__, "--mesure", genre, "--octets", str(octets)],
        check=False,
        stdout=subprocess.PIPE,
    )
    return json.loads(fini.stdout) if fini.returncode == 0 else None


def run_measure(genre: str, octets: int) -> None:
    """One measure, in this process, told as JSON."""
    from pipelines.verification import verify_fichiers

    contenu = GENRES[genre](octets)
    resource.setrlimit(resource.RLIMIT_CPU, (ARRET_CPU_S, ARRET_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (ARRET_OCTETS, ARRET_OCTETS))
    avant, debut = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    lecture = verify_fichiers([(0, contenu)])
    duree, apres = time.perf_counter() - debut, resource.getrusage(resource.RUSAGE_SELF)
    cpu = apres.ru_utime + apres.ru_stime - avant.ru_utime - avant.ru_stime
    [bilan] = lecture.bilans
    print(
        json.dumps(
            {
                "octets": len(contenu),
                "cpu": cpu,
                "duree": duree,
                "memoire": apres.ru_maxrss,
                "verdict": bilan.verdict,
                "anomalies": bilan.anomalies_bloquantes + bilan.anomalies_signalees,
                "lignes": len(lecture.anomalies),
            }
        )
    )


def tell(genre: str, mesure: dict[str, Any] | None) -> dict[str, Any] | None:
    """Print the line of one kind as soon as it is measured."""
    ligne = f"arrêtée : plus de {ARRET_CPU_S} s ou de {ARRET_OCTETS >> 30} Gio"
    if mesure is not None:
        ligne = (
            f"{mesure['octets'] / 1e6:5.0f} {mesure['cpu']:7.1f} {mesure['duree']:7.1f}"
            f" {mesure['memoire'] / 1024:7.0f} {mesure['anomalies']:11,} {mesure['lignes']:8,}"
            f"  {mesure['verdict']}"
        )
    print(f"{genre:28} {ligne}", flush=True)
    return mesure


def main() -> None:
    """Measure each kind, print the table and the bars."""
    options = argparse.ArgumentParser()
    options.add_argument("--octets", type=int, default=OCTETS)
    options.add_argument("--genre", nargs="*", choices=GENRES, default=list(GENRES))
    options.add_argument("--mesure", choices=GENRES)
    choix = options.parse_args()
    if choix.mesure:
        run_measure(choix.mesure, choix.octets)
        return
    titres = f"{'Mo':>5} {'CPU s':>7} {'s':>7} {'Mio':>7} {'anomalies':>11} {'gardées':>8}  verdict"
    print(f"{'entrée':28} {titres}")
    mesures = [tell(genre, measure(genre, choix.octets)) for genre in choix.genre]
    finies = [m for m in mesures if m is not None]
    verdict("aucune lecture arrêtée", tenu=len(finies) == len(mesures))
    verdict(f"{CPU_S} s de CPU au plus", tenu=all(m["cpu"] <= CPU_S for m in finies))
    verdict("1,5 Gio au plus", tenu=all(m["memoire"] <= MEMOIRE_KIO for m in finies))


if __name__ == "__main__":
    main()
