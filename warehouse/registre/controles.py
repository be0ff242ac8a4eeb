"""What links the rows of the registry together, checked on the state that an import wants.

Each check gives findings: a table, the keys of the rows concerned, and a sentence in French.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from specs.registre import read_evenements, read_tables
from warehouse.registre.adresses import check_adresses
from warehouse.registre.constats import Constat, check_siren, group_rows, is_before, sort_debut
from warehouse.registre.entrees import Erreur, Lieu
from warehouse.registre.etat import Etat, Rangees, describe
from warehouse.registre.habilitations import check_conventions, check_droits, check_mandats_depot
from warehouse.registre.lignes import Cle, Rangee

REGISTRE = Lieu(0, "registre")
DEPOSANT, PERSONNE = "deposant", "non"
MANDATAIRE = "(un cabinet qui a sa propre boîte s'inscrit dans mandats_depot)"


def check_etat(etat: Etat) -> list[Erreur]:
    """Everything wrong in the state, each at the place of the import that brought it."""
    constats = [c for controle in CONTROLES for c in controle(etat.rangees)]
    liens = [Erreur(_lieu(etat, constat), constat.message) for constat in constats]
    return [*liens, *check_adresses(etat)]


def _lieu(etat: Etat, constat: Constat) -> Lieu:
    touches = (etat.lieux.get((constat.table, cle)) for cle in constat.cles)
    return next((lieux[-1] for lieux in touches if lieux), REGISTRE)


def _check_references(rangees: Rangees) -> Iterator[Constat]:
    """A row names rows of other tables that exist."""
    for nom, table in read_tables().items():
        liens = [(c, c.table) for c in table.champs.values() if c.table is not None]
        for cle, rangee in rangees[nom].items():
            for champ, cible in liens:
                colonne, valeur = champ.nom, rangee[champ.nom]
                if valeur not in (None, champ.defaut) and (valeur,) not in rangees[cible]:
                    yield Constat(nom, (cle,), f"{colonne} « {valeur} » : inconnu de {cible}")


def _check_uniques(rangees: Rangees) -> Iterator[Constat]:
    for nom, table in read_tables().items():
        for champ in (c for c in table.champs.values() if c.unique):
            porteurs: dict[object, Cle] = {}
            for cle, rangee in rangees[nom].items():
                premier = porteurs.setdefault(rangee[champ.nom], cle)
                if premier != cle:
                    message = f"{champ.nom} « {rangee[champ.nom]} » : déjà celui de :"
                    yield Constat(nom, (cle, premier), f"{message} {describe(nom, premier)}")


def _check_ordre(rangees: Rangees) -> Iterator[Constat]:
    """An end is not before its beginning."""
    for nom, table in read_tables().items():
        for debut, fin in (("debut", "fin"), ("debut_activite", "fin_activite")):
            if fin not in table.champs:
                continue
            for cle, rangee in rangees[nom].items():
                if is_before(rangee[fin], rangee[debut]):
                    message = f"la fin {rangee[fin]} précède le début {rangee[debut]}"
                    yield Constat(nom, (cle,), message)


def _check_periodes(rangees: Rangees) -> Iterator[Constat]:
    """Rows that share the columns `periodes` never hold on the same day."""
    for nom, table in read_tables().items():
        for cles in group_rows(rangees[nom], table.periodes).values() if table.periodes else ():
            for avant, apres in pairwise(
                sorted(cles, key=lambda cle: sort_debut(rangees[nom][cle]))
            ):
                fin, debut = rangees[nom][avant]["fin"], rangees[nom][apres]["debut"]
                if fin is None or not is_before(fin, debut):
                    message = (
                        f"commence avant la fin de {describe(nom, avant)} : "
                        "donner d'abord une fin à cette période"
                    )
                    yield Constat(nom, (apres, avant), message)


def _check_etablissements(rangees: Rangees) -> Iterator[Constat]:
    for cle, rangee in rangees["etablissements"].items():
        if not str(rangee["siret"]).startswith(str(rangee["siren"])):
            message = f"siret « {rangee['siret']} » : il n'est pas du SIREN {rangee['siren']}"
            yield Constat("etablissements", (cle,), message)
    yield from check_siren(rangees, "etablissements", "cdg", "centres_gestion")


def _check_mandats(rangees: Rangees) -> Iterator[Constat]:
    groupes = {r["groupe"]: r["siren"] for r in rangees["groupes_paiement"].values()}
    for cle, rangee in rangees["mandats"].items():
        if (rangee["cdg"] is None) == (rangee["groupe"] is None):
            message = "un centre de gestion (cdg) ou un groupe est attendu, et un seul des deux"
            yield Constat("mandats", (cle,), message)
        elif rangee["groupe"] is not None and groupes.get(rangee["groupe"]) != rangee["siren"]:
            message = f"groupe « {rangee['groupe']} » : aucun groupe de paiement de ce SIREN"
            yield Constat("mandats", (cle,), message)
    yield from check_siren(rangees, "mandats", "cdg", "centres_gestion")
    yield from check_siren(rangees, "mandats", "compte", "comptes_bancaires")


def _check_groupes(rangees: Rangees) -> Iterator[Constat]:
    nom = "groupes_paiement"
    yield from check_siren(rangees, nom, "cdg", "centres_gestion")
    for cles in group_rows(rangees[nom], ("groupe",)).values():
        for avant, apres in pairwise(cles):
            if rangees[nom][avant]["siren"] != rangees[nom][apres]["siren"]:
                yield Constat(nom, (apres, avant), "un groupe est d'un seul SIREN")
    for cle, rangee in rangees[nom].items():
        mandat = rangees["mandats"].get((rangee["rum"],))
        if mandat is not None and mandat["groupe"] != rangee["groupe"]:
            message = f"rum « {rangee['rum']} » : ce mandat n'est pas celui du groupe"
            yield Constat(nom, (cle,), message)


def _check_evenements(rangees: Rangees) -> Iterator[Constat]:
    """The events of a mandate follow one another: ranks, days, states."""
    nom = "evenements_mandat"
    for cles in group_rows(rangees[nom], ("rum",)).values():
        tries = sorted(cles, key=lambda cle: int(str(cle[-1])))
        a_blamer = tuple(reversed(tries))
        if [cle[-1] for cle in tries] != list(range(1, len(tries) + 1)):
            yield Constat(nom, a_blamer, "rang : les rangs d'un mandat se suivent à partir de 1")
            continue
        message = _follow([rangees[nom][cle] for cle in tries])
        if message:
            yield Constat(nom, a_blamer, message)


def _follow(evenements: list[Rangee]) -> str | None:
    """The first event that can't happen where it is."""
    etat: str | None = None
    jour = evenements[0]["date"]
    for rangee in evenements:
        evenement = read_evenements()[str(rangee["evenement"])]
        if etat not in (evenement.depuis or (None,)):
            depuis = " ou ".join(evenement.depuis) or "au premier rang"
            return (
                f"rang {rangee['rang']}, {rangee['evenement']} : impossible pour un mandat "
                f"{etat or 'sans création'} (possible : {depuis})"
            )
        if is_before(rangee["date"], jour):
            return f"rang {rangee['rang']} : sa date précède celle de l'événement d'avant"
        etat, jour = evenement.vers or etat, rangee["date"]
    return None


def _check_deposants(rangees: Rangees) -> Iterator[Constat]:
    """Who deposits for a company is a member; `non` ends it."""
    numeros = {r["numero_adherent"] for r in rangees["adherents"].values()}
    for cle, rangee in rangees["options_adherents"].items():
        if rangee["option"] == DEPOSANT and rangee["valeur"] not in (*numeros, PERSONNE):
            message = f"deposant « {rangee['valeur']} » : numéro d'adhérent, ou non, attendu"
            yield Constat("options_adherents", (cle,), f"{message} {MANDATAIRE}")


CONTROLES: tuple[Callable[[Rangees], Iterator[Constat]], ...] = (
    _check_references,
    _check_uniques,
    _check_ordre,
    _check_periodes,
    _check_etablissements,
    _check_mandats,
    _check_groupes,
    _check_evenements,
    _check_deposants,
    check_conventions,
    check_droits,
    check_mandats_depot,
)
