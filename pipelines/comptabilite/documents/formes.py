"""Every shape of the statement of account: the name of its files, and their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipelines.comptabilite.documents.releve_pdf import compose_releve_pdf
from pipelines.comptabilite.documents.releve_tableaux import compose_releve_tableaux
from pipelines.comptabilite.documents.releves import Comptes, compose_releve
from pipelines.comptabilite.documents.valeurs import Releve
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier, centre_prefix, render_formes

COMPTES = ("ecritures", "creances", "soldes", "imputations")


def render_releve(releve: Releve, formes: Sequence[str]) -> Iterator[Fichier]:
    """`RELEVE_2026-07-01.pdf`...: with the centre, when it covers only one."""
    nom = f"RELEVE_{centre_prefix(releve.entreprise.cdg)}{releve.fin.isoformat()}"
    yield from render_formes(
        nom, formes, lambda: compose_releve_pdf(releve), lambda: compose_releve_tableaux(releve)
    )


def compose_dossier(dossier: Dossier, debut: date) -> Releve:
    """Statement from `debut` to the decision date; needs the tables COMPTES."""
    comptes = Comptes(**{nom: dossier.tables[nom] for nom in COMPTES})
    return compose_releve(
        comptes, dossier.entreprise, debut, dossier.date_arrete, dossier.publication
    )
