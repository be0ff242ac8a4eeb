"""Dated values and options of a case: those of the fund, but for what the case says otherwise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from pipelines.cas import options
from pipelines.cas.champs import Champs
from specs.baremes import parse_baremes, read_entrees
from specs.connaissances import Connaissances

TOUJOURS = date(1900, 1, 1)
OPTIONS = (
    "arrondi_assiette", "taux_des_regularisations", "mois_de_rattachement", "regle_exigibilite",
    "report_exigibilite", "fractions_incompletes", "base_professionnelle", "periode_tranches",
    "imputation_abattement", "prorata_activite",
)  # fmt: skip
SOURCE = "le cas"
CHAMPS_VALEUR = ("debut", "valeur")
TEXTES = ("libelle", "base_par_defaut", "assiette", "cumul", "partie", "adhesion", "taux_reduit")
BOOLEENS = ("obligatoire", "refaction", "applique")
UNITES = ("_ppm", "_centimes")


def parse_savoir(champs: Champs, noms: Collection[str] = OPTIONS) -> Connaissances:
    """What the fund knows, with `baremes` and `options` (of `noms`) of the case laid over it."""
    savoir = options.parse_savoir(champs, noms)
    baremes = Champs(f"{champs.lieu}, baremes", champs.read("baremes", dict, {}))
    connues = read_entrees()
    entrees = {
        code: {**connues.get(code, {"applique": True, "libelle": code}), **_parse(baremes, code)}
        for code in baremes.valeurs
    }
    return replace(savoir, baremes=parse_baremes({**connues, **entrees})) if entrees else savoir


def _parse(baremes: Champs, code: str) -> dict[str, Any]:
    """Fields of one entry, as in the files of dated values."""
    champs = Champs(f"{baremes.lieu}, {code}", baremes.read(code, dict))
    series = [nom for nom in champs.valeurs if str(nom).endswith(UNITES)]
    champs.check_names((*TEXTES, *BOOLEENS, "codes_base", *series))
    if code not in read_entrees():
        for nom in ("assiette", "obligatoire", "refaction"):
            champs.read(nom, bool if nom in BOOLEENS else str)
        champs.read("codes_base", list)
    return {
        **{nom: champs.read(nom, str) for nom in TEXTES if nom in champs.valeurs},
        **{nom: champs.read(nom, bool) for nom in BOOLEENS if nom in champs.valeurs},
        **{nom: _parse_serie(champs, nom) for nom in series},
        **({"codes_base": _codes(champs)} if "codes_base" in champs.valeurs else {}),
    }


def _codes(champs: Champs) -> list[str]:
    codes = champs.read("codes_base", list)
    if not all(isinstance(code, str) for code in codes):
        raise champs.error("codes_base", 'une liste de codes entre guillemets, comme ["20"]')
    return codes


def _parse_serie(champs: Champs, nom: str) -> list[dict[str, Any]]:
    """Dated values: one that always holds, or a list of `debut` and `valeur` (null: an end)."""
    source = {"titre": SOURCE}
    if not isinstance(champs.valeurs[nom], list):
        return [{"debut": TOUJOURS, "valeur": champs.read(nom, int), "source": source}]
    lues = []
    for valeur in champs.children(nom):
        valeur.check_names(CHAMPS_VALEUR)
        lue = {"debut": valeur.read("debut", date), "valeur": valeur.read_optional("valeur", int)}
        lues.append(lue | {"source": source})
    return sorted(lues, key=lambda lue: lue["debut"])
