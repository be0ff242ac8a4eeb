"""The slow reference of the weather abatement: the golden cases, and what C-05 promises."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tests.pipelines.cotisations.reference_abattement import (
    Cle,
    Employeur,
    Rangee,
    compute_appels,
    compute_campagne,
    compute_complements,
    compute_places,
    compute_positions,
    mois_d_appel,
    mois_de_la_campagne,
    read_taux,
)

COTISATIONS = Path(__file__).parents[2] / "cas" / "cotisations"
FICHIERS = tuple(
    COTISATIONS / nom
    for nom in ("campagnes.yaml", "abattement.yaml", "abattements_publies.yaml", "taux_autres.yaml")
)
CODES = {"34": "CI_GOTP", "35": "CI_SO"}
CAMPAGNE = mois_de_la_campagne(2025)
CENTRES = ("C8000101", "C8000102", "C8000103")
PROFILS = [
    {"strategie": strategie, "prorata": prorata}
    for strategie in ("mensuel_cumule", "stock_annuel")
    for prorata in ("mois_entame", "mois_complet", "aucun")
]


def read_cas_abattus() -> list[dict[str, Any]]:
    """The golden cases that declare a base of code 34 or 35 and expect lines or positions."""
    cas = [cas for fichier in FICHIERS for cas in yaml.safe_load(fichier.read_text())]
    cas = [c for c in cas if any(base["code"] in CODES for _, base in declared_bases(c))]
    return [c for c in cas if {"lignes_appel", "cumuls_cotisations"} & c["attendu"].keys()]


def expected_rows(cas: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of codes 34 and 35 that a case expects: all, where it declares nothing else."""
    lignes = cas["attendu"].get("lignes_appel", [])
    seules = all(base["code"] in CODES for _, base in declared_bases(cas))
    sorte = "CI_GOTP" if seules else None
    return [ligne for ligne in lignes if ligne.get("cotisation", sorte) in CODES.values()]


def declarations(cas: dict[str, Any]) -> list[dict[str, Any]]:
    """What declares a month: DSN of the highest ordre but cancellations, TDP, estimates."""
    entrees = cas["entrees"]
    courte = [{"mois": entrees["mois"], "bases": entrees["bases"]}] if "mois" in entrees else []
    dsn = sorted(entrees.get("declarations", courte), key=lambda d: d.get("ordre", 1))
    retenues = {(d.get("siret"), d["mois"], d.get("fraction")): d for d in dsn}
    autres = [
        {"mois": base["mois"], "bases": [{**base, "mois": base.get("mois_rattachement")}]}
        for base in entrees.get("autres_bases", [])
        if base.get("source") != "FRACTIONNEMENT"
    ]
    return [d for d in retenues.values() if d.get("type") != "04"] + autres


