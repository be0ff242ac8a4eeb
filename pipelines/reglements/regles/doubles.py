"""Movements that the bank tells twice: in an advice (camt.054), then in a statement (camt.053).

Two movements of two files, that moved the account alike, are compared by what is said of both. They
are the same when a reference of a bank is (of the entry, the detail, or between banks); or when,
one day and in two kinds of messages, their end-to-end reference is, or their account and text. They
are two when something that both say differs: account, end-to-end reference, mandate; in one kind of
message, references of the bank, name and text too. Between the two there is a doubt, and nothing is
thrown away: the later one waits, with the one that it resembles. The amount compared is what moved
on the account: a file may not tell the charges.

An entry told again whole, after its details, brings nothing either. Inside one file, two movements
are two; told again, the first answers to the first, the second to the second. The first that
arrived counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from pipelines.reglements.regles.references import fold_reference

CLE = ["depot", "rang"]
TIERS = ("compte_tiers", "bout_en_bout", "rum")
BANCAIRES = ("reference_banque", "reference_ecriture", "reference_detail")
INTERBANCAIRES = ("uetr", "transaction")
SCHEMA = pl.Schema({"depot": pl.String, "rang": pl.Int64, "origine": pl.String})

Ligne = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ecarts:
    """Days that may lie between two tellings: of one day, and under one reference of a bank."""

    jours: int
    fenetre_jours: int


@dataclass(frozen=True, slots=True)
class Doubles:
    """Movements already told (`certains`), those that may be (`doutes`): SCHEMA, key depot, rang.

    `origine` names the movement that counts: `<depot>-<rang>`.
    """

    certains: pl.DataFrame
    doutes: pl.DataFrame


def find_doubles(mouvements: pl.DataFrame, ecarts: Ecarts) -> Doubles:
    """Doubles among `mouvements` (of `with_amounts`), refusals without money left out."""
    repetes = _of_several_files(mouvements)
    lignes = [_prepare(ligne) for ligne in repetes.sort(CLE).iter_rows(named=True)]
    voisins = _neighbours(lignes)
    origines = _pair(lignes, voisins, lambda a, b: _is_same(a, b, ecarts), {})
    origines |= _told_whole(lignes, origines, ecarts)
    doutes = _pair(lignes, voisins, lambda a, b: _may_be_same(a, b, ecarts), origines)
    return Doubles(_frame(origines), _frame(doutes))


def _of_several_files(mouvements: pl.DataFrame) -> pl.DataFrame:
    """Those whose amount, or whose reference of entry, is also in another file."""
    par_montant = pl.col("depot").n_unique().over("net_centimes") > 1
    par_ecriture = (pl.col("depot").n_unique().over("reference_ecriture") > 1) & pl.col(
        "reference_ecriture"
    ).is_not_null()
    return mouvements.filter(par_montant | par_ecriture)


def _prepare(ligne: Ligne) -> Ligne:
    """A movement with its name, its references and its text without punctuation."""
    references = {("banque", ligne[nom]) for nom in BANCAIRES if ligne[nom]}
    return {
        **ligne,
        "nom": f"{ligne['depot']}-{ligne['rang']}",
        "banque": references,
        "references": references | {(nom, ligne[nom]) for nom in INTERBANCAIRES if ligne[nom]},
        "texte": fold_reference(ligne["reference"] or ""),
    }


def _neighbours(lignes: Iterable[Ligne]) -> Mapping[tuple[Any, ...], list[Ligne]]:
    """Movements of each amount, in the order they arrived."""
    voisins: dict[tuple[Any, ...], list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        voisins[_amount(ligne)].append(ligne)
    return voisins


def _amount(ligne: Ligne) -> tuple[Any, ...]:
    return ligne["extourne"], ligne["net_centimes"]


def _pair(
    lignes: Iterable[Ligne],
    voisins: Mapping[tuple[Any, ...], list[Ligne]],
    agree: Callable[[Ligne, Ligne], bool],
    deja: Mapping[str, str],
) -> dict[str, str]:
    """Origin of each movement for which `agree` finds an earlier one that its file left free."""
    trouves: dict[str, str] = {}
    pris = _taken(lignes, deja)
    for ligne in lignes:
        if ligne["nom"] in deja:
            continue
        for autre in voisins[_amount(ligne)]:
            if autre is ligne:
                break
            origine = deja.get(autre["nom"]) or trouves.get(autre["nom"]) or str(autre["nom"])
            libre = (origine, ligne["depot"]) not in pris and autre["depot"] != ligne["depot"]
            if libre and agree(autre, ligne):
                trouves[ligne["nom"]] = origine
                pris.add((origine, ligne["depot"]))
                break
    return trouves


def _taken(lignes: Iterable[Ligne], deja: Mapping[str, str]) -> set[tuple[str, str]]:
    """Movements that count, each with the files that told them."""
    return {(deja.get(ligne["nom"], ligne["nom"]), ligne["depot"]) for ligne in lignes}


def _is_same(a: Ligne, b: Ligne, ecarts: Ecarts) -> bool:
    if _contradict(a, b):
        return False
    if a["references"] & b["references"]:
        return _days_apart(a, b) <= ecarts.fenetre_jours
    if a["message"] == b["message"] or _days_apart(a, b) > ecarts.jours:
        return False
    if a["banque"] and b["banque"]:  # each told by the bank, and otherwise
        return False
    return _equal(a, b, "bout_en_bout") or (_equal(a, b, "texte") and _same_account(a, b))


def _may_be_same(a: Ligne, b: Ligne, ecarts: Ecarts) -> bool:
    if _contradict(a, b) or _days_apart(a, b) > ecarts.jours:
        return False
    bout, compte, texte = (_equal(a, b, nom) for nom in ("bout_en_bout", "compte_tiers", "texte"))
    if a["message"] == b["message"]:
        return bout or (texte and _same_account(a, b))
    return bout or compte or texte or _is_poor(a) or _is_poor(b)


def _contradict(a: Ligne, b: Ligne) -> bool:
    """Whether something that both say tells that they are two.

    From one kind of message to the other, a bank may cut a text, a name, or number otherwise.
    """
    if any(a[nom] and b[nom] and a[nom] != b[nom] for nom in TIERS):
        return True
    if a["message"] != b["message"]:
        return False
    banques = bool(a["banque"] and b["banque"] and not a["banque"] & b["banque"])
    return banques or any(a[nom] and b[nom] and a[nom] != b[nom] for nom in ("texte", "nom_masque"))


def _days_apart(a: Ligne, b: Ligne) -> int:
    """Days between the two, the nearest of those of operation and of value."""
    ecarts: Iterator[timedelta] = (
        abs(a[nom] - b[nom]) for nom in ("date_operation", "date_valeur")
    )
    return min(ecart.days for ecart in ecarts)


def _equal(a: Ligne, b: Ligne, nom: str) -> bool:
    return bool(a[nom]) and a[nom] == b[nom]


def _same_account(a: Ligne, b: Ligne) -> bool:
    """Whether the account is the same, told by both or by none."""
    return bool(a["compte_tiers"] == b["compte_tiers"])


def _is_poor(ligne: Ligne) -> bool:
    """Whether the bank says nothing of who paid, nor why."""
    return not (ligne["bout_en_bout"] or ligne["compte_tiers"] or ligne["texte"])


def _told_whole(
    lignes: Iterable[Ligne], origines: Mapping[str, str], ecarts: Ecarts
) -> dict[str, str]:
    """Entries told in one row after another file gave their details: their first detail."""
    ecritures: dict[tuple[Any, ...], list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        if ligne["reference_ecriture"] and ligne["ecriture"] is not None:
            ecritures[ligne["reference_ecriture"], ligne["depot"], ligne["ecriture"]].append(ligne)
    detaillees: dict[tuple[str, int], list[Ligne]] = defaultdict(list)
    trouves: dict[str, str] = {}
    for (reference, depot, _), siennes in ecritures.items():
        cle = (reference, sum(ligne["net_centimes"] for ligne in siennes))
        if len(siennes) > 1:
            detaillees[cle].append(siennes[0])
        elif siennes[0]["nom"] not in origines:
            for detail in detaillees[cle]:
                proche = _days_apart(detail, siennes[0]) <= ecarts.fenetre_jours
                if detail["depot"] != depot and proche:
                    trouves[siennes[0]["nom"]] = origines.get(detail["nom"], detail["nom"])
                    break
    return trouves


def _frame(origines: Mapping[str, str]) -> pl.DataFrame:
    lignes = (
        {"depot": depot, "rang": int(rang), "origine": origine}
        for nom, origine in origines.items()
        for depot, rang in (nom.rsplit("-", 1),)
    )
    return pl.DataFrame(list(lignes), SCHEMA).sort(CLE)
