"""An audit: a file of SQL that returns the rows that are wrong, none when all is right.

Written from the text of the rules, never from the code that it checks. Its columns are identifiers
and integers, no personal value; `siren` names the company that a row is about, null when it is
nobody's. What it may read: `moteur`.

    AUDITS = Audits(list_audits(Path(__file__).parent, "appels_lignes", "appels_publies"))
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COMMENTAIRE = re.compile(r"--.*")


@dataclass(frozen=True, slots=True)
class Audit:
    """A request by its name: an audit, or a sum that several audits read and that is made once."""

    nom: str
    fichier: Path

    @property
    def requete(self) -> str:
        """The SQL, without its comments."""
        return _read_requete(self.fichier)

    @property
    def mots(self) -> frozenset[str]:
        """Every word of the SQL: the tables that it reads are among them."""
        return _split_mots(self.requete)


@dataclass(frozen=True, slots=True)
class Audits:
    """What a business gives, or all of them; `sommes`: made once, in this order, for the others."""

    audits: tuple[Audit, ...]
    sommes: tuple[Audit, ...] = ()


def unite_audits(donnes: Iterable[Audits]) -> Audits:
    """Those of several businesses, in their order."""
    tous = tuple(donnes)
    return Audits(
        tuple(audit for audits in tous for audit in audits.audits),
        tuple(somme for audits in tous for somme in audits.sommes),
    )


def list_audits(dossier: Path, *noms: str) -> tuple[Audit, ...]:
    """The requests of a folder, one file `<nom>.sql` each, in this order."""
    return tuple(Audit(nom, dossier / f"{nom}.sql") for nom in noms)


@cache
def _read_requete(fichier: Path) -> str:
    return COMMENTAIRE.sub("", fichier.read_text("utf-8"))


@cache
def _split_mots(requete: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", requete))
