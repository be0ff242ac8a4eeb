"""What each kind is controlled for beyond its description, and what each fault refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from parsers.echanges.lecteur import CONFORME
from tests.parsers.echanges.fabrique import (
    ABSENCE,
    ARRET,
    BASE,
    CERTIFICAT,
    COMPTE,
    DEMANDE,
    JOUR,
    JOUR_2,
    NIR,
    RELEVE,
    SALARIE,
    SUITE,
    Lignes,
    read,
    told,
    write,
)

Dit = list[tuple[str, int, str | None]]


def check(genre: str, lignes: Lignes, dits: Dit, refusees: list[bool], **entete: Any) -> None:
    """What is told of a file, and which of its lines are refused."""
    lecture = read(genre, write(genre, lignes, **entete))
    assert told(lecture) == dits
    assert lecture.lignes["refusee"].to_list() == refusees


def autre(numero: int, ligne: dict[str, Any], **champs: Any) -> dict[str, Any]:
    """The same record for another employee and another key."""
    cles = {"decl_id": "D", "cert_ref": "C", "req_id": "R", "matricule": "M"}
    return ligne | {nom: f"{c}{numero}" for nom, c in cles.items() if nom in ligne} | champs


JUIN = {"from": date(2025, 6, 1), "to": date(2025, 6, 30), "months": 100, "hours": 15_167}
JUIN |= {"gross": 220_000}
AVRIL = {"from": date(2026, 4, 1), "to": date(2026, 4, 1), "months": 5, "hours": 700}
AVRIL |= {"gross": 10_000}


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        ({"from": date(2025, 3, 31)}, [("CG-002", 2, "TO")]),
        (AVRIL, []),
        ({"months": 1_201}, [("CG-004", 2, "MONTHS")]),
        ({"hours": 12 * 313 * 100}, []),
        ({"hours": 12 * 313 * 100 + 1}, [("CG-004", 2, "HOURS")]),
        (JUIN, []),
        (JUIN | {"months": 101}, [("CG-004", 2, "MONTHS")]),
        (JUIN | {"hours": 25 * 1_200}, []),
        (JUIN | {"hours": 25 * 1_200 + 1}, [("CG-004", 2, "HOURS")]),
        ({"gross": 3 * 12 * 220_000}, []),
        ({"gross": 3 * 12 * 220_000 + 1}, [("CG-005", 2, "GROSS")]),
        ({"gross": 792_000}, []),
        ({"gross": 791_999}, [("CG-005", 2, "GROSS")]),
        ({"unit": "H", "months": None}, []),
        ({"unit": "H", "months": None, "hours": 18_200}, [("CG-005", 2, "GROSS")]),
        ({"months": 0}, []),
        ({"category": "E", "hours": None, "rate": None}, []),
        (
            {"unit": "H", "months": None, "category": "C", "hours": None, "rate": None},
            [("F017", 2, "UNIT")],
        ),
        ({"reason_end": "099"}, [("F015", 2, "REASON_END")]),
        ({"reason_end": "119"}, []),
        (JUIN | {"reason_end": "072"}, [("F015", 2, "REASON_END")]),
    ],
)
def test_un_certificat(change: dict[str, Any], dit: Dit) -> None:
    """Reference period, time, wages, codes of the norm: CG-005 alone does not refuse."""
    refuse = any(code != "CG-005" for code, *_ in dit)
    ligne = CERTIFICAT | change
    check("CERT", [("10", ligne)], dit, [refuse])


def test_les_codes_de_la_norme_sont_ceux_du_mois() -> None:
    """A code that the norm has from 2027 on is not one of 2025; before 2024, the first list."""
    en_2027 = {"from": date(2027, 4, 1), "to": date(2027, 4, 30), "months": 100, "hours": 15_167}
    lignes: Lignes = [
        ("10", autre(1, CERTIFICAT | JUIN, reason_end="072")),
        ("10", autre(2, CERTIFICAT | JUIN | en_2027, reason_end="072")),
        ("10", autre(3, CERTIFICAT | JUIN, **{"from": date(2020, 6, 1), "to": date(2020, 6, 30)})),
        (
            "11",
            autre(3, ABSENCE, abs_kind="S", abs_code="301")
            | {"from": date(2020, 6, 2), "to": date(2020, 6, 3)},
        ),
    ]
    check("CERT", lignes, [("F015", 2, "REASON_END")], [True, False, False])


def test_les_absences() -> None:
    """An absence out of its certificate, or on a day of another one, refuses the certificate."""
    dehors = ABSENCE | {"to": date(2026, 4, 1)}
    meme = ABSENCE | {"from": date(2025, 6, 6), "to": date(2025, 6, 7)}
    suite = ABSENCE | {"from": date(2025, 6, 7), "to": date(2025, 6, 8)}
    lignes: Lignes = [("10", CERTIFICAT), ("11", ABSENCE)]
    check("CERT", [*lignes, ("11", suite)], [], [False])
    check("CERT", [*lignes, ("11", meme)], [("CG-006", 4, "FROM")], [True])
    check("CERT", [lignes[0], ("11", dehors)], [("CG-006", 3, "TO")], [True])


def test_les_certificats_qui_se_recouvrent() -> None:
    """The later of two certificates on the same days is refused, unless it replaces the other."""
    base = CERTIFICAT | JUIN
    juillet = {"from": date(2025, 7, 1), "to": date(2025, 7, 31)}
    meme, second = base | {"cert_ref": "C2"}, base | {"cert_ref": "C3"} | juillet
    dit: Dit = [("CG-002", 3, "FROM")]
    check("CERT", [("10", base), ("10", meme), ("10", second)], dit, [False, True, False])
    remplace = meme | {"replaces_cert": "C1"}
    check("CERT", [("10", base), ("10", remplace)], [], [False, False])
    ailleurs = meme | {"siret": "99909001200025"}
    check("CERT", [("10", base), ("10", ailleurs)], [], [False, False])
    check(
        "CERT",
        [("10", base), ("10", base)],
        [("CG-001", 3, "CERT_REF"), ("CG-002", 3, "FROM")],
        [False, True],
    )


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        ({}, []),
        ({"days": 1_200}, [("D109", 2, "DAYS")]),
        ({"to": date(2026, 8, 15)}, [("D109", 2, "TO")]),
        ({"to": date(2026, 8, 13)}, [("D109", 2, "TO")]),
        ({"from": date(2026, 8, 15), "to": date(2026, 8, 16)}, [("D109", 2, "DAYS")]),
        (
            {
                "from": date(2026, 8, 10),
                "to": date(2026, 8, 28),
                "resume": date(2026, 8, 31),
                "days": 1_600,
            },
            [("D109", 2, "DAYS"), ("D109", 2, "TO")],
        ),
        (
            {
                "from": date(2027, 3, 26),
                "to": date(2027, 3, 27),
                "resume": date(2027, 3, 30),
                "days": 200,
            },
            [],
        ),
        (
            {
                "from": date(2027, 3, 26),
                "to": date(2027, 3, 27),
                "resume": date(2027, 3, 30),
                "days": 100,
                "dept": "67",
            },
            [],
        ),
        (
            {
                "from": date(2026, 8, 3),
                "to": date(2026, 8, 6),
                "resume": date(2026, 8, 7),
                "days": 480,
                "nature": "5S",
                "isolated": "O",
            },
            [],
        ),
        ({"isolated": "O"}, [("F017", 2, "ISOLATED")]),
        ({"isolated": "N"}, []),
        ({"action": "A", "days": 1_200}, []),
        (
            {
                "resume": date(2026, 8, 3),
                "from": date(2026, 7, 20),
                "to": date(2026, 8, 1),
                "days": 1_200,
            },
            [],
        ),
        (
            {
                "resume": date(2026, 8, 1),
                "from": date(2026, 7, 20),
                "to": date(2026, 7, 31),
                "days": 1_100,
            },
            [("D108", 2, "RESUME")],
        ),
        ({"avg_wage": None}, [("D105", 2, "AVG_WAGE")]),
        ({"sen_firm": 0}, [("D106", 2, "SEN_FIRM")]),
        ({"pay_to": "E"}, [("D111", 2, "PAY_TO")]),
    ],
)
def test_une_demande(change: dict[str, Any], dit: Dit) -> None:
    """Count of days by place of work, last day, delay: a count of none alone refuses."""
    lecture = read("DMC", write("DMC", [("20", DEMANDE | change)]))
    assert told(lecture) == dit
    bloque = change.get("from") == date(2026, 8, 15) or bool(
        {c for c, *_ in dit} & {"D105", "D106", "D111", "F017"}
    )
    assert lecture.lignes["refusee"].to_list() == [bloque]
    assert (lecture.verdict == CONFORME) == (not bloque)


def test_deux_demandes_de_meme_reference() -> None:
    """The second of a file is refused, whatever its action and whatever became of the first."""
    fausse = DEMANDE | {"sen_firm": 0}
    annule = DEMANDE | {"action": "A"}
    dits: Dit = [("D106", 2, "SEN_FIRM"), ("D114", 3, "REQ_ID")]
    check(
        "DMC",
        [("20", fausse), ("20", annule), ("20", DEMANDE | {"req_id": "r1"})],
        dits,
        [True, True, False],
    )


@pytest.mark.parametrize(
    ("iban", "effective", "code"),
    [
        ("AL47212110090000000235698741", date(2025, 9, 30), "RB-002"),
        ("AL47212110090000000235698741", date(2025, 10, 1), None),
        ("RS35260005601001611379", date(2026, 4, 30), "RB-002"),
        ("RS35260005601001611379", date(2026, 5, 1), None),
        ("GB82WEST12345698765432", date(2026, 9, 1), None),
        ("US29NWBK60161331926819", date(2026, 9, 1), "RB-001"),
    ],
)
def test_un_compte(iban: str, effective: date, code: str | None) -> None:
    """SEPA is that of the first day of use; a country without IBAN has no right one but by key."""
    ligne = COMPTE | {"iban": iban, "effective": effective}
    check("RIB", [("40", ligne)], [(code, 2, "IBAN")] if code else [], [code is not None])


def test_deux_comptes_d_un_salarie() -> None:
    """Two accounts from one day on: the second is refused; an employee is one by NIR or number."""
    qui = COMPTE | NIR
    sans_nir = COMPTE | {"iban": "GB82WEST12345698765432"}
    check("RIB", [("40", qui), ("40", sans_nir)], [("F017", 3, "EFFECTIVE")], [False, True])
    homonyme = sans_nir | {"birth": date(1990, 5, 5)}
    check("RIB", [("40", qui), ("40", homonyme)], [], [False, False])
    jumeau = qui | {"nir": "1850599999123", "nir_key": f"{97 - 1850599999123 % 97:02}"}
    dits: Dit = [("F016", 4, "MATRICULE")]
    check("RIB", [("40", qui), ("40", jumeau), ("40", sans_nir)], dits, [False, False, True])


@pytest.mark.parametrize(
    ("bases", "dits"),
    [
        ([{"base": 1}, {"base": 2}], [("TD-003", 4, "BASE")]),
        ([{"base": 1}, {"base": 2, "category": "O"}, {"base": 3, "base_code": "21"}], []),
        ([{"base": 801_000, "base_code": "34"}], []),
        ([{"base": 801_001, "base_code": "34"}], [("TD-002", 3, "BASE")]),
        ([{"base": 801_001, "base_code": "20"}], []),
        ([{"base": 10**9, "base_code": "34", "att_month": "1999-12"}], []),
        ([{"base": 1, "siret": "99909001200025"}], [("F017", 3, "SIRET")]),
        ([], []),
    ],
)
def test_un_releve(bases: list[dict[str, Any]], dits: Dit) -> None:
    """Bases of one key, ceiling of the month (a signal), key of the return."""
    lignes: Lignes = [("45", RELEVE), *(("46", BASE | b) for b in bases)]
    refuse = any(code != "TD-002" for code, *_ in dits)
    check("TDP", lignes, dits, [refuse])


def test_deux_releves_d_un_mois() -> None:
    """One return an establishment and month in a file; not after the month of its creation."""
    lignes: Lignes = [("45", RELEVE), ("45", RELEVE), ("45", RELEVE | {"month": "2026-05"})]
    dits: Dit = [("F017", 3, "MONTH"), ("F015", 4, "MONTH")]
    check("TDP", lignes, dits, [False, True, True])


def declare(arret: dict[str, Any], salarie: dict[str, Any], *jours: dict[str, Any]) -> Lignes:
    """A declaration of one stop and one employee."""
    return [("30", arret), ("31", salarie), *(("32", jour) for jour in jours)]


@pytest.mark.parametrize(
    ("arret", "dit"),
    [
        ({"site_dept": "78"}, [("F017", 2, "SITE_DEPT")]),
        ({"site_insee": "2A004", "site_dept": "2A"}, []),
        ({"site_insee": "97105", "site_dept": "971"}, [("IN-003", 2, "SITE_INSEE")]),
        ({"site_insee": "20004", "site_dept": "20"}, [("F015", 2, "SITE_INSEE")]),
        ({"cause": "BR"}, [("IN-002", 2, "CAUSE")]),
        ({"cause": "XX"}, [("F015", 2, "CAUSE")]),
        ({"resume_time": "0730"}, [("IN-006", 2, "RESUME_DATE")]),
        ({"resume_time": "0731"}, []),
        ({"resume_date": date(2026, 1, 16), "resume_time": "1000"}, []),
        ({"resume_date": date(2026, 1, 16), "resume_time": "1001"}, [("IN-006", 2, "RESUME_DATE")]),
        ({"n_workers": 2}, [("IN-007", 2, "N_WORKERS")]),
        (
            {"stop_no": "02"},
            [("IN-007", 2, "N_WORKERS"), ("F017", 2, "STOP_NO"), ("F017", 4, "STOP_NO")],
        ),
    ],
)
def test_un_arret(arret: dict[str, Any], dit: Dit) -> None:
    """A fault of a stop refuses every employee of its declaration, and is told once."""
    check("ARI", declare(ARRET | arret, SALARIE, JOUR), dit, [bool(dit)])


def test_une_cause_abrogee_avant_son_jour() -> None:
    """Storm and fog are still causes of stops before 30 June 2024."""
    for jour, dit in ((date(2024, 6, 29), []), (date(2024, 6, 30), [("IN-002", 2, "CAUSE")])):
        arret = ARRET | {"cause": "TE", "stop_date": jour, "resume_date": jour}
        check("ARI", declare(arret, SALARIE, JOUR | {"date": jour}), dit, [bool(dit)])


@pytest.mark.parametrize(
    ("jours", "dits", "refusee"),
    [
        ([JOUR | {"date": date(2026, 1, 12)}], [], False),
        ([JOUR | {"date": date(2026, 1, 11)}], [("IN-007", 4, "DATE")], True),
        ([JOUR | {"date": date(2026, 1, 14)}], [("IN-007", 4, "DATE")], True),
        ([JOUR, JOUR], [("F017", 5, "DATE")], True),
        ([JOUR, JOUR | {"date": date(2026, 1, 12)}], [("F017", 5, "DATE")], True),
        ([JOUR | {"lost": 701}], [("IN-024", 4, "LOST")], True),
        ([JOUR | {"replaced": 301}], [("IN-024", 4, "REPLACED")], True),
        (
            [JOUR | {"date": date(2026, 1, 12)}, JOUR | {"lost": 701}],
            [("IN-024", 5, "LOST")],
            False,
        ),
        ([JOUR | {"stop_no": "03"}], [("IN-007", 2, "N_WORKERS"), ("F017", 4, "STOP_NO")], True),
        ([], [("IN-007", 2, "N_WORKERS"), ("IN-007", 3, None)], True),
        ([JOUR | {"decl_id": "D9"}], [("F017", 4, "DECL_ID")], True),
    ],
)
def test_les_jours(jours: list[dict[str, Any]], dits: Dit, *, refusee: bool) -> None:
    """A day out of its stop refuses the declaration, hours that disagree the day alone."""
    check("ARI", declare(ARRET, SALARIE, *jours), dits, [refusee])


def test_un_jour_refuse() -> None:
    """The day that is refused is known among those of the line that stays."""
    jours = [JOUR | {"date": date(2026, 1, 12)}, JOUR | {"lost": 701}]
    lecture = read("ARI", write("ARI", declare(ARRET, SALARIE, *jours)))
    assert lecture.valeurs["32"]["refuse"].to_list() == [False, True]


def test_la_presence_et_le_rattachement_d_un_salarie() -> None:
    """A day before the employee is present; an employee under another declaration's stops."""
    tard = SALARIE | {"present_from": date(2026, 1, 14)}
    check("ARI", declare(ARRET, tard, JOUR), [("F017", 4, "DATE")], [True])
    lignes: Lignes = [("30", ARRET), ("31", SALARIE), ("32", JOUR)]
    egare = [("31", autre(2, SALARIE)), ("32", autre(2, JOUR))]
    lecture = read("ARI", write("ARI", [*lignes, *egare]))
    assert ("F017", 5, "DECL_ID") in told(lecture)


