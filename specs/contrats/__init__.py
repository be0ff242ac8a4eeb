"""Contracts of the tables of the lake, one YAML a business.

A contract says which columns a table has, their types (a key of TYPES), the key (also the total
order of the rows), the columns that partition it, who may see each column (`classe`, one of
CLASSES), and the closed list of a column that has one (`valeurs`: each code with its meaning, in
French). The lists are the one source of the codes: the constants of the rules are declared from
them. A column that says no class is not public.

    >>> read_contrat("appels").cle
    ('appel',)
    >>> codes_of("alertes", "etat", "OUVERTE", "LEVEE")
    ('OUVERTE', 'LEVEE')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import polars as pl

from specs.echanges.tables import build_contrats
from specs.fichiers import find_sujet, read_sujets, read_yaml

TYPES: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "texte": pl.String(),
        "mois": pl.String(),
        "entier": pl.Int64(),
        "centimes": pl.Int64(),
        "ppm": pl.Int64(),
        "centiemes": pl.Int64(),
        "booleen": pl.Boolean(),
        "date": pl.Date(),
    }
)
PART = "part"  # column of the shard: how the night was cut, nothing of the business
# Column of a slice of the deposits, that of those that rows come from: the same, of the writing.
TRANCHE = "tranche"
SANS_TRANCHE = "-"  # slice of rows from before their table had some
PLACES = frozenset({PART, TRANCHE})  # where a row stands: the same row may stand elsewhere
PARTAGES = PAR_SIREN, PAR_SALARIE = "siren", "salarie"
NOUVEAUTES = frozenset({"lignes", "contenu", "ouverture"})
# Who may see a column, in French for the dictionary of the tables.
CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "publique": "qui vérifie une attestation",
        "entreprise": "l'entreprise concernée, et la caisse",
        "pseudonyme": "la caisse : un salarié ou un compte, sous pseudonyme",
        "identite": "personne par une liste : NIR, nom, compte en clair",
    }
)


class Lecteur(StrEnum):
    """Who reads a list, by its way out."""

    PUBLIC = "public"  # the status of a certificate, asked by whoever was shown it
    PORTAIL = "portail"  # the page and its downloads, which ask nobody who they are
    ADHERENT = "adherent"  # the space of a company, whose rows are all its own
    EXPLOITANT = "exploitant"  # the command line of the fund


# Classes that each reader sees. One that no reader has never leaves by a list.
VUES: Mapping[Lecteur, frozenset[str]] = MappingProxyType(
    {
        Lecteur.PUBLIC: frozenset({"publique"}),
        Lecteur.PORTAIL: frozenset({"publique", "entreprise"}),
        Lecteur.ADHERENT: frozenset({"publique", "entreprise", "pseudonyme"}),
        Lecteur.EXPLOITANT: frozenset({"publique", "entreprise", "pseudonyme"}),
    }
)


class ContratInconnu(LookupError):  # noqa: N818 - named in French
    """No table of the lake has this name."""


class ContratInvalide(ValueError):  # noqa: N818 - named in French
    """A contract says what none can say, or a code that its column does not have."""


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its type in the contract's words, its French title, who may see it.

    `type` is a key of TYPES, `classe` one of CLASSES; `nul` says whether a value may be missing;
    `valeurs` are its only codes, each with its meaning (none: any text).
    """

    nom: str
    type: str
    titre: str
    classe: str = "entreprise"
    nul: bool = False
    valeurs: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """ContratInvalide when a word of the column is not one of those above."""
        if self.type not in TYPES or self.classe not in CLASSES:
            raise ContratInvalide(f"colonne {self.nom} : type ou classe inconnus")
        if self.valeurs and self.type != "texte":
            raise ContratInvalide(f"colonne {self.nom} : seul un texte a des valeurs")
        # YAML reads `NON:` as a boolean: a code is written between quotes when it is such a word.
        if not all(isinstance(mot, str) and mot for mot in chain(*self.valeurs.items())):
            raise ContratInvalide(f"colonne {self.nom} : chaque valeur est un texte, et son sens")


@dataclass(frozen=True, slots=True)
class Contrat:
    """A table of the lake: `cle` is its key and the order of its rows, `colonnes` their order.

    `partition` names the columns by which it is rewritten; `publie` says whether the reporting
    layer may show it; `suit` is the table whose published keys it follows, when it is written
    before they are published. `nouveaute` says when a night has something new to publish of it: a
    row more (`lignes`), a row that is not as published (`contenu`), a row more even if nothing was
    ever published (`ouverture`); None: what changes in it leaves with the next publication.
    `partage` is what its shards (`part`, first column of the partition) are made from: the company
    (`siren`) or the employee (`salarie`); None when it has no shard. `famille`: tables that are
    read together, whoever writes them. `datee`: the column that tells the night that made the rows
    again, and nothing of the business; None: they are made again with no such trace. `detaille`:
    the table whose rows it details, by the columns of its key that both have; of a company held,
    its rows go with those.
    """

    nom: str
    titre: str
    publie: bool
    partition: tuple[str, ...]
    cle: tuple[str, ...]
    colonnes: tuple[Colonne, ...]
    suit: str | None = None
    nouveaute: str | None = None
    partage: str | None = None
    famille: str | None = None
    datee: str | None = None
    detaille: str | None = None

    def __post_init__(self) -> None:
        """ContratInvalide when the key or the partition has no column, or the novelty no sense."""
        nommees = {*self.cle, *self.partition, *([self.datee] if self.datee else [])}
        if not nommees <= {colonne.nom for colonne in self.colonnes}:
            raise ContratInvalide(f"table {self.nom} : clé, partition ou date sans colonne")
        if self.partage is not None and self.partage not in PARTAGES:
            raise ContratInvalide(f"table {self.nom} : partage {self.partage!r} inconnu")
        if self.partage is not None and self.partage not in {c.nom for c in self.colonnes}:
            raise ContratInvalide(f"table {self.nom} : pas de colonne {self.partage} à partager")
        if self.nouveaute is not None and self.nouveaute not in NOUVEAUTES:
            raise ContratInvalide(f"table {self.nom} : nouveauté {self.nouveaute!r} inconnue")

    @property
    def periode(self) -> str | None:
        """The column of the period that it is rewritten by, beside its shard; None when whole."""
        return next((nom for nom in self.partition[1:] if self.partage), None)

    def seen_by(self, lecteur: Lecteur) -> Contrat:
        """The same contract with the columns that `lecteur` may see, and no other."""
        return self.with_colonnes(c for c in self.colonnes if c.classe in VUES[lecteur])

    def with_colonnes(self, colonnes: Iterable[Colonne]) -> Contrat:
        """The same contract with these columns, in this order, and what it says of them alone."""
        gardees = tuple(colonnes)
        noms = {colonne.nom for colonne in gardees}
        return replace(
            self,
            colonnes=gardees,
            cle=tuple(nom for nom in self.cle if nom in noms),
            partition=tuple(nom for nom in self.partition if nom in noms),
            partage=self.partage if self.partage in noms else None,
            datee=self.datee if self.datee in noms else None,
        )


