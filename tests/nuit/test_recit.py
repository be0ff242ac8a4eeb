"""The first night as its two readers live it: the company drops, the fund calls."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from lxml import etree
from pypdf import PdfReader

from reporting.lecture import read_table
from sample_files.generateur.entreprises import compute_siret
from specs.contrats import Lecteur

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, SIREN, CDG = "A80001", "800000010", "C8000101"
AUTRE = "A09001"
OPPBTP = 1_993  # cents: 0.11 % of the bases 21 and of the hours of temporary workers
Reel = Callable[[bytes], bytes]
NIC_INCONNU = f"S21.G00.11.001,'{compute_siret(SIREN, 9)[9:]}'".encode()
LIGNE = ["appel", "mois_rattachement", "cotisation", "base_centimes", "taux_ppm"]
PROPRES_AU_MODE = {"publication", "sha256", "mode", "avertissement", "appel"}
TABLES = ("depots", "anomalies", "declarations", "bases", "lignes_appel", "appels")


def lines(caisse: Caisse) -> list[tuple[object, ...]]:
    """Published lines of paid leave, in the order of their key."""
    conges = caisse.read("lignes_appel").filter(pl.col("cotisation") == "CP")
    return conges.select(*LIGNE, "montant_centimes").rows()


def texts(xml: bytes) -> list[tuple[str, str]]:
    """Names and texts of a report but those that name its mode or its place."""
    elements = etree.fromstring(xml).iter("{*}*")
    lus = [(etree.QName(e).localname, (e.text or "").strip()) for e in elements]
    return [(nom, texte) for nom, texte in lus if nom not in PROPRES_AU_MODE]


def pages(pdf: bytes) -> str:
    """Text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_one_night_calls_the_last_declaration(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """A DSN and its annule-et-remplace in one night: one call, one line a month."""
    caisse.drop(ADHERENT, "normale.dsn", as_real(normale))
    caisse.drop(ADHERENT, "remplace.dsn", as_real(remplace))
    resultat = caisse.pass_night()
    assert resultat.publication is not None
    appel = f"{CDG}-202603-01"
    assert lines(caisse) == [
        (appel, "2026-02", "CP", -12_000, 210_000, -2_520),
        (appel, "2026-03", "CP", 1_350_000, 210_000, 283_500),
    ]
    assert caisse.read("appels").select(
        "appel", "adherent", "nature", "date_exigibilite", "montant_centimes"
    ).rows() == [(appel, ADHERENT, "INITIAL", date(2026, 4, 25), 282_978)]
    assert caisse.read("depots").select("nom", "etat").rows() == [
        ("normale.dsn", "REMPLACE"),
        ("remplace.dsn", "INTEGRE"),
    ]
    assert {nom.rsplit("/")[-1] for nom in caisse.returned()} == {
        *(f"ACK_D0000000{n}.xml" for n in (1, 2)),
        *(
            f"{nom}_D0000000{n}.{forme}"
            for nom in ("CONTROLE", "RAPPORT")
            for n in (1, 2)
            for forme in ("xml", "pdf")
        ),
        *(f"APPEL_{appel}.{forme}" for forme in ("pdf", "csv", "xlsx")),
        *(f"RELEVE_2026-04-05.{forme}" for forme in ("pdf", "csv", "xlsx")),
        *(
            f"RECAPITULATIF_{p}_2026-04-05.{f}"
            for p in ("2025-26", "2026")
            for f in ("csv", "xlsx")
        ),
        # The DSN tells a stop for bad weather that nothing declares.
        "ECHEANCE_800000010_20260405.pdf",
        # March is told: the leave year is certified, whatever misses.
        *(f"CERTIFICATS_CONGES_2026-04-05.{forme}" for forme in ("csv", "xlsx")),
    }


def test_a_later_correction_calls_the_difference(
    appelee: Caisse, soir: datetime, remplace: bytes, as_real: Reel
) -> None:
    """Over two nights the second call bears only what changed; the first is never rewritten."""
    caisse = appelee
    premiere = caisse.published()
    caisse.drop(ADHERENT, "remplace.dsn", as_real(remplace))
    caisse.pass_night(soir + timedelta(days=30))
    assert lines(caisse)[2:] == [
        (f"{CDG}-202603-02", "2026-03", "CP", 5_000, 210_000, 1_050),
    ]
    assert sum(ligne[-1] for ligne in lines(caisse)) == 280_980
    assert caisse.read("appels").select("nature", "date_exigibilite").rows() == [
        ("INITIAL", date(2026, 4, 25)),
        ("COMPLEMENTAIRE", date(2026, 6, 25)),
    ]
    seconde = caisse.published()
    retour = [nom for nom in premiere if "/retour/" in nom]
    assert [premiere[nom] for nom in retour] == [seconde[nom] for nom in retour]
    ancienne = caisse.read("lignes_appel", numero=1)
    assert ancienne.write_csv().encode() == premiere["lignes_appel"]


VARIANTES: dict[str, Callable[[bytes], bytes]] = {
    "conforme": lambda octets: octets,
    "sans taux": lambda octets: octets.replace(b"'01022026'", b"'01122018'").replace(
        b"'28022026'", b"'31122018'"
    ),
    "sans contrat": lambda octets: octets.replace(b"S21.G00.51.010,'00001'", b"S21.G00.51.010,'7'"),
    "siret inconnu": lambda octets: octets.replace(b"S21.G00.11.001,'00010'", NIC_INCONNU),
    "substitution": lambda octets: octets.replace(b"S20.G00.05.001,'01'", b"S20.G00.05.001,'09'"),
    "non conforme": lambda octets: octets.replace(b"S90.G00.90.001,'692'", b"S90.G00.90.001,'1'"),
    "illisible": lambda octets: octets.replace(b"'P26V01'", b"'P19V01'"),
}


@pytest.mark.parametrize("variante", VARIANTES)
def test_a_test_file_gets_the_report_of_a_real_one_and_publishes_nothing(
    make_caisse: Callable[..., Caisse], normale: bytes, as_real: Reel, variante: str
) -> None:
    """Same reports, amounts included, but for what names their mode; readers see nothing."""
    rapports: dict[str, dict[str, list[tuple[str, str]]]] = {}
    octets = VARIANTES[variante](normale)
    for mode, deposes in (("reel", as_real(octets)), ("essai", octets)):
        caisse = make_caisse(nombre_parts=1)
        caisse.drop(ADHERENT, "mars.dsn", deposes)
        resultat = caisse.pass_night()
        assert (resultat.publication is None, resultat.essais) == (
            (True, 1) if mode == "essai" else (False, 0)
        )
        retour = caisse.box(ADHERENT, "retour")
        remis = {vu.stem: vu for vu in retour.glob("*_D00000001.pdf")}
        rapports[mode] = {n: texts(vu.with_suffix(".xml").read_bytes()) for n, vu in remis.items()}
        for vu in remis.values():
            assert ("FICHIER D’ESSAI" in pages(vu.read_bytes())) == (mode == "essai")
    assert rapports["reel"] == rapports["essai"]
    controle = dict(rapports["reel"]["CONTROLE_D00000001"])
    suivi = {"RAPPORT_D00000001"} if controle["verdict"] == "CONFORME" else set()
    assert rapports["reel"].keys() == {"CONTROLE_D00000001"} | suivi
    assert {controle["suivi_de"]} == suivi if suivi else "suivi_de" not in controle
    assert [caisse.read(table).height for table in TABLES] == [0] * len(TABLES)
    assert not list(caisse.box(ADHERENT, "retour").glob("APPEL_*"))
    assert caisse.pass_night().essais == 0


def test_a_test_stands_in_the_list_of_deposits_told_apart(
    caisse: Caisse, normale: bytes, as_real: Reel
) -> None:
    """Beside the real ones, with its verdict, marked; no publication has it."""
    caisse.drop(ADHERENT, "essai.dsn", normale)
    caisse.drop(ADHERENT, "encore.dsn", normale)
    caisse.drop(ADHERENT, "reel.dsn", as_real(normale))
    caisse.pass_night()
    colonnes = ["nom", "essai", "etat", "motif"]
    liste = read_table(caisse.maison, "depots", lecteur=Lecteur.EXPLOITANT).select(colonnes)
    original = next(nom for nom, essai, etat, _ in liste.rows() if essai and etat == "CONFORME")
    assert {(nom, essai, etat) for nom, essai, etat, _ in liste.rows()} == {
        (original, True, "CONFORME"),
        (next(iter({"essai.dsn", "encore.dsn"} - {original})), True, "DOUBLON"),
        ("reel.dsn", False, "INTEGRE"),
    }
    assert read_table(
        caisse.maison, "depots", filtres={"essai": "non"}, lecteur=Lecteur.EXPLOITANT
    )["nom"].to_list() == ["reel.dsn"]
    assert read_table(caisse.maison, "depots", 1, lecteur=Lecteur.EXPLOITANT)["nom"].to_list() == [
        "reel.dsn"
    ]


def test_a_base_without_a_rate_waits_and_says_so(
    caisse: Caisse, normale: bytes, as_real: Reel
) -> None:
    """A correction of 2018, whose rate nobody knows: the rest is called, the company is told."""
    caisse.drop(ADHERENT, "mars.dsn", as_real(VARIANTES["sans taux"](normale)))
    caisse.pass_night()
    assert [ligne[1] for ligne in lines(caisse)] == ["2026-03"]
    anomalies = caisse.read("anomalies").select("code", "valeur", "attendu").rows()
    assert anomalies == [("CP-05", "CP (taux_ppm)", "2018-12")]
    attente = caisse.read("bases").filter(pl.col("statut") == "EN_ATTENTE")
    assert attente.select("mois_rattachement", "motif").rows() == [("2018-12", "CP-05")]


def test_test_and_real_files_of_one_night_do_not_mix(
    make_caisse: Callable[..., Caisse], normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """A test beside a real file changes nothing of what is published, and tells its own effect."""
    seule, melee = make_caisse(), make_caisse()
    for caisse in (seule, melee):
        caisse.drop(ADHERENT, "a.dsn", as_real(normale))
    melee.drop(ADHERENT, "b.dsn", remplace)
    assert [seule.pass_night().essais, melee.pass_night().essais] == [0, 1]
    attendu, vu = seule.published(), melee.published()
    assert {nom: vu[nom] for nom in attendu} == attendu
    assert sorted(vu.keys() - attendu.keys()) == [
        f"{ADHERENT}/retour/{nom}"
        for nom in (
            "ACK_D00000002.xml",
            *(f"CONTROLE_D00000002.{forme}" for forme in ("pdf", "xml")),
            *(f"RAPPORT_D00000002.{forme}" for forme in ("pdf", "xml")),
        )
    ]
    assert ("montant_centimes", "1050") in texts(vu[f"{ADHERENT}/retour/RAPPORT_D00000002.xml"])


def test_a_second_night_without_a_deposit_publishes_nothing(
    appelee: Caisse, soir: datetime
) -> None:
    """Nothing new: no publication, no file, the same published bytes."""
    avant = appelee.published()
    resultat = appelee.pass_night(soir + timedelta(days=1))
    assert (resultat.publication, resultat.remises) == (None, 0)
    assert appelee.published() == avant


def test_a_double_publishes_nothing(
    appelee: Caisse, soir: datetime, normale: bytes, as_real: Reel
) -> None:
    """The same bytes dropped again get a receipt that quotes the first, and change nothing."""
    appelee.drop(ADHERENT, "encore.dsn", as_real(normale))
    assert appelee.pass_night(soir + timedelta(days=1)).publication is None
    double = appelee.journal()["encore.dsn"]
    assert (double.etat, double.original) == ("DOUBLON", "D00000001")


def test_an_unknown_establishment_is_taken_up_again(
    make_caisse: Callable[..., Caisse], soir: datetime, normale: bytes, as_real: Reel
) -> None:
    """It waits with a report, and is called without a deposit once the registry knows it."""
    entete = "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin\n"
    societe = f"{ADHERENT};{SIREN};TRAVAUX PUBLICS SYNTHÈSE;{CDG};"
    autre = f"{societe}{compute_siret(SIREN, 2)};2015-01-01;\n"
    caisse = make_caisse(registre=(entete + autre).encode())
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    caisse.pass_night(soir)
    (depot,) = caisse.read("depots").rows(named=True)
    assert (depot["etat"], depot["motif"]) == ("EN_ATTENTE", "établissement inconnu")
    assert caisse.read("anomalies")["code"].to_list() == ["CP-03"]
    assert caisse.read("appels").is_empty()
    bases = caisse.read("bases")
    assert set(bases["statut"]) == {"EN_ATTENTE"}
    attente = (caisse.box(ADHERENT, "retour") / "RAPPORT_D00000001.xml").read_bytes()
    assert ("verdict", "EN_ATTENTE") in texts(attente)
    assert caisse.pass_night(soir + timedelta(days=1)).publication is None

    caisse.learn(f"{entete}{autre}{societe}80000001000010;2015-01-01;\n".encode())
    caisse.pass_night(soir + timedelta(days=2))
    assert caisse.read("appels")["montant_centimes"].to_list() == [282_450 - 2_520 + OPPBTP]
    assert caisse.read("depots")["etat"].to_list() == ["INTEGRE"]
    assert caisse.read("anomalies").is_empty()
    repris = (caisse.box(ADHERENT, "retour") / "RAPPORT_D00000001.xml").read_bytes()
    assert ("verdict", "CONFORME") in texts(repris)


def test_a_file_of_another_member_waits(caisse: Caisse, normale: bytes, as_real: Reel) -> None:
    """A DSN dropped in another company's box calls nobody and says why."""
    caisse.drop(AUTRE, "mars.dsn", as_real(normale))
    caisse.pass_night()
    assert caisse.read("depots")["etat"].to_list() == ["EN_ATTENTE"]
    assert caisse.read("anomalies")["code"].to_list() == ["CP-04"]
    assert caisse.read("appels").is_empty()


def test_an_old_publication_stays_readable(
    appelee: Caisse, soir: datetime, remplace: bytes, as_real: Reel
) -> None:
    """As of a past publication, every table is what it was, whatever came after."""
    caisse = appelee
    etats = [{table: caisse.read(table) for table in TABLES}]
    caisse.drop(ADHERENT, "remplace.dsn", as_real(remplace))
    caisse.pass_night(soir + timedelta(days=31))
    etats.append({table: caisse.read(table) for table in TABLES})
    for numero, tables in enumerate(etats, 1):
        for table in TABLES:
            assert caisse.read(table, numero=numero).equals(tables[table])
    assert caisse.read("appels", numero=7).equals(pl.DataFrame(schema=etats[0]["appels"].schema))
