"""What officers decide of an account: a remission, an instalment plan, a credit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from pipelines.comptabilite.regles import suites
from warehouse.decisions import Nature, check_vide, is_texte


def _check_echeancier(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"appels", "echeances"}:
        yield "contenu : les appels et les échéances sont attendus, et eux seuls"
        return
    appels, echeances = contenu["appels"], contenu["echeances"]
    if not appels or not all(map(is_texte, appels)) or len(set(appels)) < len(appels):
        yield "appels : un appel au moins, chacun une fois"
    lus = [_parse_jour(echeance.get("date")) for echeance in echeances]
    jours = [jour for jour in lus if jour is not None]
    if not jours or len(jours) < len(lus):
        yield "échéances : une au moins, chacune avec une date AAAA-MM-JJ"
    elif any(suivant <= jour for jour, suivant in pairwise(jours)):
        yield "échéances : des dates qui se suivent sont attendues"
    if not all(isinstance(e.get("centimes"), int) and e["centimes"] > 0 for e in echeances):
        yield "échéances : chaque montant est attendu en centimes, plus grand que zéro"


def _parse_jour(texte: object) -> date | None:
    try:
        return date.fromisoformat(str(texte))
    except ValueError:
        return None


SIREN = frozenset({"siren"})
REMISE_MAJORATION = Nature(
    suites.REMISE_MAJORATION,
    "remise de majoration",
    SIREN | {"appel", "montant_centimes"},
    check_vide,
)
ECHEANCIER = Nature(suites.ECHEANCIER, "échéancier", SIREN, _check_echeancier)
AVOIR = Nature(suites.AVOIR, "avoir", SIREN | {"cdg", "montant_centimes"}, check_vide)
NATURES = (REMISE_MAJORATION, ECHEANCIER, AVOIR)
