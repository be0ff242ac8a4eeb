"""Whatever a company declares, over two nights: the explanation of each line closes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cotisations.etapes import compute_nouveaux
from pipelines.cotisations.explications.calcul import QUOI
from pipelines.cotisations.explications.lignes import Sources, explain_appel
from pipelines.cotisations.explications.texte import tell_ligne
from pipelines.cotisations.regles.assiettes import sum_bases
from pipelines.explications.texte import tell_closing, tell_publication
from pipelines.explications.valeurs import Ecart, Publiee
from pipelines.registre import ADHERENTS, ADHESIONS, Registre
from specs.baremes import TAUX, Source, ValeurDatee
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import columns_of, read_contrat, schema_polars

SIREN, CENTRES = "800000010", ("C1", "C2")
MOIS = ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
CODES = ("20", "21", "34", "35", "39", "024")
NUITS = (date(2026, 4, 5), date(2026, 5, 5))
PUBLIEE = Publiee(1, NUITS[0], "2026-04-05T20:00:00Z", "a1", "c1", "a1")
ESPACES = str.maketrans("\u202f\u00a0", "  ")
MESURES = (
    "base_brute_centimes",
    "heures_centiemes",
    "base_centimes",
    "abattement_centimes",
    "montant_centimes",
)
BASES = schema_polars(read_contrat("bases"))
LIGNES = schema_polars(read_contrat("lignes_appel"))
PARAMETRES = pl.DataFrame(
    [
        ("C1", "refaction_ppm", date(2026, 1, 1), None, 812_345, "activité mixte, 19 % hors BTP"),
        ("C2", "taux_oppbtp_ppm", date(2025, 12, 1), None, 900, "comité régional de prévention"),
    ],
    schema=schema_polars(read_contrat("parametres_cdg")),
    orient="row",
)
REGISTRE = Registre(
    pl.DataFrame({"cdg": CENTRES, "numero_adherent": ["A80001", "A80001"]}),
    adherents=pl.DataFrame([{"siren": SIREN, "debut_activite": date(2026, 1, 15)}], ADHERENTS),
    parametres=PARAMETRES,
    adhesions=pl.DataFrame([(SIREN, "FNTP", date(2025, 1, 1), None)], ADHESIONS, orient="row"),
)


def rated() -> Connaissances:
    """The knowledge of specs, with a rate for the two tranches: no source gives any."""
    savoir = read_connaissances()
    valeur = ValeurDatee(date(2020, 1, 1), 1_237, Source("convention", None), None, None)
    tranches = {
        code: replace(savoir.baremes[code], series=MappingProxyType({TAUX: (valeur,)}))
        for code in ("FNTP_T1", "FNTP_T2")
    }
    return replace(savoir, baremes=MappingProxyType({**savoir.baremes, **tranches}))


SAVOIR = rated()
RANGEES = st.builds(
    dict,
    cdg=st.sampled_from(CENTRES),
    mois_appel=st.sampled_from(MOIS[2:]),
    mois_rattachement=st.sampled_from(MOIS),
    code_base=st.sampled_from(CODES),
    quantite=st.one_of(st.integers(-500_000, 500_000), st.integers(0, 400_000_000)),
)


def frame(rangees: list[dict[str, Any]]) -> pl.DataFrame:
    """Retained bases (contract `bases`), one a line of one file."""
    commun = {
        "part": 0,
        "depot": "D00000001",
        "rang_declaration": 1,
        "siren": SIREN,
        "siret": f"{SIREN}00010",
        "source": "DSN",
        "statut": "RETENUE",
    }
    lignes = [commun | {"ligne": n} | rangee for n, rangee in enumerate(rangees, 1)]
    return pl.DataFrame(lignes, schema=BASES)


def nights(nuits: list[list[dict[str, Any]]]) -> Iterator[tuple[dict[str, Any], Sources]]:
    """Every call of these nights, with what its night publishes."""
    publiees = pl.DataFrame(schema=LIGNES)
    for jour, rangees in zip(NUITS, nuits, strict=False):
        bases = frame(rangees)
        sommes = sum_bases(bases.lazy()).collect()
        declares = sommes.select("siren", "mois_appel").unique()
        nuit = compute_nouveaux(sommes, declares, publiees, REGISTRE, jour, SAVOIR)
        part = pl.lit(0, pl.Int64).alias("part")
        nouvelles = nuit.lignes.with_columns(part).select(columns_of("lignes_appel"))
        publiees = pl.concat([publiees, nouvelles])
        for appel in nuit.appels.iter_rows(named=True):
            du_mois = [pl.col(nom) == appel[nom] for nom in ("cdg", "mois_appel")]
            yield (
                appel,
                Sources(
                    lignes=publiees.filter(*du_mois),
                    bases=bases.filter(*du_mois),
                    sommes=sommes,
                    declares=declares,
                    cumuls=nuit.cumuls,
                    depots=pl.DataFrame(schema=schema_polars(read_contrat("depots"))),
                    registre=REGISTRE,
                    savoir=SAVOIR,
                ),
            )


def row(cdg: str, code: str, quantite: int, mois: str = "2026-03") -> dict[str, Any]:
    """A base of March 2026."""
    commun = {"mois_appel": "2026-03", "mois_rattachement": mois}
    return commun | {"cdg": cdg, "code_base": code, "quantite": quantite}


def only(*rangees: dict[str, Any]) -> tuple[dict[str, Any], Sources]:
    """The call of the first centre for these bases."""
    return next(nights([list(rangees)]))


@settings(max_examples=40)
@given(st.lists(RANGEES, min_size=1, max_size=12), st.lists(RANGEES, max_size=12))
def test_every_line_closes(premiere: list[dict[str, Any]], seconde: list[dict[str, Any]]) -> None:
    """Negative bases, past months, réfaction, two centres, abatement and tranches: no gap."""
    for appel in (explain_appel(*nuit) for nuit in nights([premiere, seconde])):
        assert appel.ecarts == ()
        for ligne in appel.lignes:
            deja = sum(avant.mesures.montant_centimes for avant in ligne.anterieures)
            assert ligne.calcul.montant_centimes == deja + ligne.publiee.montant_centimes


@pytest.mark.parametrize("nom", QUOI)
def test_a_figure_off_by_one_is_told(nom: str) -> None:
    """Whatever published figure is changed by one, the line says it does not close."""
    appel, sources = only(row("C1", "024", 12_345))
    fausses = sources.lignes.with_columns(pl.col(nom) + 1)
    (ligne,) = explain_appel(appel, replace(sources, lignes=fausses)).lignes
    vraie = sources.lignes[nom][0]
    assert ligne.ecarts == (Ecart(ligne.identifiant, QUOI[nom], vraie, vraie + 1),)
    dite = "\n".join(tell_closing(ligne.ecarts, "le montant"))
    assert "ÉCART : les tables publiées ne redonnent pas ce qui a été publié." in dite


def test_a_total_that_is_not_the_sum_is_told() -> None:
    """The amount of a call is the sum of its lines."""
    appel, sources = only(row("C1", "20", 100_000))
    faux = appel | {"montant_centimes": appel["montant_centimes"] + 1}
    (ecart,) = explain_appel(faux, sources).ecarts
    assert (ecart.quoi, ecart.publie - (ecart.recalcule or 0)) == ("somme des lignes", 1)


def test_a_position_that_does_not_follow_is_told() -> None:
    """A cumul that its bases do not give makes the lines of the contribution say so."""
    appel, sources = only(row("C1", "34", 90_000_00), row("C2", "34", 20_000_00))
    faux = sources.cumuls.with_columns(pl.col("cumul_centimes") + 1)
    (ligne,) = explain_appel(appel, replace(sources, cumuls=faux)).lignes
    assert [ecart.quoi for ecart in ligne.ecarts] == ["assiette cumulée"]


def test_the_parameters_of_a_centre_are_cited() -> None:
    """Share kept and reduced rate: since when, and the reason written in the registry."""
    _, (appel, sources) = nights([[row("C1", "20", 100_003), row("C2", "21", 500_000)]])
    (reduite,) = explain_appel(appel, sources).lignes
    assert (reduite.taux.origine, reduite.taux.valeur) == ("CENTRE", 900)
    dite = "\n".join(tell_ligne(reduite, PUBLIEE))
    assert "(accordé à ce centre de gestion : comité régional de prévention)" in dite
    mixte = explain_appel(*only(row("C1", "20", 100_003))).lignes[0]
    assert (mixte.cotisation, mixte.refaction.origine) == ("CP", "CENTRE")
    dite = "\n".join(tell_ligne(mixte, PUBLIEE)).translate(ESPACES)
    assert "Part retenue des bases du centre : 81,2345 % depuis janvier 2026" in dite
    assert "Base exacte : 812,36937035 €, arrondie à 812,37 €." in dite


def test_a_rate_that_specs_no_longer_give_is_told() -> None:
    """The amount still closes with the rate of the line; its source is said to be unknown."""
    appel, sources = only(row("C1", "20", 100_000))
    anciennes = sources.lignes.filter(pl.col("cotisation") == "CP").with_columns(
        taux_ppm=pl.lit(200_000, pl.Int64), montant_centimes=pl.lit(16_247, pl.Int64)
    )
    (ligne,) = explain_appel(appel, replace(sources, lignes=anciennes)).lignes
    assert (ligne.ecarts, ligne.taux.origine) == ((), "INCONNUE")
    assert "(valeur que les barèmes d'aujourd'hui ne donnent plus)" in "\n".join(
        tell_ligne(ligne, PUBLIEE)
    )


@pytest.mark.parametrize(
    ("specs", "passage"),
    [
        ("a1", "version a1, celle d'aujourd'hui."),
        ("b2", "version b2. Les sources citées sont celles de la version a1, installée"),
        (None, "publiée le 5 avril 2026 à 22 h 00."),
    ],
)
def test_the_version_of_the_knowledge_is_told(specs: str | None, passage: str) -> None:
    """Sources are those of today: another version of the specs is named."""
    dite = tell_publication(replace(PUBLIEE, specs=specs))
    assert passage in dite.translate(ESPACES)


def test_what_a_source_leaves_open_is_told() -> None:
    """A rate that is only announced is marked."""
    savoir_mois = "2026-04"
    appel, sources = only(
        row("C1", "34", 100_000) | {"mois_appel": savoir_mois, "mois_rattachement": savoir_mois}
    )
    (ligne,) = explain_appel(appel, sources).lignes
    assert ligne.taux.incertain == "Taux annoncé ; l'arrêté n'a pas été vu."
    assert "INCERTAIN : Taux annoncé" in "\n".join(tell_ligne(ligne, PUBLIEE))
