"""Every page of the space, as a company, an employee of it, a firm of accountants, a stranger."""

from __future__ import annotations

import html
import io
import re
from threading import Event, Thread
from typing import TYPE_CHECKING

import polars as pl
import pytest
from pypdf import PdfReader

from pipelines.guichet.reponses import answer_demandes
from pipelines.guichet.veille import keep_guichet
from pipelines.metiers import METIERS
from reporting.espace.droits import read_acces
from reporting.espace.pourquoi import can_explain
from specs.baremes import read_taux
from specs.espace import natures_of, read_tables
from specs.options import read_options
from specs.typographie import format_montant
from tests.reporting.espace.conftest import MAINTENANT

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.conftest import Caisse
    from tests.reporting.espace.conftest import Visite

SIREN, AUTRE = "800000010", "999090012"
COMPTES = f"/e/{SIREN}/liste/creances"


def walk(client: TestClient, debut: str = "/") -> dict[str, str]:
    """Pages that links lead to, with their text; a list is followed in one order only."""
    vues: dict[str, str] = {}
    reste = [debut]
    while reste:
        adresse = reste.pop()
        if adresse in vues or "tri=" in adresse or adresse.startswith("/statique"):
            continue
        reponse = client.get(adresse)
        assert reponse.status_code in (200, 303), adresse
        if reponse.status_code == 303:
            reste.append(reponse.headers["location"])
        lisible = "html" in reponse.headers.get("content-type", "")
        vues[adresse] = reponse.text if lisible else ""
        reste += map(html.unescape, re.findall(r'href="(/[^"#]*)"', vues[adresse]))
    return vues


def test_an_administrator_reads_all_of_the_company(visite: Visite) -> None:
    """Every link answers; every table is there; nothing says another company."""
    pages = walk(visite("A80001-ADM"))
    listes = {a.split("/")[-1] for a in pages if re.fullmatch(rf"/e/{SIREN}/liste/\w+", a)}
    assert listes == set(read_tables())
    accueil = pages[f"/e/{SIREN}"]
    assert "illisible.dsn" in accueil
    assert "À payer" in accueil
    assert not [adresse for adresse, page in pages.items() if AUTRE in page]
    fiche = next(page for adresse, page in pages.items() if "/fiche/appels?" in adresse)
    assert "Pourquoi ce montant ?" in fiche
    assert "Bases déclarées, ligne par ligne" in fiche


def test_pictures_say_what_their_tables_say(visite: Visite, fonds: Caisse) -> None:
    """The account ends at the balance; the abatement at what is published; what is missing is."""
    adm = visite("A80001-ADM")
    comptes = adm.get(f"/e/{SIREN}/theme/comptes").text
    assert comptes.count("<figure") == 2
    reste: list[str] = re.findall(r'data-titre="Reste dû en fin de mois">([^<]*)<', comptes)
    solde = fonds.read("soldes").filter(siren=SIREN)["solde_centimes"].sum()
    assert reste[-1] == format_montant(solde)
    assert len(reste) == 12
    cumul = fonds.read("cumuls_cotisations").filter(siren=SIREN, cumul="ABATTEMENT_INTEMPERIES")
    assert format_montant(cumul["droit_centimes"].max()) in comptes
    declarations = adm.get(f"/e/{SIREN}/theme/declarations").text
    assert 'aria-label="Les DSN attendues' in declarations
    chantier = visite("A80001-CHANTIER").get(f"/e/{SIREN}/theme/intemperies")
    assert "Le compte" not in chantier.text


def test_a_deposit_says_what_it_changes(visite: Visite) -> None:
    """The lines of the calls that its report tells of."""
    adm = visite("A80001-ADM")
    liste = adm.get(f"/e/{SIREN}/liste/depots").text
    fiches = map(html.unescape, re.findall(rf'href="(/e/{SIREN}/fiche/depots[^"]*)"', liste))
    pages = [adm.get(fiche).text for fiche in fiches]
    dites = [page for page in pages if "Ce que ce fichier change" in page]
    assert dites
    assert any("sont appelés" in page and "Congés payés" in page for page in dites)


