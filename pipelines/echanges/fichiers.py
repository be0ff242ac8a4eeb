"""Exchange files among the deposits: which they are, what is read of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import polars as pl

from parsers.anomalies import SCHEMA, SIGNAL
from parsers.echanges.corrections import find_corrections
from parsers.echanges.fixe import peek_header
from parsers.echanges.lecteur import LectureEchange, read_echange
from parsers.echanges.ouverture import is_xml as begins_as_xml
from parsers.echanges.ouverture import open_depot
from parsers.echanges.xml import peek_entete
from pipelines.controle.natures import Lu, Tete
from pipelines.metier import Metier
from pipelines.recus import Recu
from specs.contrats import columns_of, read_contrat, schema_polars
from specs.echanges import VERSION
from specs.echanges.tables import read_tables
from specs.octets import Octets

NATURE = "ECHANGE"
TETE_OCTETS = 4096
PIED = re.compile(rb"(?:^|\n)99[^\r\n]{318}\r?\n\Z")
RACINE = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?depot\s*>\s*\Z")
PIED_OCTETS = 1024
ESSAI = "T"
MODES = {"T": "essai", "R": "reel"}
# A file of which nobody says when it came was made before.
SANS_DATE = datetime.max.replace(tzinfo=UTC)
PLACES = ("lot", "depot", "rang")
# What identifies somebody, with its field; only some records have an account.
CLAIRS = {
    "matricule": "matricule",
    "nir": "nir",
    "nom": "surname",
    "prenoms": "first_name",
    "iban": "iban",
    "bic": "bic",
    "titulaire": "holder",
}
SANS_NIR = "{}/{}"  # SIREN and employer's number: what names an employee without NIR


def is_whole(octets: Octets) -> bool:
    """Whether nothing can follow the last bytes: the trailer, or the end of the root."""
    fin = octets[-PIED_OCTETS:]
    return PIED.search(fin) is not None or RACINE.search(fin) is not None


def parse_mode(octets: Octets) -> str:
    """`essai`, `reel` or `inconnu`, as the header says."""
    return MODES.get(read_entete("", octets).get("mode", ""), "inconnu")


def read_entete(nom: str, octets: Octets) -> Mapping[str, str]:
    """Zones of the header that can be read, by field in lower case; the kind under `kind`."""
    contenu = open_depot(0, nom, octets).contenu
    lu = octets[0 : len(octets)] if contenu is None else contenu
    return peek_entete(lu) if begins_as_xml(lu) else peek_header(lu)


def correct_depot(
    recu: Recu, genre: str | None, anomalies: pl.DataFrame
) -> list[dict[str, Any] | None]:
    """What a machine may put right, anomaly by anomaly: fields of `Correction`."""
    contenu = open_depot(recu.numero, recu.nom, recu.octets).contenu
    trouvees = find_corrections(contenu or b"", genre, anomalies)
    return [asdict(trouvee) if trouvee else None for trouvee in trouvees]


def read_depots_echange(recus: Sequence[Recu], _metiers: Sequence[Metier]) -> Lu:
    """Read and check exchange files, by what each alone decides."""
    tetes, anomalies = [], [SCHEMA.to_frame()]
    tables: dict[str, list[pl.DataFrame]] = {}
    for recu in recus:
        instant = datetime.fromisoformat(recu.recu_le) if recu.recu_le else SANS_DATE
        lecture = read_echange(recu.numero, recu.nom, recu.octets, instant)
        tetes.append(_head(recu.numero, lecture))
        anomalies.append(lecture.anomalies)
        lus = chain(_read_lignes(lecture), _read_identites(lecture), _read_envoi(lecture))
        for table, frame in lus:
            fichier = pl.lit(recu.numero, pl.UInt32).alias("fichier")
            tables.setdefault(table, []).append(frame.with_columns(fichier))
    return Lu(
        tetes,
        pl.concat(anomalies),
        {table: pl.concat(frames, how="diagonal_relaxed") for table, frames in tables.items()},
    )


def _head(numero: int, lecture: LectureEchange) -> Tete:
    lisible = lecture.verdict != "ILLISIBLE"
    return Tete(
        numero,
        lecture.genre or NATURE,
        lecture.entete.get("version", VERSION if lisible else None),
        essai=None if lecture.mode is None else lecture.mode == ESSAI,
        lignes=lecture.enregistrements if lisible else None,
        accepte=not lecture.refuse,
    )


def _read_envoi(lecture: LectureEchange) -> Sequence[tuple[str, pl.DataFrame]]:
    """What the header says of the file (contract `envois_lus`)."""
    entete = lecture.entete
    envoi = {
        "genre": lecture.genre,
        "mode": lecture.mode,
        "forme": lecture.forme,
        "siren": entete.get("siren"),
        "convention": entete.get("convention"),
        "cdg": entete.get("cdg"),
        "file_id": entete.get("file_id"),
        "operation": entete.get("operation"),
        "remplace": entete.get("replaces"),
        "format_retour": entete.get("return_format"),
        "empreinte": lecture.empreinte,
        "enregistrements": lecture.enregistrements,
    }
    types = schema_polars(read_contrat("envois_lus"))
    return [("envois_lus", pl.DataFrame([envoi], {nom: types[nom] for nom in envoi}))]


def _read_lignes(lecture: LectureEchange) -> Sequence[tuple[str, pl.DataFrame]]:
    """The lines, then the records of a file that is taken; who they are about is in `clair`."""
    if lecture.refuse or lecture.genre is None:
        return []
    siren = lecture.entete["siren"]
    communs = [
        pl.lit(siren).alias("siren"),
        pl.lit(lecture.genre).alias("genre"),
        pl.lit(lecture.mode).alias("mode"),
    ]
    reservees = find_lignes(lecture, lecture.anomalies.filter(_is_reserve()))["rang"]
    reservee = pl.col("rang").is_in(reservees.implode())
    lignes = lecture.lignes.with_columns(
        *communs, _employee(siren), reservee=reservee & ~pl.col("refusee")
    )
    lues = [("lignes_lues", lignes.drop("nir"))]
    tables = read_tables()
    for code, frame in lecture.valeurs.items():
        table = tables[lecture.genre, code]
        if "nir" in frame.columns:
            frame = frame.with_columns(_employee(siren))  # noqa: PLW2901 - completed
        frame = frame.with_columns(pl.lit(siren).alias("siren"))  # noqa: PLW2901
        gardees = [c for c in frame.columns if c in ("clair", *columns_of(table))]
        lues.append((table, frame.select(gardees)))
    return lues


def _read_identites(lecture: LectureEchange) -> Iterator[tuple[str, pl.DataFrame]]:
    """Who the records of a file that is taken are about, and their account, in clear.

    `clair` and `iban` are replaced by their pseudonyms beside them (contract `identites_echange`).
    """
    if lecture.refuse or lecture.genre is None:
        return
    types = schema_polars(read_contrat("identites_echange"))
    connus = {"siren": pl.lit(lecture.entete["siren"]), "genre": pl.lit(lecture.genre)}
    for frame in lecture.valeurs.values():
        if "surname" not in frame.columns:
            continue
        dites = {nom: pl.col(champ) for nom, champ in CLAIRS.items() if champ in frame.columns}
        if "iban" in dites:
            masque = pl.format("{}…{}", pl.col("iban").str.head(4), pl.col("iban").str.tail(4))
            dites["iban_masque"] = masque
        dites["naissance"] = pl.col("birth").dt.strftime("%Y-%m-%d")
        absents = {
            nom: pl.lit(None, type_)
            for nom, type_ in types.items()
            if nom not in (*PLACES, *connus, *dites)
        }
        yield (
            "identites_echange",
            frame.select("rang", _employee(lecture.entete["siren"]), **connus, **dites, **absents),
        )


def find_lignes(lecture: LectureEchange, anomalies: pl.DataFrame) -> pl.DataFrame:
    """Anomalies of the records of a file, each on the lines that it is of: `rang` is the line's.

    What is told of a stop is of all the lines of its declaration (X-20).
    """
    places = [
        frame.select(ligne="rang", porteur="ligne", groupe="declaration")
        for frame in lecture.valeurs.values()
    ]
    vide = pl.DataFrame(schema=dict.fromkeys(("ligne", "porteur", "groupe"), pl.Int64))
    situees = anomalies.join(pl.concat([vide, *places]), on="ligne")
    propres = situees.filter(pl.col("porteur").is_not_null()).with_columns(rang="porteur")
    communes = situees.filter(pl.col("porteur").is_null()).join(
        lecture.lignes.select("rang", groupe="declaration"), on="groupe"
    )
    return pl.concat([propres, communes.select(propres.columns)]).drop("porteur", "groupe")


def _is_reserve() -> pl.Expr:
    """A signal of a business: the line is taken, with a reserve."""
    return (pl.col("severite") == SIGNAL) & ~pl.col("code").str.starts_with("F")


def _employee(siren: str) -> pl.Expr:
    """What names the employee, in clear: the NIR, or the number that the employer gives him."""
    matricule = pl.format(SANS_NIR, pl.lit(siren), pl.col("matricule"))
    return pl.coalesce("nir", matricule).alias("clair")
