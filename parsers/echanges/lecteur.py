"""An exchange file, whatever its form: verdict, anomalies, lines, typed values.

lecture = read_echange(0, "DMC_T_0001234_20260701090000_0001.txt", octets, recu_le)
lecture.verdict, lecture.anomalies, lecture.lignes, lecture.valeurs["20"]

Steps 1 to 6 refuse the whole file, the first that fails being the last that is run; 7 to 11 refuse
lines. What needs the registry, the rights of the depositor or what the fund knows is not judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from parsers.anomalies import BLOQUANTE, SCHEMA, anomalie, assemble
from parsers.echanges.constats import Constats
from parsers.echanges.controles.enveloppe import check_header, check_order, check_totals, check_way
from parsers.echanges.controles.examen import Examen, open_examen
from parsers.echanges.controles.genres import check_lines
from parsers.echanges.fixe import peek_header, read_fixe
from parsers.echanges.lignes import JOUR_PERDU, PORTEUR, attach
from parsers.echanges.ouverture import NomDepot, open_depot
from parsers.echanges.valeurs import select_valeurs
from parsers.echanges.valeurs_xml import with_naturals
from parsers.echanges.xml import peek_entete, read_xml
from parsers.echanges.zones import FIXE, RANG, XML, Fichier
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
LECTEURS = {FIXE: read_fixe, XML: read_xml}
ENTETES = {FIXE: peek_header, XML: peek_entete}
SALARIE = ("nir", "matricule")
EMPREINTE = 64  # hexadecimal digits of a SHA-256


@dataclass(frozen=True, slots=True)
class LectureEchange:
    """What a file holds.

    `genre`, `mode`: None when they can't be read. `entete`: zones of the header by field, in lower
    case, blank ones left out. `empreinte`: SHA-256 of the content, decompressed. `refuse`: whether
    the whole file is. `anomalies`: `parsers.anomalies.SCHEMA` (`ligne`: number of the record,
    header 1; `bloc`: its type; `rubrique`: field), what each refuses being told by
    `specs.echanges.regles.portee_of`. `lignes`: SCHEMA_LIGNES by rank (of the record that bears the
    key), `declaration` being the rank of the first stop (ARI, else null); none when `refuse`.
    `valeurs`: by code of record, `rang`, `ligne` (rank of its line; null for a stop),
    `declaration`, for a day of ARI `refuse`, then the values of the fields (see
    `parsers.echanges.valeurs`; null when not of the form); nothing when the file is refused.
    """

    genre: str | None
    mode: str | None
    forme: str
    entete: Mapping[str, str]
    verdict: str
    refuse: bool
    empreinte: str | None
    enregistrements: int
    anomalies: pl.DataFrame
    lignes: pl.DataFrame = field(default_factory=SCHEMA_LIGNES.to_frame)
    valeurs: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def read_echange(
    numero: int, nom: str, octets: Octets, recu_le: datetime, empreinte: str | None = None
) -> LectureEchange:
    """Read and control a file under the caller's number; nothing raises.

    `nom`: as dropped; `recu_le`: instant of reception, with its time zone; `empreinte`: text of the
    `.sha256` file that came with it.
    """
    ouverture = open_depot(numero, nom, octets)
    contenu = ouverture.contenu
    forme = XML if ouverture.nom and ouverture.nom.xml else FIXE
    if contenu is None:
        return _unread(forme, {}, None, ouverture.anomalies)
    lue = LECTEURS[forme](numero, contenu)
    scelle = hashlib.sha256(contenu).hexdigest()
    if lue.fichier is None:
        return _unread(forme, ENTETES[forme](contenu), scelle, lue.anomalies)
    sceau = SCHEMA.to_frame()
    if empreinte is not None and empreinte[:EMPREINTE] != fingerprint(octets):
        sceau = anomalie(numero, "F005", variante="sceau")
    return judge(numero, lue.fichier, lue.anomalies, recu_le, ouverture.nom, scelle, sceau)


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
    constats = Constats(numero, fichier.nombre)
    constats.add_frame(anomalies)
    examen = _check_file(fichier, nom, recu_le, constats)
    if examen and sceau is not None:
        constats.add_frame(sceau)
    if examen and not constats.refuses_file:
        check_way(examen.genre, constats)
    if examen and not constats.refuses_file:
        check_lines(examen)
    return _read(fichier, scelle, constats, examen)


def _unread(
    forme: str, entete: Mapping[str, str], scelle: str | None, anomalies: pl.DataFrame
) -> LectureEchange:
    """A file that a step from 1 to 3 refuses."""
    genre = entete.get("kind") if entete.get("kind") in read_genres() else None
    return LectureEchange(
        genre, _mode(entete), forme, entete, ILLISIBLE, True, scelle, 0, assemble([anomalies])
    )


def _check_file(
    fichier: Fichier, nom: NomDepot | None, recu_le: datetime, constats: Constats
) -> Examen | None:
    """Steps 4 and 5; None when the fourth refuses the file."""
    check_header(fichier, nom, recu_le, constats)
    if fichier.genre is None:
        return None
    frames = attach(fichier)
    check_order(fichier, frames, constats)
    if constats.refuses_file:
        return None
    examen = open_examen(fichier, fichier.genre, frames, constats, recu_le)
    check_totals(fichier, fichier.genre, examen.frames, constats)
    return examen


def _read(
    fichier: Fichier, scelle: str | None, constats: Constats, examen: Examen | None
) -> LectureEchange:
    anomalies, entete = constats.frame(), fichier.entete or {}
    if fichier.forme == XML and fichier.genre:
        anomalies = with_naturals(anomalies, fichier.genre)
    verdict = NON_CONFORME if (anomalies["severite"] == BLOQUANTE).any() else CONFORME
    lue = LectureEchange(
        fichier.genre.nom if fichier.genre else None,
        _mode(entete),
        fichier.forme,
        entete,
        verdict if fichier.genre else ILLISIBLE,
        constats.refuses_file,
        scelle,
        fichier.nombre,
        anomalies,
    )
    if examen is None or constats.refuses_file:
        return lue
    return replace(lue, lignes=_lines(examen), valeurs=_values(examen))


def _mode(entete: Mapping[str, str]) -> str | None:
    mode = entete.get("mode")
    return mode if mode in read_enveloppe(ENTETE).champ("MODE").valeurs else None


def _lines(examen: Examen) -> pl.DataFrame:
    """SCHEMA_LIGNES; a declaration without employee is the line of its first stop."""
    lignes, refusees = examen.lignes, examen.refused()
    frames = [_named(lignes, examen, pl.col(RANG).is_in(refusees.implode()))]
    if ARRET in examen.frames:
        arrets = examen.frames[ARRET].filter(pl.col(RANG) == pl.col(DECLARATION))
        seuls = arrets.filter(~pl.col(RANG).is_in(lignes[DECLARATION].implode()))
        frames.append(_named(seuls, examen, pl.lit(value=True)))
    return detached(pl.concat(frames).sort(RANG))


def _named(lignes: pl.DataFrame, examen: Examen, refusee: pl.Expr) -> pl.DataFrame:
    cle = [c.lower() for c in examen.genre.ligne.cle if c.lower() not in SALARIE]
    qui = {c: pl.col(c) if c in lignes.columns else pl.lit(None, pl.String) for c in SALARIE}
    return lignes.select(
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
        places = [frame[nom] for nom in (RANG, PORTEUR, DECLARATION)]
        if code == JOUR_PERDU:
            places.append(examen.constats.fautifs(JOUR, frame[RANG]).alias("refuse"))
        valeurs[code] = pl.DataFrame(places).hstack(select_valeurs(enregistrement, frame))
    return valeurs
