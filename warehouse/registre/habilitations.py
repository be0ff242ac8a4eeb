"""Conventions, rights and mandates of deposit, checked on the state that an import wants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from specs.caisse import read_caisse
from specs.contrats import codes_of
from warehouse.registre.constats import Constat, check_siren, group_rows, sort_debut
from warehouse.registre.etat import Rangees
from warehouse.registre.formes import Valeur, format_valeur
from warehouse.registre.lignes import Cle, Rangee

CONVENTIONS, DROITS, MANDATS = "conventions", "droits_utilisateurs", "mandats_depot"
(ANET,) = codes_of(CONVENTIONS, "nature", "ANET")
UN_JOUR = timedelta(days=1)


def check_conventions(rangees: Rangees) -> Iterator[Constat]:
    """A number is of one company; ANET is in force with any other and has an administrator."""
    lignes = rangees[CONVENTIONS]
    for cles in group_rows(lignes, ("convention",)).values():
        for avant, apres in pairwise(cles):
            if lignes[avant]["siren"] != lignes[apres]["siren"]:
                message = f"convention « {apres[0]} » : c'est celle du SIREN"
                yield Constat(CONVENTIONS, (apres, avant), f"{message} {lignes[avant]['siren']}")
    for cle, rangee in lignes.items():
        if rangee["nature"] == ANET and rangee["administrateur"] is None:
            message = "administrateur : obligatoire pour une convention ANET"
            yield Constat(CONVENTIONS, (cle,), message)
    for cles in group_rows(lignes, ("siren",)).values():
        yield from _check_anet({cle: lignes[cle] for cle in cles})
    yield from check_siren(rangees, CONVENTIONS, "administrateur", "utilisateurs")


def _check_anet(siennes: dict[Cle, Rangee]) -> Iterator[Constat]:
    """Every day of the other conventions of a company is one of its ANET."""
    anet = {cle: rangee for cle, rangee in siennes.items() if rangee["nature"] == ANET}
    for cle, rangee in siennes.items():
        manque = _find_gap(rangee, anet.values())
        if manque is not None:
            message = (
                f"nature {rangee['nature']} : aucune convention ANET de cette entreprise ne vaut"
                f" le {manque} ; l'inscrire, ou clore celle-ci la veille"
            )
            yield Constat(CONVENTIONS, (cle, *anet), message)


def _find_gap(rangee: Rangee, anet: Iterable[Rangee]) -> date | None:
    """The first day of a row that no ANET covers; None when each is covered."""
    jour, fin = _day(rangee["debut"]), _last_day(rangee)
    for autre in sorted(anet, key=sort_debut):
        if _day(autre["debut"]) <= jour <= _last_day(autre):
            if fin <= _last_day(autre):
                return None
            jour = _last_day(autre) + UN_JOUR
    return jour


def _last_day(rangee: Rangee) -> date:
    return date.max if rangee["fin"] is None else _day(rangee["fin"])


def _day(valeur: Valeur) -> date:
    return date.fromisoformat(format_valeur(valeur))


def check_droits(rangees: Rangees) -> Iterator[Constat]:
    """A right is on a centre of the company of the user."""
    centres, utilisateurs = rangees["centres_gestion"], rangees["utilisateurs"]
    for cle, rangee in rangees[DROITS].items():
        centre, sien = centres.get((rangee["cdg"],)), utilisateurs.get((rangee["utilisateur"],))
        if centre and sien and centre["siren"] != sien["siren"]:
            message = (
                f"cdg « {rangee['cdg']} » : il est du SIREN {centre['siren']},"
                f" et l'utilisateur {rangee['utilisateur']} du SIREN {sien['siren']}"
            )
            yield Constat(DROITS, (cle,), message)


def check_mandats_depot(rangees: Rangees) -> Iterator[Constat]:
    """Who deposits for a company has a box of its own, which is not that company's."""
    numeros = {
        rangee["siren"]: rangee["numero_adherent"] for rangee in rangees["adherents"].values()
    }
    for cle, rangee in rangees[MANDATS].items():
        mandataire = rangee["mandataire"]
        if mandataire == numeros.get(rangee["siren"]):
            message = "c'est la boîte de l'entreprise même, qui n'a pas besoin de mandat"
            yield Constat(MANDATS, (cle,), f"mandataire « {mandataire} » : {message}")
        elif mandataire == read_caisse().boite_banque:
            message = "c'est la boîte de la banque : choisir un autre nom"
            yield Constat(MANDATS, (cle,), f"mandataire « {mandataire} » : {message}")
