"""Two years of one employee over two companies, from their files, night by night.

Certificates, rights, requests, payments: every number is that of the story, in the order told and
with the DSN of a year in others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from parsers.echanges.fixe import read_fixe
from parsers.echanges.valeurs import select_valeurs, with_valeurs
from pipelines.conges.decisions import COMPENSATION
from pipelines.conges.regles.paiement.execution import compute_execution
from pipelines.metier import list_natures
from pipelines.metiers import METIERS
from pipelines.nuit.passage import Passage, run_nuit
from sample_files.generateur.deux_ans import (
    RANGS,
    build_societe,
    list_declarations,
    list_envois,
    write_dsn,
    write_envoi,
)
from specs.caisse import read_caisse
from tests.efforts import ORDRES_DEUX_ANS
from warehouse.decisions import record_decision

if TYPE_CHECKING:
    from tests.conftest import Caisse

FICHIERS = Path(__file__).parents[2] / "sample_files" / "deux_ans"
RECIT = yaml.safe_load(Path(__file__).with_name("deux_ans.yaml").read_text("utf-8"))
SOCIETES = {nom: build_societe(nom) for nom in RANGS}
MEMBRES = "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin\n" + "".join(
    f"{s.numero_adherent};{s.siren};{s.raison_sociale};{s.siege.cdg};{s.siege.siret};2015-01-01;\n"
    for s in SOCIETES.values()
)
RCP = "conventions:\n" + "".join(
    f"- {{convention: 00{s.numero_adherent[1:]}, siren: {s.siren}, nature: RCP, "
    "debut: 2024-07-01, fin: 2026-09-30}\n"
    for s in SOCIETES.values()
)
HEURE, JOUR_DSN, MOIS = time(20), 10, 7_020_000
CERTIFIES = (date(2025, 5, 12), date(2026, 5, 11))  # the DSN of March are all there
SORTIE, ORDRE_SORTIE, FIN = date(2026, 6, 26), date(2026, 6, 28), date(2026, 7, 6)
PREMIERS_JOURS = (  # of the leaves
    date(2024, 8, 5), date(2025, 8, 4), date(2025, 12, 22), date(2026, 2, 16), date(2026, 2, 19),
    date(2026, 5, 4),
)  # fmt: skip
DEPOT = dict[date, list[tuple[str, str]]]  # box and name of each file, by day
pytestmark = [pytest.mark.nuit, pytest.mark.recit]


def leave(depart: date) -> date:
    """The night on which the order of a leave goes to the bank."""
    nuits = (depart - timedelta(days=n) for n in range(20, 0, -1))
    return next(nuit for nuit in nuits if compute_execution(depart, nuit)[1])


def arrivals() -> DEPOT:
    """Files by day: the DSN of a month the tenth of the next one, the others as they are sent."""
    jours: DEPOT = defaultdict(list)
    for declaration in list_declarations():
        jour = declaration.mois.next().first_day.replace(day=JOUR_DSN)
        jours[jour].append((declaration.entreprise.numero_adherent, write_dsn(declaration)[0]))
    for envoi in list_envois():
        boite = SOCIETES[envoi.entreprise].numero_adherent
        jours[envoi.recu].append((boite, write_envoi(envoi)[0]))
    jours[date(2024, 5, 6)].append((read_caisse().boite_banque, "avance.xml"))
    return dict(sorted(jours.items()))


def shuffled(graine: int) -> DEPOT:
    """The same files: the DSN that come between two payments, in another order."""
    hasard, ordre = Random(graine), arrivals()  # noqa: S311 - replayed
    dsn = [(jour, nom) for jour, noms in ordre.items() for nom in noms if nom[1].endswith(".dsn")]
    bornes = [*map(leave, PREMIERS_JOURS), SORTIE]
    for fenetre in {bisect_left(bornes, jour) for jour, _ in dsn}:
        jours, noms = zip(*(d for d in dsn if bisect_left(bornes, d[0]) == fenetre), strict=True)
        for jour, nom in zip(jours, noms, strict=True):
            ordre[jour].remove(nom)
        for jour, nom in zip(jours, hasard.sample(noms, len(noms)), strict=True):
            ordre[jour].append(nom)
    return ordre


def play(caisse: Caisse, arrivees: DEPOT, nuits: Iterable[date]) -> Iterator[date]:
    """Drop the files of each day, pass each night; after each, its day."""
    restent = dict(arrivees)
    for nuit in sorted(nuits):
        for jour in [j for j in restent if j <= nuit]:
            for boite, nom in restent.pop(jour):
                caisse.drop(boite, nom, (FICHIERS / nom).read_bytes())
            caisse.receive(datetime.combine(jour, HEURE, tzinfo=UTC))
        soir = datetime.combine(nuit, HEURE, tzinfo=UTC)
        run_nuit(Passage(caisse.maison, nuit, soir, METIERS))
        yield nuit


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows both companies and their conventions."""
    caisse = make_caisse(MEMBRES.encode(), nombre_parts=1)
    caisse.learn((FICHIERS / "registre.yaml").read_bytes(), "yaml")
    caisse.learn(RCP.encode(), "yaml")
    return caisse


