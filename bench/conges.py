"""The rights of a leave year, whole: `python bench/conges.py [--salaries 300000]`.

Twelve months of DSN of each employee, one in five of two employers, two stoppages, three leaves,
hours, bases, a certificate one in fifty: certificates, rights and counters of a night of May. The
thresholds: 60 seconds, 4 GiB, 2 seconds for one employee.
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

from pipelines.conges.regles.acquisition.calcul import CERTIFICATS, compute_acquisition
from pipelines.conges.regles.acquisition.connu import SCHEMAS, Connu, empty_connu
from specs.connaissances import read_connaissances

NUIT, SECONDES, UN_SEUL, MEMOIRE = date(2026, 5, 2), 60, 2, 4 << 30
MOIS = [f"2025-{n:02}" for n in range(4, 13)] + [f"2026-{n:02}" for n in range(1, 4)]
PAR_TRANCHE = 50_000  # employees computed at once, as a shard of the night


def main() -> int:
    """Print what it took; 1 when a threshold is passed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--salaries", type=int, default=300_000)
    nombre = arguments.parse_args().salaries
    un, _ = measure(range(1))
    duree, droits, depart = 0.0, 0, time.process_time()
    for premier in range(0, nombre, PAR_TRANCHE):
        tranche, lignes = measure(range(premier, min(premier + PAR_TRANCHE, nombre)))
        duree, droits = duree + tranche, droits + lignes
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    coeurs = time.process_time() - depart
    print(
        f"{droits} droits : {duree:.1f} s ({coeurs:.1f} s de calcul, données comprises), "
        f"{memoire >> 20} Mio ; un seul salarié : {un:.2f} s"
    )
    return int(duree > SECONDES or memoire > MEMOIRE or un > UN_SEUL)


def measure(salaries: range) -> tuple[float, int]:
    """Seconds that these employees take, and their rights."""
    connu = build_year(salaries)
    debut = time.perf_counter()
    acquisition = compute_acquisition(connu, CERTIFICATS.to_frame(), NUIT, read_connaissances())
    return time.perf_counter() - debut, acquisition.acquis.height


def build_year(salaries: range) -> Connu:
    """What the fund knows of them."""
    qui = pl.DataFrame({"n": salaries}).with_columns(
        salarie=pl.format("{}", pl.col("n").hash(1).cast(pl.String)),
        siren=(800_000_000 + pl.col("n") % 8_000).cast(pl.String),
    )
    mois = qui.join(pl.DataFrame({"mois": MOIS}), how="cross")
    second = (pl.col("n") % 5 == 0) & (pl.col("mois") >= "2025-10")
    mois = mois.with_columns(
        siren=pl.when(second).then((900_000_000 + pl.col("n") % 8_000).cast(pl.String)).otherwise(
            "siren"
        ),
        debut=pl.when(second).then(pl.date(2025, 10, 1)).otherwise(pl.date(2018, 3, 5)),
        contrat=pl.lit("00001"), cdg=pl.lit("C1"), depot=pl.lit("D1"), ligne=pl.col("n"),
    )  # fmt: skip
    fin = pl.when(pl.col("n") % 5 == 0, pl.col("mois") == "2025-09").then(pl.date(2025, 9, 30))
    tables = {
        "contrats": mois.with_columns(
            origine=pl.lit("MENSUELLE"), caisse=pl.lit("01"), nature=pl.lit("01"),
            modalite=pl.lit("10"), unite=pl.lit("10"), dispositif=pl.lit("99"), fin=fin,
            motif_fin=pl.when(fin.is_not_null()).then(pl.lit("059")),
            quotite_centiemes=pl.lit(15_167, pl.Int64),
            quotite_reference_centiemes=pl.lit(15_167, pl.Int64),
            categorie=pl.when(pl.col("n") % 4 == 0).then(pl.lit("E")).otherwise(pl.lit("O")),
        ),
        "absences": mois.filter(pl.col("mois").is_in(["2025-06", "2025-11"])).with_columns(
            nature=pl.lit("ARRET"), motif_absence=pl.lit("01"),
            debut=(pl.col("mois") + "-10").str.to_date(),
            reprise=(pl.col("mois") + "-17").str.to_date(),
        ),
        "bases": mois.with_columns(
            mois_appel="mois", mois_rattachement="mois", quantite=pl.lit(230_000, pl.Int64)
        ),
        "remunerations": mois.with_columns(
            nature=pl.lit("ACTIVITE"), code=pl.lit("01"), unite=pl.lit("10"),
            mesure_centiemes=pl.lit(15_167, pl.Int64),
        ),
        "conges": qui.join(
            pl.DataFrame(
                {"debut": [date(2025, 8, 4), date(2025, 12, 22), date(2026, 2, 16)],
                 "fin": [date(2025, 8, 23), date(2026, 1, 3), date(2026, 2, 18)],
                 "jours_centiemes": [1700, 1000, 300]}
            ),
            how="cross",
        ).with_columns(
            jours_legaux_centiemes="jours_centiemes", indemnite_centimes=pl.lit(90_000, pl.Int64)
        ),
        "certs": qui.filter(pl.col("n") % 50 == 0).with_columns(
            depot=pl.lit("F1"), rang=pl.col("n"), ligne=pl.col("n"),
            siret=pl.col("siren") + "00010",
            category=pl.lit("O"), cert_ref=pl.col("salarie"), unit=pl.lit("M"),
            months=pl.lit(600, pl.Int64), hours=pl.lit(90_000, pl.Int64),
            gross=pl.lit(1_200_000, pl.Int64), avg_wage=pl.lit(200_000, pl.Int64),
            schedule=pl.lit(15_167, pl.Int64), entry_firm=pl.date(2018, 3, 5),
            n1_paid=pl.lit("N"), recu_le=pl.lit("2026-04-10T10:00:00Z"), cdg=pl.lit("C1"),
        ).with_columns(pl.date(2025, 4, 1).alias("from"), pl.date(2025, 9, 30).alias("to")),
    }  # fmt: skip
    vides = {nom: getattr(empty_connu(), nom) for nom in SCHEMAS if nom not in tables}
    return Connu(
        **vides,
        **{
            nom: frame.match_to_schema(
                SCHEMAS[nom], missing_columns="insert", extra_columns="ignore"
            )
            for nom, frame in tables.items()
        },
    )


if __name__ == "__main__":
    sys.exit(main())
