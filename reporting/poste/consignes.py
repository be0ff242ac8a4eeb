"""The runbook of an alert: its part of `docs/exploitation.md`, as it is written there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reporting.demande import Introuvable
from specs.contrats import valeurs_of
from specs.exploitation import read_alertes_exploitation

PAGE = Path(__file__).parents[2] / "docs" / "exploitation.md"
TITRE = re.compile(r"^### (?P<titre>.+)$", re.MULTILINE)
SUITE = re.compile(r"^#{2,3} ", re.MULTILINE)
GRAS = re.compile(r"\*\*(.+?)\*\*")
LIEN = re.compile(r"\[([^\]]+)\]\([^)]+\)")
CITE = re.compile(r"[«`]\s?([^»`]+?)\s?[»`]")
PUCE = re.compile(r"^(?:\d+\.|-) ")


@dataclass(frozen=True, slots=True)
class Consigne:
    """What an alert is, what to do about it: paragraphs, with code between backquotes.

    `autres`: the other runbooks that they send to.
    """

    titre: str
    paragraphes: Sequence[str]
    autres: Sequence[str]


def list_codes() -> list[str]:
    """Alerts that have a runbook: those of the nights, those of the machine."""
    return [*valeurs_of("alertes", "nature"), *read_alertes_exploitation()]


def read_consigne(titre: str) -> Consigne:
    """The part of the page that has this title; Introuvable when there is none."""
    texte = PAGE.read_text("utf-8") if PAGE.exists() else ""
    titres = [trouve["titre"].strip("`") for trouve in TITRE.finditer(texte)]
    for trouve in TITRE.finditer(texte):
        if trouve["titre"].strip("`") == titre:
            corps = SUITE.split(texte[trouve.end() :], maxsplit=1)[0]
            paragraphes = _list_paragraphes(corps)
            dits = {cite for paragraphe in paragraphes for cite in CITE.findall(paragraphe)}
            return Consigne(titre, paragraphes, [t for t in titres if t in dits - {titre}])
    raise Introuvable(f"Aucune consigne de ce nom : « {titre[:40]} ».")


def _list_paragraphes(corps: str) -> list[str]:
    """Paragraphs and steps of a list, each on one line, without its marks."""
    morceaux: list[str] = []
    ouvert = False
    for ligne in corps.splitlines():
        if not ligne.strip():
            ouvert = False
            continue
        if not ouvert or PUCE.match(ligne) or ligne.startswith("**"):
            morceaux.append(ligne.strip())
        else:
            morceaux[-1] += f" {ligne.strip()}"
        ouvert = True
    return [LIEN.sub(r"\1", GRAS.sub(r"\1", morceau)) for morceau in morceaux]
