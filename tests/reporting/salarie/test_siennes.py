"""Nothing outside his own rows: publications at random against a slow reading, address by address.

Each amount of a publication is there once, so that a page that shows one tells whose row it read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from reporting.demande import Introuvable
from reporting.salarie.application import create_salarie
from reporting.salarie.lecture import Siennes, list_cle, refer
from reporting.salarie.moteur import IMPRIMES
from specs.contrats import PLACES, Colonne, read_contrat, schema_polars
from specs.salarie import find_table, read_tables
from specs.typographie import format_montant
from tests.efforts import EFFORT
from tests.reporting.salarie.conftest import MAINTENANT, Entre
from warehouse.publications import publish

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

ARRETE = date(2025, 7, 31)
EUX = [f"{lettre}" * 32 for lettre in "abcd"]
SIRENS = [f"80000000{n}" for n in range(4)]
PAGES = ("/", "/conges", "/paiements", "/intemperies", "/documents")
Rangees = Mapping[str, list[dict[str, Any]]]


@dataclass
class Tirage:
    """Draws values of columns; amounts come once."""

    hasard: Random
    numero: int = 100_000

    def draw(self, colonne: Colonne, salarie: str, rang: int) -> Any:
        """A value of a column, in the row of this rank of an employee."""
        imposees = {
            "salarie": salarie,
            "siren": SIRENS[EUX.index(salarie)],
            "exercice": 2021 + rang,
            "annee": 2021 + rang,
        }
        if colonne.nom in imposees:
            return imposees[colonne.nom]
        if colonne.nul and self.hasard.random() < 0.2:
            return None
        if colonne.valeurs:
            return self.hasard.choice(sorted(colonne.valeurs))
        return self._draw_type(colonne.type)

    def _draw_type(self, nature: str) -> Any:
        self.numero += 1
        jour = date(2025, 1, 1) + timedelta(days=self.hasard.randrange(400))
        valeurs = {
            "date": jour,
            "mois": f"{jour:%Y-%m}",
            "booleen": self.hasard.random() < 0.5,
            "centimes": self.numero,
            "centiemes": 100 * self.hasard.randrange(30),
            "entier": self.hasard.randrange(3),
            "ppm": self.numero,
        }
        return valeurs.get(nature, f"texte {self.numero}")


def draw_publication(hasard: Random) -> Rangees:
    """Rows of every table that an employee reads, of four of them."""
    tirage = Tirage(hasard)
    return {
        nom: [
            {c.nom: tirage.draw(c, salarie, rang) for c in read_contrat(nom).colonnes}
            for salarie in EUX
            for rang in range(hasard.randrange(1, 5))
        ]
        for nom in read_tables()
    }


def publish_rows(maison: Maison, rangees: Rangees) -> None:
    """Publish them, with the companies of each."""
    adherents = [
        {"numero_adherent": f"A{s}", "siren": s, "raison_sociale": f"SOCIETE {s}", "pays": "FR"}
        for s in SIRENS
    ]
    entieres = {**rangees, "adherents": adherents}
    versions = {}
    for nom, lignes in entieres.items():
        schema = schema_polars(read_contrat(nom))
        frame = pl.DataFrame(lignes, schema=schema).unique(read_contrat(nom).cle)
        versions[nom] = maison.lac.write(nom, frame, None)
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=ARRETE,
            versions=versions,
            empreinte="0" * 64,
            publie_le="2025-07-31T20:00:00Z",
            remises=[],
        )


def list_shown(rangees: Rangees, salarie: str) -> Iterator[str]:
    """Amounts that may be shown to an employee, by the words of the data, read slowly."""
    for nom, table in read_tables().items():
        for ligne in rangees[nom]:
            visible = nom != "certificats" or (
                ligne["visible_le"] is not None and ligne["visible_le"] <= ARRETE
            )
            if ligne["salarie"] == salarie and visible:
                yield from (
                    format_montant(ligne[c.nom])
                    for c in read_contrat(nom).colonnes
                    if c.type == "centimes" and c.nom in table.colonnes and ligne[c.nom]
                )


TIRAGES = 8 if EFFORT == "epreuve" else 1
MONTANT = re.compile(r"\d{1,3}(?:\u202f\d{3})*,\d{2}")


def read_pages(client: TestClient) -> str:
    """All his pages."""
    reponses = [client.get(page) for page in PAGES]
    assert {r.status_code for r in reponses} == {200}
    return "\n".join(r.text for r in reponses)


@pytest.fixture(scope="module", params=range(TIRAGES))
def melee(
    request: pytest.FixtureRequest, make_caisse: Callable[..., Caisse]
) -> tuple[Maison, Rangees]:
    """A publication at random, and its rows."""
    maison, rangees = make_caisse().maison, draw_publication(Random(request.param))  # noqa: S311
    publish_rows(maison, rangees)
    return maison, rangees


def test_pages_show_an_employee_his_own_amounts_alone(
    melee: tuple[Maison, Rangees], entre: Entre
) -> None:
    """None of another employee's, none of a column that is not his, no other company."""
    maison, rangees = melee
    for salarie, siren in zip(EUX, SIRENS, strict=True):
        pages = read_pages(entre(maison, salarie))
        permis = set(list_shown(rangees, salarie))
        nets = {
            format_montant(d["brut_centimes"] - d["net_centimes"])
            for d in rangees["decomptes"]
            if d["salarie"] == salarie
        }
        montres = set(MONTANT.findall(pages)) - {m.replace("\u2212", "") for m in nets}
        assert montres <= permis
        assert len(montres) > len(permis) // 3
        assert f"SOCIETE {siren}" in pages
        assert not [s for s in SIRENS if s != siren and s in pages]
        assert not [autre for autre in EUX if autre in pages]


