"""Nights of a drawn fund: what always holds, and what changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.compteurs import compute_compteurs
from tests.pipelines.conges.nuits import Fonds

FIN = date(2026, 12, 18)
TABLES = ("demandes", "prises", "decomptes", "lignes", "attestations")
NATURES = ("CP", "CP", "CP", "CP", "5S", "EN", "AN")


def draw_employee(fonds: Fonds, hasard: Random, salarie: str) -> None:
    """Rights, an account that may come late, some requests, changes, cancellations, defaults."""
    jours = hasard.randint(1, 30)
    change = {"salarie": salarie, "prime_due": hasard.random() < 0.7}
    fonds.know("droits", jours_legaux=jours, indemnite_centimes=hasard.randint(1_000, 400_000),
               **change)  # fmt: skip
    acquis = {"PRINCIPAL": min(24, jours), "CINQUIEME": max(0, jours - 24),
              "ENFANTS": hasard.randint(0, 2), "ANCIENNETE": hasard.randint(0, 2)}  # fmt: skip
    for compteur, nombre in acquis.items():
        fonds.know("acquis", salarie=salarie, compteur=compteur, acquis_centiemes=nombre * 100)
    fonds.know("salaries", salarie=salarie)
    if hasard.random() < 0.9:
        tard = hasard.random() < 0.2
        fonds.know("comptes", salarie=salarie, **({"connu_le": date(2026, 9, 10)} if tard else {}))
    impayes = hasard.choice((0, 0, 0, 3))
    for n in range(12 if impayes else 0):
        fonds.know("mois", salarie=salarie, mois=f"2025-{n + 1:02}", paye=n >= impayes)
    for n in range(hasard.randint(0, 5)):
        draw_request(fonds, hasard, salarie, f"{salarie}-{n}")


def draw_request(fonds: Fonds, hasard: Random, salarie: str, demande: str) -> None:
    """A leave of a few days between June and November, perhaps cancelled by either."""
    debut = date(2026, 6, 1) + timedelta(hasard.choice(range(0, 160, 28)))
    recu = debut - timedelta(hasard.choice((10, 24)))
    ligne = {"salarie": salarie, "recu": recu, "nature": hasard.choice(NATURES)}
    reprise = debut + timedelta(hasard.randint(1, 21))
    fonds.ask(demande, debut, reprise, **ligne)
    if hasard.random() < 0.15:
        fonds.ask(demande, debut, reprise, **{**ligne, "recu": recu + timedelta(2), "action": "A"})
    if hasard.random() < 0.15:
        quand = debut + timedelta(hasard.choice((0, 8)))
        fonds.know("annulations", demande=demande, connu_le=quand)


def draw_fund(graine: int, salaries: range) -> Fonds:
    """Employees that are the same whatever the others."""
    fonds = Fonds()
    for n in salaries:
        draw_employee(fonds, Random(graine * 1_000 + n), f"P{n}")  # noqa: S311 - replayed
    return fonds


@pytest.fixture(scope="module")
def fonds() -> Fonds:
    """A fund of thirty employees."""
    return draw_fund(14, range(30))


@pytest.fixture(scope="module")
def publies(fonds: Fonds) -> Publies:
    """Its tables at the end of the year."""
    return fonds.play(FIN)


def same(a: Publies, b: Publies) -> None:
    """The same rows of every table, but for the night that wrote each."""
    for table in TABLES:
        x, y = getattr(a, table), getattr(b, table)
        assert x.sort(pl.all()).equals(y.sort(pl.all())), table


def test_each_statement_adds_up(publies: Publies) -> None:
    """Gross is indemnity and bonus; less its lines it is the net; nothing negative is paid."""
    decomptes = publies.decomptes
    assert decomptes.height > 20
    lignes = publies.lignes.group_by("decompte").agg(retenu=pl.col("montant_centimes").sum())
    sommes = decomptes.join(lignes, on="decompte")
    assert sommes.height == decomptes.height
    faux = sommes.filter(
        (pl.col("brut_centimes") != pl.col("indemnite_centimes") + pl.col("prime_centimes"))
        | (pl.col("brut_centimes") - pl.col("retenu") != pl.col("net_centimes"))
    )
    assert faux.height == 0
    assert decomptes.filter(pl.col("motif") == "PAIEMENT")["net_centimes"].min() >= 0


def test_no_counter_gives_more_than_it_has(fonds: Fonds, publies: Publies) -> None:
    """Days taken are between none and what is acquired; statements tell the days taken."""
    acquis = pl.DataFrame(
        [{c: a[c] for c in ("salarie", "exercice", "compteur", "acquis_centiemes")}
         for a in fonds.tables["acquis"]]
    )  # fmt: skip
    reports = pl.DataFrame(
        schema={"salarie": pl.String, "exercice": pl.Int64, "origine": pl.String,
                "acquis_centiemes": pl.Int64, "fin": pl.Date}
    )  # fmt: skip
    compteurs = compute_compteurs(acquis, reports, publies.prises)
    assert compteurs["reste_centiemes"].min() >= 0
    assert compteurs["pris_centiemes"].min() >= 0
    assert compteurs["pris_centiemes"].sum() == publies.prises["jours_centiemes"].sum() > 0


def test_what_is_paid_is_what_the_days_are_worth(fonds: Fonds, publies: Publies) -> None:
    """An employee whose legal days are all paid, without default, has his whole indemnity."""
    droits = pl.DataFrame(fonds.tables["droits"])
    impayes = {m["salarie"] for m in fonds.tables["mois"]}
    pris = publies.prises.filter(pl.col("origine").is_in(["PRINCIPAL", "CINQUIEME"]))
    payes = publies.decomptes.group_by("salarie").agg(pl.col("indemnite_centimes").sum())
    entiers = (
        pris.group_by("salarie")
        .agg(pl.col("jours_centiemes").sum())
        .join(droits, on="salarie")
        .filter(pl.col("jours_centiemes") == pl.col("jours_legaux") * 100,
                ~pl.col("salarie").is_in(list(impayes)))
        .join(payes, on="salarie", suffix="_payee")
    )  # fmt: skip
    autres = publies.prises.filter(~pl.col("origine").is_in(["PRINCIPAL", "CINQUIEME"]))
    seuls = entiers.join(autres, on="salarie", how="anti")
    ouverts = publies.demandes.filter(pl.col("etat").is_in(["ACCEPTEE", "EN_ATTENTE"]))
    finis = seuls.join(ouverts, on="salarie", how="anti")
    assert finis.height > 0
    assert finis.select(
        (pl.col("indemnite_centimes") == pl.col("indemnite_centimes_payee")).all()
    ).item()


def test_idle_nights_change_nothing(fonds: Fonds, publies: Publies) -> None:
    """A night more, on a day when nothing is known nor leaves."""
    once = fonds.night(publies, FIN + timedelta(days=1))
    same(once, publies)
    same(fonds.night(once, FIN + timedelta(days=2)), publies)


def test_employees_are_computed_apart_or_together(publies: Publies) -> None:
    """By shards: the union of both halves, played on the same nights."""
    ensemble = draw_fund(14, range(30))
    nuits = list(ensemble.nights(FIN))
    moities = [draw_fund(14, part).play(FIN, nuits) for part in (range(15), range(15, 30))]
    reunies = Publies(**{t: pl.concat([getattr(m, t) for m in moities]) for t in TABLES})
    # The number of the deposit of a request is that of its fund: it is drawn in order.
    sans_depot = {
        "demandes": ["depot"], "decomptes": ["decompte", "annule"], "lignes": ["decompte"],
    }  # fmt: skip
    for table in TABLES:
        x, y = (getattr(p, table).drop(sans_depot.get(table, [])) for p in (reunies, publies))
        assert x.sort(pl.all()).equals(y.sort(pl.all())), table
