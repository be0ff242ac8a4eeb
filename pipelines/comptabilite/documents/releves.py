"""From the ledger to the statement of account of a company: pure rules on frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.comptabilite.documents.valeurs import (
    Anciennete,
    Creance,
    Majoration,
    Mouvement,
    Releve,
    Remboursements,
)
from pipelines.comptabilite.regles.retards import months_late
from pipelines.editique.valeurs import Entreprise
from specs.baremes import valeur_at
from specs.contrats import codes_of
from specs.montants import PPM, round_half_away
from specs.periodes import Mois
from specs.plan_comptable import read_plan_comptable
from specs.typographie import format_date

(OBLIGATOIRE,) = codes_of("imputations", "poste", "OBLIGATOIRE")
(JOURNAL_MAJORATION,) = codes_of("ecritures", "journal", "MAJORATION")
CHAMPS_CREANCE = tuple(Creance.__dataclass_fields__)
CHAMPS_ANCIENNETE = tuple(Anciennete.__dataclass_fields__)
PIECE = ["date_comptable", "ecriture", "cdg", "appel"]


@dataclass(frozen=True, slots=True)
class Comptes:
    """Published accounts of one company: contracts of the same names."""

    ecritures: pl.DataFrame
    creances: pl.DataFrame
    soldes: pl.DataFrame
    imputations: pl.DataFrame


def compose_releve(
    comptes: Comptes,
    entreprise: Entreprise,
    debut: date,
    fin: date,
    publication: int,
) -> Releve:
    """Statement from `debut` to `fin`, the date of the published accounts.

    The members' account, then what the fund owes them; the lines of one entry, centre and call make
    one movement.
    """
    plan = read_plan_comptable()
    compte = comptes.ecritures["compte"]
    avant, pendant = _cut(comptes.ecritures.filter(compte == plan.adherents), debut, fin)
    a_payer = sorted({du.a_payer for du in plan.dus.values() if not du.salarie})
    dus_avant, dus = _cut(comptes.ecritures.filter(compte.is_in(a_payer)), debut, fin)
    return Releve(
        entreprise=entreprise,
        debut=debut,
        fin=fin,
        ouverture_centimes=_balance(avant),
        mouvements=tuple(_mouvements(pendant)),
        creances=tuple(
            Creance(**{champ: creance[champ] for champ in CHAMPS_CREANCE})
            for creance in comptes.creances.sort("date_exigibilite", "appel").iter_rows(named=True)
        ),
        majorations=tuple(compute_majorations(comptes, fin)),
        anciennete=Anciennete(
            **{champ: int(comptes.soldes[champ].sum()) for champ in CHAMPS_ANCIENNETE}
        ),
        date_arrete=fin,
        publication=publication,
        remboursements=Remboursements(-_balance(dus_avant), tuple(_mouvements(dus))),
    )


def _cut(lignes: pl.DataFrame, debut: date, fin: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(lines before the period, lines of it)."""
    jour = pl.col("date_comptable")
    return lignes.filter(jour < debut), lignes.filter(jour.is_between(debut, fin))


def _balance(lignes: pl.DataFrame) -> int:
    return int((lignes["debit_centimes"] - lignes["credit_centimes"]).sum())


def compute_majorations(comptes: Comptes, date_arrete: date) -> Iterator[Majoration]:
    """How the late increase of each call is made; its parts add up to `majorations_centimes`.

    A part for each late payment and one for what remains; then what a plan, or a payment ordered in
    time, changed (the entries tell it), and the remissions.
    """
    passees = comptes.ecritures.filter(
        (pl.col("journal") == JOURNAL_MAJORATION)
        & (pl.col("compte") == read_plan_comptable().adherents)
    )
    brutes = _sums(passees.with_columns(pl.col("debit_centimes") - pl.col("credit_centimes")))
    tardives = comptes.imputations.filter(pl.col("poste") == OBLIGATOIRE).sort("appel", "rang")
    paiements = tardives.partition_by("appel", as_dict=True)
    for creance in comptes.creances.sort("date_exigibilite", "appel").iter_rows(named=True):
        appel = creance["appel"]
        siens = paiements.get((appel,), tardives.clear())
        brute = brutes.get(appel, creance["majorations_centimes"])
        yield from _explain(creance, siens, brute, date_arrete)


def _months_late(depart: date, jour: date) -> int:
    """Months started between two dates, by the rule of the accounts."""
    return int(pl.select(months_late(pl.lit(depart), pl.lit(jour))).item())


def _mouvements(lignes: pl.DataFrame) -> Iterator[Mouvement]:
    pieces = (
        lignes.group_by(PIECE)
        .agg(
            pl.col("debit_centimes", "credit_centimes").sum(),
            pl.col("date_valeur", "journal", "libelle", "origine").first(),
        )
        .sort(PIECE, nulls_last=True)
    )
    for piece in pieces.iter_rows(named=True):
        yield Mouvement(
            date_comptable=piece["date_comptable"],
            date_valeur=piece["date_valeur"],
            journal=piece["journal"],
            cdg=piece["cdg"] or "",
            libelle=piece["libelle"],
            reference=piece["appel"] or piece["origine"],
            debit_centimes=piece["debit_centimes"],
            credit_centimes=piece["credit_centimes"],
        )


def _sums(majorations: pl.DataFrame) -> dict[str, int]:
    sommes = majorations.group_by("appel").agg(pl.col("debit_centimes").sum())
    return dict(sommes.drop_nulls().iter_rows())


def _explain(
    creance: dict[str, Any], paiements: pl.DataFrame, brute: int, date_arrete: date
) -> Iterator[Majoration]:
    """Parts of the late increase of one call; none when it bears none."""
    nette = creance["majorations_centimes"]
    if brute == nette == 0:
        return
    lieu = (creance["appel"], creance["cdg"])
    exigible = Mois.from_date(creance["date_exigibilite"])
    taux = valeur_at("MAJORATION_RETARD", "taux_mensuel_ppm", exigible)
    exact = calcule = 0
    for libelle, base, mois in _late_parts(creance, paiements, date_arrete):
        exact += base * mois * taux
        montant = round_half_away(exact, PPM) - calcule
        calcule += montant
        yield Majoration(*lieu, libelle, base, taux, mois, montant)
    if calcule != brute:
        ecart = "Échéancier respecté, ou règlement ordonné à temps"
        yield Majoration(*lieu, ecart, None, None, None, brute - calcule)
    if brute != nette:
        yield Majoration(*lieu, "Remise décidée par la caisse", None, None, None, nette - brute)


def _late_parts(
    creance: dict[str, Any], paiements: pl.DataFrame, date_arrete: date
) -> Iterator[tuple[str, int, int]]:
    """What was paid late then what remains: words, amount, months started.

    Accounts published before they told from when a call is late count from its due date.
    """
    depart = creance["depart_retard"] or creance["date_exigibilite"]
    jours = paiements.group_by("date_valeur", maintain_order=True).agg(
        pl.col("montant_centimes").sum()
    )
    for jour, montant in jours.sort("date_valeur").iter_rows():
        if mois := _months_late(depart, jour):
            yield f"Payé le {format_date(jour)}", montant, mois
    mois = _months_late(depart, date_arrete)
    if mois and creance["reste_obligatoire_centimes"]:
        reste = f"Restant dû au {format_date(date_arrete)}"
        yield reste, creance["reste_obligatoire_centimes"], mois
