"""The page of the documents, docs/documents.md, made from their layout."""

from __future__ import annotations

from specs.documents import Modele, Table, read_modeles

TITRE = "# Documents remis aux entreprises"
INTRODUCTION = """\
Page produite par `python -m specs.documents` : ne pas la modifier à la main. Les colonnes sont
celles de `specs/documents/`, que suivent le CSV et le classeur.

Le PDF se lit, le CSV et le classeur (XLSX) se retravaillent. Le CSV s'ouvre dans un tableur
français (UTF-8, `;`, virgule décimale) et contient la première table ; le classeur les contient
toutes, avec des montants, des taux et des dates qui sont de vrais nombres et de vraies dates. Une
cellule de texte n'y est jamais une formule. Chacun finit par le numéro de publication et par une
empreinte (SHA-256). Les mêmes valeurs donnent toujours les mêmes octets. Le rapport de conformité
d'un dépôt (PDF, XML) suit le schéma `specs/xsd/rapport.xsd`.

Pour en refaire un à la demande : `caisse document --help`."""


def render_page() -> str:
    """The whole page, as Markdown."""
    modeles = "\n\n".join(map(_render_modele, read_modeles().values()))
    return f"{TITRE}\n\n{INTRODUCTION}\n\n{modeles}\n"


def _render_modele(modele: Modele) -> str:
    formes = ", ".join(forme.upper() for forme in modele.formes)
    demande = ["à la demande"] if modele.tables else []
    quand = [
        f"{moment} ({', '.join(formes).upper()})"
        for moment, formes in (
            ("remis aux entreprises que la nuit touche", modele.nuit),
            ("remis à toutes à la clôture d'une campagne", modele.cloture),
        )
        if formes
    ]
    remise = f"{' ; '.join([*demande, *quand])}."
    entete = (
        f"## {modele.titre}\n\n{modele.contenu}\n\n"
        f"Fichiers `{modele.fichier}` : {formes} ; {remise}"
    )
    return "\n\n".join([entete, *map(_render_table, modele.tables.values())])


def _render_table(table: Table) -> str:
    lignes = (f"| {c.entete} | {c.type} | {c.sens} |" for c in table.colonnes)
    return "\n".join(
        [f"### {table.titre}\n", "| Colonne | Type | Sens |", "|---|---|---|", *lignes]
    )
