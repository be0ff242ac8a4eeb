"""The scope of a reprocessing: which deposits it is about.

    find_depots(maison, Perimetre(siren="999090012", periode="2026-03"), RECONTROLE)

Words of a scope are all met: a company and a month are the deposits of that company for that month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from specs.contrats import codes_of, columns_of, contrats
from specs.periodes import Mois, parse_periode
from warehouse.journal import Depot, read_depots
from warehouse.maison import Maison
from warehouse.registre import find_siren
from warehouse.retraitements import RECONTROLE, RETRAIT, Acte

# States of the deposits that count today, or that a control refused: those that an act may change.
VISES = {
    RECONTROLE: codes_of(
        "depots",
        "etat",
        *("CONFORME", "EN_ATTENTE", "INTEGRE", "NON_CONFORME", "ILLISIBLE", "MIS_A_L_ECART"),
    ),
    RETRAIT: codes_of("depots", "etat", "CONFORME", "EN_ATTENTE", "INTEGRE"),
}
# What tells of deposits, not what they bring.
SUIVI = frozenset({"alertes", "depots", "fichiers_emis"})
MOIS_DECLARES = ("mois_appel", "mois")
SIREN = re.compile(r"[0-9]{9}")


class PerimetreVide(LookupError):  # noqa: N818 - named in French
    """No deposit is in the scope; the message, in French, says which words were read."""


@dataclass(frozen=True, slots=True)
class Perimetre:
    """What is looked for; None: any. `periode`: `AAAA-MM`, `AAAA` or a campaign `AAAA-AA`.

    `salarie`: a pseudonym; `matricule`: the number of an employee in his company.
    """

    depot: str | None = None
    siren: str | None = None
    cdg: str | None = None
    salarie: str | None = None
    matricule: str | None = None
    periode: str | None = None

    def __str__(self) -> str:
        """In French."""
        noms = {
            "dépôt": self.depot,
            "SIREN": self.siren,
            "centre de gestion": self.cdg,
            "salarié": self.salarie,
            "matricule": self.matricule,
            "période": self.periode,
        }
        return ", ".join(f"{nom} {valeur}" for nom, valeur in noms.items() if valeur)


def find_perimetre(maison: Maison, adherent: str | None, mots: Perimetre) -> Perimetre:
    """These words, and the company that its member number, or its SIREN, names.

    Raises:
        PerimetreVide: nobody has this number, or a matricule is given without its company.
    """
    siren = adherent
    if adherent is not None and not SIREN.fullmatch(adherent):
        with maison.moteur.connect() as connexion:
            siren = find_siren(connexion, adherent)
        if siren is None:
            raise PerimetreVide(f"adhérent inconnu : {adherent[:20]}")
    if mots.matricule is not None and siren is None:
        raise PerimetreVide("un matricule se dit avec son entreprise")
    return replace(mots, siren=siren)


def find_depots(maison: Maison, perimetre: Perimetre, acte: Acte) -> tuple[str, ...]:
    """Real deposits of the scope that the act may move, in the order of arrival.

    Raises:
        PerimetreVide: there is none, or nothing was said.
        PeriodeRefusee: the period is not one.
    """
    with maison.moteur.connect() as connexion:
        lus = read_depots(connexion, set(VISES[acte]))
    retenus = [d.depot for d in lus if not d.essai and _is_named(d, perimetre)]
    for filtre in _filters(perimetre):
        trouves = _find(maison, filtre)
        retenus = [depot for depot in retenus if depot in trouves]
    if not retenus or not str(perimetre):
        dit = str(perimetre) or "rien n'est désigné"
        etats = ", ".join(VISES[acte])
        raise PerimetreVide(f"aucun dépôt réel à l'état {etats} : {dit}")
    return tuple(retenus)


def _is_named(depot: Depot, perimetre: Perimetre) -> bool:
    return perimetre.depot in {None, depot.depot}


def _filters(perimetre: Perimetre) -> Iterator[dict[str, pl.Expr]]:
    """For each word, the columns that tell it, and what they must be."""
    for nom in ("siren", "cdg", "salarie", "matricule"):
        valeur = getattr(perimetre, nom)
        if valeur is not None:
            yield {nom: pl.col(nom) == valeur}
    if perimetre.periode is not None:
        debut, fin = parse_mois(perimetre.periode)
        yield {
            nom: pl.col(nom).is_between(pl.lit(str(debut)), pl.lit(str(fin)))
            for nom in MOIS_DECLARES
        }


def parse_mois(periode: str) -> tuple[Mois, Mois]:
    """First and last months of `AAAA-MM`, `AAAA` or `AAAA-AA`; PeriodeRefusee of anything else."""
    try:
        mois = Mois.parse(periode)
    except ValueError:
        return parse_periode(periode)
    return mois, mois


def _find(maison: Maison, filtre: dict[str, pl.Expr]) -> set[str]:
    """Deposits that a table of the lake knows with these words."""
    trouves: set[str] = set()
    for table in contrats():
        colonnes = columns_of(table)
        cle = next((nom for nom in filtre if nom in colonnes), None)
        if cle and "depot" in colonnes and table not in SUIVI:
            lues = maison.lac.read(table).filter(filtre[cle]).select("depot").unique().collect()
            trouves |= set(lues["depot"])
    return trouves
