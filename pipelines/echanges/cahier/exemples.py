"""The sample of each kind: `specs/echanges/exemples/<GENRE>.xml`, and the same file in fixed form.

Both forms come from the readers and writers that files go through, so that a sample is a file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

import specs.echanges
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.valeurs_xml import format_zone, list_elements
from parsers.echanges.xml import read_xml
from parsers.echanges.zones import Fichier, colonne_of
from pipelines.echanges.cahier.blocs import Bloc, Extrait, Tableau
from pipelines.echanges.cahier.prose import Ancres, set_spaces
from pipelines.echanges.cahier.tableaux import render_tableau, say_positions
from specs.echanges import CONTROLE, ENTETE, LONGUEUR, Enregistrement, Genre, read_genres
from specs.echanges.textes import read_libelle

JEU = "iso-8859-1"
LARGEUR = 80  # bytes of a record shown a line
BLANC = "·"
XML_LARGEUR = 96
REGLES = (
    "".join(f"{dizaine:>10}" for dizaine in range(1, LARGEUR // 10 + 1)),
    "1234567890" * (LARGEUR // 10),
)
MARGE = 4  # of the position told at the left
_FEUILLE = re.compile(r" *<(\w+)>[^<]*</\1>")  # a line that begins with an element without others


@dataclass(frozen=True, slots=True)
class Exemple:
    """A file of the kind in both forms; `enregistrements`: records of the fixed one."""

    genre: Genre
    fichier: Fichier
    xml: bytes
    fixe: bytes

    @property
    def enregistrements(self) -> list[str]:
        """The records, without their line ends."""
        return self.fixe.decode(JEU).splitlines()

    @property
    def nom(self) -> str:
        """Its name without its extension: that of a drop, or the reference of an answer."""
        entete = self.fichier.entete or {}
        if not self.genre.convention:
            return str(entete["file_id"])
        parties = (self.genre.nom, entete["mode"], entete["convention"], entete["created"], "0001")
        return "_".join(parties)


@cache
def read_exemple(genre: str) -> Exemple:
    """The sample of a kind.

    Raises:
        ValueError: it cannot be read.
    """
    octets = files(specs.echanges).joinpath("exemples", f"{genre}.xml").read_bytes()
    fichier = read_xml(0, octets).fichier
    if fichier is None:
        raise ValueError(f"exemple illisible : {genre}")
    return Exemple(read_genres()[genre], fichier, octets, write_fixe(fichier))


def render_exemple(exemple: Exemple, ancres: Ancres) -> list[Bloc]:
    """The fixed form, the first record of each type read field by field; then the XML one."""
    blocs: list[Bloc] = []
    lus = {ENTETE, CONTROLE}  # read once, in the chapter of what is common to all kinds
    for rang, ligne in enumerate(exemple.enregistrements, 1):
        code = ligne[:2]
        blocs.append(Extrait(f"Enregistrement {rang}, type {code}", _ruled(ligne)))
        if code not in lus:
            enregistrement = exemple.genre.enregistrements[code]
            blocs.append(render_enregistrement(exemple, enregistrement, ligne, ancres))
            lus.add(code)
    return [*blocs, Extrait(f"Forme XML, {exemple.nom}.xml", _wrap_xml(exemple.xml))]


def render_empreintes(exemple: Exemple) -> Extrait:
    """What a writer of the fixed form has to find for the sample, in LF.

    Each on a line of its own, never cut: they are searched for and copied.
    """
    titre = set_spaces(f"Forme fixe, en LF ; les espaces sont montrés par « {BLANC} »")
    lignes = (
        f"nom      {exemple.nom}.txt",
        f"octets   {len(exemple.fixe)}",
        f"SHA-256  {hashlib.sha256(exemple.fixe).hexdigest()}",
    )
    return Extrait(titre, "\n".join(lignes))


def _ruled(ligne: str) -> str:
    """A record in lines of `LARGEUR` under a ruler, blanks shown, its blank end left out."""
    utile = len(ligne.rstrip())
    morceaux = [
        f"{debut + 1:>{MARGE}} {ligne[debut : debut + LARGEUR].replace(' ', BLANC)}"
        for debut in range(0, utile, LARGEUR)
    ]
    reste = -(-utile // LARGEUR) * LARGEUR + 1
    suite = [f"{reste:>{MARGE}} espaces jusqu'à {LONGUEUR}"] if reste <= LONGUEUR else []
    return "\n".join([*(" " * (MARGE + 1) + regle for regle in REGLES), *morceaux, *suite])


def render_enregistrement(
    exemple: Exemple, enregistrement: Enregistrement, ligne: str, ancres: Ancres
) -> Tableau:
    """The fields of a record that are not blank: what the file holds, and what it means."""
    zones = {c.nom: ligne[c.tranche].rstrip() for c in enregistrement.champs}
    naturelles = _natural(enregistrement, zones)
    lignes = [
        (
            f"`{champ.nom}`",
            say_positions(champ),
            f"`{zones[champ.nom]}`",
            f"`{naturelles[champ.nom]}`" if champ.nom in naturelles else "–",
            read_libelle(exemple.genre.nom, enregistrement.code, champ.nom).titre,
        )
        for champ in enregistrement.champs
        if zones[champ.nom]
    ]
    titres = (("Champ", 33), ("Positions", 17), ("Octets", -1), ("En XML", 36), ("Sens", 48))
    return render_tableau(titres, lignes, ancres, titre=f"Lecture du {enregistrement.code}")


def _natural(enregistrement: Enregistrement, zones: dict[str, str]) -> dict[str, str]:
    """Each zone as XML writes it, when it has an element there."""
    elements = list_elements(enregistrement)
    schema = {colonne_of(c): pl.String for c in elements}
    frame = pl.DataFrame([[zones[c.nom] or None for c in elements]], schema, orient="row")
    ecrites = frame.select(format_zone(c) for c in elements).row(0)
    return {c.nom: ecrite or "" for c, ecrite in zip(elements, ecrites, strict=True)}


def _wrap_xml(octets: bytes) -> str:
    """The file with the elements of a record side by side, as many as a line holds."""
    lignes: list[str] = []
    for ligne in octets.decode().splitlines():
        feuille = _FEUILLE.match(ligne)
        tient = lignes and len(lignes[-1]) + len(ligne.strip()) <= XML_LARGEUR
        if feuille and tient and _FEUILLE.match(lignes[-1]):
            lignes[-1] += ligne.strip()
        else:
            lignes.append(ligne)
    return "\n".join(lignes)
