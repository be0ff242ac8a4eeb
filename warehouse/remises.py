"""The files that the fund gives to companies: owed, then handed over; and what became of them.

Each is a row, never taken away: who it is for, its name in `retour/`, its content in the archive,
the deposit that it answers, and when it was owed, handed over, taken or at its term. One that is to
be drawn waits among the drawings first, and is owed, as of the same instant, once it is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from warehouse.points_arret import crashpoint
from warehouse.tables_sql import A_REMETTRE, DESSINS, REMISE, REMISES

NOMS_PAR_LECTURE = 500
MOIS = 7  # AAAA-MM, of an instant
ESSAI: Final = "essai"
REEL: Final = "reel"
Cle = tuple[str, str]  # box and name


@dataclass(frozen=True, slots=True)
class Remise:
    """A file given to a company: its name in `retour/`; its content is in the archive.

    `depot`: the deposit that it answers, and `mode`, what that one is (`essai`, `reel`); `cdg`: the
    management centre that it is about. None when there is none. `a_dessiner`: what the archive
    holds is the drawing to make of it. `canal`: how it goes when not to a box: printed.
    """

    adherent: str
    nom: str
    sha256: str
    octets: int | None = None
    depot: str | None = None
    cdg: str | None = None
    mode: str | None = None
    a_dessiner: bool = False
    canal: str | None = None

    @property
    def cle(self) -> Cle:
        """Where it goes: box and name."""
        return self.adherent, self.nom

    def tell(self) -> dict[str, object]:
        """Its fields, by name."""
        return {nom: getattr(self, nom) for nom in self.__slots__}


@dataclass(frozen=True, slots=True)
class Commande:
    """A file to draw: `remise` holds its drawing; `emis_le`: when it was owed (UTC, ISO)."""

    numero: int
    remise: Remise
    emis_le: str
    publication: int | None


_DITES = ("adherent", "nom", "sha256", "depot", "cdg", "mode")
# What is to be drawn for a box; what is to be printed waits for nobody here.
A_DESSINER = DESSINS.c.dessine_le.is_(None) & DESSINS.c.canal.is_(None)
_COLONNES = [REMISES.c[nom] for nom in ("adherent", "nom", "sha256", "octets", *_DITES[3:])]


def mode_of(essai: bool | None) -> Literal["essai", "reel"] | None:
    """`essai` or `reel`, as a deposit says of itself."""
    return None if essai is None else ESSAI if essai else REEL


def owe(
    c: Connection, remises: Sequence[Remise], instant: str, publication: int | None = None
) -> None:
    """Owe these files to the companies, with a publication or as an answer to deposits.

    A file whose last content, for the same deposit, is the same is not owed again. `instant`: when
    (UTC, ISO). One to draw is ordered.
    """
    nouvelles = find_nouvelles(c, remises)
    pretes = [remise for remise in nouvelles if not remise.a_dessiner]
    _insert(c, pretes, instant, publication=publication, etat=A_REMETTRE)
    _order(c, [remise for remise in nouvelles if remise.a_dessiner], instant, publication)


def read_commandes(c: Connection) -> list[Commande]:
    """Files to draw for the boxes, in the order in which they were owed."""
    lues = select(*(DESSINS.c[nom] for nom in ("numero", "emis_le", "publication", *_DITES)))
    dues = lues.where(A_DESSINER).order_by(DESSINS.c.numero)
    return [
        Commande(numero, _ordered(siennes), emis_le, publication)
        for numero, emis_le, publication, *siennes in c.execute(dues)
    ]


def read_a_imprimer(c: Connection, publication: int) -> list[Remise]:
    """The drawings that a publication gave to print, the last content of each; sorted."""
    lues = select(*(DESSINS.c[nom] for nom in _DITES))
    siens = DESSINS.c.publication == publication, DESSINS.c.canal.is_not(None)
    dits = map(_ordered, c.execute(lues.where(*siens).order_by(DESSINS.c.numero)))
    derniers = {dit.cle: dit for dit in dits}
    return [derniers[cle] for cle in sorted(derniers)]


def find_dessin(c: Connection, nom: str) -> Remise | None:
    """The drawing, not made yet, of the last file owed under this name; None when none waits."""
    lues = select(*(DESSINS.c[colonne] for colonne in (*_DITES, "dessine_le")))
    dernier = c.execute(
        lues.where(DESSINS.c.nom == nom).order_by(DESSINS.c.numero.desc()).limit(1)
    ).one_or_none()
    if dernier is None or dernier.dessine_le is not None:
        return None
    return _ordered(dernier[:-1])


def record_dessins(
    c: Connection, dessines: Sequence[tuple[Commande, Remise]], instant: str
) -> None:
    """Owe files that are drawn, as of the instant of their order; drawn once, whoever did it."""
    numeros = [commande.numero for commande, _ in dessines]
    siens = DESSINS.c.numero.in_(numeros), DESSINS.c.dessine_le.is_(None)
    attendus = set(c.scalars(select(DESSINS.c.numero).where(*siens)))
    c.execute(update(DESSINS).where(*siens).values(dessine_le=instant))
    faits = {remise: commande for commande, remise in dessines if commande.numero in attendus}
    for remise in find_nouvelles(c, list(faits)):
        commande = faits[remise]
        dits = {"publication": commande.publication, "etat": A_REMETTRE}
        _insert(c, [remise], commande.emis_le, **dits)


def record_posees(c: Connection, remises: Sequence[Remise], instant: str) -> None:
    """Write that these files, owed by nothing before, are in the companies' folders."""
    _insert(c, find_nouvelles(c, remises), instant, etat=REMISE, remise_le=instant)


