"""Steps 2 to 4 of the controls of the fixed form, and its zones.

lecture = read_fixe(0, contenu)
lecture.fichier, lecture.anomalies

Codes: F004 (charset), F003 (length, line end), F010 (header, trailer, type and order of records).
A file that nothing refuses is cut at once by Polars; the lines of one that is refused are looked
through a window at a time, so that no content costs more memory than a right one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

import polars as pl

from parsers.anomalies import MAXIMUM_CONSERVE, SCHEMA, anomalie, anomalies
from parsers.echanges.zones import FIXE, PIECE, RANG, TYPE, Fichier, LectureZones, colonne_of
from specs.echanges import (
    CONTROLE,
    ENTETE,
    LONGUEUR,
    Enregistrement,
    Genre,
    read_enveloppe,
    read_genres,
)

MARQUE = b"\xef\xbb\xbf"
FENETRE = 1 << 22
FINS = {b"\n": LONGUEUR + 1, b"\r\n": LONGUEUR + 2}
_LEGAUX = bytes([*range(0x20, 0x7F), *range(0xA0, 0x100), *b"\r"])
_ILLEGAL = 1
_TABLE = bytes(b if b in _LEGAUX or b == ord("\n") else _ILLEGAL for b in range(256))
_SUITE = re.compile(b"\x01+")
_TYPE_LIGNE = pl.col("texte").str.slice(0, 2)


def read_fixe(numero: int, contenu: bytes) -> LectureZones:
    """The zones of a file, or what steps 2 and 3 refuse; the anomalies of its structure (4).

    `contenu` is decompressed and at most `OCTETS_MAXIMUM` long.
    """
    refus = _check_charset(numero, contenu)
    if refus is None:
        refus = _check_lengths(numero, contenu)
    if refus is not None:
        return LectureZones(None, refus)
    fin = line_end(contenu)
    lignes = _lines(contenu, fin)
    if lignes["type"][0] != ENTETE:
        return LectureZones(None, anomalie(numero, "F010", variante="entete", ligne=1))
    entete = parse_record(lignes["texte"][0], ENTETE)
    genre = read_genres().get(entete.get("kind", ""))
    controle = lignes.filter((pl.col("type") == CONTROLE) & (pl.col(RANG) > 1))[:1]
    nombre = controle[RANG].item() if len(controle) else len(lignes) + 1
    dedans = lignes[1 : nombre - 1]
    fichier = Fichier(
        genre,
        FIXE,
        entete,
        parse_record(controle["texte"].item(), CONTROLE) if len(controle) else None,
        {e.code: _zones(dedans.filter(type=e.code), e) for e in (genre.details if genre else ())},
        nombre,
        fin,
        hashlib.sha256(memoryview(contenu)[: (nombre - 1) * FINS[fin]]).hexdigest(),
    )
    return LectureZones(fichier, _check_structure(numero, fichier, lignes))


def peek_header(contenu: bytes) -> Mapping[str, str]:
    """The zones of the header of a file that is not read, those that are of the charset.

    Empty when it does not begin with a header.
    """
    tete = contenu[:LONGUEUR].split(b"\n")[0]
    if not tete.startswith(ENTETE.encode()):
        return {}
    zones = parse_record(tete.decode("latin-1"), ENTETE)
    return {nom: zone for nom, zone in zones.items() if zone.isprintable()}


def parse_petit(contenu: bytes) -> list[str] | None:
    """The records of a file that is to be read with others; None when something is told of it.

    `read_fixe` then says what. Header and trailer are the first and the last.
    """
    if _check_charset(0, contenu) is not None or _check_lengths(0, contenu) is not None:
        return None
    textes = contenu.decode("latin-1").split(line_end(contenu).decode())[:-1]
    codes = [texte[:2] for texte in textes]
    genre = read_genres().get(parse_record(textes[0], ENTETE).get("kind", ""))
    if genre is None or len(codes) == 1 or codes[0] != ENTETE or codes[-1] != CONTROLE:
        return None
    connus = {e.code for e in genre.details}
    return textes if connus.issuperset(codes[1:-1]) else None


def bind_petits(
    genre: Genre, fichiers: Sequence[Sequence[str]], bases: Sequence[int]
) -> dict[str, pl.DataFrame]:
    """The zones of the records of files of one kind, with `piece`, their ranks shifted."""
    places = [
        (rang, piece, texte[:2], texte)
        for piece, (textes, base) in enumerate(zip(fichiers, bases, strict=True))
        for rang, texte in enumerate(textes[1:-1], base + 2)
    ]
    schema = {RANG: pl.Int64, PIECE: pl.UInt32, "type": pl.String, "texte": pl.String}
    lignes = pl.DataFrame(places, schema, orient="row")
    return {e.code: _zones(lignes.filter(type=e.code), e, PIECE) for e in genre.details}


def _check_charset(numero: int, contenu: bytes) -> pl.DataFrame | None:
    """Step 2: each record that holds a byte out of the charset."""
    if contenu.startswith(MARQUE):
        return anomalie(numero, "F004", variante="marque", ligne=1)
    illegaux = contenu.translate(_TABLE, _LEGAUX)  # line ends, and what is not legal
    total = sum(1 for _ in _SUITE.finditer(illegaux))
    if not total:
        return None
    premiers, ligne, vu = [], 1, 0
    for suite in islice(_SUITE.finditer(illegaux), MAXIMUM_CONSERVE + 1):
        ligne += illegaux.count(b"\n", vu, suite.start())
        vu = suite.start()
        premiers.append(ligne)
    return _bounded(numero, "F004", pl.DataFrame({"ligne": premiers}), total, variante="octet")


def _bounded(
    numero: int, code: str, premieres: pl.DataFrame, total: int, **champs: str
) -> pl.DataFrame:
    """The first records at fault, the last of them standing for all those left out."""
    restent = total - len(premieres)
    nombre = [1] * (len(premieres) - 1) + [1 + restent]
    frame = premieres.with_columns(
        pl.Series("nombre", nombre, pl.Int64), pl.lit(numero).alias("fichier")
    )
    return anomalies(frame, code, **champs)


def line_end(contenu: bytes) -> bytes:
    """That of the first record; LF when it has none."""
    premiere = contenu[: contenu.find(b"\n") + 1]
    return b"\r\n" if premiere.endswith(b"\r\n") else b"\n"


def _check_lengths(numero: int, contenu: bytes) -> pl.DataFrame | None:
    """Step 3: each record of another length or of another line end than the first one's."""
    fin = line_end(contenu)
    pas = FINS[fin]
    nombre, reste = divmod(len(contenu), pas)
    if (
        not reste
        and contenu.count(b"\n") == nombre == contenu[pas - 1 :: pas].count(b"\n")
        and contenu.count(b"\r") == (nombre if len(fin) > 1 else 0)
        and contenu[pas - 2 :: pas].count(b"\r") == contenu.count(b"\r")
    ):
        return None
    premieres, total = [], 0
    for fautives in _wrong_lines(contenu, fin):
        premieres.append(fautives.head(max(0, MAXIMUM_CONSERVE + 1 - total)))
        total += len(fautives)
    return _bounded(numero, "F003", pl.concat(premieres), total, attendu=str(LONGUEUR))


