"""The form of an act: its fields, and what is read of what was typed.

A field is named `code.rank.name`: the record that it is of (none for a row of the registry), the
rank of this record in the form, its column or field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table

from reporting.espace.droits import Acces
from warehouse.demandes.journal import Lignes
from warehouse.registre.choisies import read_choisies
from warehouse.tables_registre import CENTRES_GESTION, ETABLISSEMENTS

DATE, MOIS, CHOIX, TEXTE = "date", "month", "choix", "text"
OBLIGATOIRE = "À remplir."
HORS_LISTE = "À choisir dans la liste."
# Columns and fields whose values are the company's own.
SIENS: Mapping[str, Table] = {"cdg": CENTRES_GESTION, "siret": ETABLISSEMENTS}
AUCUN: Mapping[str, str] = {}
FACULTATIF = "facultatif"


class SaisieRefusee(ValueError):  # noqa: N818 - named in French
    """What was typed is not of its form; the message, in French, is for who typed."""


@dataclass(frozen=True, slots=True)
class Saisie:
    """A field: `nature` is that of its control; `choix`: its values, with their meaning.

    `mention`: what is said of one that may be left empty. `lit`: its value from a text;
    SaisieRefusee when it is not of its form.
    """

    cle: str
    titre: str
    nature: str
    choix: Mapping[str, str]
    obligatoire: bool
    lit: Callable[[str], object]
    mention: str = ""
    aide: str = ""

    @property
    def nom(self) -> str:
        """Its column or field."""
        return self.cle.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Bloc:
    """Fields of one record, which are typed together; `facultatif`: all may be left empty."""

    code: str
    saisies: Sequence[Saisie]
    titre: str = ""
    facultatif: bool = False


@dataclass(slots=True)
class Formulaire:
    """What was typed, by field; what is wrong, by field."""

    textes: Mapping[str, str]
    erreurs: dict[str, str] = field(default_factory=dict)

    def read(self, saisie: Saisie) -> str | None:
        """The text of a field; None for nothing."""
        return self.textes.get(saisie.cle, "").strip() or None

    def is_empty(self, bloc: Bloc) -> bool:
        """Whether nothing was typed of a record."""
        return all(self.read(saisie) is None for saisie in bloc.saisies)


def parse_formulaire(blocs: Sequence[Bloc], formulaire: Formulaire) -> Lignes:
    """The records that were typed; `formulaire.erreurs` says what is wrong."""
    typed = [bloc for bloc in blocs if not (bloc.facultatif and formulaire.is_empty(bloc))]
    return [(b.code, {s.nom: _parse(s, formulaire) for s in b.saisies}) for b in typed]


def _parse(saisie: Saisie, formulaire: Formulaire) -> object:
    texte = formulaire.read(saisie)
    try:
        return _read(saisie, texte)
    except SaisieRefusee as refus:
        formulaire.erreurs[saisie.cle] = str(refus)
        return None


def _read(saisie: Saisie, texte: str | None) -> object:
    if texte is None:
        if saisie.obligatoire:
            raise SaisieRefusee(OBLIGATOIRE)
        return None
    if saisie.choix and texte not in saisie.choix:
        raise SaisieRefusee(HORS_LISTE)
    return saisie.lit(texte)


def read_siens(c: Connection, acces: Acces, nom: str) -> Mapping[str, str] | None:
    """Values that the company may give, with what they are called; None when it may give any."""
    if nom not in SIENS:
        return None
    table = SIENS[nom]
    noms = [colonne for colonne in (nom, "libelle") if colonne in table.columns]
    lus = read_choisies(c, table, "siren", {acces.siren}, *noms)
    dits = {lu[nom]: lu.get("libelle") for lu in lus}
    return {cle: f"{cle} – {dits[cle]}" if dits[cle] else cle for cle in sorted(dits)}
