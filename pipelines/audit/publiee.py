"""The audits passed again on a publication, from the files that it reads: who checks the past."""

from __future__ import annotations

from pipelines.audit.audits import Audits
from pipelines.audit.moteur import Sources, list_tables, open_moteur
from pipelines.audit.passage import Constat, run_audits
from pipelines.audit.references import read_references
from warehouse.alertes import read_tenues
from warehouse.maison import Maison
from warehouse.publications import Publication, read_publication


def audit_publication(maison: Maison, publication: Publication, audits: Audits) -> list[Constat]:
    """What the audits find in a publication, without the companies that it held.

    Tables that are not published are read as they stand. The registry is the one of its night.
    """
    with maison.moteur.connect() as connexion:
        tenues = read_tenues(connexion, publication.date_arrete)
        avant = read_publication(connexion, publication.numero - 1)
    references = read_references(maison, publication.date_arrete, tenues)
    lues, anciennes = list_tables([*audits.sommes, *audits.audits])
    sources = Sources(
        maison.lac,
        {
            nom: publication.versions.get(nom, maison.lac.version(nom))
            for nom in sorted(lues - references.keys())
        },
        {nom: avant.versions.get(nom) if avant else None for nom in sorted(anciennes)},
        references,
    )
    with open_moteur(sources, audits.sommes, audits.audits) as moteur:
        return run_audits(moteur, audits.audits)
