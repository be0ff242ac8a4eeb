"""A certificate, explained from its row of `attestations`."""

from __future__ import annotations

from pipelines.attestations.explications.situations import explain_attestation, tell_attestation
from pipelines.comptabilite.explications.demandes import tell_row
from pipelines.explications.lecture import Lecteur, find_issue
from pipelines.explications.valeurs import Explication, Rangee


def explain_row(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """The certificate, as of the publication that issued it."""
    nom, jour = rangee["attestation"], rangee["date_arrete"]
    emission = find_issue(lecteur, "attestations", "attestation", nom, jour)
    piece = explain_attestation(rangee, emission, lecteur)
    return tell_row(piece, lecteur, rangee, tell_attestation)
