"""Speed and memory of the DSN reader, against a plain Python loop over the same lines.

    python bench/lecture_dsn.py [--lignes 4000000]

Each measure runs in its own process, so that its memory is its own; the loop and the reader read
the same files, back to back.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

PLANCHER, VISE, MEMOIRE_KIO, RAPPORT_MEMOIRE = 1_500_000, 3_000_000, 3 * 1024**2, 2.0
PETITS_FICHIERS, EMPLOYES = 2_000, 20

_ENTETE = """S10.G00.00.001,'BANC'
S10.G00.00.002,'BANC'
S10.G00.00.005,'02'
S10.G00.00.006,'P26V01'
S10.G00.00.007,'01'
S10.G00.00.008,'01'
S10.G00.01.001,'800000028'
S10.G00.01.002,'00020'
S10.G00.01.003,'TIERS'
S10.G00.02.001,'02'
S10.G00.02.002,'CONTACT'
S10.G00.02.004,'c@exemple.invalid'
S10.G00.02.005,'0102030405'
S20.G00.05.001,'01'
S20.G00.05.002,'01'
S20.G00.05.003,'11'
S20.G00.05.004,'1'
S20.G00.05.005,'01032026'
S20.G00.05.007,'02042026'
S20.G00.05.008,'01'
S20.G00.05.010,'01'
S21.G00.06.001,'800000010'
S21.G00.06.002,'00010'
S21.G00.06.003,'4211Z'
S21.G00.11.001,'00010'
S21.G00.11.002,'4211Z'
S21.G00.11.022,'1702'""".splitlines()
_IDENTITE = """S21.G00.30.002,'O'CONNOR'
S21.G00.30.004,'JÉRÔME'
S21.G00.30.006,'14061985'
S21.G00.30.013,'01'
S21.G00.30.014,'69'
S21.G00.30.015,'FR'
S21.G00.40.001,'01092015'
S21.G00.40.002,'07'
S21.G00.40.003,'04'
S21.G00.40.004,'621c'
S21.G00.40.006,'CONDUCTEUR'
S21.G00.40.007,'01'
S21.G00.40.008,'99'
S21.G00.40.009,'00001'
S21.G00.40.011,'10'
S21.G00.40.012,'151.67'
S21.G00.40.013,'151.67'
S21.G00.40.014,'10'
S21.G00.40.016,'99'
S21.G00.40.017,'1702'
S21.G00.40.018,'200'
S21.G00.40.019,'80000001000010'
S21.G00.40.020,'200'
S21.G00.40.022,'01'
S21.G00.40.024,'99'
S21.G00.40.026,'99'
S21.G00.40.036,'01'
S21.G00.40.037,'01'
S21.G00.40.039,'200'
S21.G00.40.040,'451AA'
S21.G00.40.043,'4.50'
S21.G00.71.002,'RUAA'
S21.G00.50.001,'31032026'""".splitlines()


def individual(rang: int) -> Iterator[str]:
    """Lines of one employee, whose identity and amounts change with `rang`."""
    salaire = f"{1_800 + rang % 2_000}.{rang % 100:02d}"
    yield f"S21.G00.30.001,'18506691{1 + rang % 9}{1 + rang // 9 % 9}{100 + rang // 81 % 900}'"
    yield from _IDENTITE
    yield f"S21.G00.50.002,'{salaire}'"
    yield f"S21.G00.50.004,'{salaire}'"
    yield from ("S21.G00.50.006,'5.00'", "S21.G00.50.007,'13'", "S21.G00.50.009,'98.00'")
    yield f"S21.G00.50.013,'{salaire}'"
    for type_ in ("001", "002", "003", "010"):
        yield from ("S21.G00.51.001,'01032026'", "S21.G00.51.002,'31032026'")
        yield from ("S21.G00.51.010,'00001'", f"S21.G00.51.011,'{type_}'")
        yield f"S21.G00.51.013,'{salaire}'"
    for base in ("02", "03", "20", "21", "34"):
        yield from (f"S21.G00.78.001,'{base}'", "S21.G00.78.002,'01032026'")
        yield from ("S21.G00.78.003,'31032026'", f"S21.G00.78.004,'{salaire}'")
        yield from ("S21.G00.81.001,'068'", "S21.G00.81.003,'0.00'", "S21.G00.81.004,'12.50'")


def write_message(chemin: Path, employes: int) -> int:
    """Write a conforming message; number of its lines."""
    nombre = 0
    with chemin.open("w", encoding="latin-1", newline="") as sortie:
        nombre += sortie.write("".join(f"{ligne}\r\n" for ligne in _ENTETE)) and len(_ENTETE)
        for rang in range(employes):
            lignes = list(individual(rang))
            sortie.write("".join(f"{ligne}\r\n" for ligne in lignes))
            nombre += len(lignes)
        sortie.write(f"S90.G00.90.001,'{nombre + 2}'\r\nS90.G00.90.002,'1'\r\n")
    return nombre + 2


def read_python(chemins: list[Path]) -> int:
    """Plain loop: one dict a block, dropped at once, no control."""
    lignes = 0
    for chemin in chemins:
        bloc, courant = "", {}
        with chemin.open(encoding="latin-1") as entree:
            for ligne in entree:
                rubrique, valeur = ligne.rstrip("\r\n").split(",", 1)
                if rubrique[:10] != bloc or rubrique in courant:
                    bloc, courant = rubrique[:10], {}
                courant[rubrique] = valeur[1:-1]
                lignes += 1
    return lignes


def read_reader(chemins: list[Path]) -> int:
    """The reader, with all its controls; the files must conform."""
    from parsers.dsn.enveloppe import open_fichier  # its import is measured
    from parsers.dsn.lecteur import read_dsn

    ouvertures = (open_fichier(i, chemin.read_bytes()) for i, chemin in enumerate(chemins))
    envois = (envoi for ouverture in ouvertures for _, envoi in ouverture.envois)
    lignes = 0
    for morceau in read_dsn(envois, "P26V01"):
        assert morceau.anomalies.is_empty(), morceau.anomalies
        lignes += morceau.lignes
    return lignes


LECTURES: dict[str, Callable[[list[Path]], int]] = {"python": read_python, "caisse": read_reader}


def measure(lecture: str, dossier: Path) -> dict[str, float]:
    """Lines, seconds inside and of the whole process, peak memory in KiB, in a new process."""
    debut = time.perf_counter()
    fini = subprocess.run(
        [sys.executable, __file__, "--mesure", lecture, str(dossier)],
        check=True,
        stdout=subprocess.PIPE,
    )
    return {**json.loads(fini.stdout), "processus": time.perf_counter() - debut}


def run_measure(lecture: str, dossier: Path) -> None:
    """One measure, in this process, told as JSON."""
    chemins = sorted(dossier.iterdir())
    debut = time.perf_counter()
    lignes = LECTURES[lecture](chemins)
    dedans = time.perf_counter() - debut
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"lignes": lignes, "dedans": dedans, "memoire": memoire}))


def compare(nom: str, dossier: Path) -> dict[str, float]:
    """Measure the loop, then the reader, and print a line of the table for each."""
    boucle, lecteur = (measure(lecture, dossier) for lecture in LECTURES)
    for lecture, mesure in (("boucle Python", boucle), ("lecteur", lecteur)):
        vitesse = mesure["lignes"] / mesure["dedans"]
        print(
            f"{nom:22} {lecture:14} {mesure['lignes']:>10,.0f} {mesure['processus']:>8.2f}"
            f" {mesure['dedans']:>8.2f} {vitesse:>12,.0f}"
            f" {boucle['dedans'] / mesure['dedans']:>7.2f} {mesure['memoire'] / 1024:>9,.0f}"
        )
    return {"vitesse": lecteur["lignes"] / lecteur["dedans"], "memoire": lecteur["memoire"]}


def verdict(question: str, *, tenu: bool) -> None:
    """One bar and whether it holds."""
    print(f"{'oui' if tenu else 'NON'}  {question}")


def main() -> None:
    """Make the files, measure, print the table and the bars."""
    options = argparse.ArgumentParser()
    options.add_argument("--lignes", type=int, default=4_000_000)
    options.add_argument("--mesure", nargs=2)
    choix = options.parse_args()
    if choix.mesure:
        run_measure(choix.mesure[0], Path(choix.mesure[1]))
        return
    par_employe = len(list(individual(0)))
    with tempfile.TemporaryDirectory() as racine:
        dossiers = {nom: Path(racine, nom) for nom in ("quart", "entier", "petits")}
        for dossier in dossiers.values():
            dossier.mkdir()
        write_message(dossiers["quart"] / "m.dsn", choix.lignes // 4 // par_employe)
        write_message(dossiers["entier"] / "m.dsn", choix.lignes // par_employe)
        for rang in range(PETITS_FICHIERS):
            write_message(dossiers["petits"] / f"{rang:05}.dsn", EMPLOYES)
        print(
            f"{'fichiers':22} {'lecture':14} {'lignes':>10} {'total s':>8} {'dedans s':>8}"
            f" {'lignes/s':>12} {'rapport':>7} {'Mio':>9}"
        )
        quart = compare("1 fichier, un quart", dossiers["quart"])
        entier = compare("1 fichier", dossiers["entier"])
        petits = compare(f"{PETITS_FICHIERS} petits fichiers", dossiers["petits"])
    rapport = entier["memoire"] / quart["memoire"]
    print(f"mémoire, fichier entier / quart : {rapport:.2f}")
    verdict(f"{PLANCHER:,} lignes/s au moins", tenu=entier["vitesse"] >= PLANCHER)
    verdict(f"{VISE:,} lignes/s visées", tenu=entier["vitesse"] >= VISE)
    verdict("moins de 3 Gio", tenu=entier["memoire"] < MEMOIRE_KIO)
    verdict(
        "quatre fois plus de lignes, au plus deux fois la mémoire", tenu=rapport <= RAPPORT_MEMOIRE
    )
    verdict(
        "petits fichiers à 60 % au moins de cette vitesse",
        tenu=petits["vitesse"] >= 0.6 * entier["vitesse"],
    )


if __name__ == "__main__":
    main()
