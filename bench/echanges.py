"""Exchange files of 50,000,000 bytes: seconds and memory of their reading with all the controls.

    python bench/echanges.py [CERT ARI...]

A file of each kind, right and with one fault a line, in each form; each is made and read in a
process of its own, as the night does, on two cores. Beside it, a plain Python loop over the same
file (a dictionary of texts a record, dropped at once, no control). Fails when a reading takes more
than 10 seconds of CPU (all threads: a loaded machine does not change them much) or 1 GiB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

from lxml import etree

sys.path.append(str(Path(__file__).parents[1]))

from barres import verdict

from specs.echanges import OCTETS_MAXIMUM, read_genres

CPU_S, MEMOIRE_KIO = 10.0, 1024 * 1024
RECU_LE = datetime(2026, 9, 1, 8, tzinfo=UTC)
JUSTE, FAUTIF = "juste", "une faute par ligne"
FIXE, XML = "fixe", "xml"
ECHANTILLON = 500  # lines written to know the size of one
TETE = {"mode": "R", "convention": "0001234", "siren": "999090012", "file_id": "BANC"}
TETE |= {"operation": "N", "created": "20260901080000", "software": "banc 1"}
SIRET = "99909001200017"
JOUR = date(2026, 1, 13)
QUI = {"matricule": "M{n}", "surname": "DURAND", "first_name": "RENÉ", "birth": date(1985, 1, 1)}
Champs = Mapping[str, Any]
LIGNES: Mapping[str, tuple[tuple[str, Champs], ...]] = {
    "CERT": (
        (
            "10",
            QUI
            | {"siret": SIRET, "category": "O", "cert_ref": "C{n}", "unit": "M", "months": 1_200}
            | {"from": date(2025, 4, 1), "to": date(2026, 3, 31), "hours": 182_004}
            | {"gross": 2_640_000, "avg_wage": 220_000, "rate": 145_000, "schedule": 15_167}
            | {"entry_firm": date(2015, 3, 2), "n1_paid": "N", "reason_end": "059"},
        ),
        (
            "11",
            {"cert_ref": "C{n}", "matricule": "M{n}", "abs_kind": "A", "abs_code": "01"}
            | {"from": date(2025, 6, 2), "to": date(2025, 6, 6)},
        ),
    ),
    "DMC": (
        (
            "20",
            QUI
            | {"req_id": "R{n}", "action": "N", "exercice": 2026, "days": 1_100, "nature": "CP"}
            | {"from": date(2026, 8, 3), "to": date(2026, 8, 14), "resume": date(2026, 8, 17)}
            | {"avg_wage": 245_000, "sen_unit": "A", "sen_firm": 11, "dept": "77", "pay_to": "S"},
        ),
    ),
    "ARI": (
        (
            "30",
            {"decl_id": "D{n}", "stop_no": "01", "siret": SIRET, "site_id": "CH{n}"}
            | {"site_name": "RD 604", "site_insee": "77288", "site_dept": "77", "work_cat": "G"}
            | {"cause": "GE", "work_nature": "VOIR", "stop_date": JOUR, "stop_time": "0730"}
            | {"resume_date": JOUR, "resume_time": "1030", "public_contract": "O"}
            | {"cse_consulted": "X", "n_workers": 1},
        ),
        (
            "31",
            QUI
            | {"decl_id": "D{n}", "category": "O", "hire_date": date(2015, 3, 2), "rate": 145_000}
            | {"ij_before": 0, "hours_2m": 29_600, "indemnity": 2_900, "csg_crds": 190}
            | {"certified": "O"},
        ),
        (
            "32",
            {"decl_id": "D{n}", "stop_no": "01", "matricule": "M{n}", "date": JOUR}
            | {"schedule": 700, "lost": 300, "waiting": 100, "indemnified": 200},
        ),
    ),
    "RIB": (
        (
            "40",
            QUI
            | {"action": "N", "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP"}
            | {"holder": "DURAND RENÉ", "holder_is": "T", "effective": date(2026, 9, 1)}
            | {"consent": "O", "addr_ctry": "FR"},
        ),
    ),
    "TDP": (
        (
            "45",
            {"siret": SIRET, "month": "{mois}", "reason": "NR", "n_employees": 2, "pay": "O"},
        ),
        *(
            (
                "46",
                {"siret": SIRET, "month": "{mois}", "att_month": "{mois}", "category": categorie}
                | {"base_code": code, "base": 480_000},
            )
            for categorie, code in product("OEC", ("20", "21", "34", "35", "36", "39", "40"))
        ),
    ),
}
FAUTES: Mapping[str, Champs] = {
    "CERT": {"avg_wage": 0},
    "DMC": {"surname": "durand"},
    "ARI": {"lost": 800},
    "RIB": {"iban": "FR7630006000011234567890188"},
    "TDP": {"base_code": "99"},
}


def make(genre: str, etat: str, forme: str) -> bytes:
    """A file of nearly the largest size, never above."""
    petit = _write(genre, etat, forme, ECHANTILLON)
    nombre = OCTETS_MAXIMUM * ECHANTILLON // len(petit)
    while len(octets := _write(genre, etat, forme, nombre)) > OCTETS_MAXIMUM:
        nombre = nombre * 99 // 100
    return octets


def _write(genre: str, etat: str, forme: str, nombre: int) -> bytes:
    """The lines of the kind, so many times, each under keys of its own."""
    import polars as pl

    from parsers.echanges.composition import compose_fichier
    from parsers.echanges.ecriture import write_fixe
    from parsers.echanges.ecriture_xml import write_xml

    n = pl.DataFrame({"n": range(nombre)}, {"n": pl.Int64})
    frames: dict[str, list[pl.DataFrame]] = {}
    for rang, (code, champs) in enumerate(LIGNES[genre]):
        fautes = FAUTES[genre] if etat == FAUTIF else {}
        colonnes = [_column(fautes.get(c, v)).alias(c) for c, v in champs.items()]
        place = (pl.col("n") * len(LIGNES[genre]) + rang).alias("rang")
        frames.setdefault(code, []).append(n.select(place, *colonnes))
    details = {code: pl.concat(parts) for code, parts in frames.items()}
    fichier = compose_fichier(genre, TETE, details)
    return write_fixe(fichier) if forme == FIXE else write_xml(fichier)


def _column(valeur: Any) -> Any:  # noqa: ANN401
    import polars as pl

    n = pl.col("n")
    if valeur == "{mois}":
        annee = (pl.lit(2025) - n // 12 % 2_000).cast(pl.String).str.zfill(4)
        return pl.concat_str(annee, pl.lit("-"), (n % 12 + 1).cast(pl.String).str.zfill(2))
    if isinstance(valeur, str) and valeur.endswith("{n}"):
        return pl.lit(valeur.removesuffix("{n}")) + n.cast(pl.String)
    return pl.lit(valeur)


def read_python(octets: bytes, genre: str) -> int:
    """Plain loop: a dictionary of texts a record (fixed form), the elements one by one (XML)."""
    if octets.startswith(b"<"):
        return sum(len(e.text or "") > 0 for _, e in etree.iterparse(BytesIO(octets)))
    decrits = read_genres()[genre].enregistrements
    champs = {code: [(c.nom, c.tranche) for c in e.champs] for code, e in decrits.items()}
    nombre = 0
    for ligne in octets.decode("latin-1").splitlines():
        zones = {nom: ligne[tranche].rstrip() for nom, tranche in champs[ligne[:2]]}
        nombre += bool(zones)
    return nombre


def measure(genre: str, forme: str, chemin: Path) -> dict[str, Any]:
    """Read one file: seconds, peak of memory, what was found; seconds of the plain loop after."""
    from parsers.echanges.lecteur import read_echange
    from specs.octets import read_octets

    nom = f"{genre}_R_0001234_20260901080000_0001.{'txt' if forme == FIXE else 'xml'}"
    debut, cpu = time.perf_counter(), time.process_time()
    lecture = read_echange(0, nom, read_octets(chemin), RECU_LE)
    duree, cpu = time.perf_counter() - debut, time.process_time() - cpu
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    octets = chemin.read_bytes()
    debut = time.perf_counter()
    read_python(octets, genre)
    return {
        "duree": duree,
        "cpu": cpu,
        "boucle": time.perf_counter() - debut,
        "memoire": memoire,
        "octets": len(octets),
        "enregistrements": lecture.enregistrements,
        "refusees": int(lecture.lignes["refusee"].sum()),
        "lignes": lecture.lignes.height,
        "anomalies": int(lecture.anomalies["nombre"].sum()),
    }


def run(genre: str, etat: str, forme: str, dossier: Path) -> dict[str, Any]:
    """Make a file here, read it in a process of its own."""
    chemin = dossier / "fichier"
    chemin.write_bytes(make(genre, etat, forme))
    sortie = subprocess.run(
        [sys.executable, __file__, "--mesure", genre, forme, str(chemin)],
        check=True,
        capture_output=True,
        env=os.environ | {"POLARS_MAX_THREADS": "2"},
    ).stdout
    mesure: dict[str, Any] = json.loads(sortie)
    return mesure


def main() -> int:
    """Print a line a file; 1 when one of them is too slow, too large, or not told as it should."""
    options = argparse.ArgumentParser()
    options.add_argument("genres", nargs="*", default=[*LIGNES])
    options.add_argument("--mesure", nargs=3)
    choix = options.parse_args()
    if choix.mesure:
        genre, forme, chemin = choix.mesure
        print(json.dumps(measure(genre, forme, Path(chemin))))
        return 0
    mesures = f"{'s':>6} {'CPU s':>6} {'rapport':>8} {'Mio':>6}"
    print(f"{'fichier':34} {'Mo':>5} {'enreg.':>8} {mesures}  refusées")
    pires = {"cpu": 0.0, "memoire": 0}
    dits = True
    with tempfile.TemporaryDirectory() as dossier:
        for genre, forme, etat in product(choix.genres, (FIXE, XML), (JUSTE, FAUTIF)):
            m = run(genre, etat, forme, Path(dossier))
            pires = {nom: max(pires[nom], m[nom]) for nom in pires}
            dits &= m["refusees"] == (m["lignes"] if etat == FAUTIF else 0)
            print(
                f"{genre} {forme:4} {etat:23} {m['octets'] / 1e6:5.1f} {m['enregistrements']:8}"
                f" {m['duree']:6.2f} {m['cpu']:6.2f} {m['duree'] / m['boucle']:8.2f}"
                f" {m['memoire'] // 1024:6}"
                f"  {m['refusees']} sur {m['lignes']}",
                flush=True,
            )
    verdict(f"{CPU_S:.0f} s de CPU au plus", tenu=pires["cpu"] <= CPU_S)
    verdict("1 Gio au plus", tenu=pires["memoire"] <= MEMOIRE_KIO)
    verdict("chaque ligne fautive refusée, aucune autre", tenu=dits)
    return 0 if dits and pires["cpu"] <= CPU_S and pires["memoire"] <= MEMOIRE_KIO else 1


if __name__ == "__main__":
    sys.exit(main())
