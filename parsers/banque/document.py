"""One message of the bank being read: its pieces, the values in them, what is wrong so far.

A value is asked for by its name in `specs/banque/chemins.yaml`, whatever the version. What is wrong
is kept as anomalies (B…): a reading never raises, it says. Elements that the fund does not use are
not looked at: banks fill different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from parsers.anomalies import BLOQUANTE, SIGNAL
from parsers.banque.constats import Constats
from parsers.banque.flux import FichierIllisible, iter_events
from parsers.banque.schemas import compile_schema, find_faults
from parsers.banque.valeurs import parse_centimes, parse_jour
from parsers.flux_xml import Element, line
from specs.banque import RELEVE, STATUT, Message, read_chemins

DEVISE = "EUR"
SENS = {"CRDT": 1, "DBIT": -1}
PIECE_MAX = 100_000  # elements and attributes of one entry, its details apart
PIECES_MAX = 500_000  # entries, details and statements: the shortest entry is of 125 bytes
INVALIDES_MAX = 200
FORMES_MAX = 1_000


@dataclass(slots=True)
class Piece:
    """An element and what is below it, by path (`BookgDt/Dt`); `valide`: its schema allows it.

    `presents`: paths of each value that lead to something in it.
    """

    element: Element
    parties: Mapping[str, list[Element]]
    presents: Mapping[str, tuple[str, ...]]
    valide: bool = True

    @property
    def ligne(self) -> int:
        """Line of the element in the file."""
        return line(self.element)


@dataclass(slots=True)
class Document:
    """A document being read; `version` is the number of its version, `nom_version` its name.

    `retenue`: the version whose schema is used for it.
    """

    fichier: int
    octets: bytes
    espace: str
    message: Message
    version: int
    nom_version: str
    constats: Constats = field(default_factory=Constats)
    chemins: Mapping[str, tuple[str, ...]] = field(init=False)
    retenue: int = field(init=False)
    corps: Element | None = None
    _invalides: int = 0
    _taille: int = 0
    _formes: dict[tuple[str, ...], Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    _suites: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Choose the paths and the schema of the version."""
        self.retenue = self.message.nearest(self.version)
        famille = STATUT if self.message.detail is None else RELEVE
        self.chemins = read_chemins(famille, self.version)

    def iter_elements(self) -> Iterator[tuple[str, Element]]:
        """Name and element of each detail, entry and statement as they end, then let go of them.

        At the end of an entry its details are gone, at the end of a statement its entries. Stops
        when the file is refused anyway. `corps` is what remains under the root.

        Raises:
            FichierIllisible: not a whole XML document, or it has too many pieces.
        """
        message, precedents = self.message, dict[str, Element]()
        parents = {message.detail: message.groupe, message.ecriture: message.releve}
        parents[message.releve] = message.corps
        noms = {self.tag(nom): nom for nom in parents if nom}
        racine, pieces = None, 0
        for _, element in iter_events(self.octets, ("end",), (*noms, self.tag("Document"))):
            racine, nom = element, noms.get(element.tag)
            if nom is None or not self._is_in(element, parents[nom]):
                continue
            pieces += 1
            if pieces > PIECES_MAX:
                raise FichierIllisible("bornes", ligne=line(element))
            self._let_go(nom, precedents)
            yield nom, element
            precedents[nom] = element
            if self.constats.is_hopeless:
                return
        self.corps = None if racine is None else racine.find(self.tag(message.corps))

    def tag(self, nom: str) -> str:
        """Name of an element as lxml writes it."""
        return f"{{{self.espace}}}{nom}"

    def _is_in(self, element: Element, parent: str | None) -> bool:
        return parent is not None and element.getparent().tag == self.tag(parent)  # type: ignore[union-attr]

    def _let_go(self, nom: str, precedents: dict[str, Element]) -> None:
        """Take away the piece of this kind that was read before, and those below."""
        ordre = [self.message.detail, self.message.ecriture, self.message.releve]
        for moindre in filter(None, ordre[: ordre.index(nom) + 1]):
            avant = precedents.pop(moindre, None)
            parent = None if avant is None else avant.getparent()
            if avant is not None and parent is not None:
                parent.remove(avant)

    def piece(self, element: Element) -> Piece:
        """The element, cut into paths and judged by its schema, which says its faults."""
        piece = self.cut(element)
        if self._taille > PIECE_MAX:
            raise FichierIllisible("bornes", ligne=piece.ligne)
        piece.valide = self.judge(element)
        return piece

    def cut(self, element: Element) -> Piece:
        """The element cut into paths, not judged.

        Raises:
            FichierIllisible: too large for any entry of a bank.
        """
        self._taille = len(element.attrib)
        parties: dict[str, list[Element]] = {}
        self._descend(element, "", parties)
        return Piece(element, parties, self._present(tuple(parties)))

    def _descend(self, parent: Element, chemin: str, parties: dict[str, list[Element]]) -> None:
        """Add what is below `parent`, which stands at `chemin`, leaving other namespaces."""
        if self._taille + len(parent) > PIECE_MAX:
            raise FichierIllisible("bornes", ligne=line(parent))
        suites = self._suites.setdefault(chemin, {})
        for enfant in parent:
            self._taille += 1 + len(enfant.attrib)
            balise = enfant.tag
            if balise not in suites:
                suites[balise] = self._follow(chemin, balise)
            suite = suites[balise]
            if suite is None:
                continue
            if suite in parties:
                parties[suite].append(enfant)
            else:
                parties[suite] = [enfant]
            if len(enfant):
                self._descend(enfant, suite, parties)

    def _follow(self, chemin: str, balise: str) -> str | None:
        nom = balise.removeprefix(self.tag(""))
        return None if nom == balise else f"{chemin}/{nom}" if chemin else nom

    def _present(self, forme: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        """Values that pieces of one form hold; the entries of a bank have few forms."""
        connus = self._formes.get(forme)
        if connus is None:
            ici = frozenset(forme)
            lus = {n: tuple(c for c in chemins if c in ici) for n, chemins in self.chemins.items()}
            connus = {nom: chemins for nom, chemins in lus.items() if chemins}
            if len(self._formes) < FORMES_MAX:
                self._formes[forme] = connus
        return connus

    def judge(self, element: Element) -> bool:
        """Whether the schema allows it; the faults are said when the schema is the version's own.

        After many faulty elements, the others are no longer judged: they are not held for valid.
        """
        if self._invalides >= INVALIDES_MAX:
            return False
        fautes = find_faults(compile_schema(self.message, self.retenue), element)
        self._invalides += bool(fautes)
        if self.retenue == self.version:
            for ligne, nom, variante in fautes:
                self.constats.add("B013", SIGNAL, ligne, variante=variante, rubrique=nom)
        return not fautes

    def judge_rest(self) -> bool:
        """Whether the schema allows what remains of the message once it has been read."""
        racine = None if self.corps is None else self.corps.getparent()
        return racine is not None and self.judge(racine)

    def elements(self, piece: Piece, nom: str) -> list[Element]:
        """Elements of a value: those of the first of its paths that leads to any."""
        chemins = piece.presents.get(nom)
        return piece.parties[chemins[0]] if chemins else []

    def texts(self, piece: Piece, nom: str) -> list[str]:
        """Texts of a value, blanks around them removed, those of every path, empty ones left."""
        if nom not in piece.presents:
            return []
        return [
            texte
            for chemin in piece.presents.get(nom, ())
            for element in piece.parties[chemin]
            if (texte := (element.text or "").strip())
        ]

    def text(self, piece: Piece, nom: str) -> str | None:
        """First text of a value; None when there is none."""
        if nom not in piece.presents:
            return None
        for chemin in piece.presents[nom]:
            for element in piece.parties[chemin]:
                if texte := (element.text or "").strip():
                    return texte
        return None

    def centimes(self, piece: Piece, nom: str) -> int | None:
        """Cents of the first amount of a value that is in euros; None without any."""
        if nom not in piece.presents:
            return None
        for chemin in piece.presents[nom]:
            for element in piece.parties[chemin]:
                centimes = self.euros(element)
                if centimes is not None:
                    return centimes
        return None

    def euros(self, element: Element) -> int | None:
        """Cents of an amount in euros; None for another currency or a form without exact cents."""
        return parse_centimes((element.text or "").strip()) if _is_euro(element) else None

    def sens(self, piece: Piece, nom: str) -> int | None:
        """1 for a credit, -1 for a debit; None when it is not said."""
        return SENS.get(self.text(piece, nom) or "")

    def day(self, piece: Piece, nom: str) -> date | None:
        """Day of a value that may be absent; a wrong one is said."""
        return self._parsed(piece, nom, parse_jour, "AAAA-MM-JJ, de 2000 à 2099")

    def _parsed(
        self, piece: Piece, nom: str, parse: Callable[[str], date | None], attendu: str
    ) -> date | None:
        texte = self.text(piece, nom)
        valeur = None if texte is None else parse(texte)
        if texte is not None and valeur is None:
            self.say("B004", piece, nom, valeur=texte, attendu=attendu)
        return valeur

    def say(self, code: str, piece: Piece, nom: str | None = None, **champs: Any) -> None:  # noqa: ANN401
        """Keep a finding about a value that the fund needs.

        It refuses the file when the schema does not allow the piece either; else what cannot be
        used is left aside, and said.
        """
        self.signal(code, piece, nom, severite=SIGNAL if piece.valide else BLOQUANTE, **champs)

    def signal(self, code: str, piece: Piece, nom: str | None = None, **champs: Any) -> None:  # noqa: ANN401
        """Keep a remark about a piece, or about a value in it."""
        severite = champs.pop("severite", SIGNAL)
        trouves = self.elements(piece, nom) if nom else []
        local = piece.element.tag[len(self.espace) + 2 :]
        rubrique = f"{local}/{self.chemins[nom][0]}" if nom else local
        ligne = line(trouves[0]) if trouves else piece.ligne
        self.constats.add(code, severite, ligne, rubrique=rubrique, **champs)


def _is_euro(element: Element) -> bool:
    return element.get("Ccy") == DEVISE
