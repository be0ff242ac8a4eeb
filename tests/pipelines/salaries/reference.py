"""One employee over companies and months, slowly: plain Python, one question after the other.

Written from the rules as they are told, not from the frames: each identifier is followed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple


@dataclass(frozen=True)
class Individu:
    """An individual of a declaration: a NIR, a temporary number, or both; what it was before."""

    nir: str | None
    ntt: str | None = None
    certifie: str | None = None
    matricule: str | None = None
    nom: str | None = None
    usage: str | None = None
    anciens: tuple[tuple[str | None, str | None], ...] = ()  # former NIR, former name

    @property
    def identifiant(self) -> str | None:
        """The number that the declaration is read under."""
        return self.nir or self.ntt


@dataclass(frozen=True)
class Declaration:
    """What a company declared of a month."""

    siren: str
    mois: str
    individus: tuple[Individu, ...]


class Decision(NamedTuple):
    """Of an identifier, as a company declared it or all: it designates `vers`, or itself alone."""

    numero: int
    siren: str | None
    identifiant: str
    vers: str | None


class Dit(NamedTuple):
    """A company says that `vers` took the place of an identifier, of someone called so."""

    siren: str
    identifiant: str
    vers: str
    noms: frozenset[str]


@dataclass
class Reference:
    """Everything declared and decided; options at their default."""

    declarations: Sequence[Declaration]
    decisions: Sequence[Decision] = ()
    _etats: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def designate(self) -> dict[tuple[str, str], tuple[str, str]]:
        """By company and identifier that somebody says something of: (employee, state)."""
        dits = list(self._told())
        contraires = {d for d in dits if self._side_by_side(d)}
        surs = [d for d in dits if d not in contraires]
        connus = self._known(surs)
        noeuds = {(d.siren, d.identifiant) for d in dits}
        for declaration, individu in self._individuals():
            noeuds |= {(declaration.siren, n) for n in (individu.identifiant, individu.ntt) if n}
        resultat: dict[tuple[str, str], tuple[str, str]] = {}
        a_suivre = list(noeuds)
        while a_suivre:
            noeud = a_suivre.pop()
            if noeud in resultat:
                continue
            cibles = self._targets(noeud, surs, connus)
            if cibles is not None:
                resultat[noeud] = self._follow(noeud, surs, connus, ())
                a_suivre += [(noeud[0], cible) for cible in cibles]
            elif any((d.siren, d.identifiant) == noeud for d in contraires):
                resultat[noeud] = (noeud[1], "MEME_DECLARATION")
        return resultat

    def _individuals(self) -> Iterator[tuple[Declaration, Individu]]:
        for declaration in self.declarations:
            for individu in declaration.individus:
                if individu.identifiant:
                    yield declaration, individu

    def _told(self) -> Iterator[Dit]:
        for declaration, i in self._individuals():
            siren, identifiant = declaration.siren, i.identifiant
            assert identifiant is not None
            noms = {nom for nom in (i.nom, i.usage) if nom}
            if i.nir and i.ntt:
                yield Dit(siren, i.ntt, i.nir, frozenset(noms))
            if i.certifie and i.certifie != identifiant:
                yield Dit(siren, identifiant, i.certifie, frozenset(noms))
            for ancien, nom in i.anciens:
                if ancien and ancien != identifiant:
                    couple = (ancien, i.nir) if i.nir else (identifiant, ancien)
                    tous = frozenset(noms | ({nom} if nom else set()))
                    yield Dit(siren, *couple, tous)  # type: ignore[arg-type]
        yield from self._recognised()

    def _recognised(self) -> Iterator[Dit]:
        """Number in the company, birth and surname, under a temporary number then under a NIR."""
        for (d, sans), (_, avec) in product(self._individuals(), repeat=2):
            if sans.nir or not avec.nir or not sans.matricule or not sans.nom:
                continue
            cle = (sans.matricule, sans.nom)

            def last(numero: str | None, cle: tuple[str, str] = cle, siren: str = d.siren) -> str:
                mois = [
                    e.mois
                    for e, j in self._individuals()
                    if e.siren == siren and j.identifiant == numero and (j.matricule, j.nom) == cle
                ]
                return max(mois, default="")

            if last(avec.nir) >= last(sans.ntt) and last(avec.nir):
                assert sans.ntt is not None
                yield Dit(d.siren, sans.ntt, avec.nir, frozenset({sans.nom}))

    def _side_by_side(self, dit: Dit) -> bool:
        return any(
            {dit.identifiant, dit.vers} <= {i.identifiant for i in d.individus}
            for d in self.declarations
            if d.siren == dit.siren
        )

    def _known(self, surs: Sequence[Dit]) -> set[tuple[str, str, str]]:
        """Whom each company knows: company, identifier, name; grown until nothing is learnt."""
        connus = {
            (d.siren, str(i.identifiant), nom)
            for d, i in self._individuals()
            for nom in (i.nom, i.usage)
            if nom
        }
        noms = {(identifiant, nom) for _, identifiant, nom in connus}
        declares = {(siren, identifiant) for siren, identifiant, _ in connus}
        for decision in self.decisions:
            sirens = {s for s, i in declares if i == decision.identifiant}
            for siren in {decision.siren} if decision.siren else sirens:
                connus |= {(siren, i, nom) for i, nom in noms if i == decision.vers}
        connus |= {(dit.siren, dit.vers, nom) for dit in surs for nom in dit.noms}
        while True:
            plus = {
                (siren, dit.vers, nom)
                for dit in surs
                for siren, identifiant, nom in connus
                if identifiant == dit.identifiant and nom in dit.noms
            }
            if plus <= connus:
                return connus
            connus |= plus

    def _targets(
        self,
        noeud: tuple[str, str],
        surs: Sequence[Dit],
        connus: set[tuple[str, str, str]],
    ) -> set[str] | None:
        siren, identifiant = noeud
        siennes = [
            d for d in self.decisions if d.identifiant == identifiant and d.siren in {None, siren}
        ]
        if siennes:
            derniere = max(siennes)
            return {derniere.vers} if derniere.vers else set()
        cibles = {
            dit.vers
            for dit in surs
            if dit.identifiant == identifiant
            and (dit.siren == siren or any((siren, identifiant, nom) in connus for nom in dit.noms))
        }
        return cibles or None

    def _follow(
        self,
        noeud: tuple[str, str],
        surs: Sequence[Dit],
        connus: set[tuple[str, str, str]],
        chemin: tuple[tuple[str, str], ...],
    ) -> tuple[str, str]:
        """(employee, state) of an identifier, followed from here."""
        siren, identifiant = noeud
        if noeud in chemin:
            return identifiant, "CIRCULAIRE"
        cibles = self._targets(noeud, surs, connus)
        if cibles is None:
            return identifiant, "SEUL"
        if not cibles:
            return identifiant, "SEPARE"
        finales = set()
        for cible in cibles:
            fin, etat = self._follow((siren, cible), surs, connus, (*chemin, noeud))
            if etat == "CIRCULAIRE":
                return identifiant, "CIRCULAIRE"
            finales.add(fin if etat == "LIE" else cible)
        return (finales.pop(), "LIE") if len(finales) == 1 else (identifiant, "PLUSIEURS")
