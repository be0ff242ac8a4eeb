"""From an entry, a payment or a debit to what made it, in the published accounts (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

import polars as pl

from pipelines.comptabilite.documents.releves import Comptes, compute_majorations
from pipelines.comptabilite.explications.comptes import (
    ComptesPublies,
    check_balance,
    check_piece,
    members_amount,
)
from pipelines.comptabilite.explications.valeurs import (
    EcritureExpliquee,
    EcriturePrecedente,
    Origine,
    PieceExpliquee,
    Rangee,
)
from pipelines.explications.valeurs import Ecart
from specs.contrats import codes_of
from specs.plan_comptable import read_plan_comptable

MAJORATIONS, DECISION = "majorations", "DEC-"
MAJORATION, FRAIS = codes_of("ecritures", "journal", "MAJORATION", "FRAIS")
CHAMPS_ECRITURE = (
    "ecriture",
    "journal",
    "siren",
    "adherent",
    "date_comptable",
    "date_valeur",
    "libelle",
)
CHAMPS_LIGNE = ("compte", "cdg", "appel", "cotisation", "debit_centimes", "credit_centimes")


def explain_ecriture(ecriture: str, comptes: ComptesPublies) -> EcritureExpliquee:
    """An entry, what it comes from, the former entries of its piece, and whether all add up."""
    lignes = comptes.comptes.ecritures.filter(pl.col("ecriture") == ecriture).sort("rang")
    tete = lignes.row(0, named=True)
    journal, nom = tete["journal"], tete["origine"]
    piece = comptes.entries_of(nom, journal)
    return EcritureExpliquee(
        **{champ: tete[champ] for champ in CHAMPS_ECRITURE},
        origine=find_origine(journal, nom, comptes),
        lignes=tuple(_line(ligne) for ligne in lignes.iter_rows(named=True)),
        adherents_centimes=members_amount(lignes),
        precedentes=tuple(_former(piece, ecriture)),
        ecarts=(*check_balance(ecriture, lignes), *check_piece(ecriture, journal, nom, comptes)),
    )


def explain_encaissement(encaissement: Rangee, comptes: ComptesPublies) -> PieceExpliquee:
    """A movement of the bank (row of `encaissements`): what it pays, the entries that bear it.

    The return of a debit is borne by the entry that takes the debit back.
    """
    nom = encaissement["encaissement"]
    pieces = [(nom, "BANQUE"), (nom, "RETOUR"), (nom, FRAIS)]
    siennes = pl.concat(comptes.entries_of(nom, journal) for nom, journal in pieces[:2])
    if siennes.is_empty() and encaissement["prelevement"]:
        pieces = [(encaissement["prelevement"], "RETOUR"), (nom, FRAIS)]
    return PieceExpliquee(
        nom,
        "ENCAISSEMENT",
        _of_encaissement(encaissement, comptes),
        tuple(e for origine, j in pieces for e in _entries(comptes.entries_of(origine, j))),
        tuple(ecart for o, j in pieces for ecart in check_piece(nom, j, o, comptes)),
    )


def explain_prelevement(prelevement: Rangee, comptes: ComptesPublies) -> PieceExpliquee:
    """A debit (row of `prelevements`): the calls that add up to it, the entries that bear it."""
    nom, montant = prelevement["prelevement"], prelevement["montant_centimes"]
    origine = _of_prelevement(prelevement, comptes)
    somme = sum(vise["montant_centimes"] for vise in origine.details["prelevements_appels"])
    ecarts = [e for j in ("PRELEVEMENT", "RETOUR") for e in check_piece(nom, j, nom, comptes)]
    if somme != montant:
        ecarts.append(Ecart(nom, "somme des appels", somme, montant))
    ecritures = tuple(_entries(comptes.entries_of(nom)))
    return PieceExpliquee(nom, "PRELEVEMENT", origine, ecritures, tuple(ecarts))


def explain_reglement(reglement: Rangee, comptes: ComptesPublies) -> PieceExpliquee:
    """A transfer (row of `reglements`): the amounts due that add up to it, its entries."""
    nom, montant = reglement["reglement"], reglement["montant_centimes"]
    origine = _of_reglement(reglement, comptes)
    somme = sum(du["montant_centimes"] for du in origine.details["reglements_dus"])
    ecarts = [e for j in ("VIREMENT", "RETOUR") for e in check_piece(nom, j, nom, comptes)]
    if somme != montant:
        ecarts.append(Ecart(nom, "somme des dus", somme, montant))
    ecritures = tuple(_entries(comptes.entries_of(nom)))
    return PieceExpliquee(nom, "REGLEMENT", origine, ecritures, tuple(ecarts))


def find_origine(journal: str, nom: str, comptes: ComptesPublies) -> Origine | None:
    """The published row that an entry comes from; None when it is published no more."""
    faits = comptes.faits
    sources = {
        "APPEL": (("appels", "appel", faits.appels),),
        MAJORATION: (("creances", "appel", comptes.comptes.creances),),
        "PRELEVEMENT": (("prelevements", "prelevement", comptes.prelevements),),
        "REMISE": (("decisions", "numero", faits.decisions),),
        "AVOIR": (("decisions", "numero", faits.decisions),),
        "DU": (("dus", "du", faits.dus),),
    }.get(
        journal,
        (
            ("encaissements", "encaissement", faits.encaissements),
            ("prelevements", "prelevement", comptes.prelevements),
            ("reglements", "reglement", comptes.reglements),
            ("decaissements", "decaissement", faits.decaissements),
        ),
    )
    for table, cle, frame in sources:
        cherche = nom.removeprefix(DECISION)
        for rangee in frame.filter(pl.col(cle).cast(pl.String) == cherche).iter_rows(named=True):
            return DETAILS[table](rangee, comptes)
    return None


def _of_appel(appel: Rangee, comptes: ComptesPublies) -> Origine:
    lignes = _same(comptes.faits.lignes_appel, appel=appel["appel"])
    return Origine("appels", appel, {"lignes_appel": lignes})


def _of_creance(creance: Rangee, comptes: ComptesPublies) -> Origine:
    """A call that is late: the parts of its late increase, before and after remissions."""
    siennes = pl.col("appel") == creance["appel"]
    publies = comptes.comptes
    parts = compute_majorations(
        Comptes(
            ecritures=publies.ecritures.filter(siennes),
            creances=publies.creances.filter(siennes),
            soldes=publies.soldes,
            imputations=publies.imputations.filter(siennes),
        ),
        comptes.date_arrete,
    )
    return Origine("creances", creance, {MAJORATIONS: tuple(asdict(part) for part in parts)})


def _of_encaissement(encaissement: Rangee, comptes: ComptesPublies) -> Origine:
    imputees = _same(comptes.comptes.imputations, origine=encaissement["encaissement"])
    details = {"imputations": imputees}
    if encaissement["decision"] is not None:
        details["decisions"] = _same(comptes.faits.decisions, numero=encaissement["decision"])
    return Origine("encaissements", encaissement, details)


def _of_prelevement(prelevement: Rangee, comptes: ComptesPublies) -> Origine:
    vises = _same(comptes.prelevements_appels, prelevement=prelevement["prelevement"])
    imputees = _same(comptes.comptes.imputations, origine=prelevement["prelevement"])
    mouvements = _same(comptes.faits.encaissements, prelevement=prelevement["prelevement"])
    details = {
        "prelevements_appels": vises,
        "encaissements": mouvements,
        "imputations": imputees,
    }
    return Origine("prelevements", prelevement, details)


def _of_decision(decision: Rangee, comptes: ComptesPublies) -> Origine:
    suites = _same(comptes.suites_decisions, decision=decision["numero"])
    imputees = _same(comptes.comptes.imputations, origine=f"{DECISION}{decision['numero']}")
    details = {"suites_decisions": suites, "imputations": imputees}
    return Origine("decisions", decision, details)


def _of_reglement(reglement: Rangee, comptes: ComptesPublies) -> Origine:
    details = {
        "reglements_dus": _same(comptes.reglements_dus, reglement=reglement["reglement"]),
        "decaissements": _same(comptes.faits.decaissements, reglement=reglement["reglement"]),
    }
    return Origine("reglements", reglement, details)


def _of_du(du: Rangee, comptes: ComptesPublies) -> Origine:
    imputees = _same(comptes.comptes.imputations, origine=du["du"])
    return Origine("dus", du, {"imputations": imputees})


def _of_decaissement(decaissement: Rangee, _comptes: ComptesPublies) -> Origine:
    return Origine("decaissements", decaissement, {})


DETAILS: Mapping[str, Callable[[Rangee, ComptesPublies], Origine]] = {
    "appels": _of_appel,
    "creances": _of_creance,
    "encaissements": _of_encaissement,
    "prelevements": _of_prelevement,
    "decisions": _of_decision,
    "reglements": _of_reglement,
    "dus": _of_du,
    "decaissements": _of_decaissement,
}


def _same(frame: pl.DataFrame, **cle: str | int) -> tuple[Rangee, ...]:
    """Rows of this key, in their order."""
    siennes = frame.filter(*(pl.col(nom) == valeur for nom, valeur in cle.items()))
    return tuple(siennes.iter_rows(named=True))


def _line(ligne: Rangee) -> Rangee:
    libelle = read_plan_comptable().comptes.get(ligne["compte"], "")
    return {champ: ligne[champ] for champ in CHAMPS_LIGNE} | {"compte_libelle": libelle}


def _former(piece: pl.DataFrame, ecriture: str) -> Iterator[EcriturePrecedente]:
    """Entries of the piece written before this one."""
    for entree in _entries(piece):
        if entree.ecriture == ecriture:
            return
        yield entree


def _entries(lignes: pl.DataFrame) -> Iterator[EcriturePrecedente]:
    for (ecriture,), siennes in lignes.group_by("ecriture", maintain_order=True):
        jour = siennes["date_comptable"][0]
        yield EcriturePrecedente(str(ecriture), jour, members_amount(siennes))
