"""What the acquisition reads: the tables of the DSN, the certificates, the leave paid.

Columns are those of the published tables of the same names (contracts `contrats`, `absences`,
`bases`, `remunerations`, `indemnites_intemperies`) and of the lines read of CERT files, the
employees being those that all companies share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipelines.conges.regles.acquisition.acquis import CONGES_PAYES
from specs.contrats import read_contrat, schema_polars

CONTRATS = (
    "salarie", "siren", "cdg", "contrat", "mois", "depot", "ligne", "origine", "changement",
    "ancien_contrat",
    "debut", "fin_prevue", "fin", "motif_fin", "nature", "dispositif", "categorie", "convention",
    "quotite_reference_centiemes", "quotite_centiemes", "unite", "modalite", "caisse",
    "anciennete_entreprise", "anciennete_entreprise_unite", "anciennete_branche",
    "anciennete_branche_unite",
)  # fmt: skip
ABSENCES = (
    "salarie", "siren", "contrat", "mois", "depot", "ligne", "nature", "motif_absence", "debut",
    "fin", "fin_prevue", "reprise",
)  # fmt: skip
BASES = (
    "salarie", "siren", "cdg", "contrat", "mois_appel", "mois_rattachement", "quantite",
)  # fmt: skip
REMUNERATIONS = (
    "salarie", "siren", "cdg", "mois", "nature", "code", "debut", "fin", "montant_centimes",
    "mesure_centiemes", "unite",
)  # fmt: skip
INTEMPERIES = (
    "salarie", "siren", "campagne", "indemnisees_centiemes", "indemnite_calculee_centimes",
)  # fmt: skip
# A certificate of a file, with the centre of its establishment and the moment it was received.
RECU = {"recu_le": pl.String(), "cdg": pl.String()}


def _columns(table: str, noms: tuple[str, ...]) -> pl.Schema:
    schema = schema_polars(read_contrat(table))
    return pl.Schema({nom: schema[nom] for nom in noms})


def _lines(table: str) -> pl.Schema:
    return pl.Schema({n: t for n, t in schema_polars(read_contrat(table)).items() if n != "lot"})


SCHEMAS: Mapping[str, pl.Schema] = {
    "contrats": _columns("contrats", CONTRATS),
    "absences": _columns("absences", ABSENCES),
    "bases": _columns("bases", BASES),
    "remunerations": _columns("remunerations", REMUNERATIONS),
    "intemperies": _columns("indemnites_intemperies", INTEMPERIES),
    "conges": CONGES_PAYES,
    "certs": pl.Schema({**_lines("certificats_lus"), **RECU}),
    "absences_certs": _lines("absences_certificat_lues"),
    "reports": _lines("reports_lus"),
    "naissances": pl.Schema({"salarie": pl.String, "naissance": pl.Date}),
    "priorites": pl.Schema({"siren": pl.String, "cert_ref": pl.String}),
}


@dataclass(frozen=True, slots=True)
class Connu:
    """Tables of SCHEMAS, of whole employees: all their employers, all their years.

    `bases`: those of code 20 that count; `intemperies`: without contracts whose leave is not the
    fund's; `certs` and what hangs from them: lines in force of CERT files; `naissances`: dates of
    birth, for who has any; `priorites`: certificates that an operator puts before the DSN.
    """

    contrats: pl.DataFrame
    absences: pl.DataFrame
    bases: pl.DataFrame
    remunerations: pl.DataFrame
    intemperies: pl.DataFrame
    conges: pl.DataFrame
    certs: pl.DataFrame
    absences_certs: pl.DataFrame
    reports: pl.DataFrame
    naissances: pl.DataFrame
    priorites: pl.DataFrame

    def with_known_cdg(self) -> Connu:
        """The same, a centre that is not known being an empty text: it is a key here."""
        nommes = {
            nom: getattr(self, nom).with_columns(pl.col("cdg").fill_null(""))
            for nom in ("contrats", "bases", "remunerations", "certs")
        }
        return replace(self, **nommes)


def empty_connu() -> Connu:
    """Nothing known."""
    return Connu(**{nom: schema.to_frame() for nom, schema in SCHEMAS.items()})
