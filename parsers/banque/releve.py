"""Statements and advices of the bank: camt.053 and camt.054, every version.

Statements of other accounts in the file are left aside. Totals and balances that the entries do not
explain are said: what the bank wrote of each entry stands all the same.
Source: ISO 20022; EPC recommendation on customer reporting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from parsers.anomalies import BLOQUANTE
from parsers.banque.details import Detail, read_detail, read_lot
from parsers.banque.document import Document, Piece
from parsers.banque.ecritures import is_booked, read_ecriture, read_montant, read_movements
from parsers.banque.flux import FichierIllisible
from parsers.banque.valeurs import compact, format_centimes, parse_centimes, parse_jour
from parsers.flux_xml import Element, line
from specs.caisse import read_caisse

OUVERTURE, CLOTURE = ("OPBD", "PRCD"), ("CLBD",)
LOT = "Btch"
RELEVES_MAX = 10_000  # statements of other accounts in one file


@dataclass(slots=True)
class Cumul:
    """Number and sum of entries of one sign."""

    nombre: int = 0
    somme: int = 0

    def add(self, centimes: int) -> None:
        """Count one more."""
        self.nombre += 1
        self.somme += centimes


@dataclass(slots=True)
class Releve:
    """A statement being read, and what its entries make; `entier`: all of them could be read."""

    element: Element
    numero: str | None
    jour: date | None
    ecritures: int = 0
    comptabilise: int = 0
    entier: bool = True
    cumuls: dict[int, Cumul] = field(default_factory=lambda: {1: Cumul(), -1: Cumul()})


@dataclass(slots=True)
class Lecture:
    """Where the reading of a message is: the statement, the details met, the rank of the entry."""

    document: Document
    releve: Releve | None = None
    etranger: Element | None = None
    details: list[Detail] = field(default_factory=list)
    groupes: dict[Element, Detail | None] = field(default_factory=dict)
    ecritures: int = 0
    siens: int = 0
    autres: int = 0


def read_releve(document: Document) -> Iterator[dict[str, Any]]:
    """Movements of the statements of the fund (columns of SCHEMA_MOUVEMENTS but fichier, rang)."""
    lecture, message = Lecture(document), document.message
    for nom, element in document.iter_elements():
        releve = _statement_of(lecture, element)
        if releve is None:
            continue
        if nom == message.detail:
            _keep_detail(lecture, element)
        elif nom == message.ecriture:
            yield from _read_entry(lecture, releve, element)
        else:
            _close(document, releve, element)
            lecture.releve = None
    if document.constats.is_hopeless:
        return
    document.judge_rest()
    _say_accounts(lecture)


def _statement_of(lecture: Lecture, element: Element) -> Releve | None:
    """The statement that holds the element; None when it is that of another account."""
    document = lecture.document
    balise = document.tag(document.message.releve)
    parent = element if element.tag == balise else next(element.iterancestors(balise), None)
    if parent is None or parent is lecture.etranger:
        return None
    if lecture.releve is None or lecture.releve.element is not parent:
        lecture.releve = _open(lecture, parent)
    return lecture.releve


def _open(lecture: Lecture, element: Element) -> Releve | None:
    """A statement that begins, when it is the fund's."""
    document = lecture.document
    piece = document.cut(element)
    compte, iban = compact(document.text(piece, "compte")), read_caisse().creancier.iban
    if compte not in {iban, iban[4:]}:  # some banks give the national number alone
        lecture.etranger, lecture.autres = element, lecture.autres + 1
        if lecture.autres > RELEVES_MAX:
            raise FichierIllisible("bornes", ligne=piece.ligne)
        document.signal("B008", piece, "compte")
        return None
    lecture.siens += 1
    return Releve(element, document.text(piece, "numero"), _day_of(document, piece))


def _day_of(document: Document, piece: Piece) -> date | None:
    """Day of a statement, else of its message."""
    parent = piece.element.getparent()
    tete = None if parent is None else parent.find(document.tag("GrpHdr"))
    textes = [document.text(piece, "date_releve")]
    if tete is not None:
        textes.append(document.text(document.cut(tete), "date_message"))
    return next((jour for t in textes if t and (jour := parse_jour(t))), None)