def find_nouvelles(c: Connection, remises: Sequence[Remise]) -> list[Remise]:
    """Those whose last content under their name is another, or answers another deposit; sorted."""
    nouvelles = _find_inconnues(c, REMISES, [r for r in remises if not r.a_dessiner])
    nouvelles |= _find_inconnues(c, DESSINS, [r for r in remises if r.a_dessiner])
    return sorted(nouvelles, key=lambda r: (*r.cle, r.sha256))


def _find_inconnues(c: Connection, table: Table, remises: Sequence[Remise]) -> set[Remise]:
    noms = sorted({remise.nom for remise in remises})
    connues: dict[tuple[str, str], tuple[str, str | None]] = {}
    colonnes = (table.c.adherent, table.c.nom, table.c.sha256, table.c.depot)
    for debut in range(0, len(noms), NOMS_PAR_LECTURE):
        lot = noms[debut : debut + NOMS_PAR_LECTURE]
        lues = select(*colonnes).where(table.c.nom.in_(lot)).order_by(table.c.numero)
        connues |= {(a, nom): (sha256, depot) for a, nom, sha256, depot in c.execute(lues)}
    return {r for r in remises if connues.get(r.cle) != (r.sha256, r.depot)}


def read_remises_dues(c: Connection) -> list[Remise]:
    """Files not handed over yet; a name owed twice comes once, with its last content.

    Sorted by company and name.
    """
    dues = select(*_COLONNES).where(REMISES.c.etat == A_REMETTRE).order_by(REMISES.c.numero)
    dernieres = {remise.cle: remise for remise in (Remise(*ligne) for ligne in c.execute(dues))}
    return [dernieres[cle] for cle in sorted(dernieres)]


def read_remises_publiees(c: Connection, publication: int) -> dict[Cle, str]:
    """SHA-256 of the files that a publication gave, drawn or not, by box and name; last content."""
    lues = select(REMISES.c.adherent, REMISES.c.nom, REMISES.c.sha256)
    lues = lues.where(REMISES.c.publication == publication).order_by(REMISES.c.numero)
    return {(adherent, nom): sha256 for adherent, nom, sha256 in c.execute(lues)}


def read_noms_publies(c: Connection, publication: int) -> dict[Cle, str]:
    """As `read_remises_publiees`, and the drawings of the files that are still to be drawn."""
    lues = select(DESSINS.c.adherent, DESSINS.c.nom, DESSINS.c.sha256)
    lues = lues.where(DESSINS.c.publication == publication, DESSINS.c.dessine_le.is_(None))
    dus = {(a, nom): sha256 for a, nom, sha256 in c.execute(lues.order_by(DESSINS.c.numero))}
    return dus | read_remises_publiees(c, publication)


def read_dessins_publies(c: Connection, publication: int) -> dict[Cle, str]:
    """SHA-256 of the drawings that a publication gave, drawn or not, by box and name."""
    lues = select(DESSINS.c.adherent, DESSINS.c.nom, DESSINS.c.sha256)
    lues = lues.where(DESSINS.c.publication == publication).order_by(DESSINS.c.numero)
    return {(adherent, nom): sha256 for adherent, nom, sha256 in c.execute(lues)}


def has_content(c: Connection, cle: Cle, sha256: str) -> bool:
    """Whether a box was owed this content, or its drawing, under this name."""
    siennes = (
        select(table.c.numero).where(
            table.c.adherent == cle[0], table.c.nom == cle[1], table.c.sha256 == sha256
        )
        for table in (REMISES, DESSINS)
    )
    return any(c.scalar(sienne.limit(1)) is not None for sienne in siennes)


def find_contenu(c: Connection, nom: str) -> str | None:
    """SHA-256 of the last content owed to a company under this name; None when none was."""
    contenus = select(REMISES.c.sha256).where(REMISES.c.nom == nom)
    return c.scalar(contenus.order_by(REMISES.c.numero.desc()).limit(1))


def find_reponses(c: Connection, depot: str, natures: Collection[str]) -> dict[str, str]:
    """SHA-256 of the last content of each answer to a deposit, by name, of these kinds; sorted."""
    lues = select(REMISES.c.nom, REMISES.c.sha256).where(REMISES.c.depot == depot)
    derniers: dict[str, str] = dict(c.execute(lues.order_by(REMISES.c.numero)).all())
    return {n: derniers[n] for n in sorted(derniers) if n.split("_", maxsplit=1)[0] in natures}


