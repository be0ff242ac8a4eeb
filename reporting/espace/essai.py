"""What a deposit changes, or would change if it were real: read from the answer that it was given.

Of a DSN, the report (XML, `specs/xsd/rapport.xsd`): calls by line. Of an exchange file, the CRM
(JSON, cahier des échanges): what becomes of each line, and why. NIR are left there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from specs.contrats import valeurs_of
from specs.echanges.textes import read_valeurs
from specs.typographie import format_entier, format_montant
from warehouse.maison import Maison
from warehouse.remises import find_reponses

RAPPORT, CRM = "RAPPORT", "CRM"
ESPACE = {"r": "urn:caisse:rapport:1"}
LIGNES_MAX = 100
UNITES = {"CT": "\u202f€", "CH": "\u202fh", "CJ": "\u202fjours"}


@dataclass(frozen=True, slots=True)
class LigneAppel:
    """A line of a call, in centimes and parts per million; `present`: what is called so far."""

    mois_rattachement: str
    libelle: str
    base_centimes: int
    taux_ppm: int
    montant_centimes: int
    present_centimes: int | None


@dataclass(frozen=True, slots=True)
class Effet:
    """What a DSN does to the call of a centre and month."""

    cdg: str
    mois_appel: str
    nature: str
    date_exigibilite: str
    montant_centimes: int
    lignes: Sequence[LigneAppel]


@dataclass(frozen=True, slots=True)
class Suite:
    """What becomes of a line of an exchange file: (what is said, what to do), values in words."""

    numero: int
    matricule: str
    verdict: str
    constats: Sequence[tuple[str, str]]
    valeurs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Consequences:
    """All that a deposit changes; `nombre`: of the lines of an exchange file, more than shown."""

    essai: bool
    effets: Sequence[Effet]
    suites: Sequence[Suite]
    nombre: int


def read_consequences(maison: Maison, depot: Mapping[str, Any]) -> Consequences | None:
    """What the answer to a deposit tells; None when it tells of no change."""
    with maison.moteur.connect() as connexion:
        reponses = find_reponses(connexion, depot["depot"], (RAPPORT, CRM))
    effets: Sequence[Effet] = ()
    suites: Sequence[Suite] = ()
    for nom, sha256 in reponses.items():
        if nom.startswith(f"{RAPPORT}_") and nom.endswith(".xml"):
            effets = _parse_rapport(maison.archive.read(sha256))
        elif nom.startswith(f"{CRM}_") and nom.endswith(".json"):
            suites = _parse_crm(json.loads(maison.archive.read(sha256)))
    if not effets and not suites:
        return None
    return Consequences(bool(depot["essai"]), effets, suites[:LIGNES_MAX], len(suites))


def _parse_rapport(octets: bytes) -> list[Effet]:
    rapport = etree.fromstring(octets, etree.XMLParser(resolve_entities=False, no_network=True))
    return [_parse_effet(noeud) for noeud in rapport.iterfind("r:effet", ESPACE)]


def _parse_effet(noeud: etree._Element) -> Effet:
    natures = valeurs_of("appels", "nature")
    return Effet(
        cdg=_text(noeud, "cdg"),
        mois_appel=_text(noeud, "mois_appel"),
        nature=natures[_text(noeud, "nature")],
        date_exigibilite=_text(noeud, "date_exigibilite"),
        montant_centimes=int(_text(noeud, "montant_centimes")),
        lignes=[_parse_ligne(ligne) for ligne in noeud.iterfind("r:effet_ligne", ESPACE)],
    )


def _parse_ligne(noeud: etree._Element) -> LigneAppel:
    present = noeud.findtext("r:present_centimes", None, ESPACE)
    return LigneAppel(
        mois_rattachement=_text(noeud, "mois_rattachement"),
        libelle=_text(noeud, "libelle"),
        base_centimes=int(_text(noeud, "base_centimes")),
        taux_ppm=int(_text(noeud, "taux_ppm")),
        montant_centimes=int(_text(noeud, "montant_centimes")),
        present_centimes=None if present is None else int(present),
    )


def _text(noeud: etree._Element, nom: str) -> str:
    return noeud.findtext(f"r:{nom}", "", ESPACE)


def _parse_crm(crm: Mapping[str, Any]) -> list[Suite]:
    verdicts = read_valeurs(CRM, "M1", "VERDICT")
    constats: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for dit in crm.get("m2", ()):
        constats[dit["line_no"]].append((dit["message"], dit.get("hint", "")))
    valeurs: dict[int, list[str]] = defaultdict(list)
    for dit in crm.get("m3", ()):
        valeurs[dit["line_no"]].append(_describe(dit))
    return [
        Suite(
            dit["line_no"],
            dit.get("matricule", ""),
            verdicts[dit["verdict"]],
            constats[dit["line_no"]],
            valeurs[dit["line_no"]],
        )
        for dit in crm.get("m1", ())
    ]


def _describe(dite: Mapping[str, Any]) -> str:
    """« Indemnité : 333,73 € (déclarée : 333,73 €) », as far as each is told."""

    def write(nom: str) -> str:
        if dite["unit"] in UNITES:
            return format_montant(dite[nom]) + UNITES[dite["unit"]]
        return format_entier(dite[nom])

    autres = {"declared": "déclaré", "present": "aujourd'hui"}
    suite = ", ".join(f"{mot} {write(nom)}" for nom, mot in autres.items() if nom in dite)
    quoi = dite["name"].replace("_", " ").capitalize()
    return f"{quoi} : {write('computed')}" + (f" ({suite})" if suite else "")
