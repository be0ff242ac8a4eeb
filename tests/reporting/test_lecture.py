from __future__ import annotations

import polars as pl
import pytest

from reporting.demande import DemandeRefusee, Introuvable, parse_filtres, parse_publication
from reporting.lecture import read_table
from specs.contrats import Lecteur, contrats, read_contrat, schema_polars
from warehouse.maison import Maison


def _depots(maison: Maison, **filtres: str) -> list[str]:
    return read_table(maison, "depots", filtres=filtres, lecteur=Lecteur.EXPLOITANT)[
        "depot"
    ].to_list()


def test_derniere_publication(maison: Maison) -> None:
    """Without a number, the last publication is read, sorted by its key."""
    assert _depots(maison) == [f"D{numero:08d}" for numero in range(1, 6)]


def test_publication_anterieure(maison: Maison) -> None:
    """An older publication is read as it was, its figures included."""
    anciens = read_table(maison, "appels", publication=1, lecteur=Lecteur.EXPLOITANT)
    assert anciens["montant_centimes"].to_list() == [120_000_000]


@pytest.mark.parametrize("table", [nom for nom, contrat in contrats().items() if contrat.publie])
def test_contrat(maison: Maison, table: str) -> None:
    """Every published table has the columns, types and order of its contract, rows or not."""
    frame = read_table(maison, table, lecteur=Lecteur.EXPLOITANT)
    contrat = read_contrat(table)
    assert frame.schema == pl.Schema(schema_polars(contrat))
    assert frame.equals(frame.sort(contrat.cle))


@pytest.mark.parametrize(
    ("filtres", "attendus"),
    [
        ({"etat": "EN_ATTENTE"}, ["D00000004"]),
        ({"etat": "en_attente"}, ["D00000004"]),
        ({"essai": "oui"}, ["D00000003"]),
        ({"anomalies_bloquantes": "0"}, ["D00000001"]),
        ({"motif": "", "essai": "non"}, ["D00000001"]),
        ({"octets": "1234567", "etat": "ANNULE"}, []),
    ],
)
def test_filtres(maison: Maison, filtres: dict[str, str], attendus: list[str]) -> None:
    """A filter is read as its column's type, an empty one keeps rows without a value."""
    assert attendus == _depots(maison, **filtres)


def test_filtre_par_date(maison: Maison) -> None:
    """A day is written AAAA-MM-JJ in a filter."""
    frame = read_table(
        maison, "appels", filtres={"date_exigibilite": "2026-04-25"}, lecteur=Lecteur.EXPLOITANT
    )
    assert frame["montant_centimes"].to_list() == [280_980]


@pytest.mark.parametrize(
    ("table", "filtres", "message"),
    [
        ("depots", {"inconnue": "1"}, "Colonne inconnue : « inconnue »"),
        ("depots", {"essai": "peut-être"}, "Attendu : oui ou non"),
        ("depots", {"etat": "absent"}, "etat : « absent ». Admises : RECU, ILLISIBLE, DOUBLON,"),
        ("appels", {"nature": "INIT"}, "nature : « INIT ». Admises : INITIAL, ESTIME, COMPLEMENTA"),
        ("appels", {"montant_centimes": "12,50"}, "un montant en centimes"),
        ("appels", {"montant_centimes": "9" * 30}, "un montant en centimes"),
        ("appels", {"date_arrete": "25/04/2026"}, "une date AAAA-MM-JJ"),
    ],
)
def test_filtre_refuse(maison: Maison, table: str, filtres: dict[str, str], message: str) -> None:
    """An unknown column or an unreadable value is refused in French."""
    with pytest.raises(DemandeRefusee, match=message):
        read_table(maison, table, filtres=filtres, lecteur=Lecteur.EXPLOITANT)


def test_tables_non_publiees(maison: Maison) -> None:
    """A working table of the lake cannot be read from here, nor an unknown publication."""
    with pytest.raises(Introuvable, match="Table inconnue : « bases_lues »"):
        read_table(maison, "bases_lues", lecteur=Lecteur.EXPLOITANT)
    with pytest.raises(Introuvable, match="La publication 9 n'existe pas"):
        read_table(maison, "depots", publication=9, lecteur=Lecteur.EXPLOITANT)


def test_rien_de_publie(maison_vide: Maison) -> None:
    """Before the first publication, a table is empty and keeps its columns."""
    assert read_table(maison_vide, "appels", lecteur=Lecteur.EXPLOITANT).is_empty()


@pytest.mark.parametrize("demande", ["etat", "=INTEGRE", ""])
def test_filtre_illisible(demande: str) -> None:
    """A filter without a column or without an equals sign is refused."""
    with pytest.raises(DemandeRefusee, match="COLONNE=VALEUR"):
        parse_filtres([demande])


def test_filtre_en_double() -> None:
    """The value of a filter keeps its equals signs; a column is filtered once."""
    assert parse_filtres(["nom=a=b"]) == {"nom": "a=b"}
    with pytest.raises(DemandeRefusee, match="deux fois"):
        parse_filtres(["nom=a", "nom=b"])


@pytest.mark.parametrize("texte", ["", "0", "-1", "trois", "٣", "9" * 30])
def test_numero_illisible(texte: str) -> None:
    """A publication number is a whole number from 1 on."""
    with pytest.raises(DemandeRefusee, match="illisible"):
        parse_publication(texte)