def test_la_canicule_est_seule_dans_sa_declaration() -> None:
    """Heat beside another cause refuses the whole declaration, not the next one."""
    canicule = {"cause": "CA", "alert_kind": "P", "alert_ref": "A1"}
    lignes: Lignes = [
        ("30", ARRET),
        ("30", SUITE | canicule),
        ("31", SALARIE),
        ("32", JOUR),
        ("32", JOUR_2),
    ]
    suivante = declare(autre(2, ARRET), autre(2, SALARIE), autre(2, JOUR))
    check("ARI", lignes + suivante, [("IN-007", 3, "CAUSE")], [True, False])


def test_les_cles_des_declarations() -> None:
    """A declaration met again after another; an employee twice under one: the second is refused."""
    un, deux = (
        declare(ARRET, SALARIE, JOUR),
        declare(autre(2, ARRET), autre(2, SALARIE), autre(2, JOUR)),
    )
    mardi = {"stop_date": date(2026, 1, 14), "resume_date": date(2026, 1, 14)}
    reprise = declare(ARRET | mardi, SALARIE, JOUR | {"date": date(2026, 1, 14)})
    check("ARI", [*un, *deux, *reprise], [("IN-008", 8, "DECL_ID")], [False, False, True])
    double = declare(ARRET | {"n_workers": 2}, SALARIE, JOUR)
    check("ARI", [*double, *double[1:]], [("IN-008", 5, "DECL_ID")], [False, True])


