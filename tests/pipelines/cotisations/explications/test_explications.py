"""What the nights of the sample deposits publish: every line can be explained, and closes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from pipelines.explications.demandes import Demande, Explication, explain
from pipelines.explications.lecture import DemandeRefusee
from pipelines.metiers import METIERS
from sample_files.generateur.annee import build_entreprise, write_fichiers
from specs.periodes import Mois

if TYPE_CHECKING:
    from tests.conftest import Caisse

# The third establishment opens in September; November corrects July.
MOIS = (Mois(2025, 7), Mois(2025, 9), Mois(2025, 11))
PREMIER, SECOND = "C8000101-202603-01", "C8000101-202603-02"
ESPACES = str.maketrans("\u202f\u00a0", "  ")


def explained(caisse: Caisse, identifiant: str, numero: int | None = None) -> Explication:
    """The explanation of an identifier."""
    return explain(caisse.maison, Demande(identifiant, numero), METIERS)


def text(explication: Explication) -> str:
    """Its sentences, with plain spaces."""
    return "\n".join(explication.phrases).translate(ESPACES)


def lines(caisse: Caisse) -> Iterator[str]:
    """Identifiers of the published lines."""
    cle = ("appel", "mois_rattachement", "cotisation")
    yield from map("/".join, caisse.read("lignes_appel").select(cle).iter_rows())


@pytest.fixture(scope="module")
def trois_centres(make_caisse: Callable[..., Caisse]) -> Caisse:
    """Three months of a company with three management centres."""
    entreprise = build_entreprise()
    entete = "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"
    societe = f"{entreprise.numero_adherent};{entreprise.siren};{entreprise.raison_sociale}"
    lieux = [f"{societe};{e.cdg};{e.siret};2025-06-01;" for e in entreprise.etablissements]
    caisse = make_caisse(registre="\n".join([entete, *lieux]).encode())
    for nom, octets in (paire for mois in MOIS for paire in write_fichiers(mois).items()):
        caisse.drop(entreprise.numero_adherent, nom, octets)
    caisse.pass_night()
    return caisse


def test_every_published_line_closes(deux_nuits: Caisse, trois_centres: Caisse) -> None:
    """No line and no call of the sample nights that its explanation does not give back."""
    vues = 0
    for caisse in (deux_nuits, trois_centres):
        for identifiant in (*lines(caisse), *caisse.read("appels")["appel"]):
            explication = explained(caisse, identifiant)
            assert (explication.ecarts, explication.objet["verifie"]) == ((), True)
            vues += 1
    assert vues > 30


def test_a_line_goes_down_to_the_lines_of_the_file(deux_nuits: Caisse, normale: bytes) -> None:
    """Each row names the line of the deposit where the amount stands."""
    (depot,) = explained(deux_nuits, f"{PREMIER}/2026-03/CP").objet["ligne"]["depots"]
    fichier = normale.decode("latin-1").splitlines()
    assert (depot["depot"], depot["nom"], depot["lignes"]) == ("D00000001", "mars.dsn", 6)
    for base in depot["bases"]:
        code, *suite = fichier[base["ligne"] - 1 :]
        assert code == "S21.G00.78.001,'20'"
        montant = next(ligne for ligne in suite if ligne.startswith("S21.G00.78.004"))
        euros, centimes = montant.split("'")[1].split(".")
        assert base["quantite"] == int(euros + centimes)


def test_a_replaced_call_keeps_its_explanation(deux_nuits: Caisse) -> None:
    """The first call is told from the deposit it was made of, though another counts today."""
    premier = text(explained(deux_nuits, f"{PREMIER}/2026-03/CP"))
    assert "Publication 1, arrêtée au 5 avril 2026" in premier
    assert "Dépôt D00000001, fichier « mars.dsn »" in premier
    assert "13 450,00 € × 21 % = 2 824,50 €." in premier
    assert explained(deux_nuits, PREMIER, 1).objet == explained(deux_nuits, PREMIER).objet


def test_a_complementary_line_tells_what_was_called(deux_nuits: Caisse) -> None:
    """Base of today, base already called, difference; the former calls by name."""
    second = text(explained(deux_nuits, f"{SECOND}/2026-03/OPPBTP_PERM"))
    for passage in (
        "13 500,00 € aujourd'hui, 13 450,00 € déjà appelés, soit une différence de 50,00 €.",
        "13 500,00 € × 0,11 % = 14,85 €, moins 14,80 € déjà appelés : 0,05 €.",
        "C8000101-202603-01 : 14,80 € pour une base de 13 450,00 €",
    ):
        assert passage in second


def test_the_unrounded_value_is_shown(deux_nuits: Caisse) -> None:
    """Hours by the wage of reference, then the exact product and its rounding."""
    interim = explained(deux_nuits, f"{PREMIER}/2026-03/OPPBTP_INT")
    for passage in (
        "312,50 h d'intérim au salaire horaire de référence de 14,91 € : 4 659,38 €.",
        "Base exacte : 4 659,375 €, arrondie à 4 659,38 €.",
        "4 659,38 € × 0,11 % = 5,125318 €, arrondi à 5,13 €.",
        "Salaire horaire de référence : 14,91 €, en vigueur depuis janvier 2026",
    ):
        assert passage in text(interim)
    exact = interim.objet["ligne"]["calcul"]["montant_exact_centimes"]
    assert exact == {"numerateur": 2562659, "denominateur": 5000}


def test_the_abatement_is_shared_between_the_centres(trois_centres: Caisse) -> None:
    """The position of the company, and what each centre bears of it, this one marked."""
    ligne = explained(trois_centres, "C900202-202509-01/2025-09/CI_GOTP").objet["ligne"]
    assert [(p["cdg"], p["base_centimes"]) for p in ligne["cumul"]["partage"]] == [
        ("C900201", 485_000),
        ("C900202", 215_000),
        ("C900203", 470_000),
    ]
    assert ligne["cumul"]["cumul_centimes"] == 1_870_000
    dite = text(explained(trois_centres, "C900202-202509-01/2025-09/CI_GOTP"))
    assert "C900202, septembre 2025, CI_GOTP : 0,00 € pour une base de 2 150,00 € (cette l" in dite


def test_pseudonyms_and_french_typography_only(deux_nuits: Caisse, normale: bytes) -> None:
    """No NIR, no name; a true minus sign; spaces before the signs that want one."""
    nirs = re.findall(r"S21\.G00\.30\.001,'(\d+)'", normale.decode("latin-1"))
    noms = re.findall(r"S21\.G00\.30\.00[24],'([^']{4,})'", normale.decode("latin-1"))
    assert nirs
    assert noms
    for identifiant in lines(deux_nuits):
        explication = explained(deux_nuits, identifiant)
        dite = "\n".join(explication.phrases)
        tout = dite + str(explication.objet)
        assert not [secret for secret in (*nirs, *noms) if secret in tout]
        assert not re.search(r"-\d+,\d\d|\d [€%h]\b|\d\.\d\d €", dite)


@pytest.mark.parametrize(
    ("identifiant", "passage"),
    [
        ("C8000101-202603-03", "Ce qui s'en approche : C8000101-202603-01, C8000101-202603-02."),
        ("Z", "« Z » n'est pas dans la publication 2."),
        (f"{PREMIER}/2026-03/FRAC", f"Ses lignes : {PREMIER}/2026-02/CI_GOTP, {PREMIER}/2026-02"),
        (f"{PREMIER}/2026-03", "APPEL/AAAA-MM/COTISATION"),
        (f"{PREMIER}//", "APPEL/AAAA-MM/COTISATION"),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_near(
    deux_nuits: Caisse, identifiant: str, passage: str
) -> None:
    """A sentence names the near identifiers, or how a line is written."""
    with pytest.raises(DemandeRefusee, match=re.escape(passage)):
        explained(deux_nuits, identifiant)


def test_a_call_is_unknown_before_it_is_published(deux_nuits: Caisse) -> None:
    """As of the first publication, the second call does not exist."""
    with pytest.raises(DemandeRefusee, match="n'est pas dans la publication 1"):
        explained(deux_nuits, SECOND, 1)
