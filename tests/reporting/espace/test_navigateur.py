"""The space in a real browser: a clerk comes in, looks for a reason, takes a file, goes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from reporting.espace.application import create_espace
from tests.reporting.espace.conftest import MAINTENANT, PHRASE
from tests.reporting.navigateur import EXIGE, open_navigateur, serve
from warehouse.acces.comptes import invite

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = EXIGE
SIREN = "800000010"
PAGES = (
    f"/e/{SIREN}", f"/e/{SIREN}/theme/comptes", f"/e/{SIREN}/liste/appels",
    f"/e/{SIREN}/liste/depots", f"/e/{SIREN}/liste/fichiers_emis", f"/e/{SIREN}/profil",
    f"/e/{SIREN}/deposer", f"/e/{SIREN}/informations", "/favoris", f"/e/{SIREN}/demandes",
    f"/e/{SIREN}/demandes/centre", f"/e/{SIREN}/demandes/tdp", f"/e/{SIREN}/demandes/contact",
)  # fmt: skip
# What a reader without eyes, or without a mouse, would stumble on: each says where.
DEFAUTS = """() => {
  const dits = [];
  const nom = e => (e.getAttribute('aria-label') || e.textContent || '').trim();
  if (document.querySelectorAll('h1').length !== 1) dits.push('h1');
  if (!document.documentElement.lang) dits.push('lang');
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!(e.labels && e.labels.length)) dits.push('sans étiquette : ' + e.name);
  for (const e of document.querySelectorAll('a, button'))
    if (!nom(e)) dits.push('sans nom : ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('table'))
    if (!e.caption) dits.push('table sans titre');
  for (const e of document.querySelectorAll('th')) if (!e.scope) dits.push('th sans portée');
  for (const e of document.querySelectorAll('svg:not([aria-label])')) dits.push('image muette');
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  if (new Set(ids).size !== ids.length) dits.push('identifiant double');
  return dits;
}"""


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    """A real browser."""
    with open_navigateur() as navigateur:
        yield navigateur


@pytest.fixture(scope="module")
def adresse(fonds: Caisse) -> Iterator[str]:
    """Address of the space."""
    with serve(create_espace(fonds.maison, lambda: MAINTENANT)) as adresse:
        yield adresse


@pytest.fixture
def page(navigateur: Browser, adresse: str, fonds: Caisse) -> Iterator[Page]:
    """The administrator, who has just come in by an invitation; nothing is complained of."""
    contexte = navigateur.new_context(locale="fr-FR", base_url=adresse)
    page = contexte.new_page()
    plaintes: list[str] = []
    page.on("console", lambda message: plaintes.append(message.text))
    page.on("pageerror", lambda erreur: plaintes.append(str(erreur)))
    with fonds.maison.moteur.begin() as connexion:
        trousseau = fonds.maison.archive.trousseau
        jeton = invite(connexion, trousseau, "A80001-ADM", MAINTENANT)
    page.goto(f"/invitation/{jeton}")
    assert page.evaluate(DEFAUTS) == []
    cle = page.locator(".cle").inner_text().replace(" ", "")
    page.get_by_label("Mot de passe").fill(PHRASE)
    page.get_by_label("Code que l'application montre").fill(pyotp.TOTP(cle).at(MAINTENANT))
    page.get_by_role("button", name="Ouvrir mon accès").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("TRAVAUX")
    yield page
    contexte.close()
    assert plaintes == []


def test_from_what_is_due_to_the_lines_of_the_dsn(page: Page) -> None:
    """The clerk follows an amount: what is due, the call, its lines, the bases, the deposit."""
    page.get_by_role("region").or_(page.locator("section")).get_by_role(
        "link", name="€"
    ).first.click()
    page.locator("section", has_text="Appels de cotisations").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Pourquoi ce montant ?")).to_be_visible()
    lignes = page.get_by_role("table", name="Lignes des appels")
    expect(lignes.get_by_role("row").nth(1)).to_contain_text("%")
    bases = page.get_by_role("table", name="Bases déclarées, ligne par ligne")
    bases.get_by_role("link").first.click()
    expect(page.get_by_role("row", name="Ligne du fichier")).to_be_visible()


def test_a_list_is_looked_through_and_taken_away(page: Page) -> None:
    """Search, order, columns, file."""
    page.goto(f"/e/{SIREN}/liste/lignes_appel")
    table = page.get_by_role("table", name="Lignes des appels")
    avant = table.get_by_role("row").count()
    page.get_by_label("Chercher").fill("zzz")
    page.get_by_role("button", name="Chercher").click()
    expect(table).to_contain_text("Aucune ligne.")
    page.get_by_label("Chercher").fill("")
    page.get_by_role("button", name="Chercher").click()
    expect(table.get_by_role("row")).to_have_count(avant)
    page.get_by_text("Colonnes", exact=True).click()
    page.get_by_label("Identifiant de l'appel").uncheck()
    page.get_by_role("button", name="Chercher").click()
    expect(table.get_by_role("columnheader", name="Identifiant de l'appel")).to_have_count(0)
    with page.expect_download() as attente:
        page.get_by_role("link", name="CSV").click()
    assert Path(attente.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_refused_file_is_found_from_the_home(page: Page) -> None:
    """What is to do again is first, with its reason; the session then ends by its button."""
    page.locator("section", has_text="Fichiers à reprendre").get_by_role("link").first.click()
    expect(page.get_by_role("row", name="Raison de cet état")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    assert page.evaluate(DEFAUTS) == []
    page.goto(f"/e/{SIREN}")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


@pytest.mark.parametrize("largeur", [360, 1_280])
def test_every_page_is_for_every_reader(page: Page, largeur: int) -> None:
    """No page scrolls sideways; each thing to read or fill has its name."""
    page.set_viewport_size({"width": largeur, "height": 900})
    for adresse in PAGES:
        page.goto(adresse)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, adresse
        assert page.evaluate(DEFAUTS) == [], adresse
