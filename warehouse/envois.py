"""The exchange files that were accepted, by the key that makes each of them one.

A file is known by its company, its kind, its mode and its sender's reference (X-03). One that
replaces or cancels another says which; the last of such a chain is the one in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields

import polars as pl
from sqlalchemy import Column, Connection, Integer, and_, cast, func, insert, select, true

from warehouse.moteur import lock_writers, searched
from warehouse.tables_sql import DEPOTS, ENVOIS

CLE = ("siren", "genre", "mode", "file_id")
Cle = tuple[str, str, str, str]
LUES = 500  # keys looked up by one statement


@dataclass(frozen=True, slots=True)
class Envoi:
    """A file that was accepted.

    `contenu`: SHA-256 of its bytes once decompressed. `remplace`: reference of the file that it
    replaces (`operation` R) or cancels (A), None when it is new (N). `recu_le`: UTC, ISO.
    """

    depot: str
    siren: str
    genre: str
    mode: str
    file_id: str
    operation: str
    remplace: str | None
    contenu: str
    convention: str
    cdg: str | None
    recu_le: str

    @property
    def cle(self) -> Cle:
        """What makes it one."""
        return self.siren, self.genre, self.mode, self.file_id

    @property
    def cible(self) -> Cle | None:
        """The key of the file that it replaces or cancels; None when it is new."""
        if self.remplace is None:
            return None
        return self.siren, self.genre, self.mode, self.remplace


_COLONNES = [ENVOIS.c[champ.name] for champ in fields(Envoi)]


def record_envois(c: Connection, envois: Sequence[Envoi]) -> None:
    """Write files that are accepted; IntegrityError when the key of one was taken meanwhile."""
    lock_writers(c, "envois")
    if envois:
        c.execute(insert(ENVOIS), [asdict(envoi) for envoi in envois])


def find_envoi(c: Connection, depot: str) -> Envoi | None:
    """The file that a deposit brought, None when it was not accepted."""
    ligne = c.execute(select(*_COLONNES).where(ENVOIS.c.depot == depot)).one_or_none()
    return None if ligne is None else Envoi(*ligne)


def find_suite(c: Connection, envoi: Envoi) -> Envoi | None:
    """The file that replaced or cancelled another one, None when none did."""
    siren, genre, mode, file_id = envoi.cle
    du_genre = {"siren": siren, "genre": genre, "mode": mode, "remplace": file_id}
    ligne = c.execute(select(*_COLONNES).filter_by(**du_genre)).one_or_none()
    return None if ligne is None else Envoi(*ligne)


def read_envois(c: Connection, cles: Collection[Cle], cibles: Collection[Cle]) -> list[Envoi]:
    """The files accepted under these keys, and those that replaced or cancelled some of them.

    `cibles`: of which what took their place is asked. In the order of reception.
    """
    lus = {
        envoi.depot: envoi
        for colonne, cherchees in ((ENVOIS.c.file_id, cles), (ENVOIS.c.remplace, cibles))
        for envoi in _find(c, colonne, sorted(cherchees))
    }
    return sorted(lus.values(), key=lambda envoi: (envoi.recu_le, envoi.depot))


def _find(c: Connection, colonne: Column[str], cles: Sequence[Cle]) -> Iterator[Envoi]:
    """Files whose company, kind, mode and this column are one of these keys."""
    for debut in range(0, len(cles), LUES):
        cherchees = searched(CLE, cles[debut : debut + LUES])
        siennes = (ENVOIS.c.siren, ENVOIS.c.genre, ENVOIS.c.mode, colonne)
        egales = (a == b for a, b in zip(siennes, cherchees.c, strict=True))
        for ligne in c.execute(select(*_COLONNES).join(cherchees, and_(*egales))):
            yield Envoi(*ligne)


def list_envois(
    c: Connection,
    nombre: int = 1,
    numero: int = 0,
    genre: str | None = None,
    sirens: Collection[str] | None = None,
) -> pl.DataFrame:
    """The files accepted of a shard of companies (remainder of their SIREN), or of all.

    Of one kind, or of any; of these companies alone, when some are told. Columns of `Envoi`; in the
    order of reception. A fund has many, of which a shard is a part.
    """
    requete = select(*_COLONNES).order_by(ENVOIS.c.recu_le, ENVOIS.c.depot)
    if nombre > 1:
        requete = requete.where(cast(ENVOIS.c.siren, Integer) % nombre == numero)
    if genre is not None:
        requete = requete.where(ENVOIS.c.genre == genre)
    choisis = [] if sirens is None else sorted(sirens)
    lots = [choisis[debut : debut + LUES] for debut in range(0, len(choisis), LUES)]
    siennes = [ENVOIS.c.siren.in_(lot) for lot in lots] if sirens is not None else [true()]
    schema = {colonne.name: pl.String() for colonne in _COLONNES}
    listes = [pl.DataFrame(schema=schema)]
    for sienne in siennes:
        # As the driver gives them: objects of so many rows take as long to make as to read.
        curseur = c.execute(requete.where(sienne)).cursor
        lignes = curseur.fetchall() if curseur else []
        listes.append(pl.DataFrame(lignes, schema, orient="row"))
    return pl.concat(listes).sort("recu_le", "depot")


def count_envois(
    c: Connection, nombre: int, numero: int, genre: str, mode: str, ecartes: Collection[str]
) -> pl.DataFrame:
    """Siren (key), fichiers: how many files of a kind and mode a shard of companies has accepted.

    Null for a company that has one of `ecartes`, deposits that were set aside.
    """
    envois = ENVOIS.c
    siens = (envois.genre == genre) & (envois.mode == mode)
    if nombre > 1:
        siens &= cast(envois.siren, Integer) % nombre == numero
    comptes = select(envois.siren, func.count()).where(siens).group_by(envois.siren)
    schema = {"siren": pl.String(), "fichiers": pl.Int64()}
    connus = pl.DataFrame(c.execute(comptes).all(), schema, orient="row")
    touches = select(envois.siren).where(siens, envois.depot.in_(sorted(ecartes))).distinct()
    sans = pl.col("siren").is_in([*c.scalars(touches)])
    return connus.with_columns(pl.when(~sans).then("fichiers"))


def read_etats_envois(c: Connection) -> pl.DataFrame:
    """State of the deposit of each file accepted: depot (key), etat, motif."""
    colonnes = (DEPOTS.c.depot, DEPOTS.c.etat, DEPOTS.c.motif)
    requete = select(*colonnes).join(ENVOIS, DEPOTS.c.depot == ENVOIS.c.depot)
    curseur = c.execute(requete).cursor
    lignes = curseur.fetchall() if curseur else []
    schema = {colonne.name: pl.String() for colonne in colonnes}
    return pl.DataFrame(lignes, schema, orient="row")


def list_sirens(c: Connection, genre: str | None = None) -> list[str]:
    """Companies that sent files of this kind, or of any; sorted."""
    requete = select(ENVOIS.c.siren).distinct().order_by(ENVOIS.c.siren)
    return list(c.scalars(requete if genre is None else requete.where(ENVOIS.c.genre == genre)))
