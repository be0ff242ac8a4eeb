"""Why a payment is what it is: from its days to its net, each line by its base and rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.cas.domaines import list_domaines, run_cas
from pipelines.cas.lecture import read_cas
from pipelines.conges.explications.decomptes import check_decompte, compose_decompte
from pipelines.conges.explications.texte_decompte import tell_decompte
from pipelines.explications.valeurs import Publiee
from pipelines.metiers import METIERS
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat, schema_polars

CAS = Path(__file__).parents[3] / "cas" / "conges"
JOUES = {
    "RP-04-NOEL",
    "EX-C-109",
    "EX-C-113",
    "L-37-AUTRE-ANNEE",
    "L-74",
    "L-54-BAISSE",
    "L-54-RETRAIT",
}
PUBLIEE = Publiee(12, date(2026, 7, 31), "2026-07-31T20:00:00Z", None, None, "0" * 16)


@dataclass
class Lecteur:
    """The tables of a case, as a publication gives them."""

    tables: dict[str, pl.DataFrame]

    def read(self, table: str, *predicats: pl.Expr) -> pl.LazyFrame:
        """Rows of a table; none when the case has none."""
        vide = pl.DataFrame(schema=schema_polars(read_contrat(table)))
        lues = self.tables.get(table, vide)
        avec = lues if "part" in lues.columns else lues.with_columns(part=pl.lit(0, pl.Int64))
        return avec.lazy().filter(*predicats)


@pytest.fixture(scope="module")
def lecteur() -> Any:
    """Payments of the cases of net amounts, under the choices of the fund."""
    domaines, tables = list_domaines(METIERS), {}
    for cas in (c for c in read_cas(CAS / "paiement_nets.yaml", domaines) if c.id in JOUES):
        for nom, frame in run_cas(cas, domaines).tables.items():
            qui = frame.with_columns(salarie=pl.format("{}-{}", pl.lit(cas.id), "salarie"))
            cles = [c for c in ("decompte", "annule") if c in qui.columns]
            nomme = qui.with_columns(pl.format("{}-{}", pl.lit(cas.id), c).alias(c) for c in cles)
            tables.setdefault(nom, []).append(nomme)
    return Lecteur({nom: pl.concat(frames) for nom, frames in tables.items()})


def rows(lecteur: Any) -> list[dict[str, Any]]:
    """Every statement."""
    return list(lecteur.read("decomptes").collect().sort("decompte").iter_rows(named=True))


def test_every_statement_is_found_again_and_told(lecteur: Any) -> None:
    """Gross, lines, net; a day, the rates with their sources, the net."""
    assert len(rows(lecteur)) > 3
    for rangee in rows(lecteur):
        decompte = compose_decompte(lecteur, rangee)
        assert decompte.lignes
        assert tuple(check_decompte(decompte)) == (), rangee["decompte"]
        dit = " ".join(tell_decompte(decompte, read_connaissances(), PUBLIEE, ()))
        for mot in ("Indemnité de l'exercice", "VPLA", "CSGN", "Net imposable", "Vérifié"):
            assert mot in dit, mot


@pytest.mark.parametrize("champ", ["brut_centimes", "net_centimes"])
def test_a_cent_of_difference_is_told(lecteur: Any, champ: str) -> None:
    """Of the statement, or of one of its lines."""
    rangee = rows(lecteur)[0]
    faux = compose_decompte(lecteur, rangee | {champ: rangee[champ] + 1})
    assert tuple(check_decompte(faux))
    juste = compose_decompte(lecteur, rangee)
    fausses = tuple(li | {"montant_centimes": li["montant_centimes"] + 1} for li in juste.lignes)
    ecarts = tuple(check_decompte(replace(juste, lignes=fausses)))
    assert {e.objet.rpartition(", ")[2] for e in ecarts} >= {"VPLA", "CSGD", "CRDS"}
