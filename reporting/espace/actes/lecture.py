"""From what was typed to what is asked for: each field read, what is wrong said beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reporting.espace.actes.champs import Bloc, Saisie, list_saisies
from specs.espace.actes import Acte
from specs.registre import read_tables
from warehouse.demandes.journal import Lignes
from warehouse.registre.formes import ValeurRefusee, parse_valeur

OBLIGATOIRE = "À remplir."
HORS_LISTE = "À choisir dans la liste."


@dataclass(slots=True)
class Formulaire:
    """What was typed, by field; what is wrong, by field."""

    textes: Mapping[str, str]
    erreurs: dict[str, str] = field(default_factory=dict)

    def read(self, saisie: Saisie) -> str | None:
        """The text of a field; None for nothing."""
        return self.textes.get(saisie.cle, "").strip() or None


def parse_formulaire(acte: Acte, blocs: Sequence[Bloc], formulaire: Formulaire) -> Lignes:
    """The rows that are asked for; `formulaire.erreurs` says what is wrong."""
    for _, saisie in list_saisies(blocs):
        texte = formulaire.read(saisie)
        if texte is None and saisie.obligatoire:
            formulaire.erreurs[saisie.cle] = OBLIGATOIRE
        elif texte is not None and saisie.choix and texte not in saisie.choix:
            formulaire.erreurs[saisie.cle] = HORS_LISTE
    return [(bloc.code, _parse_rangee(acte, bloc, formulaire)) for bloc in blocs]


def _parse_rangee(acte: Acte, bloc: Bloc, formulaire: Formulaire) -> dict[str, str | None]:
    """A row of the registry as texts, which its import reads."""
    champs = read_tables()[acte.table].champs
    lus: dict[str, str | None] = {}
    for saisie in bloc.saisies:
        nom, texte = saisie.cle.rpartition(".")[2], formulaire.read(saisie)
        lus[nom] = texte
        if texte is None or saisie.cle in formulaire.erreurs:
            continue
        try:
            parse_valeur(champs[nom], texte)
        except ValeurRefusee as refus:
            formulaire.erreurs[saisie.cle] = f"{str(refus)[:1].upper()}{str(refus)[1:]}."
    return lus
