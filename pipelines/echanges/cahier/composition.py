"""The whole specification, from `specs/echanges`: chapters of prose, records, codes, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.echanges.cahier.blocs import (
    Bloc,
    Cahier,
    Extrait,
    Liste,
    Paragraphe,
    Section,
    Tableau,
)
from pipelines.echanges.cahier.champs import render_champs
from pipelines.echanges.cahier.exemples import (
    read_exemple,
    render_empreintes,
    render_enregistrement,
    render_exemple,
)
from pipelines.echanges.cahier.prose import Ancres, parse_texte, set_spaces
from pipelines.echanges.cahier.tableaux import list_tableaux, render_tableau
from specs.echanges import CONTROLE, ENTETE, Enregistrement, Genre, read_genres
from specs.echanges.cahier import read_chapitres, read_journal
from specs.echanges.textes import read_refus

TITRE = "Cahier des charges technique des fichiers d'échange"
COMMUNS = "communs"
EXEMPLE_COMMUN = "ARI"  # whose header and trailer are read field by field
Ecriture = Callable[[Ancres], list[Bloc]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A section before its blocks are written: they link to the numbers of all the others."""

    ancre: str
    numero: str
    titre: str
    write: Ecriture


def compose_cahier() -> Cahier:
    """Compose the specification as its data say it.

    Raises:
        KeyError: a text, a code, a section or a table is named that is not there.
    """
    plans = [
        plan
        for rang, entree in enumerate(read_chapitres().items(), 1)
        for plan in _plan(rang, *entree)
    ]
    ancres = Ancres({plan.ancre: plan.numero for plan in plans}, frozenset(read_refus()))
    version = read_journal()[0]
    return Cahier(
        TITRE,
        version.version,
        version.jour,
        tuple(_section(plan, ancres) for plan in plans),
    )


def _section(plan: _Plan, ancres: Ancres) -> Section:
    return Section(plan.ancre, plan.numero, set_spaces(plan.titre), tuple(plan.write(ancres)))


def _plan(rang: int, ancre: str, chapitre: Mapping[str, Any]) -> Iterator[_Plan]:
    genre = read_genres().get(ancre)
    titre = f"{ancre} – {chapitre['titre']}" if genre else chapitre["titre"]
    yield _Plan(ancre, str(rang), titre, _prose(chapitre))
    sections = [*_sections(ancre, chapitre, genre)]
    for numero, (sous_ancre, sous_titre, write) in enumerate(sections, 1):
        yield _Plan(sous_ancre, f"{rang}.{numero}", sous_titre, write)


def _sections(
    ancre: str, chapitre: Mapping[str, Any], genre: Genre | None
) -> Iterator[tuple[str, str, Ecriture]]:
    """Anchor, title and blocks of the sections of a chapter, in order."""
    if genre:
        yield f"{ancre}-composition", "Composition du fichier", _composition(genre, chapitre)
    for nom, section in chapitre.get("sections", {}).items():
        yield nom, section["titre"], _prose(section)
    decrit = genre or read_genres()[EXEMPLE_COMMUN]
    for code, dit in chapitre.get("enregistrements", {}).items():
        enregistrement = decrit.enregistrements[code]
        yield (
            f"{ancre}-{code}",
            f"Enregistrement {code} : {dit['titre']}",
            _zones(ancre, enregistrement),
        )
    if genre:
        yield f"{ancre}-exemple", "Exemple commenté", _exemple(genre, chapitre)


def _prose(dit: Mapping[str, Any]) -> Ecriture:
    def write(ancres: Ancres) -> list[Bloc]:
        return [_bloc(bloc, ancres) for bloc in dit.get("blocs", ())]

    return write


def _bloc(bloc: Mapping[str, Any], ancres: Ancres) -> Bloc:
    """A block of prose; KeyError when its nature is unknown."""
    ((nature, contenu),) = bloc.items()
    ecritures: Mapping[str, Callable[[], Bloc]] = {
        "texte": lambda: Paragraphe(parse_texte(contenu, ancres)),
        "note": lambda: Paragraphe(parse_texte(contenu, ancres), note=True),
        "liste": lambda: Liste(tuple(parse_texte(t, ancres) for t in contenu)),
        "etapes": lambda: Liste(tuple(parse_texte(t, ancres) for t in contenu), numerotee=True),
        "extrait": lambda: Extrait("", contenu.rstrip("\n")),
        "tableau": lambda: _tableau(contenu, ancres),
        "donnees": lambda: list_tableaux()[contenu](ancres),
    }
    return ecritures[nature]()


def _tableau(contenu: Mapping[str, Any], ancres: Ancres) -> Tableau:
    """A table written in the prose; the last column takes what the others leave."""
    titres = contenu["titres"]
    largeurs = contenu.get("largeurs", [0] * (len(titres) - 1) + [-1])
    return render_tableau(list(zip(titres, largeurs, strict=True)), contenu["lignes"], ancres)


def _composition(genre: Genre, chapitre: Mapping[str, Any]) -> Ecriture:
    titres = (("Type", 16), ("Enregistrement", 52), ("Élément XML", 46), ("Nombre", -1))
    bords = read_chapitres()[COMMUNS]["enregistrements"]
    dits = {ENTETE: bords[ENTETE], **chapitre["enregistrements"], CONTROLE: bords[CONTROLE]}

    def write(ancres: Ancres) -> list[Bloc]:
        lignes = [
            (f"`{code}`", dits[code]["titre"], _element(genre, e), dits[code]["nombre"])
            for code, e in genre.enregistrements.items()
        ]
        totaux = Paragraphe(parse_texte("Les totaux du `99` sont dans §totaux.", ancres))
        return [render_tableau(titres, lignes, ancres), totaux]

    return write


def _element(genre: Genre, enregistrement: Enregistrement) -> str:
    dans = genre.enregistrements.get(enregistrement.dans)
    return f"`{enregistrement.element}`" + (f" dans `{dans.element}`" if dans else "")


def _zones(ancre: str, enregistrement: Enregistrement) -> Ecriture:
    def write(ancres: Ancres) -> list[Bloc]:
        zones = render_champs(ancre, enregistrement, ancres)
        if ancre != COMMUNS:
            return [zones]
        exemple = read_exemple(EXEMPLE_COMMUN)
        rang = 0 if enregistrement.code == ENTETE else -1
        ligne = exemple.enregistrements[rang]
        return [zones, render_enregistrement(exemple, enregistrement, ligne, ancres)]

    return write


def _exemple(genre: Genre, chapitre: Mapping[str, Any]) -> Ecriture:
    def write(ancres: Ancres) -> list[Bloc]:
        exemple = read_exemple(genre.nom)
        return [
            Paragraphe(parse_texte(chapitre["exemple"], ancres)),
            render_empreintes(exemple),
            *render_exemple(exemple, ancres),
        ]

    return write
