"""What is kept put under the current key of the vault: after another was drawn, or was in clear.

    add_cle(dossier, 2)
    seal_again(open_maison(reglages), instant)

Each thing is whole under its former key, then whole under the current one: cut, it is done again,
and goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Select, String, Table, select, type_coerce, update

from specs.contrats import contrats
from warehouse.acces.sceaux import open_secret, seal_secret
from warehouse.archive import Archive
from warehouse.coffre.colonnes_sql import Scelle, name_cle
from warehouse.coffre.contenus import read_cle
from warehouse.coffre.trousseau import OCTETS_NOM
from warehouse.maison import Maison
from warehouse.metadonnees import METADATA
from warehouse.points_arret import crashpoint
from warehouse.preuves.empreintes import record_vidange
from warehouse.tables_acces import ACCES, INVITATIONS
from warehouse.vidange import close_past

CLAIR = "en clair"
ACCES_SCELLES = (ACCES, INVITATIONS)
LOT = 256  # contents put under another key between two synchronisations
ARCHIVE, LAC, REGISTRE = "contenus de l'archive", "identités du lac", "valeurs du registre"
SECRETS = "secrets d'accès"


def count_sealed(maison: Maison) -> dict[str, Counter[str]]:
    """Contents, identities and values of a home by the name of their key, CLAIR without one."""
    contenus = maison.archive.list_contents()
    archive = Counter(_name(read_cle(maison.archive.path(sha256))) for sha256 in contenus)
    lac = Counter[str]()
    for table in contrats():
        lac.update({_name(nom): nombre for nom, nombre in maison.lac.count_sealed(table).items()})
    with maison.moteur.connect() as connexion:
        registre, acces = (
            _count_registre(connexion),
            Counter(nom for table in ACCES_SCELLES for nom, *_ in _list_secrets(connexion, table)),
        )
    return {ARCHIVE: archive, LAC: lac, REGISTRE: registre, SECRETS: acces}


def seal_again(maison: Maison, instant: str) -> Mapping[str, int]:
    """Put under the current key all that is not; how many of each were.

    The rows of the lake that were under another, or in clear, go with the log that told of them: no
    publication reads these tables.

    Raises:
        ArchiveCorrompue, SceauRompu, CoffreFerme: something can't be opened; what was before it is
            done.
    """
    return {
        ARCHIVE: _seal_archive(maison.archive),
        LAC: sum(_seal_table(maison, table, instant) for table in contrats()),
        REGISTRE: _seal_registre(maison),
        SECRETS: _seal_secrets(maison),
    }


def name_courante(archive: Archive) -> str:
    """Name of the key that things are sealed with, CLAIR without one."""
    cle = archive.trousseau.courante
    return _name(None if cle is None else cle.nom)


def _seal_archive(archive: Archive) -> int:
    courante, faits = name_courante(archive), 0
    restants = (s for s in archive.list_contents() if _name(read_cle(archive.path(s))) != courante)
    while lot := list(islice(restants, LOT)):
        with archive.together() as ensemble:
            for sha256 in lot:
                ensemble.seal_again(sha256)
        faits += len(lot)
        crashpoint("coffre.lot_scelle")
    return faits


def _seal_table(maison: Maison, table: str, instant: str) -> int:
    faits = maison.lac.seal_again(table)
    if maison.lac.count_sealed(table):
        passes = close_past(maison.lac, table)
        with maison.moteur.begin() as c:
            record_vidange(c, maison.lac.dossier, passes, instant)
        for chemin in passes:
            chemin.unlink(missing_ok=True)
    return faits


def _seal_registre(maison: Maison) -> int:
    courante = name_courante(maison.archive)
    with maison.moteur.begin() as c:
        return sum(_seal_lignes(c, table, noms, courante) for table, noms in _list_tables())


def _seal_secrets(maison: Maison) -> int:
    """Those of the users of the space: another form, bound to the user."""
    trousseau, courante, faits = maison.archive.trousseau, name_courante(maison.archive), 0
    with maison.moteur.begin() as c:
        for table in ACCES_SCELLES:
            (cle,) = table.primary_key
            for nom, valeur, utilisateur, secret in _list_secrets(c, table):
                if nom != courante:
                    clair = open_secret(trousseau, utilisateur, secret)
                    scelle = seal_secret(trousseau, utilisateur, clair)
                    c.execute(update(table).where(cle == valeur).values(secret=scelle))
                    faits += 1
    return faits


def _list_secrets(c: Connection, table: Table) -> list[tuple[str, str, str, str]]:
    """Name of the key, key of the row, user and sealed secret of each row."""
    (cle,) = table.primary_key
    lues = c.execute(select(cle, table.c.utilisateur, table.c.secret).order_by(cle))
    return [(secret[: 2 * OCTETS_NOM], *siennes, secret) for *siennes, secret in lues]


def _seal_lignes(c: Connection, table: Table, noms: list[str], courante: str) -> int:
    """Write again the values of a table that are not under the current key; how many were not."""
    cle, faits = list(table.primary_key), 0
    for ligne in c.execute(_select_raw(table, noms, cle)).mappings().all():
        siennes = [colonne == ligne[colonne.name] for colonne in cle]
        autres = [nom for nom in noms if _name_raw(ligne[nom]) not in {None, courante}]
        if autres:
            claires = c.execute(select(*(table.c[nom] for nom in autres)).where(*siennes)).one()
            valeurs = dict(zip(autres, claires, strict=True))
            c.execute(update(table).where(*siennes).values(valeurs))
        faits += len(autres)
    return faits


def _count_registre(c: Connection) -> Counter[str]:
    noms = (
        _name_raw(brut)
        for table, colonnes in _list_tables()
        for ligne in c.execute(_select_raw(table, colonnes))
        for brut in ligne
    )
    return Counter(nom for nom in noms if nom is not None)


def _list_tables() -> Iterator[tuple[Table, list[str]]]:
    """Tables of the base that have sealed columns, and these."""
    for table in METADATA.sorted_tables:
        noms = [colonne.name for colonne in table.c if isinstance(colonne.type, Scelle)]
        if noms:
            yield table, noms


def _select_raw(table: Table, noms: list[str], cle: Sequence[Column[Any]] = ()) -> Select[Any]:
    """Values as they are in the base, after the key."""
    return select(*cle, *(type_coerce(table.c[nom], String).label(nom) for nom in noms))


def _name_raw(brut: str | None) -> str | None:
    return None if brut is None else _name(name_cle(brut))


def _name(cle: bytes | None) -> str:
    return CLAIR if cle is None else cle.hex()
