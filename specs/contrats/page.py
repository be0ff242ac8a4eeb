"""The dictionary of the published tables, docs/dictionnaire.md, made from the contracts."""

from __future__ import annotations

from collections.abc import Iterator

from specs.contrats import CLASSES, Colonne, Contrat, contrats

TITRE = "# Dictionnaire des tables publiées"
INTRODUCTION = """\
Page produite par `python -m specs.contrats` : ne pas la modifier à la main.

Chaque table se lit par `caisse exporter TABLE` (texte, csv, json, xlsx ou parquet). Ses lignes
ont une clé, qui est aussi leur ordre. `--ou COLONNE=VALEUR` n'admet, pour une colonne qui a une
liste de valeurs, que celles de la liste. Une case vide est une valeur absente (`null` en JSON). Les
mots du métier sont dans le [glossaire](glossaire.md)."""
# How a value of each type is written in CSV, JSON and Parquet.
UNITES = {
    "texte": "",
    "mois": "AAAA-MM",
    "entier": "",
    "centimes": "centimes d'euro",
    "ppm": "millionièmes (210000 pour 21 %)",
    "centiemes": "centièmes",
    "booleen": "true ou false",
    "date": "AAAA-MM-JJ",
}
ENTETE = """\
| colonne | sens | type | unité ou forme | classe | peut être vide |
|---|---|---|---|---|---|"""


def render_page() -> str:
    """The whole page, as Markdown."""
    publies = [contrat for contrat in contrats().values() if contrat.publie]
    sommaire = "Tables : " + _codes(tuple(contrat.nom for contrat in publies)) + "."
    tables = map(_render_table, publies)
    return "\n\n".join([TITRE, INTRODUCTION, sommaire, _render_classes(), *tables]) + "\n"


def _render_classes() -> str:
    lignes = "\n".join(f"| {classe} | {lecteurs} |" for classe, lecteurs in CLASSES.items())
    return f"## Qui voit une colonne\n\n| classe | lecteurs |\n|---|---|\n{lignes}"


def _render_table(contrat: Contrat) -> str:
    partition = f" Réécrite par {_codes(contrat.partition)}." if contrat.partition else ""
    colonnes = "\n".join(_render_colonne(colonne) for colonne in contrat.colonnes)
    valeurs = "".join(f"\n\n{texte}" for texte in _valeurs(contrat))
    return (
        f"## `{contrat.nom}` : {contrat.titre}\n\n"
        f"Clé et ordre : {_codes(contrat.cle)}.{partition}\n\n{ENTETE}\n{colonnes}{valeurs}"
    )


def _render_colonne(colonne: Colonne) -> str:
    forme = "une des valeurs ci-dessous" if colonne.valeurs else UNITES[colonne.type]
    vide = "oui" if colonne.nul else ""
    cases = (f"`{colonne.nom}`", colonne.titre, colonne.type, forme, colonne.classe, vide)
    return "| " + " | ".join(case.replace("|", "\\|") for case in cases) + " |"


def _valeurs(contrat: Contrat) -> Iterator[str]:
    """The closed list of each column that has one."""
    for colonne in contrat.colonnes:
        if colonne.valeurs:
            codes = "\n".join(f"- `{code}` : {sens}" for code, sens in colonne.valeurs.items())
            yield f"Valeurs de `{colonne.nom}` :\n\n{codes}"


def _codes(noms: tuple[str, ...]) -> str:
    return ", ".join(f"`{nom}`" for nom in noms)
