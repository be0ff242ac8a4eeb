"""The exchange files as data: kinds, records, fields. One description for every form of a file.

`champs.csv`, one row a field (key: genre, enregistrement, champ): `genre` (`*`: header and trailer
of every kind), `debut` (first position, from 1), `longueur` (bytes), `type` (A text, N digits,
S signed), `format` (of the value), `presence` (O required, C when `condition` holds and absent
otherwise, F free), `condition` (`CHAMP=A|B`, `CHAMP!=A`, `CHAMP`: when it is there; `=`: as on the
record that it follows), `valeurs` (closed list, separated by `|`).
`genres.yaml`: the kinds, their records and their totals.

Source: exchange.md 6.1 to 6.4 of the proposed specification, version 0100.
"""

from __future__ import annotations

from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from specs.fichiers import load_yaml

LONGUEUR = 320
VERSION = "0100"
ENTETE, CONTROLE = "00", "99"
ESPACE = "urn:proposed:caisse:echanges:1"
COMMUN = "*"
OCTETS_MAXIMUM = 50_000_000
RAPPORT_MAXIMUM = 200
DECIMALES: Mapping[str, int] = {
    "centimes": 2,
    "centiemes": 2,
    "centiemes_heure": 2,
    "centiemes_jour": 2,
    "centiemes_mois": 2,
    "dix_milliemes_euro": 4,
    "entier": 0,
    "ppm": 0,
}
# Fields whose value is shown masked.
PERSONNELS = frozenset(
    {
        *("NIR", "NIR_KEY", "SURNAME", "FIRST_NAME", "BIRTH", "IBAN", "HOLDER"),
        *("ADDR_PC", "ADDR_TOWN", "NIR_SIREN", "NAME"),
    }
)


@dataclass(frozen=True, slots=True)
class Champ:
    """A field of a record; see the module for what each column says."""

    nom: str
    debut: int
    longueur: int
    type: str
    format: str
    presence: str
    condition: str
    valeurs: tuple[str, ...]

    @property
    def tranche(self) -> slice:
        """Its bytes in the record."""
        return slice(self.debut - 1, self.debut - 1 + self.longueur)


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """A type of record; `dans`: the one that holds it, `liens`: fields repeated from that one."""

    code: str
    element: str
    champs: tuple[Champ, ...]
    dans: str = ""
    cle: tuple[str, ...] = ()
    liens: tuple[str, ...] = ()

    def champ(self, nom: str) -> Champ:
        """Its field of that name; KeyError when it has none."""
        return next((c for c in self.champs if c.nom == nom), None) or _unknown(nom)


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of file.

    `totaux`: fields summed by record type, for SUM_1, SUM_2 and SUM_HOURS. `partage`: field whose
    values send a line to one of the sums. `sans_extourne`: field whose negative value leaves the
    line out of SUM_HOURS. `salaries`: record that N_EMP counts; `compte_enregistrements`: each of
    them, whoever it is about.
    """

    nom: str
    entrant: bool
    service: str
    convention: str
    enregistrements: Mapping[str, Enregistrement]
    totaux: Mapping[str, Mapping[str, tuple[str, ...]]]
    partage: Mapping[str, Any]
    sans_extourne: str
    salaries: str
    compte_enregistrements: bool
    doublon: str

    @property
    def details(self) -> tuple[Enregistrement, ...]:
        """Its records but header and trailer, in the order of the description."""
        return tuple(e for c, e in self.enregistrements.items() if c not in (ENTETE, CONTROLE))

    @property
    def ligne(self) -> Enregistrement:
        """The record that bears the key of a line, followed by those of the line (way in)."""
        code = self.salaries or next(e.code for e in self.details if e.cle)
        return self.enregistrements[code]


@cache
def read_genres() -> Mapping[str, Genre]:
    """Every kind by name, in the order of the description."""
    decrits = load_yaml(files(__package__).joinpath("genres.yaml").read_bytes())
    champs = _read_champs()
    return MappingProxyType({nom: _genre(nom, dit, champs) for nom, dit in decrits.items()})


@cache
def read_enveloppe(code: str) -> Enregistrement:
    """The header or the trailer, the same in every kind."""
    return next(iter(read_genres().values())).enregistrements[code]


def _genre(nom: str, dit: dict[str, Any], champs: dict[tuple[str, str], list[Champ]]) -> Genre:
    details = {
        code: Enregistrement(
            code,
            decrit["element"],
            tuple(champs[nom, code]),
            decrit.get("dans", ""),
            tuple(decrit.get("cle", ())),
            tuple(decrit.get("liens", ())),
        )
        for code, decrit in dit["enregistrements"].items()
    }
    entete = Enregistrement(ENTETE, "entete", tuple(champs[COMMUN, ENTETE]))
    controle = Enregistrement(CONTROLE, "controle", tuple(champs[COMMUN, CONTROLE]))
    return Genre(
        nom,
        dit["sens"] == "entrant",
        dit.get("service", ""),
        dit.get("convention", ""),
        MappingProxyType({ENTETE: entete} | details | {CONTROLE: controle}),
        {s: {c: tuple(noms) for c, noms in par.items()} for s, par in dit["totaux"].items()},
        dit.get("partage", {}),
        dit.get("sans_extourne", ""),
        dit.get("salaries", ""),
        dit.get("compte_enregistrements", False),
        dit.get("doublon", ""),
    )


def _read_champs() -> dict[tuple[str, str], list[Champ]]:
    lignes = files(__package__).joinpath("champs.csv").read_text("utf-8").splitlines()
    champs: dict[tuple[str, str], list[Champ]] = {}
    for ligne in DictReader(lignes):
        champs.setdefault((ligne["genre"], ligne["enregistrement"]), []).append(
            Champ(
                ligne["champ"],
                int(ligne["debut"]),
                int(ligne["longueur"]),
                ligne["type"],
                ligne["format"],
                ligne["presence"],
                ligne["condition"],
                tuple(ligne["valeurs"].split("|")) if ligne["valeurs"] else (),
            )
        )
    return champs


def _unknown(nom: str) -> Champ:
    raise KeyError(nom)
