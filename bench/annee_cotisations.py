"""A year of contributions recomputed from the lake: 300,000 employees, 8,500 members, 12 months.

    python bench/annee_cotisations.py [--salaries 300000] [--adherents 8500]

The lake is filled first (not measured) with what the control of the DSN would have left. Then the
steps of the night run, their shards shared between two workers as a scheduler shares its tasks. The
reference, measured in the same run, is one DuckDB query that only sums the bases by company, month
and code.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl
from stdnum import luhn

sys.path.append(str(Path(__file__).parents[1]))

from barres import verdict

from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage
    from warehouse.maison import Maison

T = TypeVar("T")
MOIS = Mois.range(Mois(2025, 4), Mois(2026, 3))
ARRETE = date(2026, 4, 20)
PROCESSUS, PARTS = 2, 16
PLAFOND_S, PLAFOND_ENTREPRISE_S, PLAFOND_KIO = 60.0, 2.0, 4 * 1024**2
CODES = ("20", "21", "34")


def build_entreprises(adherents: int) -> pl.DataFrame:
    """Members with one establishment and centre each: siren, siret, cdg, numero_adherent."""
    sirens = [_keyed(f"{50_000_000 + rang}") for rang in range(adherents)]
    numero = pl.col("rang").cast(pl.String).str.zfill(6)
    return pl.DataFrame(
        {
            "rang": pl.int_range(adherents, dtype=pl.Int64, eager=True),
            "siren": sirens,
            "siret": [_keyed(f"{siren}0001") for siren in sirens],
        }
    ).with_columns(cdg="C" + numero, numero_adherent="B" + numero)


def _keyed(chiffres: str) -> str:
    return chiffres + luhn.calc_check_digit(chiffres)


def build_salaries(salaries: int, adherents: int) -> pl.DataFrame:
    """Employees over members, a few large and many small: rang of the member, pseudonym, wage."""
    rang = pl.int_range(salaries, dtype=pl.Int64, eager=True)
    # One half evenly; for the other a product spreads sizes, the first members being the largest.
    entreprise = pl.select(
        pl.when(rang < salaries // 2)
        .then(rang % adherents)
        .otherwise((rang % adherents) * (rang * 7_919 % adherents) // adherents)
    ).to_series()
    return pl.DataFrame(
        {
            "rang": entreprise,
            "salarie": rang.cast(pl.String).str.zfill(32),
            "salaire": 180_000 + rang * 31 % 250_000,
        }
    ).sort("rang", "salarie")


def build_mois(
    entreprises: pl.DataFrame, salaries: pl.DataFrame, mois: Mois
) -> dict[str, pl.DataFrame]:
    """Rows of the tables that one month of DSN fills, one deposit a member."""
    numero = MOIS.index(mois) * len(entreprises) + pl.col("rang") + 1
    declarations = entreprises.select(
        "rang",
        lot=pl.lit(f"LOT-{mois}"),
        depot="D" + numero.cast(pl.String).str.zfill(8),
        numero_depot=numero,
        rang_declaration=pl.lit(1, pl.Int64),
        essai=pl.lit(value=False),
        conforme=pl.lit(value=True),
        adherent="numero_adherent",
        version=pl.lit("P26V01"),
        nature=pl.lit("01"),
        type=pl.lit("01"),
        fraction=pl.lit("11"),
        ordre=pl.lit(1, pl.Int64),
        mois_appel=pl.lit(str(mois)),
        champ=pl.lit("01"),
        siren="siren",
        siret="siret",
        individus=pl.lit(1, pl.Int64),
        ligne=pl.lit(5, pl.Int64),
    )
    individus = salaries.join(
        declarations.select("rang", "lot", "depot", "siren", "rang_declaration"), on="rang"
    ).with_columns(
        rang_individu=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("depot"),
        matricule=pl.col("salarie").str.tail(8),
        etat_civil=pl.col("salarie").str.reverse(),
        contrat=pl.lit("00001"),
        debut=pl.lit(mois.first_day),
        fin=pl.lit(mois.last_day),
        caisse=pl.lit("01"),
    )
    bases = (
        individus.join(pl.DataFrame({"code_base": CODES}), how="cross")
        .sort("depot", "salarie", "code_base")
        .with_columns(
            ligne=pl.int_range(pl.len(), dtype=pl.Int64).over("depot") + 10,
            quantite=pl.col("salaire"),
            attribution=pl.lit("CNETP"),
        )
    )
    au_bloc = individus.with_columns(ligne=pl.col("rang_individu") * 100)
    paies = au_bloc.with_columns(
        nature=pl.lit("REMUNERATION"), code=pl.lit("010"), montant_centimes="salaire"
    )
    tables = {
        "declarations_lues": declarations,
        "bases_lues": bases,
        "identites_lues": au_bloc,
        "contrats_lus": au_bloc.with_columns(pl.lit(None, pl.Date).alias("fin")),
        "remunerations_lues": paies,
    }
    return {nom: _of_contract(nom, frame) for nom, frame in tables.items()}


def _of_contract(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table; what the frame does not say is null."""
    return frame.select(
        pl.col(nom) if nom in frame.columns else pl.lit(None, type_).alias(nom)
        for nom, type_ in schema_polars(read_contrat(table)).items()
    )


