"""The step: audit what is about to be published once, hold the companies that do not add up.

What was audited is known by its versions: asked for again on the same ones, the step trusts the
journal and runs nothing; so it does of a night that made nothing but what is published. When
companies are held, only what their holding may change is run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.audit.audits import Audit, Audits
from pipelines.audit.moteur import Sources, list_tables, open_moteur
from pipelines.audit.nouveau import ETAPE, PORTEE, is_audited
from pipelines.audit.passage import Constat, describe_refus, find_fautives, run_audits
from pipelines.audit.references import read_references
from pipelines.nuit.reserves.tenues import hold_entreprises
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from specs.caisse import read_caisse
from specs.contrats import columns_of
from warehouse.journal import CleEtape, find_etape, record_etape
from warehouse.maison import Maison
from warehouse.publications import read_publication


@dataclass(frozen=True, slots=True)
class Bilan:
    """Milliseconds of each audit, the versions audited, what was known beside them."""

    durees_ms: Mapping[str, int]
    versions: Mapping[str, int | None]
    savoir: str

    def count(self) -> dict[str, int | None]:
        """How many audits found nothing."""
        return {"audits": len(self.durees_ms)}


def audit_maison(
    maison: Maison,
    date_arrete: date,
    audits: Audits,
    restore: Callable[[], frozenset[str]],
    deja: Bilan | None = None,
) -> Bilan:
    """Audit the lake as it is about to be published, without the companies held.

    Companies that the rows name are held, and the others audited again where it may matter.

    Args:
        maison: home of the engine.
        date_arrete: decision date of what is published.
        audits: those of every business.
        restore: puts back what was last published of the companies held tonight; their SIREN.
        deja: an audit since which companies were held, and nothing else happened.

    Raises:
        AuditRefuse: rows that name no company, or too many of them.
    """
    fautifs: frozenset[str] = frozenset()
    while True:
        tenues = restore()
        sources = read_sources(maison, date_arrete, tenues, audits)
        cle = _key(sources, date_arrete)
        with maison.moteur.connect() as connexion:
            faite = find_etape(connexion, cle)
        if faite is not None:
            return Bilan(faite.resultat["durees_ms"], sources.versions, _knowledge(sources))
        savoir = _knowledge(sources)
        if deja is None and not tenues and is_audited(maison, sources.versions, savoir):
            return Bilan({}, sources.versions, savoir)
        a_faire = [
            audit
            for audit in audits.audits
            if deja is None or audit.nom in fautifs or _touched(audit, deja, sources)
        ]
        with open_moteur(sources, audits.sommes, a_faire) as moteur:
            constats = run_audits(moteur, a_faire)
        deja = _added(deja, constats, sources)
        fautes = [constat for constat in constats if constat.fautes.height]
        if not fautes:
            _record(maison, cle, deja)
            return deja
        _hold(maison, date_arrete, fautes, tenues)
        fautifs = frozenset(constat.audit for constat in fautes)


def read_sources(
    maison: Maison, date_arrete: date, tenues: frozenset[str], audits: Audits
) -> Sources:
    """What is audited: the last versions of the tables that the audits read."""
    references = read_references(maison, date_arrete, tenues)
    lues, avant = list_tables([*audits.sommes, *audits.audits])
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
    publiees = derniere.versions if derniere else {}
    return Sources(
        maison.lac,
        {nom: maison.lac.version(nom) for nom in sorted(lues - references.keys())},
        {nom: publiees.get(nom) for nom in sorted(avant)},
        references,
    )


def _key(sources: Sources, date_arrete: date) -> CleEtape:
    """Key of the audit: what it is about, whole, so that it is done once."""
    tenues = sources.references["tenues"]["siren"].to_list()
    lues = repr((sources.versions, sources.publiees, date_arrete.isoformat(), tenues))
    empreinte = hashlib.sha256(f"{lues}:{_knowledge(sources)}".encode()).hexdigest()
    return CleEtape(ETAPE, PORTEE, empreinte, version_specs(), version_code())


def _knowledge(sources: Sources) -> str:
    """Fingerprint of the references, but of the night and of who is held."""
    communes = (f for nom, f in sources.references.items() if nom not in {"nuit", "tenues"})
    return frame_fingerprint(*communes)


def _touched(audit: Audit, deja: Bilan, sources: Sources) -> bool:
    """Whether holding companies may have changed what the audit says of the others.

    It writes nothing of them in a table that has a SIREN.
    """
    if deja.savoir != _knowledge(sources):
        return True
    lues = list_tables([audit])[0] & sources.versions.keys()
    communes = (nom for nom in lues if "siren" not in columns_of(nom))
    return any(deja.versions[nom] != sources.versions[nom] for nom in communes)


def _added(deja: Bilan | None, constats: Sequence[Constat], sources: Sources) -> Bilan:
    durees = dict(deja.durees_ms) if deja else {}
    for constat in constats:
        durees[constat.audit] = durees.get(constat.audit, 0) + constat.duree_ms
    return Bilan(durees, sources.versions, _knowledge(sources))


def _record(maison: Maison, cle: CleEtape, bilan: Bilan) -> None:
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat={nom: getattr(bilan, nom) for nom in ("durees_ms", "versions", "savoir")},
            empreinte="",
            duree_ms=sum(bilan.durees_ms.values()),
        )


def _hold(
    maison: Maison, date_arrete: date, fautes: Sequence[Constat], tenues: frozenset[str]
) -> None:
    """Hold the companies that the rows name; AuditRefuse when one names none, or one held."""
    nommees = find_fautives(fautes)
    anonymes = any(constat.fautes["siren"].null_count() for constat in fautes)
    if anonymes or nommees & tenues or len(nommees) > read_caisse().reserves_maximum:
        raise describe_refus(fautes)
    fautifs = {siren: describe_refus(fautes, siren) for siren in sorted(nommees)}
    hold_entreprises(maison, date_arrete, ETAPE, fautifs)
