"""From the frames of a night to the calls as documents: each line can be traced and paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.cotisations.documents.appels import Sources, compose_appels
from pipelines.cotisations.documents.mots import ABATTEMENT
from pipelines.cotisations.documents.valeurs import (
    Appel,
    AppelGroupe,
    Cumul,
    DejaAppele,
    LigneAppel,
    Prelevement,
)
from specs.contrats import read_contrat, schema_polars

PPM = 1_000_000


def frame(table: str, lignes: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a contract, whatever it also has being null."""
    schema = schema_polars(read_contrat(table))
    return pl.DataFrame([dict.fromkeys(schema) | ligne for ligne in lignes], schema=schema)


def appel(nom: str, cdg: str, rang: int, montant: int, **autres: str) -> dict[str, Any]:
    """A call of March 2026."""
    return {
        "appel": nom, "adherent": "004217", "siren": "800000000", "cdg": cdg, "rang": rang,
        "mois_appel": "2026-03", "nature": "INITIAL" if rang == 1 else "COMPLEMENTAIRE",
        "date_arrete": date(2026, 4, 5), "date_exigibilite": date(2026, 4, 25),
        "montant_centimes": montant, "reference_paiement": nom,
    } | autres  # fmt: skip


def ligne(
    nom: str, cdg: str, rang: int, cotisation: str, base: int, **autres: int
) -> dict[str, Any]:
    """A line of call for March 2026."""
    return {
        "appel": nom, "cdg": cdg, "siren": "800000000", "rang": rang, "mois_appel": "2026-03",
        "mois_rattachement": "2026-03", "cotisation": cotisation, "base_centimes": base,
        "base_brute_centimes": base, "refaction_ppm": PPM, "coefficient_ppm": PPM,
        "abattement_centimes": 0, "taux_ppm": 210_000, "montant_centimes": base * 21 // 100,
    } | autres  # fmt: skip


def base(
    code: str, salarie: str, centimes: int, numero: int, source: str = "DSN"
) -> dict[str, Any]:
    """A retained base of March 2026."""
    return {
        "depot": "D00000001" if source == "DSN" else "EST-80000000000028-2026-03",
        "ligne": numero, "siren": "800000000", "cdg": "7501", "mois_appel": "2026-03",
        "siret": "80000000000010" if source == "DSN" else "80000000000028",
        "mois_rattachement": "2026-03", "salarie": salarie, "code_base": code,
        "quantite": centimes, "source": source, "statut": "RETENUE",
    }  # fmt: skip


def compose(
    nouveaux: list[str], mandats: tuple[str, ...] = (), preleves: tuple[str, ...] = ()
) -> dict[str, Appel]:
    """The calls of two centres of one group; 7501 has a complementary call."""
    groupe = {"groupe": "OUEST", "reference_paiement": "GOUEST-202603-01"}
    appels = frame(
        "appels",
        [
            appel("C7501-1", "7501", 1, 210_000, **groupe),
            appel("C7502-1", "7502", 1, 21_000, **groupe),
            appel("C7501-2", "7501", 2, 63_000),
        ],
    )
    abattue = {"taux_ppm": 6_800, "abattement_centimes": 400_000, "montant_centimes": 680}
    lignes = [
        ligne("C7501-1", "7501", 1, "CP", 1_000_000),
        ligne("C7501-2", "7501", 2, "CP", 300_000),
        ligne("C7501-2", "7501", 2, "CI_GOTP", 500_000, **abattue),
        ligne("C7502-1", "7502", 1, "CP", 100_000),
        ligne("C7502-1", "7502", 1, "OPPBTP_PERM", 100_000, taux_ppm=500, montant_centimes=50),
    ]
    bases = [
        base("20", "aa", 700_000, 3),
        base("20", "bb", 350_000, 9),
        base("20", "cc", 250_000, 1, "ESTIMATION"),
        base("34", "aa", 500_000, 4),
        base("20", "aa", 1, 5) | {"statut": "ECARTEE"},
    ]
    cumul = {
        "siren": "800000000", "cumul": ABATTEMENT, "periode": "2025-26", "mois_appel": "2026-03",
        "cumul_centimes": 9_604_000, "droit_centimes": 9_504_000,
        "assiette_cumulee_centimes": 100_000,
    }  # fmt: skip
    depot = {"depot": "D00000001", "nom": "paie.dsn", "recu_le": "2026-04-03T20:04:11Z"}
    etablissement = {"raison_sociale": "Dûpré", "cdg": "7501", "siret": "80000000000010"}
    sources = Sources(
        appels=appels,
        lignes=frame("lignes_appel", lignes),
        bases=frame("bases", bases),
        depots=frame("depots", [depot]),
        etablissements=frame("etablissements", [etablissement]),
        cumuls=frame("cumuls_cotisations", [cumul]),
        groupes=frame("groupes_paiement", [{"groupe": "OUEST", "libelle": "Agences"}]),
        prelevements=pl.DataFrame(
            {
                "appel": ["C7501-1", "C7501-2", "C7502-1"],
                "reference_paiement": ["GOUEST-202603-01", "C7501-2", "GOUEST-202603-01"],
                "date_echeance": [date(2026, 4, 27)] * 3,
                "rum": ["RUM-1"] * 3,
                "iban_masque": ["FR76…1234"] * 3,
                "reste_centimes": [209_000, 63_000, 21_000],
            }
        ).filter(pl.col("appel").is_in(preleves)),
        creances=pl.DataFrame({"appel": ["C7501-1"], "reste_centimes": [209_000]}),
        mandats=pl.DataFrame(
            {"cdg": list(mandats), "groupe": [None] * len(mandats)},
            schema_overrides={"cdg": pl.String},
        ),
    )
    composes = compose_appels(appels.filter(pl.col("appel").is_in(nouveaux)), sources, 42)
    return {compose.appel: compose for compose in composes}


