"""The nights of a generated fund, one a month, counted."""

from __future__ import annotations

import resource
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.compteurs import count

if TYPE_CHECKING:
    from sample_files.generateur.portefeuille import Fichier, Parametres
    from specs.periodes import Mois
    from warehouse.maison import Maison

CPU_MS = "CPU (ms)"
DOUZE = timedelta(days=11)  # from the first of a month to the twelfth


def play_nuits(
    dossier: Path, adherents: int, mois: tuple[Mois, ...], salaries_par_adherent: int = 3
) -> Iterator[Counter[str]]:
    """The night of each month of a new home, in one shard: its counts, and CPU in milliseconds."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.passage import Passage, run_nuit
    from sample_files.generateur.portefeuille import Parametres, generate_portefeuille
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    salaries = salaries_par_adherent * adherents
    parametres = Parametres(adherents=adherents, salaries=salaries, mois=mois, graine=3)
    maison = open_maison(Reglages(dossier=dossier, nombre_parts=1))
    inscribe(maison, parametres)
    fichiers: dict[Mois, list[Fichier]] = defaultdict(list)
    for fichier in generate_portefeuille(parametres):
        fichiers[fichier.mois].append(fichier)
    for declare in mois:
        for fichier in fichiers[declare]:
            boite = dossier / "sftp" / fichier.adherent / "depot"
            (boite / fichier.nom).write_bytes(fichier.octets)
        jour = declare.next().first_day + DOUZE
        soir = datetime.combine(jour, time(20), UTC)
        avant = _cpu_ms()
        with count(maison) as comptes:
            run_nuit(Passage(maison, jour, soir, METIERS))
        yield comptes + Counter({CPU_MS: _cpu_ms() - avant})


def _cpu_ms() -> int:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int(1000 * (usage.ru_utime + usage.ru_stime))


def inscribe(maison: Maison, parametres: Parametres) -> None:
    """The members of a portfolio, and their boxes."""
    from pipelines.reception.etapes import create_boites
    from sample_files.generateur.portefeuille import generate_entreprises
    from sample_files.generateur.registre import draw_profil, render_registre
    from warehouse.registre import YAML, import_registre

    graine = parametres.graine
    membres = ((e, draw_profil(graine, e)) for e in generate_entreprises(parametres))
    with maison.moteur.begin() as connexion:
        bilan = import_registre(
            connexion,
            render_registre(membres),
            archive=maison.archive,
            auteur="mesure",
            motif="mesure",
            instant="2026-01-01T00:00:00Z",
            forme=YAML,
        )
    assert not bilan.erreurs, bilan.erreurs[:3]
    create_boites(maison)
