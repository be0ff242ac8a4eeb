"""Anchors: each publication seals what the base held then, after the anchor before it.

An anchor is a row of the base and a line of a file outside it. Its seal is keyed: who can write the
base and not the key can neither rewrite the past, nor shorten it, nor put another in its place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from warehouse.audit import read_tete
from warehouse.disque import sync_dossier
from warehouse.preuves.segments import Segment, compute_segments
from warehouse.tables_sql import ANCRAGES, PUBLICATIONS

FICHIER = Path("preuves") / "ancrages.jsonl"
ORIGINE = "0" * 64


@dataclass(frozen=True, slots=True)
class Ancrage:
    """What was sealed with a publication: the head of the audit trail, a segment a table."""

    publication: int
    rang: int
    tete: str
    segments: Mapping[str, Segment]
    sceau: str

    def seal(self, cle: bytes, precedent: str) -> str:
        """The seal that it should have, after the one before."""
        return hmac.new(cle, f"{precedent}\n{self._render()}".encode(), hashlib.sha256).hexdigest()

    def line(self) -> str:
        """Its line in the file."""
        return json.dumps([self._render(), self.sceau], ensure_ascii=False)

    def _render(self) -> str:
        contenu = [self.publication, self.rang, self.tete, _dump(self.segments)]
        return json.dumps(contenu, separators=(",", ":"))


def record_ancrage(c: Connection, publication: int, cle: bytes) -> None:
    """Seal, in the transaction of a publication, all that the base holds."""
    precedent = read_dernier(c)
    depuis = {n: s.jusqu_a for n, s in precedent.segments.items()} if precedent else {}
    rang, tete = read_tete(c)
    segments = compute_segments(c, depuis)
    ouvert = Ancrage(publication, rang, tete, segments, "")
    sceau = ouvert.seal(cle, precedent.sceau if precedent else ORIGINE)
    c.execute(
        insert(ANCRAGES).values(
            publication=publication, rang=rang, tete=tete, segments=_dump(segments), sceau=sceau
        )
    )


def read_ancrages(c: Connection, sauf: int = 0) -> list[Ancrage]:
    """Every anchor but the first `sauf`, in the order of the publications."""
    lus = select(ANCRAGES).order_by(ANCRAGES.c.publication).offset(sauf)
    return [_parse(*ligne) for ligne in c.execute(lus)]


def read_dernier(c: Connection) -> Ancrage | None:
    """The last anchor; None before the first one."""
    lu = select(ANCRAGES).order_by(ANCRAGES.c.publication.desc()).limit(1)
    ligne = c.execute(lu).one_or_none()
    return _parse(*ligne) if ligne else None


def write_fichier(c: Connection, dossier: Path) -> None:
    """Add to the file the anchors that it does not have: those of the base after its last line."""
    chemin = dossier / FICHIER
    lignes = read_fichier(dossier)
    manquants = read_ancrages(c, sauf=len(lignes))
    if not manquants:
        return
    chemin.parent.mkdir(mode=0o700, exist_ok=True)
    with chemin.open("ab") as fichier:
        fichier.truncate(sum(len(ligne) + 1 for ligne in lignes))  # one that was cut
        fichier.writelines(f"{ancrage.line()}\n".encode() for ancrage in manquants)
        fichier.flush()
        os.fsync(fichier.fileno())
    sync_dossier(chemin.parent)


def read_fichier(dossier: Path) -> list[str]:
    """Whole lines of the file of a home; one that was cut is not there."""
    chemin = dossier / FICHIER
    if not chemin.exists():
        return []
    # One character a byte: what was damaged is read too.
    return chemin.read_bytes().decode("latin-1").split("\n")[:-1]


def check_dernier(c: Connection, dernier: Ancrage, dossier: Path, cle: bytes) -> Iterator[str]:
    """What does not agree of the last anchor alone, in French: what came with it is read again."""
    publiee = c.scalar(select(func.max(PUBLICATIONS.c.numero)))
    if publiee != dernier.publication:
        yield f"le dernier sceau n'est pas celui de la dernière publication ({publiee})"
    avants = select(ANCRAGES).where(ANCRAGES.c.publication < dernier.publication)
    ligne = c.execute(avants.order_by(ANCRAGES.c.publication.desc()).limit(1)).one_or_none()
    avant = _parse(*ligne) if ligne else None
    if dernier.seal(cle, avant.sceau if avant else ORIGINE) != dernier.sceau:
        yield "le sceau n'est pas celui de son contenu et du sceau d'avant"
    if avant is not None:  # the first one sealed all that was there before
        depuis = {nom: segment.jusqu_a for nom, segment in avant.segments.items()}
        yield from _compare_segments(c, dernier, depuis)
    lignes = read_fichier(dossier)[-1:]
    if lignes and _publication_of(lignes[0]) > dernier.publication:
        yield f"{FICHIER} a une publication que la base n'a plus"


def list_breaks(c: Connection, dossier: Path, cle: bytes) -> Iterator[str]:
    """What does not agree, in French: a seal, a segment, a publication without anchor, the file."""
    precedent, depuis = ORIGINE, dict[str, int]()
    ancrages = read_ancrages(c)
    for ancrage in ancrages:
        dit = f"publication {ancrage.publication}"
        if not hmac.compare_digest(ancrage.seal(cle, precedent), ancrage.sceau):
            yield f"{dit} : le sceau n'est pas celui de son contenu et du sceau d'avant"
        for ecart in _compare_segments(c, ancrage, depuis):
            yield f"{dit} : {ecart}"
        precedent = ancrage.sceau
        depuis |= {nom: segment.jusqu_a for nom, segment in ancrage.segments.items()}
    premiere = ancrages[0].publication if ancrages else 0
    publiees = c.scalar(select(func.count()).where(PUBLICATIONS.c.numero >= premiere))
    if ancrages and publiees != len(ancrages):
        yield "publications : une publication n'a pas son sceau, ou un sceau sa publication"
    yield from _compare_file([ancrage.line() for ancrage in ancrages], read_fichier(dossier))


def _compare_segments(c: Connection, ancrage: Ancrage, depuis: Mapping[str, int]) -> Iterator[str]:
    vus = {nom: segment.jusqu_a for nom, segment in ancrage.segments.items()}
    for nom, segment in compute_segments(c, depuis, vus).items():
        if segment != ancrage.segments[nom]:
            yield f"table {nom}, des lignes ont été changées, ajoutées ou retirées"


def _publication_of(ligne: str) -> int:
    """The publication of a line of the file; 0 when it can't be read."""
    try:
        return int(json.loads(json.loads(ligne)[0])[0])
    except (ValueError, TypeError, IndexError):
        return 0


def _compare_file(base: list[str], fichier: list[str]) -> Iterator[str]:
    if len(fichier) > len(base):
        yield f"{FICHIER} : publications qui ne sont plus dans la base : {len(fichier) - len(base)}"
    for rang, (ligne, autre) in enumerate(zip(base, fichier, strict=False), start=1):
        if ligne != autre:
            yield f"{FICHIER}, ligne {rang} : la base dit autre chose"


def _parse(publication: int, rang: int, tete: str, segments: str, sceau: str) -> Ancrage:
    lus = {nom: Segment(*valeurs) for nom, valeurs in json.loads(segments).items()}
    return Ancrage(publication, rang, tete, lus, sceau)


def _dump(segments: Mapping[str, Segment]) -> str:
    dits = {nom: [segments[nom].jusqu_a, segments[nom].empreinte] for nom in sorted(segments)}
    return json.dumps(dits, separators=(",", ":"))
