"""Decisions of the fund's officers: recorded once, with who, when and why, never altered.

Each nature needs its own words, as NATURES says; a decision goes also to the audit trail.

    record_decision(
        c, nature="AVOIR", siren="999090012", cdg="C900101", montant_centimes=5_000,
        date_effet=date(2026, 4, 1), auteur="gestion", motif="geste commercial", instant=...,
    )
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select

from specs.contrats import codes_of, read_contrat, schema_polars
from warehouse.audit import record_audit
from warehouse.moteur import lock_writers
from warehouse.registre.iban import contains_iban
from warehouse.registre.versions import at
from warehouse.tables_registre import ADHERENTS, CENTRES_GESTION, DECISIONS


class DecisionRefusee(ValueError):  # noqa: N818 - named in French
    """What was decided can't be recorded; `erreurs` are sentences in French."""

    def __init__(self, erreurs: Sequence[str]) -> None:
        super().__init__(" ; ".join(erreurs))
        self.erreurs = tuple(erreurs)


@dataclass(frozen=True, slots=True)
class Nature:
    """What a nature of decision needs: its fields, and its `contenu`."""

    titre: str
    champs: frozenset[str]
    check_contenu: Callable[[Mapping[str, Any]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class DecisionMouvement:
    """The last decision about a movement of the bank; `siren` None when it is nobody's."""

    numero: int
    nature: str
    siren: str | None


def record_decision(
    c: Connection,
    *,
    nature: str,
    siren: str | None,
    date_effet: date,
    auteur: str,
    motif: str,
    instant: str,
    cdg: str | None = None,
    appel: str | None = None,
    montant_centimes: int | None = None,
    contenu: Mapping[str, Any] | None = None,
) -> int:
    """Append a decision and its act in the audit trail; return its number.

    Raises:
        DecisionRefusee: an unknown nature or company, a missing word, no author or no reason, a
            movement of the bank that was decided already.
    """
    lock_writers(c, "decisions")
    valeurs = {
        "nature": nature,
        "siren": siren,
        "cdg": cdg,
        "appel": appel,
        "montant_centimes": montant_centimes,
        "date_effet": date_effet,
        "auteur": auteur,
        "motif": motif,
        "instant": instant,
    }
    erreurs = [*_check_decision(valeurs, contenu or {}), *_check_registre(c, siren, cdg)]
    erreurs = erreurs or [*_check_mouvement(c, nature, contenu or {})]
    if erreurs:
        raise DecisionRefusee(erreurs)
    numero = read_derniere_decision(c) + 1
    texte = json.dumps(contenu or {}, ensure_ascii=False, sort_keys=True)
    c.execute(insert(DECISIONS).values(numero=numero, contenu=texte, **valeurs))
    objet = f"décision {numero} : {nature}" + (f", SIREN {siren}" if siren else "")
    record_audit(
        c, auteur=auteur, action="record_decision", objet=objet, motif=motif, instant=instant
    )
    return numero


def read_derniere_decision(c: Connection) -> int:
    """Number of the last decision; 0 before the first one."""
    return c.scalar(select(func.max(DECISIONS.c.numero))) or 0


def read_decisions(c: Connection, derniere: int | None = None) -> pl.DataFrame:
    """Decisions up to the number `derniere`, or all; contract `decisions`; key: numero."""
    contrat = read_contrat("decisions")
    requete = select(*(DECISIONS.c[colonne.nom] for colonne in contrat.colonnes))
    if derniere is not None:
        requete = requete.where(DECISIONS.c.numero <= derniere)
    lues = c.execute(requete).tuples().all()
    return pl.DataFrame(lues, schema=schema_polars(contrat), orient="row").sort(contrat.cle)


def read_decision_mouvement(c: Connection, mouvement: str) -> DecisionMouvement | None:
    """The last decision about a movement (`<depot>-<rang>`); None when there was never one."""
    requete = select(
        DECISIONS.c.numero, DECISIONS.c.nature, DECISIONS.c.siren, DECISIONS.c.contenu
    ).where(DECISIONS.c.nature.in_(DE_MOUVEMENT))
    for numero, nature, siren, contenu in c.execute(requete.order_by(DECISIONS.c.numero.desc())):
        if json.loads(contenu)["mouvement"] == mouvement:
            return DecisionMouvement(numero, nature, siren)
    return None


def _check_decision(valeurs: Mapping[str, Any], contenu: Mapping[str, Any]) -> Iterator[str]:
    for nom in ("auteur", "motif"):
        if not valeurs[nom].strip():
            yield f"{nom} : obligatoire"
        elif contains_iban(valeurs[nom]):
            yield f"{nom} : un IBAN ne s'écrit pas ici"
    nature = NATURES.get(valeurs["nature"])
    if nature is None:
        yield f"nature inconnue ; natures possibles : {', '.join(NATURES)}"
        return
    yield from (f"{nom} : obligatoire" for nom in sorted(nature.champs) if valeurs[nom] is None)
    montant = valeurs["montant_centimes"]
    if montant is not None and montant <= 0:
        yield "montant_centimes : plus grand que zéro attendu"
    yield from nature.check_contenu(contenu)


def _check_registre(c: Connection, siren: str | None, cdg: str | None) -> Iterator[str]:
    if siren is None:
        return
    adherents, centres = at(ADHERENTS), at(CENTRES_GESTION)
    if c.scalar(select(adherents.c.siren).where(adherents.c.siren == siren)) is None:
        yield "siren : inconnu du registre"
    elif cdg is not None:
        du_cdg = c.scalar(select(centres.c.siren).where(centres.c.cdg == cdg))
        if du_cdg != siren:
            yield "cdg : ce centre de gestion n'est pas de ce SIREN"


def _check_mouvement(c: Connection, nature: str, contenu: Mapping[str, Any]) -> Iterator[str]:
    """A movement is decided once; what was decided is revoked before it is decided again."""
    if nature not in DE_MOUVEMENT:
        return
    derniere = read_decision_mouvement(c, contenu["mouvement"])
    decide = derniere is not None and derniere.nature != REVOCATION_AFFECTATION
    if nature == REVOCATION_AFFECTATION and not decide:
        yield "mouvement : aucune décision à révoquer"
    elif nature != REVOCATION_AFFECTATION and derniere is not None and decide:
        yield (
            f"mouvement : la décision {derniere.numero} ({NATURES[derniere.nature].titre}) en"
            " dispose déjà ; la révoquer d'abord (revocation-affectation)"
        )


def _check_vide(contenu: Mapping[str, Any]) -> Iterator[str]:
    if contenu:
        yield "contenu : rien n'est attendu pour cette nature"


def _check_attestation(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"attestation"} or not _is_texte(contenu["attestation"]):
        yield "contenu : l'attestation à révoquer est attendue, et elle seule"


def _check_affectation(contenu: Mapping[str, Any]) -> Iterator[str]:
    yield from _check_etranger(contenu)
    if contenu.get("centimes") == 0:
        yield "mouvement : il ne porte aucun montant, rien n'est à affecter"


def _check_etranger(contenu: Mapping[str, Any]) -> Iterator[str]:
    complet = set(contenu) == {"mouvement", "centimes"} and isinstance(contenu["centimes"], int)
    if not complet or not _is_texte(contenu["mouvement"]):
        yield "contenu : le mouvement et son montant sont attendus, et eux seuls"


def _check_revocation(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"mouvement"} or not _is_texte(contenu["mouvement"]):
        yield "contenu : le mouvement est attendu, et lui seul"


def _check_echeancier(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"appels", "echeances"}:
        yield "contenu : les appels et les échéances sont attendus, et eux seuls"
        return
    appels, echeances = contenu["appels"], contenu["echeances"]
    if not appels or not all(map(_is_texte, appels)) or len(set(appels)) < len(appels):
        yield "appels : un appel au moins, chacun une fois"
    lus = [_parse_jour(echeance.get("date")) for echeance in echeances]
    jours = [jour for jour in lus if jour is not None]
    if not jours or len(jours) < len(lus):
        yield "échéances : une au moins, chacune avec une date AAAA-MM-JJ"
    elif any(suivant <= jour for jour, suivant in pairwise(jours)):
        yield "échéances : des dates qui se suivent sont attendues"
    if not all(isinstance(e.get("centimes"), int) and e["centimes"] > 0 for e in echeances):
        yield "échéances : chaque montant est attendu en centimes, plus grand que zéro"


def _is_texte(valeur: object) -> bool:
    return isinstance(valeur, str) and bool(valeur.strip())


def _parse_jour(texte: object) -> date | None:
    try:
        return date.fromisoformat(str(texte))
    except ValueError:
        return None


def _check_depot(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"depot"} or not _is_texte(contenu["depot"]):
        yield "contenu : le dépôt est attendu, et lui seul"


DE_MOUVEMENT = AFFECTATION, HORS_CAISSE, REVOCATION_AFFECTATION = codes_of(
    "decisions", "nature", "AFFECTATION", "HORS_CAISSE", "REVOCATION_AFFECTATION"
)
DE_DEPOT = MISE_A_L_ECART, REPRISE_DEPOT = codes_of(
    "decisions", "nature", "MISE_A_L_ECART", "REPRISE_DEPOT"
)
SIREN = frozenset({"siren"})
NATURES: Mapping[str, Nature] = MappingProxyType(
    {
        "REMISE_MAJORATION": Nature(
            "remise de majoration", SIREN | {"appel", "montant_centimes"}, _check_vide
        ),
        "ECHEANCIER": Nature("échéancier", SIREN, _check_echeancier),
        "AVOIR": Nature("avoir", SIREN | {"cdg", "montant_centimes"}, _check_vide),
        "REVOCATION_ATTESTATION": Nature("révocation d'attestation", SIREN, _check_attestation),
        "DEMANDE_ATTESTATION": Nature("demande d'attestation", SIREN, _check_vide),
        "SUSPENSION_PRELEVEMENT": Nature("suspension de prélèvement", SIREN, _check_vide),
        AFFECTATION: Nature("affectation d'un mouvement", SIREN, _check_affectation),
        HORS_CAISSE: Nature("mouvement étranger à la caisse", frozenset(), _check_etranger),
        REVOCATION_AFFECTATION: Nature("révocation d'affectation", frozenset(), _check_revocation),
        MISE_A_L_ECART: Nature("mise à l'écart d'un dépôt", frozenset(), _check_depot),
        REPRISE_DEPOT: Nature("reprise d'un dépôt mis à l'écart", frozenset(), _check_depot),
    }
)
