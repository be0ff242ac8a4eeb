"""What is exchanged with the bank, as data: messages read, reasons of return, schemas of orders.

`pain.001.001.09.xsd` and `pain.008.001.08.xsd` are the schemas of ISO 20022 (2019), as distributed;
those of the messages that banks send are in `specs/xsd`.

    >>> read_motif("AM04", date(2026, 4, 30)).consequence
    'REPRESENTER'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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
PRELEVEMENTS, VIREMENTS = "pain.008.001.08", "pain.001.001.09"
RELEVE, STATUT = "releve", "statut"
REFUSE, ATTENTE = "REFUSE", "ATTENTE"
_VERSION = re.compile(r"((?:camt|pain)\.\d{3})\.001\.(\d{2})", re.ASCII)


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
    """A message that is read: its name (`camt.053`), French name, elements (see `messages.yaml`).

    `schemas`: numbers of the versions whose schema is known.
    """

    nom: str
    libelle: str
    corps: str
    releve: str
    ecriture: str
    schemas: tuple[int, ...]
    groupe: str | None = None
    detail: str | None = None

    def nearest(self, version: int) -> int:
        """The version whose schema is used for `version`: itself, or the nearest one."""
        return min(self.schemas, key=lambda n: (abs(n - version), -n))

    def read_schema(self, version: int) -> bytes:
        """The official schema of a version of `schemas`."""
        return files("specs.xsd").joinpath(f"{self.nom}.001.{version:02}.xsd").read_bytes()


@dataclass(frozen=True, slots=True)
class Statut:
    """What a bank says of what it was handed: `effet` REFUSE or ATTENTE (see `statuts.yaml`)."""

    code: str
    libelle: str
    effet: str


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
    """The messages that are read, by name (`camt.053`)."""
    messages = read_yaml(__name__, "messages")["messages"]
    return MappingProxyType(
        {nom: Message(nom, **e | {"schemas": tuple(e["schemas"])}) for nom, e in messages.items()}
    )


def read_message_version(nom_complet: str) -> tuple[Message, int] | None:
    """The message and the number of its version (`camt.053.001.08`); None when it is not read."""
    trouve = _VERSION.fullmatch(nom_complet)
    message = read_messages().get(trouve[1]) if trouve else None
    return (message, int(trouve[2])) if trouve and message else None


@cache
def read_chemins(famille: str, version: int) -> Mapping[str, tuple[str, ...]]:
    """Paths of each value in a version, its own first; `famille`: RELEVE or STATUT."""
    sections = read_yaml(__name__, "chemins")[famille]
    return MappingProxyType(
        {
            nom: _ordered(entrees, version)
            for section in sections.values()
            for nom, entrees in section.items()
        }
    )


def _ordered(entrees: Iterable[Mapping[str, Any]], version: int) -> tuple[str, ...]:
    def ailleurs(entree: Mapping[str, Any]) -> bool:
        return not entree.get("depuis", 0) <= version <= entree.get("jusque", version)

    return tuple(entree["chemin"] for entree in sorted(entrees, key=ailleurs))


@cache
def read_statuts() -> Mapping[str, Statut]:
    """The statuses that are listed, by code."""
    statuts = read_yaml(__name__, "statuts")["statuts"]
    return MappingProxyType({code: Statut(code, **entree) for code, entree in statuts.items()})


@cache
def read_sans_reference() -> frozenset[str]:
    """Words that say that there is no reference, in capitals, letters and digits only."""
    return frozenset(read_yaml(__name__, "statuts")["sans_reference"])


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


@cache
def read_comptes_en_cause() -> frozenset[str]:
    """Reasons for which a transfer fails because of the account that it credits."""
    return frozenset(read_yaml(__name__, "virements")["compte_en_cause"])


def read_xsd(message: str) -> bytes:
    """The schema that a file of orders must be valid against: PRELEVEMENTS or VIREMENTS."""
    return files(__name__).joinpath(f"{message}.xsd").read_bytes()