def fill(maison: Maison, adherents: int, salaries: int) -> None:
    """What the control and the registry hold before the computation."""
    from warehouse.registre import import_registre

    entreprises = build_entreprises(adherents)
    registre = entreprises.select(
        "numero_adherent",
        "siren",
        raison_sociale="numero_adherent",
        cdg="cdg",
        siret="siret",
        debut=pl.lit("2015-01-01"),
        fin=pl.lit(""),
    )
    with maison.moteur.begin() as connexion:
        bilan = import_registre(
            connexion,
            registre.write_csv(separator=";").encode(),
            archive=maison.archive,
            auteur="mesure",
            motif="mesure",
            instant="2026-04-20T00:00:00Z",
        )
    assert not bilan.erreurs, bilan.erreurs[:3]
    employes = build_salaries(salaries, adherents)
    for mois in MOIS:
        for table, lignes in build_mois(entreprises, employes, mois).items():
            maison.lac.write(table, lignes, {"lot": f"LOT-{mois}"})


def run_steps(maison: Maison, travailleurs: Executor) -> dict[str, float]:
    """Seconds of each step of the night; shards are shared between the workers, as tasks are."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.passage import plan_temps, run_temps
    from pipelines.publication.audit import audit_nuit

    durees: dict[str, float] = {}

    def timed(nom: str, faire: Callable[[], T]) -> T:
        debut = time.perf_counter()
        rendu = faire()
        durees[nom] = time.perf_counter() - debut
        return rendu

    def share(etape: str, parts: Iterable[int]) -> None:
        list(travailleurs.map(run_part, repeat(maison.reglages.dossier), repeat(etape), parts))

    share("", range(PROCESSUS))  # workers are up, what they import is imported
    passage = _open_passage(maison.reglages.dossier)
    for nom in ("identites", "liens", "integrer", "appeler", "rapprocher", "tenir_comptes"):
        temps = passage.find_temps(nom)
        if temps.plans:
            parts = timed(f"plan de {nom}", partial(plan_temps, passage, temps))
            timed(nom, partial(share, nom, parts))
        else:
            timed(nom, partial(run_temps, passage, temps))
    timed("audit", lambda: audit_nuit(maison, ARRETE, METIERS))
    return durees


def run_part(dossier: Path, temps: str, part: int) -> None:
    """One task of the night on one shard, in a worker; none at all when it has no name."""
    from pipelines.nuit.passage import run_temps

    passage = _open_passage(dossier)
    if temps:
        run_temps(passage, passage.find_temps(temps), part)


def _open_passage(dossier: Path) -> Passage:
    from pipelines.metiers import METIERS
    from pipelines.nuit.passage import Passage

    instant = datetime.combine(ARRETE, datetime.min.time(), UTC)
    return Passage(_open(dossier), ARRETE, instant, METIERS)


def run_reference(maison: Maison) -> float:
    """Seconds of one DuckDB query over the same rows: bases by company, month and code."""
    import duckdb
    from deltalake import DeltaTable

    bases = DeltaTable(str(maison.lac.dossier / "bases_lues")).to_pyarrow_dataset()
    debut = time.perf_counter()
    requete = "select siren, lot, code_base, sum(quantite) from bases group by all"
    lignes = duckdb.connect().register("bases", bases).sql(requete).fetchall()
    assert lignes
    return time.perf_counter() - debut


def run_entreprise(maison: Maison) -> float:
    """Seconds to compute again the months of one company, from what the lake holds of it."""
    from pipelines.cotisations.etapes import completed, compute_nouveaux
    from pipelines.cotisations.regles.assiettes import declared_months, sum_bases
    from pipelines.declarations.etapes import (
        Entrees,
        compute_part,
        read_bases,
        read_reelles,
        read_registre,
    )
    from pipelines.declarations.releves import read_releves
    from pipelines.nuit.parts import Part
    from specs.connaissances import read_connaissances

    debut = time.perf_counter()
    registre, savoir = read_registre(maison), read_connaissances()
    sienne = pl.col("siren") == registre.etablissements["siren"][0]
    declarations = read_reelles(maison).filter(sienne).collect()
    lues = (
        maison.lac.read("factures_fractionnement"),
        *read_releves(maison),
        maison.lac.read("liens_salaries"),
    )
    deposees = [frame.filter(sienne).collect() for frame in lues]
    entrees = Entrees(Part(0, 1), declarations, registre.of(sienne), *deposees, None)
    declarations, bases = compute_part(entrees, read_bases(maison, declarations), savoir)
    publiees = completed(maison.lac.read("lignes_appel").filter(sienne)).collect()
    sommes = sum_bases(bases.lazy()).collect()
    declares = declared_months(declarations.lazy(), bases.lazy()).collect()
    rien = publiees.clear()
    nouveaux = compute_nouveaux(sommes, declares, rien, entrees.registre, ARRETE, savoir)
    assert nouveaux.lignes.height == publiees.height
    return time.perf_counter() - debut


def measure(mesure: str, dossier: Path) -> dict[str, float]:
    """Times of one measure in a process of its own, with its peak memory in KiB."""
    fini = subprocess.run(
        [sys.executable, __file__, "--mesure", mesure, str(dossier)],
        check=True,
        stdout=subprocess.PIPE,
    )
    temps: dict[str, float] = json.loads(fini.stdout)
    return temps


def run_measure(mesure: str, dossier: Path) -> None:
    """One measure, in this process, told as JSON."""
    maison = _open(dossier)
    if mesure == "etapes":
        with ProcessPoolExecutor(PROCESSUS, get_context("spawn")) as travailleurs:
            temps = run_steps(maison, travailleurs)
    elif mesure == "entreprise":
        temps = {"entreprise": run_entreprise(maison)}
    else:
        temps = {"reference": run_reference(maison)}
    # The peak of the largest worker, for each of them, and that of this process: an upper bound.
    ici, ailleurs = (
        resource.getrusage(qui).ru_maxrss
        for qui in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    temps["memoire"] = ici + PROCESSUS * ailleurs
    print(json.dumps(temps))


def _open(dossier: Path) -> Maison:
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    return open_maison(Reglages(dossier=dossier, nombre_parts=PARTS))


def main() -> None:
    """Fill the lake, measure, print the share of each step and the bars."""
    options = argparse.ArgumentParser()
    options.add_argument("--salaries", type=int, default=300_000)
    options.add_argument("--adherents", type=int, default=8_500)
    options.add_argument("--mesure", nargs=2)
    choix = options.parse_args()
    if choix.mesure:
        run_measure(choix.mesure[0], Path(choix.mesure[1]))
        return
    with tempfile.TemporaryDirectory() as racine:
        dossier = Path(racine, "donnees")
        fill(_open(dossier), choix.adherents, choix.salaries)
        etapes = measure("etapes", dossier)
        entreprise = measure("entreprise", dossier)
        reference = measure("reference", dossier)["reference"]
    memoire = etapes.pop("memoire")
    total = sum(etapes.values())
    print(f"{choix.salaries:,} salariés, {choix.adherents:,} adhérents, {len(MOIS)} mois")
    for nom, duree in etapes.items():
        print(f"{nom:16} {duree:8.2f} s {duree / total:6.1%} {duree / reference:8.1f} x")
    print(f"{'ensemble':16} {total:8.2f} s {'':6} {total / reference:8.1f} x")
    print(f"{'référence':16} {reference:8.2f} s : une requête DuckDB qui somme les mêmes bases")
    print(f"mémoire {memoire / 1024:,.0f} Mio ; une entreprise {entreprise['entreprise']:.2f} s")
    verdict("l'année en moins de 60 s", tenu=total < PLAFOND_S)
    verdict("moins de 4 Gio", tenu=memoire < PLAFOND_KIO)
    verdict("une entreprise en moins de 2 s", tenu=entreprise["entreprise"] < PLAFOND_ENTREPRISE_S)


if __name__ == "__main__":
    main()
