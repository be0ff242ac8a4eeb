"""Controls as data: one YAML a block in specs/controles, read for one version of the norm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from parsers.anomalies import BLOQUANTE, SIGNAL
from specs.dsn import VERSIONS

SUSPENSIONS = "suspensions.yaml"
SIGNALEES = ("SIG",)
_RUBRIQUES = re.compile(r"(?:moi\.)?(r\d\d_\d{3})")


@dataclass(frozen=True, slots=True)
class Controle:
    """One control: where it is judged, when, what must hold, what to say.

    `identifiant` is the norm's (`S21.G00.40.011/CCH-13`) or the fund's; `rubrique` the one that the
    anomaly names; `bloc` the rows that are judged; `si`, `alors`, `sinon` conditions (None: always,
    nothing asked); `natures` those it applies to (empty: all); `lit` the short names that a
    function of `particuliers` reads beyond an individual; `tout_le_bloc`: it reads every
    rubric of its block; `message` may hold {valeur}.
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
    message: str
    remede: str

    @property
    def rubriques(self) -> frozenset[str]:
        """Short names of the rubrics that its conditions read."""
        textes = " ".join(t for t in (self.si, self.alors, self.sinon) if t)
        return frozenset(_RUBRIQUES.findall(textes))


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
    fichiers = sorted((f for f in dossier.iterdir() if is_data(f.name)), key=str)
    return tuple(
        _parse(entree) for fichier in fichiers for entree in _read_yaml(fichier.read_text("utf-8"))
    )


@cache
def controles_by_code() -> dict[str, Controle]:
    """Every control by its identifier."""
    return {controle.identifiant: controle for controle in read_controles()}


@cache
def controles_of(version: str) -> dict[str, tuple[Controle, ...]]:
    """Controls of one version, by the block that they judge."""
    par_bloc: dict[str, list[Controle]] = {}
    for controle in read_controles():
        if version in controle.versions:
            par_bloc.setdefault(controle.bloc, []).append(controle)
    return {bloc: tuple(controles) for bloc, controles in par_bloc.items()}


def is_data(nom: str) -> bool:
    """Whether a file of the folder holds controls."""
    return nom.endswith(".yaml") and nom != SUSPENSIONS


@cache
def read_suspensions() -> tuple[Suspension, ...]:
    """The controls that are switched off."""
    fichier = files("specs").joinpath("controles", SUSPENSIONS)
    return tuple(Suspension(**entree) for entree in _read_yaml(fichier.read_text("utf-8")))


def _read_yaml(texte: str) -> list[dict[str, Any]]:
    """Read with the compiled loader, ten times faster, which is safe like the other one."""
    chargeur = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(texte)
    try:
        return chargeur.get_single_data() or []
    finally:
        chargeur.dispose()


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
        message=entree["message"],
        remede=entree["remede"],
    )
