"""What the desk shows and does: nights, queues, acts, search, who looked at whom."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import select

from pipelines.metiers import METIERS
from pipelines.poste.reponses import perform_actes
from reporting.poste import cadre
from reporting.poste.consignes import list_codes, read_consigne
from tests.reporting.poste.conftest import (
    ADHERENT,
    INCONNU,
    MAINTENANT,
    OPERATEURS,
    SIREN,
    Entre,
    act,
    follow,
    sign,
)
from warehouse.acces.demandes import ACTE, ask, find_reponse
from warehouse.consultations import ACTION
from warehouse.decisions import read_decisions
from warehouse.pseudonymes import compute_pseudonyme
from warehouse.registre import read_etablissements
from warehouse.tables_sql import AUDIT

if TYPE_CHECKING:
    from tests.conftest import Caisse

NIR = "1850669123101"
MOUVEMENT = "D00000004-1"


def consulted(caisse: Caisse) -> list[tuple[str, str]]:
    """Who looked at whom, in order."""
    lues = select(AUDIT.c.auteur, AUDIT.c.objet).where(AUDIT.c.action == ACTION)
    with caisse.maison.moteur.connect() as connexion:
        return [(ligne[0], ligne[1]) for ligne in connexion.execute(lues.order_by(AUDIT.c.rang))]


@pytest.mark.usefixtures("moteur")
def test_the_home_and_the_nights_say_where_the_fund_stands(entre: Entre, fonds: Caisse) -> None:
    """The last night, what waits in each queue; each night with what it took and its steps."""
    anne = entre("anne")
    accueil = html.unescape(anne.get("/").text)
    assert "La dernière nuit, du 05/05/2026, est publiée" in accueil
    with fonds.maison.moteur.connect() as connexion:
        decide = read_decisions(connexion).filter(nature="AFFECTATION").height
    reste = "rien" if decide else "1"
    assert re.search(rf"Mouvements de la banque à affecter</a></th><td[^>]*>{reste}<", accueil)
    assert "NUIT_EN_RETARD" not in accueil
    nuits = anne.get("/nuits").text
    assert nuits.count('data-titre="Nuit"') == 2
    derniere = anne.get("/nuits/2").text
    assert "Étapes, telles que faites en dernier" in derniere
    assert "Étapes" not in anne.get("/nuits/1").text
    assert anne.get("/nuits/99").status_code == 404


def test_every_alert_has_its_runbook(entre: Entre) -> None:
    """Those of the nights, those of the machine: what to do is on the page that the link opens."""
    assert len(list_codes()) > 15
    for code in list_codes():
        assert any("À faire" in paragraphe for paragraphe in read_consigne(code).paragraphes)
    assert read_consigne("NUIT_INACHEVEE").autres == ["Une nuit bloquée"]
    page = entre("lise").get("/consignes/DEPOT").text
    assert "<code>caisse verifier FICHIER</code>" in page
    assert "**" not in page
    assert entre("lise").get("/consignes/INCONNUE").status_code == 404


@pytest.mark.usefixtures("moteur")
def test_an_unknown_siret_is_inscribed_where_it_is_proposed(entre: Entre, fonds: Caisse) -> None:
    """The centre that its company has, in one act, through the import of the registry; once."""
    anne = entre("anne")
    page = html.unescape(follow(anne, "/files"))
    assert "ailleurs.dsn" in page
    (section,) = re.findall(rf"<h3>{INCONNU}.*?</section>", page, re.DOTALL)
    assert "Proposé : centre <strong>C8000101</strong>" in section
    mots = dict(re.findall(r'name="(\w+)" value="([^"]*)"', section))
    mots.pop("voie", None)
    fait = act(anne, **mots | {"cdg": "C8000101", "motif": "appelé l'entreprise"})
    assert f"Établissement {INCONNU} inscrit" in html.unescape(fait)
    with fonds.maison.moteur.connect() as connexion:
        siens = read_etablissements(connexion).filter(siret=INCONNU)
    assert siens["cdg"].to_list() == ["C8000101"]
    encore = act(anne, **mots | {"cdg": "C8000101", "motif": "encore"})
    assert "Le registre le disait déjà" in html.unescape(encore)
    assert f"<h3>{INCONNU}" not in follow(anne, "/files")


@pytest.mark.usefixtures("moteur")
def test_a_movement_is_assigned_among_its_candidates(entre: Entre, fonds: Caisse) -> None:
    """Why each may be is said; one act assigns it; the page then says which decision did."""
    anne = entre("anne")
    page = html.unescape(follow(anne, "/banque"))
    assert "il reste exactement ce montant sur cet appel" in page
    (choix,) = set(re.findall(r'name="choix" value="([^"]*-202603-[^"]*)"', page))
    mots = {"genre": "decision", "nature": "AFFECTATION", "mouvement": MOUVEMENT}
    fait = act(anne, choix=choix, **mots)
    assert "la prochaine nuit l'applique" in html.unescape(fait)
    with fonds.maison.moteur.connect() as connexion:
        prise = read_decisions(connexion).filter(nature="AFFECTATION").row(-1, named=True)
    assert (prise["siren"], prise["auteur"], prise["motif"]) == (SIREN, "anne", "vu")
    assert f"La décision {prise['numero']} en dispose" in html.unescape(anne.get("/banque").text)
    assert act(anne, choix=choix, **mots) == fait  # the same form, sent twice
    assert "en dispose déjà" in html.unescape(act(anne, "encore", choix=choix, **mots))


@pytest.mark.usefixtures("moteur")
def test_a_deposit_is_set_aside_and_taken_up_with_a_reason(entre: Entre, fonds: Caisse) -> None:
    """Signed by who is in; without a reason, or with a NIR in it, nothing is asked."""
    anne = entre("anne")
    depot = fonds.journal()["mars.dsn"].depot
    mots = {"genre": "decision", "nature": "MISE_A_L_ECART", "depot": depot}
    for motif in ("", "  ", f"de {NIR[:1]} {NIR[1:]}"):
        donnees = {"preuve": sign(anne), "motif": motif, "voie": "faire", **mots}
        assert anne.post("/actes", data=donnees).status_code == 400
    assert "Décision" in act(anne, "mauvais mois", **mots)
    assert f'href="/depot/{depot}"' in anne.get("/decisions").text
    assert fonds.journal()["mars.dsn"].etat == "MIS_A_L_ECART"
    page = html.unescape(anne.get(f"/depot/{depot}").text)
    assert "Reprendre ce dépôt" in page
    assert "Décision" in act(anne, "vérifié", **mots | {"nature": "REPRISE_DEPOT"})
    assert fonds.journal()["mars.dsn"].etat == "RECU"
    deux = act(anne, "encore", **mots | {"nature": "REPRISE_DEPOT"})
    assert "son état est RECU" in html.unescape(deux)


@pytest.mark.usefixtures("moteur")
def test_what_changes_amounts_is_shown_before_it_is_recorded(entre: Entre) -> None:
    """It can't be done at once; what is refused is told; another's answer does not exist."""
    anne = entre("anne")
    avoir = {"genre": "decision", "nature": "AVOIR", "adherent": ADHERENT, "montant": "12,50"}
    donnees = {"preuve": sign(anne), "motif": "geste", **avoir}
    assert anne.post("/actes", data=donnees | {"voie": "faire"}).status_code == 400
    vu = anne.post("/actes", data=donnees | {"voie": "effet", "cdg": "C999999"})
    page = html.unescape(follow(anne, vu.headers["location"]))
    assert "ce centre de gestion n'est pas de ce SIREN" in page
    assert "Rien n'a changé" in page
    assert entre("bruno").get(vu.headers["location"]).status_code == 404
    assert anne.post("/actes", data=donnees | {"montant": "douze"}).status_code == 400
    assert anne.post("/actes", data=donnees | {"genre": "autre"}).status_code == 400
    assert anne.post("/actes", data=donnees | {"nature": "ECHEANCIER"}).status_code == 400


def test_an_act_that_nobody_may_sign_is_not_done(fonds: Caisse) -> None:
    """Whatever wrote it: an operator without the right, a user of the space, another's name."""
    depot = fonds.journal()["illisible.dsn"].depot
    acte = {"genre": "decision", "nature": "MISE_A_L_ECART", "depot": depot}
    maison = fonds.maison
    empreintes = []
    for rang, (compte, auteur) in enumerate(
        [("poste:lise", "lise"), ("A80001-ADM", "anne"), ("poste:lise", "anne"), ("anne", "anne")]
    ):
        contenu = {"acte": acte, "auteur": auteur, "motif": f"essai {rang}"}
        contenu["instant"] = "2026-05-06T09:00:00Z"
        with maison.moteur.begin() as connexion:
            empreintes.append(ask(connexion, ACTE, contenu, compte, MAINTENANT))
    perform_actes(maison, METIERS, MAINTENANT)
    with maison.moteur.connect() as connexion:
        reponses = [find_reponse(connexion, empreinte) for empreinte in empreintes]
        decisions = read_decisions(connexion).filter(pl.col("motif").str.starts_with("essai"))
    assert all(r and r.texte and "n'est pas ouvert" in r.texte for r in reponses)
    assert decisions.is_empty()


