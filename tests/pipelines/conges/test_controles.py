"""What is told of the certificates received: overlaps, months of DSN, leave already paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.acquisition.connu import SCHEMAS, Connu, empty_connu
from pipelines.conges.regles.acquisition.controles import check_certs

RIEN = pl.DataFrame(schema={"salarie": pl.String, "exercice": pl.Int64, "paye_le": pl.Date})
Constats = list[tuple[str, str, str]]


def received(*certs: dict[str, Any]) -> Connu:
    """Certificates of P1, received one after the other; the fund knows nothing else."""
    defauts = {
        "salarie": "P1", "siren": "800000010", "siret": "80000001000010", "rang": 2,
        "from": date(2025, 4, 1), "to": date(2026, 3, 31), "unit": "M", "months": 600,
    }  # fmt: skip
    lignes = [
        defauts | {"depot": f"F{n}", "cert_ref": f"C{n}", "recu_le": f"2026-04-{n:02}"} | cert
        for n, cert in enumerate(certs, 1)
    ]
    schema = SCHEMAS["certs"]
    frame = pl.DataFrame([{c: ligne.get(c) for c in schema} for ligne in lignes], schema)
    return replace(empty_connu(), certs=frame)


def told(connu: Connu, payes: pl.DataFrame = RIEN) -> Constats:
    """File, code and severity of each constat."""
    return check_certs(connu, payes).select("depot", "code", "severite").rows()


DEUX = {"from": date(2026, 3, 31)}
REFUS: Constats = [("F2", "CG-002", "bloquante")]


@pytest.mark.parametrize(
    ("second", "attendus"),
    [
        (DEUX, REFUS),
        (DEUX | {"siret": "80000001000028"}, []),
        (DEUX | {"salarie": "P2"}, []),
        (DEUX | {"replaces_cert": "C1"}, []),
        (DEUX | {"replaces_cert": "C9"}, REFUS),
        ({"from": date(2026, 4, 1), "to": date(2026, 6, 30)}, []),
    ],
)
def test_a_certificate_shares_no_day_with_another(
    second: dict[str, Any], attendus: Constats
) -> None:
    """CG-002: of one employee and establishment, unless it replaces the other."""
    assert told(received({}, second)) == attendus


def test_one_that_was_refused_or_replaced_refuses_nothing() -> None:
    """The third overlaps a refused one, then one already replaced."""
    avril = {"from": date(2025, 4, 1), "to": date(2025, 9, 30)}
    hiver = {"from": date(2025, 10, 1), "to": date(2026, 3, 31)}
    assert told(received(avril, {}, hiver)) == REFUS
    moitie = {"from": date(2026, 1, 1), "replaces_cert": "C1"}
    assert told(received(hiver, moitie, hiver | {"to": date(2025, 12, 31)})) == []


def test_the_message_names_the_first_day() -> None:
    """What is told is ready to be read."""
    (message,) = check_certs(received({}, DEUX), RIEN)["message"]
    assert message.endswith("couvre déjà ces jours : dès le 31 mars 2026.")


def test_months_that_the_dsn_tell_are_a_reserve() -> None:
    """CG-003: of the same employee and company."""
    ligne = {
        "salarie": "P1", "siren": "800000010", "cdg": "A", "contrat": "1", "mois": "2025-06",
        "depot": "D", "ligne": 1, "origine": "MENSUELLE", "debut": date(2020, 1, 1), "caisse": "01",
    }  # fmt: skip
    schema = SCHEMAS["contrats"]

    def declared(**autre: str) -> Connu:
        dite = ligne | autre
        return replace(
            received({}),
            contrats=pl.DataFrame([{c: dite.get(c) for c in schema}], schema),
        )

    assert told(declared()) == [("F1", "CG-003", "reserve")]
    assert told(declared(salarie="P2")) == told(declared(mois="2026-04")) == []
    assert told(declared(siren="900000015")) == told(declared(caisse="33")) == []


def test_replacing_what_was_paid_is_a_reserve() -> None:
    """CG-007: the difference is computed."""

    def paid(jour: int) -> pl.DataFrame:
        return pl.DataFrame(
            {"salarie": ["P1"], "exercice": [2026], "paye_le": [date(2026, 4, jour)]}, RIEN.schema
        )

    assert told(received({}, {"replaces_cert": "C1"}), paid(1)) == [("F2", "CG-007", "reserve")]
    # Paid since: it was the certificate that was paid from.
    assert told(received({}, {"replaces_cert": "C1"}), paid(2)) == []
    assert told(received({}, {"replaces_cert": "C1"})) == told(received({}), paid(1)) == []
