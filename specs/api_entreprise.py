"""Form of the answers of API Entreprise about a certificate for public contracts.

`GET /v3/cnetp/unites_legales/{siren}/attestation_cotisations_conges_payes_chomage_intemperies`
answers `{"data": {"document_url", "expires_in"}, "links", "meta"}`, or `{"errors": [...]}` with
the code 38003 when there is no certificate (404). What this fund adds stands in `meta`.
Source: github.com/etalab/admin_api_entreprise, config/endpoints.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

INTROUVABLE = "38003"
VALIDE, EXPIREE, REVOQUEE, INCONNUE = "valide", "expiree", "revoquee", "inconnue"
SECONDES_PAR_JOUR = 86_400
Reponse = Mapping[str, Any]


def state_at(attestation: Mapping[str, Any] | None, jour: date) -> str:
    """State of a row of the contract `attestations` on a day; `inconnue` before its issue."""
    if attestation is None or jour < attestation["date_arrete"]:
        return INCONNUE
    if attestation["revoquee_le"] is not None and attestation["revoquee_le"] <= jour:
        return REVOQUEE
    return EXPIREE if attestation["fin_validite"] < jour else VALIDE


def compose_attestation(
    attestation: Mapping[str, Any], jour: date, ajouts: Reponse | None = None
) -> Reponse:
    """The answer about a certificate, as of `jour`; `ajouts` are more fields of `meta`.

    `expires_in` counts the seconds left from the start of `jour` to the end of its last day, none
    when it is no longer valid.
    """
    numero, etat = attestation["attestation"], state_at(attestation, jour)
    fin = attestation["fin_validite"] + timedelta(days=1)
    reste = (fin - jour).days * SECONDES_PAR_JOUR if etat == VALIDE else 0
    revoquee_le = attestation["revoquee_le"] if etat == REVOQUEE else None
    return {
        "data": {"document_url": f"/attestations/{numero}.pdf", "expires_in": reste},
        "links": {"self": f"/attestations/{numero}"},
        "meta": {
            "attestation": numero,
            "siren": attestation["siren"],
            "etat": etat,
            "verifiee_le": jour.isoformat(),
            "delivree_le": attestation["date_arrete"].isoformat(),
            "fin_validite": attestation["fin_validite"].isoformat(),
            "revoquee_le": revoquee_le and revoquee_le.isoformat(),
            **(ajouts or {}),
        },
    }


def compose_introuvable(objet: str, jour: date, ajouts: Reponse | None = None) -> Reponse:
    """The answer when there is no certificate of this number or company (`objet`) on `jour`."""
    return {
        "errors": [
            {
                "code": INTROUVABLE,
                "title": "Entité non trouvée",
                "detail": f"Aucune attestation pour {objet} au {jour:%d/%m/%Y}.",
                "meta": {"etat": INCONNUE, "verifiee_le": jour.isoformat(), **(ajouts or {})},
            }
        ]
    }


def render_json(reponse: Reponse) -> str:
    """The answer as text: two spaces, accents kept, a final newline."""
    return json.dumps(reponse, ensure_ascii=False, indent=2) + "\n"
