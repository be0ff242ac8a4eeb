"""Each control on its excerpts: the conforming ones pass, the faulty ones are caught."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path

import pytest

from parsers.controles.lecture import read_controles

# The tests are no package: the reader of excerpts is a module beside this one.
_spec = importlib.util.spec_from_file_location("extraits", Path(__file__).with_name("extraits.py"))
extraits = importlib.util.module_from_spec(_spec)
sys.modules["extraits"] = extraits
_spec.loader.exec_module(extraits)

EXTRAITS = extraits.read_extraits()


@cache
def codes() -> dict[extraits.Extrait, set[str]]:
    """Codes of every excerpt, read together: `test_isolement` says that it does not matter."""
    return extraits.read_codes(EXTRAITS)


@pytest.mark.parametrize("nature", ["01", "04", "05", "07", "08", "09", "10"])
@pytest.mark.parametrize("version", ["P24V01", "P25V01", "P26V01", "P27V01"])
def test_the_message_that_excerpts_alter_conforms(nature: str, version: str) -> None:
    """Before any alteration, a message of each nature and version has no anomaly.

    It is of March 2026: that a version is not the one of that month is a signal, which is told.
    """
    if nature == "10" and version < "P26V01":
        return
    du_mois = {"CP-35"} if version < "P26V01" and nature in ("01", "09") else set()
    trop_tot = {"CP-36"} if version > "P26V01" else set()
    assert extraits.Extrait("", True, nature, version, "").codes() == du_mois | trop_tot


@pytest.mark.parametrize("extrait", EXTRAITS, ids=lambda e: f"{e.controle}-{e.conforme}")
def test_an_excerpt_gets_what_it_must(extrait: extraits.Extrait) -> None:
    """A conforming excerpt has no anomaly of its control, a faulty one has it."""
    assert (extrait.controle in codes()[extrait]) == (not extrait.conforme), codes()[extrait]


def test_every_control_has_its_two_excerpts() -> None:
    """No control without a conforming and a faulty excerpt, no excerpt without its control."""
    controles = {c.identifiant for c in read_controles()}
    for conforme in (True, False):
        assert {e.controle for e in EXTRAITS if e.conforme == conforme} == controles
