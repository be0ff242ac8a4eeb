"""The tables of the lake that hold the lines of exchange files, drawn from their description.

One table a detail record of a kind that comes in: `depot` and `rang` (number of the record) are its
key, `ligne` the record that bears the key of its line (null for the stops of a declaration), then
its fields in lower case. Personal fields have no column: they go to the one table that holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from specs.echanges import PERSONNELS, Champ, Enregistrement, read_genres
from specs.fichiers import load_yaml

SANS_COLONNE = PERSONNELS | {"TYPE", "FILLER", "BIC", "ADDR_CTRY"}
ENTIERS = frozenset(
    {
        *("entier", "annee", "ppm", "unite", "dix_milliemes_euro", "centiemes"),
        *("centiemes_heure", "centiemes_jour", "centiemes_mois"),
    }
)
TYPES = {"centimes": "centimes", "date": "date", "mois": "mois"}
PLACES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "lot": {"type": "texte", "titre": "lot de contrôle"},
        "depot": {"type": "texte", "titre": "numéro du dépôt"},
        "rang": {"type": "entier", "titre": "numéro de l'enregistrement"},
        "ligne": {"type": "entier", "titre": "enregistrement qui porte la clé", "nul": True},
        "declaration": {"type": "entier", "titre": "premier arrêt de la déclaration", "nul": True},
        "siren": {"type": "texte", "titre": "SIREN"},
    }
)
SALARIE = {"type": "texte", "titre": "pseudonyme du salarié", "nul": True, "classe": "pseudonyme"}
REFUSE = {"type": "booleen", "titre": "jour refusé par le contrôle du fichier"}
JOUR = ("ARI", "32")


@cache
def read_tables() -> Mapping[tuple[str, str], str]:
    """Table of each detail record, by kind and code of record."""
    return MappingProxyType(
        {
            (genre, code): table
            for genre, dit in _read().items()
            for code, table in dit["tables"].items()
        }
    )


@cache
def read_cles_prises() -> Mapping[str, str]:
    """Code that refuses a line whose key is taken, by kind; none where the latest counts."""
    return MappingProxyType(
        {g: dit["cle_prise"] for g, dit in _read().items() if "cle_prise" in dit}
    )


def build_contrats() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each table with its contract, as a file of `specs.contrats` would write it."""
    genres = read_genres()
    for (genre, code), table in read_tables().items():
        enregistrement = genres[genre].enregistrements[code]
        yield (
            table,
            {
                "titre": f"enregistrements {code} des fichiers {genre}, tels que lus",
                "publie": False,
                "partition": ["lot"],
                "cle": ["depot", "rang"],
                "colonnes": dict(_columns(genre, enregistrement)),
            },
        )


def _columns(genre: str, enregistrement: Enregistrement) -> Iterator[tuple[str, dict[str, Any]]]:
    noms = {champ.nom for champ in enregistrement.champs}
    yield from ((nom, dict(dit)) for nom, dit in PLACES.items())
    if "NIR" in noms:
        yield "salarie", SALARIE
    if (genre, enregistrement.code) == JOUR:
        yield "refuse", REFUSE
    for champ in enregistrement.champs:
        if champ.nom not in SANS_COLONNE and champ.nom.lower() not in PLACES:
            yield champ.nom.lower(), _column(champ)


def _column(champ: Champ) -> dict[str, Any]:
    nature = "entier" if champ.format in ENTIERS else TYPES.get(champ.format, "texte")
    classe = {"classe": "pseudonyme"} if champ.nom == "MATRICULE" else {}
    return {"type": nature, "titre": f"champ {champ.nom}", "nul": True, **classe}


def _read() -> dict[str, Any]:
    lu: dict[str, Any] = load_yaml(files(__package__).joinpath("tables.yaml").read_bytes())
    return lu
