"""Decisions of the fund's officers: recorded once, with who, when and why, never altered.

Each nature needs its own words, as the business that offers it says; a decision goes also to the
audit trail.

    record_decision(
        c, nature=AVOIR, siren="999090012", cdg="C900101", montant_centimes=5_000,
        date_effet=date(2026, 4, 1), auteur="gestion", motif="geste commercial", instant=...,
    )
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select

from specs.contrats import codes_of, read_contrat, schema_polars
from warehouse.audit import record_audit
from warehouse.iban import contains_iban
from warehouse.moteur import lock_writers
from warehouse.registre.versions import at
from warehouse.tables_registre import ADHERENTS, CENTRES_GESTION, DECISIONS

(ANNULATION,) = codes_of("decisions", "nature", "ANNULATION_DECISION")


class DecisionRefusee(ValueError):  # noqa: N818 - named in French
    """What was decided can't be recorded; `erreurs` are sentences in French."""

    def __init__(self, erreurs: Sequence[str]) -> None:
        super().__init__(" ; ".join(erreurs))
        self.erreurs = tuple(erreurs)


@dataclass(frozen=True, slots=True)
class Nature:
    """What a nature of decision needs: its fields, its `contenu`, what was decided before.

    Checks yield sentences in French; `check_suite` looks at the decisions that are recorded.
    `agit`: what it does at once, in the same transaction, from its row (`numero`, `date_effet`,
    `instant`...) and its `contenu`; None: nights read it.
    """

    nom: str
    titre: str
    champs: frozenset[str]
    check_contenu: Callable[[Mapping[str, Any]], Iterator[str]]
    check_suite: Callable[[Connection, Mapping[str, Any]], Iterator[str]] | None = None
    agit: Callable[[Connection, Mapping[str, Any], Mapping[str, Any]], None] | None = None


def record_decision(
    c: Connection,
    *,
    nature: Nature,
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
        DecisionRefusee: an unknown company, a missing word, no author or no reason, what the nature
            itself refuses.
    """
    lock_writers(c, "decisions")
    valeurs = {
        "nature": nature.nom,
        "siren": siren,
        "cdg": cdg,
        "appel": appel,
        "montant_centimes": montant_centimes,
        "date_effet": date_effet,
        "auteur": auteur,
        "motif": motif,
        "instant": instant,
    }
    erreurs = [*_check_decision(nature, valeurs, contenu or {}), *_check_registre(c, siren, cdg)]
    if not erreurs and nature.check_suite is not None:
        erreurs = [*nature.check_suite(c, contenu or {})]
    if erreurs:
        raise DecisionRefusee(erreurs)
    numero = read_derniere_decision(c) + 1
    texte = json.dumps(contenu or {}, ensure_ascii=False, sort_keys=True)
    c.execute(insert(DECISIONS).values(numero=numero, contenu=texte, **valeurs))
    objet = f"décision {numero} : {nature.nom}" + (f", SIREN {siren}" if siren else "")
    record_audit(
        c, auteur=auteur, action="record_decision", objet=objet, motif=motif, instant=instant
    )
    if nature.agit is not None:
        nature.agit(c, {"numero": numero, **valeurs}, contenu or {})
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
    lues = c.execute(requete).all()
    return pl.DataFrame(lues, schema=schema_polars(contrat), orient="row").sort(contrat.cle)


def read_en_vigueur(c: Connection, derniere: int | None = None) -> pl.DataFrame:
    """The same, without those that another one annuls: what businesses read; key: numero."""
    return keep_en_vigueur(read_decisions(c, derniere))


def keep_en_vigueur(decisions: pl.DataFrame) -> pl.DataFrame:
    """Decisions that none of these annuls, but those that annul."""
    annulent = decisions.filter(nature=ANNULATION)
    annulees = [json.loads(contenu)["decision"] for contenu in annulent["contenu"]]
    return decisions.filter(pl.col("nature") != ANNULATION, ~pl.col("numero").is_in(annulees))


def _check_decision(
    nature: Nature, valeurs: Mapping[str, Any], contenu: Mapping[str, Any]
) -> Iterator[str]:
    for nom in ("auteur", "motif"):
        if not valeurs[nom].strip():
            yield f"{nom} : obligatoire"
        elif contains_iban(valeurs[nom]):
            yield f"{nom} : un IBAN ne s'écrit pas ici"
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


def check_vide(contenu: Mapping[str, Any]) -> Iterator[str]:
    """Of a nature that needs nothing more than its fields."""
    if contenu:
        yield "contenu : rien n'est attendu pour cette nature"


def is_texte(valeur: object) -> bool:
    """Whether a word was written."""
    return isinstance(valeur, str) and bool(valeur.strip())
