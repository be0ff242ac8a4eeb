"""Coverage: every control of the norm, version by version, and what becomes of it.

The norm lists 693 controls (`specs/controles/catalogue.csv`) and has generic codes that come from
its dictionary (`specs/controles/exceptions/generiques.yaml`). A control counts as written when its
condition is data that holds for the version, when the keys of the dictionary verify it
(`specs/dsn/cles.csv`), or when a part of the reader judges it; the tests see to it that each has
a conforming and a faulty excerpt. The fund's own controls are the family CP.

A written control that refuses in the norm and only signals here is told apart: the table it reads
is not the norm's, so that an absent code proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from parsers.anomalies import SIGNAL
from parsers.controles.lecture import Controle, controles_by_code, read_controles
from specs.dsn import VERSIONS, read_cles, read_edition
from specs.fichiers import load_yaml

IMPLEMENTE, SIGNALE, AILLEURS, ABSENT = (
    *("implemente", "signale"),
    *("decide_ailleurs", "non_implemente"),
)
STATUTS = {
    "implemente_par": IMPLEMENTE,
    "decide_ailleurs": AILLEURS,
    "table_absente": ABSENT,
}
FAMILLES = ("CV", "CST", "CSL", "CRE", "CCH", "SIG", "CME", "CID", "CP")
TABLE_AUTRE = "Dit en signal, sur une table qui n'est pas celle de la norme : {edition}."
_TABLE = re.compile(r"""dans_table\([^"]*"(\w+)"\)""")
PAS_ECRIT = "La condition n'est pas encore écrite pour cette version."
SCHEMA = pl.Schema(dict.fromkeys(("version", "famille", "controle", "statut", "raison"), pl.String))
SCHEMA_COUVERTURE = pl.Schema(
    {
        "version": pl.String,
        "famille": pl.String,
        "controles": pl.Int64,
        "implementes": pl.Int64,
        "signales": pl.Int64,
        "decides_ailleurs": pl.Int64,
        "non_implementes": pl.Int64,
    }
)


def read_etats() -> pl.DataFrame:
    """One row a version and control, in the order of versions, families and identifiers.

    Columns `SCHEMA`: `statut` is implemente, signale (written, but it signals what the norm
    refuses), decide_ailleurs or non_implemente, `raison` says why when it is not the first.
    """
    lignes = [
        (version, famille, identifiant, *_status(identifiant, version))
        for identifiant, famille, versions in _listed()
        for version in versions
    ]
    ordre = pl.col("famille").replace_strict(FAMILLES, range(len(FAMILLES)))
    return pl.DataFrame(lignes, SCHEMA, orient="row").sort("version", ordre, "controle")


def compute_couverture(etats: pl.DataFrame) -> pl.DataFrame:
    """Counts of `read_etats` by version and family (columns `SCHEMA_COUVERTURE`).

    The `signales` are among the `implementes`.
    """
    statut = pl.col("statut")
    comptes = etats.group_by("version", "famille", maintain_order=True).agg(
        pl.len().alias("controles"),
        statut.is_in([IMPLEMENTE, SIGNALE]).sum().alias("implementes"),
        (statut == SIGNALE).sum().alias("signales"),
        (statut == AILLEURS).sum().alias("decides_ailleurs"),
        (statut == ABSENT).sum().alias("non_implementes"),
    )
    return comptes.cast(SCHEMA_COUVERTURE)


@cache
def read_catalogue() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Controls that the norm lists, with their family and versions."""
    lignes = _catalogue().iter_rows(named=True)
    return {li["controle"]: (li["famille"], tuple(li["versions"].split())) for li in lignes}


@cache
def read_textes() -> dict[str, list[str]]:
    """Controls that the norm words alike, by number of the text: they share one definition."""
    communs = _catalogue().filter(pl.col("texte").is_not_null())
    groupes = communs.group_by("texte", maintain_order=True).agg("controle")
    return dict(groupes.iter_rows())


@cache
def read_signales() -> dict[str, Controle]:
    """Written controls that refuse in the norm and signal here, by identifier."""
    bloquants = _catalogue().filter(pl.col("severite") != SIGNAL)["controle"]
    ecrits = controles_by_code()
    return {i: ecrits[i] for i in bloquants if i in ecrits and ecrits[i].severite == SIGNAL}


@cache
def read_exceptions() -> tuple[dict[str, Any], ...]:
    """Entries of `specs/controles/exceptions`: controle, statut, raison; par, versions if given."""
    dossier = files("specs").joinpath("controles", "exceptions")
    fichiers = sorted((f for f in dossier.iterdir() if f.name.endswith(".yaml")), key=str)
    return tuple(e for f in fichiers for e in load_yaml(f.read_text("utf-8")) or [])


@cache
def keys_of_dictionary() -> frozenset[str]:
    """Listed controls that the keys of the dictionary verify."""
    return frozenset(f"{c['rubrique']}/{c['controle']}" for c in read_cles().iter_rows(named=True))


def own_controles() -> dict[str, Controle]:
    """The fund's controls, by identifier."""
    return {i: c for i, c in controles_by_code().items() if i.startswith("CP-")}


def is_generic(identifiant: str) -> bool:
    """Whether a code is said of any rubric or block (`CST-03`), not of one."""
    return "/" not in identifiant and not identifiant.startswith("CP-")


def _listed() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every control: identifier, family, versions."""
    for exception in read_exceptions():
        code = exception["controle"]
        if is_generic(code):
            yield code, code[: 2 if code.startswith("CV") else 3], VERSIONS
    for identifiant, (famille, versions) in read_catalogue().items():
        yield identifiant, famille, versions
    for identifiant, controle in own_controles().items():
        yield identifiant, "CP", controle.versions


def _status(identifiant: str, version: str) -> tuple[str, str | None]:
    if identifiant in read_signales() and (identifiant, version) in _written():
        return SIGNALE, _edition_of(read_signales()[identifiant])
    if identifiant in keys_of_dictionary() or (identifiant, version) in _written():
        return IMPLEMENTE, None
    exception = _exceptions_by_code().get(identifiant)
    if exception is None or version not in exception.get("versions", VERSIONS):
        return ABSENT, PAS_ECRIT
    statut = STATUTS[exception["statut"]]
    return statut, None if statut == IMPLEMENTE else exception["raison"]


def _edition_of(controle: Controle) -> str:
    """Which table a control that only signals looks its code up in."""
    [table] = _TABLE.findall(controle.alors or "")
    return TABLE_AUTRE.format(edition=read_edition(table))


@cache
def _catalogue() -> pl.DataFrame:
    octets = files("specs").joinpath("controles", "catalogue.csv").read_bytes()
    return pl.read_csv(octets, infer_schema=False)


@cache
def _written() -> frozenset[tuple[str, str]]:
    """Controls whose condition is data, with each version that it holds for.

    A control that changes from a version to another has several conditions.
    """
    return frozenset((c.identifiant, version) for c in read_controles() for version in c.versions)


@cache
def _exceptions_by_code() -> dict[str, dict[str, Any]]:
    return {e["controle"]: e for e in read_exceptions()}
