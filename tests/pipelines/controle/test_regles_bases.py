"""Which fund each base belongs to, read from the lines of a DSN as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipelines.controle.declarations_lues import compute_declarations
from pipelines.controle.natures import CONFORME, NON_CONFORME
from pipelines.declarations.regles.bases_lues import (
    AUTRE_CAISSE,
    CNETP,
    MIXTE,
    SANS_CONTRAT,
    compute_bases,
)
from pipelines.verification import verify_fichiers
from specs.caisse import read_caisse
from tests.pipelines.ecriture import read_blocs

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
PAIE = {b"S21.G00.51", b"S21.G00.40", b"S21.G00.50"}
INDIVIDU = ["S21.G00.30.001,'1850669123101'"]
VERSEMENT = ["S21.G00.50.001,'31032026'"]


def contract(numero: str, caisse: str | None, *changements: str) -> list[str]:
    """A contract with a fund code, and the lines of its changes."""
    code = [f"S21.G00.40.022,'{caisse}'"] if caisse else []
    return [f"S21.G00.40.009,'{numero}'", *code, *changements]


def former(effet: str, caisse: str) -> tuple[str, str]:
    """A change of contract from `effet` on (JJMMAAAA) that names the former fund."""
    return f"S21.G00.41.001,'{effet}'", f"S21.G00.41.023,'{caisse}'"


def paid(contrat: str) -> list[str]:
    """A pay line of this contract."""
    return [f"S21.G00.51.010,'{contrat}'"]


def base(
    montant: str = "100.00", contrat: str | None = None, mois: tuple[str, str] = ("01", "31")
) -> list[str]:
    """A base 20 of March 2026 (first and last day), perhaps of a named contract."""
    nomme = [f"S21.G00.78.006,'{contrat}'"] if contrat else []
    return [
        "S21.G00.78.001,'20'",
        f"S21.G00.78.002,'{mois[0]}032026'",
        f"S21.G00.78.003,'{mois[1]}032026'",
        f"S21.G00.78.004,'{montant}'",
        *nomme,
    ]


def past_base(contrat: str) -> list[str]:
    """A base 20 of February 2026 of this contract."""
    return [ligne.replace("032026", "022026").replace("'31", "'28") for ligne in base()] + [
        f"S21.G00.78.006,'{contrat}'"
    ]


def attributions(*morceaux: Sequence[str]) -> list[tuple[str | None, str]]:
    """Contract and attribution of each base of an individual."""
    lignes = [ligne for morceau in morceaux for ligne in morceau]
    bases = compute_bases(read_blocs(lignes), read_caisse())
    return bases.sort("ligne").select("contrat", "attribution").rows()


def test_the_named_contract_decides() -> None:
    """78.006 wins over the contracts paid in the same payment (D-04)."""
    deux = contract("A", "01") + contract("B", "20")
    vues = attributions(
        INDIVIDU, deux, VERSEMENT, paid("A"), paid("B"), base(contrat="A"), base(contrat="B")
    )
    assert vues == [("A", CNETP), ("B", AUTRE_CAISSE)]


def test_without_a_named_contract_those_paid_decide() -> None:
    """51.010 of the same payment names the contracts; another payment's does not count (D-04)."""
    deux = contract("A", "01") + contract("B", "20")
    vues = attributions(
        INDIVIDU, deux, VERSEMENT, paid("A"), base(), VERSEMENT, paid("B"), paid("B"), base()
    )
    assert vues == [("A", CNETP), ("B", AUTRE_CAISSE)]


def test_contracts_of_two_funds_share_no_base() -> None:
    """Paid contracts of our fund and of another: the base is left out as mixed (D-04)."""
    deux = contract("A", "01") + contract("B", "20")
    assert attributions(INDIVIDU, deux, VERSEMENT, paid("A"), paid("B"), base()) == [("A B", MIXTE)]


def test_two_contracts_of_our_fund_share_a_base() -> None:
    """Several contracts of our fund: the base is ours, counted once."""
    deux = contract("A", "01") + contract("B", "01")
    assert attributions(INDIVIDU, deux, VERSEMENT, paid("A"), paid("B"), base()) == [("A B", CNETP)]


def test_a_base_without_contract_is_left_out() -> None:
    """No pay line, or a contract that nobody declared: no contract found (D-04)."""
    declare = contract("A", "01")
    assert attributions(INDIVIDU, declare, VERSEMENT, base()) == [(None, SANS_CONTRAT)]
    assert attributions(INDIVIDU, declare, VERSEMENT, paid("A"), base(contrat="Z")) == [
        ("Z", SANS_CONTRAT)
    ]


def test_a_contract_of_another_individual_does_not_count() -> None:
    """Contract numbers are those of the individual only."""
    vues = attributions(
        INDIVIDU,
        contract("A", "01"),
        ["S21.G00.30.001,'2920369123102'"],
        contract("A", "20"),
        VERSEMENT,
        paid("A"),
        base(),
    )
    assert vues == [("A", AUTRE_CAISSE)]


