"""What a business offers to the night, the publication, the command line and the tests.

A place is written `module:name` and found when it is used: knowing the businesses costs nothing to
who only lists them (a DAG file, the help of a command).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pkgutil import resolve_name
from typing import Any


class Portee(StrEnum):
    """What a step is run on: the whole fund, a lot of deposits, a shard of companies."""

    CAISSE = "caisse"
    LOT = "lot"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Etape:
    """A step of the night.

    `prepare`: place of the function that reads and says what is to be done (see
    `pipelines.nuit.execution`); `agit` instead: place of one that does it all, from a Passage and
    the lot. `plan`: place of the function that lists lots or shards, from the house, the date and
    the businesses. `temps`: the task of the night that runs it, with its neighbours of the same;
    its own name when empty. `apres`: steps that come before it though their business is listed
    later. `lit` and `ecrit`: tables of the lake (`*name`: those of a family). `titre`: what
    operators read of the task that it begins. `partage`: what its shards are made from, the company
    or the employee (`salarie`). `regroupe`: a night that received nothing may run it on all its
    shards as one. `en_essai`: run for a test deposit too, on a view that is thrown
    away.
    """

    nom: str
    portee: Portee
    prepare: str = ""
    agit: str = ""
    plan: str = ""
    temps: str = ""
    apres: tuple[str, ...] = ()
    lit: tuple[str, ...] = ()
    ecrit: tuple[str, ...] = ()
    pool: str = "calcul"
    titre: str = ""
    partage: str = "siren"
    en_essai: bool = False
    regroupe: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Files that a publication owes: `compose`, from the house and the night, gives the letters.

    `par_depot`: one letter a deposit, so that the deposit at fault can be found. `au_choix`: the
    code by which a company says how it receives it (`envois_documents`); None: it always does.
    `ensemble`: one file tells of many companies: it is composed of all of them at once.
    """

    nom: str
    compose: str
    par_depot: bool = False
    au_choix: str | None = None
    ensemble: bool = False


@dataclass(frozen=True, slots=True)
class Explicable:
    """A table whose rows, named by `cle`, can be explained; `par_ligne`: and their lines."""

    table: str
    cle: str
    explique: str
    par_ligne: bool = False


@dataclass(frozen=True, slots=True)
class Recit:
    """A table whose rows are told in plain words to the employee whom they are about.

    `raconte`: place of the function from the reader and the row to sentences, in the layout of an
    explanation: a title, an introduction, parts.
    """

    table: str
    raconte: str


@dataclass(frozen=True, slots=True)
class Liste:
    """A command that lists a published table; `aide`: its help, in French.

    `commande`: its name; two words: the second in the group of the first, which a `Metier` helps.
    `autre`: an option that lists another table instead: its name, the table, its help.
    """

    commande: str
    table: str
    aide: str
    autre: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class NatureFichier:
    """A kind of file that comes in.

    `reconnait`: place of what tells, of a `Recu`, that it is one; none for the kind of what no
    other takes. `lit`: place of its reader, from those of a lot and the businesses to a `Lu` (see
    `pipelines.controle.natures`). `tables`: those of the lake that it fills. `voiles`: their
    columns in clear, each with the one that bears its pseudonym instead. `definitif`: a conforming
    one waits for nothing else. `entier`: place of what tells that nothing can follow the bytes
    read. `mode`: place of what they say of themselves, test or real. `accuse`: place of the
    receipts, from the house and pairs (receipt of any file, `Recu`) to the named files of each.
    `admet`: place of what the house decides of files that were read (see
    `pipelines.controle.admission`). `repond`: place of what is owed as soon as they are, from the
    house, the deposits and their reading to letters. `redit`: place of what is owed for one that
    repeats another, from the house, the deposit and its original to letters. `corrige`: place of
    what a machine may put right, from the `Recu`, its kind and its anomalies to a mapping an
    anomaly, none where a person decides.
    """

    nom: str
    lit: str
    reconnait: str = ""
    tables: tuple[str, ...] = ()
    voiles: tuple[tuple[str, str], ...] = ()
    definitif: bool = False
    entier: str = ""
    mode: str = ""
    accuse: str = ""
    admet: str = ""
    repond: str = ""
    redit: str = ""
    corrige: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a business keeps of conforming DSN: a table of the lake, filled piece by piece.

    `extrait`: place of the function from blocks of the norm (by name, without those of the files
    already refused) and the settings of the fund to rows. `blocs`: the blocks that it reads,
    parents included. `voiles`: see `NatureFichier`. `edition`: another one has the archive read
    again.
    """

    table: str
    extrait: str
    blocs: tuple[str, ...]
    voiles: tuple[tuple[str, str], ...] = ()
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Metier:
    """A business: a folder of `pipelines`, whole. Every field is what it offers; none is required.

    `audits`: place of what the audit asks of its tables. `decisions`: place of the natures of
    decision. `cas`: domain of golden cases, and the place of its runner. `etats`: what became
    of the deposits tonight. `scelle`: what is to be remembered with a publication. `alertes`: what
    operators are asked to look at. `gardes`: what may forbid a publication. `essai`: what a test
    deposit would have given. `regularisations`: place of what files RCP tell, from the house,
    months of companies (siren, mois) and the version of the registry to records 50 (fields in lower
    case) with siren, cdg and mois, in the order in which they are told. `listes`: commands of the
    command line, each with its table; `aide`: help of the group that the first of two words names.
    `recits`: what it tells an employee of himself. `simule`: place of what a leave would give him.
    `impressions`: place of what it has printed (`pipelines.editique.impression.Impressions`).
    `natures`: kinds of file that it reads. `extractions`: what it keeps of the DSN.
    """

    nom: str
    etapes: tuple[Etape, ...] = ()
    documents: tuple[Document, ...] = ()
    audits: str = ""
    explications: tuple[Explicable, ...] = ()
    recits: tuple[Recit, ...] = ()
    cas: tuple[tuple[str, str], ...] = ()
    etats: str = ""
    scelle: str = ""
    alertes: str = ""
    gardes: tuple[str, ...] = ()
    essai: str = ""
    regularisations: str = ""
    decisions: str = ""
    listes: tuple[Liste, ...] = ()
    impressions: str = ""
    simule: str = ""
    natures: tuple[NatureFichier, ...] = ()
    extractions: tuple[Extraction, ...] = ()
    aide: str = ""


def list_natures(metiers: Sequence[Metier]) -> dict[str, Any]:
    """The natures of decision that they offer (`warehouse.decisions.Nature`), by code."""
    offertes = (find(metier.decisions) for metier in metiers if metier.decisions)
    return {nature.nom: nature for natures in offertes for nature in natures}


def find(lieu: str) -> Any:  # noqa: ANN401 - whatever stands at that place
    """What stands at `module:name`; ImportError or AttributeError when nothing does."""
    return resolve_name(lieu)
