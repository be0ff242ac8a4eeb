"""What a movement of the bank means: whose it is, told twice, or a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reglements.regles.etats import compute_etats_prelevements
from pipelines.reglements.regles.rapprochement import (
    HORS_COTISATIONS,
    PLUSIEURS_ADHERENTS,
    SANS_REFERENCE,
    Rapprochement,
    Reperes,
    match_mouvements,
)
from specs.contrats import read_contrat, schema_polars

SIREN, AUTRE = "999090012", "800000010"
JOUR = date(2026, 4, 27)
LOT = "PRLV-20260420-00003-B20260427RCUR"
Fabrique = Callable[..., pl.DataFrame]
FabriqueReperes = Callable[..., Reperes]


def attributed(rapprochement: Rapprochement) -> list[tuple[Any, ...]]:
    """Company, call, group and means of each receipt."""
    colonnes = ("siren", "cdg", "groupe", "appel", "affectation")
    return rapprochement.encaissements.select(colonnes).rows()


@pytest.mark.parametrize(
    "texte",
    [
        "C900201-202603-01",
        "REGLT APPEL c900201 202603 01 MERCI",
        "C900201/2026-03/01",
        "FACTURE C9002 01-2026 03-01",
    ],
)
def test_a_call_is_found_whatever_its_punctuation(
    texte: str, make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """Blanks, hyphens and capitals lost or added by the payer change nothing."""
    mouvements = make_mouvements({"montant_centimes": 5, "reference": texte})
    attendu = (SIREN, "C900201", None, "C900201-202603-01", "REFERENCE")
    assert attributed(match_mouvements(mouvements, make_reperes())) == [attendu]


@pytest.mark.parametrize(
    ("mouvement", "attendu"),
    [
        ({"bout_en_bout": "C8000101-202603-01"}, (AUTRE, "C8000101", "C8000101-202603-01")),
        ({"reference": "G77-202603-01"}, (SIREN, None, None)),
        ({"reference": "C900201-202603-01 et C900202-202603-01"}, (SIREN, None, None)),
        ({"compte_tiers": "c1"}, (SIREN, None, None)),
        ({"rum": "RUM-2"}, (AUTRE, None, None)),
        (
            {"compte_tiers": "c1", "reference": "C8000101-202603-01"},
            (AUTRE, "C8000101", "C8000101-202603-01"),
        ),
    ],
    ids=["bout en bout", "groupe", "deux appels", "compte", "mandat", "référence avant compte"],
)
def test_a_transfer_is_known_by_what_it_names(
    mouvement: dict[str, Any],
    attendu: tuple[Any, ...],
    make_mouvements: Fabrique,
    make_reperes: FabriqueReperes,
) -> None:
    """A reference first, then the account of the payer, then the mandate."""
    lignes = make_mouvements({"montant_centimes": 5} | mouvement)
    encaissements = match_mouvements(lignes, make_reperes()).encaissements
    assert encaissements.select("siren", "cdg", "appel").rows() == [attendu]
    assert encaissements["encaissement"].to_list() == ["D00000001-1"]


@pytest.mark.parametrize(
    ("mouvement", "motif"),
    [
        ({"reference": "merci"}, SANS_REFERENCE),
        ({"reference": "XC900201-202603-01"}, SANS_REFERENCE),
        ({"reference": "C900201-202603-01 C8000101-202603-01"}, PLUSIEURS_ADHERENTS),
        ({"compte_tiers": "commun"}, PLUSIEURS_ADHERENTS),
        ({"nature": "AUTRE"}, HORS_COTISATIONS),
    ],
)
def test_what_nobody_is_named_by_waits(
    mouvement: dict[str, Any], motif: str, make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """Without a reference, or with those of two companies: a question, with its reason."""
    lignes = make_mouvements({"montant_centimes": 5} | mouvement)
    rapprochement = match_mouvements(lignes, make_reperes())
    assert rapprochement.encaissements.is_empty()
    assert rapprochement.encaissements_non_affectes["motif"].to_list() == [motif]


def test_an_advice_then_a_statement_count_once(
    make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """The same transfer told by camt.054, then by camt.053, is one receipt: the first that came."""
    commun = {"montant_centimes": 700, "reference": "C900201-202603-01", "reference_banque": "B1"}
    avis = {"depot": "D00000002", "message": "camt.054"}
    lignes = make_mouvements(commun | avis, commun | {"depot": "D00000003"})
    rapprochement = match_mouvements(lignes, make_reperes())
    assert rapprochement.encaissements["encaissement"].to_list() == ["D00000002-1"]
    assert rapprochement.mouvements_ecartes.select("depot", "motif", "origine").rows() == [
        ("D00000003", "DOUBLE", "D00000002-1")
    ]


@pytest.mark.parametrize("commun", [{}, {"bout_en_bout": "LOYER"}, {"reference_banque": "B1"}])
def test_two_equal_transfers_of_one_file_are_two(
    commun: dict[str, Any], make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """Equal in everything, in one statement, they are two transfers, told again by an advice."""
    ligne = {"montant_centimes": 700, "reference": "C900201-202603-01"} | commun
    avis = {"depot": "D00000002", "message": "camt.054"}
    lignes = make_mouvements(ligne, ligne, ligne | avis, ligne | avis)
    rapprochement = match_mouvements(lignes, make_reperes())
    assert rapprochement.encaissements["montant_centimes"].to_list() == [700, 700]
    assert rapprochement.mouvements_ecartes["origine"].to_list() == ["D00000001-1", "D00000001-2"]


def test_without_any_reference_two_statements_are_two_transfers(
    make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """Nothing tells two statements apart but their days: equal transfers are not taken for one."""
    ligne = {"montant_centimes": 700, "compte_tiers": "c1"}
    lignes = make_mouvements(ligne, ligne | {"depot": "D00000002"})
    assert match_mouvements(lignes, make_reperes()).encaissements.height == 2


def test_a_debit_is_settled_then_returned(
    make_mouvements: Fabrique, make_prelevements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """A return takes back what was credited; told twice, each counts once."""
    prelevements = make_prelevements({"prelevement": "P1"})
    credit = {"nature": "PRELEVEMENT", "montant_centimes": 10_000, "bout_en_bout": "P1"}
    retour = {"nature": "AUTRE", "montant_centimes": -10_000, "bout_en_bout": "P1"}
    retour |= {"code_motif": "AM04"}
    releve = {"depot": "D00000002", "message": "camt.054", "reference_banque": "B9"}
    lignes = make_mouvements(credit, retour, credit | releve, retour | releve)
    rapprochement = match_mouvements(lignes, make_reperes(prelevements))
    assert rapprochement.encaissements.select(
        "nature", "montant_centimes", "prelevement"
    ).rows() == [
        ("PRELEVEMENT", 10_000, "P1"),
        ("RETOUR", -10_000, "P1"),
    ]
    assert rapprochement.mouvements_ecartes["motif"].to_list() == ["DOUBLE", "DOUBLE"]
    etats = compute_etats_prelevements(
        prelevements, _with_part(rapprochement.encaissements), rapprochement.mouvements_ecartes
    )
    assert etats.select("etat", "code_motif").rows() == [("REJETE", "AM04")]


@pytest.mark.parametrize("total_d_abord", [True, False])
def test_a_batch_is_told_by_its_total_or_its_details(
    make_mouvements: Fabrique,
    make_prelevements: Fabrique,
    make_reperes: FabriqueReperes,
    total_d_abord: bool,
) -> None:
    """The total of a batch settles each of its debits; told both ways, they count once."""
    prelevements = make_prelevements(
        {"prelevement": "P1"}, {"prelevement": "P2", "montant_centimes": 2_500, "rum": "RUM-2"}
    )
    total = {"nature": "PRELEVEMENT", "montant_centimes": 12_500, "remise": LOT}
    details = [
        {"nature": "PRELEVEMENT", "montant_centimes": m, "remise": LOT, "bout_en_bout": p}
        for p, m in (("P1", 10_000), ("P2", 2_500))
    ]
    ordre = [total, *details] if total_d_abord else [*details, total]
    rapprochement = match_mouvements(make_mouvements(*ordre), make_reperes(prelevements))
    encaissements = rapprochement.encaissements
    assert encaissements.sort("prelevement").select("prelevement", "montant_centimes").rows() == [
        ("P1", 10_000),
        ("P2", 2_500),
    ]
    assert rapprochement.mouvements_ecartes.height == (2 if total_d_abord else 1)
    if total_d_abord:
        assert encaissements["encaissement"].to_list() == ["D00000001-1-0001", "D00000001-1-0002"]


def test_a_batch_less_what_was_refused_is_settled(
    make_mouvements: Fabrique, make_prelevements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """What pain.002 refused is not in the total that the bank credits."""
    prelevements = make_prelevements(
        {"prelevement": "P1"}, {"prelevement": "P2", "montant_centimes": 2_500, "rum": "RUM-2"}
    )
    rejet = {"nature": "REJET", "montant_centimes": 0, "bout_en_bout": "P1", "remise": LOT}
    rejet |= {"message": "pain.002", "code_motif": "AC04"}
    total = {"nature": "PRELEVEMENT", "montant_centimes": 2_500, "remise": LOT}
    faux = {"nature": "PRELEVEMENT", "montant_centimes": 1, "remise": LOT}
    rapprochement = match_mouvements(
        make_mouvements(rejet, total, faux), make_reperes(prelevements)
    )
    assert rapprochement.encaissements["prelevement"].to_list() == ["P2"]
    assert rapprochement.mouvements_ecartes.select("motif", "origine").rows() == [("REJET", "P1")]
    assert rapprochement.encaissements_non_affectes["montant_centimes"].to_list() == [1]
    etats = compute_etats_prelevements(
        prelevements, _with_part(rapprochement.encaissements), rapprochement.mouvements_ecartes
    )
    assert etats["etat"].to_list() == ["REJETE", "REGLE"]


@pytest.mark.parametrize("remise", [LOT, "PRLV-20260420-00003"])
def test_a_refused_batch_or_file_refuses_its_debits(
    remise: str,
    make_mouvements: Fabrique,
    make_prelevements: Fabrique,
    make_reperes: FabriqueReperes,
) -> None:
    """A refusal of all names no debit: each of them is refused, with its reason."""
    prelevements = make_prelevements({"prelevement": "P1"}, {"prelevement": "P2", "rum": "RUM-2"})
    rejet = {"nature": "REJET", "montant_centimes": 0, "remise": remise, "code_motif": "FF01"}
    rapprochement = match_mouvements(
        make_mouvements(rejet | {"message": "pain.002"}), make_reperes(prelevements)
    )
    assert rapprochement.mouvements_ecartes["origine"].to_list() == [remise]
    etats = compute_etats_prelevements(
        prelevements, _with_part(rapprochement.encaissements), rapprochement.mouvements_ecartes
    )
    assert etats.select("etat", "code_motif").rows() == [("A_REMETTRE", "FF01")] * 2


def _with_part(encaissements: pl.DataFrame) -> pl.DataFrame:
    return encaissements.with_columns(part=pl.lit(0))


MOUVEMENTS = st.fixed_dictionaries(
    {
        "depot": st.sampled_from(["D00000001", "D00000002", "D00000003"]),
        "message": st.sampled_from(["camt.053", "camt.054"]),
        "nature": st.sampled_from(["VIREMENT", "PRELEVEMENT", "RETOUR", "REJET", "AUTRE"]),
        "montant_centimes": st.sampled_from([10_000, 2_500, 12_500, -10_000, -2_500, 3]),
        "extourne": st.sampled_from([None, False, True]),
        "date_operation": st.sampled_from([JOUR, JOUR + timedelta(days=1)]),
        "bout_en_bout": st.sampled_from([None, "P1", "P2", "LOYER"]),
        "message_origine": st.sampled_from([None, LOT[:19]]),
        "rum": st.sampled_from([None, "RUM-1", "RUM-2"]),
        "remise": st.sampled_from([None, LOT]),
        "reference_banque": st.sampled_from([None, "B1", "B2"]),
        "compte_tiers": st.sampled_from([None, "c1", "commun"]),
        "reference": st.sampled_from([None, "C900201-202603-01", "C8000101-202603-01", "x"]),
    }
)


DECISIONS = st.fixed_dictionaries(
    {
        "nature": st.sampled_from(["AFFECTATION", "HORS_CAISSE", "REVOCATION_AFFECTATION"]),
        "siren": st.just(AUTRE),
        "contenu": st.builds('{{"mouvement": "D0000000{}-{}"}}'.format, *[st.integers(1, 3)] * 2),
    }
)


@settings(max_examples=80)
@given(st.lists(MOUVEMENTS, max_size=12), st.lists(DECISIONS, max_size=6))
def test_every_movement_ends_in_one_place(
    make_mouvements: Fabrique,
    make_prelevements: Fabrique,
    make_reperes: FabriqueReperes,
    lignes: list[dict[str, Any]],
    decisions: list[dict[str, Any]],
) -> None:
    """Received, waiting or set aside: each movement is in one place, to the cent; debits once."""
    reperes = make_reperes(
        make_prelevements(
            {"prelevement": "P1"}, {"prelevement": "P2", "montant_centimes": 2_500, "rum": "RUM-2"}
        ),
        *({"numero": numero} | decision for numero, decision in enumerate(decisions, 1)),
    )
    mouvements = make_mouvements(*lignes)
    rapprochement = match_mouvements(mouvements, reperes)
    recus = rapprochement.encaissements.with_columns(
        depot=pl.col("encaissement").str.split("-").list.get(0),
        rang=pl.col("encaissement").str.split("-").list.get(1).cast(pl.Int64),
    )
    places = [
        recus.select("depot", "rang").unique(),
        rapprochement.encaissements_non_affectes.select("depot", "rang"),
        rapprochement.mouvements_ecartes.select("depot", "rang"),
    ]
    cle = ["depot", "rang"]
    assert pl.concat(places).sort(cle).equals(mouvements.select(cle).sort(cle))
    sommes = recus.group_by(cle).agg(pl.col("montant_centimes").sum()).sort(cle)
    attendues = mouvements.join(sommes, on=cle, how="semi").select(sommes.columns).sort(cle)
    assert sommes.equals(attendues)
    fois = pl.when(pl.col("extourne")).then(-1).otherwise(1).sum()
    debits = recus.filter(pl.col("prelevement").is_not_null())
    assert set(debits.group_by("prelevement", "nature").agg(fois.alias("n"))["n"]) <= {0, 1}
    for table, frame in (
        ("encaissements_non_affectes", rapprochement.encaissements_non_affectes),
        ("mouvements_ecartes", rapprochement.mouvements_ecartes),
    ):
        assert frame.schema == schema_polars(read_contrat(table))


@settings(max_examples=30)
@given(st.lists(MOUVEMENTS, max_size=10), st.integers(0, 10))
def test_what_was_said_stays_when_more_comes(
    make_mouvements: Fabrique,
    make_prelevements: Fabrique,
    make_reperes: FabriqueReperes,
    lignes: list[dict[str, Any]],
    debut: int,
) -> None:
    """Receipts already found are found again, the same, after later deposits."""
    reperes = make_reperes(
        make_prelevements(
            {"prelevement": "P1"}, {"prelevement": "P2", "montant_centimes": 2_500, "rum": "RUM-2"}
        )
    )
    tout = make_mouvements(*lignes).sort("depot", "rang")
    recus = [
        match_mouvements(m, reperes).encaissements
        for m in (tout.filter(pl.col("depot") <= f"D{debut % 3:08}"), tout)
    ]
    assert recus[0].join(recus[1], on=recus[0].columns, how="anti", nulls_equal=True).is_empty()
