"""An entry of a statement (`Ntry`): one movement a detail, or one for the whole.

What the details tell must close with the entry; when it does not, the entry is one movement that
names no operation, so that its money is neither lost nor given to the wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from parsers.banque.details import Detail, read_alone
from parsers.banque.document import Document, Piece
from parsers.banque.montants import Annonce, Part, share
from parsers.banque.mouvements import (
    AUTRE,
    LOT,
    OPERATION,
    PRELEVEMENT,
    RETOUR,
    VIREMENT,
    compose_texte,
    known,
)
from parsers.banque.valeurs import format_centimes
from specs.banque import read_codes_motifs, read_operations

COMPTABILISEE = "BOOK"
NON_COMPTABILISEES = frozenset({"PDNG", "INFO", "FUTR"})
OUI = frozenset({"true", "1"})
COMMUNES = ("message_origine", "remise")
MAXIMUM_CODE = 4


@dataclass(frozen=True, slots=True)
class Ecriture:
    """What an entry says for all its details; `montant`: signed cents."""

    piece: Piece
    montant: int
    operation: date
    valeur: date
    extourne: bool


def read_montant(document: Document, piece: Piece) -> int | None:
    """Signed cents of an entry; None when they cannot be used, which is said."""
    montants, sens = document.elements(piece, "montant"), document.sens(piece, "sens")
    centimes = document.centimes(piece, "montant")
    if not montants:
        document.say("B003", piece, "montant")
    elif centimes is None and montants[0].get("Ccy") != "EUR":
        document.say("B005", piece, "montant", valeur=montants[0].get("Ccy"))
    elif centimes is None:
        texte = (montants[0].text or "").strip()
        document.say("B004", piece, "montant", valeur=texte, attendu="montant en centimes entiers")
    if sens is None:
        document.say("B003", piece, "sens")
    return None if centimes is None or sens is None else centimes * sens


def is_booked(document: Document, piece: Piece) -> bool:
    """Whether the entry counts; one that does not is said."""
    statut = document.text(piece, "statut")
    if statut is None:
        document.say("B003", piece, "statut")
    elif statut in NON_COMPTABILISEES:
        document.signal("B012", piece)
    elif statut != COMPTABILISEE:
        document.say("B012", piece, "statut", variante="statut", valeur=statut)
    return statut == COMPTABILISEE


def read_ecriture(
    document: Document, piece: Piece, montant: int, defaut: date | None
) -> Ecriture | None:
    """The entry; None without any day, which is said. `defaut`: day of its statement."""
    operation = document.day(piece, "jour_operation")
    valeur = document.day(piece, "jour_valeur")
    if operation is None and document.text(piece, "jour_operation") is not None:
        return None
    jour = operation or valeur or defaut
    if jour is None:
        document.say("B003", piece, "jour_operation")
        return None
    if operation is None and valeur is None:
        document.signal("B014", piece, valeur=str(jour))
    extourne = document.text(piece, "extourne") in OUI
    return Ecriture(piece, montant, jour, valeur or jour, extourne)


def read_movements(
    document: Document, ecriture: Ecriture, details: Sequence[Detail]
) -> list[dict[str, Any]]:
    """Movements of an entry (columns of SCHEMA_MOUVEMENTS that an entry fills)."""
    entier = read_alone(document, ecriture.piece)
    retenus = list(details) or [entier]
    parts = share(ecriture.montant, [d.annonce for d in retenus], entier.annonce.frais)
    if parts is None:
        _say_apart(document, ecriture, retenus)
        retenus = [_whole(entier, retenus)]
        parts = [Part(ecriture.montant, ecriture.montant)]
    seul = len(retenus) == 1
    retenus += [entier] * (len(parts) - len(retenus))
    return [
        _movement(document, ecriture, detail, part, entier, seul=seul)
        for detail, part in zip(retenus, parts, strict=True)
        if part.net or part.brut
    ]


def _whole(entier: Detail, details: Sequence[Detail]) -> Detail:
    """The entry for its details, with the references that they all have."""
    colonnes: dict[str, Any] = {"portee": OPERATION}
    if len(details) == 1:
        colonnes |= details[0].colonnes
    for nom in COMMUNES:
        valeurs = {detail.colonnes.get(nom) for detail in details}
        colonnes[nom] = valeurs.pop() if len(valeurs) == 1 else None
        if colonnes[nom]:
            colonnes["portee"] = LOT
    return entier._replace(colonnes=colonnes, retour=any(d.retour for d in details))


def _say_apart(document: Document, ecriture: Ecriture, details: Sequence[Detail]) -> None:
    """Why an entry stays whole: its details do not close, or do not tell their amounts."""
    montants = [d.annonce.montant for d in details]
    lus = [m for m in montants if m is not None]
    if len(lus) < len(montants):
        document.signal("B006", ecriture.piece, variante="sans_montant")
        return
    lu, somme = format_centimes(abs(ecriture.montant)), format_centimes(sum(lus))
    document.signal("B006", ecriture.piece, variante="detail", valeur=lu, attendu=somme)


def _movement(
    document: Document,
    ecriture: Ecriture,
    detail: Detail,
    part: Part,
    entier: Detail,
    *,
    seul: bool,
) -> dict[str, Any]:
    colonnes = detail.colonnes
    code = detail.code if detail.code[2] else entier.code
    if detail.retour:
        check_motif(document, ecriture.piece, colonnes.get("code_motif"))
    textes = (*detail.complements, *document.texts(ecriture.piece, "texte_ecriture"))
    complement = compose_texte(textes if seul else detail.complements)
    reference = known(document.text(ecriture.piece, "reference_ecriture"))
    debit = bool(colonnes.get("rum") or colonnes.get("remise") or colonnes.get("message_origine"))
    return {
        **colonnes,
        "date_operation": ecriture.operation,
        "date_valeur": ecriture.valeur,
        "montant_centimes": part.net,
        "montant_brut_centimes": part.brut,
        "frais_centimes": part.frais,
        **_told(detail.annonce, entier.annonce if seul else detail.annonce),
        "nature": _nature(part, code, ecriture, retour=detail.retour, debit=debit),
        "extourne": ecriture.extourne,
        "statut": COMPTABILISEE,
        "code_operation": code[2],
        "reference_banque": colonnes.get("reference_detail") or reference,
        "reference_ecriture": reference,
        "reference": colonnes.get("reference") or complement,
        "complement": complement,
    }


def _told(annonce: Annonce, entiere: Annonce) -> dict[str, int | None]:
    """Charges and amount of the order that the bank tells of a detail, else of its entry."""
    frais = entiere.frais if annonce.frais is None else annonce.frais
    ordre = entiere.ordre if annonce.ordre is None else annonce.ordre
    return {"frais_annonces_centimes": frais, "montant_origine_centimes": ordre}


def check_motif(document: Document, piece: Piece, code: str | None) -> None:
    """Say a reason that the fund does not list."""
    if code not in read_codes_motifs():
        document.signal("B009", piece, valeur=(code or "")[:MAXIMUM_CODE])


def _nature(
    part: Part,
    code: tuple[str | None, str | None, str | None],
    ecriture: Ecriture,
    *,
    retour: bool,
    debit: bool,
) -> str:
    """What the movement is, or undoes: by its bank code, else by its sign and what it refers to."""
    if not part.brut:
        return AUTRE
    credit = (part.net > 0) != ecriture.extourne
    if retour and not credit:
        return RETOUR
    famille, sous_famille, _ = code
    sens = "CRDT" if credit else "DBIT"
    for operation in read_operations():
        memes = (operation.famille, operation.sens) == (famille, sens)
        if memes and operation.sous_famille in {None, sous_famille}:
            return operation.nature
    if famille is not None or not credit:
        return AUTRE
    return PRELEVEMENT if debit else VIREMENT
