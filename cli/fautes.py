"""What a mistaken command line is told: what was read, what to write instead."""

from __future__ import annotations

import re

from pydantic import ValidationError
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperOption, _TyperParameter

LUE = re.compile(r"'(.*)'", re.DOTALL)
EN_TROP = re.compile(r"unexpected extra argument\(s\) \((.*)\)$", re.DOTALL)
COMMANDE_INCONNUE = re.compile(r"No such command '(.*?)'\.?(?: Did you mean (.*)\?)?$", re.DOTALL)
# What is wrong with a path, by what the library says of it.
CHEMINS = {
    "does not exist": "n'existe pas",
    "is a file": "est un fichier : un dossier est attendu",
    "is a directory": "est un dossier : un fichier est attendu",
    "is not readable": "ne se lit pas : vérifier ses droits",
    "is not writable": "ne s'écrit pas : vérifier ses droits",
}


def tell_faute(faute: UsageError) -> str:  # noqa: PLR0911 - one a kind of mistake
    """The mistake in French; what our own commands say is kept as it is."""
    match faute:
        case MissingParameter(param=_TyperParameter() as parametre):
            return f"Il manque {_designate(parametre)}.{_remind(parametre)}"
        case NoSuchOption():
            return f"Option inconnue : « {faute.option_name} ».{_suggest(faute.possibilities)}"
        case BadOptionUsage() if "requires" in faute.message:
            return f"L'option {faute.option_name} attend une valeur.{_remind(_find(faute))}"
        case BadOptionUsage():
            return f"L'option {faute.option_name} n'attend pas de valeur."
        case BadParameter(param=_TyperParameter() as parametre):
            return _tell_valeur(faute, parametre)
        case BadParameter(param_hint=str(nom)):
            return f"Valeur refusée pour {nom} : {faute.message}."
        case _:
            return _tell_mots(faute.message)


def _tell_mots(message: str) -> str:
    """A word that the line should not have, or lacks."""
    if inconnue := COMMANDE_INCONNUE.match(message):
        proches = (inconnue[2] or "").replace("'", "")
        return f"Commande inconnue : « {inconnue[1]} ».{_suggest(proches.split(', '))}"
    if en_trop := EN_TROP.search(message):
        return f"En trop : « {en_trop[1]} »."
    return "Il manque une commande." if message == "Missing command." else message


def _tell_valeur(faute: BadParameter, parametre: _TyperParameter) -> str:
    """A value that could not be read: of a path, why; of the others, what to write."""
    nom = _designate(parametre)
    for anglais, francais in CHEMINS.items():
        if faute.message.endswith(f"{anglais}."):
            chemin = LUE.search(faute.message)
            return f"Valeur refusée pour {nom} : « {chemin[1] if chemin else ''} » {francais}."
    cause = faute.__cause__
    lue = f" : « {cause.errors()[0]['input']} »" if isinstance(cause, ValidationError) else ""
    return f"Valeur illisible pour {nom}{lue}.{_describe(parametre)}"


def _describe(parametre: _TyperParameter) -> str:
    """What to write for it."""
    type_ = parametre.type_descriptor
    if type_.is_choice:
        choix = ", ".join(str(getattr(c, "value", c)) for c in type_.choices or ())
        return f" Écrire une de ces valeurs : {choix}."
    if type_.is_datetime:
        return " Écrire une date : AAAA-MM-JJ."
    minimum, maximum = type_.parameter_info.min, type_.parameter_info.max
    bornes = [
        mots
        for mots, borne in ((f"au moins {minimum}", minimum), (f"au plus {maximum}", maximum))
        if borne is not None
    ]
    return f" Écrire un nombre entier{', ' if bornes else ''}{' et '.join(bornes)}."


def _designate(parametre: _TyperParameter) -> str:
    if isinstance(parametre, TyperOption):
        return f"l'option {parametre.opts[0]}"
    return parametre.metavar or parametre.name.upper()


def _remind(parametre: _TyperParameter | None) -> str:
    """Its help, as a reminder of what to write."""
    aide = getattr(parametre, "help", None)
    return f" {aide}" if aide else ""


def _find(faute: BadOptionUsage) -> _TyperParameter | None:
    lus = faute.ctx.command.get_params(faute.ctx) if faute.ctx else []
    parametres = (p for p in lus if isinstance(p, _TyperParameter))
    return next((p for p in parametres if faute.option_name in p.opts), None)


def _suggest(proches: object) -> str:
    noms = sorted(nom for nom in proches or () if nom) if isinstance(proches, list) else []
    debut = f"{', '.join(noms[:-1])} ou " if noms[1:] else ""
    return f" Vouliez-vous écrire {debut}{noms[-1]} ?" if noms else ""
