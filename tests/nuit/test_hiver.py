"""A winter of one company, from its files: DSN, declarations of bad weather, a transfer.

Days, weeks, indemnities and refunds are those of the story, night by night in its order; the DSN
come in other orders too, and the winter ends the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from pipelines.intemperies.regles.calcul import TABLES as CALCULEES
from pipelines.metiers import METIERS
from pipelines.nuit.execution import run_etape
from pipelines.nuit.ordre import find_etape
from pipelines.nuit.passage import Passage, run_nuit
from sample_files.generateur.equipe import RANG
from sample_files.generateur.hiver import ARRETS, build_societe, write_arret
from specs.caisse import read_caisse
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois
from tests.efforts import ORDRES

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

FICHIERS = Path(__file__).parents[2] / "sample_files" / "hiver"
RECIT = yaml.safe_load(Path(__file__).with_name("hiver.yaml").read_text("utf-8"))
BOITE = f"A{RANG:05}"
SOCIETE = build_societe()
MEMBRE = (
    "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin\n"
    f"{BOITE};{SOCIETE.siren};{SOCIETE.raison_sociale};{SOCIETE.siege.cdg};"
    f"{SOCIETE.siege.siret};2015-01-01;\n"
).encode()
DSN = sorted(FICHIERS.glob("*.dsn"))
JUIN, RELEVEMENT = date(2026, 6, 1), date(2026, 7, 2)
NUITS = sorted({arret.recu for arret in ARRETS} | {JUIN, RELEVEMENT})
# What the days of a company that owes nothing need: neither accounts nor letters.
SANS_COMPTES = tuple(
    metier
    for metier in METIERS
    if metier.nom
    in {"reception", "controle", "echanges", "declarations", "salaries", "intemperies",
        "publication"}
)  # fmt: skip
TROIS_TEMPS = ("jugement_intemperies", "annees_intemperies", "intemperies")
HEURE = time(20)
pytestmark = [pytest.mark.nuit, pytest.mark.recit]


def arrivals(dsn: Iterable[Path] = DSN) -> dict[date, list[str]]:
    """Files by day: a DSN the tenth of each month, in this order; declarations on their day."""
    jours: dict[date, list[str]] = defaultdict(list)
    for rang, chemin in enumerate(dsn):
        jours[Mois(2025, 5).shift(rang).first_day.replace(day=10)].append(chemin.name)
    for arret in ARRETS:
        jours[arret.recu].append(write_arret(arret)[0])
    return dict(sorted(jours.items()))


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows the company alone, its conventions and the warnings of August."""
    caisse = make_caisse(MEMBRE, nombre_parts=1)
    caisse.learn((FICHIERS / "registre.yaml").read_bytes(), "yaml")
    return caisse


def play(
    caisse: Caisse, arrivees: dict[date, list[str]], nuits: Iterable[date], metiers: Any
) -> Iterator[date]:
    """Drop the files, pass each night; after each, its day."""
    restent = dict(arrivees)
    for nuit in sorted(nuits):
        for jour in [j for j in restent if j <= nuit]:
            for nom in restent.pop(jour):
                caisse.drop(BOITE, nom, (FICHIERS / nom).read_bytes())
            if jour < nuit:
                caisse.receive(datetime.combine(jour, HEURE, tzinfo=UTC))
        if nuit == RELEVEMENT:
            caisse.learn((FICHIERS / "relevement.yaml").read_bytes(), "yaml")
        soir = datetime.combine(nuit, HEURE, tzinfo=UTC)
        run_nuit(Passage(caisse.maison, nuit, soir, metiers))
        yield nuit


def refunded(caisse: Caisse) -> dict[tuple[str, str], Decimal]:
    """What was refunded so far, by declaration and employee."""
    sommes = (
        caisse.read("remboursements_intemperies")
        .group_by("declaration", qui())
        .agg(pl.col("montant_centimes").sum())
    )
    return {(d, q): Decimal(c) / 100 for d, q, c in sommes.iter_rows()}


def qui() -> pl.Expr:
    """The employee as the story names him."""
    return pl.concat_str(pl.lit("P"), pl.col("matricule").str.tail(1)).alias("qui")


def told(rang: int) -> dict[tuple[str, str], Decimal]:
    """A column of the table of declarations."""
    return {
        (declaration, salarie): Decimal(valeurs[rang])
        for declaration, salaries in RECIT["declarations"].items()
        for salarie, valeurs in salaries.items()
    }


def assert_hours(caisse: Caisse) -> None:
    """Days and weeks are those of the story."""
    jours = caisse.read("jours_intemperies").with_columns(qui())
    heures = ["perdues", "carence", "indemnisees", "premieres"]
    lus: dict[str, Any] = {}
    for jour in jours.iter_rows(named=True):
        valeurs = [jour[f"{nom}_centiemes"] / 100 for nom in heures]
        codes = [jour["anomalie"]] if jour["anomalie"] else []
        siens = lus.setdefault(jour["declaration"], {}).setdefault(jour["qui"], {})
        siens[jour["date"]] = valeurs + codes
    assert lus == RECIT["jours"]
    semaines = (
        jours.group_by("qui", semaine=pl.col("date").dt.strftime("%G-S%V"))
        .agg(pl.col("carence_centiemes", "indemnisees_centiemes").sum() / 100)
        .sort("qui", "semaine")
    )
    lues: dict[str, Any] = defaultdict(dict)
    for salarie, semaine, *sommes in semaines.iter_rows():
        lues[salarie][semaine] = sommes
    assert lues == RECIT["semaines"]


