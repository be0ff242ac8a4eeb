"""An effect as operators read it: lines for a terminal, a workbook, a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau
from pipelines.editique.tableaux_xlsx import render_xlsx
from specs.contrats import read_contrat
from specs.documents import read_modeles
from specs.typographie import format_compte, format_euros
from warehouse.retraitements import Changement, Effet, Montant, format_effet, list_montants

MODELE = "retraitement"
REMIS, RETENU = "remis en plus", "plus remis"
LIGNES_CITEES = 20


def describe_effet(effet: Effet) -> Iterator[str]:
    """The lines of a terminal."""
    if effet.nul:
        yield "Rien ne changerait."
        return
    nuit = f"{effet.date_arrete:%d/%m/%Y}, après la publication {effet.publication}"
    yield f"Nuit arrêtée au {nuit} :"
    for changement in effet.changements:
        yield from _describe(changement)
    for titre, noms in (("remis en plus", effet.documents), ("plus remis", effet.retenus)):
        if noms:
            yield f"  {format_compte(len(noms), 'document')} {titre} :"
        yield from (f"    {boite}/{nom}" for boite, nom in noms[:LIGNES_CITEES])
        if len(noms) > LIGNES_CITEES:
            yield f"    et {len(noms) - LIGNES_CITEES} autres"


def _describe(changement: Changement) -> Iterator[str]:
    titre = read_contrat(changement.table).titre
    comptes = [
        f"{nombre} {mot}"
        for nombre, mot in (
            (changement.plus, "de plus"),
            (changement.moins, "de moins"),
            (changement.autres, "modifiées"),
        )
        if nombre
    ]
    yield f"  {changement.table} ({titre}), {_whose(changement)} : lignes {', '.join(comptes)}"
    for montant in list_montants(changement):
        avant, apres, ecart = map(format_euros, (montant.avant, montant.apres, montant.ecart))
        yield f"    {montant.titre} : {avant} -> {apres} ({ecart})"


def write_markdown(effet: Effet) -> Iterator[str]:
    """The blocks of a screen of the scheduler: amounts and counts, no name of a file."""
    yield f"Nuit arrêtée au {effet.date_arrete:%d/%m/%Y}, après la publication {effet.publication}."
    montants = [montant for c in effet.changements for montant in list_montants(c)]
    if montants:
        lignes = ["| Table | De qui | Montant | Avant | Après | Écart | Banque |"]
        lignes += ["|---|---|---|--:|--:|--:|---|"]
        lignes += [_write_ligne(montant) for montant in montants[:LIGNES_CITEES]]
        yield "\n".join(lignes)
    if len(montants) > LIGNES_CITEES:
        yield f"et {len(montants) - LIGNES_CITEES} autres montants."
    remis, retenus, ordres = (
        format_compte(len(compte), nom)
        for compte, nom in (
            (effet.documents, "document"),
            (effet.retenus, "document"),
            (effet.argent, "ordre"),
        )
    )
    yield f"{remis} {REMIS}, {retenus} {RETENU} ; {ordres} à la banque."


def _write_ligne(montant: Montant) -> str:
    changement = montant.changement
    sommes = map(format_euros, (montant.avant, montant.apres, montant.ecart))
    banque = "oui" if changement.a_la_banque else ""
    cases = (changement.table, _whose(changement), montant.titre, *sommes, banque)
    return f"| {' | '.join(cases)} |"


def render_json(effet: Effet, _: str) -> bytes:
    """The effect as JSON; amounts in centimes."""
    return format_effet(effet)


def render_classeur(effet: Effet, objet: str) -> bytes:
    """The effect as a workbook."""
    return render_xlsx(
        Tableaux(
            modele=read_modeles()[MODELE],
            identite=(("Retraitement", objet),),
            tableaux=tuple(
                compose_tableau(MODELE, table, lignes)
                for table, lignes in list_tables(effet).items()
            ),
            date_arrete=effet.date_arrete,
            publication=effet.publication,
        )
    )


def render_page(effet: Effet, objet: str) -> bytes:
    """The effect as one page of HTML, that asks for nothing else."""
    tables = read_modeles()[MODELE].tables
    return (
        _gabarit()
        .render(
            objet=objet,
            effet=effet,
            tables=[(tables[nom], lignes) for nom, lignes in list_tables(effet).items()],
            euros=format_euros,
        )
        .encode()
    )


FORMES: Mapping[str, Callable[[Effet, str], bytes]] = {
    ".json": render_json,
    ".xlsx": render_classeur,
    ".html": render_page,
}


def list_tables(effet: Effet) -> dict[str, list[dict[str, Cellule]]]:
    """The rows of each table of `specs/documents/retraitement.yaml`."""
    return {
        "changements": [
            {
                "table": c.table,
                "libelle": read_contrat(c.table).titre,
                "siren": c.siren,
                "salarie": c.salarie,
                "plus": c.plus,
                "moins": c.moins,
                "autres": c.autres,
            }
            for c in effet.changements
        ],
        "montants": [_compose_montant(m) for c in effet.changements for m in list_montants(c)],
        "documents": [
            {"boite": boite, "nom": nom, "suite": suite}
            for suite, noms in ((REMIS, effet.documents), (RETENU, effet.retenus))
            for boite, nom in noms
        ],
    }


def _whose(changement: Changement) -> str:
    if changement.siren:
        return f"SIREN {changement.siren}"
    return f"salarié {changement.salarie}" if changement.salarie else "la caisse"


def _compose_montant(montant: Montant) -> dict[str, Cellule]:
    changement = montant.changement
    return {
        "table": changement.table,
        "siren": changement.siren,
        "salarie": changement.salarie,
        "montant": montant.titre,
        "avant": montant.avant,
        "apres": montant.apres,
        "ecart": montant.ecart,
        "banque": "oui" if changement.a_la_banque else "",
    }


@cache
def _gabarit() -> Template:
    chargeur = FileSystemLoader(Path(__file__).parent)
    environnement = Environment(loader=chargeur, autoescape=True, undefined=StrictUndefined)
    return environnement.get_template("page.html")
