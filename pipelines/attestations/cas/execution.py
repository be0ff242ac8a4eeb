"""Runner of the cases of certificates: who is in order, what is issued. See docs/cas.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from pipelines.attestations.regles.attestations import Registre, compute_attestations
from pipelines.attestations.regles.situations import (
    Comptes,
    compute_changements,
    compute_situations,
    read_regles,
)
from pipelines.cas.champs import Champs
from pipelines.cas.options import parse_savoir
from pipelines.cas.valeurs import Resultat
from pipelines.cotisations.cas.registre import ADHERENT, SIRET
from specs.contrats import computed_schema, read_contrat, schema_polars
from specs.typographie import format_compte, format_date, format_euros

OPTIONS = (
    "attestation_emission",
    "attestation_echeancier",
    "attestation_facultatives",
    "attestation_revocation",
)
FRAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "declarations_attendues": ("siret", "mois", "etat"),
        "creances": (
            "appel", "siren", "etat", "reste_centimes", "reste_obligatoire_centimes",
            "reste_majorations_centimes",
        ),
        "soldes": ("cdg", "siren", "avoir_centimes"),
        "changements_situation": ("siren", "rang", "date", "avant", "apres"),
        "attestations": (
            "attestation", "siren", "date_arrete", "fin_validite", "revoquee_le", "demande",
        ),
        "demandes": ("siren", "demande"),
        "revocations": ("siren", "attestation", "date", "revocation"),
        "entreprises": ("siren", "adherent", "ouverte"),
    }
)  # fmt: skip
SCHEMAS: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "demandes": {"siren": pl.String(), "demande": pl.Int64()},
        "revocations": {
            "siren": pl.String(), "attestation": pl.String(), "date": pl.Date(),
            "revocation": pl.Int64(),
        },
        "entreprises": {"siren": pl.String(), "adherent": pl.String(), "ouverte": pl.Boolean()},
    }
)  # fmt: skip
OBLIGATOIRES = {
    "mois", "etat", "appel", "cdg", "rang", "date", "apres", "attestation", "date_arrete",
    "fin_validite", "revocation",
}  # fmt: skip
TYPES: Mapping[pl.DataType, type] = MappingProxyType(
    {pl.Int64(): int, pl.String(): str, pl.Date(): date, pl.Boolean(): bool}
)


PUBLIEES = ("situations", "changements_situation", "attestations")
TABLES: Mapping[str, pl.Schema] = MappingProxyType({nom: computed_schema(nom) for nom in PUBLIEES})


def run(champs: Champs, date_arrete: date) -> Resultat:
    """Situations with their proof, new changes, every certificate as it stands."""
    champs.check_names((*FRAMES, "options"))
    regles = read_regles(date_arrete, parse_savoir(champs, OPTIONS).option_at)
    lues = {nom: _frame(champs, nom) for nom in FRAMES}
    entreprises = lues["entreprises"]
    comptes = Comptes(
        entreprises.select("siren", "adherent"),
        lues["declarations_attendues"],
        lues["creances"],
        lues["soldes"],
    )
    situations = compute_situations(comptes, regles, date_arrete)
    deja = lues["changements_situation"]
    nouveaux = compute_changements(situations, deja)
    registre = Registre(
        publiees=lues["attestations"],
        changements=pl.concat([deja.drop("part"), nouveaux]),
        demandes=lues["demandes"],
        revocations=lues["revocations"],
        ouverts=entreprises.filter("ouverte").select("siren"),
    )
    attestations = compute_attestations(situations, registre, regles, date_arrete)
    tables = {
        "situations": situations,
        "changements_situation": nouveaux,
        "attestations": attestations,
    }
    ordonnees = {nom: tables[nom].match_to_schema(schema) for nom, schema in TABLES.items()}
    return Resultat(MappingProxyType(ordonnees), tuple(_explain(ordonnees, date_arrete)))


def _frame(champs: Champs, nom: str) -> pl.DataFrame:
    """Rows of the case; what they do not say is that of the company by default, 0 or null."""
    schema = SCHEMAS[nom] if nom in SCHEMAS else schema_polars(read_contrat(nom))
    ecrites = list(champs.children(nom))
    if nom == "entreprises" and not ecrites:
        ecrites = [Champs(champs.lieu, {})]
    return pl.DataFrame([_row(e, nom, schema) for e in ecrites], schema, orient="row")


def _row(champs: Champs, nom: str, schema: Mapping[str, pl.DataType]) -> dict[str, Any]:
    champs.check_names(FRAMES[nom])
    lue: dict[str, Any] = {
        c: champs.read(c, TYPES[schema[c]])
        for c in FRAMES[nom]
        if c in OBLIGATOIRES or champs.valeurs.get(c) is not None
    }
    siret = str(lue.get("siret", SIRET))
    defaut: dict[str, Any] = {
        c: 0 if type_ == pl.Int64() and c.endswith("_centimes") else None
        for c, type_ in schema.items()
    }
    defaut |= {"siret": siret, "siren": siret[:9], "adherent": ADHERENT, "ouverte": True}
    if nom == "creances":
        defaut["reste_obligatoire_centimes"] = lue.get("reste_centimes", 0)
    return {c: lue.get(c, defaut[c]) for c in schema}


def _explain(tables: Mapping[str, pl.DataFrame], date_arrete: date) -> Iterator[str]:
    """Whether each company is in order, and why not; the certificates of the day."""
    for s in tables["situations"].iter_rows(named=True):
        verdict = "en règle" if s["a_jour"] else "pas en règle"
        yield (
            f"SIREN {s['siren']} : {verdict} au {format_date(date_arrete)} "
            f"({format_compte(s['dsn_recues'], 'déclaration reçue')} sur {s['dsn_attendues']},"
            " solde exigible "
            f"{format_euros(s['solde_exigible_centimes'])})"
        )
        if s["mois_bloquants"]:
            yield f"  déclarations manquantes : {s['mois_bloquants']}"
        if s["appels_bloquants"]:
            yield f"  appels échus et impayés : {s['appels_bloquants']}"
    for a in tables["attestations"].iter_rows(named=True):
        yield (
            f"Attestation {a['attestation']} : {a['etat']}, délivrée le "
            f"{format_date(a['date_arrete'])}, valable jusqu'au {format_date(a['fin_validite'])}"
        )
