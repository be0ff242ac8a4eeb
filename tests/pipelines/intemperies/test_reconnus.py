"""Whom each line of a declaration is about."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines.intemperies.regles.declarations import ENVOIS, Lus
from pipelines.intemperies.regles.reconnus import Reconnus, find_salaries
from specs.contrats import read_contrat, schema_polars

SIREN = "999090012"


def rows(table: str, *lignes: dict[str, Any], **types: Any) -> pl.DataFrame:
    """Rows of a table, what is not given being null."""
    schema = {**schema_polars(read_contrat(table)), **types}
    vides = {**dict.fromkeys(schema), "siren": SIREN}
    return pl.DataFrame(
        [{n: v for n, v in (vides | ligne).items() if n in schema} for ligne in lignes],
        schema,
        orient="row",
    )


def find(
    lignes: list[tuple[str, str | None, str | None]],
    identites: list[dict[str, Any]],
    liens: list[dict[str, Any]] | None = None,
) -> Reconnus:
    """Lines of one declaration: own pseudonym, NIR or number, birth and surname."""
    place = {"depot": "F1", "decl_id": "D1", "stop_no": "01"}
    salaries = [
        place | {"rang": rang, "ligne": rang, "salarie": propre, "matricule": numero}
        for rang, (propre, numero, _) in enumerate(lignes, 3)
    ]
    jours = [
        place | {"rang": 10 + li["rang"], "ligne": li["rang"], "salarie": li["salarie"]}
        for li in salaries
    ]
    lus = Lus(
        ENVOIS.to_frame(),
        rows("arrets_lus", place | {"rang": 2}),
        rows("salaries_arret_lus", *salaries),
        rows("jours_lus", *jours, code=pl.String()),
    )
    nommes = pl.DataFrame(
        [
            ("F1", rang, SIREN, numero is None, numero, civil)
            for rang, (_, numero, civil) in enumerate(lignes, 3)
        ],
        {"depot": pl.String, "rang": pl.Int64, "siren": pl.String, "par_nir": pl.Boolean,
         "matricule": pl.String, "etat_civil": pl.String},
        orient="row",
    )  # fmt: skip
    return find_salaries(
        lus, nommes, rows("identites", *identites), rows("liens_salaries", *(liens or []))
    )


CONNU = {"salarie": "NTT", "matricule": "M1", "etat_civil": "1985|DURAND"}
LIEN = {"identifiant": "NTT", "salarie": "NIR", "etat": "LIE"}
HOMONYME = {"salarie": "AUTRE", "matricule": "M1", "etat_civil": "1990|MARTIN"}


@pytest.mark.parametrize(
    ("ligne", "identites", "liens", "attendu"),
    [
        (("NIR", None, None), [], [], "NIR"),
        (("NTT", None, None), [], [LIEN], "NIR"),
        (("S/M1", "M1", None), [CONNU], [LIEN], "NIR"),
        (("S/M1", "M1", "1990|MARTIN"), [CONNU, HOMONYME], [LIEN], "AUTRE"),
        # Nobody has declared this number yet: the line waits under its own pseudonym.
        (("S/M2", "M2", "1985|DURAND"), [CONNU], [LIEN], "S/M2"),
    ],
)
def test_a_line_designates_one_employee(
    ligne: tuple[str, str | None, str | None],
    identites: list[dict[str, Any]],
    liens: list[dict[str, Any]],
    attendu: str,
) -> None:
    """By its NIR and the links, or by the number of the employer; its days follow."""
    trouves = find([ligne], identites, liens)
    assert trouves.lus.salaries["salarie"].to_list() == [attendu]
    assert trouves.lus.jours["salarie"].to_list() == [attendu]
    assert trouves.constats.is_empty()


def test_a_number_of_several_employees_refuses_the_line() -> None:
    """Neither birth nor surname decides: F016, and nothing is left of the declaration."""
    trouves = find([("S/M1", "M1", "2000|INCONNU")], [CONNU, HOMONYME])
    assert trouves.constats.select("rang", "code", "severite").rows() == [(3, "F016", "bloquante")]
    assert trouves.lus.salaries.is_empty()
    assert trouves.lus.jours.is_empty()
    assert trouves.lus.arrets.is_empty()


def test_an_employee_named_twice_has_one_line() -> None:
    """By his NIR then by his number: the second line is refused (IN-008)."""
    trouves = find([("NIR", None, None), ("S/M1", "M1", None)], [CONNU], [LIEN])
    assert trouves.constats.select("rang", "code").rows() == [(4, "IN-008")]
    assert trouves.lus.salaries["rang"].to_list() == [3]
    assert trouves.lus.jours["ligne"].to_list() == [3]
