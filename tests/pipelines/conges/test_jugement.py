"""Requests: their days, the counters that these come from, what is refused, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.paiement.controles import Connu
from pipelines.conges.regles.paiement.jours import exercice_of, last_day, list_jours
from pipelines.conges.regles.paiement.jugement import SEAU_ET_JOURS, Jugement, judge
from specs.connaissances import read_connaissances

P, C, EN, AN, FR = "PRINCIPAL", "CINQUIEME", "ENFANTS", "ANCIENNETE", "FRACTIONNEMENT"
T, E, D, B = pl.String(), pl.Int64(), pl.Date(), pl.Boolean()
DEMANDES = {
    "siren": T, "demande": T, "salarie": T, "nature": T, "exercice": E, "debut": D, "reprise": D,
    "isole": B, "departement": T, "salaire_centimes": E, "recue_le": T, "recu_jour": D,
    "depot": T, "rang": E, "jours_demandes": E,
}  # fmt: skip
DEMANDE = {
    "siren": "S", "salarie": "P1", "nature": "CP", "exercice": 2026, "isole": False,
    "departement": "77", "recu_jour": date(2026, 5, 1), "depot": "D1",
}  # fmt: skip
TRENTE = {P: 2400, C: 600}


def demande(demande: str, debut: date, reprise: date, **change: Any) -> dict[str, Any]:
    """A request of leave."""
    return {**DEMANDE, "demande": demande, "debut": debut, "reprise": reprise, **change}


@dataclass
class Salarie:
    """What the fund knows of P1: 30 days of 2026 by default, nothing taken."""

    acquis: Mapping[int, Mapping[str, int]] = field(default_factory=lambda: {2026: TRENTE})
    reports: tuple[tuple[int, str, int, date | None], ...] = ()
    pris: tuple[tuple[int, str, int], ...] = ()
    conges: tuple[tuple[date, date], ...] = ()
    occupations: tuple[tuple[date, date], ...] = ()
    couverts: tuple[int, ...] = ()
    compensees: tuple[str, ...] = ()
    connu: bool = True
    r: int = 240_000

    def judge(self, *demandes: dict[str, Any]) -> Jugement:
        """Tonight's requests, in the order of their reception."""
        lignes = [
            {"recue_le": f"2026-05-01T00:00:{n:02}Z", "rang": n, **d}
            for n, d in enumerate(demandes)
        ]
        frame = pl.DataFrame(
            [{nom: d.get(nom) for nom in DEMANDES} for d in lignes], DEMANDES, orient="row"
        )
        prises = [("S", "AVANT", "P1", e, c, c, n) for e, c, n in self.pris]
        cle = ["siren", "demande", *SEAU_ET_JOURS]
        types = {nom: E if nom in {"exercice", "jours_centiemes"} else T for nom in cle}
        conges = [("S", f"C{n}", "P1", a, b) for n, (a, b) in enumerate(self.conges)]
        schema = {"siren": T, "demande": T, "salarie": T, "debut": D, "reprise": D}
        return judge(
            frame,
            pl.DataFrame(prises, types, orient="row"),
            pl.DataFrame(conges, schema, orient="row"),
            self._connu(),
            read_connaissances(),
        )

    def _connu(self) -> Connu:
        exercice = {"salarie": T, "exercice": E}
        acquis = [
            ("P1", e, c, n) for e, counters in self.acquis.items() for c, n in counters.items()
        ]
        reports = {**exercice, "origine": T, "acquis_centiemes": E, "fin": D}
        return Connu(
            droits=pl.DataFrame(
                [("P1", e, self.r) for e in self.acquis],
                {**exercice, "r_centimes": E},
                orient="row",
            ),
            acquis=pl.DataFrame(
                acquis, {**exercice, "compteur": T, "acquis_centiemes": E}, orient="row"
            ),
            reports=pl.DataFrame([("P1", *r) for r in self.reports], reports, orient="row"),
            couverts=pl.DataFrame([("P1", e) for e in self.couverts], exercice, orient="row"),
            salaries=pl.DataFrame({"salarie": ["P1" if self.connu else "P9"]}),
            occupations=pl.DataFrame(
                [("P1", a, b) for a, b in self.occupations],
                {"salarie": T, "debut": D, "fin": D},
                orient="row",
            ),
            compensations=pl.DataFrame(
                [("S", d, date(2026, 6, 29)) for d in self.compensees],
                {"siren": T, "demande": T, "effet": D},
                orient="row",
            ),
        )


