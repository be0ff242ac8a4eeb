"""Why a certificate for public contracts was issued: the situation of the company that day."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.comptabilite.explications.valeurs import Origine, PieceExpliquee, Rangee
from pipelines.explications.lecture import Lecteur
from pipelines.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Ecart, Publiee
from specs.typographie import format_compte, format_date, format_euros, format_siren, printable

PREUVES = {
    "dsn_attendues": "déclarations exigibles",
    "dsn_recues": "déclarations reçues",
    "echu_centimes": "cotisations échues et impayées",
    "majorations_centimes": "majorations dues",
    "solde_exigible_centimes": "solde exigible",
}
ETATS = {"EN_REGLE": "en cours de validité", "EXPIREE": "expirée", "REVOQUEE": "révoquée"}


def explain_attestation(attestation: Rangee, emission: Lecteur, lecteur: Lecteur) -> PieceExpliquee:
    """A certificate (row of `attestations`) against the situation published when it was issued."""
    nom, revocation = attestation["attestation"], attestation["revocation"]
    sienne = pl.col("siren") == attestation["siren"]
    situations = _rows(emission, "situations", sienne)
    decisions = _rows(lecteur, "decisions", sienne, pl.col("numero") == (revocation or 0))
    details = {"situations": situations, "decisions": decisions}
    ecarts = tuple(ecart for situation in situations for ecart in _check(attestation, situation))
    return PieceExpliquee(
        nom, "ATTESTATION", Origine("attestations", attestation, details), (), ecarts
    )


def tell_attestation(piece: PieceExpliquee, publiee: Publiee) -> Iterator[str]:
    """A certificate: what it says, the proof of that day, its revocation when there was one."""
    attestation = piece.origine.rangee
    yield f"Attestation {piece.identifiant} : {ETATS[attestation['etat']]}"
    yield (
        f"SIREN {format_siren(attestation['siren'])}, délivrée le"
        f" {format_date(attestation['date_arrete'])}, valable jusqu'au"
        f" {format_date(attestation['fin_validite'])}."
    )
    yield tell_publication(publiee)
    yield from tell_section("Preuve du jour de la délivrance", _tell_proof(attestation))
    decisions = piece.origine.details["decisions"]
    yield from tell_section("Révocation", map(_tell_revocation, decisions))
    yield from tell_closing(piece.ecarts, "la situation publiée ce jour-là")


def _check(attestation: Rangee, situation: Rangee) -> Iterator[Ecart]:
    """Proofs of the certificate that the situation of that day does not give."""
    attendus = {nom: situation[nom] for nom in PREUVES}
    for nom, quoi in PREUVES.items():
        if attendus[nom] != attestation[nom]:
            yield Ecart(attestation["attestation"], quoi, attendus[nom], attestation[nom])


def _tell_proof(attestation: Rangee) -> Iterator[str]:
    recues = format_compte(attestation["dsn_recues"], "déclaration reçue")
    attendues = format_compte(attestation["dsn_attendues"], "exigible")
    yield f"{recues} sur {attendues}"
    for nom in ("echu_centimes", "majorations_centimes", "solde_exigible_centimes"):
        yield f"{PREUVES[nom].capitalize()} : {format_euros(attestation[nom])}"


def _tell_revocation(decision: Rangee) -> str:
    return (
        f"Décision {decision['numero']} du {format_date(decision['date_effet'])}, prise par"
        f" {printable(decision['auteur'])} : {printable(decision['motif'])}"
    )


def _rows(lecteur: Lecteur, table: str, *predicats: pl.Expr) -> tuple[Rangee, ...]:
    return tuple(lecteur.read(table, *predicats).collect().iter_rows(named=True))
