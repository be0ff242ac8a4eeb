"""The calls of one shard: lines from scratch, compared with what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import perf_counter_ns

import polars as pl

from pipelines.cotisations.regles import compute_lignes, mark_waiting
from pipelines.cotisations.regles_appels import APPEL, compute_appels, compute_differences
from pipelines.cotisations.regles_assiettes import TAUX_ABSENT, sum_bases
from pipelines.declarations.etapes import part_of, read_part
from pipelines.registre import Registre
from pipelines.versions import frame_fingerprint
from specs.baremes import date_exigibilite
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import columns_of
from specs.montants import PPM
from specs.periodes import Mois
from warehouse.journal import find_etape, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.publications import read_publication, read_table_publiee

ETAPE = "cotisations"


@dataclass(frozen=True, slots=True)
class Appels:
    """Calls to issue, with their lines.

    `calculees`: every line from scratch; `cumuls`: contract `cumuls_cotisations` but `part`.
    """

    lignes: pl.DataFrame
    appels: pl.DataFrame
    calculees: pl.DataFrame
    cumuls: pl.DataFrame

    @property
    def en_attente(self) -> pl.DataFrame:
        """Lines that no rate, or no other dated value, lets value."""
        return self.calculees.filter(pl.col("manque").is_not_null())


def compute_nouveaux(
    sommes: pl.DataFrame,
    publiees: pl.DataFrame,
    registre: Registre,
    date_arrete: date,
    savoir: Connaissances,
) -> Appels:
    """Calls that bring what is published up to the bases that count (pure: see `regles`).

    `sommes`: of `sum_bases`; `publiees`: every published line of the same companies.
    """
    calcul = compute_lignes(sommes, registre, savoir)
    chiffrees = calcul.lignes.filter(pl.col("manque").is_null())
    estimes = sommes.filter("estimee").select(APPEL)
    nouvelles = compute_differences(chiffrees, publiees, estimes)
    adherents = registre.etablissements.select("cdg", adherent="numero_adherent").unique()
    echeances = _due_dates(nouvelles, date_arrete, savoir)
    appels = compute_appels(nouvelles, adherents, registre.groupes, echeances, date_arrete)
    return Appels(nouvelles, appels, calcul.lignes, calcul.cumuls)


def _due_dates(lignes: pl.DataFrame, date_arrete: date, savoir: Connaissances) -> pl.DataFrame:
    """Due date of every month that a call may be due after."""
    mois = sorted({*lignes["mois_appel"], str(Mois.from_date(date_arrete))})
    dates = [date_exigibilite(Mois.parse(m), savoir.options) for m in mois]
    return pl.DataFrame({"mois": mois, "date_exigibilite": dates})


def call_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write the calls of one shard: those that are published, then the new ones."""
    debut = perf_counter_ns()
    entrees = read_part(maison, part, date_arrete)
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
        numero = derniere.numero if derniere else 0
        cle = entrees.key(ETAPE, str(numero), date_arrete.isoformat())
        if find_etape(connexion, cle):
            return
    registre, savoir = entrees.registre, read_connaissances()
    bases = maison.lac.read("bases").filter(pl.col("part") == part)
    sommes = sum_bases(bases).collect(engine="streaming")
    siennes = part_of(maison.reglages.nombre_parts) == part  # published under any number of shards
    publiees = completed(read_table_publiee(maison, "lignes_appel").filter(siennes)).collect()
    nouveaux = compute_nouveaux(sommes, publiees, registre, date_arrete, savoir)
    attentes = nouveaux.en_attente.height
    if attentes or _some_wait(bases):
        marquees = mark_waiting(bases.collect(), nouveaux.calculees, registre, savoir)
        maison.lac.write("bases", marquees, {"part": part})
    lignes = _after("lignes_appel", publiees, nouveaux.lignes, part)
    maison.lac.write("lignes_appel", lignes, {"part": part})
    crashpoint("cotisations.apres_lignes")
    anciens = read_table_publiee(maison, "appels").filter(siennes)
    anciens = anciens.with_columns(pl.coalesce("reference_paiement", "appel"))
    appels = _after("appels", anciens.collect(), nouveaux.appels, part)
    maison.lac.write("appels", appels, {"part": part})
    crashpoint("cotisations.apres_appels")
    cumuls = _after("cumuls_cotisations", nouveaux.cumuls.clear(), nouveaux.cumuls, part)
    maison.lac.write("cumuls_cotisations", cumuls, {"part": part})
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat={"nouveaux": len(nouveaux.appels), "en_attente": attentes},
            empreinte=frame_fingerprint(lignes, appels, cumuls),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )


def completed(lignes: pl.LazyFrame) -> pl.LazyFrame:
    """Lines of call; those from before a column of the contract say what it would have held."""
    sans = {"abattement_centimes": 0, "refaction_ppm": PPM, "coefficient_ppm": PPM}
    return lignes.with_columns(
        pl.coalesce("base_brute_centimes", "base_centimes"),
        *(pl.col(nom).fill_null(valeur) for nom, valeur in sans.items()),
    )


def _some_wait(bases: pl.LazyFrame) -> bool:
    """Whether a base still says that it waits for a value."""
    return bases.filter(pl.col("motif") == TAUX_ABSENT).head(1).collect().height > 0


def _after(table: str, publiees: pl.DataFrame, nouvelles: pl.DataFrame, part: int) -> pl.DataFrame:
    """Published rows, never rewritten, followed by the new ones."""
    dans_la_part = pl.lit(part, dtype=pl.Int64).alias("part")
    colonnes = columns_of(table)
    return pl.concat(
        [lignes.with_columns(dans_la_part).select(colonnes) for lignes in (publiees, nouvelles)]
    )
