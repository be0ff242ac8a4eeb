"""What a detail of an entry (`TxDtls`, or `Btch` alone, or the entry itself) tells by itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from parsers.banque.document import Document, Piece
from parsers.banque.montants import Annonce
from parsers.banque.mouvements import LOT, OPERATION, compose_texte, known, mask_nom
from parsers.banque.valeurs import compact
from specs.banque import read_codes_motifs
from specs.caisse import read_caisse

TEXTES = ("texte_payeur", "reference_structuree", "document", "texte_structure")
COMPLEMENTS = ("texte_detail", "texte_motif", "avis_de_paiement", "autre_reference")
REFERENCES = ("bout_en_bout", "instruction", "transaction", "uetr", "rum", "reference_detail")
MAXIMUM_REFERENCE = 140


class Detail(NamedTuple):
    """Columns of the movement that the detail fills, what it tells of amounts, its bank code."""

    colonnes: dict[str, Any]
    annonce: Annonce
    code: tuple[str | None, str | None, str | None]
    retour: bool
    complements: tuple[str, ...] = ()


def read_detail(document: Document, piece: Piece, lot: Detail | None) -> Detail:
    """A transaction, with what its batch says of all of its own."""
    colonnes = {nom: _reference(document, piece, nom) for nom in REFERENCES}
    du_lot = {} if lot is None else lot.colonnes
    for nom in ("message_origine", "remise"):
        colonnes[nom] = _reference(document, piece, nom) or du_lot.get(nom)
    motif, proprietaire = read_motif(document, piece)
    retour = bool(document.elements(piece, "retour"))
    colonnes |= _parties(document, piece)
    colonnes |= {
        "portee": OPERATION,
        "reference_structuree": compose_texte(document.texts(piece, "reference_structuree")),
        "reference": compose_texte(t for nom in TEXTES for t in document.texts(piece, nom)),
        "code_motif": (motif or "") if retour else None,
        "motif_proprietaire": proprietaire,
    }
    return Detail(
        colonnes,
        _announced(document, piece, "montant_detail", "sens_detail"),
        read_code(document, piece),
        retour,
        tuple(t for nom in COMPLEMENTS for t in document.texts(piece, nom)),
    )


def read_lot(document: Document, piece: Piece) -> Detail:
    """A batch without its transactions: it stands for them."""
    colonnes = {
        "portee": LOT,
        "message_origine": _reference(document, piece, "message_lot"),
        "remise": _reference(document, piece, "remise_lot"),
    }
    annonce = Annonce(document.centimes(piece, "montant_lot"), document.sens(piece, "sens_lot"))
    return Detail(colonnes, annonce, (None, None, None), retour=False)


def read_alone(document: Document, piece: Piece) -> Detail:
    """An entry without any detail: amounts and charges are its own."""
    annonce = _announced(document, piece, "montant", "sens")
    return Detail({"portee": OPERATION}, annonce, read_code(document, piece), retour=False)


def read_code(document: Document, piece: Piece) -> tuple[str | None, str | None, str | None]:
    """Family and sub-family of the bank code, and the code as text (`PMNT/IDDT/UPDD`)."""
    famille = document.text(piece, "famille")
    sous_famille = document.text(piece, "sous_famille")
    if famille is None:
        return None, None, document.text(piece, "code_proprietaire")
    code = "/".join(c for c in (document.text(piece, "domaine"), famille, sous_famille) if c)
    return famille, sous_famille, code


def read_motif(document: Document, piece: Piece) -> tuple[str | None, str | None]:
    """ISO code of a return or refusal, and the bank's own reason when it is not such a code.

    Some banks write the ISO code as their own, or at the head of their explanation.
    """
    code = document.text(piece, "motif")
    propre = document.text(piece, "motif_proprietaire")
    if code is not None:
        return code, propre
    if propre in read_codes_motifs():
        return propre, None
    debuts = [t.split(maxsplit=1)[0].strip(":-,;") for t in document.texts(piece, "texte_motif")]
    return next((mot for mot in debuts if mot in read_codes_motifs()), None), propre


def charges(document: Document, piece: Piece) -> tuple[int | None, bool]:
    """Charges of a detail or an entry (a cost is positive), and whether its amount has them in."""
    lus = [document.cut(e) for e in document.elements(piece, "frais")]
    montants = [(document.centimes(p, "montant_frais"), p) for p in lus]
    connus = [(m, p) for m, p in montants if m is not None]
    if not connus:
        return document.centimes(piece, "total_frais"), False
    total = sum(-m if document.sens(p, "sens_frais") == 1 else m for m, p in connus)
    return total, all(document.text(p, "frais_inclus") in {"true", "1"} for _, p in connus)


def _announced(document: Document, piece: Piece, montant: str, sens: str) -> Annonce:
    frais, inclus = charges(document, piece)
    lu = document.centimes(piece, montant)
    return Annonce(
        document.centimes(piece, "montant_operation") if lu is None else lu,
        document.sens(piece, sens),
        document.centimes(piece, "montant_ordre"),
        frais,
        inclus,
    )


def _reference(document: Document, piece: Piece, nom: str) -> str | None:
    """First of the texts at this place that is a reference."""
    if nom not in piece.presents:
        return None
    connues = (known(texte) for texte in document.texts(piece, nom))
    reference = next((connue for connue in connues if connue), None)
    return reference[:MAXIMUM_REFERENCE] if reference else None


def _parties(document: Document, piece: Piece) -> dict[str, str | None]:
    """Account of the other party, names of both."""
    caisse = compact(read_caisse().creancier.iban)
    comptes = [compact(document.text(piece, n)) for n in ("compte_debiteur", "compte_crediteur")]
    return {
        "iban_tiers": next((c for c in comptes if c and c != caisse), comptes[0]),
        "nom_masque": mask_nom(document.text(piece, "nom_debiteur")),
        "nom_beneficiaire_masque": mask_nom(document.text(piece, "nom_crediteur")),
    }