def lines(compose: Appel) -> dict[str, LigneAppel]:
    """Lines by contribution."""
    return {ligne.cotisation: ligne for ligne in compose.lignes}


def test_a_line_is_traced_to_the_dsn() -> None:
    """Employees, DSN lines and deposits of its bases; what is estimated is counted apart."""
    cp = lines(compose(["C7501-1"])["C7501-1"])["CP"]
    assert (cp.salaries, cp.lignes_dsn, cp.depots) == (2, 2, ("D00000001",))
    assert (cp.estimation_centimes, cp.code_base) == (250_000, "20")
    assert cp.taux_depuis == "2026-01"
    assert cp.taux_source
    assert cp.deja is None


def test_a_weather_line_bears_its_cumul() -> None:
    """Where the company stands in the campaign of the month of attachment."""
    intemperies = lines(compose(["C7501-2"])["C7501-2"])["CI_GOTP"]
    assert intemperies.taux_depuis == "2021-04"
    assert intemperies.cumul == Cumul(ABATTEMENT, "2025-26", 9_604_000, 9_504_000, 9_504_000)


def test_a_reduced_rate_is_the_funds_decision() -> None:
    """A rate that the table does not hold has no source in it."""
    reduite = lines(compose(["C7502-1"])["C7502-1"])["OPPBTP_PERM"]
    assert (reduite.taux_depuis, reduite.taux_source) == (
        None,
        "taux réduit accordé à ce centre de gestion",
    )


def test_a_complementary_call_knows_what_was_called() -> None:
    """The sum of the former calls of the month, and of the former lines of each contribution."""
    complement = compose(["C7501-2"])["C7501-2"]
    assert complement.deja_appele_centimes == 210_000
    assert lines(complement)["CP"].deja == DejaAppele(1_000_000, 0, 210_000)
    assert lines(complement)["CI_GOTP"].deja is None
    assert complement.etablissements_estimes == ("80000000000028",)
    assert [depot.nom for depot in complement.depots] == ["paie.dsn"]


def test_a_group_gathers_its_calls() -> None:
    """Calls of one reference are settled together; a call alone has no group."""
    composes = compose(["C7501-1", "C7501-2", "C7502-1"])
    groupe = composes["C7502-1"].groupe
    assert groupe is not None
    assert (groupe.libelle, groupe.montant_centimes) == ("Agences", 231_000)
    assert groupe.appels[0] == AppelGroupe("C7501-1", "7501", 210_000, 209_000)
    assert composes["C7501-1"].reference == "GOUEST-202603-01"
    assert composes["C7501-2"].groupe is None


def test_who_pays_how() -> None:
    """A debit for all that its reference has in it; else what is left to pay, mandate or not."""
    tous = ["C7501-1", "C7501-2", "C7502-1"]
    composes = compose(tous, ("7501",), ("C7501-1", "C7502-1", "C7501-2"))
    debit = Prelevement(date(2026, 4, 27), "RUM-1", "FR76…1234", 230_000)
    assert composes["C7501-1"].prelevement == composes["C7502-1"].prelevement == debit
    assert composes["C7501-2"].prelevement == replace(debit, montant_centimes=63_000)
    sans = compose(tous, ("7501",))
    assert {appel.prelevement for appel in sans.values()} == {None}
    assert [sans[nom].mandat_actif for nom in tous] == [True, True, False]
    assert sans["C7501-1"].a_payer_centimes == 230_000
    assert sans["C7501-2"].a_payer_centimes == 63_000
    assert sans["C7502-1"].raison_sociale == ""
