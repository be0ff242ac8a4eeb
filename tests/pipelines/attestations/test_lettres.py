"""The certificates of a night, as documents."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipelines.attestations.documents.lettres import compose_attestations
from specs.contrats import read_contrat, schema_polars

SIREN = "800000010"
MAI, JUIN = date(2026, 5, 20), date(2026, 6, 1)


def certificate(jour: date, motif: str = "EMISSION", **valeurs: Any) -> dict[str, Any]:
    """A certificate of the company, issued that day."""
    schema = schema_polars(read_contrat("attestations"))
    return {nom: 0 if type_ == pl.Int64 else None for nom, type_ in schema.items()} | {
        "attestation": f"ATT-{SIREN}-{jour:%Y%m%d}-01",
        "siren": SIREN,
        "adherent": "A1",
        "date_arrete": jour,
        "fin_validite": date(2026, 9, 1),
        "etat": "EN_REGLE",
        "motif": motif,
        "revocation": None,
        **valeurs,
    }


def composed(
    avant: list[dict[str, Any]], apres: list[dict[str, Any]]
) -> list[tuple[str, str, str]]:
    """(number, state, reason) of the documents of a night."""
    schema = schema_polars(read_contrat("attestations"))
    adherents = pl.DataFrame({"siren": [SIREN], "raison_sociale": ["TRAVAUX"]})
    decisions = pl.DataFrame({"numero": [8], "motif": ["délivrée à tort"]})
    frames = (pl.DataFrame(lignes, schema, orient="row") for lignes in (apres, avant))
    documents = compose_attestations(*frames, adherents, decisions)
    assert {d.entreprise.raison_sociale for d in documents} <= {"TRAVAUX"}
    return [(d.attestation, d.etat, d.motif) for d in documents]


def test_a_new_certificate_is_a_document_once() -> None:
    """Those already published are not composed again, even once they ended."""
    ancienne, nouvelle = certificate(MAI), certificate(JUIN, "RENOUVELLEMENT")
    assert composed([ancienne], [ancienne | {"etat": "EXPIREE"}, nouvelle]) == [
        (nouvelle["attestation"], "EN_REGLE", "suite d'une attestation arrivée à sa fin")
    ]


def test_a_revocation_is_told_with_its_reason() -> None:
    """That of the decision; without one, the company is no longer in order."""
    ancienne = certificate(MAI)
    perdue = ancienne | {"etat": "REVOQUEE", "revoquee_le": JUIN}
    numero = ancienne["attestation"]
    assert composed([ancienne], [perdue | {"revocation": 8}]) == [
        (numero, "REVOQUEE", "délivrée à tort")
    ]
    assert composed([ancienne], [perdue]) == [
        (numero, "REVOQUEE", "l'entreprise n'est plus en règle")
    ]
    assert composed([perdue], [perdue]) == []


def test_the_amount_certified_is_never_negative() -> None:
    """What was paid in excess is no overdue amount."""
    schema = schema_polars(read_contrat("attestations"))
    adherents = pl.DataFrame({"siren": [SIREN], "raison_sociale": ["TRAVAUX"]})
    nouvelle = certificate(MAI, solde_exigible_centimes=-4_000)
    (document,) = compose_attestations(
        pl.DataFrame([nouvelle], schema, orient="row"),
        pl.DataFrame(schema=schema),
        adherents,
        pl.DataFrame(schema={"numero": pl.Int64, "motif": pl.String}),
    )
    assert document.echu_centimes == 0