def taken(obtenu: Jugement, demande: str = "R1") -> list[tuple[int, str, str, int]]:
    """Leave year, counter, origin and days of a request."""
    prises = obtenu.prises.filter(pl.col("demande") == demande)
    colonnes = ("exercice", "compteur", "origine", "jours_centiemes")
    return sorted(prises.select(colonnes).iter_rows())


def told(obtenu: Jugement) -> list[tuple[str, str, str]]:
    """Request, code and severity."""
    return list(obtenu.motifs.select("demande", "code", "severite").iter_rows())


@pytest.mark.parametrize(
    ("debut", "reprise", "departement", "isole", "jours"),
    [
        pytest.param(date(2026, 8, 10), date(2026, 8, 31), "77", False, 1700, id="RC-01"),
        pytest.param(date(2026, 12, 21), date(2027, 1, 4), "77", False, 1000, id="RC-02"),
        pytest.param(date(2026, 12, 21), date(2027, 1, 4), "67", False, 900, id="RC-02 Alsace"),
        pytest.param(date(2024, 5, 6), date(2024, 5, 13), "77", False, 400, id="RC-03 Ascension"),
        pytest.param(date(2026, 5, 7), date(2026, 5, 11), "77", False, 200, id="RC-03"),
        pytest.param(date(2026, 10, 26), date(2026, 11, 9), "77", False, 1200, id="EX-C-99"),
        pytest.param(date(2026, 5, 4), date(2026, 5, 18), "77", False, 1000, id="EX-C-100"),
        pytest.param(date(2026, 3, 30), date(2026, 4, 7), "77", False, 600, id="EX-C-101"),
        pytest.param(date(2026, 3, 30), date(2026, 4, 7), "67", False, 500, id="EX-C-101 Alsace"),
        pytest.param(date(2025, 8, 4), date(2025, 8, 25), "77", False, 1700, id="H-1"),
        pytest.param(date(2026, 9, 7), date(2026, 9, 14), "77", False, 600, id="EX-C-10"),
        pytest.param(date(2026, 7, 13), date(2026, 7, 20), "77", False, 500, id="EX-C-11"),
        pytest.param(date(2026, 8, 7), date(2026, 8, 10), "77", True, 120, id="un jour isolé"),
        pytest.param(date(2026, 8, 13), date(2026, 8, 19), "77", True, 480, id="RC-14"),
        pytest.param(date(2026, 7, 14), date(2026, 7, 15), "77", False, 0, id="un jour férié"),
    ],
)
def test_days_are_counted_from_monday_to_saturday(
    debut: date, reprise: date, departement: str, isole: bool, jours: int
) -> None:
    """Holidays of the workplace left out; isolated days from Monday to Friday, 1.2 each."""
    une = pl.DataFrame(
        {"siren": ["S"], "demande": ["R1"], "debut": [debut], "reprise": [reprise],
         "isole": [isole], "departement": [departement]}
    )  # fmt: skip
    assert list_jours(une, read_connaissances())["centiemes"].sum() == jours


@pytest.mark.parametrize(
    ("reprise", "fin", "exercice"),
    [
        (date(2026, 8, 17), date(2026, 8, 15), 2026),
        (date(2026, 8, 13), date(2026, 8, 12), 2026),
        (date(2026, 5, 1), date(2026, 4, 30), 2025),
        (date(2026, 5, 2), date(2026, 5, 1), 2026),
    ],
)
def test_the_last_day_of_a_leave_and_its_year(reprise: date, fin: date, exercice: int) -> None:
    """Monday to Saturday before the return, even a holiday (L-34); 1 May opens a leave year."""
    lu = pl.DataFrame({"r": [reprise]}).select(fin=last_day(pl.col("r")))
    assert lu["fin"].item() == fin
    assert lu.select(exercice_of(pl.col("fin"))).item() == exercice


