"""Control of the deposits that arrived: lots, report lines, states.

A lot is a run of deposits of bounded size. Lots are prepared side by side: read, checked, written
to the lake, answered. They are decided one by one, in the order of their deposits: what the house
makes of a file may hang on those before it (a double, a replacement). A lot that was prepared for
something else is prepared again; then one transaction moves the states of its deposits. What a
killed run left in the lake without that transaction is forgotten when the next lots are planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import perf_counter_ns

import polars as pl
from sqlalchemy import Connection

from pipelines.controle.lignes import lot_tables, write_lot
from pipelines.controle.lots import RECU, list_lots, rank_lot, read_lot, select_lot
from pipelines.controle.natures import CONFORME, Bilan, list_extractions
from pipelines.controle.preparation import Prete, is_current, prepare_lot
from pipelines.controle.relecture import record_extractions
from pipelines.lots import fingerprint_lot
from pipelines.metier import Metier
from pipelines.nuit.passage import Passage
from pipelines.nuit.reserves.depots import set_aside
from pipelines.nuit.traces import open_journal
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from pipelines.reception.regles import parse_mode
from pipelines.recus import list_natures_fichier
from specs.contrats import codes_of
from warehouse.instants import format_instant
from warehouse.journal import (
    RENSEIGNEMENTS,
    CleEtape,
    Depot,
    change_etats,
    count_etats,
    find_etape,
    mark_doublon,
    read_depot,
    read_depots,
    read_derniere,
    read_portees,
    record_etape,
)
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.remises import owe
from warehouse.verrous import Verrou

ETAPE = "controle"
(INTEGRE,) = codes_of("depots", "etat", "INTEGRE")
MOTIFS = {
    "CONFORME": None,
    "NON_CONFORME": "anomalies bloquantes : voir le rapport",
    "ILLISIBLE": "fichier illisible : voir le rapport",
}


def plan_lots(maison: Maison, *_: object) -> list[str]:
    """Names of the lots to control; forgets what unfinished lots left in the lake."""
    with maison.verrous.wait(Verrou.CONTROLE):
        with maison.moteur.connect() as connexion:
            acheves = read_portees(connexion, ETAPE)
        for table in lot_tables(maison):
            for lot in sorted(maison.lac.list_values(table, {}) - acheves, key=str):
                maison.lac.write(table, maison.lac.read(table).head(0).collect(), {"lot": lot})
    return list_lots(maison)


def controler(passage: Passage, lot: str) -> None:
    """Control one lot of a plan beside its other lots, which other processes control."""
    with passage.maison.verrous.wait(Verrou.CONTROLE, partage=True):
        _check_beside(passage.maison, lot, passage.maintenant, passage.metiers)


def check_lot(maison: Maison, nom: str, maintenant: datetime, metiers: Sequence[Metier]) -> None:
    """Control one lot while nobody controls any: another plan may name the same deposits.

    What waits before it goes on waiting.
    """
    with maison.verrous.wait(Verrou.CONTROLE):
        _check_lot(maison, nom, maintenant, metiers, suit=False)


def _check_beside(
    maison: Maison, nom: str, maintenant: datetime, metiers: Sequence[Metier]
) -> None:
    """Control one lot beside the others of its plan; decide of it after those before it.

    One that another process controls is waited for. One that nobody does (its turn has not come, it
    failed, its process is dead) is controlled here: whatever the order of the tasks, none is stuck.
    """
    with maison.verrous.wait(Verrou.LOT, rank_lot(nom)):
        _check_lot(maison, nom, maintenant, metiers, suit=True)


def _check_lot(
    maison: Maison, nom: str, maintenant: datetime, metiers: Sequence[Metier], *, suit: bool
) -> None:
    """Prepare a lot, then decide of it; `suit`: once those before it are decided."""
    debut = perf_counter_ns()
    while depots := read_lot(maison, nom):
        gardes = _list_gardes(maison, nom, depots)
        prete = prepare_lot(maison, nom, depots, gardes, metiers)
        for avant in list_lots(maison, avant=nom) if suit else ():
            _check_beside(maison, avant, maintenant, metiers)
        with maison.verrous.wait(Verrou.LOT):
            if read_lot(maison, nom) == depots:
                if not is_current(maison, prete, metiers):
                    prete = prepare_lot(maison, nom, depots, gardes, metiers)
                _decide(maison, prete, maintenant, metiers, debut)
                return
        write_lot(maison, nom, {}, gardes)  # of some, something else was decided meanwhile


def _list_gardes(maison: Maison, nom: str, depots: Sequence[Depot]) -> list[str]:
    """The other deposits of a lot that was decided: they are not taken up again with these."""
    with maison.moteur.connect() as connexion:
        if read_derniere(connexion, ETAPE, nom) is None:
            return []
        tous = select_lot(read_depots(connexion), nom)
    return [depot.depot for depot in tous if depot not in depots]


def _decide(
    maison: Maison, prete: Prete, maintenant: datetime, metiers: Sequence[Metier], debut: int
) -> None:
    """Move the states of the deposits of a lot; owe what they are answered."""
    if prete.fautifs:
        _set_aside(maison, prete.fautifs, maintenant)
    _forget(maison, prete.nom, [d.depot for d in prete.depots if d.lignes is not None])
    with maison.moteur.begin() as connexion:
        cle = _key(connexion, prete)
        if find_etape(connexion, cle):
            return
        _move_all(connexion, prete, maintenant, metiers)
        owe(connexion, prete.remises, format_instant(maintenant))
        record_extractions(connexion, prete.nom, cle, list_extractions(metiers))
        record_etape(
            connexion,
            cle,
            resultat={"lignes": sum(bilan.lignes for bilan in prete.admise.bilans)},
            empreinte=frame_fingerprint(*prete.frames.values()),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )
    crashpoint("controle.apres_journal")


def _move_all(
    connexion: Connection, prete: Prete, maintenant: datetime, metiers: Sequence[Metier]
) -> None:
    """Move the deposits of a lot, and write what the kinds of file keep of them."""
    instant = format_instant(maintenant)
    definitives = {nature.nom for nature in list_natures_fichier(metiers) if nature.definitif}
    juges: list[tuple[Depot, Bilan]] = []
    for bilan, depot in zip(prete.admise.bilans, prete.depots, strict=True):
        doublon = prete.doublons.get(depot.numero)
        if doublon is None:
            juges.append((depot, bilan))
        else:
            mark_doublon(connexion, depot.depot, doublon.original, doublon.motif, instant=instant)
    _move(connexion, juges, instant)
    integres = [(d.depot, INTEGRE, None) for d, b in juges if b.accepte and b.nature in definitives]
    change_etats(connexion, integres, instant=instant)
    for admission in prete.admissions.values():
        if admission.inscrit is not None:
            admission.inscrit(connexion)


def _key(connexion: Connection, prete: Prete) -> CleEtape:
    """Key of the control of these contents; taken up again, a deposit is controlled once more."""
    recus = count_etats(connexion, [depot.depot for depot in prete.depots], RECU)
    reprises = recus - len(prete.depots)
    contenus = fingerprint_lot(d.sha256 for d in prete.depots)
    contenus += f":{reprises}" if reprises else ""
    return CleEtape(ETAPE, prete.nom, contenus, version_specs(), version_code())


def _set_aside(maison: Maison, fautifs: Mapping[str, Exception], maintenant: datetime) -> None:
    """Set these deposits aside; nothing says yet which are tests, but their own bytes."""
    with maison.moteur.connect() as connexion:
        contenus = {depot: read_depot(connexion, depot).sha256 for depot in fautifs}
    essais = [
        depot
        for depot, sha256 in contenus.items()
        if parse_mode(maison.archive.open(sha256)) == "essai"
    ]
    set_aside(maison, maintenant.date(), ETAPE, fautifs, essais)


def _forget(maison: Maison, nom: str, depots: list[str]) -> None:
    """Take what an earlier control of these deposits wrote out of the other lots."""
    siennes = pl.col("depot").is_in(depots)
    for table in lot_tables(maison) if depots else ():
        lues = maison.lac.read(table)
        lots = lues.filter(siennes).select(pl.col("lot").unique().sort()).collect()["lot"]
        for lot in lots:
            if lot != nom:
                restent = lues.filter(pl.col("lot") == lot, ~siennes).collect()
                maison.lac.write(table, restent, {"lot": lot})


def _move(connexion: Connection, juges: Sequence[tuple[Depot, Bilan]], instant: str) -> None:
    """States of deposits, and the lines of the log."""
    etats = {d.depot: CONFORME if b.accepte else b.verdict for d, b in juges}
    change_etats(
        connexion,
        [(depot, etat, MOTIFS[etat]) for depot, etat in etats.items()],
        instant=instant,
        renseignements={
            depot.depot: {nom: getattr(bilan, nom) for nom in RENSEIGNEMENTS}
            for depot, bilan in juges
        },
    )
    journal = open_journal("caisse.depots")
    for depot, bilan in juges:
        journal.info(
            "dépôt contrôlé",
            depot=depot.depot,
            adherent=depot.adherent,
            etat=etats[depot.depot],
            nature=bilan.nature,
            version=bilan.version,
            lignes=bilan.lignes,
            bloquantes=bilan.anomalies_bloquantes,
            signalees=bilan.anomalies_signalees,
        )