def test_anything_is_found_by_its_identifier(entre: Entre, fonds: Caisse) -> None:
    """A company by four names, a deposit, a call, an employee; nothing says so."""
    lise, salarie = entre("lise"), fonds.read("salaries").row(0, named=True)
    appel = fonds.read("appels")["appel"][0]
    for cherche, attendu in (
        (SIREN, f"/entreprise/{SIREN}"),
        (ADHERENT, f"/entreprise/{SIREN}"),
        ("travaux publics", f"/entreprise/{SIREN}"),
        (f"{SIREN}00010", "/liste/etablissements"),
        ("D00000001", "/depot/D00000001"),
        ("mars.dsn", "/depot/D00000001"),
        (appel, "/liste/appels"),
        (MOUVEMENT, "/liste/encaissements_non_affectes"),
        (salarie["salarie"], f"/salarie/{salarie['salarie']}"),
        (salarie["matricule"], f"/salarie/{salarie['salarie']}"),
    ):
        page = lise.post("/recherche", data={"preuve": sign(lise), "cherche": cherche}).text
        assert f'href="{attendu}' in page, cherche
        assert consulted(fonds)[-1] == ("lise", f"recherche : {cherche}")
    assert "Rien de publié" in lise.get("/recherche?q=Dupont").text
    assert consulted(fonds)[-1] == ("lise", "recherche sans réponse")


