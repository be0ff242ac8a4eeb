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
from parsers.echanges.lecteur import Dit, Lectures
from parsers.echanges.lots import DepotLu, read_echanges
from parsers.echanges.ouverture import is_xml as begins_as_xml
from parsers.echanges.ouverture import open_depot, peek_contenu
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
    lu = peek_contenu(nom, octets)
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
    tetes: list[Tete] = []
    anomalies = [SCHEMA.to_frame()]
    tables: dict[str, list[pl.DataFrame]] = {}
    for lectures in read_echanges(map(_to_read, recus)):
        tetes += map(_head, lectures.dits)
        anomalies.append(lectures.anomalies)
        lus = chain(_read_lignes(lectures), _read_identites(lectures), _read_envois(lectures))
        for table, frame in lus:
            tables.setdefault(table, []).append(frame)
    return Lu(
        tetes,
        pl.concat(anomalies).sort("fichier", maintain_order=True),
        {
            table: pl.concat(frames, how="diagonal_relaxed").sort("fichier", maintain_order=True)
            for table, frames in tables.items()
        },
    )


def _to_read(recu: Recu) -> DepotLu:
    instant = datetime.fromisoformat(recu.recu_le) if recu.recu_le else SANS_DATE
    return DepotLu(recu.numero, recu.nom, recu.octets, instant)


def _head(dit: Dit) -> Tete:
    lisible = dit.verdict != "ILLISIBLE"
    return Tete(
        dit.numero,
        dit.genre or NATURE,
        dit.entete.get("version", VERSION if lisible else None),
        essai=None if dit.mode is None else dit.mode == ESSAI,
        lignes=dit.enregistrements if lisible else None,
        accepte=not dit.refuse,
    )


def _read_envois(lectures: Lectures) -> Sequence[tuple[str, pl.DataFrame]]:
    """What the headers say of the files (contract `envois_lus`)."""
    envois = [
        {
            "fichier": dit.numero,
            "genre": dit.genre,
            "mode": dit.mode,
            "forme": dit.forme,
            "siren": dit.entete.get("siren"),
            "convention": dit.entete.get("convention"),
            "cdg": dit.entete.get("cdg"),
            "file_id": dit.entete.get("file_id"),
            "operation": dit.entete.get("operation"),
            "remplace": dit.entete.get("replaces"),
            "format_retour": dit.entete.get("return_format"),
            "empreinte": dit.empreinte,
            "enregistrements": dit.enregistrements,
        }
        for dit in lectures.dits
    ]
    types = dict(schema_polars(read_contrat("envois_lus"))) | {"fichier": pl.UInt32()}
    return [("envois_lus", pl.DataFrame(envois, {nom: types[nom] for nom in envois[0]}))]


def _read_lignes(lectures: Lectures) -> Sequence[tuple[str, pl.DataFrame]]:
    """The lines, then the records of the files taken; who they are about is in `clair`."""
    if not lectures.valeurs:
        return []
    connus = _list_connus(lectures)
    genre = connus["genre"][0]
    reservees = find_lignes(
        lectures.lignes, lectures.valeurs, lectures.anomalies.filter(_is_reserve())
    ).select("fichier", "rang", reservee=pl.lit(value=True))
    lignes = (
        lectures.lignes.join(connus, on="fichier", maintain_order="left")
        .join(reservees.unique(), on=["fichier", "rang"], how="left", maintain_order="left")
        .with_columns(
            _employee(),
            reservee=pl.col("reservee").fill_null(value=False) & ~pl.col("refusee"),
        )
    )
    lues = [("lignes_lues", lignes.drop("nir"))]
    for code, frame in lectures.valeurs.items():
        table = read_tables()[genre, code]
        siens = frame.join(connus.select("fichier", "siren"), on="fichier", maintain_order="left")
        if "nir" in siens.columns:
            siens = siens.with_columns(_employee())
        gardees = {"fichier", "clair", *columns_of(table)}
        lues.append((table, siens.select(c for c in siens.columns if c in gardees)))
    return lues


def _list_connus(lectures: Lectures) -> pl.DataFrame:
    """What the headers say of each line of the files taken: fichier (key), siren, genre, mode."""
    connus = [(d.numero, d.entete["siren"], d.genre, d.mode) for d in lectures.dits if not d.refuse]
    schema = {"fichier": pl.UInt32, "siren": pl.String, "genre": pl.String, "mode": pl.String}
    return pl.DataFrame(connus, schema, orient="row")


def _read_identites(lectures: Lectures) -> Iterator[tuple[str, pl.DataFrame]]:
    """Who the records of the files taken are about, and their account, in clear.

    `clair` and `iban` are replaced by their pseudonyms beside them (contract `identites_echange`).
    """
    types = schema_polars(read_contrat("identites_echange"))
    connus = _list_connus(lectures).drop("mode")
    for frame in lectures.valeurs.values():
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
            if nom not in (*PLACES, *connus.columns, *dites)
        }
        siens = frame.join(connus, on="fichier", maintain_order="left")
        yield (
            "identites_echange",
            siens.select(*connus.columns, "rang", _employee(), **dites, **absents),
        )


def find_lignes(
    lignes: pl.DataFrame, valeurs: Mapping[str, pl.DataFrame], anomalies: pl.DataFrame
) -> pl.DataFrame:
    """Anomalies of the records of files, each on the lines that it is of: `rang` is the line's.

    What is told of a stop is of all the lines of its declaration (X-20). `lignes`, `valeurs`: see
    `parsers.echanges.lecteur.Lectures`; `anomalies`: with `fichier` too.
    """
    places = [
        frame.select("fichier", ligne="rang", porteur="ligne", groupe="declaration")
        for frame in valeurs.values()
    ]
    vide = pl.DataFrame(
        schema={"fichier": pl.UInt32, "ligne": pl.Int64, "porteur": pl.Int64, "groupe": pl.Int64}
    )
    situees = anomalies.join(pl.concat([vide, *places]), on=["fichier", "ligne"])
    propres = situees.filter(pl.col("porteur").is_not_null()).with_columns(rang="porteur")
    communes = situees.filter(pl.col("porteur").is_null()).join(
        lignes.select("fichier", "rang", groupe="declaration"), on=["fichier", "groupe"]
    )
    return pl.concat([propres, communes.select(propres.columns)]).drop("porteur", "groupe")


def _is_reserve() -> pl.Expr:
    """A signal of a business: the line is taken, with a reserve."""
    return (pl.col("severite") == SIGNAL) & ~pl.col("code").str.starts_with("F")


def _employee() -> pl.Expr:
    """What names the employee, in clear: the NIR, or the number that the employer gives him."""
    matricule = pl.format(SANS_NIR, pl.col("siren"), pl.col("matricule"))
    return pl.coalesce("nir", matricule).alias("clair")
