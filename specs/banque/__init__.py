"""What is exchanged with the bank, as data: messages read, reasons of return, schema of debits.

`pain.008.001.08.xsd` is the schema of ISO 20022 (2019), as distributed. The schemas of camt.053,
camt.054 and pain.002 are in no package: `parsers.banque` reads them with its own strict rules.

    >>> read_motif("AM04").consequence
    'REPRESENTER'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from specs.fichiers import read_yaml

CONSEQUENCES = ("REPRESENTER", "SUSPENDRE", "ARRETER")
ESPACE_ISO = "urn:iso:std:iso:20022:tech:xsd:"
PRELEVEMENTS = "pain.008.001.08"


@dataclass(frozen=True, slots=True)
class Motif:
    """A reason of return: what it means, and what follows (one of CONSEQUENCES)."""

    code: str
    libelle: str
    consequence: str


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
def read_motifs() -> Mapping[str, Motif]:
    """The reasons that are listed, by code."""
    motifs = read_yaml(__name__, "motifs")["motifs"]
    return MappingProxyType({code: Motif(code, **entree) for code, entree in motifs.items()})


def read_motif(code: str) -> Motif:
    """The reason `code`; one that is not listed stops everything until somebody has looked."""
    defaut = Motif(code, "motif inconnu", read_yaml(__name__, "motifs")["defaut"])
    return read_motifs().get(code, defaut)


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


def read_xsd() -> bytes:
    """The schema that a file of direct debits must be valid against."""
    return files(__name__).joinpath(f"{PRELEVEMENTS}.xsd").read_bytes()
