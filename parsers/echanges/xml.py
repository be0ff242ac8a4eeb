"""The XML form of an exchange file, read into the zones of the fixed form.

    lecture = read_xml(0, contenu)
    lecture.fichier, lecture.anomalies

The faults told here are those of reading: characters, document, elements out of place (6.5, steps 2
to 4; X-17). Values, links and order of the records are judged with those of the fixed form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from lxml import etree

from parsers.anomalies import anomalie, assemble
from parsers.echanges.composition import CHARTE
from parsers.echanges.fautes_xml import Fautes
from parsers.echanges.pieces_xml import (
    FichierIllisible,
    Racine,
    check_depth,
    check_document,
    iter_pieces,
    read_racine,
)
from parsers.echanges.plans_xml import Plan, build_plans
from parsers.echanges.valeurs_xml import BLANCS_XML, list_zones, parse_texte
from parsers.echanges.zones import (
    PIECE,
    RANG,
    TYPE,
    XML,
    Fichier,
    LectureZones,
    colonne_of,
    schema_of,
)
from parsers.flux_xml import BORNES, Element, split_tag
from specs.echanges import CONTROLE, ENTETE, ESPACE, Enregistrement, Genre, read_genres

RACINE = "depot"
ENREGISTREMENTS_MAX = 800_000  # the shortest conforming one is of 66 bytes
MORCEAU = 20_000  # records read before they become a frame
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ATTRIBUTS = ("kind", "version")
NUL, SCHEMA_LIEU = f"{_XSI}nil", f"{_XSI}schemaLocation"
# Attributes, and texts beside elements: no conforming record has any, a few of them tell enough.
_SUSPECTS = etree.XPath(
    "(descendant-or-self::*/@*|descendant-or-self::*[*]/text()[normalize-space()])"
    "[position() <= 1000]"
)

Rangee = list[str | int | None]
Lieux = dict[Element, tuple[int, str]]  # records by their element: number and type


def read_xml(numero: int, contenu: bytes) -> LectureZones:
    """The zones of a file, or what steps 2 and 3 refuse; the anomalies of its structure (4).

    `contenu` is decompressed and at most `OCTETS_MAXIMUM` long; nothing raises.
    """
    try:
        check_document(contenu)
        lecteur = _Lecteur.open(read_racine(contenu))
        for piece in iter_pieces(contenu, lecteur.racine, lecteur.noms):
            lecteur.read_piece(piece)
    except FichierIllisible as erreur:
        illisible = anomalie(numero, erreur.code, ligne=0, **erreur.champs)
        return LectureZones(None, assemble([illisible]))
    return LectureZones(lecteur.close(), lecteur.fautes.frame(numero))


def peek_entete(contenu: bytes) -> Mapping[str, str]:
    """The zones of the header of a file that is not read, those that could be of the fixed form."""
    try:
        lecteur = _Lecteur.open(read_racine(contenu))
        tete = iter_pieces(contenu, lecteur.racine, lecteur.noms)
        piece = next(tete)
        if next(piece.iter(etree.Entity), None) is not None:  # no DTD has been refused yet
            return {}
        lecteur.read_piece(piece)
    except (FichierIllisible, StopIteration):
        return {}
    return {nom: zone for nom, zone in lecteur.textes().items() if zone.isprintable()}


@dataclass(frozen=True, slots=True)
class Brut:
    """A small file that was read and is in its place: its texts, still to be turned into zones.

    `rangees`: by code of record, the rank then the text of each field (see `plans_xml.Plan`).
    """

    genre: Genre
    rangees: Mapping[str, list[Rangee]]
    nombre: int
    attributs: Mapping[str, str]


def parse_petit(contenu: bytes) -> Brut | None:
    """The texts of a file that is to be read with others; None when something is to be told of it.

    `read_xml` then says what; so it does of a file of more than some thousands of records.
    """
    try:
        check_document(contenu)
        lecteur = _Lecteur.open(read_racine(contenu))
        for piece in iter_pieces(contenu, lecteur.racine, lecteur.noms):
            lecteur.read_piece(piece)
    except FichierIllisible:
        return None
    return lecteur.brut()


def bind_petits(bruts: Sequence[Brut], bases: Sequence[int]) -> dict[str, pl.DataFrame]:
    """The zones of files of one kind, with `piece`, their ranks shifted: header and trailer too."""
    frames = {}
    genre = bruts[0].genre
    for enregistrement in genre.enregistrements.values():
        rangees: list[Rangee] = []
        pieces: list[int] = []
        for piece, (brut, base) in enumerate(zip(bruts, bases, strict=True)):
            siennes = brut.rangees.get(enregistrement.code, ())
            rangees += ([int(rang or 0) + base, *textes] for rang, *textes in siennes)
            pieces += [piece] * len(siennes)
        lues = pl.DataFrame(rangees, schema_of(enregistrement), orient="row")
        frames[enregistrement.code] = lues.select(RANG, *list_zones(enregistrement)).with_columns(
            pl.Series(PIECE, pieces, pl.UInt32)
        )
    return frames


@dataclass(slots=True)
class _Lecteur:
    """A file being read: its rows by record, how many records so far, whether the last has been."""

    racine: Racine
    genre: Genre | None
    plans: Mapping[str, Plan]
    codes: Mapping[str, str]
    fautes: Fautes = field(default_factory=Fautes)
    rang: int = 0
    fini: bool = False
    _rangees: dict[str, list[Rangee]] = field(default_factory=dict)
    _frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    @classmethod
    def open(cls, racine: Racine) -> _Lecteur:
        """A reader for what the root tells."""
        genre = read_genres().get(racine.attributs.get("kind", ""))
        plans = build_plans(genre, racine)
        decrits = [plan.enregistrement for plan in plans.values()]
        codes = {racine.tag(e.element): e.code for e in decrits if not e.dans}
        lecteur = cls(racine, genre, plans, codes)
        lecteur._check_racine()
        return lecteur

    @property
    def noms(self) -> list[str]:
        """Elements expected under the root."""
        return [self.plans[code].enregistrement.element for code in self.codes.values()]

    def _check_racine(self) -> None:
        """The root is the header's: what is wrong with it is told on the first record."""
        if self.racine.espace != ESPACE:
            self.fautes.add(1, ENTETE, "espace", attendu=ESPACE)
        if self.racine.nom != RACINE:
            self.fautes.add(1, ENTETE, "element", self.racine.nom)
        if "kind" not in self.racine.attributs:
            self.fautes.add(1, ENTETE, "genre")
        for attribut in sorted(self.racine.attributs.keys() - {*ATTRIBUTS, SCHEMA_LIEU}):
            self.fautes.add(1, ENTETE, "attribut", attribut)

    def read_piece(self, piece: Element) -> None:
        """A child of the root: a record with those that it holds, or what has no place there."""
        code = self.codes.get(piece.tag)
        if self.rang == 0 and code != ENTETE:
            self.fautes.add(1, ENTETE, "entete")
        if code is None or self.fini or (code == ENTETE and self.rang):
            self._refuse(piece, code)
        else:
            self._read_record(piece, self.plans[code])
            self.fini = code == CONTROLE
        if _is_text(piece.tail) or (self.rang == 1 and _is_text(_parent(piece).text)):
            self.fautes.add(self.rang, code, "texte")

    def _refuse(self, piece: Element, code: str | None) -> None:
        check_depth(piece)
        self._advance()
        if self.fini:
            self.fautes.add(self.rang, code, "apres", _local(piece))
        elif self.genre is not None:
            self.fautes.add(self.rang, code, "element", _local(piece))

    def _read_record(self, piece: Element, plan: Plan) -> None:
        suspects: Any = _SUSPECTS(piece)
        for suspect in suspects:
            _empty_nil(suspect)
        lieux: Lieux | None = {} if suspects else None
        self._read_fields(piece, plan, None, lieux)
        for suspect in suspects:
            self._check_suspect(suspect, lieux or {})

    def _read_fields(
        self,
        element: Element,
        plan: Plan,
        porteur: Rangee | None,
        lieux: Lieux | None,
    ) -> None:
        """The fields of a record, in order, then the records that it holds.

        `porteur`: the row of its holder, complete by then; `lieux`: filled when they are given.
        """
        rang, code = self._advance(), plan.enregistrement.code
        if lieux is not None:
            lieux[element] = (rang, code)
        rangee: Rangee = [rang, *[None] * (len(plan.schema) - 1)]
        for ici, chez_lui in plan.liens:
            rangee[ici] = porteur[chez_lui] if porteur else None
        self._rangees.setdefault(code, []).append(rangee)
        derniere, deplaces = 0, None
        for enfant in element:
            place = plan.places.get(enfant.tag)
            if place is not None and not len(enfant):
                rangee[place] = enfant.text or ""
                deplaces = deplaces or (None if place > derniere else _local(enfant))
                derniere = place
            elif place is None and enfant.tag in plan.portes:
                self._read_fields(enfant, self.plans[plan.portes[enfant.tag]], rangee, lieux)
                derniere = len(rangee)
            else:
                deplaces = deplaces or _local(enfant)
        if deplaces:
            check_depth(element)
            self.fautes.add(rang, code, "element", deplaces)
        if not len(element) and _is_text(element.text):
            self.fautes.add(rang, code, "texte")

    def _check_suspect(self, suspect: Any, lieux: Lieux) -> None:  # noqa: ANN401
        """An attribute, or a text beside elements, is told on the record that it lies in."""
        lieu: Element = suspect.getparent()
        if suspect.is_attribute:
            if suspect.attrname == SCHEMA_LIEU or (suspect.attrname == NUL and lieu not in lieux):
                return
            variante, valeur = "attribut", split_tag(suspect.attrname)[1]
        else:
            variante, valeur = "texte", None
            lieu = _parent(lieu) if suspect.is_tail else lieu
        while lieu not in lieux:
            lieu = _parent(lieu)
        self.fautes.add(*lieux[lieu], variante, valeur)

    def _advance(self) -> int:
        """The number of the next record."""
        self.rang += 1
        if self.rang > ENREGISTREMENTS_MAX:
            raise FichierIllisible("F012", BORNES)
        if self.rang % MORCEAU == 0:
            self._flush()
        return self.rang

    def _flush(self) -> None:
        """Turn the rows read so far into frames."""
        for code, rangees in self._rangees.items():
            plan = self.plans[code]
            brut = pl.DataFrame(rangees, plan.schema, orient="row")
            zones = brut.select(RANG, *list_zones(plan.enregistrement))
            self._frames.setdefault(code, []).append(zones)
        self._rangees.clear()

    def textes(self) -> dict[str, str]:
        """Zones of the header that are texts and codes, what the root tells of it among them."""
        if ENTETE not in self._rangees:
            return {}
        plan, rangee = self.plans[ENTETE], self._rangees[ENTETE][0]
        champs = [c for c in plan.enregistrement.champs if c.nom != TYPE]
        lus = ((c, texte) for c, texte in zip(champs, rangee[1:], strict=True) if texte is not None)
        zones = ((colonne_of(c), parse_texte(c, str(texte))) for c, texte in lus)
        dites = {nom: zone for nom, zone in zones if zone is not None}
        return dites | {"charset": CHARTE} | self._attributes()

    def brut(self) -> Brut | None:
        """What was read of a small file; None when something is out of its place."""
        bords = [len(self._rangees.get(code, ())) for code in (ENTETE, CONTROLE)]
        if self.genre is None or bords != [1, 1] or not self.fini or self.fautes.any():
            return None
        if self._frames:
            return None
        return Brut(self.genre, self._rangees, self.rang, self._attributes())

    def _attributes(self) -> dict[str, str]:
        return {nom: dit for nom, dit in self.racine.attributs.items() if nom in ATTRIBUTS}

    def close(self) -> Fichier:
        """The whole file, once its last piece has been read."""
        if not self.rang:
            self.fautes.add(1, ENTETE, "entete")
        if not self.fini:
            self.fautes.add(max(self.rang, 1) + 1, CONTROLE, "controle")
        self._flush()
        return Fichier(
            self.genre,
            XML,
            self.entete(),
            self._only_row(CONTROLE),
            {e.code: self._frame(e) for e in (self.genre.details if self.genre else ())},
            self.rang,
        )

    def entete(self) -> dict[str, str] | None:
        """Zones of the header, with what the root tells of it; None without one."""
        self._flush()
        entete = self._only_row(ENTETE)
        if entete is None:
            return None
        return entete | {"charset": CHARTE} | self._attributes()

    def _only_row(self, code: str) -> dict[str, str] | None:
        zones = next(iter(self._frames.get(code, ())), None)
        if zones is None:
            return None
        return {
            nom: zone
            for nom, zone in zones.drop(RANG).row(0, named=True).items()
            if zone is not None
        }

    def _frame(self, enregistrement: Enregistrement) -> pl.DataFrame:
        vide = schema_of(enregistrement).to_frame()
        frame: pl.DataFrame = pl.concat([vide, *self._frames.get(enregistrement.code, ())])
        return frame


def _empty_nil(suspect: Any) -> None:  # noqa: ANN401 - what lxml gives for attributes and texts
    """A field that says that it is nil is read as an empty one."""
    if suspect.is_attribute and suspect.attrname == NUL:
        suspect.getparent().text = None


def _is_text(texte: str | None) -> bool:
    return bool(texte and texte.strip(BLANCS_XML))


def _parent(element: Element) -> Element:
    parent = element.getparent()
    if parent is None:  # a piece always has one
        raise ValueError(element.tag)
    return parent


def _local(element: Element) -> str:
    return split_tag(str(element.tag))[1]
