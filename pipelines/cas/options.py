"""Options that a case answers in its own way: `options: {appel_estime: dernier_mois}`."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pipelines.cas.champs import Champs
from specs.options import option_at, read_options
from specs.periodes import Mois


def parse_options(champs: Champs, noms: Collection[str]) -> Callable[[str, Mois], str]:
    """How an option is answered for a month: as the case says, or else as the fund does.

    CasInvalide when the case names an option that is none of `noms`, or answers one wrongly.
    """
    ecrites = Champs(f"{champs.lieu}, options", champs.read("options", dict, {}))
    ecrites.check_names(noms)
    for nom in ecrites.valeurs:
        choix = read_options()[nom].choix
        if ecrites.read(nom, str) not in choix:
            raise ecrites.error(nom, f"réponses possibles : {', '.join(choix)}")

    def choose(nom: str, mois: Mois) -> str:
        return str(ecrites.valeurs[nom]) if nom in ecrites.valeurs else option_at(nom, mois)

    return choose
