"""The receipt of a deposit: an XML file of the company's `retour/` (specs/xsd/accuse.xsd)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from lxml import etree

from pipelines.reception.regles import Mode
from warehouse.instants import format_instant
from warehouse.journal import Depot

Verdict = Literal["RECU", "ILLISIBLE", "DOUBLON"]

ESPACE_NOMS = "urn:caisse:accuse:1"
PARIS = ZoneInfo("Europe/Paris")

MESSAGES: dict[Verdict, str] = {
    "RECU": "Le fichier est arrivé entier. Son contrôle suit en quelques minutes.",
    "ILLISIBLE": "Le fichier est refusé sans être lu.",
    "DOUBLON": "Ce contenu a déjà été reçu : le premier dépôt fait foi, celui-ci est sans effet.",
}


@dataclass(frozen=True, slots=True)
class Accuse:
    """What a receipt says.

    Attributes:
        depot: number of the deposit (D00000123).
        adherent: number of the company.
        nom: name given by the company, made legible.
        octets: size of the file.
        sha256: digest of its bytes.
        recu_le: instant of reception, UTC, ISO 8601.
        mode: test or real, as the file says.
        verdict: RECU, ILLISIBLE or DOUBLON.
        motif: why it is refused and what to do (French), empty when it is not.
        avertissement: a remark that changes nothing to the verdict, empty without one.
        original: number and instant of the first deposit, for a DOUBLON.
    """

    depot: str
    adherent: str
    nom: str
    octets: int
    sha256: str
    recu_le: str
    mode: Mode
    verdict: Verdict
    motif: str = ""
    avertissement: str = ""
    original: tuple[str, str] | None = None


def build_accuse(
    depot: Depot,
    mode: Mode,
    verdict: Verdict,
    original: Depot | None,
    motif: str = "",
    avertissement: str = "",
) -> Accuse:
    """The receipt of a deposit; `original`: the one that it repeats."""
    return Accuse(
        depot=depot.depot,
        adherent=depot.adherent,
        nom=depot.nom,
        octets=depot.octets,
        sha256=depot.sha256,
        recu_le=depot.recu_le,
        mode=mode,
        verdict=verdict,
        motif=motif,
        avertissement=avertissement,
        original=None if original is None else (original.depot, original.recu_le),
    )


def compute_nom_accuse(depot: str) -> str:
    """Name of the receipt's file: built from our number, never from the company's name."""
    return f"ACK_{depot}.xml"


def format_accuse(accuse: Accuse) -> bytes:
    """The receipt in XML, UTF-8; the same receipt always gives the same bytes."""
    racine = etree.Element(_tag("accuse"), nsmap={None: ESPACE_NOMS})  # type: ignore[dict-item]
    _append_all(
        racine,
        depot=accuse.depot,
        adherent=accuse.adherent,
        nom=accuse.nom,
        octets=str(accuse.octets),
        sha256=accuse.sha256,
        **_instants(accuse.recu_le),
        mode=accuse.mode,
        verdict=accuse.verdict,
        message=MESSAGES[accuse.verdict],
        motif=accuse.motif,
        avertissement=accuse.avertissement,
    )
    if accuse.original is not None:
        depot, recu_le = accuse.original
        original = etree.SubElement(racine, _tag("original"))
        _append_all(original, depot=depot, **_instants(recu_le))
    return etree.tostring(racine, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _append_all(parent: etree._Element, **textes: str) -> None:
    """Add one child a text, in order; an empty text has no element."""
    for nom, texte in textes.items():
        if texte:
            etree.SubElement(parent, _tag(nom)).text = texte


def _instants(recu_le: str) -> dict[str, str]:
    """One instant told twice: for machines (UTC) and for people (legal time in France)."""
    instant = datetime.fromisoformat(recu_le)
    return {
        "recu_le": format_instant(instant),
        "recu_le_paris": instant.astimezone(PARIS).isoformat(timespec="seconds"),
    }


def _tag(nom: str) -> str:
    return f"{{{ESPACE_NOMS}}}{nom}"
