"""Steps 4 to 6: header and trailer, order of records, totals and hash, way of the kind.

Each of these steps refuses the whole file; the first that finds a fault is the last that is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.controles.declares import apply_controles, read_controles
from parsers.echanges.controles.identite import check_identities
from parsers.echanges.lignes import PORTEUR, SALARIE_ARRETE, Frames
from parsers.echanges.ouverture import NomDepot
from parsers.echanges.totaux import compute_totaux, iter_summed, render_nombre
from parsers.echanges.valeurs import is_wrong, with_valeurs, zone_of
from parsers.echanges.zones import RANG, XML, Fichier, colonne_of, frame_of
from specs.echanges import COMMUN, CONTROLE, ENTETE, Genre, read_enveloppe
from specs.echanges.regles import ARRET, DECLARATION

PARIS = ZoneInfo("Europe/Paris")
AVANCE = timedelta(hours=24)
ANNULATION, SUR_DETAILS = "A", ("N", "R")
INSTANT = "%Y%m%d%H%M%S"


def parse_instant(zone: str) -> datetime | None:
    """The instant of a Paris time, the first of two; None for one that does not exist.

    >>> parse_instant("20260329023000") is None
    True
    """
    try:
        naif = datetime.strptime(zone, INSTANT)  # noqa: DTZ007 - a local time
        utc = naif.replace(tzinfo=PARIS).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if utc.astimezone(PARIS).replace(tzinfo=None) == naif else None


def check_header(
    fichier: Fichier, nom: NomDepot | None, recu_le: datetime, constats: Constats
) -> None:
    """Fields of header and trailer (X-14), then against one another, the name and the clock."""
    for code, zones, rang in (
        (ENTETE, fichier.entete, 1),
        (CONTROLE, fichier.controle, fichier.nombre),
    ):
        if zones is not None:
            _check_fields(fichier.forme, code, zones, rang, constats)
    if fichier.entete is None:
        return
    faux = constats.champs_of(ENTETE)
    if "CREATED" not in faux:
        _check_created(fichier.entete["created"], recu_le, constats)
    if nom is not None:
        dits = {"KIND": nom.genre, "MODE": nom.mode, "CONVENTION": nom.convention}
        for champ, dit in dits.items():
            zone = fichier.entete.get(champ.lower(), dit)
            if champ not in faux and zone != dit:
                lieu = pl.DataFrame({RANG: [1], "valeur": [zone], "attendu": [dit]})
                constats.add(lieu, "F002", ENTETE, champ, "entete")


def _check_fields(
    forme: str, code: str, zones: Mapping[str, str], rang: int, constats: Constats
) -> None:
    enregistrement = read_enveloppe(code)
    ligne = with_valeurs(enregistrement, frame_of(enregistrement, zones, rang))
    controles = read_controles(COMMUN, enregistrement, forme)
    apply_controles(ligne, code, controles, constats)
    check_identities(ligne, enregistrement, None, constats)


def _check_created(cree_le: str, recu_le: datetime, constats: Constats) -> None:
    instant = parse_instant(cree_le)
    lieu = pl.DataFrame({RANG: [1], "valeur": [cree_le]})
    if instant is None:
        constats.add(lieu, "F013", ENTETE, "CREATED", "heure_absente")
    elif instant > recu_le + AVANCE:
        constats.add(lieu, "F008", ENTETE, "CREATED")


def check_order(fichier: Fichier, frames: Frames, constats: Constats) -> None:
    """Details or none, as the operation says; each record after the one that it follows (F010)."""
    details = [f.select(RANG, bloc=pl.lit(code)) for code, f in frames.items()]
    premier = pl.concat(details).sort(RANG)[:1] if details else pl.DataFrame()
    operation = (fichier.entete or {}).get("operation")
    if operation == ANNULATION and len(premier):
        constats.add(premier.select(RANG), "F010", premier["bloc"].item(), variante="annulation")
    if operation in SUR_DETAILS and not len(premier):
        constats.add(pl.DataFrame({RANG: [2]}), "F010", variante="detail")
    for code, frame in frames.items():
        seuls = frame.filter(pl.col(PORTEUR).is_null() & (pl.lit(code) != ARRET))
        constats.add(seuls.select(RANG), "F010", code, variante="porteur")
    if ARRET in frames:
        _check_stops_order(frames, constats)


def _check_stops_order(frames: Frames, constats: Constats) -> None:
    """An employee that no stop precedes; stops that go on after employees of their declaration."""
    salaries = frames[SALARIE_ARRETE]
    sans = salaries.filter(pl.col(DECLARATION).is_null())
    constats.add(sans.select(RANG), "F010", SALARIE_ARRETE, variante="porteur")
    premiers = frames[ARRET].filter(pl.col(RANG) == pl.col(DECLARATION))
    reprises = premiers.filter(pl.col("decl_id") == pl.col("decl_id").shift())
    constats.add(reprises.select(RANG, valeur="decl_id"), "F010", ARRET, "DECL_ID", "reprise")


def check_totals(fichier: Fichier, genre: Genre, frames: Frames, constats: Constats) -> None:
    """F005; with a sum that differs, F013 for each zone of it that is not of its form (X-15)."""
    totaux = compute_totaux(genre, frames)
    for champ in read_enveloppe(CONTROLE).champs:
        declare = (fichier.controle or {}).get(colonne_of(champ))
        attendu = fichier.empreinte if champ.format == "sha256" else None
        if champ.nom in totaux:
            attendu = render_nombre(champ, totaux[champ.nom])
        if attendu is None or declare == attendu:
            continue
        ligne = {RANG: [fichier.nombre], "valeur": [declare], "attendu": [attendu]}
        variante = {"HASH": "empreinte"}.get(champ.nom, "somme" if champ.type == "S" else "compte")
        constats.add(pl.DataFrame(ligne), "F005", CONTROLE, champ.nom, variante)
        for code, somme, frame in iter_summed(genre, champ.nom, frames):
            illisibles = frame.filter(is_wrong(somme, xml=fichier.forme == XML))
            trouves = illisibles.select(RANG, valeur=zone_of(somme))
            constats.add(trouves, "F013", code, somme.nom, "forme")


def check_way(genre: Genre, constats: Constats) -> None:
    """F009: the kind is of the files that the fund sends."""
    if not genre.entrant:
        lieu = pl.DataFrame({RANG: [1], "valeur": [genre.nom]})
        constats.add(lieu, "F009", ENTETE, "KIND")