def euros(centimes: int) -> Decimal:
    """Cents as the story writes them."""
    return Decimal(centimes) / 100


def read_droits(caisse: Caisse) -> Mapping[int, list[Any]]:
    """Rights by leave year, rounded as the story rounds them."""
    lus = {}
    for droit in caisse.read("droits").iter_rows(named=True):
        temps = [
            Decimal(droit[f"mois_{nom}_fractions"]) / MOIS
            for nom in ("travail", "maladie", "retenus")
        ]
        montants = [euros(droit[f"indemnite_{nom}centimes"]) for nom in ("btp_", "dixieme_", "")]
        lus[droit["exercice"]] = [
            *temps, droit["jours_legaux"], *montants, droit["heures_seuil_centiemes"] // 100,
            droit["prime_due"],
        ]  # fmt: skip
    return lus


def assert_droits(caisse: Caisse, exercices: Iterable[int]) -> None:
    """The rights of these years are those of the story."""
    lus = read_droits(caisse)
    for exercice in exercices:
        dits = RECIT["droits"][exercice]
        for lu, dit in zip(lus[exercice], dits, strict=True):
            if isinstance(dit, str):
                precision = Decimal(dit).as_tuple().exponent
                assert lu.quantize(Decimal(1).scaleb(int(precision))) == Decimal(dit), exercice
            else:
                assert lu == dit, exercice


def read_decomptes(caisse: Caisse) -> list[list[Any]]:
    """Statements as the story tells them, in its order."""
    lus = caisse.read("decomptes").sort("debut", "exercice", "date_arrete")
    sommes = ("indemnite", "prime", "vieillesse", "csg", "crds", "net_imposable", "pas", "net")
    return [
        [
            d["exercice"], d["nature"], d["debut"], d["fin"], d["jours_centiemes"] // 100,
            *(f"{euros(d[f'{nom}_centimes']):.2f}" for nom in sommes),
            d["reste_centiemes"] // 100,
        ]
        for d in lus.iter_rows(named=True)
    ]  # fmt: skip


def accept(caisse: Caisse, jour: date) -> None:
    """An officer has seen that he leaves the branch."""
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=list_natures(METIERS)[COMPENSATION],
            siren=SOCIETES["Y"].siren,
            date_effet=jour,
            auteur="test",
            motif="justificatif vu",
            instant=f"{jour}T08:00:00Z",
            contenu={"demande": "Y6"},
        )


def play_all(caisse: Caisse, arrivees: DEPOT) -> Iterator[date]:
    """The nights on which something is asked for or paid; his leaving is accepted in time."""
    demandes = {envoi.recu for envoi in list_envois() if envoi.genre == "DMC"}
    nuits = demandes | {*map(leave, PREMIERS_JOURS), *CERTIFIES, SORTIE, ORDRE_SORTIE, FIN}
    for nuit in play(caisse, arrivees, nuits):
        if nuit == date(2026, 6, 12):
            accept(caisse, SORTIE)
        yield nuit


