"""The form of an act that changes the registry: the columns of its table that are typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection

from reporting.espace.actes.champs import (
    AUCUN,
    CHOIX,
    DATE,
    FACULTATIF,
    MOIS,
    TEXTE,
    Bloc,
    Saisie,
    SaisieRefusee,
    read_siens,
)
from reporting.espace.droits import Acces
from specs.contrats import columns_titles, valeurs_of
from specs.espace.actes import Acte
from specs.registre import Champ, read_tables
from warehouse.registre.formes import ValeurRefusee, parse_valeur

NATURES = {"date": DATE, "premier_du_mois": DATE, "mois": MOIS, "choix": CHOIX}


def build_rangee(c: Connection, acces: Acces, acte: Acte) -> list[Bloc]:
    """The row that is typed, with what the company may choose from."""
    champs = [read_tables()[acte.table].champs[nom] for nom in acte.champs[""]]
    return [Bloc("", [_build(acte, champ, read_siens(c, acces, champ.nom)) for champ in champs])]


def _build(acte: Acte, champ: Champ, siens: Mapping[str, str] | None) -> Saisie:
    colonne = champ.remplace or champ.nom
    nature = NATURES.get(champ.forme, TEXTE)
    return Saisie(
        f".0.{champ.nom}",
        acte.titres.get(champ.nom) or columns_titles(acte.table)[colonne],
        nature if siens is None else CHOIX,
        _list_choix(acte, champ, colonne) if siens is None else siens,
        champ.obligatoire,
        partial(_read, champ),
        "" if champ.obligatoire else FACULTATIF,
    )


def _list_choix(acte: Acte, champ: Champ, colonne: str) -> Mapping[str, str]:
    if not champ.choix:
        return AUCUN
    sens = valeurs_of(acte.table, colonne)
    return {code: sens[code] for code in acte.choix.get(champ.nom, champ.choix)}


def _read(champ: Champ, texte: str) -> str:
    """The text itself, which the import reads again."""
    try:
        parse_valeur(champ, texte)
    except ValeurRefusee as refus:
        raise SaisieRefusee(f"{str(refus)[:1].upper()}{str(refus)[1:]}.") from None
    return texte
