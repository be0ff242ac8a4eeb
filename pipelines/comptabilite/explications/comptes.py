"""The published accounts of one company, and the same computed again by the rules of the night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from pipelines.comptabilite.documents.releves import Comptes
from pipelines.comptabilite.etapes import EMIS, LUES, PAYEES, list_centres, mandatory
from pipelines.comptabilite.regles.comptes import compute_comptes
from pipelines.comptabilite.regles.ecritures import LIGNE
from pipelines.comptabilite.regles.faits import Faits
from pipelines.dus import read_dus
from pipelines.explications.lecture import Lecteur, open_lecteur
from pipelines.explications.valeurs import Ecart
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import read_contrat
from specs.plan_comptable import read_plan_comptable
from warehouse.decisions import keep_en_vigueur

SIGNE = pl.col("debit_centimes") - pl.col("credit_centimes")
DETAIL = "reglements_dus"
COMPTES = ("ecritures", "creances", "soldes", "imputations")


@dataclass(frozen=True)
class ComptesPublies:
    """What a publication says of the accounts of one company, computed at `date_arrete`.

    `prelevements`, `reglements`: all of them; those of `faits` were already told by the publication
    before.
    """

    faits: Faits
    comptes: Comptes
    prelevements: pl.DataFrame
    prelevements_appels: pl.DataFrame
    reglements: pl.DataFrame
    reglements_dus: pl.DataFrame
    suites_decisions: pl.DataFrame
    date_arrete: date
    savoir: Connaissances

    @cached_property
    def recalculees(self) -> pl.DataFrame:
        """Every entry of the company, from scratch."""
        vides = self.comptes.ecritures.clear()
        faits = replace(self.faits, decisions=keep_en_vigueur(self.faits.decisions))
        return compute_comptes(faits, vides, self.date_arrete, self.savoir).ecritures

    def entries_of(self, origine: str, journal: str | None = None) -> pl.DataFrame:
        """Published lines of the entries that come from `origine`, first to last."""
        siennes = self.comptes.ecritures.filter(pl.col("origine") == origine)
        if journal is not None:
            siennes = siennes.filter(pl.col("journal") == journal)
        return siennes.sort("date_comptable", "ecriture", "rang")


def read_comptes(lecteur: Lecteur, siren: str) -> ComptesPublies:
    """The published accounts of a company.

    Debits enter the accounts on the night after the one that publishes them.
    """
    sienne = pl.col("siren") == siren
    autres = ("suites_decisions", "decisions", "adherents", "centres_gestion", DETAIL)
    noms = (*LUES, *PAYEES, *COMPTES, *autres)
    frames = pl.collect_all([lecteur.read(nom, sienne) for nom in noms])
    tables = {
        nom: frame.sort(read_contrat(nom).cle) for nom, frame in zip(noms, frames, strict=True)
    }
    emis = _issued_before(lecteur, siren, "prelevements", "prelevement")
    entres = {n: tables[n].filter(pl.col("prelevement").is_in(emis.implode())) for n in EMIS}
    vires = _issued_before(lecteur, siren, "reglements", "reglement")
    entres |= {
        "reglements": tables["reglements"].filter(pl.col("reglement").is_in(vires.implode())),
        "decaissements": tables["decaissements"],
        "dus": read_dus(lecteur.read, sienne),
    }
    savoir = read_connaissances()
    return ComptesPublies(
        faits=Faits(
            **{nom: tables[nom] for nom in LUES} | entres,
            decisions=tables["decisions"],
            centres=list_centres(tables["centres_gestion"], tables["adherents"], tables["appels"]),
            obligatoires=mandatory(savoir),
        ),
        comptes=Comptes(**{nom: tables[nom] for nom in COMPTES}),
        **{nom: tables[nom] for nom in (*EMIS, "suites_decisions", "reglements", DETAIL)},
        date_arrete=_date_of(tables["soldes"], lecteur.publication.date_arrete),
        savoir=savoir,
    )


def check_piece(objet: str, journal: str, origine: str, comptes: ComptesPublies) -> Iterator[Ecart]:
    """Accounts on which the entries of a piece do not add up to the piece computed again."""
    publiees = _sums(comptes.entries_of(origine, journal))
    piece = (pl.col("journal") == journal) & (pl.col("origine") == origine)
    recalculees = _sums(comptes.recalculees.filter(piece)).rename({"montant": "recalcule"})
    ensemble = publiees.join(recalculees, on=LIGNE, how="full", coalesce=True, nulls_equal=True)
    for ligne in ensemble.sort(LIGNE, nulls_last=True).iter_rows(named=True):
        publie, recalcule = ligne["montant"] or 0, ligne["recalcule"] or 0
        if publie != recalcule:
            lieu = " ".join(filter(None, (ligne["compte"], ligne["cdg"], ligne["appel"])))
            yield Ecart(objet, f"compte {lieu}", recalcule, publie)


def check_balance(ecriture: str, lignes: pl.DataFrame) -> Iterator[Ecart]:
    """An entry whose debits are not its credits."""
    debit, credit = int(lignes["debit_centimes"].sum()), int(lignes["credit_centimes"].sum())
    if debit != credit:
        yield Ecart(ecriture, "débits et crédits", debit, credit)


def members_amount(lignes: pl.DataFrame) -> int:
    """What entries bring to the members' account: positive when they owe more."""
    adherents = pl.col("compte") == read_plan_comptable().adherents
    return int(lignes.filter(adherents).select(SIGNE.sum()).item())


def _sums(ecritures: pl.DataFrame) -> pl.DataFrame:
    return ecritures.group_by(LIGNE).agg(SIGNE.sum().alias("montant"))


def _issued_before(lecteur: Lecteur, siren: str, table: str, cle: str) -> pl.Series:
    """Orders that the publication before already told."""
    numero = lecteur.publication.numero - 1
    if numero == 0:
        return pl.Series(cle, [], pl.String)
    avant = open_lecteur(lecteur.maison, numero).read(table, pl.col("siren") == siren)
    return avant.select(cle).collect().to_series()


def _date_of(soldes: pl.DataFrame, defaut: date) -> date:
    """Date at which the accounts were computed."""
    dates = soldes["date_arrete"]
    return defaut if dates.is_empty() else dates[0]