def _wrong_lines(contenu: bytes, fin: bytes) -> Iterator[pl.DataFrame]:
    """By window, the lines at fault: ligne, variante, valeur (length)."""
    debut, rang = 0, 1
    while debut < len(contenu):
        coupe = contenu.rfind(b"\n", debut, debut + FENETRE) + 1
        coupe = coupe or contenu.find(b"\n", debut) + 1 or len(contenu)
        texte = contenu[debut:coupe].decode("latin-1")
        entiere = texte.endswith("\n")
        lignes = pl.Series("texte", [texte]).str.split("\n").explode()
        lignes = lignes[:-1] if entiere else lignes
        yield _judged(lignes.to_frame().with_row_index("ligne", rang), fin, entiere=entiere)
        debut, rang = coupe, rang + len(lignes)


def _judged(lignes: pl.DataFrame, fin: bytes, *, entiere: bool) -> pl.DataFrame:
    """The faulty ones among lines cut at LF, of which the last has none unless `entiere`."""
    texte = pl.col("texte")
    queue = fin[:-1].decode()
    corps = texte.str.strip_suffix("\r") if queue else texte
    derniere = (pl.col("ligne") == pl.col("ligne").max()) & (not entiere)
    longueur = corps.str.strip_suffix("\r").str.len_chars()
    variante = (
        pl.when(corps.str.contains("\r", literal=True))
        .then(pl.lit("fin"))
        .when(longueur != LONGUEUR)
        .then(pl.lit("longueur"))
        .when(derniere)
        .then(pl.lit("derniere"))
        .when(~texte.str.ends_with(queue))
        .then(pl.lit("fin"))
    )
    ecrite = pl.when(variante == "longueur").then(longueur.cast(pl.String))
    return lignes.select(
        pl.col("ligne").cast(pl.Int64), variante.alias("variante"), ecrite.alias("valeur")
    ).filter(pl.col("variante").is_not_null())