def test_les_heures_d_un_jour_sur_plusieurs_chantiers() -> None:
    """Beyond the schedule, the day of the later record is refused, whole."""

    def chantier(numero: int, perdues: int, **arret: Any) -> Lignes:
        qui = {"matricule": "M001"}
        return declare(
            autre(numero, ARRET, site_id=f"CH{numero}", **arret),
            autre(numero, SALARIE) | qui,
            autre(numero, JOUR, lost=perdues) | qui,
        )

    check("ARI", [*chantier(1, 300), *chantier(2, 400)], [], [False, False])
    dit: Dit = [("IN-013", 7, "DATE")]
    check(
        "ARI", [*chantier(1, 300), *chantier(2, 401), *chantier(3, 400)], dit, [False, True, False]
    )
    dits: Dit = [("IN-002", 2, "CAUSE")]
    check("ARI", [*chantier(1, 300, cause="BR"), *chantier(2, 700)], dits, [True, False])


def test_un_arret_sans_salarie_est_une_ligne_refusee() -> None:
    """A declaration without employee is told on its first stop."""
    lignes: Lignes = [("30", autre(2, ARRET)), *declare(ARRET, SALARIE, JOUR)]
    lecture = read("ARI", write("ARI", lignes))
    assert told(lecture) == [("IN-007", 2, "N_WORKERS")]
    assert lecture.lignes.select("rang", "cle", "refusee").rows() == [
        (2, "D2", True),
        (4, "D1", False),
    ]


