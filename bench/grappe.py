"""The same month on one machine, then on clusters of 1, 2 and 4 workers.

    python bench/grappe.py [--adherents 200] [--salaries-par-adherent 35] [--parts 8]
        [--ouvriers 1 2 4] [--port 8090]

First the CPU of every task, one after the other in this process, on SQLite: the share of it that
shards and lots carry, which more machines can take, and by which tasks the others are kept waiting.
A lot counts as a shard does: several are controlled at once (`CAISSE_LOT_OCTETS`). Then the
same files on PostgreSQL, under Airflow, a broker and workers of one task at a time, each in its own
folder (`exploitation/grappe/lancer`): what is published and handed over is the same, to the byte.
`--ouvriers` alone measures the CPU only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).parents[1]))
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from barres import verdict

from bench.mois import SOIR, build_parametres, drop, measure, run_tasks

if TYPE_CHECKING:
    from cli.airflow.api import Api
    from sample_files.generateur.portefeuille import Parametres
    from warehouse.maison import Maison
    from warehouse.reglages import Reglages

RACINE = Path(__file__).parents[1]
DELAI_S = 3600
BARRE_POUR_CENT = 97
DESSINER, REMETTRE = "dessiner", "remettre"
JAMAIS = "0 0 1 1 *"


def main() -> int:
    """Print both tables; 1 when a bar is missed."""
    options = argparse.ArgumentParser()
    options.add_argument("--adherents", type=int, default=200)
    options.add_argument("--salaries-par-adherent", type=int, default=35)
    options.add_argument("--part-fautes", type=int, default=10, help="pour mille fichiers")
    options.add_argument("--parts", type=int, default=8)
    options.add_argument("--ouvriers", type=int, nargs="*", default=[1, 2, 4])
    options.add_argument("--port", type=int, default=8090)
    demande = options.parse_args()
    parametres = build_parametres(demande)
    with tempfile.TemporaryDirectory(prefix="grappe-") as nom:
        dossier = Path(nom)
        seule = open_neuve(dossier / "seule", demande.parts, parametres)
        parts = tell_parts(seule)
        attendue = fingerprint(seule)
        print(f"{'ouvriers':>8} {'nuit s':>8} {'documents s':>12}  octets")
        egales = True
        for nombre in demande.ouvriers:
            nuit, dessins, empreinte = run_grappe(dossier, nombre, demande, parametres)
            egales &= empreinte == attendue
            dit = "égaux" if empreinte == attendue else "DIFFÉRENTS"
            print(f"{nombre:8} {nuit:8.1f} {dessins:12.1f}  {dit}", flush=True)
    verdict(f"par part ou par lot, {BARRE_POUR_CENT} % du CPU du mois au moins", tenu=parts)
    verdict("ce qui est publié et remis : les mêmes octets qu'une machine", tenu=egales)
    return 0 if parts and egales else 1


def open_neuve(
    dossier: Path, parts: int, parametres: Parametres, base_sql: str | None = None
) -> Maison:
    """A home where the files of the month wait; every home has the same pseudonyms."""
    from warehouse.maison import CLE, open_maison
    from warehouse.reglages import Reglages

    (dossier / CLE).parent.mkdir(parents=True)
    (dossier / CLE).write_bytes(b"0" * 32)
    maison = open_maison(Reglages(dossier=dossier, nombre_parts=parts, base_sql=base_sql))
    drop(maison, parametres)
    return maison


def tell_parts(maison: Maison) -> bool:
    """CPU by task, and the share that shards and lots carry: whether the bar is held."""
    porteurs, cpu = run_seule(maison)
    total = sum(cpu.values())
    print(f"{'tâche':<32} {'CPU s':>8} {'%':>6}  ")
    for nom, secondes in cpu.most_common():
        dit = f"par {porteurs[nom]}" if nom in porteurs else ""
        print(f"{nom:<32} {secondes:8.2f} {100 * secondes / total:6.1f}  {dit}")
    nuit = Counter({nom: s for nom, s in cpu.items() if not nom.endswith(("dessins", DESSINER))})
    for quoi, comptes in (("la nuit", nuit), ("le mois, documents compris", cpu)):
        seules = sum(s for nom, s in comptes.items() if nom not in porteurs)
        ensemble = sum(comptes.values())
        partage = 100 * (1 - seules / ensemble)
        print(f"{quoi} : {ensemble:.1f} s, dont par part ou par lot {partage:.1f} %")
        for n in (1, 4, 40):
            calcule = ensemble / (seules + (ensemble - seules) / n)
            print(f"  {n} machine(s) d'un cœur, calculé : {calcule:.2f} fois plus vite")
    return sum(cpu[nom] for nom in porteurs) >= total * BARRE_POUR_CENT / 100


def run_seule(maison: Maison) -> tuple[dict[str, str], Counter[str]]:
    """The month in this process: what carries each shared task, the CPU of every task."""
    from pipelines.editique.etapes import draw_part, plan_dessins
    from pipelines.metier import Portee
    from pipelines.metiers import METIERS
    from pipelines.nuit.ordre import list_temps
    from pipelines.nuit.passage import Passage, run_temps

    passage = Passage(maison, SOIR.date(), SOIR, METIERS)
    cpu: Counter[str] = Counter()
    for tache, secondes in run_tasks(passage):
        cpu[tache] += secondes
    cpu["planifier_dessins"], parts = measure(partial(plan_dessins, maison))
    for part in parts:
        cpu[DESSINER] += measure(partial(draw_part, maison, part, SOIR))[0]
    cpu["remettre_dessins"] = measure(partial(run_temps, passage, passage.find_temps(REMETTRE)))[0]
    partagees = (t for t in list_temps(METIERS) if t.portee is not Portee.CAISSE)
    return {t.nom: str(t.portee) for t in partagees} | {DESSINER: str(Portee.PART)}, cpu


def run_grappe(
    dossier: Path, nombre: int, demande: argparse.Namespace, parametres: Parametres
) -> tuple[float, float, str]:
    """Seconds of the night and of its documents on so many workers; the digest of both."""
    from tests.postgresql import create_base, serve_postgresql
    from warehouse.reglages import Reglages

    with serve_postgresql() as serveur:
        bases = [create_base(serveur)[1] for _ in range(2)]
        maison = open_neuve(dossier / str(nombre), demande.parts, parametres, bases[0])
        os.environ.update(compute_environnement(maison.reglages, bases, demande.port))
        with served(Reglages(), nombre) as api:
            nuit, dessins = (play(api, dag) for dag in ("nuit", "editique"))
        empreinte = fingerprint(maison)
        maison.moteur.dispose()
    return nuit, dessins, empreinte


def compute_environnement(reglages: Reglages, bases: list[str], port: int) -> dict[str, str]:
    """Settings of a cluster on this machine: two runs, and none that starts by itself."""
    from cli.airflow.environnement import BASE

    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CAISSE_DOSSIER": str(reglages.dossier),
        "CAISSE_NOMBRE_PARTS": str(reglages.nombre_parts),
        "CAISSE_BASE_SQL": bases[0],
        BASE: bases[1],
        "CAISSE_EXECUTEUR": "CELERY",
        "CAISSE_COURTIER": f"redis+socket://{reglages.dossier.parent}/courtier.sock",
        "CAISSE_PORT_AIRFLOW": str(port),
        "CAISSE_HORAIRE_RECEPTION": JAMAIS,
        "CAISSE_HORAIRE_EDITIQUE": JAMAIS,
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
        "AIRFLOW__CORE__PARALLELISM": "32",
    }


@contextmanager
def served(reglages: Reglages, nombre: int) -> Iterator[Api]:
    """Airflow and so many workers, until the end; its API."""
    from cli.airflow.api import open_api, open_mot_de_passe
    from cli.airflow.environnement import (
        compute_accueil,
        compute_adresse,
        compute_mots_de_passe,
        compute_variables_services,
    )
    from cli.airflow.services import run_services

    cles, accueil = compute_mots_de_passe(reglages.dossier), compute_accueil(reglages.dossier)
    open_mot_de_passe(cles)
    subprocess.run(["caisse", "airflow", "preparer"], check=True, stdout=subprocess.DEVNULL)
    lancer = [RACINE / "exploitation" / "grappe" / "lancer", accueil / "ouvriers", str(nombre)]
    variables = compute_variables_services(reglages)
    with (
        run_services(variables, accueil, [], lambda: False),
        subprocess.Popen(lancer, stdout=subprocess.DEVNULL) as ouvriers,
        open_api(compute_adresse(reglages), cles) as api,
    ):
        try:
            yield api
        finally:
            ouvriers.terminate()


def play(api: Api, dag: str) -> float:
    """Seconds of a run, from the start of its first task to its end."""
    passage = api.wait_for(api.trigger(dag, {"maintenant": SOIR.isoformat()}), DELAI_S)
    assert passage.etat == "success", passage
    lu = api.client.get(f"/api/v2/dags/{dag}/dagRuns/{passage.identifiant}").json()
    debut, fin = (datetime.fromisoformat(lu[nom]) for nom in ("start_date", "end_date"))
    return (fin - debut).total_seconds()


def fingerprint(maison: Maison) -> str:
    """Digest of every published table, in the order of its key, and of every file handed over."""
    from specs.contrats import contrats
    from warehouse.publications import read_publication, read_table_publiee

    empreinte = hashlib.sha256()
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion)
    assert publication is not None
    for nom in sorted(publication.versions):
        lignes = read_table_publiee(maison, nom).collect().sort(contrats()[nom].cle)
        empreinte.update(f"{nom}\n{lignes.write_csv()}".encode())
    for fichier in sorted(maison.reglages.dossier_boites.glob("*/retour/*")):
        empreinte.update(f"{fichier.parts[-3]}/{fichier.name}\n".encode() + fichier.read_bytes())
    return empreinte.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
