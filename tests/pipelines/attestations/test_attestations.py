"""Who is in order and why not; certificates issued, renewed, revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.attestations.regles.attestations import Registre, add_months, compute_attestations
from pipelines.attestations.regles.situations import (
    Comptes,
    compute_changements,
    compute_situations,
    read_regles,
)
from specs.contrats import read_contrat, schema_polars

SIREN, AUTRE, SIRET = "800000010", "999090012", "80000001000010"
JOUR = date(2026, 5, 20)
REGLES = read_regles(JOUR)
ADHERENTS = pl.DataFrame({"siren": [AUTRE, SIREN], "adherent": ["A2", "A1"]})
DEMANDES = pl.Schema({"demande": pl.Int64, "siren": pl.String})
REVOCATIONS = pl.Schema(
    {"revocation": pl.Int64, "siren": pl.String, "attestation": pl.String, "date": pl.Date}
)


def rows(table: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    """Rows of a contract: counts and amounts are 0, the rest null, unless said."""
    schema = schema_polars(read_contrat(table))
    zero = {nom: 0 if type_ == pl.Int64 else None for nom, type_ in schema.items()}
    return pl.DataFrame([zero | ligne for ligne in lignes], schema, orient="row")


def expected(mois: str, etat: str = "RECUE", siren: str = SIREN) -> dict[str, Any]:
    """An expected declaration."""
    return {"siret": f"{siren}00010", "siren": siren, "mois": mois, "etat": etat}


def owed(appel: str, reste: int, etat: str = "ECHUE", **valeurs: int) -> dict[str, Any]:
    """What is left of a call, all of it compulsory."""
    restes = {"reste_centimes": reste, "reste_obligatoire_centimes": reste}
    return {"appel": appel, "siren": SIREN, "etat": etat} | restes | valeurs


def accounts(
    attendues: tuple[dict[str, Any], ...] = (expected("2026-04"),),
    creances: tuple[dict[str, Any], ...] = (),
    avoir_centimes: int = 0,
) -> Comptes:
    """What the situations are judged on."""
    soldes = rows("soldes", {"cdg": "C1", "siren": SIREN, "avoir_centimes": avoir_centimes})
    return Comptes(
        ADHERENTS, rows("declarations_attendues", *attendues), rows("creances", *creances), soldes
    )


def situation(comptes: Comptes, **regles: bool) -> dict[str, Any]:
    """The situation of the company of these tests."""
    situations = compute_situations(comptes, replace(REGLES, **regles), JOUR)
    assert situations["siren"].to_list() == [SIREN, AUTRE]
    return situations.row(0, named=True)


def test_a_company_that_declared_and_owes_nothing_is_in_order() -> None:
    """Every due declaration received, no overdue balance."""
    vue = situation(accounts(creances=(owed("C1-202605-01", 5_000, "A_ECHOIR"),)))
    assert (vue["a_jour"], vue["motif"]) == (True, None)
    assert (vue["dsn_attendues"], vue["dsn_recues"], vue["echu_centimes"]) == (1, 1, 0)


@pytest.mark.parametrize("etat", ["ABSENTE", "PARTIELLE", "INUTILISABLE"])
def test_a_missing_declaration_blocks_and_is_named(etat: str) -> None:
    """Absent, partial or unusable: the month is part of the proof."""
    attendues = (expected("2026-04", etat), expected("2026-03"), expected("2026-02", etat))
    vue = situation(accounts(attendues))
    assert (vue["a_jour"], vue["motif"]) == (False, "DECLARATIONS")
    assert vue["mois_bloquants"] == f"{SIRET}/2026-02 {SIRET}/2026-04"
    assert (vue["dsn_attendues"], vue["dsn_recues"]) == (3, 1)


def test_an_overdue_balance_blocks_increases_included() -> None:
    """A call paid late still owes its increases: it blocks, and is named."""
    paye = owed("C1-202602-01", 0, "ECHUE", reste_majorations_centimes=120)
    vue = situation(accounts(creances=(paye, owed("C1-202603-01", 0, "SOLDEE"))))
    assert (vue["a_jour"], vue["motif"]) == (False, "COTISATIONS")
    assert (vue["echu_centimes"], vue["majorations_centimes"]) == (0, 120)
    assert (vue["solde_exigible_centimes"], vue["appels_bloquants"]) == (120, "C1-202602-01")


def test_both_reasons_are_told() -> None:
    """A company may miss declarations and payments together."""
    comptes = accounts((expected("2026-04", "ABSENTE"),), (owed("C1-202603-01", 1),))
    assert situation(comptes)["motif"] == "DECLARATIONS_ET_COTISATIONS"


def test_what_was_paid_in_excess_pays_what_is_owed() -> None:
    """The balance of the company counts: a credit of one centre covers another."""
    impaye = (owed("C2-202603-01", 5_000),)
    assert situation(accounts(creances=impaye, avoir_centimes=5_000))["a_jour"] is True
    assert situation(accounts(creances=impaye, avoir_centimes=4_999))["a_jour"] is False


def test_a_respected_plan_is_in_order_unless_the_fund_says_otherwise() -> None:
    """Option attestation_echeancier."""
    comptes = accounts(creances=(owed("C1-202603-01", 5_000, "ECHEANCIER"),))
    assert situation(comptes)["a_jour"] is True
    assert situation(comptes, echeancier_bloquant=True)["echu_centimes"] == 5_000


def test_optional_contributions_do_not_block_unless_the_fund_says_so() -> None:
    """Option attestation_facultatives."""
    comptes = accounts(creances=(owed("C1-202603-01", 700, reste_obligatoire_centimes=0),))
    assert situation(comptes)["a_jour"] is True
    assert situation(comptes, facultatives_comptees=True)["echu_centimes"] == 700


BONNE = accounts()
MAUVAISE = accounts((expected("2026-04", "ABSENTE"),))


class Nights:
    """Nights in a row: what each publishes is what the next one starts from."""

    def __init__(self, **regles: bool) -> None:
        """Begin with nothing published."""
        self.regles = replace(REGLES, **regles)
        self.attestations = rows("attestations")
        self.changements = rows("changements_situation")

    def night(
        self,
        jour: date,
        comptes: Comptes = BONNE,
        *,
        demandes: tuple[int, ...] = (),
        revocations: tuple[tuple[int, str, date], ...] = (),
        ouverts: tuple[str, ...] = (SIREN, AUTRE),
    ) -> list[tuple[str, str, str]]:
        """(number, state, why) of each certificate after the night."""
        situations = compute_situations(comptes, self.regles, jour)
        nouveaux = compute_changements(situations, self.changements)
        self.changements = pl.concat(
            [self.changements, nouveaux.with_columns(part=pl.lit(0, pl.Int64))], how="diagonal"
        )
        registre = Registre(
            self.attestations,
            self.changements,
            pl.DataFrame([(n, SIREN) for n in demandes], DEMANDES, orient="row"),
            pl.DataFrame([(n, SIREN, a, d) for n, a, d in revocations], REVOCATIONS, orient="row"),
            pl.DataFrame({"siren": ouverts}, schema={"siren": pl.String}),
        )
        calculees = compute_attestations(situations, registre, self.regles, jour)
        self.attestations = calculees.with_columns(part=pl.lit(0, pl.Int64))
        return calculees.select("attestation", "etat", "motif").rows()


MAI_1 = f"ATT-{SIREN}-20260520-01"


def test_a_first_certificate_is_issued_when_in_order_and_once() -> None:
    """With its proof; the next night adds nothing; a company never followed gets none."""
    nuits = Nights()
    assert nuits.night(JOUR) == [(MAI_1, "EN_REGLE", "EMISSION")]
    assert nuits.night(JOUR) == [(MAI_1, "EN_REGLE", "EMISSION")]
    assert nuits.night(date(2026, 5, 21)) == [(MAI_1, "EN_REGLE", "EMISSION")]
    ligne = nuits.attestations.row(0, named=True)
    assert (ligne["dsn_attendues"], ligne["dsn_recues"], ligne["adherent"]) == (1, 1, "A1")
    assert ligne["fin_validite"] == date(2026, 8, 20)


def test_no_certificate_is_issued_to_a_company_that_is_not_in_order() -> None:
    """Neither by itself nor at its request; the request is served once it is in order."""
    nuits = Nights()
    assert nuits.night(JOUR, MAUVAISE, demandes=(4,)) == []
    assert nuits.night(date(2026, 5, 21), demandes=(4,)) == [
        (f"ATT-{SIREN}-20260521-01", "EN_REGLE", "DEMANDE")
    ]


def test_a_certificate_is_followed_on_its_last_day() -> None:
    """The next one is there before the former one ends."""
    nuits = Nights()
    nuits.night(JOUR)
    assert len(nuits.night(date(2026, 8, 19))) == 1
    suite = (f"ATT-{SIREN}-20260820-01", "EN_REGLE", "RENOUVELLEMENT")
    assert nuits.night(date(2026, 8, 20)) == [(MAI_1, "EN_REGLE", "EMISSION"), suite]
    assert nuits.night(date(2026, 8, 21)) == [(MAI_1, "EXPIREE", "EMISSION"), suite]


def test_a_return_in_order_gives_a_certificate() -> None:
    """The former one still runs; its number stays valid, a new proof is given."""
    nuits = Nights()
    nuits.night(JOUR)
    assert nuits.night(date(2026, 5, 21), MAUVAISE) == [(MAI_1, "EN_REGLE", "EMISSION")]
    assert nuits.night(date(2026, 5, 22))[1] == (f"ATT-{SIREN}-20260522-01", "EN_REGLE", "RETOUR")
    assert len(nuits.night(date(2026, 5, 23))) == 2
    journal = nuits.changements.filter(siren=SIREN).select("rang", "avant", "apres", "motif")
    assert journal.rows() == [
        (1, None, True, None),
        (2, True, False, "DECLARATIONS"),
        (3, False, True, None),
    ]


def test_a_request_gives_one_more_certificate_of_the_day() -> None:
    """Numbers of one day follow each other; a request is answered once."""
    nuits = Nights()
    nuits.night(JOUR)
    deux = [(f"ATT-{SIREN}-20260520-{n:02}", "EN_REGLE", "DEMANDE") for n in (2, 3)]
    assert nuits.night(JOUR, demandes=(4, 7)) == [(MAI_1, "EN_REGLE", "EMISSION"), *deux]
    assert nuits.attestations["demande"].to_list() == [None, 4, 7]
    assert len(nuits.night(date(2026, 5, 21), demandes=(4, 7))) == 3


def test_a_revoked_certificate_is_followed_only_by_a_request_or_a_return() -> None:
    """The decision and its date stay; nothing is issued again by itself, even after its end."""
    nuits = Nights()
    nuits.night(JOUR)
    revocation = ((8, MAI_1, date(2026, 6, 1)), (9, MAI_1, date(2026, 6, 2)))
    revoquee = (MAI_1, "REVOQUEE", "EMISSION")
    for jour in (date(2026, 6, 2), date(2026, 9, 1)):
        assert nuits.night(jour, revocations=revocation) == [revoquee]
    assert nuits.attestations.select("revoquee_le", "revocation").row(0) == (date(2026, 6, 1), 8)
    assert nuits.night(date(2026, 9, 2), demandes=(10,), revocations=revocation) == [
        revoquee,
        (f"ATT-{SIREN}-20260902-01", "EN_REGLE", "DEMANDE"),
    ]


def test_a_revocation_aims_at_a_certificate_of_its_company() -> None:
    """A number of another company, or an unknown one, revokes nothing."""
    nuits = Nights()
    nuits.night(JOUR)
    fausse = ((8, f"ATT-{AUTRE}-20260520-01", JOUR),)
    assert nuits.night(JOUR, revocations=fausse) == [(MAI_1, "EN_REGLE", "EMISSION")]


def test_the_loss_of_the_situation_revokes_when_the_fund_says_so() -> None:
    """Option attestation_revocation: seen the night of the loss, and not undone by the return."""
    nuits = Nights(revocation_automatique=True)
    nuits.night(JOUR)
    assert nuits.night(date(2026, 5, 21), MAUVAISE) == [(MAI_1, "REVOQUEE", "EMISSION")]
    assert nuits.night(date(2026, 5, 25)) == [
        (MAI_1, "REVOQUEE", "EMISSION"),
        (f"ATT-{SIREN}-20260525-01", "EN_REGLE", "RETOUR"),
    ]
    assert nuits.attestations["revoquee_le"].to_list() == [date(2026, 5, 21), None]


def test_only_requests_are_served_when_the_fund_says_so() -> None:
    """Option attestation_emission."""
    nuits = Nights(emission_automatique=False)
    assert nuits.night(JOUR) == []
    assert nuits.night(JOUR, demandes=(1,)) == [(MAI_1, "EN_REGLE", "DEMANDE")]


def test_a_company_that_left_asks_for_its_certificate() -> None:
    """Nothing is issued by itself to a member without an open establishment."""
    nuits = Nights()
    assert nuits.night(JOUR, ouverts=()) == []
    assert nuits.night(JOUR, ouverts=(), demandes=(1,)) == [(MAI_1, "EN_REGLE", "DEMANDE")]


@pytest.mark.parametrize(
    ("jour", "fin"),
    [
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
    ],
)
def test_a_validity_ends_on_the_last_day_of_a_shorter_month(jour: date, fin: date) -> None:
    """Three months after the 31st is the last day of the month."""
    assert add_months(jour, 3) == fin


ETATS = st.sampled_from(["RECUE", "ABSENTE", "PARTIELLE", "INUTILISABLE"])
ATTENDUES = st.lists(
    st.builds(expected, st.sampled_from(["2026-02", "2026-03"]), ETATS, st.just(SIREN)), max_size=4
)


@given(ATTENDUES, ATTENDUES, st.integers(-500, 500), st.randoms())
def test_a_company_never_blocks_another_and_the_order_is_indifferent(
    siennes: list[dict[str, Any]], autres: list[dict[str, Any]], reste: int, hasard: Any
) -> None:
    """The situation of a company depends on its own rows, in any order."""
    d_autres = [ligne | {"siren": AUTRE} for ligne in autres]
    creances = (owed("C1-202603-01", reste), owed("C9-202603-01", 1) | {"siren": AUTRE})
    melange = [*siennes, *d_autres]
    hasard.shuffle(melange)
    seule = accounts(tuple(siennes), creances[:1])
    assert situation(accounts(tuple(melange), creances[::-1])) == situation(seule)
