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
    "count_etats",
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
    "record_etape",
    "record_etapes",
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


ENTREES_MAX = 1_000  # characters: a row of an index of PostgreSQL has 2 704 bytes at most
_COLONNES_DEPOT = [DEPOTS.c[champ.name] for champ in fields(Depot)]


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
    _check_renseignements(renseignements)
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
    c: Connection,
    changements: Sequence[tuple[str, str, str | None]],
    *,
    instant: str,
    renseignements: Mapping[str, Mapping[str, Renseignement]] = MappingProxyType({}),
) -> None:
    """Move many deposits (name, state, reason), as `change_etat` does one: a few statements a lot.

    `renseignements`: by deposit, the same ones of each, or of none. Same failures.
    """
    for dits in renseignements.values():
        _check_renseignements(dits)
    for debut in range(0, len(changements), LOT):
        lot = changements[debut : debut + LOT]
        actuels = _read_etats_of(c, [depot for depot, _, _ in lot])
        voulus = {depot: (etat, motif) for depot, etat, motif in lot}
        if inconnus := voulus.keys() - actuels.keys():
            raise DepotInconnu(f"dépôt inconnu : {min(inconnus)}")
        for depot, (etat, _) in voulus.items():
            _check_transition(depot, actuels[depot][0], etat)
        _update_all(c, voulus, actuels, renseignements)
        _append_etats(c, {d: v for d, v in voulus.items() if actuels[d] != v}, instant)
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


def _update_all(
    c: Connection,
    voulus: Mapping[str, tuple[str, str | None]],
    actuels: Mapping[str, tuple[str, str | None]],
    renseignements: Mapping[str, Mapping[str, Renseignement]],
) -> None:
    siens = (DEPOTS.c.depot == bindparam("nom_")) & (DEPOTS.c.etat == bindparam("avant"))
    lignes = [
        {
            "nom_": depot,
            "avant": actuels[depot][0],
            "etat": voulu[0],
            "motif": voulu[1],
            **renseignements.get(depot, {}),
        }
        for depot, voulu in voulus.items()
        if actuels[depot] != voulu or depot in renseignements
    ]
    if lignes:
        c.execute(update(DEPOTS).where(siens), lignes)


def _append_etats(
    c: Connection, voulus: Mapping[str, tuple[str, str | None]], instant: str
) -> None:
    if not voulus:
        return
    traces = ETATS_DEPOT.c
    derniers = select(traces.depot, func.max(traces.rang)).where(traces.depot.in_(list(voulus)))
    rangs = dict(c.execute(derniers.group_by(traces.depot)).all())
    c.execute(
        insert(ETATS_DEPOT),
        [
            {"depot": d, "rang": rangs.get(d, 0) + 1, "etat": e, "motif": m, "instant": instant}
            for d, (e, m) in voulus.items()
        ],
    )


def _check_renseignements(dits: Mapping[str, Renseignement]) -> None:
    if inconnus := dits.keys() - RENSEIGNEMENTS:
        raise TypeError(f"renseignements inconnus : {', '.join(sorted(inconnus))}")


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


def read_depots(
    c: Connection, etats: Collection[str] | None = None, boites: Collection[str] | None = None
) -> list[Depot]:
    """Deposits in one of these states, of one of these boxes (all by default), by `numero`."""
    requete = select(*_COLONNES_DEPOT).order_by(DEPOTS.c.numero)
    if etats is not None:
        requete = requete.where(DEPOTS.c.etat.in_(sorted(etats)))
    if boites is not None:
        requete = requete.where(DEPOTS.c.adherent.in_(sorted(boites)))
    return [Depot(*ligne) for ligne in c.execute(requete)]


def read_derniere_arrivee(c: Connection) -> str | None:
    """When the newest deposit was received (UTC, ISO), whatever became of it; None without any."""
    derniere: str | None = c.scalar(select(func.max(DEPOTS.c.recu_le)))
    return derniere


def count_etats(c: Connection, depots: Sequence[str], etat: str) -> int:
    """How many times these deposits were put in a state, in all."""
    siens = select(func.count()).where(ETATS_DEPOT.c.etat == etat)
    return sum(
        c.scalar(siens.where(ETATS_DEPOT.c.depot.in_(depots[debut : debut + LOT]))) or 0
        for debut in range(0, len(depots), LOT)
    )


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
        ValueError: its inputs are not summed up: PostgreSQL would refuse the key, SQLite would not.
    """
    if len(cle.empreinte_entrees) > ENTREES_MAX:
        raise ValueError(f"étape {cle.etape}, portée {cle.portee} : empreinte trop longue")
    lock_writers(c, "etapes")
    texte = _encode(resultat)
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


def record_etapes(c: Connection, faites: Mapping[CleEtape, Mapping[str, Any]]) -> None:
    """Write that steps are done, with their results, each once in its life: none has a rank.

    IntegrityError when one was done already.
    """
    lignes = [
        asdict(cle)
        | {"resultat": _encode(resultat), "empreinte": cle.empreinte_entrees, "duree_ms": 0}
        for cle, resultat in faites.items()
    ]
    if lignes:
        c.execute(insert(ETAPES), lignes)
        crashpoint("journal.etape_inscrite")


def _encode(resultat: Mapping[str, Any]) -> str:
    return json.dumps(resultat, sort_keys=True, ensure_ascii=False)


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
