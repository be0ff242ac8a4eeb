"""Why an indemnity, a refund, a counter is what it is: computed again on a winter (H-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.explications.valeurs import Publiee
from pipelines.intemperies.explications import demandes
from pipelines.intemperies.explications.calcul import (
    check_counter,
    check_indemnite,
    check_refund,
    compute_refund,
)
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars

if TYPE_CHECKING:
    from pipelines.explications.valeurs import Explication

SAVOIR = read_connaissances()


@dataclass
class Lac:
    """The lake of the reader below."""

    tables: dict[str, pl.DataFrame]

    def read(self, table: str) -> pl.LazyFrame:
        """Rows of a table; none when the story has none."""
        vide = pl.DataFrame(schema=schema_polars(read_contrat(table)))
        return self.tables.get(table, vide).lazy()


@dataclass
class Maison:
    """The house of the reader below."""

    lac: Lac


@dataclass
class Lecteur:
    """The tables of the story, as a publication gives them."""

    maison: Maison

    def read(self, table: str, *predicats: pl.Expr) -> pl.LazyFrame:
        """Rows of a table."""
        return self.maison.lac.read(table).filter(*predicats)


@pytest.fixture
def lecteur(hiver: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A reader of the story; the publication is told without a journal."""
    publiee = Publiee(12, date(2026, 7, 31), "2026-07-31T20:00:00Z", None, None, "0" * 16)
    monkeypatch.setattr(demandes, "describe_publication", lambda *_: publiee)
    return Lecteur(Maison(Lac(hiver)))


def rows(hiver: dict[str, pl.DataFrame], table: str, **cle: Any) -> list[dict[str, Any]]:
    """Rows of a table that have this key."""
    return hiver[table].filter(**cle).to_dicts()


def jours_de(hiver: dict[str, pl.DataFrame], part: dict[str, Any]) -> list[dict[str, Any]]:
    """The days of an indemnity; no declaration of the story is cut by a campaign."""
    return [
        jour
        for jour in rows(hiver, "jours_intemperies", declaration=part["declaration"])
        if jour["salarie"] == part["salarie"] and jour["date"].year == part["annee"]
    ]


def test_every_indemnity_and_refund_of_the_story_is_found_again(hiver: Any) -> None:
    """Computed from the articles, without the rules of the night: to the cent."""
    for part in rows(hiver, "indemnites_intemperies"):
        rendus = rows(hiver, "remboursements_intemperies", declaration=part["declaration"],
                      salarie=part["salarie"])  # fmt: skip
        assert list(check_indemnite(part, jours_de(hiver, part), SAVOIR)) == []
        assert list(check_refund(part, rendus)) == []


@pytest.mark.parametrize("champ", ["indemnite_calculee_centimes", "remboursement_centimes"])
def test_a_cent_of_difference_is_told(hiver: Any, champ: str) -> None:
    """What does not close is an écart with both figures."""
    (part,) = rows(hiver, "indemnites_intemperies", declaration="D3")
    fausse = part | {champ: part[champ] + 1}
    ecarts = [*check_indemnite(fausse, jours_de(hiver, part), SAVOIR), *check_refund(fausse, [])]
    assert [ecart.publie - (ecart.recalcule or 0) for ecart in ecarts] == [1]


def test_nothing_is_refunded_below_the_abatement(hiver: Any) -> None:
    """S = A: nil; one cent above, the formula."""
    (part,) = rows(hiver, "indemnites_intemperies", declaration="D3")
    au_bord = part | {"salaires_retenus_centimes": part["abattement_retenu_centimes"]}
    assert compute_refund(au_bord) == 0
    assert compute_refund(part) == 178_172


def test_a_counter_is_the_sum_of_its_days(hiver: Any) -> None:
    """Of each employee and year; an hour too many is told."""
    for cumul in rows(hiver, "cumuls_intemperies"):
        siens = {"salarie": cumul["salarie"]}
        jours = [j for j in rows(hiver, "jours_intemperies", **siens)
                 if j["date"].year == cumul["annee"]]  # fmt: skip
        parts = rows(hiver, "indemnites_intemperies", annee=cumul["annee"], **siens)
        assert list(check_counter(cumul, jours, parts)) == []
        faux = cumul | {"perdues_centiemes": cumul["perdues_centiemes"] + 100}
        assert [e.quoi for e in check_counter(faux, jours, parts)] == ["heures"]


def text(explication: Explication) -> str:
    """Its sentences, plain spaces and signs."""
    return " ".join(" ".join(explication.phrases).split()).replace("−", "-")


def test_an_indemnity_is_told_from_its_days_to_its_refund(hiver: Any, lecteur: Any) -> None:
    """Articles, formula, caps, one rounding, rows of the refund; all is found again."""
    (part,) = [p for p in rows(hiver, "indemnites_intemperies", declaration="D1")
               if p["salarie"] == "P1"]  # fmt: skip
    explication = demandes.explain_indemnity(lecteur, part, None)
    dit = text(explication)
    for mot in (
        "Indemnité IND-",
        "D5424-12",
        "15,0000 €, pendant 7,00 h = 78,75 € (Code du travail",
        "Un seul arrondi",
        "× 75 % (canicule) = 9,95 €",
        "3. révision",
        "Vérifié",
    ):
        assert mot in dit, mot
    assert explication.objet["verifie"] is True
    assert len(explication.objet["jours"]) == 2


def test_a_cap_met_is_told_on_its_day(hiver: Any, lecteur: Any) -> None:
    """D7: nine hours a day over two sites; D3: the ceiling of the wage."""
    (d7,) = rows(hiver, "indemnites_intemperies", declaration="D7")
    assert "IN-020" in text(demandes.explain_indemnity(lecteur, d7, None))
    (d3,) = rows(hiver, "indemnites_intemperies", declaration="D3")
    assert "plafonné à 120 %" in text(demandes.explain_indemnity(lecteur, d3, None))


def test_an_amount_due_is_its_refunds(hiver: Any, lecteur: Any) -> None:
    """The provisional of D1: two employees, and what to ask next."""
    du = next(
        d for d in rows(hiver, "dus_intemperies", origine="D1") if d["montant_centimes"] == 1_486
    )
    dit = text(demandes.explain_due(lecteur, du, None))
    assert "6,65 € : caisse expliquer IND-" in dit
    assert "Vérifié" in dit
    faux = du | {"montant_centimes": 1}
    assert "ÉCART" in text(demandes.explain_due(lecteur, faux, None))


def test_a_counter_goes_down_to_its_days(hiver: Any, lecteur: Any) -> None:
    """P3 in 2025: 55 used, 15 here; D3 then D4, day by day."""
    (cumul,) = rows(hiver, "cumuls_intemperies", salarie="P3")
    explication = demandes.explain_counter(lecteur, cumul, None)
    dit = text(explication)
    assert "55 indemnités journalières en 2025" in dit
    assert dit.index("Déclaration D3") < dit.index("Déclaration D4")
    assert "IN-022" in dit
    assert explication.ecarts == ()
