"""Control of the deposits that arrived: lots, report lines, states.

A lot is a run of deposits of bounded size, named after its first and last numbers. Its rows are
written to the lake, then one transaction moves the states of its deposits. What a killed run left
in the lake without that transaction is forgotten when the next lots are planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter_ns

import polars as pl
from sqlalchemy import Connection

from pipelines.controle.banque import BANQUE
from pipelines.controle.lecture import CONFORME, Bilan, Lecture, read_fichiers
from pipelines.controle.metier import CONTROLER
from pipelines.nuit.passage import Passage
from pipelines.nuit.reserves.depots import MIS_A_L_ECART, set_aside
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.traces import open_journal
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from pipelines.reception.regles import parse_mode
from specs.caisse import read_caisse
from specs.contrats import codes_of, columns_of, read_contrat
from warehouse.contrats import check_contrat
from warehouse.instants import format_instant
from warehouse.journal import (
    CleEtape,
    Depot,
    change_etat,
    find_etape,
    read_depots,
    read_etats,
    read_portees,
    record_etape,
)
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.pseudonymes import compute_pseudonyme
from warehouse.registre.iban import LONGUEURS, mask_iban

ETAPE = "controle"
(INTEGRE,) = codes_of("depots", "etat", "INTEGRE")
TABLES = CONTROLER.ecrit
ORIGINES = {
    "fichier": pl.UInt32,
    "lot": pl.String,
    "depot": pl.String,
    "adherent": pl.String,
    "conforme": pl.Boolean,
    "fichier_essai": pl.Boolean,
}
MOTIFS = {
    "CONFORME": None,
    "NON_CONFORME": "anomalies bloquantes : voir le rapport",
    "ILLISIBLE": "fichier illisible : voir le rapport",
}


@dataclass(frozen=True, slots=True)
class Lot:
    """Deposits controlled together."""

    nom: str
    depots: tuple[Depot, ...]


def plan_lots(maison: Maison, _date_arrete: date | None = None) -> list[str]:
    """Names of the lots to control; forgets what unfinished lots left in the lake."""
    with maison.moteur.connect() as connexion:
        recus = read_depots(connexion, {"RECU"})
        acheves = read_portees(connexion, ETAPE)
    for table in TABLES:
        presents = maison.lac.read(table).select(pl.col("lot").unique()).collect()["lot"]
        for lot in sorted(set(presents) - acheves):
            maison.lac.write(table, maison.lac.read(table).head(0).collect(), {"lot": lot})
    return [lot.nom for lot in _group(recus, maison.reglages.lot_octets)]


def _group(depots: list[Depot], taille: int) -> Iterator[Lot]:
    groupe: list[Depot] = []
    for depot in depots:
        if groupe and sum(d.octets for d in groupe) + depot.octets > taille:
            yield _named(groupe)
            groupe = []
        groupe.append(depot)
    if groupe:
        yield _named(groupe)


def _named(groupe: list[Depot]) -> Lot:
    return Lot(f"{groupe[0].depot}-{groupe[-1].depot}", tuple(groupe))


def controler(passage: Passage, lot: str) -> None:
    """Control one lot."""
    check_lot(passage.maison, lot, passage.maintenant)


def check_lot(maison: Maison, nom: str, maintenant: datetime) -> None:
    """Read and check the deposits of one lot, write what they hold, move their states."""
    debut = perf_counter_ns()
    premier, dernier = nom.split("-")
    with maison.moteur.connect() as connexion:
        recus = read_depots(connexion, {"RECU"})
    depots = [d for d in recus if premier <= d.depot <= dernier]
    if not depots:
        return
    _forget(maison, nom, [d.depot for d in depots if d.lignes is not None])
    try:
        controle = _control(maison, nom, depots)
        _write(maison, controle)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - raised again when it is no deposit's
        depots = _set_aside(maison, nom, depots, maintenant, erreur)
        controle = _control(maison, nom, depots)
        _write(maison, controle)
    crashpoint("controle.apres_lac")
    with maison.moteur.begin() as connexion:
        cle = _key(connexion, controle)
        if find_etape(connexion, cle):
            return
        for bilan, depot in zip(controle.lecture.bilans, depots, strict=True):
            _move(connexion, bilan, depot, maintenant)
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
    """A lot that was read: its deposits, what the controls say, the rows of each table."""

    nom: str
    depots: list[Depot]
    lecture: Lecture
    frames: dict[str, pl.DataFrame]


def _control(maison: Maison, nom: str, depots: list[Depot]) -> _Controle:
    """Read and check these deposits, without effect."""
    banque = {d.numero for d in depots if d.adherent == read_caisse().boite_banque}
    lecture = read_fichiers(((d.numero, maison.archive.open(d.sha256)) for d in depots), banque)
    return _Controle(nom, depots, lecture, _lot_frames(maison, nom, depots, lecture))


def _write(maison: Maison, controle: _Controle) -> None:
    for table in TABLES:
        maison.lac.write(table, controle.frames[table], {"lot": controle.nom})


def _key(connexion: Connection, controle: _Controle) -> CleEtape:
    """Key of the control of these contents; taken up again, a deposit is controlled once more."""
    reprises = sum(
        etat == MIS_A_L_ECART
        for depot in controle.depots
        for etat, _, _ in read_etats(connexion, depot.depot)
    )
    contenus = ",".join(d.sha256 for d in controle.depots) + (f":{reprises}" if reprises else "")
    return CleEtape(ETAPE, controle.nom, contenus, version_specs(), version_code())


def _set_aside(
    maison: Maison, nom: str, depots: list[Depot], maintenant: datetime, erreur: Exception
) -> list[Depot]:
    """Set aside the deposits that can't be read; the others. `erreur` raised when there is none."""

    def essaie(choisis: frozenset[str]) -> None:
        controle = _control(maison, nom, [d for d in depots if d.depot in choisis])
        for table, frame in controle.frames.items():
            check_contrat(read_contrat(table), frame)

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
    for table in TABLES if depots else ():
        lues = maison.lac.read(table)
        lots = lues.filter(siennes).select(pl.col("lot").unique().sort()).collect()["lot"]
        for lot in lots:
            if lot != nom:
                restent = lues.filter(pl.col("lot") == lot, ~siennes).collect()
                maison.lac.write(table, restent, {"lot": lot})


