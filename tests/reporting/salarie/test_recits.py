"""Amounts in plain words: those that were published, down to what the companies declared.

Told by the engine, then read in a real browser, on a phone and on a screen, and printed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from pipelines.conges.simulation import simulate_conge
from pipelines.explications.lecture import DemandeRefusee, open_lecteur
from pipelines.explications.recits import Demande, tell_recit
from pipelines.guichet.reponses import answer_demandes
from pipelines.metiers import METIERS
from reporting.salarie.application import create_salarie
from specs.contrats import read_contrat
from specs.salarie import read_tables
from specs.typographie import format_euros
from tests.efforts import EFFORT
from tests.reporting.espace.test_navigateur import DEFAUTS
from tests.reporting.navigateur import EXIGE, open_navigateur, serve
from tests.reporting.salarie.conftest import MAINTENANT, NUIT, Entre
from warehouse.acces.demandes import Reponse, find_reponse
from warehouse.acces.salaries import Lien, give_lien

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

RACONTEES = [table.nom for table in read_tables().values() if table.recit]
# Words of payroll and of the machine that an employee does not have, and what is not his.
METIER = re.compile(
    r"caisse expliquer|assiette|abattement|rembours|SIREN|SIRET|DSN|ppm|None|base 20|[LD]3141"
    r"|[Dd]épôt|exercice|D\d{8}|[0-9a-f]{8}|Vérifié|ÉCART|rubrique|bloc"
)
LONGUEUR, MOYENNE = 330, 130  # characters of a sentence: the longest, on average


def tell(fonds: Caisse, table: str, salarie: str) -> list[tuple[dict, tuple[str, ...]]]:
    """Each of his rows with its sentences."""
    cle = [nom for nom in read_contrat(table).cle if nom != "salarie"]
    numero = open_lecteur(fonds.maison, None).publication.numero
    lignes = fonds.read(table).filter(pl.col("salarie") == salarie).to_dicts()
    demandes = [Demande(table, salarie, {n: ligne[n] for n in cle}, numero) for ligne in lignes]
    return [
        (ligne, tell_recit(fonds.maison, demande, METIERS))
        for ligne, demande in zip(lignes, demandes, strict=True)
    ]


@pytest.fixture(scope="module")
def dites(fonds: Caisse, voyageur: str) -> dict[str, list[tuple[dict, tuple[str, ...]]]]:
    """All that is told of him, by table."""
    return {table: tell(fonds, table, voyageur) for table in RACONTEES}


@pytest.mark.parametrize("table", RACONTEES)
def test_what_is_told_has_the_words_of_everybody(dites: dict, table: str) -> None:
    """Short sentences that begin as such; no word of payroll, no number that names somebody."""
    assert dites[table]
    phrases = [p.strip() for _, recit in dites[table] for p in recit if p]
    assert [p for p in phrases if METIER.search(p)] == []
    assert [p for p in phrases if len(p) > LONGUEUR] == []
    assert sum(map(len, phrases)) // len(phrases) < MOYENNE
    assert [p for p in phrases if p[:1].islower()] == []


MONTANTS = {
    "droits": ("indemnite_centimes", "indemnite_btp_centimes", "indemnite_dixieme_centimes"),
    "certificats": ("brut_centimes",),
    "decomptes": ("brut_centimes", "net_centimes", "net_imposable_centimes", "prime_centimes"),
    "reglements": ("montant_centimes",),
    "attestations_fiscales": ("net_imposable_centimes", "pas_centimes"),
    "indemnites_intemperies": ("indemnite_calculee_centimes",),
    "cumuls_intemperies": ("indemnite_centimes",),
}


@pytest.mark.parametrize("table", MONTANTS)
def test_amounts_that_are_told_are_those_published(dites: dict, table: str) -> None:
    """Each one, in euros."""
    for ligne, recit in dites[table]:
        texte = "\n".join(recit)
        for nom in MONTANTS[table]:
            assert format_euros(ligne[nom]) in texte, nom


def test_each_withholding_is_told_with_its_rate(dites: dict, fonds: Caisse) -> None:
    """And their sum is what stands between gross and net."""
    ((ligne, recit),) = [d for d in dites["decomptes"] if d[0]["debut"] == date(2025, 8, 4)]
    texte, lignes = (
        "\n".join(recit),
        fonds.read("lignes_decompte").filter(decompte=ligne["decompte"]),
    )
    assert len(lignes) >= 6
    for retenue in lignes.to_dicts():
        assert format_euros(retenue["montant_centimes"]) in texte
    retenu = format_euros(lignes["montant_centimes"].sum())
    assert f"{format_euros(ligne['brut_centimes'])} \u2212 {retenu} de retenues" in texte


def test_a_right_goes_down_to_the_months_that_were_declared(dites: dict) -> None:
    """Both companies, month by month: wages and hours; his illness, the frost."""
    ((_, recit),) = [d for d in dites["droits"] if d[0]["exercice"] == 2025]
    texte = "\n".join(recit).replace("\u202f", " ").replace("\u00a0", " ")
    for dit in (
        "CHAUSSEES DU NORD, du 1er avril au 30 septembre 2024 : 12 850,00 € de salaires",
        "TERRASSEMENTS DU SUD, du 1er octobre 2024 au 31 mars 2025 : 13 200,00 € de salaires",
        "Décembre 2024 : 1 300,00 € de salaire, 76 h de travail.",
        "Vous avez eu 20 h d'intempéries payées",
        "d'arrêt maladie",
        "votre dernière paie d'un mois entier, 2 400,00 € (celle de mars 2025)",
    ):
        assert dit in texte, dit


def test_a_row_of_somebody_else_is_not_told(fonds: Caisse, voyageur: str) -> None:
    """Whatever its key; nor a table that is nobody's to be told."""
    decompte = fonds.read("decomptes")["decompte"][0]
    numero = open_lecteur(fonds.maison, None).publication.numero
    for table, salarie, cle in (
        ("decomptes", "0" * 32, {"decompte": decompte}),
        ("decomptes", voyageur, {"decompte": "autre"}),
        ("decomptes", voyageur, {}),
        ("appels", voyageur, {}),
    ):
        if cle or table == "appels":
            with pytest.raises(DemandeRefusee):
                tell_recit(fonds.maison, Demande(table, salarie, cle, numero), METIERS)