def assert_amounts(caisse: Caisse) -> None:
    """Indemnities, their parts, leave contribution and counters are those of the story."""
    parts = caisse.read("indemnites_intemperies").with_columns(qui())
    colonnes = {
        0: "indemnite_calculee_centimes",
        1: "premieres_centimes",
        2: "suivantes_centimes",
        6: "cotisation_conges_centimes",
    }
    for rang, colonne in colonnes.items():
        lus = parts.select("declaration", "qui", colonne)
        assert {(d, q): Decimal(c) / 100 for d, q, c in lus.iter_rows()} == told(rang)
    cumuls = caisse.read("cumuls_intemperies").with_columns(qui())
    comptees: dict[str, Any] = defaultdict(dict)
    for cumul in cumuls.iter_rows(named=True):
        comptees[cumul["qui"]][cumul["annee"]] = cumul["indemnites_journalieres_centiemes"] / 100
        assert cumul["restantes_centiemes"] == 5_500 - cumul["indemnites_journalieres_centiemes"]
    assert comptees == RECIT["indemnites_journalieres"]


@pytest.mark.lent
def test_the_winter_in_the_order_told(caisse: Caisse) -> None:
    """Each night gives what it tells: provisional refunds, final ones, then the raise."""
    caisse.drop(read_caisse().boite_banque, "avance.xml", (FICHIERS / "avance.xml").read_bytes())
    arrivees = arrivals()
    reponses: dict[str, Any] = {}
    for nuit in play(caisse, arrivees, {*arrivees, *NUITS}, METIERS):
        for chemin in caisse.box(BOITE, "retour").glob("*_ARI_R_*.json"):
            reponses.setdefault(chemin.stem, json.loads(chemin.read_bytes()))
        if nuit == date(2026, 5, 10):
            assert refunded(caisse) == told(3)
        if nuit == JUIN:
            assert refunded(caisse) == told(4)
    assert refunded(caisse) == told(5)
    assert_hours(caisse)
    assert_amounts(caisse)
    etats = dict(caisse.read("arrets_intemperies").select("declaration", "etat").iter_rows())
    assert etats == {
        "D1": "ACCEPTEE", "D2": "HORS_DELAI", "D3": "ACCEPTEE_RESERVE", "D4": "ACCEPTEE_RESERVE",
        "D5": "ACCEPTEE", "D6": "ACCEPTEE", "D7": "ACCEPTEE_RESERVE",
    }  # fmt: skip
    assert_answers(reponses)


def assert_answers(reponses: dict[str, Any]) -> None:
    """Each file has its three answers; D2 is told its deadline, the second D5 what P2 loses."""
    for arret in ARRETS:
        assert {f"{genre}_ARI_R_{arret.file_id}" for genre in ("ACK", "CRT", "CRM")} <= set(
            reponses
        )
    tard = reponses["CRM_ARI_R_D2"]["m2"]
    assert {dit["code"] for dit in tard} == {"IN-001"}
    perdues = [
        [
            (valeur["computed"], valeur.get("present"))
            for valeur in reponses[f"CRM_ARI_R_{file_id}"]["m3"]
            if valeur["name"] == "HEURES_PERDUES"
        ]
        for file_id in ("D5", "D5-CORRIGE")
    ]
    assert perdues == [[(2_400, None), (2_400, None)], [(2_400, 2_400), (1_600, 2_400)]]


@pytest.mark.lent
@pytest.mark.parametrize("graine", range(ORDRES))
def test_the_dsn_in_another_order(caisse: Caisse, graine: int) -> None:
    """The winter ends the same, whatever the order of the DSN and the days that have a night.

    And as it does when all is computed again at once.
    """
    dsn, rng = list(DSN), Random(graine)  # noqa: S311 - the same orders each run
    rng.shuffle(dsn)
    nuits = {*rng.sample([nuit for nuit in NUITS if nuit < JUIN], 2), JUIN, RELEVEMENT}
    for _ in play(caisse, arrivals(dsn), nuits, SANS_COMPTES):
        pass
    assert refunded(caisse) == told(5)
    assert_hours(caisse)
    assert_amounts(caisse)
    etats = read_all(caisse)
    compute_again(caisse.maison)
    assert read_all(caisse) == etats


def read_all(caisse: Caisse) -> dict[str, list[dict[str, Any]]]:
    """The tables of bad weather as the lake holds them."""
    tables = {nom: caisse.maison.lac.read(nom).collect() for nom in CALCULEES}
    return {nom: lues.sort(read_contrat(nom).cle).to_dicts() for nom, lues in tables.items()}


def compute_again(maison: Maison) -> None:
    """The steps of bad weather, once forgotten what they had counted and for whom."""
    etapes = [find_etape(METIERS, nom) for nom in TROIS_TEMPS]
    oubliees = ("intemperies_exploitees", "jours_a_compter", "jours_comptes", "indemnites_comptees")
    for table in oubliees:
        maison.lac.write(table, schema_polars(read_contrat(table)).to_frame(), None)
    for etape in etapes:
        run_etape(maison, etape, RELEVEMENT, 0)
    assert all(maison.lac.read(table).collect().height for table in oubliees)