def test_a_request_takes_the_counters_in_their_order() -> None:
    """Main leave, fifth week, children, seniority, splitting: 35 days and no more (L-05)."""
    autres = {**TRENTE, EN: 200, AN: 100, FR: 200}
    longue = demande("R1", date(2026, 7, 6), date(2026, 8, 18))  # 35 days
    assert taken(Salarie({2026: autres}).judge(longue)) == [
        (2026, AN, AN, 100), (2026, C, C, 600), (2026, EN, EN, 200), (2026, FR, FR, 200),
        (2026, P, P, 2400),
    ]  # fmt: skip
    courte = Salarie({2026: {**autres, AN: 0}}).judge(longue)
    assert (taken(courte), told(courte)) == ([], [("R1", "D103", "bloquante")])


@pytest.mark.parametrize(("nature", "compteur"), [("5S", C), ("EN", EN), ("AN", AN), ("FR", FR)])
def test_a_nature_takes_its_own_counter(nature: str, compteur: str) -> None:
    """And no other, however much these have (L-19)."""
    acquis = {**TRENTE, C: 200, EN: 200, AN: 200, FR: 200}
    deux = demande("R1", date(2026, 9, 7), date(2026, 9, 9), nature=nature)
    assert taken(Salarie({2026: acquis}).judge(deux)) == [(2026, compteur, compteur, 200)]
    trois = demande("R1", date(2026, 9, 7), date(2026, 9, 10), nature=nature)
    assert told(Salarie({2026: acquis}).judge(trois)) == [("R1", "D103", "bloquante")]


def test_isolated_days_end_a_fifth_week() -> None:
    """RC-14: 4 days, 4.80, then the last 1.20."""
    salarie = Salarie(pris=((2026, P, 1200),))
    obtenu = salarie.judge(
        demande("R1", date(2026, 8, 13), date(2026, 8, 19), nature="5S", isole=True),
        demande("R2", date(2026, 8, 21), date(2026, 8, 22), nature="5S", isole=True),
        demande("R3", date(2026, 8, 24), date(2026, 8, 25), nature="5S", isole=True),
    )
    assert taken(obtenu) == [(2026, C, C, 480)]
    assert taken(obtenu, "R2") == [(2026, C, C, 120)]
    assert told(obtenu) == [("R3", "D103", "bloquante")]


def test_a_request_of_more_days_than_are_left_is_refused_whole() -> None:
    """RC-09: after the 20 days of the one before it, 10 are left for 12."""
    obtenu = Salarie().judge(
        demande("R1", date(2026, 7, 6), date(2026, 7, 30)),
        demande("R2", date(2026, 9, 7), date(2026, 9, 21)),
    )
    assert [sum(n for *_, n in taken(obtenu, r)) for r in ("R1", "R2")] == [2000, 0]
    (motif,) = obtenu.motifs.to_dicts()
    assert (motif["demande"], motif["code"]) == ("R2", "D103")
    assert (motif["valeur"], motif["attendu"]) == ("12", "10")


def test_the_order_is_that_of_reception() -> None:
    """The first received is served, wherever its row is (L-49)."""
    tot = demande("R2", date(2026, 9, 7), date(2026, 9, 21), recue_le="2026-05-01T00:00:00Z")
    tard = demande("R1", date(2026, 7, 6), date(2026, 7, 30), recue_le="2026-05-01T00:00:01Z")
    assert told(Salarie().judge(tard, tot)) == [("R1", "D103", "bloquante")]


def test_a_leave_meets_no_other() -> None:
    """RC-10: it contains another one; beginning on the day of return is right (D104)."""
    salarie = Salarie(conges=((date(2026, 8, 10), date(2026, 8, 17)),), pris=((2026, P, 500),))
    obtenu = salarie.judge(
        demande("R1", date(2026, 8, 3), date(2026, 8, 31)),
        demande("R2", date(2026, 8, 17), date(2026, 8, 31)),
        demande("R3", date(2026, 8, 24), date(2026, 9, 2)),
    )
    assert told(obtenu) == [("R1", "D104", "bloquante"), ("R3", "D104", "bloquante")]
    assert obtenu.motifs["valeur"].to_list() == ["10/08/2026", "24/08/2026"]
    assert sum(n for *_, n in taken(obtenu, "R2")) == 1200


