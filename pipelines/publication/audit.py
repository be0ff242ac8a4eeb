"""The audit before a publication: what came in is what goes out, is left out, or waits.

Every check is a reconciliation of two independent sums, to the cent; one difference refuses the
publication and leaves the previous one visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.comptabilite.rapprochement import compute_ecarts
from pipelines.cotisations.regles.assiettes import LIGNE, SOMME, counted, gather_bases
from pipelines.cotisations.regles.cumuls import AU_DELA
from pipelines.cotisations.regles.lignes import rated
from pipelines.declarations.etapes import read_reelles, read_registre
from pipelines.declarations.regles.statuts import DSN, FRACTIONNEMENT
from pipelines.metier import Metier
from pipelines.nuit.execution import run_ensemble
from pipelines.nuit.parts import open_ensemble
from pipelines.nuit.reserves.fautifs import find_fautifs
from pipelines.nuit.reserves.tenues import hold_entreprises, list_entreprises, restore_tenues
from pipelines.registre import Registre
from specs.baremes import read_cotisations
from specs.connaissances import read_connaissances
from specs.montants import rounded_product
from warehouse.lac import Lac
from warehouse.maison import Maison
from warehouse.nuits import PRESENT, Vue
from warehouse.publications import read_table_publiee

ETAPE = "audit"
DECLARATION = ["depot", "rang_declaration"]


class AuditRefuse(RuntimeError):  # noqa: N818 - named in French
    """Two sums that must be equal are not: the message says which."""


@dataclass(frozen=True, slots=True)
class Totaux:
    """Sums of the night, in centimes for bases and calls (hundredths of an hour for code 024)."""

    bases: pl.DataFrame  # code_base, lues, retenues, ecartees, en_attente, remplacees, autres
    appels: int
    montant_centimes: int

    def count(self) -> dict[str, int | None]:
        """The number of calls that add up."""
        return {"appels": self.appels}


def audit_nuit(maison: Maison, date_arrete: date, metiers: Sequence[Metier]) -> Totaux:
    """Put back what was last published of the companies held, then reconcile the others.

    Companies whose sums differ are held too; AuditRefuse when the difference is no company's.
    """
    vue = open_ensemble(maison, date_arrete).vue
    while True:
        tenues = restore_tenues(maison, date_arrete)
        if tenues:
            run_ensemble(maison, metiers, date_arrete)
        try:
            return audit(maison, tenues, vue=vue)
        except AuditRefuse as refus:
            auditees = list_entreprises(maison, open_ensemble(maison, date_arrete))
            fautifs = find_fautifs(
                auditees, lambda seules: audit(maison, seules=seules, vue=vue), refus
            )
            hold_entreprises(maison, date_arrete, ETAPE, fautifs)


@dataclass(frozen=True, slots=True)
class _Lac:
    """The lake without the companies held: what was published of them was audited then."""

    lac: Lac
    tenues: frozenset[str]
    seules: frozenset[str] | None

    def read(self, table: str) -> pl.LazyFrame:
        """Rows of `table` (one that has a SIREN)."""
        return self.audited(self.lac.read(table))

    def audited(self, lignes: pl.LazyFrame) -> pl.LazyFrame:
        """The rows of the companies that are audited."""
        if self.tenues:
            lignes = lignes.filter(~pl.col("siren").is_in(sorted(self.tenues)))
        if self.seules is not None:
            lignes = lignes.filter(pl.col("siren").is_in(sorted(self.seules)))
        return lignes


def audit(
    maison: Maison,
    tenues: frozenset[str] = frozenset(),
    seules: frozenset[str] | None = None,
    vue: Vue = PRESENT,
) -> Totaux:
    """Reconcile the lake as it is about to be published; AuditRefuse when something is lost.

    The bases, by far the most numerous, are only read as sums. `tenues`: SIREN left out; `seules`:
    those that are audited alone, None for all of them; `vue`: the registry that the night read.
    """
    lac = _Lac(maison.lac, tenues, seules)
    declarations = lac.read("declarations").collect()
    lues = lac.audited(read_reelles(maison)).select(DECLARATION).collect()
    _check_same("déclarations", lues, declarations.select(DECLARATION), DECLARATION)
    totaux = _reconcile_bases(lac.read("bases_lues"), lac.read("bases"), declarations)
    lignes, appels = lac.read("lignes_appel").collect(), lac.read("appels").collect()
    sommes = lignes.group_by("appel").agg(pl.col("montant_centimes").sum())
    _check_same("montants des appels", sommes, appels, ["appel", "montant_centimes"])
    _reconcile_factures(lac.read("factures_fractionnement"), lac.read("bases"))
    attendues = _expected(lac.read("bases"), read_registre(maison, vue))
    _reconcile_lignes(attendues, lignes)
    _reconcile_cumuls(lac.read("bases"), lignes, lac.read("cumuls_cotisations").collect())
    publiees = lac.audited(read_table_publiee(maison, "ecritures"))
    for quoi, ecarts in compute_ecarts(lac.read, publiees):
        _refuse(quoi, ecarts)
    return Totaux(totaux, len(appels), int(appels["montant_centimes"].sum()))


def _reconcile_bases(
    lues: pl.LazyFrame, bases: pl.LazyFrame, declarations: pl.DataFrame
) -> pl.DataFrame:
    """What the files hold = retained + left out + waiting + replaced + of another fund."""
    autre = pl.col("attribution") == "AUTRE_CAISSE"
    porteuse = (pl.col("nature") == "01") & pl.col("statut").is_in(["RETENUE", "EN_ATTENTE"])
    quantite = pl.col("quantite").fill_null(0)
    connues = declarations.lazy().select(*DECLARATION, "nature", "statut")
    entrees = (
        lues.join(connues, on=DECLARATION)
        .group_by("code_base")
        .agg(
            quantite.sum().alias("lues"),
            quantite.filter(autre).sum().alias("autres"),
            quantite.filter(~autre & ~porteuse).sum().alias("remplacees"),
        )
    )
    sorties = (
        bases.filter(pl.col("source") == DSN)
        .group_by("code_base")
        .agg(
            *(
                quantite.filter(pl.col("statut") == statut).sum().alias(nom)
                for statut, nom in (
                    ("RETENUE", "retenues"),
                    ("ECARTEE", "ecartees"),
                    ("EN_ATTENTE", "en_attente"),
                )
            )
        )
    )
    totaux = (
        entrees.join(sorties, on="code_base", how="full", coalesce=True)
        .with_columns(pl.selectors.integer().fill_null(0))
        .sort("code_base")
        .collect(engine="streaming")
    )
    somme = pl.sum_horizontal("retenues", "ecartees", "en_attente", "remplacees", "autres")
    _refuse("bases", totaux.filter(pl.col("lues") != somme))
    return totaux


def _reconcile_factures(factures: pl.LazyFrame, bases: pl.LazyFrame) -> None:
    """Every invoice of fractionnement days is in the bases, to the centime."""
    facturees = factures.group_by("facture").agg(pl.col("montant_centimes").sum().alias("montant"))
    portees = (
        bases.filter(pl.col("source") == FRACTIONNEMENT)
        .group_by(pl.col("depot").alias("facture"))
        .agg(pl.col("quantite").sum().alias("montant"))
    )
    _check_same("factures", facturees.collect(), portees.collect(), ["facture", "montant"])


def _expected(bases: pl.LazyFrame, registre: Registre) -> pl.DataFrame:
    """What each line of call must bear (LIGNE, quantite), but the lines that wait for a value."""
    savoir = read_connaissances()
    sommes = (
        bases.filter(counted())
        .group_by(*SOMME, "manque")
        .agg(pl.col("quantite").sum())
        .collect(engine="streaming")
    )
    nourries = gather_bases(sommes.drop("manque").unique(SOMME), registre, savoir)
    attend = pl.format(", {}", "manque").str.contains(
        pl.format(", {} (", "cotisation"), literal=True
    )
    return (
        nourries.filter(rated(savoir))
        .drop("quantite")
        .join(sommes, on=SOMME)
        .filter(~attend.fill_null(value=False))
        .group_by(LIGNE)
        .agg(pl.col("quantite").sum())
    )


def _reconcile_lignes(attendues: pl.DataFrame, lignes: pl.DataFrame) -> None:
    """Calls of a month add up to its bases, and to base less abatement by the rate."""
    sommes = lignes.group_by(LIGNE).agg(
        pl.coalesce("heures_centiemes", "base_brute_centimes").sum().alias("quantite"),
        pl.col("base_centimes", "abattement_centimes", "montant_centimes").sum(),
        pl.col("taux_ppm").sort_by("rang").last(),
    )
    non_nulle = pl.col("quantite") != 0
    _check_same(
        "assiettes appelées",
        attendues.filter(non_nulle),
        sommes.filter(non_nulle),
        [*LIGNE, "quantite"],
    )
    assiette = pl.col("base_centimes") - pl.col("abattement_centimes")
    juste = rounded_product(assiette, pl.col("taux_ppm")) == pl.col("montant_centimes")
    _refuse("montants des lignes", sommes.filter(~juste))


def _reconcile_cumuls(bases: pl.LazyFrame, lignes: pl.DataFrame, cumuls: pl.DataFrame) -> None:
    """What a company is called for beyond a cumul is what the cumul says, month by month.

    Not for a company one of whose bases waits: its lines are not all called.
    """
    savoir = read_connaissances()
    cle = ["siren", "cumul", "mois_appel", "assiette"]
    au_dela = (
        read_cotisations(savoir.baremes)
        .filter((pl.col("partie") == AU_DELA) & rated(savoir))
        .select("cotisation", "cumul")
        .unique()
    )
    incompletes = bases.filter(pl.col("manque").is_not_null()).select("siren").unique().collect()
    appelees = (
        lignes.join(au_dela, on="cotisation")
        .group_by(cle[:-1])
        .agg((pl.col("base_centimes") - pl.col("abattement_centimes")).sum().alias("assiette"))
    )
    dues = (
        cumuls.join(au_dela, on="cumul", how="semi")
        .group_by(cle[:-1])
        .agg(pl.col("assiette_centimes").sum().alias("assiette"))
    )
    non_nulle = pl.col("assiette") != 0
    gauche, droite = (
        frame.filter(non_nulle).join(incompletes, on="siren", how="anti")
        for frame in (appelees, dues)
    )
    _check_same("cumuls", gauche, droite, cle)


def _check_same(quoi: str, gauche: pl.DataFrame, droite: pl.DataFrame, cle: list[str]) -> None:
    _refuse(quoi, gauche.join(droite, on=cle, how="anti"))
    _refuse(quoi, droite.join(gauche, on=cle, how="anti"))


def _refuse(quoi: str, ecarts: pl.DataFrame) -> None:
    if ecarts.height:
        raise AuditRefuse(f"audit refusé : {quoi}, {ecarts.height} écart(s)")
