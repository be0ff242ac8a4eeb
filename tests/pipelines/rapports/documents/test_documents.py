"""What companies receive: report (XML, PDF) and call (PDF, CSV), read back as they would be."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

import specs
from pipelines.cotisations.documents.appel_pdf import compose_appel_pdf
from pipelines.cotisations.documents.appel_tableaux import compose_appel
from pipelines.cotisations.documents.valeurs import Appel, DepotOrigine, EffetAppel, LigneAppel
from pipelines.editique.dessins import Dessin
from pipelines.editique.formes import draw_fichier
from pipelines.editique.tableaux_csv import render_csv
from pipelines.rapports.documents.rapport_pdf import compose_rapport_pdf
from pipelines.rapports.documents.rapport_xml import ESPACE, parse_rapport_xml, render_rapport_xml
from pipelines.rapports.documents.valeurs import (
    GroupeAnomalies,
    LigneAnomalie,
    LigneDeclaration,
    Rapport,
    Verdict,
)

RACINE = Path(specs.__file__).parents[1]
SCHEMA = etree.XMLSchema(etree.parse(RACINE / "specs" / "xsd" / "rapport.xsd"))
BALISAGE = '#panic("x") *gras* <b> $x$ @ref _i_ // [y] & ]]>'

MARS = LigneAppel("2026-03", "CP", "Congés payés", 1350000, 210000, 283500, 3, 5)
FEVRIER = LigneAppel("2026-02", "CP", "Congés payés", -12000, 210000, -2520, 1, 1)
EFFET = EffetAppel(
    "7501", "2026-03", "A-7501-2026-03-01", "INITIAL", date(2026, 4, 25), (FEVRIER, MARS)
)
DECLARATION = LigneDeclaration(
    1, "12345678200010", "2026-03", "01", "03", "11", 1, 3, "RETENUE", None
)
RAPPORT = Rapport(
    depot="D00000123",
    nom="DSN_2026_03.dsn",
    adherent="004217",
    raison_sociale="Terrassements Éloïse Dûpré & Fils",
    sha256="ab" * 32,
    octets=1536,
    recu_le="2026-04-03T20:04:11+00:00",
    essai=False,
    version="P26V01",
    verdict="CONFORME",
    motif=None,
    lignes=1234,
    declarations=(DECLARATION,),
    anomalies=(),
    anomalies_bloquantes=0,
    anomalies_signalees=0,
    effets=(EFFET,),
    date_arrete=date(2026, 4, 3),
    publication=42,
)
APPEL = Appel(
    appel="A-7501-2026-03-01",
    adherent="004217",
    raison_sociale="Terrassements Éloïse Dûpré & Fils",
    siren="123456782",
    cdg="7501",
    etablissements=("12345678200010", "12345678200028"),
    mois_appel="2026-03",
    rang=1,
    nature="INITIAL",
    date_arrete=date(2026, 4, 3),
    date_exigibilite=date(2026, 4, 25),
    lignes=(FEVRIER, MARS),
    salaries=3,
    depots=(DepotOrigine("D00000123", "DSN_2026_03.dsn", "2026-04-03T20:04:11+00:00"),),
    montant_centimes=280980,
    deja_appele_centimes=0,
    publication=42,
)
COMPLEMENT = replace(
    APPEL,
    appel="A-7501-2026-03-02",
    rang=2,
    nature="COMPLEMENTAIRE",
    lignes=(FEVRIER,),
    montant_centimes=-2520,
    deja_appele_centimes=283500,
    date_exigibilite=date(2026, 5, 25),
)


def anomalie(rang: int, severite: str = "bloquante") -> LigneAnomalie:
    """One anomaly, its line and individual after its rank."""
    return LigneAnomalie(
        lot="L1",
        depot="D00000123",
        rang=rang,
        code="CSL-03",
        severite=severite,
        ligne=1000 + rang,
        bloc="S21.G00.40",
        occurrence=rang,
        rubrique="S21.G00.40.001",
        rang_declaration=1,
        rang_individu=rang,
        valeur="31022026",
        attendu="une date du calendrier",
        nombre=1,
        message=f"La date {rang} n'existe pas.",
        remede="Corrigez la date du contrat.",
    )


def refuse(nombre: int, total: int | None = None) -> Rapport:
    """Report of a refused file with `nombre` anomalies, out of `total`."""
    return replace(
        RAPPORT,
        verdict="NON_CONFORME",
        motif="anomalies bloquantes",
        anomalies=tuple(map(anomalie, range(1, nombre + 1))),
        anomalies_bloquantes=total or nombre,
        effets=(),
        declarations=(replace(DECLARATION, statut=None),),
    )


ILLISIBLE = replace(
    RAPPORT,
    verdict="ILLISIBLE",
    motif="le fichier est vide",
    essai=None,
    version=None,
    lignes=None,
    octets=0,
    declarations=(),
    effets=(),
    publication=None,
    anomalies=(
        replace(
            anomalie(1), ligne=None, bloc=None, rubrique=None, rang_declaration=None,
            rang_individu=None, valeur=None, attendu=None, occurrence=None, nombre=7,
        ),
    ),
    anomalies_bloquantes=1,
)  # fmt: skip
EN_ATTENTE = replace(
    RAPPORT,
    verdict="EN_ATTENTE",
    motif="SIRET inconnu du registre",
    declarations=(
        replace(DECLARATION, statut="EN_ATTENTE", motif="SIRET inconnu du registre"),
        LigneDeclaration(2, None, None, None, None, None, None, 0, "SANS_EFFET", None),
        replace(DECLARATION, rang=3, mois="pas un mois", fraction="12", statut="REMPLACEE"),
    ),
    effets=(),
)
ESSAI = replace(RAPPORT, essai=True, effets=(replace(EFFET, appel=None),))
CONTROLE = replace(
    RAPPORT,
    declarations=(replace(DECLARATION, statut=None),),
    effets=(),
    publication=None,
    suivi_de="RAPPORT_D00000123",
)
RAPPORTS = {
    "conforme": RAPPORT,
    "non_conforme": refuse(3),
    "signalement": replace(
        RAPPORT,
        anomalies=(anomalie(1, "signal"), replace(anomalie(2, "signal"), rang_declaration=9)),
        anomalies_signalees=2,
    ),
    "illisible": ILLISIBLE,
    "en_attente": EN_ATTENTE,
    "essai": ESSAI,
    "controle": CONTROLE,
    "controle_essai": replace(CONTROLE, essai=True),
    "complementaire": replace(RAPPORT, effets=(replace(EFFET, nature="COMPLEMENTAIRE"),)),
    "hostile": replace(refuse(1), nom=BALISAGE + "\x00\udc80", raison_sociale=BALISAGE),
}


def read_pdf(octets: bytes) -> str:
    """Text of a PDF on one line, every kind of space a plain one."""
    pages = PdfReader(BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def find_textes(racine: etree._Element, nom: str) -> list[str | None]:
    """Texts of every element of that name, in document order."""
    return [element.text for element in racine.iter(f"{{{ESPACE}}}{nom}")]


@pytest.mark.parametrize("nom", RAPPORTS)
def test_xml_valide(nom: str) -> None:
    """Every kind of report is valid against the schema that companies are given."""
    SCHEMA.assertValid(parse_rapport_xml(render_rapport_xml(RAPPORTS[nom])))


@settings(max_examples=60)
@given(
    texte=st.text(), entier=st.integers(0, 2**62), verdict=st.sampled_from(list(Verdict.__args__))
)
def test_xml_valide_quoi_qu_il_arrive(texte: str, entier: int, verdict: Verdict) -> None:
    """No value of a file, whatever its characters, makes the XML invalid."""
    rapport = replace(
        refuse(1),
        nom=texte,
        raison_sociale=texte,
        motif=texte,
        verdict=verdict,
        octets=entier,
        anomalies=(replace(anomalie(1), valeur=texte, attendu=texte, rubrique=texte),),
        declarations=(replace(DECLARATION, siret=texte, mois=texte, nature=texte, motif=texte),),
    )
    SCHEMA.assertValid(parse_rapport_xml(render_rapport_xml(rapport)))


def test_xml_lisible() -> None:
    """The XML has the exact integers of the report, and anomalies under their declaration."""
    conforme = parse_rapport_xml(render_rapport_xml(RAPPORT))
    assert find_textes(conforme, "effet_ligne") != []
    assert find_textes(conforme, "montant_centimes") == ["280980", "-2520", "283500"]
    assert find_textes(conforme, "taux_ppm") == ["210000", "210000"]
    signale = parse_rapport_xml(render_rapport_xml(RAPPORTS["signalement"]))
    assert len(find_textes(signale, "declaration_anomalie")) == 1
    assert len(find_textes(signale, "envoi_anomalie")) == 1


def test_un_rapport_coupe_compte_tout() -> None:
    """More anomalies than the PDF prints: counts by code and rubric, and where the rest is."""
    coupe = refuse(300, 12_300)
    groupes = (
        GroupeAnomalies("bloquante", "CSL-03", "S21.G00.40.001", 12_299, 299, 1001, "m", "r"),
        GroupeAnomalies("bloquante", "F021", None, 1, 1, None, "m", "r"),
    )
    texte = read_pdf(compose_rapport_pdf(replace(coupe, groupes=groupes)).draw())
    assert "Le tableau les compte toutes" in texte
    assert "Le rapport XML les donne toutes en détail" in texte
    assert "12 299" in texte.replace("\u202f", " ").replace("\u00a0", " ")
    racine = parse_rapport_xml(render_rapport_xml(replace(coupe, groupes=groupes)))
    SCHEMA.assertValid(racine)
    assert find_textes(racine, "detaillees") == ["299", "1"]


def test_xml_sans_entite() -> None:
    """Reading a report back never resolves an external entity."""
    piege = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r>&e;</r>'
    try:
        lu = etree.tostring(parse_rapport_xml(piege), method="text")
    except etree.XMLSyntaxError:
        lu = b""
    assert lu.strip() in {b"", b"&e;"}


def test_essai_et_reel() -> None:
    """For machines, a test report differs from a real one by the mode and the warning alone."""
    reel = render_rapport_xml(RAPPORT).decode()
    essai = render_rapport_xml(replace(RAPPORT, essai=True)).decode()
    avertissement = "      <avertissement>FICHIER D'ESSAI – sans effet</avertissement>\n"
    assert essai.replace(avertissement, "").replace(">essai<", ">reel<") == reel


def test_rapport_pdf_conforme() -> None:
    """The PDF says who, what file, the verdict in words, the effect in amounts, what is next."""
    texte = read_pdf(compose_rapport_pdf(RAPPORT).draw())
    for attendu in (
        "Terrassements Éloïse Dûpré & Fils",
        "DSN_2026_03.dsn",
        "3 avril 2026 à 22 h 04",
        "Fichier conforme",
        "déclaration annule et remplace intégral",
        "Aucune anomalie.",
        "Échéance : 25 avril 2026.",
        "13 500,00 € 21 % 2 835,00 €",
        "−120,00 € 21 % −25,20 €",
        "2 809,80 €",
        "publication n° 42",
        "La suite",
        "page 1 / 1",
    ):
        assert attendu in texte


def test_rapport_pdf_anomalies() -> None:
    """Each anomaly is printed with its line, its place, what is wrong and what to do."""
    texte = read_pdf(compose_rapport_pdf(refuse(30)).draw())
    assert "Fichier non conforme" in texte
    assert "30 anomalies au total." in texte
    assert "Corrigez la date du contrat." in texte
    for rang in range(1, 31):
        assert f"La date {rang} n’existe pas." in texte.replace("'", "’")
        assert f"1 {rang:03d} déclaration 1, individu {rang} " in texte


def test_rapport_pdf_deux_cents() -> None:
    """At most 200 anomalies are printed and the exact total is stated."""
    texte = read_pdf(compose_rapport_pdf(refuse(250, total=15_432)).draw())
    assert "15 432 anomalies au total ; 200 en détail ici." in texte
    assert "individu 200 " in texte
    assert "individu 201 " not in texte


def test_rapport_pdf_autres_verdicts() -> None:
    """Unreadable and waiting files are told so, with the reason and no banner they do not need."""
    illisible = read_pdf(compose_rapport_pdf(ILLISIBLE).draw())
    assert "Fichier illisible" in illisible
    assert "Raison : le fichier est vide" in illisible
    assert "7 cas regroupés ici" in illisible
    assert "ESSAI" not in illisible
    attente = read_pdf(compose_rapport_pdf(EN_ATTENTE).draw())
    assert "Fichier conforme, mis en attente" in attente
    assert "SIRET inconnu du registre" in attente


def test_what_is_expected_is_said_once() -> None:
    """A message that says it has no second line that does."""
    dite = replace(anomalie(1), attendu="14 chiffres", message="Il faut 14 chiffres, il y en a 13.")
    texte = read_pdf(
        compose_rapport_pdf(
            replace(RAPPORT, verdict="NON_CONFORME", anomalies=(dite,), anomalies_bloquantes=1)
        ).draw()
    )
    assert "Il faut 14 chiffres, il y en a 13." in texte
    assert "Attendu" not in texte


def test_appel_pdf() -> None:
    """The call prints its lines, total, due date, means of payment and origin."""
    texte = read_pdf(compose_appel_pdf(APPEL).draw())
    for attendu in (
        "A-7501-2026-03-01",
        "123 456 782 00028",
        "à régler au plus tard le 25 avril 2026 2 809,80 €",
        "février 2026 Congés payés 1 salarié, 1 ligne de DSN −120,00 € 21 % −25,20 €",
        "mars 2026 Congés payés 3 salariés, 5 lignes de DSN 13 500,00 € 21 % 2 835,00 €",
        "virement",
        "Cet appel porte sur 3 salariés. Il vient de vos déclarations de mars 2026",
        "DSN_2026_03.dsn 3 avril 2026 à 22 h 04 D00000123",
        "publication n° 42",
    ):
        assert attendu in texte
    assert "complémentaire" not in texte


def test_appel_pdf_complementaire() -> None:
    """A complementary call says what it changes, and a credit asks for no payment."""
    texte = read_pdf(compose_appel_pdf(COMPLEMENT).draw())
    assert "appel complémentaire, rang 2" in texte
    assert "Somme en votre faveur" in texte
    assert "Déjà appelé 2 835,00 €" in texte
    assert "Cet appel complémentaire −25,20 €" in texte
    assert "Nouveau total du mois 2 809,80 €" in texte
    assert "virement" not in texte


def test_appel_pdf_nul() -> None:
    """A call whose lines cancel out asks for nothing."""
    texte = read_pdf(compose_appel_pdf(replace(APPEL, montant_centimes=0)).draw())
    assert "Rien à payer." in texte


def test_appel_pdf_long() -> None:
    """Twelve lines, a very long name and sixty deposits still print, the rest being counted."""
    mois = (replace(MARS, mois_rattachement=f"2026-{rang:02d}") for rang in range(1, 13))
    depots = tuple(replace(APPEL.depots[0], depot=f"D{rang:08d}") for rang in range(60))
    long = replace(APPEL, lignes=tuple(mois), depots=depots, raison_sociale="Travaux " * 40)
    texte = read_pdf(compose_appel_pdf(long).draw())
    assert "décembre 2026" in texte
    assert "et 40 autres dépôts." in texte


def test_balisage_inerte() -> None:
    """Markup in a name, a label or a message is printed, never run."""
    ligne = replace(MARS, libelle=BALISAGE)
    appel = replace(APPEL, raison_sociale=BALISAGE, lignes=(ligne,))
    assert read_pdf(compose_appel_pdf(appel).draw()).count(BALISAGE) == 4
    signale = replace(anomalie(1), message=BALISAGE, remede=BALISAGE)
    rapport = replace(refuse(1), raison_sociale=BALISAGE, motif=BALISAGE, anomalies=(signale,))
    assert read_pdf(compose_rapport_pdf(rapport).draw()).count("#panic(") == 4


@settings(max_examples=25)
@given(texte=st.text(max_size=300))
def test_pdf_quoi_qu_il_arrive(texte: str) -> None:
    """No text of a company or of its file stops a PDF from being composed."""
    signale = replace(anomalie(1), message=texte, remede=texte, valeur=texte, rubrique=texte)
    rapport = replace(refuse(1), raison_sociale=texte, nom=texte, anomalies=(signale,))
    assert compose_rapport_pdf(rapport).draw().startswith(b"%PDF-")
    depots = (DepotOrigine("D00000123", texte, "2026-04-03T20:04:11Z"),)
    appel = replace(APPEL, raison_sociale=texte, depots=depots)
    assert compose_appel_pdf(appel).draw().startswith(b"%PDF-")


def test_texte_copiable() -> None:
    """A long file name copied from the PDF is the very name, without hidden characters."""
    nom = "DSN_" + "a1b2c3d4" * 14 + ".dsn"
    lu = "".join(
        page.extract_text()
        for page in PdfReader(BytesIO(compose_rapport_pdf(replace(RAPPORT, nom=nom)).draw())).pages
    )
    assert nom in lu.replace("\n", "")


def test_octets_reproductibles() -> None:
    """Two processes write the same bytes, dated by the date given and not by the clock."""
    programme = (
        "import sys; sys.path.insert(0, sys.argv[1]); from hashlib import sha256;"
        "import runpy; m = runpy.run_path(sys.argv[2]);"
        "print([sha256(octets).hexdigest() for octets in m['render_tout']()])"
    )
    sorties = [
        subprocess.run(
            [sys.executable, "-c", programme, str(RACINE), __file__],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    ici = str([sha256(octets).hexdigest() for octets in render_tout()])
    assert sorties == [ici, ici]
    informations = PdfReader(BytesIO(compose_rapport_pdf(RAPPORT).draw())).metadata
    assert informations is not None
    assert informations.creation_date is not None
    assert informations.creation_date.date() == RAPPORT.date_arrete


def render_tout() -> list[bytes]:
    """One document of each kind, also called in another process."""
    rendus: list[tuple[Callable[..., bytes | Dessin], object]] = [
        (render_rapport_xml, RAPPORTS["hostile"]),
        (compose_rapport_pdf, ESSAI),
        (compose_rapport_pdf, refuse(30)),
        (compose_appel_pdf, APPEL),
        (render_appel_csv, COMPLEMENT),
    ]
    return [draw_fichier(rendu(valeur)) for rendu, valeur in rendus]


def render_appel_csv(appel: Appel) -> bytes:
    """The call as CSV."""
    return render_csv(compose_appel(appel))


def read_csv(octets: bytes) -> list[list[str]]:
    """Rows of a CSV as a French spreadsheet reads it."""
    texte = octets.decode("utf-8-sig")
    return list(csv.reader(StringIO(texte, newline=""), delimiter=";"))


def test_csv_aller_retour() -> None:
    """The CSV of a call reads back to its exact amounts, its total and its publication."""
    octets = render_appel_csv(APPEL)
    titres, *lignes, total, publication, _ = read_csv(octets)
    lues = [dict(zip(titres, ligne, strict=True)) for ligne in lignes]
    assert octets.startswith(b"\xef\xbb\xbfAppel;Nature;")
    assert [ligne["Montant (€)"] for ligne in lues] == ["-25,20", "2835,00"]
    assert [ligne["Base (€)"] for ligne in lues] == ["-120,00", "13500,00"]
    assert [ligne["Taux (%)"] for ligne in lues] == ["21,0000", "21,0000"]
    assert [ligne["Mois de rattachement"] for ligne in lues] == ["02/2026", "03/2026"]
    assert lues[0]["Raison sociale"] == APPEL.raison_sociale
    assert total[titres.index("Montant (€)")] == "2809,80"
    assert total[titres.index("Salariés")] == "3"
    assert publication == ["Publication", "42"]


def test_csv_empreinte() -> None:
    """The last row is the hash of every byte before it."""
    octets = render_appel_csv(APPEL)
    corps, separateur, empreinte = octets.rpartition(b"Empreinte;")
    assert separateur
    assert empreinte.decode().strip() == sha256(corps).hexdigest()


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t=", " =", "\r\n@"])
def test_csv_sans_formule(debut: str) -> None:
    """A company name that a spreadsheet would run as a formula is made inert."""
    octets = render_appel_csv(replace(APPEL, raison_sociale=f'{debut}CMD|"x";y'))
    titres, ligne, *_ = read_csv(octets)
    cellule = ligne[titres.index("Raison sociale")]
    assert cellule.startswith("'")
    assert cellule.endswith('CMD|"x";y')
