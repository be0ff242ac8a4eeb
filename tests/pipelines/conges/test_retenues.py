"""From the gross to the net: ceilings, CSG, tax, both pension modes, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.paiement.impot import read_taux_recus
from pipelines.conges.regles.paiement.plafonds import compute_plafonds
from pipelines.conges.regles.paiement.retenues import Retenues, compute_retenues
from specs.connaissances import Connaissances, read_connaissances
from specs.options import Choix
from tests.efforts import CARRIERES
from tests.pipelines.conges.reference_paiement import Conge, withhold

TOUJOURS = date(2000, 1, 1)
AOUT = {"debut": date(2026, 8, 3), "fin": date(2026, 8, 15), "date_paiement": date(2026, 7, 31)}
PAIEMENT = {
    "salarie": "P1", "categorie": "O", "mode_retraite": "E", "entier": False,
    "brut_du_groupe": 0, "brut_du_mois": 0, "imposable_du_mois": 0, "taux_pas_ppm": None,
    "ote_du": None, "ote_au": None, **AOUT,
}  # fmt: skip
TYPES = {
    "taux_pas_ppm": pl.Int64,
    **dict.fromkeys(("debut", "fin", "ote_du", "ote_au"), pl.Date),
}


def paiements(*changes: Mapping[str, Any]) -> pl.DataFrame:
    """Payments D1, D2..., each with its own ceiling unless it names another."""
    lignes = [
        {"decompte": f"D{n}", "groupe_plafond": f"D{n}", **PAIEMENT, **change}
        for n, change in enumerate(changes, 1)
    ]
    return pl.DataFrame(lignes, schema_overrides=TYPES)


def savoir(**reponses: str) -> Connaissances:
    """The fund, having answered some options otherwise."""
    connu = read_connaissances()
    options = {
        nom: replace(connu.options[nom], valeurs=(Choix(TOUJOURS, reponse, "essai", None),))
        for nom, reponse in reponses.items()
    }
    return replace(connu, options=MappingProxyType({**connu.options, **options}))


def retenues(*changes: Mapping[str, Any], **reponses: str) -> Retenues:
    """What is withheld from these payments."""
    return compute_retenues(paiements(*changes), savoir(**reponses))


def lignes(obtenu: Retenues, decompte: str = "D1") -> dict[str, int]:
    """Amounts of a payment by code, then its taxable, and its net."""
    trouvees = obtenu.lignes.filter(pl.col("decompte") == decompte)
    montants = dict(trouvees.select("code", "montant_centimes").iter_rows())
    (tete,) = obtenu.paiements.filter(pl.col("decompte") == decompte).to_dicts()
    return {
        **montants,
        "imposable": tete["net_imposable_centimes"],
        "net": tete["net_avant_retenues_centimes"],
    }


CADRE = {"categorie": "C", "brut_centimes": 480_000, "taux_pas_ppm": 124_000}
OUVRIER = {"brut_centimes": 142_480, "taux_pas_ppm": 32_000}
HIVER = {"categorie": "C", "brut_centimes": 200_000, "taux_pas_ppm": 75_000}
FEVRIER = {
    "debut": date(2026, 2, 16), "fin": date(2026, 2, 28), "date_paiement": date(2026, 2, 16),
}  # fmt: skip
NOEL = {
    "debut": date(2025, 12, 22), "fin": date(2026, 1, 3), "date_paiement": date(2025, 12, 22),
}  # fmt: skip


@pytest.mark.parametrize(
    ("paiement", "attendu"),
    [
        pytest.param(
            CADRE,
            {"VPLA": 11_589, "VDEP": 1_920, "CSGD": 32_069, "CSGN": 11_318, "CRDS": 2_358,
             "PAS": 53_868, "imposable": 434_422, "net": 366_878},
            id="EX-C-109",
        ),
        pytest.param(
            OUVRIER,
            {"VPLA": 9_831, "VDEP": 570, "CSGD": 9_519, "CSGN": 3_360, "CRDS": 700, "PAS": 3_922,
             "imposable": 122_560, "net": 114_578},
            id="EX-C-112",
        ),
        pytest.param(
            {"brut_centimes": 142_480, "mode_retraite": "D"},
            {"VPLA": 9_831, "VDEP": 570, "RCT1": 4_488, "CEG1": 1_225, "PREV": 1_240, "CSGD": 9_519,
             "CSGN": 3_360, "CRDS": 700, "PAS": 0, "imposable": 115_607, "net": 111_547},
            id="EX-C-113",
        ),
        pytest.param(
            HIVER | FEVRIER,
            {"VPLA": 12_830, "VDEP": 800, "CSGD": 13_362, "CSGN": 4_716, "CRDS": 983,
             "PAS": 12_976, "imposable": 173_008, "net": 154_333},
            id="RP-04a",
        ),
        pytest.param(
            HIVER | NOEL,
            {"VPLA": 11_411, "VDEP": 800, "CSGD": 13_362, "CSGN": 4_716, "CRDS": 983,
             "PAS": 13_082, "imposable": 174_427, "net": 155_646},
            id="RP-04b",
        ),
    ],
)  # fmt: skip
def test_the_net_is_that_of_the_examples(paiement: dict[str, Any], attendu: dict[str, int]) -> None:
    """Each line, the taxable net and the net, to the centime."""
    assert lignes(retenues(paiement)) == attendu


@pytest.mark.parametrize(
    ("debut", "fin", "plafond"),
    [
        pytest.param(date(2026, 8, 3), date(2026, 8, 29), 348_823, id="EX-C-107"),
        pytest.param(date(2026, 7, 27), date(2026, 8, 8), 167_952, id="EX-C-108"),
        pytest.param(date(2026, 2, 16), date(2026, 2, 28), 185_946, id="RP-04a"),
        pytest.param(date(2025, 12, 22), date(2026, 1, 3), 165_371, id="RP-04b"),
        pytest.param(date(2026, 8, 1), date(2026, 8, 31), 400_500, id="mois entier"),
        pytest.param(date(2026, 12, 28), date(2027, 1, 2), None, id="plafond de 2027 inconnu"),
    ],
)
def test_a_leave_takes_its_calendar_days_of_the_ceiling(
    debut: date, fin: date, plafond: int | None
) -> None:
    """Month by month, rounded each; unknown as soon as one month is."""
    frame = paiements({"debut": debut, "fin": fin, "brut_centimes": 1})
    assert compute_plafonds(frame, savoir())["plafond_centimes"].to_list() == [plafond]


@pytest.mark.parametrize(
    ("du", "au", "plafond"),
    [
        (date(2026, 8, 10), date(2026, 8, 16), 258_387),  # 20 days of 31 stay
        (date(2026, 8, 3), date(2026, 8, 5), 310_065),  # 24 of 31
    ],
)
def test_days_given_back_are_out_of_the_ceiling(du: date, au: date, plafond: int) -> None:
    """L-73: of a leave from 3 to 29 August 2026, the days that stay."""
    conge = {"debut": date(2026, 8, 3), "fin": date(2026, 8, 29), "brut_centimes": 1}
    frame = paiements({**conge, "ote_du": du, "ote_au": au})
    assert compute_plafonds(frame, savoir())["plafond_centimes"].to_list() == [plafond]


def test_a_ceiling_serves_once() -> None:
    """A company in default, 9 months of 12: the complement is above what the first part took."""
    commun = {"groupe_plafond": "R1"}
    obtenu = retenues(
        {"brut_centimes": 225_000, **commun}, {"brut_centimes": 75_000, **commun}
    )  # EX-C-125
    assert obtenu.paiements["assiette_plafonnee_centimes"].to_list() == [167_952, 0]
    assert [lignes(obtenu, d)["VPLA"] for d in ("D1", "D2")] == [11_589, 0]
    assert [lignes(obtenu, d)["VDEP"] for d in ("D1", "D2")] == [900, 300]
    seul = retenues({"brut_centimes": 75_000, "brut_du_groupe": 225_000, **commun})
    assert lignes(seul)["VPLA"] == 0, "payé une autre nuit, le premier a pris le plafond"


def test_a_compensation_takes_the_whole_ceiling_of_its_month() -> None:
    """June 2026: 4 005.00, shared by the two leave years (H-1)."""
    juin = {
        "debut": date(2026, 6, 1), "fin": date(2026, 6, 30), "date_paiement": date(2026, 6, 30),
        "entier": True, "groupe_plafond": "2026-06", "taux_pas_ppm": 29_000,
    }  # fmt: skip
    obtenu = retenues({**juin, "brut_centimes": 261_646}, {**juin, "brut_centimes": 47_263})
    assert [lignes(obtenu, d)["net"] for d in ("D1", "D2")] == [211_083, 38_130]
    assert [lignes(obtenu, d)["imposable"] for d in ("D1", "D2")] == [225_064, 40_655]


@pytest.mark.parametrize(
    ("reponse", "assiettes"), [("prorata", [167_952, 167_952]), ("entier", [300_000, 100_500])]
)
def test_the_ceiling_is_that_of_the_days_or_of_the_month(
    reponse: str, assiettes: list[int]
) -> None:
    """Two leaves paid in one month: each its days, or one ceiling of 4 005.00 (L-22)."""
    obtenu = retenues({"brut_centimes": 300_000}, {"brut_centimes": 300_000}, plafond_conge=reponse)
    assert obtenu.paiements["assiette_plafonnee_centimes"].to_list() == assiettes


@pytest.mark.parametrize(
    ("brut", "base", "csg", "deductible", "crds"),
    [
        pytest.param(142_480, 139_987, 12_879, 9_519, 700, id="EX-D-21"),
        pytest.param(300_000, 294_750, 27_117, 20_043, 1_474, id="EX-C-105"),
        pytest.param(1_700_000, 1_671_965, 153_821, 113_694, 8_360, id="EX-C-106"),
        pytest.param(1_602_000, 1_573_965, 144_805, 107_030, 7_870, id="quatre plafonds"),
        pytest.param(1_602_001, 1_573_966, 144_805, 107_030, 7_870, id="un centime de plus"),
    ],
)
def test_the_base_of_csg_is_abated_up_to_four_ceilings(
    brut: int, base: int, csg: int, deductible: int, crds: int
) -> None:
    """98.25 % up to four monthly ceilings, all of the rest."""
    obtenu = retenues({"brut_centimes": brut})
    assert obtenu.paiements["assiette_csg"].to_list() == [base]
    montants = lignes(obtenu)
    assert (montants["CSGD"], montants["CSGN"]) == (deductible, csg - deductible)
    assert montants["CRDS"] == crds


def test_the_four_ceilings_are_those_of_a_month_of_payments() -> None:
    """Two payments of 10 000.00 in August: the second is above them for a part (RP-05)."""
    aout = {"brut_centimes": 1_000_000, "date_paiement": date(2026, 8, 3)}
    for obtenu in (
        retenues(aout, aout),
        retenues(aout, {**aout, "brut_du_mois": 1_000_000, "salarie": "P2"}),
    ):
        assert obtenu.paiements["assiette_csg"].to_list() == [982_500, 989_465]
        second = lignes(obtenu, "D2")
        assert (second["CSGD"], second["CSGN"], second["CRDS"]) == (67_284, 23_747, 4_947)


@pytest.mark.parametrize(
    ("imposable", "jour", "taux"),
    [
        (163_499, date(2026, 7, 31), 0),
        (163_500, date(2026, 7, 31), 5_000),
        (5_555_799, date(2026, 7, 31), 380_000),
        (5_555_800, date(2026, 7, 31), 430_000),
        (160_000, date(2025, 4, 30), 5_000),
        (160_000, date(2025, 5, 2), 0),
        (162_400, date(2025, 12, 30), 5_000),
        (162_400, date(2026, 1, 6), 0),
    ],
)
def test_the_scale_is_that_of_the_day_of_payment(imposable: int, jour: date, taux: int) -> None:
    """Each bracket holds up to its ceiling, which belongs to the next (EX-C-110, 111, RP-06)."""
    # 1 euro of gross gives the same taxable whatever the taxable wanted: drawn from the cumulated
    # taxable of the month, which the option looks at.
    obtenu = retenues(
        {"brut_centimes": 0, "imposable_du_mois": imposable, "date_paiement": jour},
        base_grille_pas="cumul_du_mois",
    )
    assert obtenu.paiements["taux_applique_ppm"].to_list() == [taux]


@pytest.mark.parametrize(
    ("reponse", "taux"), [("paiement", [0, 0]), ("cumul_du_mois", [0, 53_000])]
)
def test_the_bracket_is_that_of_the_payment_or_of_the_month(reponse: str, taux: list[int]) -> None:
    """Two payments of 1 225.60 taxable: 2 451.20 in the month (L-24)."""
    sans = {"brut_centimes": 142_480}
    obtenu = retenues(sans, sans, base_grille_pas=reponse)
    assert obtenu.paiements["taux_applique_ppm"].to_list() == taux


def test_tax_is_never_given_back_by_the_scale() -> None:
    """A negative payment gives back the tax of the received rate alone."""
    recu, sans = (
        lignes(retenues({"brut_centimes": -142_480, "taux_pas_ppm": t, "brut_du_groupe": 142_480,
                         "brut_du_mois": 142_480}))
        for t in (32_000, None)
    )  # fmt: skip
    assert recu["net"] == -114_578
    assert (sans["PAS"], sans["net"]) == (0, -118_500)


@pytest.mark.parametrize(
    ("categorie", "rct1", "prev"), [("O", 5_290, 2_610), ("E", 5_710, 1_800), ("C", 5_290, None)]
)
def test_pension_and_provident_above_the_ceiling(
    categorie: str, rct1: int, prev: int | None
) -> None:
    """Direct mode: first tranche up to the ceiling, second and CET beyond, by category (L-71)."""
    montants = lignes(
        retenues({"brut_centimes": 300_000, "categorie": categorie, "mode_retraite": "D"})
    )
    assert [montants[c] for c in ("RCT1", "CEG1", "RCT2", "CEG2", "CET")] == [
        rct1, 1_444, 11_409, 1_426, 420,
    ]  # fmt: skip
    assert montants.get("PREV") == prev


@pytest.mark.parametrize(
    ("change", "manque"),
    [
        ({"date_paiement": date(2027, 1, 4)}, "PLAFOND_SECURITE_SOCIALE"),
        ({"debut": date(2026, 12, 28), "fin": date(2027, 1, 2)}, "PLAFOND_SECURITE_SOCIALE"),
        ({"date_paiement": date(2015, 12, 1)}, "PLAFOND_SECURITE_SOCIALE"),
    ],
)
def test_a_missing_value_is_named_and_the_payment_waits(
    change: dict[str, Any], manque: str
) -> None:
    """It has no line; the other payment of the night has its own."""
    obtenu = retenues({**OUVRIER, **change}, OUVRIER)
    noms = obtenu.paiements["manque"].to_list()
    assert noms[0].startswith(manque)
    assert noms[1] is None
    assert set(obtenu.lignes["decompte"]) == {"D2"}


def test_a_missing_scale_holds_only_whom_it_concerns() -> None:
    """An unknown scale holds a payment without a received rate, not the others."""
    connu = savoir()
    bareme = connu.baremes["PAS_PAR_DEFAUT"]
    vide = replace(connu, baremes={**connu.baremes, "PAS_PAR_DEFAUT": replace(bareme, series={})})
    obtenu = compute_retenues(paiements({"brut_centimes": 1_000}, OUVRIER), vide)
    assert obtenu.paiements["manque"].to_list() == ["PAS_PAR_DEFAUT", None]


def test_the_received_rate_is_the_latest_of_the_last_months() -> None:
    """Of the DSN of the month of payment or of the two before; an older one no longer holds."""
    recus = pl.DataFrame(
        {
            "salarie": ["P1", "P1", "P1", "P2"],
            "mois": ["2026-05", "2026-06", "2026-08", "2026-04"],
            "versement": [
                date(2026, 5, 31),
                date(2026, 6, 30),
                date(2026, 8, 31),
                date(2026, 4, 30),
            ],
            "taux_prelevement_ppm": [10_000, 29_000, 41_000, 50_000],
        }
    )
    demandes = pl.DataFrame(
        {"salarie": ["P1", "P2"], "date_paiement": [date(2026, 7, 31), date(2026, 7, 31)]}
    )
    trouves = read_taux_recus(recus, demandes, savoir())
    assert trouves["taux_pas_ppm"].to_list() == [29_000, None]


def draw_conge(hasard: Random) -> Conge:
    """A payment of 2026, across a month or not, above its ceiling or not."""
    debut = date(2025, 12, 15) + timedelta(hasard.randrange(340))
    brut = hasard.choice((hasard.randint(1, 300_000), hasard.randint(300_000, 6_000_000)))
    return Conge(
        brut,
        debut,
        debut + timedelta(hasard.randrange(35)),
        hasard.random() < 0.5,
        hasard.choice("OEC"),
        Fraction(hasard.randrange(0, 430), 1000) if hasard.random() < 0.5 else None,
        hasard.choice((0, 0, hasard.randint(1, 400_000))),
        hasard.choice((0, 0, hasard.randint(1, 2_000_000))),
    )


def test_payments_are_what_the_slow_reading_says() -> None:
    """Drawn payments: each line, the taxable and the net."""
    hasard = Random(136)  # noqa: S311 - the same payments each run
    conges = {f"D{n}": draw_conge(hasard) for n in range(CARRIERES)}
    lignes_dites = [
        {
            **PAIEMENT, "decompte": d, "salarie": d, "groupe_plafond": d, "categorie": c.categorie,
            "mode_retraite": "D" if c.direct else "E", "debut": c.debut, "fin": c.fin,
            "date_paiement": date(2026, 6, 15), "brut_centimes": c.brut,
            "brut_du_groupe": c.deja_conge, "brut_du_mois": c.deja_mois,
            "taux_pas_ppm": None if c.taux is None else int(c.taux * 1_000_000),
        }
        for d, c in conges.items()
    ]  # fmt: skip
    obtenu = compute_retenues(pl.DataFrame(lignes_dites, schema_overrides=TYPES), savoir())
    dits: dict[str, dict[str, int]] = {d: {} for d in conges}
    for d, code, montant in obtenu.lignes.select(
        "decompte", "code", "montant_centimes"
    ).iter_rows():
        dits[d][code] = montant
    for d, imposable, net in obtenu.paiements.select(
        "decompte", "net_imposable_centimes", "net_avant_retenues_centimes"
    ).iter_rows():
        dits[d] |= {"imposable": imposable, "net": net}
    assert dits == {d: withhold(c) for d, c in conges.items()}