def test_a_right_on_one_service_opens_that_one(visite: Visite) -> None:
    """The foreman reads bad weather alone: the rest does not exist, by any of its addresses."""
    chantier = visite("A80001-CHANTIER")
    pages = walk(chantier)
    themes = {a.split("/")[-1] for a in pages if "/theme/" in a}
    assert "intemperies" in themes
    assert "comptes" not in themes
    for suffixe in ("", ".csv", ".xlsx", ".json"):
        assert chantier.get(COMPTES + suffixe).status_code == 404
    assert chantier.get(f"/e/{SIREN}/theme/comptes").status_code == 404
    assert chantier.get(f"/e/{SIREN}/deposer").status_code == 404


def test_a_stranger_sees_the_door_alone(visite: Visite, fonds: Caisse) -> None:
    """Without a session, each address leads to the connection; with one, other companies do not."""
    adm = visite("A80001-ADM")
    pages = walk(adm)
    adm.cookies.clear()
    for adresse in pages:
        reponse = adm.get(adresse)
        assert reponse.headers.get("location") == "/connexion", adresse
    assert adm.get("/connexion").status_code == 200
    paie = visite("A80001-PAIE")
    for adresse in pages:
        if SIREN in adresse:
            assert paie.get(adresse.replace(SIREN, AUTRE)).status_code == 404
    assert fonds.maison.reglages.dossier.exists()


def test_a_firm_reads_those_that_gave_it_a_mandate(visite: Visite) -> None:
    """Its one company at once; the services of the mandate, and no account."""
    cabinet = visite("CABINET-01")
    assert cabinet.get("/").headers["location"] == f"/e/{AUTRE}"
    assert cabinet.get(f"/e/{AUTRE}/theme/declarations").status_code == 200
    assert cabinet.get(f"/e/{AUTRE}/theme/comptes").status_code == 404
    assert cabinet.get(f"/e/{SIREN}").status_code == 404


def test_a_firm_reads_what_is_late_over_its_companies(visite: Visite, fonds: Caisse) -> None:
    """Those with something to do first; each figure is that of the company's own page."""
    cabinet = visite("CABINET-02")
    page = cabinet.get("/").text
    assert page.index("TRAVAUX PUBLICS") < page.index("ROUTES EXEMPLE")
    dues = cabinet.get(f"/e/{SIREN}/liste/creances.json?ou=etat%3DECHUE").json()
    assert dues
    assert format_montant(sum(due["reste_centimes"] for due in dues)) in page
    attendues = fonds.read("declarations_attendues").filter(pl.col("etat") != "RECUE")
    tard = attendues.filter(pl.col("date_limite") < MAINTENANT.date(), siren=SIREN)
    assert page.count(f"/e/{SIREN}/fiche/declarations_attendues?") == min(3, tard.height)
    assert len(cabinet.get(f"/e/{AUTRE}").text) > 0


def test_a_list_is_searched_sorted_filtered_and_taken(visite: Visite) -> None:
    """What is asked is in the address; the file has the rows and columns of the page."""
    adm = visite("A80001-ADM")
    liste = f"/e/{SIREN}/liste/lignes_appel"
    tout = adm.get(f"{liste}.json").json()
    assert len(tout) > 2
    petites = adm.get(f"{liste}.json?tri=montant_centimes&sens=croissant").json()
    montants = [ligne["montant_centimes"] for ligne in petites]
    assert montants == sorted(montants)
    cotisation = tout[0]["cotisation"]
    siennes = adm.get(f"{liste}.json?ou=cotisation%3D{cotisation}").json()
    assert siennes == [ligne for ligne in tout if ligne["cotisation"] == cotisation]
    trouvees = adm.get(f"{liste}.json?q={cotisation.lower()}").json()
    assert [ligne for ligne in trouvees if ligne["cotisation"] == cotisation] == siennes
    deux = adm.get(f"{liste}.csv?colonne=cotisation&colonne=montant_centimes").text
    assert deux.splitlines()[0].lstrip("\ufeff") == "cotisation;montant_centimes"
    assert len(deux.splitlines()) == 1 + len(tout)
    assert adm.get(f"{liste}?tri=inconnue").status_code == 400
    assert adm.get(f"{liste}?page=0").status_code == 400
    assert adm.get(f"{liste}.parquet").status_code == 404


