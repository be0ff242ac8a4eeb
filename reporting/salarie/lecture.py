"""What one employee reads: his own rows, by one function, and what names them in an address.

Nothing else of the publication is read but the names of his companies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from reporting.demande import Introuvable
from reporting.lecture import scan_table
from specs.contrats import PLACES, read_contrat
from specs.salarie import Table, find_table, read_tables
from warehouse.maison import Maison

ABSENT = "Cette page n'existe pas."
SALARIE, CERTIFICATS = "salarie", "certificats"
CHIFFRES = 16  # of a reference: enough among the rows of one person
Rangee = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Siennes:
    """The rows of an employee as of the last publication, by table, and his companies by SIREN."""

    maison: Maison
    salarie: str
    arrete: Any

    def read(self, nom: str) -> pl.DataFrame:
        """His rows of a table, in its order, with the columns that are his and those of its key.

        A certificate is his once the company had the time to read it again.
        """
        table = find_table(nom)
        lues = scan_table(self.maison, nom).filter(pl.col(SALARIE) == self.salarie)
        if nom == CERTIFICATS:
            lues = lues.filter(pl.col("visible_le") <= self.arrete)
        noms = list(dict.fromkeys([*list_cle(table), *table.colonnes]))
        return lues.select(noms).collect().sort(list_cle(table))

    def name(self, nom: str) -> Iterator[dict[str, Any]]:
        """The same as rows, each with its `reference`."""
        cle = list_cle(find_table(nom))
        for ligne in self.read(nom).to_dicts():
            yield ligne | {"reference": refer(nom, {n: ligne[n] for n in cle})}

    def find(self, nom: str, reference: str) -> tuple[Table, Rangee]:
        """The row of this reference; Introuvable when none of his has it."""
        if nom not in read_tables():
            raise Introuvable(ABSENT)
        for ligne in self.name(nom):
            if ligne["reference"] == reference:
                return find_table(nom), ligne
        raise Introuvable(ABSENT)

    def read_employeurs(self) -> Mapping[str, str]:
        """Names of the companies that declared him, or whose leave or stop he has, by SIREN."""
        sirens = self.read("salaries")["siren"]
        noms = scan_table(self.maison, "adherents").filter(pl.col("siren").is_in(sirens.implode()))
        return dict(noms.select("siren", "raison_sociale").collect().iter_rows())


def list_cle(table: Table) -> list[str]:
    """Columns of the key of a table, the employee himself left out."""
    return [nom for nom in read_contrat(table.nom).cle if nom not in PLACES and nom != SALARIE]


def refer(table: str, cle: Rangee) -> str:
    """What names a row in an address: a digest, as its key may hold the pseudonym."""
    dit = json.dumps([table, cle], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(dit.encode()).hexdigest()[:CHIFFRES]
