"""The letters owed to companies: reminders of tonight, certificates issued or revoked tonight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain

from pipelines.attestations.documents.attestation_pdf import (
    render_attestation_json,
    render_attestation_pdf,
)
from pipelines.attestations.documents.lettres import compose_attestations
from pipelines.attestations.documents.valeurs import Attestation
from pipelines.editique.formes import Fichier
from pipelines.publication.nuit import Nuit
from pipelines.suivi.documents.lettres import compose_relances
from pipelines.suivi.documents.relance_pdf import render_relance_pdf
from pipelines.suivi.documents.valeurs import Relance
from warehouse.decisions import read_decisions
from warehouse.maison import Maison
from warehouse.publications import Remise, read_table_publiee
from warehouse.registre.lecture import read_adherents


def write_suivi(maison: Maison, nuit: Nuit) -> list[Remise]:
    """Letters of tonight, in the archive."""
    with ThreadPoolExecutor() as fils:
        lettres = fils.map(lambda lettre: _archive(maison, lettre, nuit), _letters(maison, nuit))
        return list(chain.from_iterable(lettres))


def _letters(maison: Maison, nuit: Nuit) -> Iterable[Relance | Attestation]:
    with maison.moteur.connect() as connexion:
        adherents, decisions = read_adherents(connexion), read_decisions(connexion)
    tables = ("relances", "declarations_attendues", "attestations")
    relances, attendues, attestations = (
        maison.lac.read(nom).filter(nuit.served()).collect() for nom in tables
    )
    publiees = read_table_publiee(maison, "attestations").collect()
    return (
        *compose_relances(relances, attendues, adherents, nuit.date_arrete),
        *compose_attestations(attestations, publiees, adherents, decisions),
    )


def _archive(maison: Maison, lettre: Relance | Attestation, nuit: Nuit) -> list[Remise]:
    numerotee = replace(lettre, publication=nuit.numero)
    adherent = lettre.entreprise.adherent
    return [
        Remise(adherent, nom, maison.archive.write(octets)) for nom, octets in _render(numerotee)
    ]


def _render(lettre: Relance | Attestation) -> Iterator[Fichier]:
    """A revocation is a notice beside the certificate; the JSON is its present state."""
    if isinstance(lettre, Relance):
        yield f"RELANCE_{lettre.relance}.pdf", render_relance_pdf(lettre)
        return
    suite = "_REVOQUEE" if lettre.revoquee_le else ""
    nom = f"ATTESTATION_{lettre.attestation}"
    yield f"{nom}{suite}.pdf", render_attestation_pdf(lettre)
    yield f"{nom}.json", render_attestation_json(lettre)
