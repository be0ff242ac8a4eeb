"""An exchange file, whatever its form: verdict, anomalies, lines, typed values.

lecture = read_echange(0, "DMC_T_0001234_20260701090000_0001.txt", octets, recu_le)
lecture.verdict, lecture.anomalies, lecture.lignes, lecture.valeurs["20"]

Steps 1 to 6 refuse the whole file, the first that fails being the last that is run; 7 to 11 refuse
lines. What needs the registry, the rights of the depositor or what the fund knows is not judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from parsers.anomalies import BLOQUANTE, anomalie, assemble
from parsers.echanges.constats import Constats
from parsers.echanges.controles.enveloppe import (
    check_headers,
    check_order,
    check_totals,
    check_way,
)
from parsers.echanges.controles.examen import Examen, open_examen
from parsers.echanges.controles.genres import check_lines
from parsers.echanges.fixe import peek_header, read_fixe
from parsers.echanges.liasses import Liasse, Piece, bind_alone, unbound
from parsers.echanges.lignes import JOUR_PERDU, PORTEUR, attach
from parsers.echanges.ouverture import NomDepot, open_depot
from parsers.echanges.valeurs import select_valeurs
from parsers.echanges.valeurs_xml import with_naturals
from parsers.echanges.xml import peek_entete, read_xml
from parsers.echanges.zones import FIXE, PIECE, RANG, XML, Fichier
from parsers.textes import detached
from specs.contrats import codes_of
from specs.echanges import ENTETE, read_enveloppe, read_genres
from specs.echanges.regles import ARRET, DECLARATION, JOUR
from specs.octets import Octets, fingerprint

CONFORME, NON_CONFORME, ILLISIBLE = codes_of(
    "depots", "etat", "CONFORME", "NON_CONFORME", "ILLISIBLE"
)
SCHEMA_LIGNES = pl.Schema(
    {
        RANG: pl.Int64,
        DECLARATION: pl.Int64,
        "cle": pl.String,
        "nir": pl.String,
        "matricule": pl.String,
        "refusee": pl.Boolean,
    }
)
FICHIER = "fichier"
_LIGNES = pl.Schema([(FICHIER, pl.UInt32()), *SCHEMA_LIGNES.items()])
LECTEURS = {FIXE: read_fixe, XML: read_xml}
ENTETES = {FIXE: peek_header, XML: peek_entete}
SALARIE = ("nir", "matricule")
EMPREINTE = 64  # hexadecimal digits of a SHA-256


@dataclass(frozen=True, slots=True)
class Dit:
    """What is said of a file as a whole.

    `genre`, `mode`: None when they can't be read. `entete`: zones of the header by field, in lower
    case, blank ones left out. `empreinte`: SHA-256 of the content, decompressed. `refuse`: whether
    the whole file is.
    """

    numero: int
    genre: str | None
    mode: str | None
    forme: str
    entete: Mapping[str, str]
    verdict: str
    refuse: bool
    empreinte: str | None
    enregistrements: int


@dataclass(frozen=True, slots=True)
class LectureEchange(Dit):
    """What a file holds.

    `anomalies`: `parsers.anomalies.SCHEMA` (`ligne`: number of the record, header 1; `bloc`: its
    type; `rubrique`: field), what each refuses being told by `specs.echanges.regles.portee_of`.
    `lignes`: SCHEMA_LIGNES by rank (of the record that bears the key), `declaration` being the rank
    of the first stop (ARI, else null); none when `refuse`. `valeurs`: by code of record, `rang`,
    `ligne` (rank of its line; null for a stop), `declaration`, for a day of ARI `refuse`, then the
    values of the fields (see `parsers.echanges.valeurs`; null when not of the form); nothing when
    the file is refused.
    """

    anomalies: pl.DataFrame
    lignes: pl.DataFrame = field(default_factory=SCHEMA_LIGNES.to_frame)
    valeurs: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lectures:
    """What files of one kind and one form hold: see `LectureEchange`.

    `lignes` and `valeurs` have `fichier` first, the number of each; those of the files that are
    refused whole are left out.
    """

    dits: tuple[Dit, ...]
    anomalies: pl.DataFrame
    lignes: pl.DataFrame = field(default_factory=_LIGNES.to_frame)
    valeurs: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def only(self) -> LectureEchange:
        """The one file that was read."""
        (dit,) = self.dits
        seules = {code: frame.drop(FICHIER) for code, frame in self.valeurs.items()}
        connus = {nom: getattr(dit, nom) for nom in Dit.__slots__}
        return LectureEchange(
            **connus,
            anomalies=self.anomalies,
            lignes=self.lignes.drop(FICHIER),
            valeurs={} if dit.refuse else seules,
        )


def read_echange(
    numero: int, nom: str, octets: Octets, recu_le: datetime, empreinte: str | None = None
) -> LectureEchange:
    """Read and control a file under the caller's number; nothing raises.

    `nom`: as dropped; `recu_le`: instant of reception, with its time zone; `empreinte`: text of the
    `.sha256` file that came with it.
    """
    return read_alone(numero, nom, octets, recu_le, empreinte).only()


def read_alone(
    numero: int, nom: str, octets: Octets, recu_le: datetime, empreinte: str | None = None
) -> Lectures:
    """Read and control one file, whatever it holds; see `read_echange`."""
    ouverture = open_depot(numero, nom, octets)
    contenu = ouverture.contenu
    forme = XML if ouverture.nom and ouverture.nom.xml else FIXE
    if contenu is None:
        return _unread(numero, forme, {}, None, ouverture.anomalies)
    lue = LECTEURS[forme](numero, contenu)
    scelle = hashlib.sha256(contenu).hexdigest()
    if lue.fichier is None:
        return _unread(numero, forme, ENTETES[forme](contenu), scelle, lue.anomalies)
    sceau = None
    if empreinte is not None and empreinte[:EMPREINTE] != fingerprint(octets):
        sceau = anomalie(numero, "F005", variante="sceau")
    seule = bind_alone(Piece(numero, lue.fichier, recu_le, ouverture.nom, scelle))
    return judge_liasse(seule, lue.anomalies, sceau)


def judge(
    numero: int,
    fichier: Fichier,
    anomalies: pl.DataFrame,
    recu_le: datetime,
    nom: NomDepot | None = None,
    scelle: str | None = None,
    sceau: pl.DataFrame | None = None,
) -> LectureEchange:
    """Control a file that was read, wherever its zones come from; its name only when it is given.

    `anomalies`: those of its structure; `scelle`: SHA-256 of its content; `sceau`: what is wrong
    with the fingerprint that came with it.
    """
    seule = bind_alone(Piece(numero, fichier, recu_le, nom, scelle))
    return judge_liasse(seule, anomalies, sceau).only()


def judge_liasse(
    liasse: Liasse, anomalies: pl.DataFrame | None = None, sceau: pl.DataFrame | None = None
) -> Lectures:
    """Control the files of a bundle, each as if it were alone; see `judge`."""
    constats = Constats(liasse)
    if anomalies is not None:
        constats.add_frame(anomalies)
    examen = _check_files(liasse, constats)
    if examen is not None:
        if sceau is not None:
            constats.add_frame(sceau)
        check_way(examen)
        if len(constats.refuses) < len(liasse.pieces):
            check_lines(examen.without_files())
    return _read(liasse, constats, examen)


def _unread(
    numero: int,
    forme: str,
    entete: Mapping[str, str],
    scelle: str | None,
    anomalies: pl.DataFrame,
) -> Lectures:
    """A file that a step from 1 to 3 refuses."""
    genre = entete.get("kind") if entete.get("kind") in read_genres() else None
    dit = Dit(numero, genre, _mode(entete), forme, entete, ILLISIBLE, True, scelle, 0)
    return Lectures((dit,), assemble([anomalies]))


def _check_files(liasse: Liasse, constats: Constats) -> Examen | None:
    """Steps 4 and 5; None when the kind is not known, or the fourth refuses every file."""
    check_headers(liasse, constats)
    if liasse.genre is None:
        return None
    frames = attach(liasse)
    check_order(liasse, frames, constats)
    if len(constats.refuses) == len(liasse.pieces):
        return None
    examen = open_examen(liasse, liasse.genre, frames, constats)
    check_totals(examen)
    return examen


def _read(liasse: Liasse, constats: Constats, examen: Examen | None) -> Lectures:
    anomalies = constats.frame()
    if liasse.forme == XML and liasse.genre:
        anomalies = with_naturals(anomalies, liasse.genre)
    refuses = constats.refuses
    fautifs = set(anomalies.filter(severite=BLOQUANTE)["fichier"])
    dits = tuple(
        _tell(liasse, piece, fautif=piece.numero in fautifs, refuse=rang in refuses)
        for rang, piece in enumerate(liasse.pieces)
    )
    if examen is None or len(refuses) == len(liasse.pieces):
        return Lectures(dits, anomalies)
    pris = examen.without_files()
    return Lectures(dits, anomalies, _lines(pris), _values(pris))


def _tell(liasse: Liasse, piece: Piece, *, fautif: bool, refuse: bool) -> Dit:
    entete, genre = piece.fichier.entete or {}, liasse.genre
    return Dit(
        piece.numero,
        genre.nom if genre else None,
        _mode(entete),
        liasse.forme,
        entete,
        (NON_CONFORME if fautif else CONFORME) if genre else ILLISIBLE,
        refuse,
        piece.scelle,
        piece.fichier.nombre,
    )


def _mode(entete: Mapping[str, str]) -> str | None:
    mode = entete.get("mode")
    return mode if mode in read_enveloppe(ENTETE).champ("MODE").valeurs else None


def _lines(examen: Examen) -> pl.DataFrame:
    """`fichier` and SCHEMA_LIGNES; a declaration without employee is the line of its first stop."""
    lignes, refusees = examen.lignes, examen.refused()
    frames = [_named(lignes, examen, pl.col(RANG).is_in(refusees.implode()))]
    if ARRET in examen.frames:
        arrets = examen.frames[ARRET].filter(pl.col(RANG) == pl.col(DECLARATION))
        seuls = arrets.filter(~pl.col(RANG).is_in(lignes[DECLARATION].implode()))
        frames.append(_named(seuls, examen, pl.lit(value=True)))
    suite = unbound(pl.concat(frames).sort(RANG), examen.liasse, RANG, DECLARATION)
    return detached(suite.select(FICHIER, *SCHEMA_LIGNES))


def _named(lignes: pl.DataFrame, examen: Examen, refusee: pl.Expr) -> pl.DataFrame:
    cle = [c.lower() for c in examen.genre.ligne.cle if c.lower() not in SALARIE]
    qui = {c: pl.col(c) if c in lignes.columns else pl.lit(None, pl.String) for c in SALARIE}
    return lignes.select(
        PIECE,
        RANG,
        DECLARATION,
        pl.concat_str(cle).alias("cle"),
        *(colonne.alias(nom) for nom, colonne in qui.items()),
        refusee.alias("refusee"),
    )


def _values(examen: Examen) -> dict[str, pl.DataFrame]:
    valeurs = {}
    for code, frame in examen.frames.items():
        enregistrement = examen.genre.enregistrements[code]
        places = unbound(
            frame.select(PIECE, RANG, PORTEUR, DECLARATION),
            examen.liasse,
            RANG,
            PORTEUR,
            DECLARATION,
        ).select(FICHIER, RANG, PORTEUR, DECLARATION)
        if code == JOUR_PERDU:
            refuse = examen.constats.fautifs(JOUR, frame[RANG]).alias("refuse")
            places = places.with_columns(refuse)
        valeurs[code] = places.hstack(select_valeurs(enregistrement, frame))
    return valeurs
