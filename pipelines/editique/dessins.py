"""What is published is composed at once, and drawn afterwards: a drawing to make, and all it says.

It holds its values, the fund's own among them, as JSON: whenever it is drawn, by whichever process,
it has the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.editique.composition import describe_caisse, render_pdf
from pipelines.editique.tableaux import Cellule, Tableau, Tableaux
from pipelines.editique.tableaux_xlsx import render_xlsx
from specs.documents import read_modeles

JOUR = "jour"  # a cell that is a date, which JSON does not have


@dataclass(frozen=True, slots=True)
class Dessin:
    """A file to draw: `forme` (`pdf`, `xlsx`), and what it shows, as JSON has it."""

    forme: str
    contenu: Mapping[str, Any]

    def draw(self) -> bytes:
        """The file; TypstError when its template is wrong."""
        return DESSINATEURS[self.forme](self.contenu)

    def serialize(self) -> bytes:
        """The drawing to make, for the archive."""
        entier = {"forme": self.forme, "contenu": self.contenu}
        return json.dumps(entier, ensure_ascii=False, separators=(",", ":")).encode()


def parse_dessin(octets: bytes) -> Dessin:
    """What `serialize` wrote."""
    entier = json.loads(octets)
    return Dessin(entier["forme"], entier["contenu"])


def compose_pdf(gabarit: str, donnees: Mapping[str, object], jour: date) -> Dessin:
    """A template of `specs/gabarits` and its data; `jour`: see `render_pdf`."""
    completes = {"caisse": describe_caisse(), **donnees}
    return Dessin("pdf", {"gabarit": gabarit, "donnees": completes, "jour": jour.isoformat()})


def compose_xlsx(document: Tableaux) -> Dessin:
    """The tables of a document as a workbook."""
    tableaux = [
        {
            "table": tableau.table.nom,
            "lignes": [[_as_json(cellule) for cellule in ligne] for ligne in tableau.lignes],
            "total": {nom: _as_json(cellule) for nom, cellule in tableau.total.items()},
        }
        for tableau in document.tableaux
    ]
    return Dessin(
        "xlsx",
        {
            "modele": document.modele.nom,
            "identite": document.identite,
            "tableaux": tableaux,
            "date_arrete": document.date_arrete.isoformat(),
            "publication": document.publication,
        },
    )


def _draw_pdf(contenu: Mapping[str, Any]) -> bytes:
    jour = date.fromisoformat(contenu["jour"])
    return render_pdf(contenu["gabarit"], contenu["donnees"], jour)


def _draw_xlsx(contenu: Mapping[str, Any]) -> bytes:
    modele = read_modeles()[contenu["modele"]]
    tableaux = tuple(
        Tableau(
            modele.tables[dit["table"]],
            [[_from_json(cellule) for cellule in ligne] for ligne in dit["lignes"]],
            {nom: _from_json(cellule) for nom, cellule in dit["total"].items()},
        )
        for dit in contenu["tableaux"]
    )
    identite = tuple((nom, valeur) for nom, valeur in contenu["identite"])
    jour = date.fromisoformat(contenu["date_arrete"])
    return render_xlsx(Tableaux(modele, identite, tableaux, jour, contenu["publication"]))


def _as_json(cellule: Cellule) -> object:
    return {JOUR: cellule.isoformat()} if isinstance(cellule, date) else cellule


def _from_json(cellule: Any) -> Cellule:  # noqa: ANN401 - what JSON holds
    if isinstance(cellule, dict):
        return date.fromisoformat(cellule[JOUR])
    valeur: Cellule = cellule
    return valeur


DESSINATEURS: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    "pdf": _draw_pdf,
    "xlsx": _draw_xlsx,
}
