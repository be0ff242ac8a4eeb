"""In which form an answer is: what `format` asks for, else what `Accept` prefers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import TypeVar

from reporting.api.problemes import Probleme

Forme = TypeVar("Forme", bound=str)
TOUT = "*/*"


def choose_forme(types: Mapping[Forme, str], demandee: Forme | None, accept: str) -> Forme:
    """One of the forms that an answer has, by media type, the first one by default.

    Probleme (406) when `accept` names others alone.
    """
    if demandee is not None:
        return demandee
    for voulu in _parse_accept(accept):
        for forme, type_ in types.items():
            propre = type_.partition(";")[0]
            if voulu in (TOUT, propre, f"{propre.partition('/')[0]}/*"):
                return forme
    connus = ", ".join(type_.partition(";")[0] for type_ in types.values())
    raise Probleme(HTTPStatus.NOT_ACCEPTABLE, f"Cette réponse se donne en : {connus}.")


def _parse_accept(accept: str) -> Iterator[str]:
    """Media types by preference; anything when none is told, as is the rule of HTTP."""
    voulus: list[tuple[str, str]] = []
    for morceau in accept.split(","):
        nom, *parametres = (mot.strip().lower() for mot in morceau.split(";"))
        poids = next((p[2:] for p in parametres if p.startswith("q=")), "1")
        if nom and poids.strip("0."):
            voulus.append((poids, nom))
    yield from (nom for _, nom in sorted(voulus, key=_weigh)) if voulus else [TOUT]


def _weigh(voulu: tuple[str, str]) -> tuple[int, str]:
    """The heaviest first: weights have three decimals at most, the highest being 1."""
    entier, _, decimales = voulu[0].partition(".")
    lue = f"{entier or 0}{decimales[:3]:0<3}"
    return -int(lue) if lue.isdecimal() else 0, ""