def assert_story(caisse: Caisse) -> None:
    """Rights, statements, transfers, years of tax, the invoice of splitting: those of the story."""
    assert_droits(caisse, RECIT["droits"])
    certificats = caisse.read("certificats").filter(pl.col("en_vigueur"))
    assert set(certificats["completude"]) == {100}
    assert read_decomptes(caisse) == RECIT["decomptes"]
    decomptes = caisse.read("decomptes").sort("decompte")
    verses = caisse.read("reglements").sort("origine")
    assert verses.select("origine", "montant_centimes", "date_execution").rows() == (
        decomptes.select("decompte", "net_centimes", "date_paiement").rows()
    )
    fiscales = {
        a["annee"]: [
            f"{euros(a[f'{nom}_centimes']):.2f}" for nom in ("brut", "net_imposable", "pas")
        ]
        for a in caisse.read("attestations_fiscales").iter_rows(named=True)
    }
    assert fiscales == RECIT["attestations"]
    factures = caisse.read("lignes_appel").filter(pl.col("cotisation") == "FRAC")
    assert factures.select("siren", "mois_appel", "montant_centimes").rows() == [
        (SOCIETES["Y"].siren, "2026-02", 24_690)
    ]
    assert_told_to_payroll(caisse, decomptes)


def read_told(caisse: Caisse, genre: str, code: str) -> pl.DataFrame:
    """Records of the exchange files of a kind that were given."""
    lues = []
    for sha256 in caisse.read("fichiers_emis").filter(nature=genre)["sha256"]:
        lu = read_fixe(1, caisse.maison.archive.read(sha256))
        assert lu.anomalies.is_empty()
        assert lu.fichier is not None
        assert lu.fichier.genre is not None
        ligne = lu.fichier.genre.enregistrements[code]
        lues.append(select_valeurs(ligne, with_valeurs(ligne, lu.fichier.enregistrements[code])))
    return pl.concat(lues)


def assert_told_to_payroll(caisse: Caisse, decomptes: pl.DataFrame) -> None:
    """Each payment is told once: in the RCP file of its month, in DEC, in REG; to the cent."""
    lignes = read_told(caisse, "RCP", "50").sort("origin_id")
    dits = decomptes.with_columns(csg=pl.col("csg_centimes") + pl.col("crds_centimes"))
    assert lignes.select(
        "origin_id", "nature", "gross", "social", "csg_crds", "pas", "net", "surname"
    ).rows() == [
        (*rangee, "VOYAGEUR")
        for rangee in dits.select(
            "decompte", "nature", "brut_centimes", "vieillesse_centimes", "csg", "pas_centimes",
            "net_centimes",
        ).rows()
    ]  # fmt: skip
    nets = decomptes.select("decompte", "net_centimes").rows()
    assert read_told(caisse, "DEC", "60").sort("dec_id").select("dec_id", "net").rows() == nets
    vires = read_told(caisse, "REG", "70").filter(nature="CON").sort("doc_id")
    assert vires.select("doc_id", "amount").rows() == nets


@pytest.mark.lent
def test_two_years_in_the_order_told(caisse: Caisse) -> None:
    """Each leave year once its period is over, each payment, each year of tax."""
    for nuit in play_all(caisse, arrivals()):
        if nuit in CERTIFIES:
            assert_droits(caisse, [nuit.year])
    assert_story(caisse)


@pytest.mark.lent
@pytest.mark.parametrize("graine", range(ORDRES_DEUX_ANS))
def test_two_years_in_another_order(caisse: Caisse, graine: int) -> None:
    """Whatever the order in which the DSN come between two payments."""
    for _ in play_all(caisse, shuffled(graine)):
        pass
    assert_story(caisse)
