"""The journal: deposits and their states, steps already done, audit trail.

It is also the queue: what remains to do is what the journal says is in such a state. Every function
takes a connection; the caller owns the transaction.

    with maison.moteur.begin() as connexion:
        change_etat(connexion, "D00000123", "CONFORME", None, instant="2026-03-01T21:00:00Z")
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, func, insert, select, update

from warehouse.audit import record_audit, verify_audit
from warehouse.moteur import lock_writers
from warehouse.points_arret import crashpoint
from warehouse.tables_sql import DEPOTS, ETAPES, ETATS_DEPOT

__all__ = [
    "CleEtape",
    "Depot",
    "DepotInconnu",
    "Etape",
    "EtapeDivergente",
    "TransitionInterdite",
    "change_etat",
    "change_etats",
    "find_etape",
    "is_derniere",
    "mark_doublon",
    "read_depot",
    "read_depots",
    "read_derniere",
    "read_derniere_arrivee",
    "read_etats",
    "read_portees",
    "read_versions",
    "record_audit",
    "record_depot",
    "record_etape",
    "verify_audit",
]

# What follows a control (CONFORME and after) depends on all deposits together: a correction or a
# new establishment may change it in any direction. A control is redone by going back to RECU.
_APRES_CONTROLE = frozenset({"EN_ATTENTE", "INTEGRE", "REMPLACE", "ANNULE", "MIS_A_L_ECART"})
TRANSITIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "RECU": frozenset({"ILLISIBLE", "NON_CONFORME", "CONFORME", "ANNULE", "MIS_A_L_ECART"}),
        "ILLISIBLE": frozenset({"RECU", "ANNULE"}),
        "DOUBLON": frozenset(),
        "NON_CONFORME": frozenset({"RECU", "ANNULE", "MIS_A_L_ECART"}),
        # Whatever set it aside, it is controlled anew when it is taken up again.
        "MIS_A_L_ECART": frozenset({"RECU", "ANNULE"}),
        "CONFORME": _APRES_CONTROLE | {"RECU"},
        "EN_ATTENTE": _APRES_CONTROLE | {"RECU"},
        "INTEGRE": _APRES_CONTROLE | {"RECU"},
        "REMPLACE": _APRES_CONTROLE | {"RECU"},
        "ANNULE": _APRES_CONTROLE | {"RECU"},
    }
)
LOT = 500  # deposits moved by one statement
Renseignement: TypeAlias = bool | int | str | None
RENSEIGNEMENTS = frozenset(
    {
        "essai",
        "version",
        "lignes",
        "declarations",
        "anomalies_bloquantes",
        "anomalies_signalees",
        "nature",
    }
)


class DepotInconnu(LookupError):  # noqa: N818 - named in French
    """The journal has no such deposit."""


class TransitionInterdite(ValueError):  # noqa: N818 - named in French
    """A deposit cannot pass from its state to the one asked for."""


class EtapeDivergente(RuntimeError):  # noqa: N818 - named in French
    """A step done twice on the same inputs gave two results: it is not deterministic."""


@dataclass(frozen=True, slots=True)
class Depot:
    """A deposit: `numero` is its rank of arrival, `depot` its name (`D00000123`).

    `recu_le` is UTC, to the second. `original` is the deposit that a DOUBLON repeats. What the
    control learns (`essai` to `nature`) is None before it. `utilisateur`: who dropped it, None for
    the account of the box.
    """

    numero: int
    depot: str
    adherent: str
    nom: str
    sha256: str
    octets: int
    recu_le: str
    etat: str
    motif: str | None
    original: str | None
    essai: bool | None
    version: str | None
    lignes: int | None
    declarations: int | None
    anomalies_bloquantes: int | None
    anomalies_signalees: int | None
    nature: str | None
    utilisateur: str | None


@dataclass(frozen=True, slots=True)
class CleEtape:
    """What a step's result depends on: a key already done need not be done again."""

    etape: str
    portee: str
    empreinte_entrees: str
    version_specs: str
    version_code: str


