"""The fields of the form of an act, from the registry's description or from a layout of exchange.

A field is named `code.rank.name`: the record that it is of (none for a row of the registry), the
rank of this record in the form, its column or field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from reporting.espace.droits import Acces
from specs.contrats import columns_titles, valeurs_of
from specs.espace.actes import Acte
from specs.registre import Champ, read_tables
from warehouse.registre.choisies import read_choisies
from warehouse.tables_registre import CENTRES_GESTION, ETABLISSEMENTS

DATE, MOIS, CHOIX, TEXTE = "date", "month", "choix", "text"
NATURES = {"date": DATE, "premier_du_mois": DATE, "mois": MOIS, "choix": CHOIX}
AUCUN: Mapping[str, str] = {}
LISTES = {
    "cdg": CENTRES_GESTION,
    "siret": ETABLISSEMENTS,
}  # columns whose values are the company's own


@dataclass(frozen=True, slots=True)
class Saisie:
    """A field: `nature` is that of its control; `choix`: its values, with their meaning."""

    cle: str
    titre: str
    nature: str
    choix: Mapping[str, str]
    obligatoire: bool
    aide: str = ""


@dataclass(frozen=True, slots=True)
class Bloc:
    """Fields of one record, which are typed together; `facultatif`: all may be left empty."""

    code: str
    rang: int
    saisies: Sequence[Saisie]
    facultatif: bool = False


def build_blocs(c: Connection, acces: Acces, acte: Acte) -> list[Bloc]:
    """The form of an act, with what the company may choose from."""
    table = read_tables()[acte.table]
    listes = {
        nom: _read_siens(c, acces, sienne, nom)
        for nom, sienne in LISTES.items()
        if nom in acte.champs[""]
    }
    saisies = [_build(acte, table.champs[nom], listes.get(nom)) for nom in acte.champs[""]]
    return [Bloc("", 0, saisies)]


def _build(acte: Acte, champ: Champ, siens: Mapping[str, str] | None) -> Saisie:
    colonne = champ.remplace or champ.nom
    nature = CHOIX if siens is not None else NATURES.get(champ.forme, TEXTE)
    choix = siens if siens is not None else _list_choix(acte, champ, colonne)
    titre = acte.titres.get(champ.nom) or columns_titles(acte.table)[colonne]
    return Saisie(f".0.{champ.nom}", titre, nature, choix, champ.obligatoire)


def _list_choix(acte: Acte, champ: Champ, colonne: str) -> Mapping[str, str]:
    if not champ.choix:
        return AUCUN
    sens = valeurs_of(acte.table, colonne)
    return {code: sens[code] for code in acte.choix.get(champ.nom, champ.choix)}


def _read_siens(c: Connection, acces: Acces, table: Table, cle: str) -> Mapping[str, str]:
    """Keys of a table of the registry that are of the company, with what they are called."""
    noms = [nom for nom in (cle, "libelle") if nom in table.columns]
    lus = read_choisies(c, table, "siren", {acces.siren}, *noms)
    dits = {lu[cle]: lu.get("libelle") for lu in lus}
    return {nom: f"{nom} – {dits[nom]}" if dits[nom] else nom for nom in sorted(dits)}


def list_saisies(blocs: Sequence[Bloc]) -> Iterator[tuple[Bloc, Saisie]]:
    """Every field of a form, with its record."""
    for bloc in blocs:
        for saisie in bloc.saisies:
            yield bloc, saisie