def record_remises_faites(c: Connection, remises: Sequence[Remise], instant: str) -> None:
    """Write that files are in their company's folder; done twice, the first instant stays.

    Earlier contents still owed under the same name are no longer owed either.
    """
    cible = (REMISES.c.adherent == bindparam("boite"), REMISES.c.nom == bindparam("fichier"))
    contenu = REMISES.c.sha256 == bindparam("contenu")
    rang = select(func.max(REMISES.c.numero)).where(*cible, contenu).scalar_subquery()
    faite = (
        update(REMISES)
        .where(*cible, REMISES.c.etat == A_REMETTRE, REMISES.c.numero <= rang)
        .values(etat=REMISE, remise_le=instant)
    )
    if remises:
        dites = [{"boite": r.adherent, "fichier": r.nom, "contenu": r.sha256} for r in remises]
        c.execute(faite, dites)
    crashpoint("publication.remise_faite")


def read_presentes(c: Connection, depuis: str) -> Iterator[tuple[str, str, str]]:
    """Files handed over since an instant that nobody is known to have taken: box, name, when.

    One that was owed again under its name comes once, with its last hand-over. Sorted.
    """
    posees = (
        REMISES.c.etat == REMISE,
        REMISES.c.retire_le.is_(None),
        REMISES.c.expire_le.is_(None),
    )
    lues = (
        select(REMISES.c.adherent, REMISES.c.nom, func.max(REMISES.c.remise_le))
        .where(REMISES.c.mois >= depuis[:MOIS], REMISES.c.remise_le >= depuis, *posees)
        .group_by(REMISES.c.adherent, REMISES.c.nom)
        .order_by(REMISES.c.adherent, REMISES.c.nom)
    )
    yield from c.execute(lues)


def read_posees(c: Connection, depuis: str) -> list[tuple[str, str, str]]:
    """The files of `read_presentes`, with the SHA-256 of their last content instead."""
    presentes = {(adherent, nom) for adherent, nom, _ in read_presentes(c, depuis)}
    lues = select(REMISES.c.adherent, REMISES.c.nom, REMISES.c.sha256)
    posees = lues.where(REMISES.c.mois >= depuis[:MOIS], REMISES.c.etat == REMISE)
    derniers = {ligne[:2]: ligne[2] for ligne in c.execute(posees.order_by("numero"))}
    return [(*cle, derniers[cle]) for cle in sorted(presentes)]


def record_fin(
    c: Connection, cles: Iterable[tuple[str, str]], instant: str, *, expire: bool
) -> None:
    """Write that files are no longer in their box: at their term, or taken by the company."""
    colonne = REMISES.c.expire_le if expire else REMISES.c.retire_le
    libres = (
        REMISES.c.etat == REMISE,
        REMISES.c.retire_le.is_(None),
        REMISES.c.expire_le.is_(None),
    )
    for adherent, nom in cles:
        siennes = (REMISES.c.adherent == adherent, REMISES.c.nom == nom)
        c.execute(update(REMISES).where(*siennes, *libres).values({colonne: instant}))


def read_retraits(
    c: Connection, nature: str, publications: Collection[int], depuis: str
) -> list[tuple[str, int, str]]:
    """Boxes that have taken every file of a kind that a publication gave them, and when (UTC, ISO).

    Box, publication, instant of the last taken; sorted. `nature`: the first word of their names;
    `depuis`: the month from which they were owed.
    """
    siens = (
        REMISES.c.mois >= depuis,
        REMISES.c.nom.startswith(f"{nature}_", autoescape=True),
        REMISES.c.publication.in_(sorted(publications)),
    )
    pris = func.count(REMISES.c.retire_le)
    retraits = (
        select(REMISES.c.adherent, REMISES.c.publication, func.max(REMISES.c.retire_le))
        .where(*siens)
        .group_by(REMISES.c.adherent, REMISES.c.publication)
        .having(func.count() == pris)
        .order_by(REMISES.c.adherent, REMISES.c.publication)
    )
    return [(boite, numero, instant) for boite, numero, instant in c.execute(retraits)]


def _order(c: Connection, remises: Sequence[Remise], instant: str, publication: int | None) -> None:
    commun = {"emis_le": instant, "mois": instant[:MOIS], "publication": publication}
    lignes = [{nom: getattr(r, nom) for nom in (*_DITES, "canal")} | commun for r in remises]
    if lignes:
        c.execute(insert(DESSINS), lignes)


def _ordered(dites: Sequence[str | None]) -> Remise:
    adherent, nom, sha256, depot, cdg, mode = dites
    return Remise(
        adherent or "", nom or "", sha256 or "", depot=depot, cdg=cdg, mode=mode, a_dessiner=True
    )


def _insert(c: Connection, nouvelles: Sequence[Remise], instant: str, **commun: object) -> None:
    commun |= {"emis_le": instant, "mois": instant[:MOIS]}
    lignes = [
        {nom: v for nom, v in remise.tell().items() if nom not in {"a_dessiner", "canal"}} | commun
        for remise in nouvelles
    ]
    if lignes:
        c.execute(insert(REMISES), lignes)
