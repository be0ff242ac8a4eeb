"""Options that a case answers in its own way: `options: {appel_estime: dernier_mois}`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from pipelines.cas.champs import Champs
from specs.connaissances import Connaissances, read_connaissances
from specs.options import Choix, read_options

TOUJOURS = date.min


def parse_savoir(champs: Champs, noms: Collection[str]) -> Connaissances:
    """What the rules know, once the case has answered options of `noms`.

    CasInvalide when the case names another option, or answers one wrongly.
    """
    savoir = read_connaissances()
    reponses = {
        nom: replace(savoir.options[nom], valeurs=(Choix(TOUJOURS, valeur, champs.lieu, None),))
        for nom, valeur in _read_answers(champs, noms).items()
    }
    return replace(savoir, options=MappingProxyType({**savoir.options, **reponses}))


def _read_answers(champs: Champs, noms: Collection[str]) -> dict[str, str]:
    ecrites = Champs(f"{champs.lieu}, options", champs.read("options", dict, {}))
    ecrites.check_names(noms)
    reponses = {nom: ecrites.read(nom, str) for nom in ecrites.valeurs}
    for nom, reponse in reponses.items():
        choix = read_options()[nom].choix
        if reponse not in choix:
            raise ecrites.error(nom, f"réponses possibles : {', '.join(choix)}")
    return reponses
