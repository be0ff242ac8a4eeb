"""The requests of the companies: who asked for what, when and why, and what became of it.

numero = record_demande(c, archive, acte, siren, utilisateur, lignes, motif, instant)
settle_demande(c, numero, FAITE, instant, suite="import 12")
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from specs.espace import read_regles
from specs.espace.actes import Acte, find_acte
from warehouse.archive import Archive
from warehouse.audit import record_audit
from warehouse.iban import contains_iban
from warehouse.moteur import lock_writers
from warehouse.tables_acces import DEMANDES

ATTEND, FAITE, REFUSEE, RETIREE = "ATTEND", "FAITE", "NON_PRISE", "RETIREE"
MOTIF_MAX = 200
TROP = "Trop de demandes de l'entreprise attendent : en retirer, ou attendre la prochaine nuit."
Lignes = Sequence[tuple[str, Mapping[str, Any]]]  # record ("" for a row), values by column or field


class DemandeImpossible(ValueError):  # noqa: N818 - named in French
    """What is asked for can't be: the messages, in French, are for who asks."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Demande:
    """A request; `contenu`: SHA-256 of what was typed, `suite`: what it became."""

    numero: int
    acte: Acte
    siren: str
    utilisateur: str
    contenu: str
    motif: str
    instant: str
    etat: str
    etat_le: str
    raison: str | None
    suite: str | None

    @property
    def attend(self) -> bool:
        """Whether nothing became of it yet."""
        return self.etat == ATTEND


def record_demande(
    c: Connection, archive: Archive, *, acte: Acte, siren: str, utilisateur: str, lignes: Lignes,
    motif: str, instant: str,
) -> int:  # fmt: skip
    """Keep a request, and say so in the audit trail.

    Raises:
        DemandeImpossible: without a reason, or too many of the company wait already.
    """
    check_motif(motif)
    lock_writers(c, "demandes")
    if len(list_demandes(c, siren=siren, etat=ATTEND)) >= read_regles().actes_en_attente:
        raise DemandeImpossible(TROP)
    numero = (c.scalar(select(func.max(DEMANDES.c.numero))) or 0) + 1
    contenu = archive.write(json.dumps(lignes, ensure_ascii=False).encode())
    dits = {"utilisateur": utilisateur, "motif": motif, "instant": instant}
    c.execute(
        insert(DEMANDES).values(
            numero=numero, acte=acte.nom, siren=siren, contenu=contenu, etat=ATTEND,
            etat_le=instant, **dits,
        )
    )  # fmt: skip
    objet = f"demande {numero} : {acte.titre}, SIREN {siren}"
    record_audit(
        c, auteur=utilisateur, action="demande de l'espace", objet=objet, motif=motif,
        instant=instant,
    )  # fmt: skip
    return numero


def check_motif(motif: str) -> None:
    """DemandeImpossible when nothing is said, too much, or the number of an account."""
    if not motif.strip():
        raise DemandeImpossible("Dire pourquoi : la raison est gardée avec la demande.")
    if len(motif) > MOTIF_MAX:
        raise DemandeImpossible(f"Raison trop longue : {MOTIF_MAX} signes au plus.")
    if contains_iban(motif):
        raise DemandeImpossible("Un IBAN ne s'écrit pas dans la raison.")


def read_lignes(archive: Archive, demande: Demande) -> Lignes:
    """What was typed; FileNotFoundError once it is no longer kept."""
    return [(code, valeurs) for code, valeurs in json.loads(archive.read(demande.contenu))]


def list_demandes(
    c: Connection, *, siren: str | None = None, etat: str | None = None
) -> list[Demande]:
    """Requests in their order: of a company, or of all; in a state, or any."""
    cherches: list[ColumnElement[bool]] = []
    if siren is not None:
        cherches.append(DEMANDES.c.siren == siren)
    if etat is not None:
        cherches.append(DEMANDES.c.etat == etat)
    lues = c.execute(select(DEMANDES).where(*cherches).order_by(DEMANDES.c.numero)).mappings()
    return [Demande(**{**lue, "acte": find_acte(lue["acte"])}) for lue in lues]


def has_demandes(c: Connection) -> bool:
    """Whether one waits."""
    return c.scalar(select(DEMANDES.c.numero).where(DEMANDES.c.etat == ATTEND).limit(1)) is not None


def settle_demande(
    c: Connection, numero: int, etat: str, instant: str, *, raison: str | None = None,
    suite: str | None = None,
) -> bool:  # fmt: skip
    """Say what became of a request that waits; False when it does not wait."""
    lock_writers(c, "demandes")
    mise = update(DEMANDES).where(DEMANDES.c.numero == numero, DEMANDES.c.etat == ATTEND)
    dits = {"etat": etat, "etat_le": instant, "raison": raison, "suite": suite}
    return c.execute(mise.values(**dits)).rowcount == 1
