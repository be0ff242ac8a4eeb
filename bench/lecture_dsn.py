"""Speed and memory of the DSN reader, against a plain Python loop over the same lines.

    python bench/lecture_dsn.py [--lignes 4000000]
    python bench/lecture_dsn.py --memoire 20000000

Each measure runs in its own process, so that its memory is its own; the loop and the reader read
the same files, back to back. With `--memoire`, only the memory that the night needs is measured,
for a file of so many lines and for a small one.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.dsn.lots import Envoi

sys.path.append(str(Path(__file__).parents[1]))

from barres import verdict

PLANCHER, VISE, MEMOIRE_KIO, RAPPORT_MEMOIRE = 700_000, 1_200_000, 600 * 1024, 2.0
PETIT_FICHIER = 2_000_000  # lines: as many pieces at once as in any larger file
PETITS_FICHIERS, EMPLOYES, CINQUANTE = 5_000, 20, 50
PROCESSUS_S, DEDANS_S = 1.5, 0.3
VERSION, GRAINE = "P26V01", 1

FAMILLES = ("CSL", "CRE", "CCH", "SIG", "CP")


def write_large(chemin: Path, lignes: int) -> None:
    """One conforming message of about so many lines."""
    from sample_files.generateur.gros import write_gros_fichier

    write_gros_fichier(chemin, lignes, VERSION)


def generate(salaries: int) -> bytes:
    """A conforming message of one company, with so many employees or about."""
    from sample_files.generateur.portefeuille import Parametres, generate_portefeuille
    from specs.periodes import Mois

    mois = Mois.range(Mois(2026, 3), Mois(2026, 3))
    fichiers = generate_portefeuille(Parametres(1, salaries, mois, graine=GRAINE))
    return max((f.octets for f in fichiers), key=len)


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
    """The reader, with all its controls; what it finds is told on the error output."""
    from parsers.dsn.lecteur import read_dsn  # its import is measured

    trouvees: Counter[str] = Counter()
    lignes = 0
    for morceau in read_dsn(messages(chemins), VERSION):
        trouvees.update(morceau.anomalies["code"])
        lignes += morceau.lignes
    if trouvees:
        print(f"anomalies : {dict(trouvees)}", file=sys.stderr)
    return lignes


def messages(chemins: list[Path]) -> Iterator[Envoi]:
    """Messages of the files, read one by one."""
    from parsers.dsn.enveloppe import open_fichier
    from specs.octets import read_octets

    for i, chemin in enumerate(chemins):
        yield from (envoi for _, envoi in open_fichier(i, read_octets(chemin)).envois)


def read_verifier(chemins: list[Path]) -> int:
    """What `caisse verifier` does inside, once it is imported."""
    from pipelines.verification import verify_fichiers
    from specs.octets import read_octets

    contenus = [(i, read_octets(chemin)) for i, chemin in enumerate(chemins)]
    return sum(bilan.lignes for bilan in verify_fichiers(contenus).bilans)


def read_archive(chemins: list[Path]) -> int:
    """What the night does of a deposit: archived, verified, read; its verdict is told."""
    from pipelines.verification import verify_fichiers
    from specs.octets import read_octets
    from warehouse.archive import Archive
    from warehouse.coffre.trousseau import Cle, Trousseau

    [chemin] = chemins
    with tempfile.TemporaryDirectory(dir=chemin.parents[1]) as dossier:
        archive = Archive(Path(dossier), Trousseau((Cle(bytes(32)),)))
        sha256 = archive.write(read_octets(chemin))
        [bilan] = verify_fichiers([(0, archive.open(sha256))]).bilans
    print(f"verdict : {bilan.verdict}", file=sys.stderr)
    return bilan.lignes


def share_families(chemins: list[Path]) -> None:
    """Print the time of each family of coherence controls, beside the whole reading."""
    from parsers.anomalies import SCHEMA
    from parsers.controles.arbre import Arbre
    from parsers.controles.execution import check_coherence
    from parsers.controles.lecture import controles_of
    from parsers.dsn.grammaire import read_grammaire
    from parsers.dsn.lecteur import read_dsn

    debut, morceaux = time.perf_counter(), list(read_dsn(messages(chemins), VERSION))
    tout = time.perf_counter() - debut
    durees: dict[str, float] = defaultdict(float)
    for famille, morceau in product(FAMILLES, morceaux):
        choisis = {
            bloc: [c for c in controles if famille in c.identifiant]
            for bloc, controles in controles_of(VERSION).items()
        }
        arbre = Arbre(read_grammaire(VERSION), morceau.blocs)
        debut = time.perf_counter()
        check_coherence(arbre, SCHEMA.to_frame(), choisis)
        durees[famille] += time.perf_counter() - debut
    durees["structure et valeurs"] = tout - sum(durees.values())
    for famille, duree in durees.items():
        print(f"part de {famille:22} {duree / tout:6.1%}  {duree:6.2f} s")


COMPAREES = {"boucle Python": "python", "lecteur": "caisse"}
LECTURES: dict[str, Callable[[list[Path]], int]] = {
    "python": read_python,
    "caisse": read_reader,
    "verifier": read_verifier,
    "archive": read_archive,
}


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
    if lecture == "verifier":
        import pipelines.controle.lecture  # noqa: F401 - only what it does is measured
    debut = time.perf_counter()
    lignes = LECTURES[lecture](chemins)
    dedans = time.perf_counter() - debut
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"lignes": lignes, "dedans": dedans, "memoire": memoire}))


def compare(nom: str, dossier: Path) -> dict[str, float]:
    """Measure the loop, then the reader, and print a line of the table for each."""
    boucle, lecteur = mesures = [measure(lecture, dossier) for lecture in COMPAREES.values()]
    for lecture, mesure in zip(COMPAREES, mesures, strict=True):
        vitesse = mesure["lignes"] / mesure["dedans"]
        print(
            f"{nom:22} {lecture:14} {mesure['lignes']:>10,.0f} {mesure['processus']:>8.2f}"
            f" {mesure['dedans']:>8.2f} {vitesse:>12,.0f}"
            f" {boucle['dedans'] / mesure['dedans']:>7.2f} {mesure['memoire'] / 1024:>9,.0f}"
        )
    return {"vitesse": lecteur["lignes"] / lecteur["dedans"], "memoire": lecteur["memoire"]}


def compare_memory(lignes: int) -> None:
    """Print what the control of a large file needs beside that of a small one, and the bars."""
    pics = []
    print(f"{'lignes':>12} {'Mo':>7} {'dedans s':>9} {'Mio':>7}")
    for nombre in (PETIT_FICHIER, lignes):
        with tempfile.TemporaryDirectory() as racine:
            dossier = Path(racine, "depot")
            dossier.mkdir()
            write_large(dossier / "m.dsn", nombre)
            taille = (dossier / "m.dsn").stat().st_size
            mesure = measure("archive", dossier)
        pics.append(mesure["memoire"])
        print(
            f"{mesure['lignes']:>12,.0f} {taille / 1e6:>7,.0f} {mesure['dedans']:>9.2f}"
            f" {mesure['memoire'] / 1024:>7,.0f}",
            flush=True,
        )
    verdict("moins de 600 Mio", tenu=max(pics) < MEMOIRE_KIO)
    verdict("au plus deux fois la mémoire du petit", tenu=pics[1] <= RAPPORT_MEMOIRE * pics[0])


def measure_verifier(dossier: Path) -> dict[str, float]:
    """Seconds of the whole command on one file, and of what it does inside."""
    debut = time.perf_counter()
    commande = "from cli.application import main; main()"
    fichier = str(dossier / "m.dsn")
    subprocess.run(
        [sys.executable, "-c", commande, "verifier", fichier],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
    )
    processus = time.perf_counter() - debut
    return {"processus": processus, "dedans": measure("verifier", dossier)["dedans"]}


def main() -> None:
    """Make the files, measure, print the table and the bars."""
    options = argparse.ArgumentParser()
    options.add_argument("--lignes", type=int, default=4_000_000)
    options.add_argument("--petits", type=int, default=PETITS_FICHIERS)
    options.add_argument("--memoire", type=int, metavar="LIGNES")
    options.add_argument("--mesure", nargs=2)
    choix = options.parse_args()
    if choix.mesure:
        run_measure(choix.mesure[0], Path(choix.mesure[1]))
        return
    if choix.memoire:
        compare_memory(choix.memoire)
        return
    with tempfile.TemporaryDirectory() as racine:
        dossiers = {nom: Path(racine, nom) for nom in ("quart", "entier", "petits", "employes")}
        for dossier in dossiers.values():
            dossier.mkdir()
        write_large(dossiers["quart"] / "m.dsn", choix.lignes // 4)
        write_large(dossiers["entier"] / "m.dsn", choix.lignes)
        petit = generate(EMPLOYES)
        for rang in range(choix.petits):
            (dossiers["petits"] / f"{rang:05}.dsn").write_bytes(petit)
        (dossiers["employes"] / "m.dsn").write_bytes(generate(CINQUANTE))
        print(
            f"{'fichiers':22} {'lecture':14} {'lignes':>10} {'total s':>8} {'dedans s':>8}"
            f" {'lignes/s':>12} {'rapport':>7} {'Mio':>9}"
        )
        quart = compare("1 fichier, un quart", dossiers["quart"])
        entier = compare("1 fichier", dossiers["entier"])
        petits = compare(f"{choix.petits} petits fichiers", dossiers["petits"])
        share_families(sorted(dossiers["quart"].iterdir()))
        verifier = measure_verifier(dossiers["employes"])
    rapport = entier["memoire"] / quart["memoire"]
    print(f"mémoire, fichier entier / quart : {rapport:.2f}")
    verdict(f"{PLANCHER:,} lignes/s au moins", tenu=entier["vitesse"] >= PLANCHER)
    verdict(f"{VISE:,} lignes/s visées", tenu=entier["vitesse"] >= VISE)
    verdict("moins de 600 Mio", tenu=entier["memoire"] < MEMOIRE_KIO)
    verdict(
        "quatre fois plus de lignes, au plus deux fois la mémoire", tenu=rapport <= RAPPORT_MEMOIRE
    )
    verdict(
        "petits fichiers à 60 % au moins de cette vitesse",
        tenu=petits["vitesse"] >= 0.6 * entier["vitesse"],
    )
    print(
        f"verifier, 50 salariés : {verifier['processus']:.2f} s, dedans {verifier['dedans']:.2f} s"
    )
    verdict("verifier : moins de 1,5 s en tout", tenu=verifier["processus"] < PROCESSUS_S)
    verdict("verifier : moins de 0,3 s dedans", tenu=verifier["dedans"] < DEDANS_S)


if __name__ == "__main__":
    main()
