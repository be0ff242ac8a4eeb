"""The fund: its name, its code, what it reads in a DSN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from specs.fichiers import read_yaml


@dataclass(frozen=True, slots=True)
class Creancier:
    """The fund as the bank knows it: SEPA creditor identifier, account, structured address."""

    nom: str
    ics: str
    iban: str
    bic: str
    rue: str
    code_postal: str
    ville: str
    pays: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a company asks."""

    service: str
    telephone: str
    courriel: str


@dataclass(frozen=True, slots=True)
class Caisse:
    """See `caisse.yaml` for the source of each value."""

    nom: str
    sigle: str
    code_caisse: str
    taille_max_octets: int
    codes_reseau: tuple[str, str]
    bases_individuelles: tuple[str, ...]
    bases_etablissement: tuple[str, ...]
    libelles_bases: Mapping[str, str]
    elements_de_paie: Mapping[str, tuple[str, ...]]
    absences_compatibles: Mapping[str, tuple[str, ...]]
    boite_banque: str
    reserves_maximum: int
    creancier: Creancier
    contact: Contact


@cache
def read_caisse() -> Caisse:
    """The fund that this engine works for."""
    contenu = read_yaml("specs", "caisse")
    return Caisse(
        nom=contenu["nom"],
        sigle=contenu["sigle"],
        code_caisse=contenu["code_caisse"]["valeur"],
        taille_max_octets=contenu["taille_max_octets"],
        codes_reseau=(contenu["codes_reseau"]["debut"], contenu["codes_reseau"]["fin"]),
        bases_individuelles=tuple(contenu["bases_individuelles"]),
        bases_etablissement=tuple(contenu["bases_etablissement"]),
        libelles_bases=contenu["libelles_bases"],
        elements_de_paie={n: tuple(c) for n, c in contenu["elements_de_paie"].items()},
        absences_compatibles={n: tuple(c) for n, c in contenu["absences_compatibles"].items()},
        boite_banque=contenu["boite_banque"],
        reserves_maximum=contenu["reserves_maximum"],
        creancier=Creancier(**contenu["creancier"]),
        contact=Contact(**contenu["contact"]),
    )
