"""Keys of identifiers: one anomaly for one wrong key."""

from __future__ import annotations

import polars as pl
import pytest

from parsers.dsn.cles import is_wrong


@pytest.mark.parametrize(
    ("siret", "faux"),
    [
        ("80000001000010", set()),
        ("80000001100010", {"siren_du_siret"}),
        ("80000001000011", {"nic_du_siret"}),
        ("35600000000048", set()),
    ],
)
def test_a_wrong_siret_is_wrong_by_its_siren_or_by_its_own_key(siret: str, faux: set[str]) -> None:
    """A SIRET whose SIREN is wrong gets one anomaly, and so does one whose SIREN is right."""
    valeurs = pl.Series([siret, None])
    juges = ("siren_du_siret", "nic_du_siret")
    assert {cle for cle in juges if is_wrong(valeurs, cle)[0]} == faux
    assert not any(is_wrong(valeurs, cle)[1] for cle in juges)
