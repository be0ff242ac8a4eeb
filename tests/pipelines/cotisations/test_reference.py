"""The rules agree with the slow reference, on thousands of generated companies and each option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest

from pipelines.cotisations.regles.assiettes import LIGNE
from pipelines.cotisations.regles.lignes import CHIFFRES, compute_lignes
from pipelines.registre import ADHERENTS, ADHESIONS, PARAMETRES, Registre
from specs.baremes import parse_baremes, read_entrees
from specs.connaissances import Connaissances, read_connaissances
from specs.options import Choix
from tests.efforts import CARRIERES
from tests.pipelines.cotisations.reference import (
    TAUX_T1,
    TAUX_T2,
    Cle,
    Entreprise,
    Ligne,
    compute,
    compute_campagnes,
)
from tests.pipelines.cotisations.reference_abattement import Position

MOIS = [f"{a}-{m:02}" for a in (2024, 2025, 2026) for m in range(1, 13)][3:30]
CODES = ("20", "20", "21", "34", "34", "35", "39", "024", "FRAC")
TOUJOURS = date(1900, 1, 1)
OPTIONS: dict[str, dict[str, str]] = {
    "défauts": {},
    "stock annuel": {"imputation_abattement": "stock_annuel"},
    "mois complets": {"prorata_activite": "mois_complet", "arrondi_assiette": "euro"},
    "sans prorata": {"prorata_activite": "aucun", "base_professionnelle": "declaree"},
    "taux de l'appel": {"taux_des_regularisations": "appel"},
}


def knowledge(choix: Mapping[str, str]) -> Connaissances:
    """What the fund knows, with these answers and rates for the professional contributions."""
    savoir = read_connaissances()
    source = {"titre": "essai"}
    taux = {"FNTP_T1": TAUX_T1, "FNTP_T2": TAUX_T2}
    entrees = {
        code: {**entree, "taux_ppm": [{"debut": TOUJOURS, "valeur": taux[code], "source": source}]}
        if code in taux
        else entree
        for code, entree in read_entrees().items()
    }
    options = {
        nom: replace(savoir.options[nom], valeurs=(Choix(TOUJOURS, valeur, "essai", None),))
        for nom, valeur in choix.items()
    }
    return Connaissances(parse_baremes(entrees), {**savoir.options, **options})


def draw_entreprise(rng: Random, rang: int, choix: Mapping[str, str]) -> Entreprise:
    """A company of one to three management centres, with corrections of the past."""
    siren = f"{800_000_000 + rang}"
    lieux = [f"C{rang:05}{n}" for n in range(rng.choice((1, 1, 2, 3)))]
    entreprise = Entreprise(
        siren,
        strategie=choix.get("imputation_abattement", "mensuel_cumule"),
        prorata=choix.get("prorata_activite", "mois_entame"),
        euro=choix.get("arrondi_assiette") == "euro",
        taux_de_l_appel=choix.get("taux_des_regularisations") == "appel",
        base_20_a_defaut=choix.get("base_professionnelle") != "declaree",
    )
    if rng.random() < 0.3:
        entreprise.debut_activite = (
            2024 + rng.randrange(2),
            rng.randrange(1, 13),
            rng.choice((1, 12)),
        )
    if rng.random() < 0.2:
        entreprise.fin_activite = (2025, rng.randrange(1, 13), rng.choice((10, 28)))
    entreprise.membre_depuis = rng.choice((None, None, "2020-01", "2025-03"))
    for lieu in lieux:
        if rng.random() < 0.2:
            entreprise.refactions[lieu] = (rng.choice(MOIS), rng.choice((800_000, 333_333)))
        if rng.random() < 0.1:
            entreprise.taux_oppbtp[lieu] = (rng.choice(MOIS), 700)
    taille = rng.choice((90_000, 900_000, 9_000_000, 90_000_000))
    appeles = sorted(rng.sample(MOIS, rng.randrange(1, 7)))
    entreprise.bases = [
        base for mois in appeles for lieu in lieux for base in draw_bases(rng, lieu, mois, taille)
    ]
    sans_base = rng.sample(MOIS, rng.randrange(4))
    entreprise.declares = {base[1] for base in entreprise.bases if base[3] != "FRAC"} | {*sans_base}
    return entreprise


def draw_bases(rng: Random, lieu: str, mois: str, taille: int) -> Iterator[tuple[Any, ...]]:
    """What a management centre declares for one month."""
    for _ in range(rng.randrange(1, 6)):
        passe, avance = rng.random() < 0.25, rng.random() < 0.03
        rattachement = rng.choice([m for m in MOIS if m <= mois][-15:]) if passe else mois
        rattachement = rng.choice(MOIS) if avance else rattachement
        montant = rng.choice((0, rng.randrange(-taille, taille), *[rng.randrange(1, taille)] * 4))
        yield lieu, mois, rattachement, rng.choice(CODES), montant


def sums(entreprises: list[Entreprise]) -> pl.DataFrame:
    """Their bases, as the rules read them."""
    lignes = [(e.siren, *base) for e in entreprises for base in e.bases]
    colonnes = ["siren", "cdg", "mois_appel", "mois_rattachement", "code_base", "quantite"]
    cle = colonnes[:-1]
    frame = pl.DataFrame(lignes, colonnes, orient="row")
    return frame.group_by(cle).agg(pl.col("quantite").sum(), pl.lit(value=False).alias("estimee"))


def declared(entreprises: list[Entreprise]) -> pl.DataFrame:
    """Their months declared, with a base or without."""
    mois = [(e.siren, mois) for e in entreprises for mois in sorted(e.declares)]
    return pl.DataFrame(mois, {"siren": pl.String, "mois_appel": pl.String}, orient="row")


def registry(entreprises: list[Entreprise]) -> Registre:
    """What the registry says of them."""

    def day(ecrit: tuple[int, int, int] | None) -> date | None:
        return date(*ecrit) if ecrit else None

    def first(mois: str) -> date:
        return date.fromisoformat(f"{mois}-01")

    adherents = [
        {
            "siren": e.siren,
            "debut_activite": day(e.debut_activite),
            "fin_activite": day(e.fin_activite),
        }
        for e in entreprises
    ]
    parametres = [
        (e.siren, cdg, nom, first(mois), None, valeur)
        for e in entreprises
        for nom, dates in (("refaction_ppm", e.refactions), ("taux_oppbtp_ppm", e.taux_oppbtp))
        for cdg, (mois, valeur) in dates.items()
    ]
    adhesions = [
        (e.siren, "FNTP", first(e.membre_depuis), None) for e in entreprises if e.membre_depuis
    ]
    return Registre(
        pl.DataFrame(),
        pl.DataFrame(adherents, ADHERENTS),
        pl.DataFrame(parametres, PARAMETRES, orient="row"),
        pl.DataFrame(adhesions, ADHESIONS, orient="row"),
    )


def called(lignes: pl.DataFrame) -> dict[tuple[str, Cle], Ligne]:
    """Lines of the rules, as those of the reference."""
    colonnes = ["siren", "cdg", "mois_appel", "mois_rattachement", "cotisation"]
    assert sorted(colonnes) == sorted(LIGNE)
    return {
        (ligne["siren"], tuple(ligne[nom] for nom in colonnes[1:])): Ligne(
            brute=ligne["base_brute_centimes"],
            heures=ligne["heures_centiemes"],
            base=ligne["base_centimes"],
            abattement=ligne["abattement_centimes"],
            taux=ligne["taux_ppm"],
            montant=ligne["montant_centimes"],
        )
        for ligne in lignes.select(*colonnes, *CHIFFRES).iter_rows(named=True)
    }


def stood(cumuls: pl.DataFrame) -> dict[tuple[str, str, str], Position]:
    """Positions of the rules, as those of the reference."""
    mesures = [f"{nom}_centimes" for nom in Position._fields]
    siennes = cumuls.filter(pl.col("cumul") == "ABATTEMENT_INTEMPERIES")
    return {
        (siren, periode, mois): Position(*position)
        for siren, periode, mois, *position in siennes.select(
            "siren", "periode", "mois_appel", *mesures
        ).iter_rows()
    }


@pytest.mark.parametrize("nom", OPTIONS)
def test_the_rules_agree_with_the_slow_reference(nom: str) -> None:
    """Every line, every figure of it, for a share of the 10 000 establishments of a run."""
    rng, choix = Random(nom), OPTIONS[nom]  # noqa: S311 - cases to compare, not secrets
    entreprises: list[Entreprise] = []
    while sum(len({b[0] for b in e.bases}) for e in entreprises) < CARRIERES / len(OPTIONS):
        entreprises.append(draw_entreprise(rng, len(entreprises), choix))
    sommes, declares = sums(entreprises), declared(entreprises)
    calcul = compute_lignes(sommes, declares, registry(entreprises), knowledge(choix))
    assert calcul.lignes["manque"].null_count() == calcul.lignes.height
    attendues = {(e.siren, cle): ligne for e in entreprises for cle, ligne in compute(e).items()}
    assert called(calcul.lignes) == attendues
    assert stood(calcul.cumuls) == {
        (e.siren, f"{annee}-{annee % 100 + 1}", mois): position
        for e in entreprises
        for (annee, mois), position in compute_campagnes(e).items()
    }
