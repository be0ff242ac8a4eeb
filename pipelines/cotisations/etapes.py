"""The calls of one shard: lines from scratch, compared with what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.cotisations.regles.appels import (
    APPEL,
    SANS_TELEPAIEMENT,
    compute_appels,
    compute_differences,
    compute_telepaiements,
)
from pipelines.cotisations.regles.assiettes import TAUX_ABSENT, declared_months, sum_bases
from pipelines.cotisations.regles.lignes import compute_lignes, mark_waiting
from pipelines.cotisations.regles.valeurs_tdp import compute_valeurs
from pipelines.declarations.etapes import read_part
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part
from pipelines.registre import Registre
from specs.baremes import date_exigibilite
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import read_contrat, schema_polars
from specs.montants import PPM
from specs.periodes import Mois
from warehouse.maison import Maison
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
    declares: pl.DataFrame,
    publiees: pl.DataFrame,
    registre: Registre,
    date_arrete: date,
    savoir: Connaissances,
    telepaiements: pl.DataFrame = SANS_TELEPAIEMENT,
) -> Appels:
    """Calls that bring what is published up to the bases that count (pure: see `regles`).

    `sommes`: of `sum_bases`; `declares`: of `declared_months`; `publiees`: every published line of
    the same companies; `telepaiements`: of `compute_telepaiements`.
    """
    calcul = compute_lignes(sommes, declares, registre, savoir)
    chiffrees = calcul.lignes.filter(pl.col("manque").is_null())
    estimes = sommes.filter("estimee").select(APPEL)
    nouvelles = compute_differences(chiffrees, publiees, estimes)
    adherents = registre.etablissements.select("cdg", adherent="numero_adherent").unique()
    echeances = _due_dates(nouvelles, date_arrete, savoir)
    appels = compute_appels(nouvelles, adherents, registre.groupes, echeances, date_arrete)
    appels = appels.join(telepaiements, on=APPEL, how="left", maintain_order="left")
    return Appels(nouvelles, appels, calcul.lignes, calcul.cumuls)


def _due_dates(lignes: pl.DataFrame, date_arrete: date, savoir: Connaissances) -> pl.DataFrame:
    """Due date of every month that a call may be due after."""
    mois = sorted({*lignes["mois_appel"], str(Mois.from_date(date_arrete))})
    dates = [date_exigibilite(Mois.parse(m), savoir.options) for m in mois]
    return pl.DataFrame({"mois": mois, "date_exigibilite": dates})


def prepare_appels(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """Published calls, then those that bring them up to the bases of the shard."""
    entrees = read_part(maison, part, date_arrete)
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
    numero = derniere.numero if derniere else 0

    def produce() -> Production:
        return _produce_appels(maison, part, entrees.registre, date_arrete)

    return Travail(f"{entrees.empreinte}:{numero}:{date_arrete.isoformat()}", produce)


def _produce_appels(
    maison: Maison, part: Part, registre: Registre, date_arrete: date
) -> Production:
    savoir = read_connaissances()
    bases = maison.lac.read("bases").filter(part.ecrites())
    declarations = maison.lac.read("declarations").filter(part.ecrites())
    releves = maison.lac.read("releves_tdp").filter(part.ecrites())
    sommes = sum_bases(bases).collect(engine="streaming")
    declares = declared_months(declarations, bases, releves).collect(engine="streaming")
    publiees = completed(read_table_publiee(maison, "lignes_appel").filter(part.siennes()))
    telepaiements = compute_telepaiements(releves.collect())
    nouveaux = compute_nouveaux(
        sommes, declares, publiees.collect(), registre, date_arrete, savoir, telepaiements
    )
    anciens = read_table_publiee(maison, "appels").filter(part.siennes())
    anciens = anciens.with_columns(pl.coalesce("reference_paiement", "appel"))
    cumuls = nouveaux.cumuls
    tables = {
        "lignes_appel": _after("lignes_appel", publiees.collect(), nouveaux.lignes, part),
        "appels": _after("appels", anciens.collect(), nouveaux.appels, part),
        "cumuls_cotisations": _after("cumuls_cotisations", cumuls.clear(), cumuls, part),
    }
    tables["valeurs_tdp"] = _tell_releves(maison, part, tables["lignes_appel"])
    attentes = nouveaux.en_attente.height
    if attentes or _some_wait(bases):
        marquees = mark_waiting(bases.collect(), nouveaux.calculees, registre, savoir)
        tables = {"bases": marquees, **tables}
    return Production(tables, {"nouveaux": len(nouveaux.appels), "en_attente": attentes})


def _tell_releves(maison: Maison, part: Part, lignes: pl.DataFrame) -> pl.DataFrame:
    """Contract `valeurs_tdp`: what each wage return changed, `lignes` being those of all calls."""

    def read(table: str, *choix: pl.Expr) -> pl.DataFrame:
        return maison.lac.read(table).filter(part.ecrites(), *choix).collect()

    def read_publies(table: str, *choix: pl.Expr) -> pl.DataFrame:
        return read_table_publiee(maison, table).filter(part.siennes(), *choix).collect()

    releves, declarees = read("releves_tdp"), read("bases_tdp")
    if releves.is_empty():
        return pl.DataFrame(schema=schema_polars(read_contrat("valeurs_tdp")))
    siennes = pl.col("siret").is_in(releves["siret"].unique().implode())
    valeurs = compute_valeurs(
        (read_publies("releves_tdp"), releves),
        declarees,
        (read_publies("bases", siennes), read("bases", siennes)),
        (read_publies("lignes_appel"), lignes),
        read_publies("valeurs_echange"),
    )
    return in_part("valeurs_tdp", valeurs, part)


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


def _after(table: str, publiees: pl.DataFrame, nouvelles: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Published rows, never rewritten, followed by the new ones."""
    return pl.concat([in_part(table, lignes, part) for lignes in (publiees, nouvelles)])
