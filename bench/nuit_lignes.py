"""A night that receives one exchange file: `python bench/nuit_lignes.py [--tranches 1]`.

A fund has so many slices of exchange files behind it, ranged, told and published; then one more
comes, then nothing. What the two steps of the lines and what publication reads of them take of the
processors, and what is written: it must follow what is new. Fails when it costs twice as much after
four times the past.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from sqlalchemy import insert, update

sys.path.append(str(Path(__file__).parents[1]))

from bench.barres import verdict
from bench.compteurs import FICHIERS, OCTETS, count
from bench.nuit_intemperies import filled, publish_night
from pipelines.echanges.etapes import plan_echanges
from pipelines.echanges.etats import read_etats
from pipelines.metiers import METIERS
from pipelines.nuit.execution import run_etape
from pipelines.nuit.ordre import find_etape
from pipelines.nuit.parts import CHIFFRES_TRANCHE, Part, in_part, list_periods, write_part
from warehouse.envois import Envoi, record_envois
from warehouse.journal import CleEtape, record_etape
from warehouse.maison import Maison, open_maison
from warehouse.nuits import PRESENT
from warehouse.publications import read_changes
from warehouse.reglages import Reglages
from warehouse.tables_sql import DEPOTS

JOUR = date(2026, 4, 2)
ETAPES = ("lignes", "bilans")
SUITES = ("lignes_echange", "constats_echange", "valeurs_echange")
ENTREPRISES, LIGNES, ENTAMEE, FOIS, PLUS = 500, 20, 2_000, 4, 2
DITE_SUR, CONSTATS = 10, "constats_demandes"  # something is said of one line in so many
UN_DE_PLUS = "un de plus"


def main() -> int:
    """Print the nights; 1 when the bar is broken."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tranches", type=int, default=1)
    tranches = options.parse_args().tranches
    couts = [_time(10**CHIFFRES_TRANCHE * n + ENTAMEE) for n in (tranches, FOIS * tranches)]
    tenu = couts[1] <= PLUS * couts[0]
    verdict(f"{FOIS} fois le passé : {PLUS} fois le coût au plus ({couts[1] / couts[0]:.2f})",
            tenu=tenu)  # fmt: skip
    return 0 if tenu else 1


def _time(nombre: int) -> float:
    """Seconds of CPU of the night that receives one file, printed beside the others."""
    couts, dites = {}, draw_lignes([])
    with TemporaryDirectory() as dossier:
        maison = open_maison(Reglages(dossier=Path(dossier)))
        nuits = {"tout": range(nombre), UN_DE_PLUS: range(nombre, nombre + 1), "rien": range(0)}
        for nom, numeros in nuits.items():
            envois = [draw_envoi(numero) for numero in numeros]
            lignes = draw_lignes(envois)
            write_files(maison, envois, lignes)
            dites = pl.concat([dites, lignes.filter(pl.col("rang") % DITE_SUR == 0)])
            write_constats(maison, dites.with_columns(severite=pl.lit("reserve")))
            with count(maison) as comptes:
                debut = time.process_time()
                pass_night(maison)
                couts[nom] = time.process_time() - debut
            ecrits = f"{comptes[FICHIERS]:4} fichiers, {comptes[OCTETS]:9} octets"
            print(f"{nombre} dépôts, {nom:10} : {1000 * couts[nom]:6.0f} ms, {ecrits}", flush=True)
            publish_night(maison, JOUR)
            with maison.moteur.begin() as connexion:
                connexion.execute(update(DEPOTS).values(etat="INTEGRE"))
    return couts[UN_DE_PLUS]


def pass_night(maison: Maison, jour: date = JOUR) -> None:
    """The two steps of the lines, then what publication reads of them."""
    for etape in ETAPES:
        for numero in sorted(plan_echanges(maison, jour)):
            run_etape(maison, find_etape(METIERS, etape), jour, numero)
    read_etats(maison, PRESENT)
    for table in SUITES:
        pl.collect_all(read_changes(maison, table))


def draw_envoi(numero: int) -> Envoi:
    """A file of a company, one after the other."""
    return Envoi(
        f"D{numero + 1:08}", str(800_000_000 + numero % ENTREPRISES), "DMC", "R", f"F{numero}",
        "N", None, "0" * 64, "C1", None, f"{JOUR}T{numero:08}",
    )  # fmt: skip


def draw_lignes(envois: Sequence[Envoi]) -> pl.DataFrame:
    """Their lines: depot, rang, siren, genre, mode, cle, refusee."""
    return pl.DataFrame(
        [
            (e.depot, rang, e.siren, e.genre, e.mode, f"{e.file_id}-{rang}", False)
            for e in envois
            for rang in range(2, LIGNES + 2)
        ],
        {"depot": pl.String, "rang": pl.Int64, "siren": pl.String, "genre": pl.String,
         "mode": pl.String, "cle": pl.String, "refusee": pl.Boolean},
        orient="row",
    )  # fmt: skip


def write_files(maison: Maison, envois: Sequence[Envoi], lignes: pl.DataFrame) -> None:
    """These files as their control leaves them, in one lot."""
    if not envois:
        return
    depots = [
        {"numero": int(e.depot[1:]), "depot": e.depot, "adherent": "A", "nom": e.depot,
         "sha256": f"{int(e.depot[1:]):064}", "octets": 1, "recu_le": e.recu_le,
         "etat": "CONFORME"}
        for e in envois
    ]  # fmt: skip
    lot = f"{envois[0].depot}-{envois[-1].depot}"
    with maison.moteur.begin() as connexion:
        connexion.execute(insert(DEPOTS), depots)
        record_envois(connexion, envois)
        cle = CleEtape("controle", lot, lot, "", "")
        record_etape(connexion, cle, resultat={}, empreinte="", duree_ms=0)
    lues = lignes.with_columns(reservee=pl.lit(value=False))
    maison.lac.write("lignes_lues", filled("lignes_lues", lues, lot=pl.lit(lot)), {"lot": lot})


def write_constats(maison: Maison, dits: pl.DataFrame) -> None:
    """All that a business says of lines: siren, depot, rang, severite."""
    nombre = maison.reglages.nombre_parts
    mots = {nom: pl.lit(nom) for nom in ("code", "message", "remede")}
    for numero in range(nombre):
        part = Part(numero, nombre)
        siens = in_part(CONSTATS, filled(CONSTATS, dits.filter(part.siennes()), **mots), part)
        write_part(maison, CONSTATS, siens, numero, list_periods(maison, CONSTATS, numero))


if __name__ == "__main__":
    sys.exit(main())