@cache
def contrats() -> Mapping[str, Contrat]:
    """Every contract by table name, in the order of the files, then those of exchange files."""
    entrees = {**read_sujets(__name__), **dict(build_contrats())}
    return MappingProxyType({nom: _parse_contrat(nom, entree) for nom, entree in entrees.items()})


def read_contrat(nom: str) -> Contrat:
    """Contract of the table `nom`; ContratInconnu when there is none."""
    seul = _read_one(nom)
    if seul is None and nom not in contrats():
        raise ContratInconnu(f"table inconnue : {nom}")
    return contrats()[nom] if seul is None else seul


@cache
def _read_one(nom: str) -> Contrat | None:
    """A contract, its file alone being read; None for one that has no file."""
    sujet = find_sujet(__name__, nom)
    return _parse_contrat(nom, read_yaml(__name__, sujet)[nom]) if sujet else None


def tables_of(famille: str) -> tuple[str, ...]:
    """Tables of a family, in the order of the contracts."""
    return tuple(nom for nom, contrat in contrats().items() if contrat.famille == famille)


def columns_of(nom: str) -> list[str]:
    """Names of the columns of the table `nom`, in the contract's order."""
    return [colonne.nom for colonne in read_contrat(nom).colonnes]


def computed_columns(nom: str) -> list[str]:
    """Those of a table that a rule computes: its shard and slice come when it is written."""
    return [colonne for colonne in columns_of(nom) if colonne not in PLACES]


def computed_schema(nom: str) -> pl.Schema:
    """Columns of `computed_columns` with their Polars types."""
    schema = schema_polars(read_contrat(nom))
    return pl.Schema({colonne: schema[colonne] for colonne in computed_columns(nom)})


def valeurs_of(nom: str, colonne: str) -> Mapping[str, str]:
    """Closed list of a column, each code with its meaning; ContratInvalide when it has none."""
    valeurs = next((c.valeurs for c in read_contrat(nom).colonnes if c.nom == colonne), None)
    if not valeurs:
        raise ContratInvalide(f"table {nom} : la colonne {colonne} n'a pas de liste de valeurs")
    return valeurs


def columns_titles(nom: str) -> Mapping[str, str]:
    """Title of each column of the table `nom`."""
    return MappingProxyType({c.nom: c.titre for c in read_contrat(nom).colonnes})


def codes_of(nom: str, colonne: str, *codes: str) -> tuple[str, ...]:
    """The same `codes`, which the closed list of the column has; ContratInvalide when not.

    Constants are declared so: a code that leaves the list, or is spelled otherwise, fails at once.
    """
    if inconnus := sorted(set(codes) - valeurs_of(nom, colonne).keys()):
        raise ContratInvalide(f"table {nom}, colonne {colonne} : {', '.join(inconnus)} inconnus")
    return codes


def columns_detailed(contrat: Contrat) -> list[str]:
    """Columns of its key that name the row it details; none when it details no table."""
    if contrat.detaille is None:
        return []
    return [nom for nom in contrat.cle if nom in columns_of(contrat.detaille)]


def schema_polars(contrat: Contrat) -> pl.Schema:
    """Columns of the table with their Polars types, in the contract's order."""
    return pl.Schema({colonne.nom: TYPES[colonne.type] for colonne in contrat.colonnes})


def _parse_contrat(nom: str, entree: dict[str, Any]) -> Contrat:
    colonnes = tuple(_parse_colonne(c, champs) for c, champs in entree["colonnes"].items())
    return Contrat(
        nom=nom,
        titre=entree["titre"],
        publie=entree["publie"],
        partition=tuple(entree["partition"]),
        cle=tuple(entree["cle"]),
        colonnes=colonnes,
        suit=entree.get("suit"),
        nouveaute=entree.get("nouveaute"),
        partage=entree.get("partage", PAR_SIREN if PART in entree["partition"] else None),
        famille=entree.get("famille"),
        datee=entree.get("datee"),
        detaille=entree.get("detaille"),
    )


def _parse_colonne(nom: str, champs: dict[str, Any]) -> Colonne:
    return Colonne(nom=nom, **champs | {"valeurs": MappingProxyType(champs.get("valeurs", {}))})
