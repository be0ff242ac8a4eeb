"""The DSN norm as data, one folder a version: `blocs.csv`, `rubriques.csv`, `codes.csv`.

The version written in S10.G00.00.006 selects the dictionary, never the month of the declaration;
dictionaries of several versions are never merged.

Columns of `blocs` (key `bloc`, order `ordre` = depth-first order of the tree): `libelle`, `parent`,
`minimum`, `maximum` (empty: no bound), `service`, `nature_NN` and `nature_01_sans_individu`
(`interdit` or `min..max`, `*` for no bound).
Columns of `rubriques` (key `rubrique`, document order): `libelle`, `type` (X text, N number, D date
JJMMAAAA), `nature`, `longueur_min`, `longueur_max`, `decimales` (N only), `motif` (regular
expression of the whole value), `liste` (of `codes`), `table_externe`, `personnelle`, `service`,
`usage_NN` (O mandatory, C conditional, I forbidden, N block not admitted).
Columns of `codes` (key `liste`, `code`): `libelle`.

Source: the official workbooks of data types of CT2024 to CT2027 (net-entreprises).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl

from specs.fichiers import load_yaml

VERSIONS = ("P24V01", "P25V01", "P26V01", "P27V01")
TABLES_OUVERTES = ("COMMUNES", "CODES_POSTAUX")  # in place of INSEE and HEX, which the norm names
TABLES_DE_LA_NORME = "P21V01"
NATURES = ("01", "04", "05", "07", "08", "09", "10")


@dataclass(frozen=True, slots=True)
class Norme:
    """The dictionary of one version; see the module for the columns of each frame."""

    version: str
    blocs: pl.DataFrame
    rubriques: pl.DataFrame
    codes: pl.DataFrame

    def codes_of(self, liste: str) -> list[str]:
        """Codes of one closed list, in document order."""
        return self.codes.filter(pl.col("liste") == liste)["code"].to_list()


@cache
def read_norme(version: str) -> Norme:
    """Read the dictionary of `version`; KeyError when the version is not one of `VERSIONS`."""
    if version not in VERSIONS:
        raise KeyError(f"version de norme inconnue : {version}")
    return Norme(version, *(_read(version, nom) for nom in ("blocs", "rubriques", "codes")))


@cache
def read_table(nom: str) -> pl.DataFrame:
    """External table: `code` (key), in a file of its own when it is one of `TABLES_OUVERTES`.

    The others (`CPCP`, `IDCC`, `NAF`...) are of the 2021 edition of the norm and have a `libelle`.
    """
    if nom in TABLES_OUVERTES:
        return _read("tables", nom)
    return _tables().filter(pl.col("table") == nom).select("code", "libelle")


@cache
def read_codes(nom: str) -> frozenset[str]:
    """Codes of an external table."""
    return frozenset(read_table(nom)["code"].to_list())


@cache
def _tables() -> pl.DataFrame:
    return _read("tables", TABLES_DE_LA_NORME)


@cache
def read_edition(nom: str) -> str:
    """What the external table holds and of which date, in French (`tables/sources.yaml`)."""
    sources = load_yaml(files(__package__).joinpath("tables", "sources.yaml").read_bytes())
    edition: str = sources[nom if nom in TABLES_OUVERTES else TABLES_DE_LA_NORME]["edition"]
    return edition


@cache
def read_dates(serie: str) -> dict[str, date]:
    """A date of each version (`versions.yaml`): `ouverture`, or `dernier_mois` (its first day)."""
    contenu = load_yaml(files(__package__).joinpath("versions.yaml").read_bytes())
    return {version: contenu[version][serie] for version in VERSIONS}


@cache
def read_cles() -> pl.DataFrame:
    """Keys that the norm verifies (CSL-11, CSL-12): rubrique, controle, cle, rubrique_siren.

    `cle`: siren, siret, nic (with the SIREN of `rubrique_siren`), siren_du_siret and nic_du_siret
    (one of the two where a SIRET is wrong), calendrier (a date whose day or month may be unknown).
    """
    return pl.read_csv(files(__package__).joinpath("cles.csv").read_bytes(), infer_schema=False)


def _read(dossier: str, nom: str) -> pl.DataFrame:
    """One CSV of this package; every column is text but the numbers of the norm."""
    contenu = files(__package__).joinpath(dossier, f"{nom}.csv").read_bytes()
    frame = pl.read_csv(contenu, infer_schema=False)
    entiers = [
        c
        for c in ("ordre", "minimum", "maximum", "longueur_min", "longueur_max", "decimales")
        if c in frame.columns
    ]
    oui = [c for c in ("service", "personnelle") if c in frame.columns]
    return frame.with_columns(pl.col(entiers).cast(pl.Int32), pl.col(oui) == "oui")
