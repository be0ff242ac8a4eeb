"""Contents that are no longer kept: which may go, which went, when and by which rule.

The row of a content that went is its proof: its digest, what it was, the rule; the next publication
seals it with the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Select, func, insert, select, union

from specs.contrats import codes_of
from warehouse.demandes.journal import ATTEND
from warehouse.tables_acces import DEMANDES
from warehouse.tables_registre import IMPORTS_REGISTRE
from warehouse.tables_sql import A_REMETTRE, DEPOTS, DESSINS, NUITS, PURGES, REMISES

RECUS, REMIS = "fichiers_recus", "documents_remis"
DATES: Mapping[str, tuple[tuple[Column[str], Column[str]], ...]] = {
    RECUS: ((DEPOTS.c.sha256, DEPOTS.c.recu_le), (DEMANDES.c.contenu, DEMANDES.c.etat_le)),
    REMIS: ((REMISES.c.sha256, REMISES.c.emis_le), (DESSINS.c.sha256, DESSINS.c.emis_le)),
}
EN_COURS = codes_of("depots", "etat", "RECU", "EN_ATTENTE", "MIS_A_L_ECART")  # it is not over


@dataclass(frozen=True, slots=True)
class Purgeable:
    """A content that a rule no longer keeps; `date_contenu`: the last day that counts, UTC ISO."""

    sha256: str
    classe: str
    regle: str
    date_contenu: str


def list_purgeables(c: Connection, classe: str, regle: str, avant: str) -> list[Purgeable]:
    """Contents of a class all of whose dates are before an instant, sorted by digest.

    What another class, an import, an engine, a deposit or a hand-over that is not over needs stays;
    so does what has gone.
    """
    dates = union(
        *(select(sha256.label("sha256"), date.label("jour")) for sha256, date in DATES[classe])
    )
    siennes = dates.subquery()
    derniers = select(siennes.c.sha256, func.max(siennes.c.jour)).group_by(siennes.c.sha256)
    gardes = _read_gardes(c, classe) | read_purges(c).keys()
    return [
        Purgeable(sha256, classe, regle, jour)
        for sha256, jour in c.execute(derniers.order_by(siennes.c.sha256))
        if jour < avant and sha256 not in gardes
    ]


def record_purges(c: Connection, purgeables: Sequence[Purgeable], instant: str) -> int:
    """Write that contents go, before they do; the number of the purge."""
    numero = (c.scalar(select(func.max(PURGES.c.numero))) or 0) + 1
    lignes = [
        {"sha256": p.sha256, "numero": numero, "classe": p.classe, "regle": p.regle}
        | {"date_contenu": p.date_contenu, "purge_le": instant}
        for p in purgeables
    ]
    if lignes:
        c.execute(insert(PURGES), lignes)
    return numero


def read_purges(c: Connection) -> dict[str, str]:
    """What went, in French (when, by which rule), by SHA-256."""
    lues = select(PURGES.c.sha256, PURGES.c.purge_le, PURGES.c.classe, PURGES.c.regle)
    return {
        sha256: f"purgé le {purge_le[:10]} (conservation_{classe} : {regle})"
        for sha256, purge_le, classe, regle in c.execute(lues)
    }


def describe_purges(c: Connection, contenus: Collection[str]) -> str | None:
    """What of these contents went, in French; None when they are all kept."""
    partis = {sha256: dit for sha256, dit in read_purges(c).items() if sha256 in set(contenus)}
    if not partis:
        return None
    premier = min(partis.values())
    if len(partis) == 1:
        return f"un fichier n'est plus gardé, {premier}"
    return f"{len(partis)} fichiers ne sont plus gardés, dont un {premier}"


def _read_gardes(c: Connection, classe: str) -> set[str]:
    """Contents that something else than the past of a class still needs."""
    autres: list[Select[tuple[str]]] = [
        select(sha256) for nom, colonnes in DATES.items() if nom != classe for sha256, _ in colonnes
    ]
    autres += [
        select(IMPORTS_REGISTRE.c.sha256).where(IMPORTS_REGISTRE.c.sha256.is_not(None)),
        select(NUITS.c.sources).where(NUITS.c.sources.is_not(None)),
        select(DEPOTS.c.sha256).where(DEPOTS.c.etat.in_(EN_COURS)),
        select(DEMANDES.c.contenu).where(DEMANDES.c.etat == ATTEND),
        select(REMISES.c.sha256).where(REMISES.c.etat == A_REMETTRE),
    ]
    return set(c.scalars(union(*autres)))