def _lines(contenu: bytes, fin: bytes) -> pl.DataFrame:
    """rang, type, texte of every record."""
    textes = pl.Series("texte", [contenu.decode("latin-1")]).str.split(fin.decode()).explode()
    return (
        textes[:-1]
        .to_frame()
        .select(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(RANG),
            _TYPE_LIGNE.alias("type"),
            "texte",
        )
    )


def _zones(lignes: pl.DataFrame, enregistrement: Enregistrement, *autres: str) -> pl.DataFrame:
    """The zones of the records of a type (see `zones.schema_of`)."""
    return lignes.select(RANG, *_cuts(enregistrement), *autres)


@cache
def _cuts(enregistrement: Enregistrement) -> tuple[pl.Expr, ...]:
    texte = pl.col("texte")
    champs = [c for c in enregistrement.champs if c.nom != TYPE]
    zones = [texte.str.slice(c.debut - 1, c.longueur).str.strip_chars_end(" ") for c in champs]
    ecrites = [pl.when(zone != "").then(zone) for zone in zones]
    return tuple(zone.alias(colonne_of(champ)) for zone, champ in zip(ecrites, champs, strict=True))


def parse_record(texte: str, code: str) -> Mapping[str, str]:
    """The zones of the header or of the trailer that are not blank."""
    champs = (c for c in read_enveloppe(code).champs if c.nom != TYPE)
    zones = ((colonne_of(champ), texte[champ.tranche].rstrip(" ")) for champ in champs)
    return {nom: zone for nom, zone in zones if zone}


def _check_structure(numero: int, fichier: Fichier, lignes: pl.DataFrame) -> pl.DataFrame:
    """Step 4, what only the fixed form can break: types of records, trailer last."""
    trouvees = [SCHEMA.to_frame()]
    if fichier.controle is None:
        trouvees.append(anomalie(numero, "F010", variante="controle", ligne=fichier.nombre))
    connus = [*fichier.enregistrements] if fichier.genre else None
    inconnu = ~pl.col("type").is_in(connus) if connus else pl.col("type") == ENTETE
    for variante, fautives in (
        ("type", lignes[1 : fichier.nombre - 1].filter(inconnu)),
        ("apres", lignes[fichier.nombre :]),
    ):
        lieux = fautives.select(
            pl.lit(numero).alias("fichier"), ligne=RANG, bloc="type", valeur="type"
        )
        trouvees.append(anomalies(lieux, "F010", variante=variante))
    return pl.concat(trouvees)