def test_les_etapes_10_et_11_attendent_que_7_a_9_soient_justes() -> None:
    """A line that its form refuses is told nothing of the business; the others are."""
    fausse = DEMANDE | {"surname": "durand", "sen_firm": 0}
    juste = autre(2, DEMANDE, sen_firm=0)
    dits: Dit = [("F013", 2, "SURNAME"), ("D106", 3, "SEN_FIRM")]
    check("DMC", [("20", fausse), ("20", juste)], dits, [True, True])


def test_un_texte_qui_semble_en_utf8() -> None:
    """Bytes that are all pairs of UTF-8 are accepted, with a signal."""
    lecture = read("DMC", write("DMC", [("20", DEMANDE | {"first_name": "RenÃ©"})]))
    assert (lecture.verdict, told(lecture)) == (CONFORME, [("F004", 2, "FIRST_NAME")])
    lecture = read("DMC", write("DMC", [("20", DEMANDE | {"first_name": "RENÉ"})]))
    assert told(lecture) == []


def test_les_valeurs_personnelles_sont_masquees() -> None:
    """Names, births, keys and accounts are never shown; other values are."""
    ligne = COMPTE | {"surname": "durand", "holder": " X", "bic": "AGRIFRPPX"}
    lecture = read("RIB", write("RIB", [("40", ligne)]))
    valeurs = dict(lecture.anomalies.select("rubrique", "valeur").iter_rows())
    assert valeurs == {"SURNAME": "******", "HOLDER": "**", "BIC": "AGRIFRPPX"}