@pytest.mark.parametrize(
    ("dernier", "refusee"), [(date(2026, 8, 2), False), (date(2026, 8, 3), True)]
)
def test_a_leave_meets_no_stoppage_nor_lost_day(dernier: date, refusee: bool) -> None:
    """Both sides of its first day."""
    salarie = Salarie(occupations=((date(2026, 7, 27), dernier),))
    dits = told(salarie.judge(demande("R1", date(2026, 8, 3), date(2026, 8, 10))))
    assert dits == ([("R1", "D104", "bloquante")] if refusee else [])


def test_an_unknown_employee_is_refused() -> None:
    """D107."""
    dits = told(Salarie(connu=False).judge(demande("R1", date(2026, 8, 3), date(2026, 8, 10))))
    assert ("R1", "D107", "bloquante") in dits


def test_days_carried_over_come_first_until_their_end() -> None:
    """RC-08: six days of 2025 up to 15 August, six of 2027; two leave years."""
    salarie = Salarie({2025: TRENTE, 2027: TRENTE}, reports=((2025, P, 1000, date(2027, 8, 15)),),
                      pris=((2025, P, 1400), (2025, C, 600)))  # fmt: skip
    conge = demande("R1", date(2027, 8, 9), date(2027, 8, 23), exercice=None)
    obtenu = salarie.judge(conge)
    assert taken(obtenu) == [(2025, "REPORT", P, 600), (2027, P, P, 600)]
    bornes = obtenu.prises.sort("exercice").select("debut", "fin").rows()
    assert bornes == [(date(2027, 8, 9), date(2027, 8, 14)), (date(2027, 8, 16), date(2027, 8, 21))]


@pytest.mark.parametrize(
    ("exercice", "prises", "dits"),
    [
        (None, [(2026, P, P, 500), (2027, P, P, 400)], []),
        (2026, [], [("R1", "D102", "bloquante")]),
    ],
)
def test_a_leave_across_30_april(exercice: int | None, prises: list[Any], dits: list[Any]) -> None:
    """RC-11: each day in its leave year, or all on the one that is told."""
    salarie = Salarie({2026: TRENTE, 2027: TRENTE}, pris=((2026, P, 1600), (2026, C, 600)))
    conge = demande("R1", date(2027, 4, 26), date(2027, 5, 10), exercice=exercice)
    obtenu = salarie.judge(conge)
    assert (taken(obtenu), told(obtenu)) == (prises, dits)


def test_the_part_whose_year_is_not_certified_waits() -> None:
    """L-32: the days up to 30 April are accepted, the others wait for their certificate."""
    conge = demande("R1", date(2027, 4, 26), date(2027, 5, 10), exercice=None)
    obtenu = Salarie(couverts=(2027,)).judge(conge)
    assert taken(obtenu) == [(2026, P, P, 500)]
    assert told(obtenu) == [("R1", "D101", "attente")]


@pytest.mark.parametrize(("couverts", "severite"), [((2026,), "attente"), ((), "bloquante")])
def test_a_request_waits_for_its_certificate_or_is_refused(
    couverts: tuple[int, ...], severite: str
) -> None:
    """RC-16: asked for before March is in, it waits; without a DSN nor a CERT, D101."""
    conge = demande("R1", date(2026, 5, 4), date(2026, 5, 11))
    obtenu = Salarie({}, couverts=couverts).judge(conge)
    assert (taken(obtenu), told(obtenu)) == ([], [("R1", "D101", severite)])


@pytest.mark.parametrize(
    ("recu", "refusee"), [(date(2026, 4, 30), False), (date(2026, 5, 1), True)]
)
def test_a_leave_is_asked_for_within_three_years(recu: date, refusee: bool) -> None:
    """EX-C-117: leave year 2022, up to 30 April 2026."""
    conge = demande("R1", date(2023, 4, 3), date(2023, 4, 10), exercice=2022, recu_jour=recu)
    obtenu = Salarie({2022: TRENTE}).judge(conge)
    assert bool(taken(obtenu)) is not refusee
    assert told(obtenu) == ([("R1", "D110", "bloquante")] if refusee else [])


