"""The desk in a real browser: the operators' day, and every kind of page for every reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.nuit.passage import open_nuit
from reporting.poste.application import create_poste
from reporting.sessions import COOKIES
from tests.conftest import SOIR
from tests.reporting.accessibilite import complain
from tests.reporting.navigateur import EXIGE, open_navigateur, serve
from tests.reporting.poste.conftest import (
    MAINTENANT,
    REGISTRE,
    SIREN,
    keep_moteur,
    name_operateurs,
    open_jeton,
)
from warehouse.acces.portes import Porte

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = EXIGE
PATIENCE_MS = 120_000
ATTENTE = "revient d'elle-même"  # of an answer that is not there yet
PAGES = (
    "/", "/nuits", "/nuits/2", "/consignes", "/consignes/DEPOT", "/files", "/banque",
    "/decisions?nature=AVOIR", "/retraitements", f"/recherche?q={SIREN}", f"/entreprise/{SIREN}",
    "/depot/D00000001", "/liste", f"/liste/appels?ou=siren%3D{SIREN}", "/consultations",
    "/inconnue",
)  # fmt: skip


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    """A real browser."""
    with open_navigateur() as navigateur:
        yield navigateur


def open_page(navigateur: Browser, adresse: str, jeton: str) -> Page:
    """A page of an operator who is in."""
    contexte = navigateur.new_context(locale="fr-FR", base_url=adresse)
    contexte.add_cookies([{"name": COOKIES[Porte.POSTE], "value": jeton, "url": adresse}])
    page = contexte.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


@pytest.mark.usefixtures("moteur")
def test_every_page_is_for_every_reader(navigateur: Browser, fonds: Caisse) -> None:
    """As an operator, as who only reads, as a stranger: axe finds nothing, nothing overflows."""
    salarie = fonds.read("salaries")["salarie"][0]
    with serve(create_poste(fonds.maison, lambda: MAINTENANT)) as adresse:
        for nom, pages in (
            ("anne", [*PAGES, f"/salarie/{salarie}"]),
            ("lise", ["/depot/D00000001"]),
            ("", ["/files"]),
        ):
            jeton = open_jeton(fonds.maison, nom, MAINTENANT) if nom else "rien"
            page = open_page(navigateur, adresse, jeton)
            for chemin in pages:
                page.goto(chemin)
                expect(page.locator("body")).not_to_contain_text(ATTENTE, timeout=PATIENCE_MS)
                for replie in page.locator("summary").all():
                    replie.click()
                assert complain(page) == [], (nom, chemin)
            page.context.close()


@pytest.fixture
def journee(
    make_appelee: Callable[..., Caisse],
) -> Iterator[tuple[Caisse, list[datetime]]]:
    """A fund that called March, and the clock of its desk, whose engine answers."""
    caisse = make_appelee(registre=REGISTRE)
    name_operateurs(caisse.maison)
    heure = [SOIR + timedelta(days=1)]
    yield from ((caisse, heure) for _ in keep_moteur(caisse.maison, lambda: heure[0]))


def sign_in(
    navigateur: Browser, adresse: str, journee: tuple[Caisse, list[datetime]], nom: str
) -> Page:
    """An operator comes in, at the hour that it is."""
    caisse, heure = journee
    return open_page(navigateur, adresse, open_jeton(caisse.maison, nom, heure[0]))


def send(page: Page, bouton: str, motif: str = "") -> None:
    """Give a reason and press a button of the last form; wait for what became of it."""
    if motif:
        page.get_by_label("Motif").first.fill(motif)
    page.get_by_role("button", name=bouton, exact=True).click()
    expect(page.locator("body")).not_to_contain_text(ATTENTE, timeout=PATIENCE_MS)


def test_the_day_of_the_operators_is_played_through_the_desk(
    navigateur: Browser,
    journee: tuple[Caisse, list[datetime]],
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """A night that hangs and its runbook, a file set aside, a deposit withdrawn with an accord."""
    caisse, heure = journee
    with serve(create_poste(caisse.maison, lambda: heure[0])) as adresse:
        open_nuit(caisse.passage(heure[0]))
        heure[0] += timedelta(hours=12)
        anne = sign_in(navigateur, adresse, journee, "anne")
        anne.goto("/")
        alerte = anne.locator(".avis", has_text="NUIT_INACHEVEE")
        expect(alerte).to_contain_text("n'est pas finie")
        alerte.get_by_role("link").click()
        expect(anne.get_by_role("heading", level=1)).to_have_text("NUIT_INACHEVEE")
        expect(anne.locator(".consigne")).to_contain_text("À faire")

        caisse.drop("A80001", "corrige.dsn", as_real(remplace))
        caisse.receive(heure[0])
        anne.goto("/files")
        expect(anne.locator("body")).not_to_contain_text(ATTENTE, timeout=PATIENCE_MS)
        anne.locator("#RECU").get_by_role("link").click()
        send(anne, "Mettre à l'écart", "fichier d'un autre mois")
        expect(anne.locator(".avis")).to_contain_text("enregistrée")
        assert caisse.journal()["corrige.dsn"].etat == "MIS_A_L_ECART"

        anne.goto("/depot/D00000001")
        anne.get_by_role("link", name="Le retraiter").click()
        anne.get_by_label("Que faire").select_option("RETRAIT")
        send(anne, "Voir l'effet", "mauvais mois")
        montant = anne.get_by_role("row", name="Solde de chaque centre").filter(has_text="appel")
        expect(montant.first).to_contain_text("2\u202f819,23")
        assert complain(anne) == []
        send(anne, "Demander, pour accord d'une autre personne")
        expect(anne.locator(".avis")).to_contain_text("une autre personne l'approuve")
        anne.goto("/retraitements")
        expect(anne.get_by_role("button", name="Approuver")).to_have_count(0)

        bruno = sign_in(navigateur, adresse, journee, "bruno")
        bruno.goto("/")
        bruno.get_by_role("link", name="Retraitements à approuver").click()
        assert complain(bruno) == []
        send(bruno, "Approuver", "vu avec Anne")
        expect(bruno.locator(".avis")).to_contain_text("approuvée")

        caisse.pass_night(heure[0])
        bruno.goto("/")
        expect(bruno.locator(".avis").first).to_contain_text("publiée avec réserves")
        expect(bruno.get_by_role("row", name="Dépôts : mis à l'écart")).to_contain_text("2")
    assert caisse.read("soldes")["appele_centimes"].to_list() == [0]
    assert caisse.journal()["mars.dsn"].etat == "MIS_A_L_ECART"