def simulate(fonds: Caisse, salarie: str, debut: date, reprise: date) -> str:
    """The sentences of a leave to come."""
    lecteur = open_lecteur(fonds.maison, None)
    phrases = simulate_conge(lecteur, salarie, debut, reprise)
    return "\n".join(phrases).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_leave_to_come_is_worth_what_the_night_would_pay(fonds: Caisse, voyageur: str) -> None:
    """Six days more, at the price of a day of his right; nothing is written.

    2 848,78 € / 30 x 6 = 569,76 €.
    """
    versions = fonds.versions()
    dite = simulate(fonds, voyageur, date(2025, 10, 6), date(2025, 10, 13))
    assert dite.startswith("Congé du 6 au 11 octobre 2025, retour le 13 octobre 2025 : 6 jours,")
    assert "569,76 € d'indemnité de congé" in dite
    assert "Congé principal : 1 jour, à prendre avant le 30 avril 2026." in dite
    assert fonds.versions() == versions


@pytest.mark.parametrize(
    ("debut", "reprise", "raison"),
    [
        (date(2025, 8, 11), date(2025, 8, 18), "Ces jours sont déjà pris"),
        (date(2025, 9, 1), date(2025, 10, 6), "Il ne vous reste pas assez de jours"),
        (date(2026, 7, 6), date(2026, 7, 13), "Vos droits ne sont pas encore connus"),
    ],
)
def test_a_leave_that_is_not_possible_says_why(
    fonds: Caisse, voyageur: str, debut: date, reprise: date, raison: str
) -> None:
    """Taken already, too long, of a year that is not closed."""
    assert debut > NUIT
    dite = simulate(fonds, voyageur, debut, reprise)
    assert "pas possible" in dite
    assert raison in dite


def test_nobody_has_no_leave_to_come(fonds: Caisse) -> None:
    """A pseudonym that the fund does not know is refused."""
    with pytest.raises(DemandeRefusee):
        simulate(fonds, "0" * 32, date(2025, 10, 6), date(2025, 10, 13))


