"""Controls as data: one YAML a judged block in specs/controles, and one for the fund's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from parsers.anomalies import BLOQUANTE, SIGNAL
from parsers.controles.arbre import short_bloc, short_name
from parsers.controles.modeles import MODELES, completed
from specs.dsn import VERSIONS
from specs.fichiers import LECTEUR, SUFFIXE

CAISSE, SUSPENSIONS = "caisse", "suspensions"
SIGNALEES = ("SIG",)
_RUBRIQUES = re.compile(r"(?:moi\.)?(r\d\d_\d{3})")


@dataclass(frozen=True, slots=True)
class Controle:
    """One control: where it is judged, when, what must hold, what to say.

    `identifiant` is the norm's (`S21.G00.40.011/CCH-13`) or the fund's; `rubrique` the one that the
    anomaly names; `bloc` the rows that are judged; `si`, `alors`, `sinon` conditions (None: always,
    nothing asked); `natures` those it applies to (empty: all); `lit` the short names that a
    function of `particuliers` reads beyond an individual; `tout_le_bloc`: it reads every
    rubric of its block; `fautif`: of a rubric that is not of `bloc`, which of its occurrences are
    at fault (None: any), the first giving the line; `modele`: the shared definition that its
    conditions come from; `message` may hold {valeur}.
    """

    identifiant: str
    rubrique: str
    bloc: str
    severite: str
    versions: tuple[str, ...]
    natures: tuple[str, ...]
    si: str | None
    alors: str | None
    sinon: str | None
    particulier: bool
    lit: tuple[str, ...]
    tout_le_bloc: bool
    fautif: str | None
    modele: str | None
    message: str
    remede: str

    @property
    def rubriques(self) -> frozenset[str]:
        """Short names of the rubrics that its conditions read."""
        textes = " ".join(t for t in (self.si, self.alors, self.sinon) if t)
        return frozenset(_RUBRIQUES.findall(textes))

    @property
    def place(self) -> str | None:
        """What gives the line of its anomalies, when its rubric is not of the block it judges."""
        porteur = self.rubrique[:10]
        if porteur == self.bloc:
            return None
        fautif = self.fautif or f"present({short_name(self.rubrique)})"
        return f"premiere_ligne({short_bloc(porteur)}, {fautif})"


@dataclass(frozen=True, slots=True)
class Suspension:
    """A control switched off for declarations made from `debut` to `fin` (None: no end yet)."""

    controle: str
    debut: date
    fin: date | None
    raison: str


@cache
def read_controles() -> tuple[Controle, ...]:
    """Every control of every file, in the order of the files."""
    dossier = files("specs").joinpath("controles")
    noms = sorted(f.name.removesuffix(SUFFIXE) for f in dossier.iterdir() if SUFFIXE in f.name)
    return tuple(c for nom in noms if nom not in (SUSPENSIONS, MODELES) for c in read_fichier(nom))


@cache
def read_fichier(nom: str) -> tuple[Controle, ...]:
    """Controls of the file of one block, or of `CAISSE`; none when there is no such file.

    ValueError when a control judges another block: it would be looked for in that one's file.
    """
    fichier = files("specs").joinpath("controles", nom + SUFFIXE)
    entrees = map(completed, _read_yaml(fichier) if fichier.is_file() else [])
    controles = tuple(_parse(entree) for entree in entrees)
    for controle in controles:
        if nom not in (controle.bloc, CAISSE):
            raise ValueError(
                f"{controle.identifiant} juge {controle.bloc} : à ranger dans son fichier"
            )
    return controles


@cache
def controles_by_code() -> dict[str, Controle]:
    """Every control by its identifier."""
    return {controle.identifiant: controle for controle in read_controles()}


def controles_of(version: str) -> dict[str, tuple[Controle, ...]]:
    """Controls of one version, by the block that they judge."""
    return controles_on(version, dict.fromkeys(controle.bloc for controle in read_controles()))


def controles_on(version: str, blocs: Iterable[str]) -> dict[str, tuple[Controle, ...]]:
    """Controls of one version that judge some blocks, by block; no other file is read."""
    return {bloc: _judging(version, bloc) for bloc in blocs}


@cache
def _judging(version: str, bloc: str) -> tuple[Controle, ...]:
    connus = (*read_fichier(bloc), *(c for c in read_fichier(CAISSE) if c.bloc == bloc))
    return tuple(controle for controle in connus if version in controle.versions)


@cache
def read_suspensions() -> tuple[Suspension, ...]:
    """The controls that are switched off."""
    fichier = files("specs").joinpath("controles", SUSPENSIONS + SUFFIXE)
    return tuple(Suspension(**entree) for entree in _read_yaml(fichier))


def _read_yaml(fichier: Traversable) -> list[dict[str, Any]]:
    entrees: list[dict[str, Any]] | None = yaml.load(fichier.read_text("utf-8"), LECTEUR)  # noqa: S506
    return entrees or []


def _parse(entree: dict[str, Any]) -> Controle:
    identifiant: str = entree["controle"]
    rubrique, _, code = identifiant.partition("/")
    severite = SIGNAL if code.startswith(SIGNALEES) else BLOQUANTE
    if not code:  # the fund's own, whose code says no rubric
        rubrique, severite = entree["rubrique"], SIGNAL
    return Controle(
        identifiant=identifiant,
        rubrique=rubrique,
        bloc=entree.get("bloc", rubrique[:10]),
        severite=entree.get("severite", severite),
        versions=tuple(entree.get("versions", VERSIONS)),
        natures=tuple(entree.get("natures", ())),
        si=entree.get("si"),
        alors=entree.get("alors"),
        sinon=entree.get("sinon"),
        particulier=entree.get("particulier", False),
        lit=tuple(entree.get("lit", ())),
        tout_le_bloc=entree.get("tout_le_bloc", False),
        fautif=entree.get("fautif"),
        modele=entree.get("modele"),
        message=entree["message"],
        remede=entree["remede"],
    )