def test_hundredths_are_read_as_what_they_are(visite: Visite, fonds: Caisse) -> None:
    """A base of 2 500,00 is not shown as 250 000; its file keeps whole numbers."""
    adm = visite("A80001-ADM")
    plus = fonds.read("bases").filter(pl.col("siren") == SIREN)["quantite"].max()
    liste = f"/e/{SIREN}/liste/bases?tri=quantite&sens=descendant"
    assert format_montant(plus) in adm.get(liste).text
    assert adm.get(liste.replace("bases?", "bases.json?")).json()[0]["quantite"] == plus


def test_a_form_of_filters_is_an_address(visite: Visite) -> None:
    """Fields left empty ask nothing; amounts are typed in euros; what can't be read is said."""
    adm = visite("A80001-ADM")
    liste = f"/e/{SIREN}/liste/lignes_appel"
    ligne = adm.get(f"{liste}.json").json()[0]
    saisie = format_montant(ligne["montant_centimes"]).replace("\u2212", "-")
    champs = {"f.cotisation": "", "f.montant_centimes": saisie, "q": ""}
    reponse = adm.get(liste, params=champs)
    adresse = reponse.headers["location"]
    assert adresse.endswith(f"?ou=montant_centimes%3D{ligne['montant_centimes']}")
    assert f"{saisie}" in adm.get(adresse).text.replace("\u2212", "-")
    assert adm.get(liste, params={"f.montant_centimes": "douze"}).status_code == 400
    assert adm.get(f"{liste}?f.inconnue=1", follow_redirects=True).status_code == 400


def test_a_list_is_drawn_by_the_room_of_documents(visite: Visite, fonds: Caisse) -> None:
    """Its rows and titles, as a PDF; asked with the proof of the form, within rights."""
    adm = visite("A80001-ADM")
    liste = f"/e/{SIREN}/liste/lignes_appel"
    (preuve,) = set(re.findall(r'name="preuve" value="(\w+)"', adm.get(liste).text))
    fini = Event()
    guichet = (fonds.maison, METIERS, lambda: not fini.is_set(), lambda: MAINTENANT)
    fil = Thread(target=keep_guichet, args=guichet, daemon=True)
    fil.start()
    recu = adm.post(f"{liste}.pdf", data={"preuve": preuve})
    fini.set()
    fil.join(timeout=30)
    assert recu.headers["content-type"] == "application/pdf", recu.text
    (page,) = PdfReader(io.BytesIO(recu.content)).pages
    dit = page.extract_text()
    assert "Lignes des appels" in dit
    assert re.search(r"21\s?%", dit)
    assert page.mediabox.width > page.mediabox.height
    assert adm.post(f"{liste}.pdf").status_code == 400
    assert visite("A80001-CHANTIER").post(f"{liste}.pdf").status_code in (400, 404)


def _ask_why(client: TestClient, fonds: Caisse, table: str) -> str:
    """The page of the first row of a table, once the engine told why."""
    liste = client.get(f"/e/{SIREN}/liste/{table}").text
    fiche = html.unescape(re.findall(rf'href="(/e/{SIREN}/fiche/{table}[^"]*)"', liste)[0])
    page = client.get(fiche).text
    assert "Déplier le calcul" in page, table
    champs = re.findall(r'name="(preuve|cle)" value="([^"]*)"', page.split("/pourquoi/")[1])
    cles = [html.unescape(valeur) for nom, valeur in champs if nom == "cle"]
    donnees = {"preuve": champs[0][1], "cle": cles}
    asked = client.post(f"/e/{SIREN}/pourquoi/{table}", data=donnees)
    assert answer_demandes(fonds.maison, METIERS, MAINTENANT) == 1
    return client.get(asked.headers["location"]).text


def test_an_amount_unfolds_to_the_lines_of_the_dsn(visite: Visite, fonds: Caisse) -> None:
    """Asked by a button, told by the engine; employees by the number that the company knows."""
    adm = visite("A80001-ADM")
    appel = _ask_why(adm, fonds, "appels")
    assert "on retrouve le montant de l&#39;appel" in appel
    assert re.search(r"ligne \d+, base 20, salarié [A-Z0-9]+, contrat", appel)
    for montant in ("lignes_appel", "ecritures", "certificats"):
        page = _ask_why(adm, fonds, montant)
        assert "Vérifié : recalculé" in page, montant
        assert not re.search(r"salarié [0-9a-f]{8}\b|caisse expliquer|barèmes et options", page)