@dataclass(frozen=True, slots=True)
class Etape:
    """A step done: its result (JSON values), the fingerprint of what it wrote, its duration."""

    cle: CleEtape
    resultat: dict[str, Any]
    empreinte: str
    duree_ms: int


_COLONNES_DEPOT = [DEPOTS.c[champ.name] for champ in fields(Depot)]


def record_depot(
    c: Connection,
    *,
    adherent: str,
    nom: str,
    sha256: str,
    octets: int,
    recu_le: str,
    utilisateur: str | None = None,
) -> Depot:
    """Write a deposit in the journal: RECU, or DOUBLON when this member already sent this content.

    Concurrent callers are put in a line; the unique index is the net (IntegrityError).
    """
    lock_writers(c, "depots")
    original = c.scalar(
        select(DEPOTS.c.depot)
        .where(DEPOTS.c.adherent == adherent, DEPOTS.c.sha256 == sha256)
        .where(DEPOTS.c.original.is_(None))
    )
    numero = (c.scalar(select(func.max(DEPOTS.c.numero))) or 0) + 1
    depot = f"D{numero:08d}"
    etat = "DOUBLON" if original else "RECU"
    motif = f"contenu déjà reçu : dépôt {original}" if original else None
    c.execute(
        insert(DEPOTS).values(
            numero=numero,
            depot=depot,
            adherent=adherent,
            nom=nom,
            sha256=sha256,
            octets=octets,
            recu_le=recu_le,
            etat=etat,
            motif=motif,
            original=original,
            utilisateur=utilisateur,
        )
    )
    _append_etat(c, depot, etat, motif, recu_le)
    crashpoint("journal.depot_inscrit")
    return read_depot(c, depot)


def change_etat(
    c: Connection,
    depot: str,
    etat: str,
    motif: str | None,
    *,
    instant: str,
    **renseignements: Renseignement,
) -> None:
    """Move a deposit to `etat`, for a reason, and keep the trace of it.

    Args:
        c: connection, in a transaction.
        depot: name of the deposit.
        etat: one that TRANSITIONS allows, or the present one (a new reason, new information).
        motif: reason, in French.
        instant: when (UTC, ISO).
        renseignements: any of RENSEIGNEMENTS; the others keep their values.

    Asking again for what already is changes nothing and leaves no trace.

    Raises:
        DepotInconnu: no such deposit.
        TransitionInterdite: not from its present state, or another writer changed it meanwhile.
        TypeError: an information that is not one of RENSEIGNEMENTS.
    """
    inconnus = renseignements.keys() - RENSEIGNEMENTS
    if inconnus:
        raise TypeError(f"renseignements inconnus : {', '.join(sorted(inconnus))}")
    actuel = read_depot(c, depot)
    nouveau = {"etat": etat, "motif": motif, **renseignements}
    if asdict(actuel).items() >= nouveau.items():
        return
    _check_transition(depot, actuel.etat, etat)
    modifie = c.execute(
        update(DEPOTS)
        .where(DEPOTS.c.depot == depot, DEPOTS.c.etat == actuel.etat)
        .values(**nouveau)
    )
    if modifie.rowcount != 1:
        raise TransitionInterdite(f"dépôt {depot} : son état vient d'être changé")
    if (etat, motif) != (actuel.etat, actuel.motif):
        _append_etat(c, depot, etat, motif, instant)
    crashpoint("journal.etat_change")


def change_etats(
    c: Connection, changements: Sequence[tuple[str, str, str | None]], *, instant: str
) -> None:
    """Move many deposits (name, state, reason), as `change_etat` does one: a few statements a lot.

    Same failures.
    """
    for debut in range(0, len(changements), LOT):
        lot = changements[debut : debut + LOT]
        actuels = _read_etats_of(c, [depot for depot, _, _ in lot])
        voulus = {depot: (etat, motif) for depot, etat, motif in lot}
        if inconnus := voulus.keys() - actuels.keys():
            raise DepotInconnu(f"dépôt inconnu : {min(inconnus)}")
        for depot, (etat, _) in voulus.items():
            _check_transition(depot, actuels[depot][0], etat)
        _move_all(c, {d: v for d, v in voulus.items() if actuels[d] != v}, actuels, instant)
        if _read_etats_of(c, list(voulus)) != voulus:
            raise TransitionInterdite(
                f"dépôts {lot[0][0]} à {lot[-1][0]} : un état vient de changer"
            )
        crashpoint("journal.etat_change")


