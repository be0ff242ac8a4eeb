"""What the audits know beside the lake: dated values, options, plan of accounts, registry.

Tables of integers, dates and texts, by name:

- `nuit`: date_arrete, one row; `tenues`: siren of the companies held; `depots_ecartes`: depot
- `valeurs_datees`: code, serie, debut, fin (the day after the last one, null when open), valeur
- `cotisations_appelees`: specs.baremes.SCHEMA_COTISATIONS; `cumuls`: cumul, droit, periode
- `options`: option, debut, fin, choix
- `regles_exigibilite`: regle, jour, decalage_mois; `regles_preavis`: regle, jours
- `comptes_roles`: role, compte; `comptes_cotisations`: cotisation, compte; `comptes_dus`: nature,
  charge, a_payer
- the tables of the registry and `decisions`, as their contracts say
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise

import polars as pl

from pipelines.nuit.reserves.depots import read_ecartes
from specs.baremes import read_cotisations
from specs.connaissances import Connaissances, read_connaissances
from specs.fichiers import read_yaml
from specs.plan_comptable import PlanComptable, read_plan_comptable
from warehouse.decisions import read_en_vigueur
from warehouse.maison import Maison
from warehouse.nuits import read_vue
from warehouse.registre import TABLES

PERIODE = {"debut": pl.Date, "fin": pl.Date}
VALEURS = pl.Schema({"code": pl.String, "serie": pl.String, **PERIODE, "valeur": pl.Int64})
OPTIONS = pl.Schema({"option": pl.String, **PERIODE, "choix": pl.String})
CUMULS = pl.Schema({"cumul": pl.String, "droit": pl.String, "periode": pl.String})
EXIGIBILITE = pl.Schema({"regle": pl.String, "jour": pl.Int64, "decalage_mois": pl.Int64})
PREAVIS = pl.Schema({"regle": pl.String, "jours": pl.Int64})
ROLES = pl.Schema({"role": pl.String, "compte": pl.String})
COTISATIONS = pl.Schema({"cotisation": pl.String, "compte": pl.String})
NUIT = pl.Schema({"date_arrete": pl.Date})
DUS = pl.Schema({"nature": pl.String, "charge": pl.String, "a_payer": pl.String})
SANS_ROLE = {"comptes", "cotisations", "dus", "prefixes"}


def read_references(
    maison: Maison, date_arrete: date, tenues: frozenset[str]
) -> dict[str, pl.DataFrame]:
    """Every table of the audits that is not of the lake, by name, as the night reads it."""
    with maison.moteur.connect() as connexion:
        ecartes = sorted(read_ecartes(connexion))
        vue = read_vue(connexion, date_arrete)
        registre = {nom: read(connexion, vue.registre) for nom, read in TABLES.items()}
        decisions = read_en_vigueur(connexion, vue.decisions)
    savoir = read_connaissances()
    return {
        "nuit": pl.DataFrame([(date_arrete,)], NUIT, orient="row"),
        "tenues": pl.DataFrame({"siren": sorted(tenues)}, {"siren": pl.String}),
        "depots_ecartes": pl.DataFrame({"depot": ecartes}, {"depot": pl.String}),
        "decisions": decisions,
        **registre,
        **_dated_knowledge(savoir),
        **_accounts(read_plan_comptable()),
    }


def _dated_knowledge(savoir: Connaissances) -> dict[str, pl.DataFrame]:
    cumuls = [
        (code, b.cumul.droit, b.cumul.periode)
        for code, b in sorted(savoir.baremes.items())
        if b.cumul is not None
    ]
    return {
        "valeurs_datees": _frame(_dated_values(savoir), VALEURS),
        "cotisations_appelees": read_cotisations(savoir.baremes),
        "cumuls": _frame(cumuls, CUMULS),
        "options": _frame(_dated_options(savoir), OPTIONS),
        "regles_exigibilite": _rules("exigibilite", EXIGIBILITE),
        "regles_preavis": _rules("preavis_prelevement", PREAVIS),
    }


def _dated_values(savoir: Connaissances) -> Iterator[tuple[object, ...]]:
    for code, bareme in sorted(savoir.baremes.items()):
        for serie, valeurs in bareme.series.items():
            for valeur, suivante in pairwise((*valeurs, None)):
                if valeur is not None and valeur.valeur is not None:
                    fin = suivante.debut if suivante else None
                    yield code, serie, valeur.debut, fin, valeur.valeur


def _dated_options(savoir: Connaissances) -> Iterator[tuple[object, ...]]:
    for nom, option in sorted(savoir.options.items()):
        for choix, suivant in pairwise((*option.valeurs, None)):
            if choix is not None:
                yield nom, choix.debut, suivant.debut if suivant else None, choix.valeur


def _rules(fichier: str, schema: pl.Schema) -> pl.DataFrame:
    """The rules among which an option chooses: the name of each, and its numbers."""
    regles: Mapping[str, Mapping[str, int]] = read_yaml("specs.baremes", fichier)
    _, *nombres = schema.names()
    return _frame(((nom, *(r[n] for n in nombres)) for nom, r in regles.items()), schema)


def _accounts(plan: PlanComptable) -> dict[str, pl.DataFrame]:
    champs = [champ for champ in plan.__dataclass_fields__ if champ not in SANS_ROLE]
    return {
        "comptes_roles": _frame(((champ, getattr(plan, champ)) for champ in champs), ROLES),
        "comptes_cotisations": _frame(plan.cotisations.items(), COTISATIONS),
        "comptes_dus": _frame(((n, du.charge, du.a_payer) for n, du in plan.dus.items()), DUS),
    }


def _frame(lignes: Iterable[tuple[object, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(list(lignes), schema, orient="row")