@pytest.mark.parametrize(
    ("recu", "refusee"), [(date(2029, 8, 15), False), (date(2029, 8, 16), True)]
)
def test_days_carried_over_are_asked_for_within_three_years_of_their_end(
    recu: date, refusee: bool
) -> None:
    """L-28: the end of the carry-over, not that of the leave year."""
    salarie = Salarie({2023: TRENTE}, reports=((2023, P, 1000, date(2026, 8, 15)),))
    conge = demande("R1", date(2026, 8, 3), date(2026, 8, 10), exercice=2023, recu_jour=recu)
    dits = told(salarie.judge(conge))
    assert dits == ([("R1", "D110", "bloquante")] if refusee else [])


@pytest.mark.parametrize(
    ("salaire", "retenu"),
    [(119_999, None), (120_000, 120_000), (480_000, 480_000), (480_001, None)],
)
def test_a_wage_out_of_range_is_not_used(salaire: int, retenu: int | None) -> None:
    """D105: half to twice that of the certificate; the request is accepted all the same (L-69)."""
    conge = demande("R1", date(2026, 8, 3), date(2026, 8, 10), salaire_centimes=salaire)
    obtenu = Salarie().judge(conge)
    assert obtenu.salaires["salaire_centimes"].to_list() == [retenu]
    assert told(obtenu) == ([] if retenu else [("R1", "D105", "reserve")])
    assert taken(obtenu) == [(2026, P, P, 600)]


@pytest.mark.parametrize(
    ("acquis", "pris", "dits"),
    [
        pytest.param(TRENTE, 600, [("R1", "D103", "attente")], id="congé pris, jours à calculer"),
        pytest.param(TRENTE, 500, [("R1", "D103", "bloquante")], id="congé pas encore pris"),
        pytest.param({**TRENTE, FR: 0}, 600, [("R1", "D103", "bloquante")], id="aucun jour"),
        pytest.param({**TRENTE, FR: 200}, 600, [], id="deux jours"),
    ],
)
def test_splitting_days_wait_until_they_are_settled(
    acquis: dict[str, int], pris: int, dits: list[Any]
) -> None:
    """L-62: once the whole legal leave is taken; else D103."""
    salarie = Salarie({2026: acquis}, pris=((2026, P, 2400), (2026, C, pris)))
    conge = demande("R1", date(2027, 2, 1), date(2027, 2, 3), nature="FR")
    assert told(salarie.judge(conge)) == dits


def test_splitting_days_may_be_taken_one_more_year() -> None:
    """Until 30 April N+2, the oldest leave year first when none is told (L-62)."""
    salarie = Salarie({2026: {**TRENTE, FR: 200}, 2027: {**TRENTE, FR: 200}})
    tard = demande("R1", date(2028, 4, 27), date(2028, 4, 29), nature="FR", exercice=None)
    assert taken(salarie.judge(tard)) == [(2026, FR, FR, 200)]
    perdu = demande("R1", date(2028, 5, 2), date(2028, 5, 4), nature="FR")
    assert told(salarie.judge(perdu)) == [("R1", "D102", "bloquante")]


@pytest.mark.parametrize(("compensees", "dits"), [(("R1",), []), ((), [("R1", "D101", "attente")])])
def test_a_compensation_takes_every_day_left_once_decided(
    compensees: tuple[str, ...], dits: list[Any]
) -> None:
    """Of every open leave year; the days of one that is over are lost (L-53)."""
    salarie = Salarie(
        {2024: {C: 600}, 2026: {**TRENTE, AN: 200}, 2027: {P: 500, C: 0}},
        pris=((2026, P, 1000),), compensees=compensees,
    )  # fmt: skip
    solde = {**DEMANDE, "demande": "R1", "nature": "CO", "exercice": None, "jours_demandes": 2700}
    obtenu = salarie.judge(solde)
    attendu = [(2026, AN, AN, 200), (2026, C, C, 600), (2026, P, P, 1400), (2027, P, P, 500)]
    assert (taken(obtenu), told(obtenu)) == (attendu if compensees else [], dits)
    assert obtenu.comptes["jours_centiemes"].to_list() == [2700]