def test_what_is_not_answered_yet_is_said(
    fonds: Caisse, voyageur: str, entre: Entre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An amount, a document, a leave to come: the page says to come back, and where."""
    monkeypatch.setattr("reporting.salarie.moteur.wait_reponse", lambda *_: None)
    client = entre(fonds.maison, voyageur)
    references = re.findall(r"/(?:pourquoi|document)/decomptes/\w+", client.get("/paiements").text)
    for adresse in (*references[:2], "/simuler?debut=2025-10-06&reprise=2025-10-13"):
        page = client.get(adresse)
        assert page.status_code == 200
        assert 'role="status"' in page.text
        assert f'href="{adresse.replace("&", "&amp;")}"' in page.text


PAGES = ("/", "/conges", "/paiements", "/intemperies", "/documents", "/simuler")
# Those of lists are alike: each is looked at when there is time for it.
ECHANTILLON = PAGES if EFFORT == "epreuve" else ("/", "/conges", "/simuler")
LARGEURS = (360, 1280)
navigateur, chromium = EXIGE


def answer_now(maison: Maison, empreinte: str) -> Reponse | None:
    """The answer of the engine, that the page itself has it write: no other process is waited."""
    answer_demandes(maison, METIERS, MAINTENANT)
    with maison.moteur.connect() as connexion:
        return find_reponse(connexion, empreinte)


@pytest.fixture(scope="module")
def adresse(fonds: Caisse) -> Iterator[str]:
    """Address of the page; the engine answers at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reporting.salarie.moteur.wait_reponse", answer_now)
        with serve(create_salarie(fonds.maison, lambda: MAINTENANT)) as adresse:
            yield adresse


@pytest.fixture(scope="module")
def ouvert() -> Iterator[Browser]:
    """A real browser."""
    with open_navigateur() as ouvert:
        yield ouvert


@pytest.fixture
def page(ouvert: Browser, adresse: str) -> Iterator[Page]:
    """A phone that nobody uses yet; nothing is complained of but what is refused."""
    contexte = ouvert.new_context(
        locale="fr-FR", base_url=adresse, viewport={"width": LARGEURS[0], "height": 740}
    )
    page, plaintes = contexte.new_page(), []
    page.on("console", lambda message: plaintes.append(message.text))
    page.on("pageerror", lambda erreur: plaintes.append(str(erreur)))
    yield page
    contexte.close()
    assert [p for p in plaintes if "status of 40" not in p] == []


def give(fonds: Caisse, salarie: str) -> Lien:
    """A link and its code."""
    with fonds.maison.moteur.begin() as connexion:
        return give_lien(connexion, salarie, "test", "test", MAINTENANT)


def come(page: Page, lien: Lien, code: str) -> None:
    """Type a code."""
    page.goto(f"/lien/{lien.jeton}")
    page.get_by_label("Votre code").fill(code)
    page.get_by_role("button", name="Ouvrir ma page").click()


def complain(page: Page) -> list[str]:
    """What a reader stumbles on, whatever the width of his screen."""
    dites = [str(d) for d in page.evaluate(DEFAUTS)]
    dites += [v["id"] for v in Axe().run(page).response["violations"]]
    for largeur in LARGEURS:
        page.set_viewport_size({"width": largeur, "height": 740})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            dites.append(f"déborde à {largeur} px")
    page.set_viewport_size({"width": LARGEURS[0], "height": 740})
    return [f"{page.url} : {dite}" for dite in dites]


@navigateur
@chromium
def test_an_employee_reads_why_and_prints_it(page: Page, fonds: Caisse, voyageur: str) -> None:
    """From his home to the months that were declared; on paper, without menu nor form; his PDF."""
    lien = give(fonds, voyageur)
    come(page, lien, lien.code)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos congés et vos indemnités")
    paiement = page.locator("section", has_text="Votre dernier paiement de congé")
    net = paiement.locator(".grand").inner_text()
    paiement.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(net.replace("\u00a0", "\u202f"))
    expect(page.get_by_text("Décembre 2024")).to_be_visible()
    imprimee = PdfReader(io.BytesIO(page.pdf(format="A4")))
    texte = "".join(feuille.extract_text() for feuille in imprimee.pages)
    assert "Ce qui en est retenu" in texte
    assert "Mes documents" not in texte
    assert "Fermer ma page" not in texte
    page.goto("/documents")
    lien_pdf = page.get_by_role("link", name="Congé du 4 au 23 août 2025")
    decompte = page.request.get(lien_pdf.get_attribute("href") or "")
    assert decompte.headers["content-type"] == "application/pdf"
    assert "VOYAGEUR" in PdfReader(io.BytesIO(decompte.body())).pages[0].extract_text()


@navigateur
@chromium
def test_every_page_reads_on_a_phone_and_a_leave_is_tried(
    page: Page, fonds: Caisse, voyageur: str
) -> None:
    """Nothing out of sight, nothing that stops a reader without eyes; then the page closes."""
    lien = give(fonds, voyageur)
    come(page, lien, lien.code)
    plaintes: list[str] = []
    for adresse in ECHANTILLON:
        page.goto(adresse)
        plaintes += complain(page)
    page.get_by_label("Premier jour de congé").fill("2025-10-06")
    page.get_by_label("Jour où vous reprenez le travail").fill("2025-10-13")
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_role("heading", name="retour le 13 octobre 2025")).to_be_visible()
    plaintes += complain(page)
    page.get_by_role("button", name="Fermer ma page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre page à la caisse de congés")
    plaintes += complain(page)
    assert plaintes == []


@navigateur
@chromium
def test_a_stranger_with_the_link_sees_nothing(page: Page, fonds: Caisse, voyageur: str) -> None:
    """Without the code; nor with the code of a link that served, nor with its address alone."""
    lien = give(fonds, voyageur)
    faux = lien.code[:-1] + ("1" if lien.code[-1] == "0" else "0")
    come(page, lien, faux)
    expect(page.get_by_role("alert")).to_contain_text("Ce n'est pas le bon code")
    assert complain(page) == []
    page.goto("/conges")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre page à la caisse de congés")
    come(page, lien, lien.code)
    page.get_by_role("button", name="Fermer ma page").click()
    page.goto(f"/lien/{lien.jeton}")
    expect(page.get_by_text("Ce lien n'ouvre plus rien")).to_be_visible()