def test_a_nir_is_looked_for_and_goes_nowhere(entre: Entre, fonds: Caisse) -> None:
    """Typed in a form, it becomes its pseudonym; in an address it is refused; no journal has it."""
    anne = entre("anne")
    pseudonyme = compute_pseudonyme(fonds.maison.cle_pseudonymes, NIR)
    for tape in (NIR, f"{NIR[0]} {NIR[1:3]} {NIR[3:5]} {NIR[5:]} 12"):
        suite = anne.post("/recherche", data={"preuve": sign(anne), "cherche": tape})
        assert suite.headers["location"] == f"/salarie/{pseudonyme}"
    assert anne.get(f"/salarie/{pseudonyme}").status_code == 200
    for adresse in ("/recherche?q=", "/liste/salaries?ou=salarie%3D", "/salarie/"):
        assert anne.get(f"{adresse}{NIR}").status_code == 400
    with fonds.maison.moteur.connect() as connexion:
        ecrits = connexion.execute(select(AUDIT.c.objet, AUDIT.c.motif)).all()
    assert NIR not in str(ecrits)


def test_who_looks_at_whom_is_written_before_it_is_shown(
    entre: Entre, fonds: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Company, employee, deposit, list: each in the journal; what can't be written is not shown."""
    anne, salarie = entre("anne"), fonds.read("salaries")["salarie"][0]
    vus = {
        f"/entreprise/{SIREN}": f"entreprise {SIREN}",
        f"/salarie/{salarie}": f"salarié {salarie}",
        "/depot/D00000001": "dépôt D00000001",
        f"/liste/appels?ou=siren%3D{SIREN}": f"liste appels : siren {SIREN}",
        "/entreprise/123456789": "entreprise 123456789",
    }
    for adresse, objet in vus.items():
        anne.get(adresse)
        assert consulted(fonds)[-1] == ("anne", objet)
    journal = entre("lise").get(f"/consultations?auteur=anne&objet={SIREN}").text
    assert f"entreprise {SIREN}" in html.unescape(journal)
    assert "123456789" not in journal
    monkeypatch.setattr(cadre, "record_consultation", _fail)
    panne = anne.get(f"/entreprise/{SIREN}")
    assert (panne.status_code, "TRAVAUX" in panne.text) == (500, False)


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("le journal ne s'écrit pas")


def test_lists_are_filtered_and_paged(entre: Entre, fonds: Caisse) -> None:
    """A form of filters becomes an address; a table that is never published is not there."""
    lise = entre("lise")
    filtre = lise.get("/liste/depots", params={"f.etat": "ILLISIBLE", "f.nom": ""})
    assert filtre.headers["location"] == "/liste/depots?ou=etat%3DILLISIBLE"
    page = lise.get(filtre.headers["location"]).text
    assert "illisible.dsn" in page
    assert "mars.dsn" not in page
    assert lise.get("/liste/declarations_lues").status_code == 404
    assert lise.get("/liste/appels?ou=inconnue%3D1").status_code == 400
    assert lise.get("/liste").text.count('href="/liste/') > 40
    assert set(OPERATEURS) >= {auteur for auteur, _ in consulted(fonds)}
