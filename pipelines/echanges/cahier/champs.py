"""The table of the fields of a record: where each stands, what it holds, what refuses it."""

from __future__ import annotations

from collections.abc import Iterator

from parsers.echanges.valeurs_xml import list_elements
from pipelines.echanges.cahier.blocs import Tableau
from pipelines.echanges.cahier.prose import Ancres
from pipelines.echanges.cahier.tableaux import render_tableau, say_positions
from specs.echanges import Champ, Enregistrement
from specs.echanges.textes import read_formats, read_libelle, read_valeurs

COLONNES = (
    ("Champ", 28),
    ("Positions", 16),
    ("Long.", 10),
    ("Type", 27),
    ("Prés.", 11),
    ("Contenu", -1),
)
COMME_LE_PORTEUR = "="
SANS_ELEMENT = "XML : sans élément."


def render_champs(genre: str, enregistrement: Enregistrement, ancres: Ancres) -> Tableau:
    """Every field of a record of a kind, in the order of its positions."""
    elements = list_elements(enregistrement)
    lignes = [
        (
            f"`{champ.nom}`",
            say_positions(champ),
            str(champ.longueur),
            f"{champ.type} {read_formats()[champ.format].nom}",
            champ.presence,
            tuple(_content(genre, enregistrement, champ, dans_xml=champ in elements)),
        )
        for champ in enregistrement.champs
    ]

    def name(zone: str) -> str:
        return f"{genre}-{enregistrement.code}-{zone.strip('`')}"

    return render_tableau(COLONNES, lignes, ancres, name=name)


def _content(
    genre: str, enregistrement: Enregistrement, champ: Champ, *, dans_xml: bool
) -> Iterator[str]:
    """Title, condition, codes and rule of a field, a line each."""
    libelle = read_libelle(genre, enregistrement.code, champ.nom)
    yield f"**{libelle.titre}**"
    if champ.condition not in ("", COMME_LE_PORTEUR):
        yield f"Présent si {say_condition(champ.condition)}, absent sinon (F013)."
    sens = read_valeurs(genre, enregistrement.code, champ.nom)
    for valeur in champ.valeurs:
        yield f"`{valeur}` : {sens[valeur]}" if sens else f"`{valeur}`"
    if libelle.regle:
        yield libelle.regle
    if not dans_xml:
        yield SANS_ELEMENT


def say_condition(condition: str) -> str:
    """`CAUSE=CA` -> « `CAUSE` vaut `CA` »; a field alone: when it is there."""
    champ, _, valeurs = condition.partition("=")
    if not valeurs:
        return f"`{champ}` l'est"
    choix = " ou ".join(f"`{valeur}`" for valeur in valeurs.split("|"))
    if champ.endswith("!"):
        return f"`{champ[:-1]}` ne vaut pas {choix}"
    return f"`{champ}` vaut {choix}"
