"""A business added as a folder and one line: the night, the documents and the lists take it up."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

import specs.contrats
from cli.application import application
from cli.listes import list_commandes
from pipelines.cas.domaines import list_domaines, run_cas
from pipelines.cas.lecture import read_cas
from pipelines.explications.demandes import Demande, explain
from pipelines.metier import Metier, find
from pipelines.metiers import METIERS
from pipelines.nuit.passage import Passage, run_nuit
from tests.conftest import SOIR

if TYPE_CHECKING:
    from tests.conftest import Caisse

CONTRAT = {
    "titre": "jouets",
    "publie": True,
    "nouveaute": "lignes",
    "partition": ["part"],
    "cle": ["jouet"],
    "colonnes": {
        "part": {"type": "entier", "titre": "part de calcul"},
        "siren": {"type": "texte", "titre": "SIREN"},
        "jouet": {"type": "texte", "titre": "identifiant du jouet"},
        "montant_centimes": {"type": "centimes", "titre": "montant"},
    },
}
METIER = """
from pipelines.metier import Document, Etape, Explicable, Liste, Metier, Portee

JOUET = Metier(
    "jouet",
    etapes=(
        Etape(
            "jouet",
            Portee.PART,
            prepare="jouet.etapes:prepare",
            plan="pipelines.nuit.parts:plan_membres",
            lit=("appels",),
            ecrit=("jouets",),
        ),
    ),
    documents=(Document("jouet", "jouet.documents:compose"),),
    explications=(Explicable("jouets", "jouet", "jouet.explications:explain"),),
    cas=(("jouet", "jouet.cas"),),
    listes=(Liste("jouets", "jouets", "Le double de chaque appel."),),
)
"""
ETAPES = """
import polars as pl

from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import dated, in_part


def double(appels):
    return appels.select(
        "siren",
        pl.format("J-{}", "appel").alias("jouet"),
        pl.col("montant_centimes") * 2,
    )


def prepare(maison, part, date_arrete):
    appels = maison.lac.read("appels").filter(part.ecrites()).collect().sort("appel")

    def produce():
        jouets = in_part("jouets", double(appels), part)
        return Production({"jouets": jouets}, {"jouets": len(jouets)})

    return Travail(dated(date_arrete, appels), produce)
"""
DOCUMENTS = """
from functools import partial

from pipelines.editique.lettres import Lettre


def compose(maison, nuit):
    jouets = maison.lac.read("jouets").filter(nuit.served()).collect()
    membres = dict(nuit.boites.drop_nulls().select("siren", "adherent").iter_rows())
    for siren, jouet in jouets.sort("jouet").select("siren", "jouet").iter_rows():
        yield Lettre(membres[siren], partial(draw, jouet))


def draw(jouet):
    yield f"JOUET_{jouet}.txt", jouet.encode()
"""
EXPLICATIONS = """
from pipelines.explications.valeurs import Explication


def explain(lecteur, rangee, ligne):
    phrase = f"{rangee['jouet']} : le double de l'appel, {rangee['montant_centimes']} centimes."
    return Explication((phrase,), dict(rangee), ())
"""
CAS = """
import polars as pl

from pipelines.cas.valeurs import Resultat

TABLES = {"jouets": pl.Schema({"montant_centimes": pl.Int64})}


def run(entrees, date_arrete):
    montants = pl.DataFrame({"montant_centimes": [entrees.read("appel_centimes", int) * 2]})
    return Resultat({"jouets": montants}, ("Le double de l'appel.",))
"""
UN_CAS = """
- id: J-1
  domaine: jouet
  titre: le double
  source: essai
  date_arrete: 2026-04-05
  entrees: {appel_centimes: 21}
  attendu:
    jouets:
      - {montant_centimes: 42}
"""


@pytest.fixture
def metiers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Metier, ...]]:
    """The businesses of the fund and one more, in a package of its own."""
    paquet = tmp_path / "jouet"
    paquet.mkdir()
    modules = {
        "__init__": "", "metier": METIER, "etapes": ETAPES, "documents": DOCUMENTS,
        "explications": EXPLICATIONS, "cas": CAS,
    }  # fmt: skip
    for nom, source in modules.items():
        (paquet / f"{nom}.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    sujets = specs.contrats.read_sujets
    monkeypatch.setattr(
        specs.contrats, "read_sujets", lambda paquet: dict(sujets(paquet)) | {"jouets": CONTRAT}
    )
    specs.contrats.contrats.cache_clear()
    yield (*METIERS[:-2], find("jouet.metier:JOUET"), *METIERS[-2:])
    for nom in [nom for nom in sys.modules if nom.split(".")[0] == "jouet"]:
        del sys.modules[nom]
    monkeypatch.undo()
    specs.contrats.contrats.cache_clear()


@pytest.fixture
def jouee(
    make_caisse: Callable[..., Caisse],
    metiers: tuple[Metier, ...],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> Caisse:
    """A night with the toy business."""
    caisse = make_caisse(nombre_parts=1)
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    run_nuit(Passage(caisse.maison, SOIR.date(), SOIR, metiers))
    return caisse


def test_a_business_added_is_taken_up_everywhere(
    jouee: Caisse, metiers: tuple[Metier, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its table is computed and published, its file handed over, its rows explained and listed."""
    appel = jouee.read("appels").row(0, named=True)
    jouet = jouee.read("jouets").row(0, named=True)
    nom, montant = f"J-{appel['appel']}", 2 * appel["montant_centimes"]
    assert (jouet["jouet"], jouet["montant_centimes"]) == (nom, montant)
    assert jouee.returned()[f"A80001/retour/JOUET_{nom}.txt"] == nom.encode()
    (phrase,) = explain(jouee.maison, Demande(nom), metiers).phrases
    assert phrase == f"{nom} : le double de l'appel, {montant} centimes."
    monkeypatch.setenv("CAISSE_DOSSIER", str(jouee.maison.reglages.dossier))
    listes = typer.Typer()
    for commande, liste in list_commandes(metiers):
        listes.command(commande)(liste)
    for lancee, arguments in ((listes, ["jouets"]), (application, ["exporter", "jouets"])):
        lignes = json.loads(CliRunner().invoke(lancee, [*arguments, "--format", "json"]).output)
        assert [ligne["jouet"] for ligne in lignes] == [nom]


def test_its_golden_cases_run(metiers: tuple[Metier, ...], tmp_path: Path) -> None:
    """The reader of cases knows its domain and its tables."""
    (tmp_path / "cas.yaml").write_text(UN_CAS, "utf-8")
    domaines = list_domaines(metiers)
    (cas,) = read_cas(tmp_path / "cas.yaml", domaines)
    resultat = run_cas(cas, domaines)
    assert resultat.tables["jouets"]["montant_centimes"].to_list() == [42]