def _keep_detail(lecture: Lecture, element: Element) -> None:
    """Keep what a transaction tells until its entry ends."""
    document, groupe = lecture.document, element.getparent()
    if groupe is None:
        return
    if groupe not in lecture.groupes:
        lecture.groupes[groupe] = _batch(document, groupe)
    piece = document.piece(element)
    lecture.details.append(read_detail(document, piece, lecture.groupes[groupe]))


def _batch(document: Document, groupe: Element) -> Detail | None:
    lot = groupe.find(document.tag(LOT))
    return None if lot is None else read_lot(document, document.cut(lot))


def _read_entry(lecture: Lecture, releve: Releve, element: Element) -> Iterator[dict[str, Any]]:
    """Movements of an entry that counts; batches without transactions stand for themselves."""
    document = lecture.document
    piece = document.piece(element)
    details = [*lecture.details, *_batches(lecture, element)]
    lecture.details, lecture.groupes = [], {}
    lecture.ecritures += 1
    montant = read_montant(document, piece)
    if montant is None:
        releve.entier = False
        return
    sens = document.sens(piece, "sens") or 1
    releve.cumuls[sens].add(abs(montant))
    if not montant:
        document.signal("B012", piece, variante="nulle")
    if not is_booked(document, piece):
        return
    releve.comptabilise += montant
    ecriture = read_ecriture(document, piece, montant, releve.jour)
    if ecriture is None:
        return
    tout = {
        "message": document.message.nom,
        "version": document.nom_version,
        "releve": releve.numero,
        "ecriture": lecture.ecritures,
    }
    for ligne in read_movements(document, ecriture, details):
        yield {**tout, **ligne}


def _batches(lecture: Lecture, element: Element) -> Iterator[Detail]:
    """Batches of the entry whose transactions are not told."""
    document = lecture.document
    for groupe in element.iterchildren(document.tag(str(document.message.groupe))):
        lot = None if groupe in lecture.groupes else _batch(document, groupe)
        if lot is not None:
            yield lot


def _close(document: Document, releve: Releve, element: Element) -> None:
    """Judge what remains of a statement, and compare what it announces with its entries."""
    piece = document.piece(element)
    # What could not be read has been said: the totals that it makes false would say it again.
    if not releve.entier:
        return
    credits_, debits = releve.cumuls[1], releve.cumuls[-1]
    tout = Cumul(credits_.nombre + debits.nombre, credits_.somme + debits.somme)
    for nom, cumul in (("total", tout), ("credits", credits_), ("debits", debits)):
        nombre = document.text(piece, f"{nom}_nombre")
        somme = document.text(piece, f"{nom}_somme")
        if nombre is not None and (nombre.lstrip("0") or "0") != str(cumul.nombre):
            document.signal(
                "B006", piece, f"{nom}_nombre", valeur=nombre, attendu=str(cumul.nombre)
            )
        if somme is not None and parse_centimes(somme) != cumul.somme:
            attendu = format_centimes(cumul.somme)
            document.signal("B006", piece, f"{nom}_somme", valeur=somme, attendu=attendu)
    _check_balances(document, piece, releve.comptabilise)


def _check_balances(document: Document, piece: Piece, total: int) -> None:
    """Opening balance + entries = closing balance, when the statement gives one of each."""
    soldes: dict[str, list[int | None]] = {}
    for element in piece.parties.get("Bal", ()):
        solde = document.cut(element)
        type_ = document.text(solde, "type_solde") or ""
        montant, sens = document.centimes(solde, "montant"), document.sens(solde, "sens")
        signe = None if montant is None or sens is None else montant * sens
        soldes.setdefault(type_, []).append(signe)
    ouverture = next((soldes[t] for t in OUVERTURE if t in soldes), [])
    cloture = next((soldes[t] for t in CLOTURE if t in soldes), [])
    if len(ouverture) != 1 or len(cloture) != 1:
        return
    debut, fin = ouverture[0], cloture[0]
    if debut is None or fin is None or debut + total == fin:
        return
    lu, calcule = format_centimes(fin), format_centimes(debut + total)
    document.signal("B006", piece, variante="solde", valeur=lu, attendu=calcule)


def _say_accounts(lecture: Lecture) -> None:
    """A file without any statement of the fund is not for it."""
    document = lecture.document
    if not lecture.siens and lecture.autres:
        document.constats.refuse("B008")
    elif not lecture.siens and document.corps is not None:
        ligne = line(document.corps)
        document.constats.add("B003", BLOQUANTE, ligne, rubrique=document.message.releve)
