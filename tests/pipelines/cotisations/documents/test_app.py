"""The APP exchange file: which companies have it, and that it holds whatever is called."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from parsers.echanges.fixe import read_fixe
from parsers.echanges.xml import read_xml
from parsers.echanges.zones import XML
from pipelines.cotisations.documents.app import (
    ABREGES,
    APP,
    LIGNE,
    compute_lignes,
)
from pipelines.echanges.sortants import (
    Sortant,
    compose_lettres_sortants,
    find_conventions,
    rank_lignes,
)
from specs.baremes import read_cotisations
from specs.contrats import read_contrat, schema_polars
from specs.echanges import read_genres

JOUR = date(2026, 4, 5)
CHAMPS = read_genres()[APP].enregistrements[LIGNE]


def convention(
    nature: str, debut: date, fin: date | None = None, numero: str = "1"
) -> dict[str, object]:
    """A convention of the company."""
    return {
        "convention": numero,
        "siren": "800000010",
        "nature": nature,
        "debut": debut,
        "fin": fin,
    }


@pytest.mark.parametrize(
    ("conclues", "attendue"),
    [
        ([convention("ANET", date(2026, 1, 1)), convention("EDIC", JOUR)], ["1"]),
        ([convention("EDIC", date(2026, 1, 1))], []),
        ([convention("ANET", date(2026, 1, 1)), convention("EDIC", date(2026, 4, 6))], []),
        (
            [
                convention("ANET", date(2026, 1, 1)),
                convention("EDIC", date(2026, 1, 1), date(2026, 4, 4)),
            ],
            [],
        ),
        (
            [
                convention("ANET", date(2026, 1, 1)),
                convention("EDIC", date(2026, 2, 1), numero="2"),
                convention("EDIC", date(2026, 1, 1)),
            ],
            ["2"],
        ),
    ],
)
def test_only_a_convention_in_force_gives_a_file(
    conclues: list[dict[str, object]], attendue: list[str]
) -> None:
    """EDIC under ANET, both on the day of the night; the last one when there are several."""
    lues = pl.DataFrame(conclues, schema_polars(read_contrat("conventions")))
    assert find_conventions(lues, JOUR, APP)["convention"].to_list() == attendue


def test_every_contribution_has_its_code() -> None:
    """A code of the closed list, that its field can hold."""
    champ = CHAMPS.champ("CONTRIB")
    codes = {ABREGES.get(nom, nom) for nom in read_cotisations()["cotisation"]}
    assert codes == set(champ.valeurs)
    assert max(map(len, codes)) <= champ.longueur


def test_a_line_names_its_base_and_its_last_deposit() -> None:
    """The code of the base when there is one alone; of the deposits that count, the last one."""
    cle = {
        "siren": "800000010",
        "cdg": "C1",
        "mois_appel": "2026-03",
        "mois_rattachement": "2026-03",
    }
    appels = pl.DataFrame([{"appel": "A1", "date_exigibilite": date(2026, 4, 25), "groupe": "G"}])
    sommes = {
        f"{nom}_centimes": valeur
        for nom, valeur in (("base", 5), ("abattement", 1), ("montant", 2))
    }
    lignes = pl.DataFrame(
        [
            {"appel": "A1", **cle, "cotisation": nom, **sommes, "taux_ppm": 210_000}
            for nom in ("PROF_BATIMENT", "CP", "FRAC")
        ]
    )
    base = {**cle, "code_base": "20", "statut": "RETENUE"}
    bases = pl.DataFrame(
        [
            {**base, "depot": "D00000002"},
            {**base, "depot": "D00000001"},
            {**base, "depot": "D00000009", "statut": "REMPLACEE"},
        ]
    )
    lues = compute_lignes(appels, lignes, bases)
    for forme, lire in ((None, read_fixe), (XML, read_xml)):
        entete = {"mode": "R", "convention": "1", "siren": "800000010", "file_id": "APP-1"}
        entete |= {"created": "20260405000000", "operation": "N", "software": "Caisse"}
        details = rank_lignes(LIGNE, lues.drop("siren"))
        sortant = Sortant("A1", entete, details, forme, 12_345)
        (lettre,) = compose_lettres_sortants(APP, [sortant])
        ((nom, octets),) = lettre.draw()
        assert nom == f"APP_R_1_20260405000000_2345.{'xml' if forme else 'txt'}"
        assert lire(0, octets).anomalies.is_empty()
    lues = lues.drop("siren")
    assert set(lues.columns) <= {champ.nom.lower() for champ in CHAMPS.champs}
    assert lues.select("contrib", "dsn_base", "deposit_id", "pay_group", "due").rows() == [
        ("CP", "20", "D00000002", "G", date(2026, 4, 25)),
        ("FRAC", None, None, "G", date(2026, 4, 25)),
        ("PROF_BAT", "36", None, "G", date(2026, 4, 25)),
    ]
