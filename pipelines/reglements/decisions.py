"""What officers decide of a movement of the bank, or of the debits of a company."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from pipelines.reglements.regles import affectations
from pipelines.reglements.regles.mandats import SUSPENSION_PRELEVEMENT
from warehouse.decisions import Nature, check_vide, is_texte
from warehouse.tables_registre import DECISIONS

SIREN = frozenset({"siren"})


@dataclass(frozen=True, slots=True)
class DecisionMouvement:
    """The last decision about a movement of the bank; `siren` None when it is nobody's."""

    numero: int
    nature: str
    siren: str | None


def read_decision_mouvement(c: Connection, mouvement: str) -> DecisionMouvement | None:
    """The last decision about a movement (`<depot>-<rang>`); None when there was never one."""
    requete = select(
        DECISIONS.c.numero, DECISIONS.c.nature, DECISIONS.c.siren, DECISIONS.c.contenu
    ).where(DECISIONS.c.nature.in_(affectations.NATURES))
    for numero, nature, siren, contenu in c.execute(requete.order_by(DECISIONS.c.numero.desc())):
        if json.loads(contenu)["mouvement"] == mouvement:
            return DecisionMouvement(numero, nature, siren)
    return None


def _check_free(c: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    """A movement is decided once; what was decided is revoked before it is decided again."""
    derniere = read_decision_mouvement(c, contenu["mouvement"])
    if derniere is not None and derniere.nature != affectations.REVOCATION_AFFECTATION:
        titre = next(nature.titre for nature in NATURES if nature.nom == derniere.nature)
        yield (
            f"mouvement : la décision {derniere.numero} ({titre}) en dispose déjà ; la révoquer"
            " d'abord (revocation-affectation)"
        )


def _check_decided(c: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    derniere = read_decision_mouvement(c, contenu["mouvement"])
    if derniere is None or derniere.nature == affectations.REVOCATION_AFFECTATION:
        yield "mouvement : aucune décision à révoquer"


def _check_affectation(contenu: Mapping[str, Any]) -> Iterator[str]:
    yield from _check_etranger(contenu)
    if contenu.get("centimes") == 0:
        yield "mouvement : il ne porte aucun montant, rien n'est à affecter"


def _check_etranger(contenu: Mapping[str, Any]) -> Iterator[str]:
    complet = set(contenu) == {"mouvement", "centimes"} and isinstance(contenu["centimes"], int)
    if not complet or not is_texte(contenu["mouvement"]):
        yield "contenu : le mouvement et son montant sont attendus, et eux seuls"


def _check_revocation(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"mouvement"} or not is_texte(contenu["mouvement"]):
        yield "contenu : le mouvement est attendu, et lui seul"


AFFECTATION = Nature(
    affectations.AFFECTATION,
    "affectation d'un mouvement",
    SIREN,
    _check_affectation,
    _check_free,
)
HORS_CAISSE = Nature(
    affectations.HORS_CAISSE,
    "mouvement étranger à la caisse",
    frozenset(),
    _check_etranger,
    _check_free,
)
REVOCATION = Nature(
    affectations.REVOCATION_AFFECTATION,
    "révocation d'affectation",
    frozenset(),
    _check_revocation,
    _check_decided,
)
SUSPENSION = Nature(SUSPENSION_PRELEVEMENT, "suspension de prélèvement", SIREN, check_vide)
NATURES = (SUSPENSION, AFFECTATION, HORS_CAISSE, REVOCATION)