def declared_bases(cas: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each of its bases, after the declaration that bears it."""
    return [(d, {"code": "20", **base}) for d in declarations(cas) for base in d.get("bases", [])]


def expected_positions(cas: dict[str, Any]) -> list[dict[str, Any]]:
    """The positions that a case expects."""
    return list(cas["attendu"].get("cumuls_cotisations", []))


def parse_centimes(base: dict[str, Any]) -> int:
    """A base, written in cents or in euros."""
    if "centimes" in base:
        return int(base["centimes"])
    return int(base["montant"].replace(" ", "").replace(",", ""))


def build_employeur(cas: dict[str, Any]) -> Employeur:
    """The one company of a case."""
    entrees = cas["entrees"]
    options, activite = entrees.get("options", {}), entrees.get("adherents", [{}])[0]
    employeur = Employeur(
        debut_activite=activite.get("debut_activite"),
        fin_activite=activite.get("fin_activite"),
        strategie=options.get("imputation_abattement", "mensuel_cumule"),
        prorata=options.get("prorata_activite", "mois_entame"),
    )
    centres = {e["siret"]: e["cdg"] for e in entrees.get("etablissements", []) if "siret" in e}
    refactions = {p["valeur"] for p in entrees.get("parametres_cdg", [])} or {10**6}
    (part,) = refactions
    employeur.declares = {declaration["mois"] for declaration in declarations(cas)}
    for declaration, base in declared_bases(cas):
        if cotisation := CODES.get(base["code"]):
            appel, cdg = declaration["mois"], centres.get(declaration.get("siret"), "C8000101")
            cle = (cdg, appel, base.get("mois") or appel, cotisation)
            centimes = parse_centimes(base) * part // 10**6
            employeur.bases[cle] = employeur.bases.get(cle, 0) + centimes
    return employeur


def published(cas: dict[str, Any]) -> dict[Cle, Rangee]:
    """The lines that a case says to be already called."""
    return {
        (
            ligne.get("cdg", "C8000101"),
            ligne["mois_appel"],
            ligne.get("mois_rattachement", ligne["mois_appel"]),
            ligne["cotisation"],
        ): Rangee(
            ligne["base_centimes"],
            ligne.get("abattement_centimes", 0),
            ligne["taux_ppm"],
            ligne["montant_centimes"],
        )
        for ligne in cas["entrees"].get("deja_appele", [])
    }


def rows(cas: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the reference, with the columns of a golden case."""
    appels = compute_complements(compute_appels(build_employeur(cas)), published(cas))
    noms = ("cdg", "mois_appel", "mois_rattachement", "cotisation")
    return [
        {
            **dict(zip(noms, cle, strict=True)),
            "base_centimes": ligne.base,
            "abattement_centimes": ligne.abattement,
            "taux_ppm": ligne.taux,
            "montant_centimes": ligne.montant,
        }
        for cle, ligne in appels.items()
    ]


def positions(cas: dict[str, Any]) -> list[dict[str, Any]]:
    """The positions of the reference, with the columns of a golden case."""
    employeur = build_employeur(cas)
    return [
        {
            "cumul": "ABATTEMENT_INTEMPERIES",
            "periode": f"{annee}-{(annee + 1) % 100:02}",
            "mois_appel": appel,
            "strategie": employeur.strategie,
            **{f"{nom}_centimes": valeur for nom, valeur in position._asdict().items()},
        }
        for (annee, appel), position in compute_positions(employeur).items()
    ]


def compared(
    attendues: list[dict[str, Any]], obtenues: list[dict[str, Any]]
) -> tuple[list[str], list[str]]:
    """Both, on the columns that the case names and the reference knows, in one order."""
    noms = [nom for nom in attendues[0] if nom in obtenues[0]] if attendues and obtenues else []
    return (
        sorted(str([ligne[nom] for nom in noms]) for ligne in attendues),
        sorted(str([ligne[nom] for nom in noms]) for ligne in obtenues),
    )


@pytest.mark.parametrize("cas", read_cas_abattus(), ids=lambda cas: cas["id"])
def test_the_reference_gives_what_a_golden_case_expects(cas: dict[str, Any]) -> None:
    """Every line of codes 34 and 35 and every position, on the columns that the case names."""
    if "lignes_appel" in cas["attendu"]:
        attendues, obtenues = compared(expected_rows(cas), rows(cas))
        assert obtenues == attendues
    if "cumuls_cotisations" in cas["attendu"]:
        attendues, obtenues = compared(expected_positions(cas), positions(cas))
        assert obtenues == attendues


def draw_employeur(rng: Random, profil: dict[str, str]) -> Employeur:
    """A company of one to three centres whose every month of the campaign is declared."""
    employeur = Employeur(declares=set(CAMPAGNE), **profil)
    if rng.random() < 0.4:
        employeur.debut_activite = date.fromisoformat(rng.choice(("2025-06-15", "2025-09-01")))
    if rng.random() < 0.3:
        employeur.fin_activite = date.fromisoformat(rng.choice(("2025-12-10", "2026-01-31")))
    taille = rng.choice((90_000, 900_000, 9_000_000))
    for centre in CENTRES[: rng.randrange(1, 4)]:
        for _ in range(rng.randrange(1, 12)):
            appel, cotisation = rng.choice(CAMPAGNE), rng.choice(("CI_GOTP", "CI_SO"))
            mois = rng.choice((appel, appel, rng.choice(CAMPAGNE)))
            montant = rng.choice((0, -rng.randrange(taille), *[rng.randrange(1, taille)] * 4))
            employeur.bases[centre, appel, mois, cotisation] = montant
    return employeur


def draw_employeurs(graine: str, nombre: int = 60) -> list[Employeur]:
    """Companies of each strategy and share of activity."""
    rng = Random(graine)  # noqa: S311 - cases to compare, not secrets
    return [draw_employeur(rng, profil) for profil in PROFILS for _ in range(nombre // 6)]


def added_up(appels: dict[Cle, Rangee]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Base and abatement of every place over all its calls, those that come to nothing left out."""
    sommes: dict[tuple[str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (cdg, _, mois, cotisation), ligne in appels.items():
        base, abattement = sommes[cdg, mois, cotisation]
        sommes[cdg, mois, cotisation] = (base + ligne.base, abattement + ligne.abattement)
    return {place: somme for place, somme in sommes.items() if somme != (0, 0)}


def test_a_correction_by_block_78_equals_a_replacement_row_by_row() -> None:
    """Called in the month of attachment or later, a base gives each place the same."""
    for employeur in draw_employeurs("correction"):
        remplace: dict[Cle, int] = defaultdict(int)
        for (cdg, _, mois, cotisation), base in employeur.bases.items():
            remplace[cdg, mois, mois, cotisation] += base
        par_bloc_78 = added_up(compute_appels(employeur))
        employeur.bases = dict(remplace)
        assert added_up(compute_appels(employeur)) == par_bloc_78


def test_both_strategies_give_the_same_yearly_assiette() -> None:
    """Once March is called, or a later correction, A and B have the same assiette of the year."""
    for employeur in draw_employeurs("stratégies"):
        annuelles = set()
        for strategie in ("mensuel_cumule", "stock_annuel"):
            employeur.strategie = strategie
            lignes = compute_appels(employeur).values()
            annuelles.add(sum(ligne.base - ligne.abattement for ligne in lignes))
        assert len(annuelles) == 1


def test_the_parts_of_a_month_are_its_assiette_and_those_of_a_year_its_surplus() -> None:
    """Nothing is lost by the sharing: the assiettes add up to what exceeds the right."""
    for employeur in draw_employeurs("partage"):
        for appel in mois_d_appel(employeur):
            mois = compute_campagne(employeur, 2025, appel)
            assert all(sum(m.parts.values()) == m.assiette for m in mois)
            assert sum(m.assiette for m in mois) == max(0, mois[-1].cumul_bases - mois[-1].droit)


def test_a_closed_centre_is_called_nothing_that_its_months_did_not_bear() -> None:
    """In a month where it has no positive base, a centre gives back at most what it bears."""
    for employeur in draw_employeurs("centre fermé"):
        portees: dict[tuple[str, str], int] = defaultdict(int)
        for mois in compute_campagne(employeur, 2025, "2026-03"):
            for porteur, part in mois.parts.items():
                if mois.bases.get(porteur, 0) <= 0:
                    assert 0 <= -part <= portees[porteur]
                portees[porteur] += part


def test_the_calls_add_up_to_the_last_computation() -> None:
    """Each call bears what it changes, so that all of them are the computation of the last."""
    for employeur in draw_employeurs("appels"):
        dernier = compute_places(employeur, mois_d_appel(employeur)[-1])
        assert added_up(compute_appels(employeur)) == {
            place: somme for place, somme in dernier.items() if somme != (0, 0)
        }


def test_april_changed_into_second_oeuvre_costs_the_rates_of_second_oeuvre() -> None:
    """34 corrected into 35 gives back at 0.68 % and charges at 0.13 %, two months at 119.58."""
    cdg = "C8000101"
    employeur = Employeur(
        declares={"2026-04", "2026-05"},
        bases={
            (cdg, "2026-04", "2026-04", "CI_GOTP"): 10_000_000,
            (cdg, "2026-05", "2026-04", "CI_GOTP"): -10_000_000,
            (cdg, "2026-05", "2026-04", "CI_SO"): 10_000_000,
            (cdg, "2026-05", "2026-05", "CI_SO"): 10_000_000,
        },
    )
    assert sum(ligne.montant for ligne in compute_appels(employeur).values()) == 23_916


def test_a_value_that_is_not_known_is_named_with_its_date() -> None:
    """Neither the abatement nor the rate of a neighbouring campaign is taken in its place."""
    cle = ("C8000101", "2027-04", "2027-04", "CI_GOTP")
    with pytest.raises(LookupError, match="abattement de la campagne 2027-2028"):
        compute_appels(Employeur(declares={"2027-04"}, bases={cle: 100}))
    with pytest.raises(LookupError, match="taux CI_SO de 2027-04"):
        read_taux("CI_SO", "2027-04")


def test_a_regularisation_follows_the_rate_that_the_option_says() -> None:
    """The sharing is the same; only the rate of the row is of one month or of the other."""
    cle = ("C8000101", "2021-04", "2021-03", "CI_GOTP")
    montants = {}
    for taux in ("rattachement", "appel"):
        employeur = Employeur(declares={"2021-04"}, bases={cle: 20_000_000}, taux=taux)
        montants[taux] = compute_appels(employeur)[cle].montant
    assert montants == {"rattachement": 87_909, "appel": 80_781}


def test_a_campaign_not_begun_and_a_month_after_the_call_have_their_own_right() -> None:
    """A base attached ahead makes its month of the list; the next call adds the months between."""
    cdg = "C8000101"
    employeur = Employeur(
        declares={"2026-02", "2026-03"},
        bases={
            (cdg, "2026-02", "2026-03", "CI_GOTP"): 12_000_000,
            (cdg, "2026-02", "2026-05", "CI_GOTP"): 2_000_000,
        },
    )
    lignes = compute_appels(employeur)
    droits = {cle[2]: (ligne.base, ligne.abattement) for cle, ligne in lignes.items()}
    assert droits == {"2026-03": (12_000_000, 9_504_000), "2026-05": (2_000_000, 1_602_800)}
