"""Steps 4 to 6: header and trailer, order of records, totals and hash, way of the kind.

Each of these steps refuses the whole file; the first that finds a fault is the last that is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.controles.declares import apply_controles, read_controles
from parsers.echanges.controles.examen import Examen
from parsers.echanges.controles.identite import check_identities
from parsers.echanges.liasses import Liasse
from parsers.echanges.lignes import PORTEUR, SALARIE_ARRETE, Frames
from parsers.echanges.ouverture import NomDepot
from parsers.echanges.totaux import compute_totaux, iter_summed, render_nombre
from parsers.echanges.valeurs import is_wrong, with_valeurs, zone_of
from parsers.echanges.zones import PIECE, RANG, XML, Fichier, colonne_of, frame_of
from specs.echanges import COMMUN, CONTROLE, ENTETE, Champ, read_enveloppe
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


def check_headers(liasse: Liasse, constats: Constats) -> None:
    """Fields of headers and trailers (X-14), then against one another, the name and the clock."""
    places = [*zip(liasse.pieces, liasse.bases, strict=True)]
    entetes = [(p.fichier.entete, base + 1) for p, base in places]
    controles = [(p.fichier.controle, base + p.fichier.nombre) for p, base in places]
    _check_fields(liasse.forme, ENTETE, entetes, constats)
    _check_fields(liasse.forme, CONTROLE, controles, constats)
    faux = constats.champs_of(ENTETE)
    for piece, base in places:
        entete = piece.fichier.entete
        if entete is None:
            continue
        if (piece.numero, "CREATED") not in faux:
            _check_created(entete["created"], piece.recu_le, base + 1, constats)
        for champ, dit in _said_by_name(piece.nom):
            zone = entete.get(champ.lower(), dit)
            if (piece.numero, champ) not in faux and zone != dit:
                lieu = pl.DataFrame({RANG: [base + 1], "valeur": [zone], "attendu": [dit]})
                constats.add(lieu, "F002", ENTETE, champ, "entete")


def _said_by_name(nom: NomDepot | None) -> Iterator[tuple[str, str]]:
    if nom is not None:
        yield from (("KIND", nom.genre), ("MODE", nom.mode), ("CONVENTION", nom.convention))


def _check_fields(
    forme: str,
    code: str,
    bords: Iterable[tuple[Mapping[str, str] | None, int]],
    constats: Constats,
) -> None:
    """Headers, or trailers, with their ranks; None for a file without one."""
    ecrits = [(zones, rang) for zones, rang in bords if zones is not None]
    if not ecrits:
        return
    enregistrement = read_enveloppe(code)
    lignes = with_valeurs(enregistrement, frame_of(enregistrement, *zip(*ecrits, strict=True)))
    controles = read_controles(COMMUN, enregistrement, forme)
    apply_controles(lignes, code, controles, constats)
    check_identities(lignes, enregistrement, None, constats)


def _check_created(cree_le: str, recu_le: datetime, rang: int, constats: Constats) -> None:
    instant = parse_instant(cree_le)
    lieu = {RANG: [rang], "valeur": [cree_le]}
    if instant is None:
        constats.add(pl.DataFrame(lieu), "F013", ENTETE, "CREATED", "heure_absente")
    elif instant > recu_le + AVANCE:
        constats.add(pl.DataFrame(lieu), "F008", ENTETE, "CREATED")


def check_order(liasse: Liasse, frames: Frames, constats: Constats) -> None:
    """Details or none, as the operation says; each record after the one that it follows (F010)."""
    details = [f.select(RANG, PIECE, bloc=pl.lit(code)) for code, f in frames.items()]
    premiers = pl.concat(details).sort(RANG).unique(PIECE, keep="first") if details else None
    lus = {} if premiers is None else {p: (r, b) for r, p, b in premiers.iter_rows()}
    for rang, piece in enumerate(liasse.pieces):
        operation = (piece.fichier.entete or {}).get("operation")
        if operation == ANNULATION and rang in lus:
            premier, bloc = lus[rang]
            constats.add(pl.DataFrame({RANG: [premier]}), "F010", bloc, variante="annulation")
        if operation in SUR_DETAILS and rang not in lus:
            absent = pl.DataFrame({RANG: [liasse.bases[rang] + 2]})
            constats.add(absent, "F010", variante="detail")
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
    reprises = premiers.filter(
        pl.col("decl_id") == pl.col("decl_id").shift(), pl.col(PIECE) == pl.col(PIECE).shift()
    )
    constats.add(reprises.select(RANG, valeur="decl_id"), "F010", ARRET, "DECL_ID", "reprise")


def check_totals(examen: Examen) -> None:
    """F005; with a sum that differs, F013 for each zone of it that is not of its form (X-15)."""
    liasse, refuses = examen.liasse, examen.constats.refuses
    totaux = compute_totaux(examen.genre, examen.frames, len(liasse.pieces))
    for rang, (piece, siens) in enumerate(zip(liasse.pieces, totaux, strict=True)):
        if rang not in refuses:
            for champ, declare, attendu in _find_wrong_totals(piece.fichier, siens):
                _tell_total(examen, rang, champ, declare, attendu)


def _find_wrong_totals(
    fichier: Fichier, totaux: Mapping[str, int]
) -> Iterator[tuple[Champ, str | None, str]]:
    """Fields of the trailer that are not what they have to be: as they are, as they have to be."""
    for champ in read_enveloppe(CONTROLE).champs:
        declare = (fichier.controle or {}).get(colonne_of(champ))
        attendu = fichier.empreinte if champ.format == "sha256" else None
        if champ.nom in totaux:
            attendu = render_nombre(champ, totaux[champ.nom])
        if attendu is not None and declare != attendu:
            yield champ, declare, attendu


def _tell_total(
    examen: Examen, piece: int, champ: Champ, declare: str | None, attendu: str
) -> None:
    liasse, constats = examen.liasse, examen.constats
    rang = liasse.bases[piece] + liasse.pieces[piece].fichier.nombre
    ligne = {RANG: [rang], "valeur": [declare], "attendu": [attendu]}
    variante = {"HASH": "empreinte"}.get(champ.nom, "somme" if champ.type == "S" else "compte")
    constats.add(pl.DataFrame(ligne), "F005", CONTROLE, champ.nom, variante)
    for code, somme, frame in iter_summed(examen.genre, champ.nom, examen.frames):
        illisibles = frame.filter(pl.col(PIECE) == piece, is_wrong(somme, xml=liasse.forme == XML))
        trouves = illisibles.select(RANG, valeur=zone_of(somme))
        constats.add(trouves, "F013", code, somme.nom, "forme")


def check_way(examen: Examen) -> None:
    """F009: the kind is of the files that the fund sends."""
    if not examen.genre.entrant:
        refuses = examen.constats.refuses
        rangs = [base + 1 for n, base in enumerate(examen.liasse.bases) if n not in refuses]
        lieux = pl.DataFrame({RANG: rangs, "valeur": [examen.genre.nom] * len(rangs)})
        examen.constats.add(lieux, "F009", ENTETE, "KIND")