def _read_etats_of(c: Connection, depots: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Present state of these deposits, and its reason."""
    requete = select(DEPOTS.c.depot, DEPOTS.c.etat, DEPOTS.c.motif).where(
        DEPOTS.c.depot.in_(depots)
    )
    return {depot: (etat, motif) for depot, etat, motif in c.execute(requete)}


def _move_all(
    c: Connection,
    voulus: Mapping[str, tuple[str, str | None]],
    actuels: Mapping[str, tuple[str, str | None]],
    instant: str,
) -> None:
    if not voulus:
        return
    siens = (DEPOTS.c.depot == bindparam("nom_")) & (DEPOTS.c.etat == bindparam("avant"))
    c.execute(
        update(DEPOTS).where(siens),
        [
            {"nom_": depot, "avant": actuels[depot][0], "etat": etat, "motif": motif}
            for depot, (etat, motif) in voulus.items()
        ],
    )
    traces = ETATS_DEPOT.c
    derniers = select(traces.depot, func.max(traces.rang)).where(traces.depot.in_(list(voulus)))
    rangs = dict(c.execute(derniers.group_by(traces.depot)).tuples().all())
    c.execute(
        insert(ETATS_DEPOT),
        [
            {"depot": d, "rang": rangs.get(d, 0) + 1, "etat": e, "motif": m, "instant": instant}
            for d, (e, m) in voulus.items()
        ],
    )


def _check_transition(depot: str, actuel: str, etat: str) -> None:
    if etat not in TRANSITIONS[actuel] | {actuel}:
        raise TransitionInterdite(f"dépôt {depot} : {actuel} -> {etat} n'est pas prévu")


def mark_doublon(c: Connection, depot: str, original: str, motif: str, *, instant: str) -> None:
    """Move a deposit just received to DOUBLON: its kind knows that it repeats `original`.

    TransitionInterdite when it is no longer just received.
    """
    change = {"etat": "DOUBLON", "motif": motif, "original": original}
    siens = (DEPOTS.c.depot == depot) & (DEPOTS.c.etat == "RECU")
    if c.execute(update(DEPOTS).where(siens).values(**change)).rowcount != 1:
        raise TransitionInterdite(f"dépôt {depot} : son état vient d'être changé")
    _append_etat(c, depot, "DOUBLON", motif, instant)


def read_depot(c: Connection, depot: str) -> Depot:
    """Read a deposit by its name; DepotInconnu when there is none."""
    ligne = c.execute(select(*_COLONNES_DEPOT).where(DEPOTS.c.depot == depot)).one_or_none()
    if ligne is None:
        raise DepotInconnu(f"dépôt inconnu : {depot}")
    return Depot(*ligne)


def read_depots(c: Connection, etats: Collection[str] | None = None) -> list[Depot]:
    """Deposits in one of these states (all of them by default), by `numero`."""
    requete = select(*_COLONNES_DEPOT).order_by(DEPOTS.c.numero)
    if etats is not None:
        requete = requete.where(DEPOTS.c.etat.in_(sorted(etats)))
    return [Depot(*ligne) for ligne in c.execute(requete)]


def read_derniere_arrivee(c: Connection) -> str | None:
    """When the newest deposit was received (UTC, ISO), whatever became of it; None without any."""
    derniere: str | None = c.scalar(select(func.max(DEPOTS.c.recu_le)))
    return derniere


def read_etats(c: Connection, depot: str) -> list[tuple[str, str | None, str]]:
    """States that a deposit went through, first to last: (etat, motif, instant)."""
    table = ETATS_DEPOT.c
    requete = select(table.etat, table.motif, table.instant).where(table.depot == depot)
    return [(etat, motif, instant) for etat, motif, instant in c.execute(requete.order_by("rang"))]


def find_etape(c: Connection, cle: CleEtape) -> Etape | None:
    """Read the result of a step already done on the same inputs; None when it is to be done."""
    colonnes = ETAPES.c
    requete = select(colonnes.resultat, colonnes.empreinte, colonnes.duree_ms)
    ligne = c.execute(requete.filter_by(**asdict(cle))).one_or_none()
    return Etape(cle, json.loads(ligne[0]), ligne[1], ligne[2]) if ligne else None


def is_derniere(c: Connection, cle: CleEtape) -> bool:
    """Whether this step is the last one done on its scope: what it wrote is still there.

    Inputs that come back to what they were find an older step, whose rows were replaced since.
    """
    return read_derniere(c, cle.etape, cle.portee) == cle


def read_derniere(c: Connection, etape: str, portee: str) -> CleEtape | None:
    """Key of the last step of this name done on this scope; None when none ever was."""
    table = ETAPES.c
    colonnes = [table[champ.name] for champ in fields(CleEtape)]
    siennes = (table.etape == etape) & (table.portee == portee) & (table.rang > 0)
    derniere = c.execute(select(*colonnes).where(siennes).order_by(table.rang.desc()).limit(1))
    ligne = derniere.one_or_none()
    return CleEtape(*ligne) if ligne else None


def read_portees(c: Connection, etape: str) -> set[str]:
    """Scopes on which a step was done, whatever its inputs."""
    return set(c.scalars(select(ETAPES.c.portee).where(ETAPES.c.etape == etape)))


def read_versions(c: Connection, etape: str, portee: str, fin: str) -> list[tuple[str, str]]:
    """Versions of the specs and of the code of the steps whose inputs end so, sorted."""
    table = ETAPES.c
    requete = select(table.version_specs, table.version_code).where(
        table.etape == etape,
        table.portee == portee,
        table.empreinte_entrees.endswith(fin, autoescape=True),
    )
    return sorted((specs, code) for specs, code in c.execute(requete))


def record_etape(
    c: Connection, cle: CleEtape, *, resultat: Mapping[str, Any], empreinte: str, duree_ms: int
) -> None:
    """Write that a step is done, the last on its scope. Done twice, the first result stays.

    Raises:
        EtapeDivergente: it was already done with another result or fingerprint.
    """
    lock_writers(c, "etapes")
    texte = json.dumps(resultat, sort_keys=True, ensure_ascii=False)
    faite = find_etape(c, cle)
    rang = _next_rang(c, cle)
    if faite is None:
        valeurs = {"resultat": texte, "empreinte": empreinte, "duree_ms": duree_ms, "rang": rang}
        c.execute(insert(ETAPES).values(**asdict(cle), **valeurs))
        crashpoint("journal.etape_inscrite")
    elif (faite.resultat, faite.empreinte) == (json.loads(texte), empreinte):
        c.execute(update(ETAPES).filter_by(**asdict(cle)).values(rang=rang))
    else:
        raise EtapeDivergente(f"étape {cle.etape}, portée {cle.portee} : deux résultats différents")


def _next_rang(c: Connection, cle: CleEtape) -> int:
    siennes = (ETAPES.c.etape == cle.etape) & (ETAPES.c.portee == cle.portee)
    return (c.scalar(select(func.max(ETAPES.c.rang)).where(siennes)) or 0) + 1


def _append_etat(c: Connection, depot: str, etat: str, motif: str | None, instant: str) -> None:
    rang = c.scalar(
        select(func.coalesce(func.max(ETATS_DEPOT.c.rang), 0)).where(ETATS_DEPOT.c.depot == depot)
    )
    c.execute(
        insert(ETATS_DEPOT).values(
            depot=depot, rang=(rang or 0) + 1, etat=etat, motif=motif, instant=instant
        )
    )
