"""A campaign of bad weather, whole: `python bench/intemperies.py [--declarations 275000]`.

As many declarations, of two employees and nearly four days each (2 million employee-days), received
in time, every month of wages known: judged, computed, priced, refunded in one night. The
thresholds: 60 seconds of the processors, which the clock cannot pass on a quiet machine; 4 GiB.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl

sys.path.append(str(Path(__file__).parents[1]))

from pipelines.intemperies.regles.calcul import Argent, Publies, compute_intemperies
from pipelines.intemperies.regles.declarations import ENVOIS, Lus
from pipelines.intemperies.regles.jours import Connu
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars

NUIT, SECONDES, MEMOIRE = date(2026, 5, 2), 60, 4 << 30
ENTREPRISES, PAR_SALARIE, SALARIES = 8_000, 4, 2
RECU = "2026-04-01T10:00:00Z"


def main() -> int:
    """Print what it took; 1 when a threshold is passed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--declarations", type=int, default=275_000)
    nombre = arguments.parse_args().declarations
    lus, connu, argent = build_campaign(nombre)
    debut, horloge = time.process_time(), time.perf_counter()
    publies = compute_intemperies(lus, connu, argent, Publies(), NUIT, read_connaissances())
    duree, attente = time.process_time() - debut, time.perf_counter() - horloge
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    print(
        f"{nombre} déclarations, {publies.jours.height} jours, "
        f"{publies.indemnites.height} indemnités, {publies.remboursements.height} "
        f"remboursements : {duree:.1f} s de CPU, {attente:.1f} s à l'horloge, {memoire >> 20} Mio"
    )
    return int(duree > SECONDES or memoire > MEMOIRE)


def build_campaign(nombre: int) -> tuple[Lus, Connu, Argent]:
    """Files of one declaration each; an employee has about four in the winter."""
    declarations = pl.DataFrame({"n": range(nombre)}).with_columns(
        siren=(800_000_000 + pl.col("n") % ENTREPRISES).cast(pl.String),
        depot=pl.format("F{}", pl.col("n").cast(pl.String).str.zfill(8)),
        decl_id=pl.format("D{}", "n"),
        debut=pl.date(2026, 1, 5)
        + pl.duration(days=7 * (pl.col("n") // ENTREPRISES % PAR_SALARIE * 3)),
        groupe=pl.col("n") // ENTREPRISES // PAR_SALARIE,
    )
    envois = declarations.select(
        "depot", "siren", file_id="depot", operation=pl.lit("N"),
        remplace=pl.lit(None, pl.String), recu_le=pl.lit(RECU),
    ).match_to_schema(ENVOIS)  # fmt: skip
    salaries = declarations.join(pl.DataFrame({"k": range(SALARIES)}), how="cross").with_columns(
        salarie=pl.format("P{}-{}-{}", "siren", "groupe", "k"), rang=pl.col("k") + 2
    )
    jours = salaries.join(pl.DataFrame({"j": [0, 1, 2, 3]}), how="cross").filter(
        (pl.col("n") + pl.col("j")) % 11 > 0
    )
    lus = Lus(envois, _stops(declarations), _employees(salaries), _days(jours))
    return lus, _known(salaries), _money(declarations)


def _stops(declarations: pl.DataFrame) -> pl.DataFrame:
    return fill_columns(
        "arrets_lus",
        declarations,
        rang=pl.lit(1, pl.Int64),
        stop_no=pl.lit("01"),
        siret=pl.concat_str("siren", pl.lit("00010")),
        site_id=pl.format("CH-{}", "n"),
        site_dept=pl.lit("77"),
        work_cat=pl.lit("G"),
        cause=pl.lit("GE"),
        work_nature=pl.lit("VOIR"),
        stop_date="debut",
        stop_time=pl.lit("0730"),
        resume_date=pl.date(2026, 3, 20),
        resume_time=pl.lit("0730"),
    )


def _employees(salaries: pl.DataFrame) -> pl.DataFrame:
    return fill_columns(
        "salaries_arret_lus",
        salaries,
        matricule="salarie",
        rate=pl.lit(160_000, pl.Int64),
        ij_before=pl.lit(0, pl.Int64),
        hours_2m=pl.lit(30_000, pl.Int64),
    )


def _days(jours: pl.DataFrame) -> pl.DataFrame:
    lus = fill_columns(
        "jours_lus",
        jours,
        ligne="rang",
        refuse=pl.lit(value=False),
        stop_no=pl.lit("01"),
        date=pl.col("debut") + pl.duration(days=pl.col("j")),
        schedule=pl.lit(700, pl.Int64),
        lost=pl.lit(700, pl.Int64),
    )
    return lus.with_columns(code=pl.lit(None, pl.String))


def fill_columns(table: str, frame: pl.DataFrame, **valeurs: pl.Expr | str) -> pl.DataFrame:
    """Rows of a table: these columns, these values, nothing in the others."""
    schema = schema_polars(read_contrat(table))
    remplie = frame.with_columns(**valeurs)
    vides = [pl.lit(None, t).alias(c) for c, t in schema.items() if c not in remplie.columns]
    return remplie.with_columns(vides).select(schema.names())


def _known(salaries: pl.DataFrame) -> Connu:
    contrats = salaries.select("siren", "salarie").unique().with_columns(
        debut=pl.date(2020, 1, 1), fin=pl.lit(None, pl.Date), conges=pl.lit(value=True)
    )  # fmt: skip
    texte, jour = pl.String, pl.Date
    return Connu(
        contrats,
        pl.DataFrame(
            schema={"siren": texte, "salarie": texte, "nature": texte, "motif": texte,
                    "debut": jour, "fin": jour}
        ),
        pl.DataFrame(schema={"siren": texte, "mois": texte}),
        pl.DataFrame(schema={"departement": texte, "jour": jour, "niveau": texte}),
        pl.DataFrame(schema={"departement": texte, "debut": jour, "fin": jour}),
        pl.DataFrame(
            schema={"departement": texte, "activite": texte, "debut": jour, "fin": jour}
        ),
    )  # fmt: skip


def _money(declarations: pl.DataFrame) -> Argent:
    sirens = declarations.select("siren").unique().sort("siren")
    mois = pl.DataFrame(
        {"mois": [f"2025-{n:02}" for n in range(4, 13)] + [f"2026-{n:02}" for n in (1, 2, 3)]}
    )
    etablissements = sirens.select(
        siret=pl.concat_str("siren", pl.lit("00010")),
        siren="siren",
        debut=pl.date(2015, 1, 1),
        fin=pl.lit(None, pl.Date),
    )
    return Argent(
        sirens.join(mois, how="cross").with_columns(montant_centimes=pl.lit(4_000_000, pl.Int64)),
        etablissements.select("siret").join(mois, how="cross"),
        etablissements,
        sirens.with_columns(
            debut_activite=pl.lit(None, pl.Date), fin_activite=pl.lit(None, pl.Date)
        ),
        pl.DataFrame(
            schema={"campagne": pl.String, "publie_le": pl.Date, "coefficient_ppm": pl.Int64}
        ),
        sirens.with_columns(a_jour=pl.lit(value=True)),
    )


if __name__ == "__main__":
    sys.exit(main())
