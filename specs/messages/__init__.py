"""The wording of every anomaly, in French: what is wrong, and what to do about it.

One file a family (`dsn.yaml`: the norm's own codes; `fichier.yaml`: the file layer, F…;
`caisse.yaml`: the fund, CP-…; `banque.yaml`: the files of the bank, B…; `echanges.yaml`: exchange
files, F001 to F017, CG-…, D1…, RB-…, TD-…; `intemperies.yaml`: bad weather, IN-…). A template names
the fields of an anomaly (`CHAMPS`); each field stands in a part between square brackets that
vanishes when the field is empty, so that a message reads well whatever is known. A code said of
several situations has one wording for each (`variantes`) and a general one.

    >>> render_message("CST-03", rubrique="S21.G00.06.001", libelle="SIREN")
    'Une rubrique obligatoire est absente : S21.G00.06.001 (SIREN).'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.contrats import valeurs_of
from specs.fichiers import read_sujets

CHAMPS = ("rubrique", "libelle", "bloc", "valeur", "lus", "attendu", "nombre", "ligne")
SEVERITES = tuple(valeurs_of("anomalies", "severite"))

_PARTIE = re.compile(r"\[([^\]]*)\]")
_CHAMP = re.compile(r"\{(\w+)\}")
_CAS_REGROUPES = " Constaté {nombre} fois."


@dataclass(frozen=True, slots=True)
class Message:
    """Wording of one code (of one of its situations): title, template, remedy, severity."""

    code: str
    titre: str
    gabarit: str
    remede: str
    severite: str


def codes() -> tuple[str, ...]:
    """Every code that has a wording, in the order of the files."""
    return tuple(_entrees())


def variantes(code: str) -> tuple[str, ...]:
    """Situations of `code` that have their own wording; none for most codes."""
    return tuple(_entree(code).get("variantes", {}))


@cache
def read_message(code: str, variante: str | None = None) -> Message:
    """Wording of `code`; KeyError when the code, or its `variante`, has none."""
    entree = _entree(code)
    precis = {} if variante is None else _variante(code, entree, variante)
    textes = {nom: entree[nom] for nom in ("titre", "gabarit", "remede", "severite")} | precis
    return Message(code=code, **textes)


def render_message(code: str, variante: str | None = None, **champs: object) -> str:
    """The sentence shown to a person; `champs` are among `CHAMPS`, None or "" meaning unknown.

    `nombre` counts grouped cases: it is told only from two on.
    """
    if inconnus := champs.keys() - set(CHAMPS):
        raise KeyError(f"champs inconnus des gabarits : {', '.join(sorted(inconnus))}")
    connus = {nom: str(valeur) for nom, valeur in champs.items() if valeur not in (None, "")}
    if connus.get("nombre") in {"0", "1"}:
        del connus["nombre"]
    suite = _CAS_REGROUPES.format(**connus) if "nombre" in connus else ""
    return "".join(_render_partie(*partie, connus) for partie in _parties(code, variante)) + suite


def render_borne(code: str, variante: str | None, maximum: int, **champs: object) -> str:
    """The sentence in at most `maximum` characters: what is too long for it is left out.

    The expected value goes first, then the value received, which stand beside it in a report.
    """
    for sans in ((), ("attendu",), ("attendu", "valeur")):
        connus = {nom: valeur for nom, valeur in champs.items() if nom not in sans}
        phrase = render_message(code, variante, **connus)
        if len(phrase) <= maximum:
            break
    return phrase


def _render_partie(texte: str, champs: tuple[str, ...], connus: Mapping[str, str]) -> str:
    """The part with its fields, or nothing when one of them is unknown."""
    if any(champ not in connus for champ in champs):
        return ""
    return _CHAMP.sub(lambda champ: connus[champ[1]], texte)


@cache
def _parties(code: str, variante: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The template cut at its square brackets: each part with the fields that it needs."""
    morceaux = _PARTIE.split(read_message(code, variante).gabarit)
    return tuple((morceau, tuple(_CHAMP.findall(morceau))) for morceau in morceaux if morceau)


def _entree(code: str) -> Mapping[str, Any]:
    entrees = _entrees()
    if code not in entrees:
        raise KeyError(f"aucun message pour le code {code}")
    return entrees[code]


def _variante(code: str, entree: Mapping[str, Any], variante: str) -> dict[str, str]:
    if variante not in entree.get("variantes", {}):
        raise KeyError(f"le message {code} n'a pas de variante {variante}")
    precis: dict[str, str] = entree["variantes"][variante]
    return precis


@cache
def _entrees() -> Mapping[str, dict[str, Any]]:
    """All files together; a code stands in one of them only."""
    return MappingProxyType(read_sujets(__package__))
