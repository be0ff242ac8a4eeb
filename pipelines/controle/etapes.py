"""Control of the deposits that arrived: lots, report lines, states.

A lot is a run of deposits of bounded size, named after its first and last numbers. Its rows are
written to the lake, then one transaction moves the states of its deposits. What a killed run left
in the lake without that transaction is forgotten when the next lots are planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter_ns

import polars as pl
from sqlalchemy import Connection

from pipelines.controle.admission import Admission, Doublon, admit
from pipelines.controle.lecture import Lecture, read_fichiers
from pipelines.controle.lignes import compute_lot, lot_tables, write_lot
from pipelines.controle.natures import CONFORME, Bilan, list_extractions
from pipelines.controle.relecture import record_extractions
from pipelines.editique.lettres import Lettre, archive_lettres
from pipelines.lots import cut_lots, fingerprint_lot
from pipelines.metier import Metier, find
from pipelines.nuit.passage import Passage
from pipelines.nuit.reserves.depots import set_aside
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.traces import open_journal
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from pipelines.reception.regles import parse_mode
from pipelines.recus import Recu, list_natures_fichier
from specs.contrats import codes_of, read_contrat
from warehouse.contrats import check_contrat
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
    read_portees,
    record_etape,
)
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.remises import Remise, owe
from warehouse.verrous import Verrou

ETAPE = "controle"
INTEGRE, RECU = codes_of("depots", "etat", "INTEGRE", "RECU")
MOTIFS = {
    "CONFORME": None,
    "NON_CONFORME": "anomalies bloquantes : voir le rapport",
    "ILLISIBLE": "fichier illisible : voir le rapport",
}


def plan_lots(maison: Maison, *_: object) -> list[str]:
    """Names of the lots to control; forgets what unfinished lots left in the lake."""
    with maison.moteur.connect() as connexion:
        recus = read_depots(connexion, {"RECU"})
        acheves = read_portees(connexion, ETAPE)
    for table in lot_tables(maison):
        for lot in sorted(maison.lac.list_values(table, {}) - acheves, key=str):
            maison.lac.write(table, maison.lac.read(table).head(0).collect(), {"lot": lot})
    lots = cut_lots(recus, lambda depot: depot.octets, maison.reglages.lot_octets)
    return [f"{lot[0].depot}-{lot[-1].depot}" for lot in lots]


def controler(passage: Passage, lot: str) -> None:
    """Control one lot."""
    check_lot(passage.maison, lot, passage.maintenant, passage.metiers)


def check_lot(maison: Maison, nom: str, maintenant: datetime, metiers: Sequence[Metier]) -> None:
    """Read and check the deposits of one lot, write what they hold, move their states.

    One lot at a time: the scans of the day and the night may name the same deposits.
    """
    with maison.verrous.wait(Verrou.CONTROLE):
        _check_lot(maison, nom, maintenant, metiers)


def _check_lot(maison: Maison, nom: str, maintenant: datetime, metiers: Sequence[Metier]) -> None:
    debut = perf_counter_ns()
    premier, dernier = nom.split("-")
    with maison.moteur.connect() as connexion:
        recus = read_depots(connexion, {"RECU"})
    depots = [d for d in recus if premier <= d.depot <= dernier]
    if not depots:
        return
    _forget(maison, nom, [d.depot for d in depots if d.lignes is not None])
    try:
        controle, remises = _perform(maison, nom, depots, metiers)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - raised again when it is no deposit's
        depots = _set_aside(maison, nom, depots, maintenant, erreur, metiers)
        controle, remises = _perform(maison, nom, depots, metiers)
    with maison.moteur.begin() as connexion:
        cle = _key(connexion, controle)
        if find_etape(connexion, cle):
            return
        _move_all(connexion, controle, maintenant, metiers)
        owe(connexion, remises, format_instant(maintenant))
        record_extractions(connexion, nom, cle, list_extractions(metiers))
        record_etape(
            connexion,
            cle,
            resultat={"lignes": sum(bilan.lignes for bilan in controle.lecture.bilans)},
            empreinte=frame_fingerprint(*controle.frames.values()),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )
    crashpoint("controle.apres_journal")


@dataclass(frozen=True, slots=True)
class _Controle:
    """A lot that was read: its deposits, what the controls say, the rows of each table.

    `admissions`: what each kind of file decided of them, and has to write.
    """

    nom: str
    depots: list[Depot]
    lecture: Lecture
    frames: dict[str, pl.DataFrame]
    admissions: Mapping[str, Admission]

    @property
    def doublons(self) -> dict[int, Doublon]:
        """Deposits that repeat another one, by number."""
        return {
            n: d for admission in self.admissions.values() for n, d in admission.doublons.items()
        }


def _perform(
    maison: Maison, nom: str, depots: list[Depot], metiers: Sequence[Metier]
) -> tuple[_Controle, list[Remise]]:
    """Control these deposits, write their rows, archive what they are answered."""
    controle = _control(maison, nom, depots, metiers)
    write_lot(maison, nom, controle.frames)
    crashpoint("controle.apres_lac")
    return controle, archive_lettres(maison, _answers(maison, controle, metiers))


def _control(maison: Maison, nom: str, depots: list[Depot], metiers: Sequence[Metier]) -> _Controle:
    """Read and check these deposits, without effect."""
    recus = (
        Recu(d.numero, maison.archive.open(d.sha256), d.nom, d.adherent, d.recu_le) for d in depots
    )
    lecture, admissions = admit(maison, depots, read_fichiers(recus, metiers), metiers)
    frames = compute_lot(maison, nom, depots, lecture, metiers)
    return _Controle(nom, depots, lecture, frames, admissions)


def _answers(maison: Maison, controle: _Controle, metiers: Sequence[Metier]) -> Iterator[Lettre]:
    """What is owed as soon as files are read; one that repeats another has its answers again."""
    depots = [d for d in controle.depots if d.numero not in controle.doublons]
    for nature in list_natures_fichier(metiers):
        if nature.repond:
            yield from find(nature.repond)(maison, depots, controle.lecture)
        if nature.redit and nature.nom in controle.admissions:
            doublons = controle.admissions[nature.nom].doublons
            for depot in (d for d in controle.depots if d.numero in doublons):
                with maison.moteur.connect() as connexion:
                    original = read_depot(connexion, doublons[depot.numero].original)
                yield from find(nature.redit)(maison, depot, original)


def _move_all(
    connexion: Connection, controle: _Controle, maintenant: datetime, metiers: Sequence[Metier]
) -> None:
    """Move the deposits of a lot, and write what the kinds of file keep of them."""
    instant = format_instant(maintenant)
    definitives = {nature.nom for nature in list_natures_fichier(metiers) if nature.definitif}
    juges: list[tuple[Depot, Bilan]] = []
    for bilan, depot in zip(controle.lecture.bilans, controle.depots, strict=True):
        doublon = controle.doublons.get(depot.numero)
        if doublon is None:
            juges.append((depot, bilan))
        else:
            mark_doublon(connexion, depot.depot, doublon.original, doublon.motif, instant=instant)
    _move(connexion, juges, instant)
    integres = [(d.depot, INTEGRE, None) for d, b in juges if b.accepte and b.nature in definitives]
    change_etats(connexion, integres, instant=instant)
    for admission in controle.admissions.values():
        if admission.inscrit is not None:
            admission.inscrit(connexion)


def _key(connexion: Connection, controle: _Controle) -> CleEtape:
    """Key of the control of these contents; taken up again, a deposit is controlled once more."""
    recus = count_etats(connexion, [depot.depot for depot in controle.depots], RECU)
    reprises = recus - len(controle.depots)
    contenus = fingerprint_lot(d.sha256 for d in controle.depots)
    contenus += f":{reprises}" if reprises else ""
    return CleEtape(ETAPE, controle.nom, contenus, version_specs(), version_code())


def _set_aside(
    maison: Maison,
    nom: str,
    depots: list[Depot],
    maintenant: datetime,
    erreur: Exception,
    metiers: Sequence[Metier],
) -> list[Depot]:
    """Set aside the deposits that can't be read, or answered; the others.

    `erreur` is raised when there is none.
    """

    def essaie(choisis: frozenset[str]) -> None:
        controle = _control(maison, nom, [d for d in depots if d.depot in choisis], metiers)
        for table, frame in controle.frames.items():
            check_contrat(read_contrat(table), frame)
        archive_lettres(maison, _answers(maison, controle, metiers))

    fautifs = find_fautifs([d.depot for d in depots], essaie, erreur)
    tests = [
        d.depot
        for d in depots
        if d.depot in fautifs and parse_mode(maison.archive.open(d.sha256)) == "essai"
    ]
    set_aside(maison, maintenant.date(), ETAPE, fautifs, tests)
    return [d for d in depots if d.depot not in fautifs]


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
