"""From the ledger to the statement of account of a company: pure rules on its rows.

A company has few rows: they are taken one by one, which costs less than a frame for each question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeAlias

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
PIECE = ("date_comptable", "ecriture", "cdg", "appel")
Ligne: TypeAlias = Mapping[str, Any]  # contract `ecritures`


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
    lignes = comptes.ecritures.rows(named=True)
    avant, pendant = _cut((li for li in lignes if li["compte"] == plan.adherents), debut, fin)
    a_payer = {du.a_payer for du in plan.dus.values() if not du.salarie}
    dus_avant, dus = _cut((li for li in lignes if li["compte"] in a_payer), debut, fin)
    return Releve(
        entreprise=entreprise,
        debut=debut,
        fin=fin,
        ouverture_centimes=_balance(avant),
        mouvements=tuple(_mouvements(pendant)),
        creances=tuple(
            Creance(**{champ: creance[champ] for champ in CHAMPS_CREANCE})
            for creance in _by_due_date(comptes.creances)
        ),
        majorations=tuple(compute_majorations(comptes, fin)),
        anciennete=Anciennete(
            **{champ: int(comptes.soldes[champ].sum()) for champ in CHAMPS_ANCIENNETE}
        ),
        date_arrete=fin,
        publication=publication,
        remboursements=Remboursements(-_balance(dus_avant), tuple(_mouvements(dus))),
    )


def _cut(lignes: Iterable[Ligne], debut: date, fin: date) -> tuple[list[Ligne], list[Ligne]]:
    """(lines before the period, lines of it)."""
    connues = [ligne for ligne in lignes if ligne["date_comptable"] <= fin]
    avant = [ligne for ligne in connues if ligne["date_comptable"] < debut]
    return avant, [ligne for ligne in connues if ligne["date_comptable"] >= debut]


def _balance(lignes: Iterable[Ligne]) -> int:
    return sum(ligne["debit_centimes"] - ligne["credit_centimes"] for ligne in lignes)


def _by_due_date(creances: pl.DataFrame) -> list[dict[str, Any]]:
    return sorted(creances.rows(named=True), key=lambda c: (c["date_exigibilite"], c["appel"]))


def compute_majorations(comptes: Comptes, date_arrete: date) -> Iterator[Majoration]:
    """How the late increase of each call is made; its parts add up to `majorations_centimes`.

    A part for each late payment and one for what remains; then what a plan, or a payment ordered in
    time, changed (the entries tell it), and the remissions.
    """
    adherents = read_plan_comptable().adherents
    passees: dict[str, list[Ligne]] = defaultdict(list)
    for ligne in comptes.ecritures.rows(named=True):
        if ligne["journal"] == JOURNAL_MAJORATION and ligne["compte"] == adherents:
            passees[ligne["appel"]].append(ligne)
    paiements: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for imputation in comptes.imputations.rows(named=True):
        if imputation["poste"] == OBLIGATOIRE:
            siens = paiements[imputation["appel"]]
            siens[imputation["date_valeur"]] += imputation["montant_centimes"]
    for creance in _by_due_date(comptes.creances):
        appel = creance["appel"]
        dite = creance["majorations_centimes"]
        brute = _balance(passees[appel]) if appel in passees else dite
        yield from _explain(creance, paiements[appel], brute, date_arrete)


@cache  # few dates, many companies
def _months_late(depart: date, jour: date) -> int:
    """Months started between two dates, by the rule of the accounts."""
    return int(pl.select(months_late(pl.lit(depart), pl.lit(jour))).item())


def _mouvements(lignes: Iterable[Ligne]) -> Iterator[Mouvement]:
    pieces: dict[tuple[Any, ...], list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        pieces[tuple(ligne[nom] for nom in PIECE)].append(ligne)
    for cle in sorted(pieces, key=_nulls_last):
        premiere, siennes = pieces[cle][0], pieces[cle]
        yield Mouvement(
            date_comptable=premiere["date_comptable"],
            date_valeur=premiere["date_valeur"],
            journal=premiere["journal"],
            cdg=premiere["cdg"] or "",
            libelle=premiere["libelle"],
            reference=premiere["appel"] or premiere["origine"],
            debit_centimes=sum(ligne["debit_centimes"] for ligne in siennes),
            credit_centimes=sum(ligne["credit_centimes"] for ligne in siennes),
        )


def _nulls_last(cle: Sequence[Any]) -> list[tuple[bool, Any]]:
    return [(valeur is None, valeur) for valeur in cle]


def _explain(
    creance: dict[str, Any], paiements: Mapping[date, int], brute: int, date_arrete: date
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
    creance: dict[str, Any], paiements: Mapping[date, int], date_arrete: date
) -> Iterator[tuple[str, int, int]]:
    """What was paid late then what remains: words, amount, months started.

    `paiements`: what was paid of the call, by day. Accounts published before they told from when a
    call is late count from its due date.
    """
    depart = creance["depart_retard"] or creance["date_exigibilite"]
    for jour, montant in sorted(paiements.items()):
        if mois := _months_late(depart, jour):
            yield f"Payé le {format_date(jour)}", montant, mois
    mois = _months_late(depart, date_arrete)
    if mois and creance["reste_obligatoire_centimes"]:
        reste = f"Restant dû au {format_date(date_arrete)}"
        yield reste, creance["reste_obligatoire_centimes"], mois
