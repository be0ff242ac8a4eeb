"""What the fund no longer keeps of what it received and handed over, by class of content.

    purge = plan_purge(maison, jour)
    run_purge(maison, jour, instant, auteur="...", motif="...")

The options `conservation_...` say how long, by class. What went is written first, with its digest
and the rule, then deleted: cut, it is deleted again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from specs.options import option_at
from specs.periodes import Mois
from warehouse.audit import record_audit
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.purges import RECUS, REMIS, Purgeable, list_purgeables, read_purges, record_purges

CLASSES = (RECUS, REMIS)
ANNEES = {"toujours": None, "annees_6": 6, "annees_10": 10, "annees_50": 50}


@dataclass(frozen=True, slots=True)
class Purge:
    """What goes: contents, by digest; `regles`: the choice of each class."""

    regles: dict[str, str]
    contenus: tuple[Purgeable, ...]

    def count(self) -> Counter[str]:
        """Contents by class."""
        return Counter(contenu.classe for contenu in self.contenus)

    def fingerprint(self) -> str:
        """Of the digests of all that goes, in order: what the audit trail keeps."""
        condense = hashlib.sha256("\n".join(sorted(p.sha256 for p in self.contenus)).encode())
        return condense.hexdigest()


def plan_purge(maison: Maison, jour: date) -> Purge:
    """What would go on a day; nothing is changed."""
    with maison.moteur.connect() as connexion:
        return _plan(connexion, jour)


def run_purge(maison: Maison, jour: date, instant: str, *, auteur: str, motif: str) -> Purge:
    """Do it, and what a purge that was cut had left; ValueError without a reason.

    The audit trail says who, why, how many by which rule, and the fingerprint of what went.
    """
    with maison.moteur.begin() as connexion:
        purge = _plan(connexion, jour)
        if purge.contenus:
            numero = record_purges(connexion, purge.contenus, instant)
            dits = ", ".join(
                f"{nombre} {classe} ({purge.regles[classe]})"
                for classe, nombre in sorted(purge.count().items())
            )
            record_audit(
                connexion,
                auteur=auteur,
                action="purge",
                objet=f"purge {numero} : {dits} ; empreinte {purge.fingerprint()}",
                motif=motif,
                instant=instant,
            )
        partis = read_purges(connexion)
    crashpoint("purge.inscrite")
    for sha256 in sorted(partis):
        maison.archive.path(sha256).unlink(missing_ok=True)
    return purge


def _plan(c: Connection, jour: date) -> Purge:
    regles = {
        classe: option_at(f"conservation_{classe}", Mois.from_date(jour)) for classe in CLASSES
    }
    return Purge(regles, tuple(_list_contenus(c, regles, jour)))


def _list_contenus(c: Connection, regles: dict[str, str], jour: date) -> Iterator[Purgeable]:
    for classe, regle in regles.items():
        annees = ANNEES[regle]
        if annees is not None:
            avant = Mois.from_date(jour).shift(-12 * annees).first_day
            yield from list_purgeables(c, classe, regle, avant.isoformat())
