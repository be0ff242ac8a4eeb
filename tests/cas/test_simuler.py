"""The command `caisse simuler`: result, explanation, differences, unreadable cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.simuler import simuler

ESPACES = str.maketrans("\u202f\u00a0", "  ")
MONTANTS = Path(__file__).parent / "cotisations" / "montants.yaml"
CAS = """
- id: ESSAI
  domaine: cotisations
  titre: essai
  source: aucune
  date_arrete: 2026-05-12
  entrees:
    mois: 2026-03
    bases: [{montant: "10 000,50"}]
    deja_appele:
      - {mois_appel: 2026-03, base_centimes: 100, taux_ppm: 210000, montant_centimes: 21}
"""

application = typer.Typer()
application.command()(simuler)


def _simuler(*arguments: str | Path) -> Result:
    return CliRunner().invoke(application, [str(a) for a in arguments])


@pytest.fixture
def fichier(tmp_path: Path) -> Path:
    """A what-if: a case that expects nothing."""
    chemin = tmp_path / "essai.yaml"
    chemin.write_text(CAS, "utf-8")
    return chemin


def _append(fichier: Path, suite: str) -> Path:
    fichier.write_text(CAS + suite, "utf-8")
    return fichier


def test_cases_as_expected_leave_with_zero() -> None:
    """The golden cases print that they are as expected, and nothing goes to the errors."""
    resultat = _simuler(MONTANTS)
    assert resultat.exit_code == 0
    assert resultat.stdout.count("Comme attendu.") == resultat.stdout.count("source : ")
    assert resultat.stderr == ""


def test_each_amount_is_explained(fichier: Path) -> None:
    """Base lines, rate with its date and source, rounding, due date, what was already called."""
    resultat = _simuler(fichier)
    assert resultat.exit_code == 0
    for passage in (
        "Appel C8000101-202603-02 (complémentaire) de mars 2026, exigible le 25 juin 2026",
        "ligne 1, base 20, salarié n° 1, contrat 00001, SIRET 800 000 010 00010 : 10 000,50 €",
        "10 000,50 € aujourd'hui, 1,00 € déjà appelés, soit une différence de 9 999,50 €.",
        "Congés payés : 21 %, en vigueur depuis janvier 2026 (FFB Sarthe",
        "10 000,50 € × 21 % = 2 100,105 €, arrondi à 2 100,11 €, moins 0,21 € déjà appelés",
        "C8000101-202603-01 : 0,21 € pour une base de 1,00 €",
    ):
        assert passage in resultat.stdout.translate(ESPACES)
    assert "Comme attendu" not in resultat.stdout


def test_a_difference_is_shown_and_leaves_with_one(fichier: Path) -> None:
    """What was expected and what came out stand one under the other."""
    attendu = "  attendu:\n    lignes_appel: [{rang: 2, montant_centimes: 209989}]\n"
    resultat = _simuler(_append(fichier, attendu))
    assert resultat.exit_code == 1
    assert "DIFFÉRENCE dans lignes_appel" in resultat.stdout
    assert "attendu : rang = 2, montant_centimes = 209989" in resultat.stdout
    assert "obtenu  : rang = 2, montant_centimes = 209990" in resultat.stdout


@pytest.mark.parametrize(
    ("lignes", "passage"),
    [
        ("[]", "attendu : aucune ligne"),
        ("[{rang: 2}, {rang: 2}]", "obtenu  : aucune ligne"),
    ],
)
def test_a_row_missing_or_extra_is_a_difference(fichier: Path, lignes: str, passage: str) -> None:
    """An expected table is the whole table."""
    resultat = _simuler(_append(fichier, f"  attendu:\n    appels: {lignes}\n"))
    assert resultat.exit_code == 1
    assert passage in resultat.stdout


def test_the_json_form_is_one_array_of_cases(fichier: Path) -> None:
    """Tables under the published names, dates as text, the differences apart."""
    attendu = "  attendu:\n    appels: [{date_exigibilite: 2026-06-24}]\n"
    resultat = _simuler(_append(fichier, attendu), "--format", "json")
    assert resultat.exit_code == 1
    (cas,) = json.loads(resultat.stdout)
    assert cas["id"] == "ESSAI"
    assert not cas["conforme"]
    assert cas["tables"]["lignes_appel"][0]["montant_centimes"] == 209_990
    assert cas["ecarts"] == [
        {
            "table": "appels",
            "attendu": {"date_exigibilite": "2026-06-24"},
            "obtenu": {"date_exigibilite": "2026-06-25"},
        }
    ]


def test_every_golden_case_closes() -> None:
    """Computed again by another hand, each line of each case is what the rules give."""
    resultat = _simuler(*sorted(MONTANTS.parent.glob("*.yaml")))
    assert resultat.exit_code == 0
    assert resultat.stdout.count("Calcul\n") > 50
    assert "ÉCART" not in resultat.stdout


def test_abatement_mixed_activity_and_hours_are_explained() -> None:
    """The cumul of the company and its part of the month, the share kept, the wage of the hours."""
    resultat = _simuler(MONTANTS.parent / "abattement.yaml", MONTANTS.parent / "autres.yaml")
    assert resultat.exit_code == 0
    for passage in (
        "Bases cumulées de l'entreprise : 20 000,00 €, dont 20 000,00 € ce mois",
        "droit à ce mois (mensuel_cumule) : 7 920,00 €",
        "Assiette : 20 000,00 € − 7 920,00 € = 12 080,00 €.",
        "Activité mixte : 80 % de la base brute de 100 000,00 €, soit 80 000,00 €.",
        "320,00 h d'intérim au salaire horaire de référence de 14,63 € : 4 681,60 €.",
        "OPPBTP, salariés permanents : 0,07 %, en vigueur depuis",
        "EN_ATTENTE, mois en attente de ses fractions (CP-10)",
    ):
        assert passage in resultat.stdout.translate(ESPACES)


def test_what_does_not_count_is_said() -> None:
    """Bases and declarations left out, replaced or waiting give their reason in French."""
    dossier = MONTANTS.parent
    resultat = _simuler(dossier / "taux.yaml", dossier / "declarations.yaml")
    for passage in (
        "10 000,00 € de CP rattachés à décembre 2018, faute de valeur pour CP (taux_ppm)",
        "ECARTEE, base partagée entre deux caisses (CP-01)",
        "REMPLACEE, annulée et remplacée",
        "REMPLACEE, nombre de fractions changé (CP-06)",
        "SANS_EFFET, nature 07",
    ):
        assert passage in resultat.stdout.translate(ESPACES)


ENTETE = "- {id: X, domaine: cotisations, titre: t, source: s, date_arrete: 2026-04-10, "
BASE = "entrees: {mois: 2026-03, bases: [{"


@pytest.mark.parametrize(
    ("contenu", "erreur"),
    [
        ("- id: [", "ligne 1 : ce n'est pas un texte YAML correct"),
        ("", "le fichier ne contient aucun cas"),
        ("id: X", "champ « cas » : il faut une liste"),
        ("- X", "champ « cas » : élément 1"),
        ("- {titre: t}", "champ « id » : absent"),
        ("- {id: X, domaine: paie}", "cas X : champ « domaine » : 'paie' est inconnu"),
        (ENTETE + "entrée: {}}", "cas X : champ « entrée » : inconnu ici"),
        (ENTETE + "entrees: {}, attendu: {appel: []}}", "cas X, attendu : champ « appel »"),
        (
            ENTETE + "entrees: {}, attendu: {appels: [{montant: 1}]}}",
            "cas X, attendu, appels 1 : champ « montant » : inconnu",
        ),
        (
            ENTETE + "entrees: {}, attendu: {appels: [{rang: '1'}]}}",
            "cas X, attendu, appels 1 : champ « rang » : il faut un nombre entier",
        ),
        (
            ENTETE + "entrees: {}, attendu: {appels: [{rang: 1}, {cdg: C1}]}}",
            "cas X, attendu : champ « appels » : toutes les lignes",
        ),
        (
            ENTETE + BASE + "montant: 10.5}]}}",
            "cas X, entrees, bases 1 : champ « montant » : il faut un texte",
        ),
        (ENTETE + BASE + "montant: '1,234'}]}}", "champ « montant » : il faut des euros"),
        (ENTETE + BASE + "montant: '1', centimes: 100}]}}", "pas les deux"),
        (ENTETE + BASE + "centimes: 10000000000000000000}]}}", "« centimes » : trop grand"),
        (ENTETE + BASE + "code: 20, montant: '1'}]}}", "champ « code » : il faut un texte"),
        (ENTETE + BASE + "montant: '1', caisse: '01', contrats: []}]}}", "champ « caisse »"),
        (ENTETE + "entrees: {mois: 2026-13, bases: []}}", "cas X, entrees : champ « mois »"),
        (ENTETE + "entrees: {declarations: [{mois: 2026-03, arrivee: 0}]}}", "« arrivee »"),
        (ENTETE + "entrees: {etablissements: [{}, {}]}}", "SIRET donné plusieurs fois"),
        (ENTETE + "entrees: {options: {couleur: rouge}}}", "champ « couleur » : inconnu ici"),
        (
            ENTETE + "entrees: {options: {arrondi_assiette: dollar}}}",
            "champ « arrondi_assiette » : réponses possibles : centime, euro",
        ),
        (ENTETE + "entrees: {baremes: {CP: {taux: 1}}}}", "baremes, CP : champ « taux » : inconnu"),
        (ENTETE + "entrees: {baremes: {CP: {taux_ppm: '1'}}}}", "« taux_ppm » : il faut un nombre"),
        (
            ENTETE + "entrees: {baremes: {CP: {taux_ppm: [{valeur: 1}]}}}}",
            "taux_ppm 1 : champ « debut » : absent",
        ),
        (ENTETE + "entrees: {baremes: {X: {taux_ppm: 1}}}}", "baremes, X : champ « assiette »"),
        (
            ENTETE + "entrees: {baremes: {CP: {codes_base: [20]}}}}",
            "champ « codes_base » : une liste de codes entre guillemets",
        ),
        (ENTETE + "entrees: {parametres_cdg: [{debut: 2026-01-01}]}}", "« valeur » : absent"),
        (ENTETE + "entrees: {adherents: [{fin: 2026-01-01}]}}", "champ « fin » : inconnu ici"),
        (ENTETE + "entrees: {autres_bases: [{mois: 2026-03}]}}", "champ « montant » : absent"),
        (
            ENTETE + "entrees: {mois: 2026-03, bases: [{code: '024', heures: dix}]}}",
            "champ « heures » : il faut des heures",
        ),
        (ENTETE + "}\n" + ENTETE + "}", "cas X : champ « entrees » : absent"),
        (ENTETE + "entrees: {}}\n" + ENTETE + "entrees: {}}", "plusieurs cas portent le même : X"),
    ],
)
def test_an_unreadable_case_is_named_with_its_field(
    tmp_path: Path, contenu: str, erreur: str
) -> None:
    """Whatever is wrong in a file: one French line on the errors, code 2, no trace of Python."""
    chemin = tmp_path / "cas.yaml"
    chemin.write_text(contenu, "utf-8")
    resultat = _simuler(chemin)
    assert resultat.exit_code == 2, resultat.output
    assert erreur in resultat.stderr
    assert len(resultat.stderr.splitlines()) == 1


def test_an_unreadable_file_does_not_hide_the_others(tmp_path: Path, fichier: Path) -> None:
    """The readable cases are computed; the code says that one was not."""
    resultat = _simuler(tmp_path / "absent.yaml", fichier)
    assert resultat.exit_code == 2
    assert "absent.yaml : fichier introuvable ou illisible" in resultat.stderr
    assert "ESSAI : essai" in resultat.stdout