def test_what_an_explanation_tells_asks_for_whole_rights(visite: Visite, fonds: Caisse) -> None:
    """The foreman, of one category and centre, is not told; nor is a form without its proof."""
    chantier = visite("A80001-CHANTIER")
    for table in read_tables().values():
        if table.explique and table.service == "intemperies":
            acces = read_acces(fonds.maison, "A80001-CHANTIER", MAINTENANT.date())[SIREN]
            assert acces.can_read(table)
            assert not can_explain(acces, table)
    assert chantier.post(f"/e/{SIREN}/pourquoi/appels", data={"cle": "x"}).status_code == 400
    adm = visite("A80001-ADM")
    (preuve,) = set(re.findall(r'name="preuve" value="(\w+)"', adm.get(COMPTES).text))
    inconnu = {"preuve": preuve, "cle": "AUTRE"}
    assert adm.post(f"/e/{SIREN}/pourquoi/appels", data=inconnu).status_code == 404


def test_a_document_is_the_one_that_was_given(visite: Visite, fonds: Caisse) -> None:
    """The bytes of the box; another company's is not there."""
    adm = visite("A80001-ADM")
    nom = next(n for n in fonds.returned() if n.startswith("A80001/") and n.endswith(".pdf"))
    recu = adm.get(f"/e/{SIREN}/document/{nom.rsplit('/')[-1]}")
    assert recu.headers["content-type"] == "application/pdf"
    assert recu.content == fonds.returned()[nom]
    assert adm.get(f"/e/{SIREN}/document/AUTRE.pdf").status_code == 404
    assert visite("A80001-CHANTIER").get(recu.url.path).status_code == 404


def test_a_favourite_is_kept_then_forgotten(visite: Visite) -> None:
    """By its address, for this user alone."""
    adm = visite("A80001-ADM")
    (preuve,) = set(re.findall(r'name="preuve" value="(\w+)"', adm.get(COMPTES).text))
    acte = {"preuve": preuve, "adresse": f"{COMPTES}?q=2026", "titre": "Cette année"}
    assert adm.post(f"/e/{SIREN}/favoris", data=acte).headers["location"] == acte["adresse"]
    assert "Cette année" in adm.get("/favoris").text
    assert "Cette année" not in visite("A80001-PAIE").get("/favoris").text
    adm.post(f"/e/{SIREN}/favoris", data=acte)
    assert "Cette année" not in adm.get("/favoris").text
    dehors = acte | {"adresse": "https://ailleurs.example/"}
    assert adm.post(f"/e/{SIREN}/favoris", data=dehors).status_code == 404


def test_what_the_fund_applies_is_what_it_computes_with(visite: Visite) -> None:
    """The rates of the day, with their source, and the choices in words."""
    page = visite("A80001-ADM").get(f"/e/{SIREN}/informations").text
    lignes = re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)
    conges = next(ligne for ligne in lignes if "Congés payés" in ligne)
    assert "21\u202f%" in conges
    mois, debut, fin = "2026-05", pl.col("debut"), pl.col("fin")
    en_vigueur = read_taux().filter(debut <= mois, fin.is_null() | (fin >= mois))
    assert len(lignes) - 1 == en_vigueur.height > 4
    assert page.count("<dt>") == len(read_options())


def test_every_file_given_is_of_a_service_or_answers_a_deposit(fonds: Caisse) -> None:
    """Else only who has every right would find it."""
    services = ("conges", "intemperies", "comptabilite", "declarations")
    connues = frozenset[str]().union(*map(natures_of, services))
    emis = fonds.read("fichiers_emis").filter(pl.col("depot").is_null())
    assert set(emis["nature"]) <= connues


@pytest.mark.parametrize("adresse", ["/", f"/e/{SIREN}", "/connexion", "/inconnue"])
def test_no_page_is_framed_kept_or_scripted(visite: Visite, adresse: str) -> None:
    """The headers are on every answer."""
    entetes = visite("A80001-ADM").get(adresse).headers
    assert "default-src 'none'" in entetes["content-security-policy"]
    assert entetes["cache-control"] == "no-store"
