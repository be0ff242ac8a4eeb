"""The document of the API as it is kept, its dictionary, its forms: no fund is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from reporting.api.application import create_api
from reporting.api.debit import Debit
from reporting.api.document import render_document
from reporting.api.formes import choose_forme
from reporting.api.problemes import TITRES, Probleme
from specs.contrats import contrats

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.conftest import Caisse

DOCS = Path(__file__).parents[3] / "docs"
FRANCAIS = re.compile(r"\b(une?|la|les?|des|du|de|sa)\b", re.IGNORECASE)
MINUIT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def api(make_caisse: Callable[..., Caisse]) -> FastAPI:
    """The API of a fund that published nothing."""
    return create_api(make_caisse().maison, hotes=["testserver"])


def test_the_document_that_is_kept_is_the_one_served(api: FastAPI) -> None:
    """`python -m reporting.api > docs/openapi.json` changes nothing."""
    assert (DOCS / "openapi.json").read_text("utf-8") == render_document(api)
    assert TestClient(api).get("/v1/openapi.json").json() == api.openapi()
    assert api.openapi()["openapi"].startswith("3.1.")


def list_operations(api: FastAPI) -> Iterator[tuple[str, dict[str, object]]]:
    """Each operation with its address."""
    for chemin, methodes in api.openapi()["paths"].items():
        for operation in methodes.values():
            yield chemin, operation


def test_every_operation_is_told_in_french(api: FastAPI) -> None:
    """What it does, its theme; every refusal has a title, and is a problem."""
    for chemin, operation in list_operations(api):
        assert FRANCAIS.search(str(operation["description"])), chemin
        assert operation["tags"], chemin
        for code, reponse in dict(operation["responses"]).items():  # type: ignore[call-overload]
            if int(code) >= 400 and int(code) != 503:
                assert list(reponse["content"]) == ["application/problem+json"], (chemin, code)
                assert reponse["description"] == TITRES[int(code)]


def test_the_dictionary_tells_every_published_table(api: FastAPI) -> None:
    """As data and as pages; no column that nobody reads."""
    client = TestClient(api)
    tables = {t["table"]: t for t in client.get("/v1/dictionnaire").json()}
    assert set(tables) == {nom for nom, contrat in contrats().items() if contrat.publie}
    assert client.get("/v1/dictionnaire/appels").json() == tables["appels"]
    page = client.get("/dictionnaire/appels").text
    for colonne in tables["appels"]["colonnes"]:
        assert f"<code>{colonne['colonne']}</code>" in page
    dites = {c["classe"] for table in tables.values() for c in table["colonnes"]}
    assert "identite" not in dites
    assert "comptes_bancaires" in client.get("/dictionnaire").text
    assert client.get("/dictionnaire/rien").status_code == 404


def test_nothing_published_is_no_failure(api: FastAPI) -> None:
    """Health answers, without a publication."""
    assert TestClient(api).get("/v1/sante").json() == {"etat": "ok", "publication": None}
    perdue = TestClient(api).get("/v1/attestations/RIEN")
    assert (perdue.status_code, perdue.json()["status"]) == (404, 404)


@pytest.mark.parametrize(
    ("accept", "forme"),
    [
        ("", "a"),
        ("*/*", "a"),
        ("text/b", "b"),
        ("text/*", "b"),
        ("application/a;q=0.2, text/b;q=0.9", "b"),
        ("application/a;q=0, text/b", "b"),
        ("APPLICATION/A; q=1.000", "a"),
    ],
)
def test_a_form_is_chosen_by_preference(accept: str, forme: str) -> None:
    """The heaviest that is there, the first one when anything will do."""
    assert choose_forme({"a": "application/a", "b": "text/b; charset=utf-8"}, None, accept) == forme


def test_no_form_is_a_problem() -> None:
    """It says which there are."""
    with pytest.raises(Probleme, match="application/a"):
        choose_forme({"a": "application/a"}, None, "image/png")


def test_a_minute_forgets_the_one_before() -> None:
    """Beyond so many calls a caller waits for the next minute, alone."""
    debit = Debit(1)
    quinze = MINUIT.replace(second=15)
    assert [debit.count("a", quinze), debit.count("a", quinze), debit.count("b", quinze)] == [
        0,
        45,
        0,
    ]
    assert debit.count("a", MINUIT.replace(minute=1)) == 0


def test_the_document_is_data(api: FastAPI) -> None:
    """What is written is what is read."""
    assert json.loads(render_document(api)) == api.openapi()