def test_a_contract_without_a_fund_is_not_ours() -> None:
    """A contract without 40.022, or of no fund (99), belongs to no fund: not ours."""
    assert attributions(INDIVIDU, contract("A", None), VERSEMENT, paid("A"), base()) == [
        ("A", AUTRE_CAISSE)
    ]
    assert attributions(INDIVIDU, contract("A", "99"), VERSEMENT, paid("A"), base()) == [
        ("A", AUTRE_CAISSE)
    ]


def test_the_former_fund_keeps_its_past_bases() -> None:
    """41.023 names the fund of bases whose period ends before the change, of those only (D-05)."""
    venu = contract("A", "01", *former("01032026", "20"))
    assert attributions(INDIVIDU, venu, VERSEMENT, past_base("A"), base(contrat="A")) == [
        ("A", AUTRE_CAISSE),
        ("A", CNETP),
    ]
    parti = contract("A", "20", *former("01032026", "01"))
    assert attributions(INDIVIDU, parti, VERSEMENT, past_base("A"), base(contrat="A")) == [
        ("A", CNETP),
        ("A", AUTRE_CAISSE),
    ]


def test_a_former_fund_99_was_a_mistake() -> None:
    """41.023 at 99 names no fund: the present one holds for the past too (D-05)."""
    corrige = contract("A", "01", *former("01032026", "99"))
    assert attributions(INDIVIDU, corrige, VERSEMENT, past_base("A")) == [("A", CNETP)]


def test_the_first_change_after_the_period_names_its_fund() -> None:
    """Two changes of fund: a past base belongs to the fund left at the first one after it."""
    deux = contract("A", "01", *former("01032026", "20"), *former("15032026", "21"))
    blocs = read_blocs([*INDIVIDU, *deux, *VERSEMENT, *past_base("A")])
    assert compute_bases(blocs, read_caisse())["caisse"].to_list() == ["20"]


def test_an_establishment_base_counts_where_it_names_the_fund() -> None:
    """Block 82 is ours by its 82.005 alone, in hundredths, with its period (D-06)."""

    def hours(caisse: str) -> list[str]:
        return [
            "S21.G00.82.001,'312.50'",
            "S21.G00.82.002,'024'",
            "S21.G00.82.003,'01032026'",
            "S21.G00.82.004,'31032026'",
            f"S21.G00.82.005,'{caisse}'",
        ]

    bases = compute_bases(read_blocs([*hours("01"), *hours("20")]), read_caisse())
    assert bases.select("code_base", "quantite", "fin", "attribution", "rang_individu").rows() == [
        ("024", 31_250, date(2026, 3, 31), CNETP, None),
        ("024", 31_250, date(2026, 3, 31), AUTRE_CAISSE, None),
    ]


def test_amounts_are_read_in_centimes_with_their_sign() -> None:
    """-120.00 is -12 000 centimes; the employee is known by the NIR of his block."""
    lignes = [*INDIVIDU, *contract("A", "01"), *VERSEMENT, *base("-120.00", contrat="A")]
    (vue,) = compute_bases(read_blocs(lignes), read_caisse()).rows(named=True)
    assert (vue["quantite"], vue["identifiant"], vue["code_base"]) == (
        -12_000,
        "1850669123101",
        "20",
    )


def test_a_declaration_is_read_from_its_head() -> None:
    """Nature, order, month and establishment of a declaration, one row each."""
    blocs = read_blocs(INDIVIDU)
    (lue,) = compute_declarations(blocs, "P26V01").rows(named=True)
    assert lue | {"fichier": 0, "ligne": 0} == {
        "fichier": 0,
        "rang_declaration": 1,
        "essai": False,
        "version": "P26V01",
        "nature": "01",
        "type": "01",
        "fraction": "11",
        "ordre": 7,
        "mois_appel": "2026-03",
        "champ": "01",
        "siren": "800000010",
        "siret": "80000001000010",
        "ligne": 0,
    }


def test_a_file_that_lacks_any_block_is_read() -> None:
    """A bad file may lack any block: it is judged as any other, and nothing fails."""
    octets = (BONS / "mensuelle_normale.dsn").read_bytes()
    lignes = octets.splitlines(keepends=True)
    blocs = sorted({ligne[:10] for ligne in lignes} - {b"S10.G00.00"})
    sans = [b"".join(x for x in lignes if x[:10] != bloc) for bloc in blocs]
    for fichier in [*sans, b"".join(x for x in lignes if x[:10] not in PAIE)]:
        (bilan,) = verify_fichiers([(1, fichier)]).bilans
        assert bilan.verdict in {CONFORME, NON_CONFORME}
