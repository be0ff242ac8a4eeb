"""What officers decide of a certificate: to give one, to take one back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.attestations.etapes import DEMANDE_ATTESTATION, REVOCATION_ATTESTATION
from warehouse.decisions import Nature, check_vide, is_texte

SIREN = frozenset({"siren"})


def _check_attestation(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"attestation"} or not is_texte(contenu["attestation"]):
        yield "contenu : l'attestation à révoquer est attendue, et elle seule"


REVOCATION = Nature(REVOCATION_ATTESTATION, "révocation d'attestation", SIREN, _check_attestation)
DEMANDE = Nature(DEMANDE_ATTESTATION, "demande d'attestation", SIREN, check_vide)
NATURES = (REVOCATION, DEMANDE)
