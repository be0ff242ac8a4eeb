"""What is exchanged with the bank, as data: messages read, reasons of return, schema of debits.

`pain.008.001.08.xsd` is the schema of ISO 20022 (2019), as distributed. The schemas of camt.053,
camt.054 and pain.002 are in no package: `parsers.banque` reads them with its own strict rules.

    >>> read_motif("AM04", date(2026, 4, 30)).consequence
    'REPRESENTER'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_yaml

DEBITEUR, CREANCIER, TECHNIQUE = "DEBITEUR", "CREANCIER", "TECHNIQUE"
REPRESENTER, SUSPENDRE, ARRETER = "REPRESENTER", "SUSPENDRE", "ARRETER"
REMETTRE, REMETTRE_ECHUE = "REMETTRE", "REMETTRE_ECHUE"
FAUTES = (DEBITEUR, CREANCIER, TECHNIQUE)
CONSEQUENCES = (REPRESENTER, SUSPENDRE, ARRETER, REMETTRE, REMETTRE_ECHUE)
ESPACE_ISO = "urn:iso:std:iso:20022:tech:xsd:"
PRELEVEMENTS = "pain.008.001.08"


@dataclass(frozen=True, slots=True)
class Motif:
    """A reason of return: what it means, whose fault (FAUTES), what follows (CONSEQUENCES)."""

    code: str
    libelle: str
    faute: str
    consequence: str

    @property
    def remet(self) -> bool:
        """Whether the debit is to be handed over again, nothing being asked of the company."""
        return self.consequence in {REMETTRE, REMETTRE_ECHUE}


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is read: short name, French name, element under the root, what repeats."""

    version: str
    nom: str
    libelle: str
    corps: str
    releve: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What an entry of this family (`sous_famille` None: any) and sign is for the fund."""

    famille: str
    sous_famille: str | None
    sens: str
    nature: str


@cache
def read_codes_motifs() -> frozenset[str]:
    """The codes of the reasons that are listed."""
    return frozenset(read_yaml(__name__, "motifs")["motifs"])


@cache
def read_motif(code: str, jour: date, *, collectif: bool = False) -> Motif:
    """The reason `code` as of `jour`; one that is not listed stops everything until somebody looks.

    `collectif`: it refuses a whole file or batch, which no debtor can be the cause of.
    """
    contenu = read_yaml(__name__, "motifs")
    lu = contenu["motifs"].get(code, {"libelle": "motif inconnu", "suites": contenu["defaut"]})
    suite = _in_force(lu["suites"], jour)
    if collectif and suite["consequence"] not in {REMETTRE, REMETTRE_ECHUE}:
        return Motif(code, lu["libelle"], CREANCIER, REMETTRE)
    return Motif(code, lu["libelle"], suite["faute"], suite["consequence"])


def _in_force(suites: Sequence[Mapping[str, Any]], jour: date) -> Mapping[str, Any]:
    """The last that has begun; the first one before all of them."""
    return next((s for s in reversed(suites) if s["debut"] <= jour), suites[0])


@cache
def read_messages() -> Mapping[str, Message]:
    """The messages that are read, by version (`camt.053.001.08`)."""
    messages = read_yaml(__name__, "messages")["messages"]
    return MappingProxyType({v: Message(v, **entree) for v, entree in messages.items()})


@cache
def read_operations() -> tuple[Operation, ...]:
    """The kinds of entries: the first that agrees holds."""
    operations = read_yaml(__name__, "operations")["operations"]
    return tuple(Operation(**entree) for entree in operations)


def asks_address(pays: str) -> bool:
    """Whether a debit on an account of this country must give the address of the debtor.

    >>> asks_address("CH"), asks_address("FR")
    (True, False)
    """
    return pays not in read_yaml(__name__, "espace_economique")["pays"]


def read_xsd() -> bytes:
    """The schema that a file of direct debits must be valid against."""
    return files(__name__).joinpath(f"{PRELEVEMENTS}.xsd").read_bytes()
