"""Reports on our debits and transfers before they are settled: pain.002, every version.

Only what is refused brings a row, of no amount since no money moved: the whole file, a whole batch
(`OrgnlPmtInfId`), or one debit. A status of a file or of a batch that is no refusal hides nothing
of what is told below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from parsers.anomalies import BLOQUANTE
from parsers.banque.details import MAXIMUM_REFERENCE, read_motif
from parsers.banque.document import Document, Piece
from parsers.banque.ecritures import check_motif
from parsers.banque.mouvements import (
    LOT,
    MESSAGE,
    OPERATION,
    REJET,
    compose_texte,
    known,
    mask_nom,
)
from parsers.banque.valeurs import compact
from parsers.flux_xml import Element, line
from specs.banque import REFUSE, read_statuts

ORIGINE, TETE = "OrgnlGrpInfAndSts", "GrpHdr"
TEXTES = ("texte_payeur", "reference_structuree")
REFERENCES = ("bout_en_bout", "instruction", "uetr", "rum", "reference_detail")
_MESSAGE = re.compile(r"\s*(pain|pacs|camt)\.?(\d{3})", re.ASCII | re.IGNORECASE)
ORDRES = {("pain", "008"), ("pacs", "003"), ("pain", "001"), ("pacs", "008")}

Ligne = dict[str, Any]
Motif = tuple[str | None, str | None]


@dataclass(slots=True)
class Lot:
    """A batch being read: the refusals of its operations, and the first reason that they give.

    `muets`: operations with a reason and no status, refused when their batch is.
    """

    element: Element
    refus: list[Ligne] = field(default_factory=list)
    muets: list[Ligne] = field(default_factory=list)
    motif: Motif | None = None


def read_statut(document: Document) -> Iterator[Ligne]:
    """What is refused (columns of SCHEMA_MOUVEMENTS but fichier, rang)."""
    lot: Lot | None = None
    refus: list[Ligne] = []
    motif: Motif | None = None
    for nom, element in document.iter_elements():
        parent = element if nom == document.message.releve else element.getparent()
        if parent is None:
            continue
        if lot is None or lot.element is not parent:
            lot = Lot(parent)
        if nom == document.message.ecriture:
            _read_operation(document, lot, document.piece(element))
        else:
            refus += _close(document, lot, document.piece(element))
            motif, lot = motif or lot.motif, None
    if document.corps is not None:
        yield from _of_message(document, document.corps, refus, motif)


def _of_message(
    document: Document,
    corps: Element,
    refus: list[Ligne],
    motif: Motif | None,
) -> Iterator[Ligne]:
    """The whole file when it is refused, else what is refused in it; dated by the report."""
    valide = document.judge_rest()
    tete, origine = (corps.find(document.tag(nom)) for nom in (TETE, ORIGINE))
    if tete is None or origine is None:
        manque = TETE if tete is None else ORIGINE
        document.constats.add("B003", BLOQUANTE, line(corps), rubrique=manque)
        return
    piece = document.cut(origine)
    piece.valide = valide
    entete = document.cut(tete)
    entete.valide = valide
    jour = document.day(entete, "date_message")
    if document.text(entete, "date_message") is None:
        document.say("B003", entete, "date_message")
    if jour is None or not _is_about_ours(document, piece):
        return
    fichier = _reference(document, piece, "message_origine")
    if document.text(piece, "message_origine") is None:
        document.say("B003", piece, "message_origine")
    if _is_refused(document, piece, "statut_message"):
        entier = {
            "portee": MESSAGE,
            "remise": fichier,
            "statut": document.text(piece, "statut_message"),
        }
        # Without a reason of its own, a file is refused for what is told below it.
        plus_bas = [] if _has_reason(document, piece) else refus
        refus = [*plus_bas, entier | _reason(document, piece, motif)]
    commun = _columns(document, entete, jour) | {"message_origine": fichier}
    for ligne in refus:
        yield commun | ligne


def _columns(document: Document, entete: Piece, jour: date) -> Ligne:
    return {
        "message": document.message.nom,
        "version": document.nom_version,
        "releve": document.text(entete, "numero"),
        "date_operation": jour,
        "date_valeur": jour,
        "montant_centimes": 0,
        "montant_brut_centimes": 0,
        "frais_centimes": 0,
        "nature": REJET,
        "extourne": False,
    }


def _read_operation(document: Document, lot: Lot, piece: Piece) -> None:
    """Keep what is said of one order, when it is refused."""
    motive = _has_reason(document, piece)
    if motive:
        lot.motif = lot.motif or read_motif(document, piece)
    sans_statut = document.text(piece, "statut") is None
    if not (motive and sans_statut) and not _is_refused(document, piece, "statut"):
        return
    textes = [t for nom in TEXTES for t in document.texts(piece, nom)]
    structuree = document.texts(piece, "reference_structuree")
    references = {nom: _reference(document, piece, nom) for nom in REFERENCES}
    raison = _reason(document, piece, None)
    (lot.muets if sans_statut else lot.refus).append(
        {
            **references,
            **raison,
            "portee": OPERATION,
            "statut": document.text(piece, "statut"),
            "reference_banque": references["reference_detail"],
            "frais_annonces_centimes": document.centimes(piece, "frais"),
            "montant_origine_centimes": document.centimes(piece, "montant_ordre"),
            "date_origine": document.day(piece, "date_origine"),
            "iban_tiers": compact(document.text(piece, "compte_debiteur")),
            "nom_masque": mask_nom(document.text(piece, "nom_debiteur")),
            "nom_beneficiaire_masque": mask_nom(document.text(piece, "nom_crediteur")),
            "reference_structuree": compose_texte(structuree),
            "reference": compose_texte(textes) or raison["complement"],
        }
    )


def _close(document: Document, lot: Lot, piece: Piece) -> list[Ligne]:
    """The whole batch when it is refused, after its debits that give the reason; else those."""
    remise = _reference(document, piece, "remise")
    if document.text(piece, "remise") is None:
        document.say("B003", piece, "remise")
    if _is_refused(document, piece, "statut_lot"):
        entier = {"portee": LOT, "remise": remise, "statut": document.text(piece, "statut_lot")}
        entier |= _reason(document, piece, lot.motif)
        plus_bas = [] if _has_reason(document, piece) else [*lot.refus, *lot.muets]
        return [*({"remise": remise, **refus} for refus in plus_bas), entier]
    return [{"remise": remise, **refus} for refus in lot.refus]


def _is_refused(document: Document, piece: Piece, nom: str) -> bool:
    statut = document.text(piece, nom)
    connu = read_statuts().get(statut or "")
    if statut is not None and connu is None:
        document.say("B015", piece, nom, valeur=statut)
    return connu is not None and connu.effet == REFUSE


def _is_about_ours(document: Document, piece: Piece) -> bool:
    """Whether it is about a file of debits or of transfers; a free name is taken for one."""
    nom = document.text(piece, "nature_origine") or ""
    lu = _MESSAGE.match(nom)
    if lu is None or (lu[1].lower(), lu[2]) in ORDRES:
        return True
    document.signal("B017", piece, "nature_origine", valeur=nom)
    return False


def _has_reason(document: Document, piece: Piece) -> bool:
    return bool(document.elements(piece, "motif") or document.elements(piece, "motif_proprietaire"))


def _reason(document: Document, piece: Piece, defaut: Motif | None) -> Ligne:
    """First reason given for a refusal, else the first told below it; empty without any."""
    code, propre = read_motif(document, piece)
    if code is None and propre is None and defaut is not None:
        code, propre = defaut
    check_motif(document, piece, code)
    complement = compose_texte(document.texts(piece, "texte_motif"))
    return {"code_motif": code or "", "motif_proprietaire": propre, "complement": complement}


def _reference(document: Document, piece: Piece, nom: str) -> str | None:
    reference = known(document.text(piece, nom))
    return reference[:MAXIMUM_REFERENCE] if reference else None