def list_references(rangees: Rangees, salarie: str) -> Iterator[tuple[str, str]]:
    """Names of the rows of an employee in addresses, and what could be taken for one."""
    for nom in read_tables():
        for ligne in rangees[nom]:
            if ligne["salarie"] == salarie:
                cle = list_cle(find_table(nom))
                yield nom, refer(nom, {n: ligne[n] for n in cle})
                yield from ((nom, str(ligne[n])) for n in cle if isinstance(ligne[n], str))
                yield nom, salarie


def test_identifiers_of_another_employee_open_nothing(
    melee: tuple[Maison, Rangees], entre: Entre
) -> None:
    """Typed in each address: there is no such page."""
    maison, rangees = melee
    client, siennes = entre(maison, EUX[0]), Siennes(maison, EUX[0], ARRETE)
    assert {nom for nom, _ in list_references(rangees, EUX[1])} == set(read_tables())
    # A year, or a leave year, is named alike for all: it is then his own that is read.
    propres = {
        (nom, ligne["reference"]): ligne for nom in read_tables() for ligne in siennes.name(nom)
    }
    for nommee, ligne in propres.items():
        assert siennes.find(*nommee)[1] == ligne
    autres = [nommee for nommee in list_references(rangees, EUX[1]) if nommee not in propres]
    assert len(autres) > len(read_tables())
    for nommee in autres:
        with pytest.raises(Introuvable):
            siennes.find(*nommee)
    for nom, reference in autres[::7]:
        for route in ("pourquoi", "document"):
            assert client.get(f"/{route}/{nom}/{reference}").status_code == 404


ROUTES = {
    "/", "/conges", "/paiements", "/intemperies", "/documents", "/simuler",
    "/pourquoi/{table}/{reference}", "/document/{table}/{reference}",
    "/entrer", "/lien/{jeton}", "/sortir",
}  # fmt: skip


def test_no_route_is_left_out(make_caisse: Callable[..., Caisse]) -> None:
    """A page that nobody judged here would be judged nowhere; without a session none is there."""
    application = create_salarie(make_caisse().maison, lambda: MAINTENANT, ["testserver"])
    assert set(_list_routes(application.routes)) == ROUTES
    client = TestClient(application, follow_redirects=False)
    fermees = [r for r in ROUTES if not r.startswith(("/entrer", "/lien", "/sortir"))]
    for route in fermees:
        reponse = client.get(re.sub(r"\{\w+\}", "decomptes", route))
        assert (reponse.status_code, reponse.headers["location"]) == (303, "/entrer")


def _list_routes(routes: Sequence[Any]) -> Iterator[str]:
    for route in routes:
        if hasattr(route, "methods"):
            yield route.path
        yield from _list_routes(getattr(route, "routes", ()))


def test_documents_are_of_tables_that_he_reads() -> None:
    """Each is named by a column of its own row, by no pseudonym."""
    for nom, imprime in IMPRIMES.items():
        colonnes = set(find_table(nom).colonnes)
        assert imprime.cle is None or imprime.cle in colonnes
        assert set(re.findall(r"\{(\w+)\}", imprime.fichier)) <= colonnes - set(PLACES)
