"""The certificate for people (PDF, from `specs/gabarits/attestation.typ`) and machines (JSON)."""

from __future__ import annotations

import json

from pipelines.attestations.documents.valeurs import Attestation
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_entreprise, describe_pied
from specs.typographie import (
    breakable,
    clip,
    format_date,
    format_entier,
    format_euros,
    format_siren,
    printable,
)


def compose_attestation_pdf(attestation: Attestation) -> Dessin:
    """The certificate, or the notice of its revocation; same values, same bytes."""
    jour = attestation.revoquee_le or attestation.date_arrete
    return compose_pdf("attestation", _describe_attestation(attestation), jour)


def render_attestation_json(attestation: Attestation) -> bytes:
    """State of the certificate for a machine: what its number stands for and until when."""
    etat = {
        "attestation": attestation.attestation,
        "etat": attestation.etat,
        "siren": attestation.entreprise.siren,
        "date_arrete": attestation.date_arrete.isoformat(),
        "fin_validite": attestation.fin_validite.isoformat(),
        "revoquee_le": attestation.revoquee_le and attestation.revoquee_le.isoformat(),
        "empreinte": attestation.empreinte,
        "publication": attestation.publication,
    }
    return (json.dumps(etat, ensure_ascii=False, indent=2) + "\n").encode()


def _describe_attestation(attestation: Attestation) -> dict[str, object]:
    numero, jour = printable(attestation.attestation), format_date(attestation.date_arrete)
    return {
        "titre": "Attestation de cotisations à jour",
        "sous_titre": f"marchés publics · {numero}",
        "pied": describe_pied(
            f"Attestation {numero}", attestation.date_arrete, attestation.publication
        ),
        "references": [
            ("Numéro", numero),
            ("Délivrée le", jour),
            ("Valable jusqu’au", format_date(attestation.fin_validite)),
        ],
        **describe_entreprise(attestation.entreprise),
        "date": jour,
        "validite": f"Valable jusqu’au {format_date(attestation.fin_validite)} inclus.",
        "revocation": _describe_revocation(attestation),
        "certifie": _certify(attestation),
        "preuves": [
            ("Déclarations mensuelles (DSN) exigibles", format_entier(attestation.dsn_attendues)),
            ("Déclarations reçues et exploitables", format_entier(attestation.dsn_recues)),
            (
                "Cotisations échues et impayées, majorations comprises",
                format_euros(attestation.echu_centimes),
            ),
        ],
        "verification": (
            f"Demandez à la caisse l’état du numéro {numero} : elle publie s’il est en règle ou"
            " révoqué, jusqu’à quelle date il vaut, et l’empreinte ci-dessous. Une attestation dont"
            " l’empreinte diffère n’est pas de la caisse."
        ),
        "empreinte": [("Empreinte (SHA-256)", breakable(attestation.empreinte))],
    }


def _describe_revocation(attestation: Attestation) -> dict[str, str]:
    if attestation.revoquee_le is None:
        return {}
    motif = breakable(clip(attestation.motif, 400))
    return {
        "titre": f"Attestation révoquée le {format_date(attestation.revoquee_le)}",
        "texte": (
            "Elle ne peut plus être produite dans un marché public."
            + (f" Motif : {motif}." if motif else "")
        ),
    }


def _certify(attestation: Attestation) -> str:
    entreprise, jour = attestation.entreprise, format_date(attestation.date_arrete)
    nom = breakable(clip(entreprise.raison_sociale, 200))
    certifiait = "avait certifié" if attestation.revoquee_le else "certifie"
    etait = "était" if attestation.revoquee_le else "est"
    return (
        f"La Caisse nationale des entrepreneurs de travaux publics {certifiait} que l’entreprise"
        f" {nom}, SIREN {format_siren(entreprise.siren)}, adhérente sous le numéro"
        f" {printable(entreprise.adherent)}, {etait} en règle au {jour} de ses déclarations et de"
        " ses cotisations de congés payés et de chômage-intempéries."
    )