def _lot_frames(
    maison: Maison, nom: str, depots: list[Depot], lecture: Lecture
) -> dict[str, pl.DataFrame]:
    """Rows of the lot by table: what every file says, what the conforming ones bring."""
    origines = pl.DataFrame(
        {
            "fichier": [d.numero for d in depots],
            "lot": [nom] * len(depots),
            "depot": [d.depot for d in depots],
            "adherent": [d.adherent for d in depots],
            "conforme": [b.verdict == CONFORME for b in lecture.bilans],
            "fichier_essai": [b.essai is True for b in lecture.bilans],
        },
        schema=ORIGINES,
    )
    anomalies = lecture.anomalies.join(origines, on="fichier", maintain_order="left")
    declarations = lecture.declarations.join(
        origines.with_columns(numero_depot=pl.col("fichier").cast(pl.Int64)),
        on="fichier",
        maintain_order="left",
    )
    conformes = origines.filter("conforme")
    bases = lecture.bases.join(conformes, on="fichier", maintain_order="left")
    mouvements = _masked(lecture.mouvements).join(conformes, on="fichier", maintain_order="left")
    siren = declarations.select("fichier", "rang_declaration", "siren")
    bases = bases.join(siren, on=["fichier", "rang_declaration"], maintain_order="left")
    frames = {
        "anomalies": anomalies.filter(~pl.col("fichier_essai")),
        "anomalies_essai": anomalies.filter("fichier_essai"),
        "declarations_lues": declarations,
        "bases_lues": _pseudonymised(bases, "identifiant", "salarie", maison.cle_pseudonymes),
        "mouvements_banque": _pseudonymised(
            mouvements, "iban_tiers", "compte_tiers", maison.cle_pseudonymes
        ),
    }
    return {nom: frame.select(columns_of(nom)) for nom, frame in frames.items()}


def _masked(mouvements: pl.DataFrame) -> pl.DataFrame:
    """Movements with what an officer may see of the account of the payer."""
    masques = [
        mask_iban(i) if len(i or "") in LONGUEURS else None for i in mouvements["iban_tiers"]
    ]
    return mouvements.with_columns(pl.Series("compte_masque", masques, pl.String()))


def _pseudonymised(lignes: pl.DataFrame, clair: str, voile: str, cle: bytes) -> pl.DataFrame:
    """`clair` (NIR, IBAN) replaced by `voile`, its pseudonym: the value stays in the archive."""
    identifiants = lignes[clair].drop_nulls().unique().to_list()
    pseudonymes = {i: compute_pseudonyme(cle, i) for i in identifiants}
    return lignes.with_columns(
        pl.col(clair).replace_strict(pseudonymes, default=None, return_dtype=pl.String).alias(voile)
    ).drop(clair)


def _move(connexion: Connection, bilan: Bilan, depot: Depot, maintenant: datetime) -> None:
    """State of a deposit; that of the bank's waits for nothing else once it is conforming."""
    change_etat(
        connexion,
        depot.depot,
        bilan.verdict,
        MOTIFS[bilan.verdict],
        instant=format_instant(maintenant),
        essai=bilan.essai,
        version=bilan.version,
        lignes=bilan.lignes,
        declarations=bilan.declarations,
        anomalies_bloquantes=bilan.anomalies_bloquantes,
        anomalies_signalees=bilan.anomalies_signalees,
    )
    open_journal("caisse.depots").info(
        "dépôt contrôlé",
        depot=depot.depot,
        adherent=depot.adherent,
        etat=bilan.verdict,
        version=bilan.version,
        lignes=bilan.lignes,
        bloquantes=bilan.anomalies_bloquantes,
        signalees=bilan.anomalies_signalees,
    )
    if bilan.nature == BANQUE and bilan.verdict == CONFORME:
        change_etat(connexion, depot.depot, INTEGRE, None, instant=format_instant(maintenant))
