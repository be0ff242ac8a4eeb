"""Who is in order, with its proof, and every change of it.

A company is in order when every declaration due was received and it owes nothing overdue on its
compulsory contributions (paid leave and bad weather), late increases included. What it has paid in
excess and is still to be allocated pays what it owes.
Sources: rules/cotisations section 11; features F05; options attestation_*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.declarations.regles.attendues import RECUE
from specs.baremes import valeur_at
from specs.contrats import codes_of
from specs.options import option_at
from specs.periodes import Mois

DECLARATIONS, COTISATIONS, LES_DEUX = codes_of(
    "situations", "motif", "DECLARATIONS", "COTISATIONS", "DECLARATIONS_ET_COTISATIONS"
)
A_ECHOIR, ECHEANCIER = codes_of("creances", "etat", "A_ECHOIR", "ECHEANCIER")


@dataclass(frozen=True, slots=True)
class Regles:
    """The answers of the fund to the options of certificates, at one date."""

    emission_automatique: bool
    echeancier_bloquant: bool
    facultatives_comptees: bool
    revocation_automatique: bool
    validite_mois: int


def read_regles(date_arrete: date, choose: Callable[[str, Mois], str] = option_at) -> Regles:
    """The options in force at `date_arrete`; OptionRefusee or ValeurManquante when one is not.

    `choose` answers an option for a month.
    """
    mois = Mois.from_date(date_arrete)
    return Regles(
        emission_automatique=choose("attestation_emission", mois) == "automatique",
        echeancier_bloquant=choose("attestation_echeancier", mois) == "bloquant",
        facultatives_comptees=choose("attestation_facultatives", mois) == "comptees",
        revocation_automatique=choose("attestation_revocation", mois) == "situation",
        validite_mois=valeur_at("ATTESTATION", "validite_mois", mois),
    )


@dataclass(frozen=True, slots=True)
class Comptes:
    """What a situation is judged on.

    `adherents`: siren, adherent; `attendues`, `creances`, `soldes`: of their contracts, at the same
    date.
    """

    adherents: pl.DataFrame
    attendues: pl.DataFrame
    creances: pl.DataFrame
    soldes: pl.DataFrame

    @property
    def frames(self) -> tuple[pl.DataFrame, ...]:
        """Every frame, for a fingerprint."""
        return self.adherents, self.attendues, self.creances, self.soldes


def compute_situations(comptes: Comptes, regles: Regles, date_arrete: date) -> pl.DataFrame:
    """Contract `situations` without `part`: each member with its proof, sorted by siren."""
    avoirs = comptes.soldes.group_by("siren").agg(pl.col("avoir_centimes").sum())
    situations = comptes.adherents.select("siren", "adherent").sort("siren")
    for frame in (_declared(comptes.attendues), _overdue(comptes.creances, regles), avoirs):
        situations = situations.join(frame, on="siren", how="left", maintain_order="left")
    solde = pl.col("echu_centimes") + pl.col("majorations_centimes") - pl.col("avoir_centimes")
    doit = pl.col("solde_exigible_centimes") > 0
    manque = pl.col("dsn_recues") < pl.col("dsn_attendues")
    return (
        situations.with_columns(pl.selectors.integer().fill_null(0))
        .with_columns(solde.alias("solde_exigible_centimes"))
        .select(
            "siren",
            "adherent",
            pl.lit(date_arrete).alias("date_arrete"),
            (~manque & ~doit).alias("a_jour"),
            pl.when(manque & doit)
            .then(pl.lit(LES_DEUX))
            .when(manque)
            .then(pl.lit(DECLARATIONS))
            .when(doit)
            .then(pl.lit(COTISATIONS))
            .alias("motif"),
            "dsn_attendues",
            "dsn_recues",
            "echu_centimes",
            "majorations_centimes",
            "avoir_centimes",
            "solde_exigible_centimes",
            "mois_bloquants",
            pl.when(doit).then("appels_bloquants").alias("appels_bloquants"),
        )
    )


def _declared(attendues: pl.DataFrame) -> pl.DataFrame:
    recue = pl.col("etat") == RECUE
    manquants = pl.format("{}/{}", "siret", "mois").filter(~recue).sort()
    return attendues.group_by("siren").agg(
        pl.len().cast(pl.Int64).alias("dsn_attendues"),
        recue.sum().cast(pl.Int64).alias("dsn_recues"),
        _joined(manquants).alias("mois_bloquants"),
    )


def _overdue(creances: pl.DataFrame, regles: Regles) -> pl.DataFrame:
    """What is overdue and counts; a call under a respected plan does only when the fund says so."""
    hors = [A_ECHOIR] if regles.echeancier_bloquant else [A_ECHOIR, ECHEANCIER]
    reste = "reste_centimes" if regles.facultatives_comptees else "reste_obligatoire_centimes"
    du = pl.col(reste) + pl.col("reste_majorations_centimes")
    return (
        creances.filter(~pl.col("etat").is_in(hors))
        .group_by("siren")
        .agg(
            pl.col(reste).sum().alias("echu_centimes"),
            pl.col("reste_majorations_centimes").sum().alias("majorations_centimes"),
            _joined(pl.col("appel").filter(du > 0).sort()).alias("appels_bloquants"),
        )
    )


def _joined(textes: pl.Expr) -> pl.Expr:
    """Texts separated by a space; null when there is none."""
    return pl.when(textes.len() > 0).then(textes.str.join(" "))


def compute_changements(situations: pl.DataFrame, deja: pl.DataFrame) -> pl.DataFrame:
    """New rows of `changements_situation` (without `part`): situations unlike the last one told.

    `deja`: every published change; a company told for the first time has a null `avant`.
    """
    derniers = (
        deja.sort("siren", "rang")
        .group_by("siren")
        .agg(pl.col("rang").last().alias("dernier"), pl.col("apres").last().alias("avant"))
    )
    return (
        situations.join(derniers, on="siren", how="left", maintain_order="left")
        .filter(pl.col("avant").is_null() | (pl.col("avant") != pl.col("a_jour")))
        .select(
            "siren",
            (pl.col("dernier").fill_null(0) + 1).alias("rang"),
            "adherent",
            pl.col("date_arrete").alias("date"),
            "avant",
            pl.col("a_jour").alias("apres"),
            "motif",
        )
    )
