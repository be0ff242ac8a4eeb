"""Whether a night made anything that was never audited."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.nuit.versions import version_code, version_specs
from specs.contrats import read_contrat
from warehouse.journal import find_etape, read_derniere
from warehouse.maison import Maison
from warehouse.publications import read_publication

ETAPE, PORTEE = "audit", "nuit"


def is_audited(maison: Maison, versions: Mapping[str, int | None], savoir: str) -> bool:
    """Whether these versions of the lake hold what is published, and was audited by this code.

    A table that is not published is as it was audited last; of one that each night dates again
    (`datee`), the rest alone is looked at. `savoir`: fingerprint of what is known beside the lake.
    """
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion)
        derniere = read_derniere(connexion, ETAPE, PORTEE)
        faite = find_etape(connexion, derniere) if derniere else None
    if publication is None or derniere is None or faite is None:
        return False
    code = derniere.version_specs, derniere.version_code
    if (*code, faite.resultat.get("savoir")) != (version_specs(), version_code(), savoir):
        return False
    connues = faite.resultat.get("versions", {}) | publication.versions
    return all(
        version == connues.get(nom) or _is_dated_again(maison, nom, version, connues.get(nom))
        for nom, version in versions.items()
    )


def _is_dated_again(maison: Maison, table: str, version: int | None, connue: int | None) -> bool:
    """Whether two versions of a table differ by the night that made them, alone."""
    contrat = read_contrat(table)
    if contrat.datee is None or version is None or connue is None:
        return False
    lues, connues = (
        maison.lac.read(table, v).drop(contrat.datee).collect().sort(contrat.cle)
        for v in (version, connue)
    )
    return lues.equals(connues)
