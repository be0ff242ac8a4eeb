"""What was done to a fund up to a publication, in the order it was done: enough to do it again.

Facts are acts (imports of the registry, decisions) and passages (the scans of the day, the nights,
the hand-overs), as the journal kept them; the bytes of files are in the archive. They go to a file
and come back, so that another engine may play them.

    with maison.moteur.connect() as connexion:
        faits = read_faits(connexion, publication=3)
    parse_faits(format_faits(faits)) == faits
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, func, select

from specs.contrats import codes_of
from warehouse.tables_registre import DECISIONS, IMPORTS_REGISTRE
from warehouse.tables_sql import (
    DEPOTS,
    DESSINS,
    ETAPES,
    ETATS_DEPOT,
    NUITS,
    PUBLICATIONS,
    REMISES,
)

DECIDES = codes_of("depots", "etat", "RECU", "MIS_A_L_ECART")


class FaitsManquants(LookupError):  # noqa: N818 - named in French
    """What the journal kept of a fund is not enough to play it again. Message in French."""


@dataclass(frozen=True, slots=True)
class ImportFait:
    """A file of the registry was imported."""

    numero: int
    instant: str
    sha256: str
    auteur: str
    motif: str
    forme: str
    nom_table: str | None
    genre: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class DecisionFaite:
    """An officer decided; `contenu` is JSON."""

    numero: int
    nature: str
    siren: str | None
    cdg: str | None
    appel: str | None
    montant_centimes: int | None
    contenu: str
    date_effet: date
    auteur: str
    motif: str
    instant: str
    genre: Literal["decision"] = "decision"


@dataclass(frozen=True, slots=True)
class Depose:
    """A file that was received; its bytes are in the archive, unless it was too large."""

    depot: str
    adherent: str
    nom: str
    sha256: str
    octets: int
    utilisateur: str | None


@dataclass(frozen=True, slots=True)
class NuitFaite:
    """A night that published: its date, the engine that it ran with when it is known."""

    publication: int
    date_arrete: date
    version: str | None
    sources: str | None


@dataclass(frozen=True, slots=True)
class PassageFait:
    """All that was done at an instant: what arrived, what was taken out of boxes, and what ran.

    `pris`: (box, file) that companies had taken; `controle`, `dessin`, `remise`: whether files were
    checked, drawn, handed over; `nuit`: the night, None for a scan of the day.
    """

    instant: str
    depots: tuple[Depose, ...] = ()
    pris: tuple[tuple[str, str], ...] = ()
    controle: bool = False
    dessin: bool = False
    remise: bool = False
    nuit: NuitFaite | None = None
    genre: Literal["passage"] = "passage"


Fait = ImportFait | DecisionFaite | PassageFait
_LISTE: TypeAdapter[list[Fait]] = TypeAdapter(list[Fait])


def format_faits(faits: Sequence[Fait]) -> bytes:
    """Facts as JSON."""
    return _LISTE.dump_json(list(faits), indent=1)


def parse_faits(octets: bytes) -> list[Fait]:
    """Facts of `format_faits`."""
    return _LISTE.validate_json(octets)


def read_faits(c: Connection, publication: int) -> list[Fait]:
    """Facts from the first one to the night of a publication, then the drawings of its documents.

    Acts stand before the night that first read them, at their instant otherwise.

    Raises:
        FaitsManquants: the home is older than what is kept for it, or has no such publication.
    """
    passages = _read_passages(c)
    bornees = _read_nuits(c, publication, passages)
    actes: list[ImportFait | DecisionFaite] = [*_read_imports(c), *_read_decisions(c)]
    fin = bornees[-1].passage.instant
    siens = select(DESSINS.c.dessine_le).where(
        DESSINS.c.publication <= publication, DESSINS.c.dessine_le > fin
    )
    dessins = [PassageFait(instant, dessin=True) for instant in sorted(_instants(c, siens))]
    return [*_in_order(bornees, list(passages.values()), actes), *dessins]


def read_tout(c: Connection) -> list[Fait]:
    """Facts up to the last publication, then what came since: acts, scans of the day, no night.

    Raises:
        FaitsManquants: see `read_faits`.
    """
    derniere = c.scalar(select(func.max(PUBLICATIONS.c.numero)))
    if derniere is None:
        return list(_read_suite(c, _Bornee(PassageFait(""))))
    nuit = _read_nuits(c, derniere, _read_passages(c))[-1]
    return [*read_faits(c, derniere), *_read_suite(c, nuit)]


def _read_suite(c: Connection, nuit: _Bornee) -> Iterator[Fait]:
    """Acts that a night had not read, and what was done since; drawings of its own are not."""
    actes: list[ImportFait | DecisionFaite] = [*_read_imports(c), *_read_decisions(c)]
    nouveaux = [acte for acte in actes if not nuit.has_read(acte)]
    passages = [
        replace(passage, dessin=False)
        for passage in _read_passages(c).values()
        if passage.instant > nuit.passage.instant
    ]
    yield from sorted([*nouveaux, *passages], key=lambda fait: fait.instant)


@dataclass(frozen=True, slots=True)
class _Bornee:
    """A night, and the last import and the last decision that it read."""

    passage: PassageFait
    registre: int = 0
    decisions: int = 0

    def has_read(self, acte: ImportFait | DecisionFaite) -> bool:
        """Whether the act was done when it opened."""
        lus = self.registre if isinstance(acte, ImportFait) else self.decisions
        return acte.numero <= lus


def _in_order(
    nuits: Sequence[_Bornee],
    passages: Sequence[PassageFait],
    actes: Sequence[ImportFait | DecisionFaite],
) -> Iterator[Fait]:
    for avant, nuit in pairwise([_Bornee(PassageFait("")), *nuits]):
        fin = nuit.passage.instant
        nouveaux = [acte for acte in actes if nuit.has_read(acte) and not avant.has_read(acte)]
        du_jour = [p for p in passages if avant.passage.instant < p.instant < fin]
        # An act whose clock was ahead of the night that read it still comes before it.
        yield from sorted([*nouveaux, *du_jour], key=lambda fait: min(fait.instant, fin))
        yield nuit.passage


def _read_nuits(
    c: Connection, publication: int, passages: Mapping[str, PassageFait]
) -> list[_Bornee]:
    """The nights that published, up to this publication, and those that ended with nothing new.

    One that was killed and opened again is the last opened.
    """
    colonnes = ("numero", "publication", "date_arrete", "version", "sources", "instant")
    lues = select(*(NUITS.c[nom] for nom in (*colonnes, "registre", "decisions")))
    lignes = c.execute(lues.where(NUITS.c.publication <= publication).order_by("numero")).all()
    dernieres = {ligne.publication: ligne.numero for ligne in lignes}
    faites = set(c.scalars(select(PUBLICATIONS.c.numero)))
    for numero in range(1, publication + 1):
        if numero not in dernieres.keys() & faites:
            raise FaitsManquants(f"publication {numero} : sa nuit n'a pas été gardée")
    closes = set(c.scalars(select(ETAPES.c.portee).where(ETAPES.c.etape == "nuit")))
    jouees = set(dernieres.values()) | {int(portee) for portee in closes}
    return [
        _Bornee(
            replace(
                passages.get(ligne.instant, PassageFait(ligne.instant)),
                nuit=NuitFaite(*ligne[1:5]),
            ),
            ligne.registre,
            ligne.decisions,
        )
        for ligne in lignes
        if ligne.numero in jouees
    ]


def _read_imports(c: Connection) -> Iterator[ImportFait]:
    noms = ("numero", "instant", "sha256", "auteur", "motif", "forme", "nom_table")
    lues = select(*(IMPORTS_REGISTRE.c[nom] for nom in noms)).order_by("numero")
    for ligne in c.execute(lues):
        if ligne.sha256 is None or ligne.forme is None:
            raise FaitsManquants(f"import {ligne.numero} du registre : son fichier n'est pas gardé")
        yield ImportFait(*ligne)


def _read_decisions(c: Connection) -> Iterator[DecisionFaite]:
    noms = [champ.name for champ in fields(DecisionFaite) if champ.name != "genre"]
    lues = select(*(DECISIONS.c[nom] for nom in noms)).order_by("numero")
    yield from (DecisionFaite(*ligne) for ligne in c.execute(lues))


def _read_passages(c: Connection) -> dict[str, PassageFait]:
    """What was done at each instant, nights aside, by instant."""
    depots = _read_depots(c)
    pris = _by_instant(c, select(REMISES.c.retire_le, REMISES.c.adherent, REMISES.c.nom))
    # A deposit that changed state after its arrival was checked.
    # An officer who moves a deposit checks nothing: the next scan does.
    controlee = ETATS_DEPOT.c.etat.not_in(DECIDES)
    controles = _instants(c, select(ETATS_DEPOT.c.instant).where(controlee))
    dessins = _instants(c, select(DESSINS.c.dessine_le))
    remises = _instants(c, select(REMISES.c.remise_le).where(REMISES.c.publication.is_not(None)))
    instants = depots.keys() | pris.keys() | controles | dessins | remises
    return {
        instant: PassageFait(
            instant,
            tuple(depots.get(instant, ())),
            tuple(sorted(set(pris.get(instant, ())))),
            controle=instant in controles,
            dessin=instant in dessins,
            # What is checked in the day is answered by the same scan.
            remise=instant in remises | controles,
        )
        for instant in sorted(instants)
    }


def _read_depots(c: Connection) -> dict[str, list[Depose]]:
    noms = [champ.name for champ in fields(Depose)]
    lues = select(DEPOTS.c.recu_le, *(DEPOTS.c[nom] for nom in noms)).order_by(DEPOTS.c.numero)
    return {instant: [Depose(*d) for d in siens] for instant, siens in _by_instant(c, lues).items()}


def _by_instant(c: Connection, lues: Select[Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows without their first column, the instant; those of none are left out."""
    trouves = defaultdict(list)
    for instant, *valeurs in c.execute(lues):
        trouves[instant].append(tuple(valeurs))
    trouves.pop(None, None)
    return trouves


def _instants(c: Connection, lues: Select[Any]) -> set[str]:
    return set(c.scalars(lues.distinct())) - {None}
