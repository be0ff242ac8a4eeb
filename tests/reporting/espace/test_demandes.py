"""What a company asks for: shown before, kept, taken into the registry by the night, or refused."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from pipelines.nuit.passage import open_nuit
from specs.espace.actes import read_actes
from tests.reporting.espace.conftest import MAINTENANT
from warehouse.demandes.journal import has_demandes, list_demandes
from warehouse.registre import read_conventions, read_envois_documents, read_profils_cdg
from warehouse.registre.choisies import read_choisies
from warehouse.registre.versions import read_imports
from warehouse.tables_registre import UTILISATEURS

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.conftest import Caisse
    from tests.reporting.espace.conftest import Entre

SIREN, AUTRE = "800000010", "999090012"
ADM, PAIE = "A80001-ADM", "A80001-PAIE"
NUIT = MAINTENANT.replace(hour=20)


def read_cache(page: str, nom: str) -> str:
    """What a hidden field of a page bears."""
    return re.findall(rf'name="{nom}" value="(\w*)"', page)[-1]


def ask(client: TestClient, acte: str, siren: str = SIREN, **champs: str) -> list[str]:
    """Fill a form, see, ask; the texts of the page that shows what would change, and the state."""
    adresse = f"/e/{siren}/demandes/{acte}"
    donnees = {f".0.{nom}": valeur for nom, valeur in champs.items()}
    donnees |= {"motif": "fusion", "preuve": read_cache(client.get(adresse).text, "preuve")}
    vue = client.post(adresse, data=donnees)
    if vue.status_code == 200:
        faite = client.post(adresse, data=donnees | {"vu": read_cache(vue.text, "vu")})
        assert faite.headers["location"] == f"/e/{siren}/demandes"
    return [html.unescape(t.strip()) for t in re.findall(r">([^<>]+)<", vue.text) if t.strip()]


def test_a_choice_of_paper_takes_the_place_of_another(inscrite: Caisse, entre: Entre) -> None:
    """What changes is shown; the night closes the period before; the act is signed."""
    adm = entre(ADM)
    vues = ask(adm, "documents", document="RELEVE", canal="IMPRESSION", debut="2026-05-06")
    assert "sur papier" in vues
    assert "sur papier" in adm.get(f"/e/{SIREN}/demandes").text
    with inscrite.maison.moteur.connect() as connexion:
        assert has_demandes(connexion)
        avant = read_imports(connexion).height
    open_nuit(inscrite.passage(NUIT))
    ask(adm, "documents", document="RELEVE", canal="AUCUN", debut="2026-06-01")
    open_nuit(inscrite.passage(NUIT))
    with inscrite.maison.moteur.connect() as connexion:
        siens = read_envois_documents(connexion).filter(siren=SIREN, document="RELEVE")
        imports = read_imports(connexion)
        assert not has_demandes(connexion)
    periodes = siens.sort("debut").select("canal", "debut", "fin").rows()
    assert [(c, str(d), str(f)) for c, d, f in periodes] == [
        ("IMPRESSION", "2026-05-06", "2026-05-31"),
        ("AUCUN", "2026-06-01", "None"),
    ]
    assert imports.height == avant + 2
    acte = imports.row(-1, named=True)
    assert (acte["auteur"], acte["motif"]) == (ADM, "demande 2 de l'espace : fusion")
    assert b"IMPRESSION" in inscrite.maison.archive.read(imports.row(-2, named=True)["sha256"])
    assert "Faite" in adm.get(f"/e/{SIREN}/demandes").text


def test_what_changes_is_shown_before_it_is_asked_for(inscrite: Caisse, entre: Entre) -> None:
    """Of a centre, before and after; a past first day, another company's centre: refused."""
    adm = entre(ADM)
    aujourdhui = adm.get(f"/e/{SIREN}/demandes/centre").text
    assert "gros œuvre et travaux publics</td>" in aujourdhui
    assert "C900101" not in aujourdhui
    centre = {"cdg": "C8000101", "activite": "SO", "mode_retraite": "declaratif"}
    vues = ask(adm, "centre", **centre, debut="2026-06-01")
    debut = vues.index("Activité principale", vues.index("Ce qui changera"))
    assert vues[debut : debut + 4] == [
        "Activité principale",
        "C8000101, à partir du 01/06/2026",
        "gros œuvre et travaux publics",
        "second œuvre",
    ]
    assert "31/05/2026" not in vues
    taux = vues.index("Taux de la cotisation attendue")
    assert [texte.split(",")[0] for texte in vues[taux + 2 : taux + 4]] == ["0", "0"]
    assert vues[taux + 2].endswith("gros œuvre et travaux publics")
    assert vues[taux + 3].endswith("second œuvre")
    passee = ask(adm, "centre", **centre, debut="2026-04-01")
    assert "Premier jour : à partir du 06/05/2026." in passee
    autre = ask(adm, "centre", **{**centre, "cdg": "C900101"}, debut="2026-06-01")
    assert "À choisir dans la liste." in autre
    assert "Premier jour d'un mois attendu." in ask(adm, "centre", **centre, debut="2026-06-02")
    open_nuit(inscrite.passage(NUIT))
    with inscrite.maison.moteur.connect() as connexion:
        profils = read_profils_cdg(connexion).filter(cdg="C8000101").sort("debut")
    assert profils["activite"].to_list() == ["GOTP", "SO"]


def test_a_convention_is_asked_for_once(inscrite: Caisse, entre: Entre) -> None:
    """Under the number of the ANET one; not when it is in force."""
    adm = entre(ADM)
    assert "Cette convention est déjà en cours ce jour-là." in ask(
        adm, "convention", nature="TDP", debut="2026-05-06"
    )
    ask(adm, "convention", nature="RCP", debut="2026-06-01")
    open_nuit(inscrite.passage(NUIT))
    with inscrite.maison.moteur.connect() as connexion:
        siennes = read_conventions(connexion).filter(siren=SIREN, nature="RCP").sort("debut")
    assert [
        (n, str(d), str(f)) for n, d, f in siennes.select("convention", "debut", "fin").rows()
    ] == [
        ("0080001", "2026-06-01", "2026-09-30"),
        ("0080001", "2026-10-01", "None"),
    ]


def test_a_date_is_moved_by_who_enters_leave(inscrite: Caisse, entre: Entre) -> None:
    """Until its eve; a date that is not one of its month is told as an import tells it."""
    paie = entre(PAIE)
    vues = ask(paie, "calendrier", nature="RCP", mois="2026-12", date="2027-01-20")
    assert {"15/01/2027", "20/01/2027"} <= set(vues)
    trop_tot = ask(paie, "calendrier", nature="RCP", mois="2026-12", date="2026-12-30")
    assert any("ne sont pas terminés ce jour-là" in texte for texte in trop_tot)
    open_nuit(inscrite.passage(NUIT))
    with inscrite.maison.moteur.connect() as connexion:
        (demande,) = list_demandes(connexion, siren=SIREN)
    assert (demande.etat, demande.suite) == ("FAITE", "import 3")


def test_a_user_changes_what_is_known_of_him(inscrite: Caisse, entre: Entre) -> None:
    """His own name alone, which is masked wherever it is shown."""
    chantier = entre("A80001-CHANTIER")
    assert 'value="CHANTIER Sacha"' in chantier.get(f"/e/{SIREN}/demandes/contact").text
    nouveau = {"nom": "CHANTIER Alix", "courriel": "alix@a80001.example"}
    assert "a…@a80001.example" in ask(chantier, "contact", **nouveau)
    suivi = chantier.get(f"/e/{SIREN}/demandes").text
    assert "alix@" not in suivi
    assert "alix@" not in entre(ADM).get(f"/e/{SIREN}/demandes").text
    assert "courriel" not in entre(PAIE).get(f"/e/{SIREN}/demandes").text
    open_nuit(inscrite.passage(NUIT))
    with inscrite.maison.moteur.connect() as connexion:
        lus = read_choisies(connexion, UTILISATEURS, "siren", {SIREN}, "utilisateur", "courriel")
    assert {lu["utilisateur"]: lu["courriel"] for lu in lus} == {
        "A80001-ADM": "adm@a80001.example",
        "A80001-CHANTIER": "alix@a80001.example",
        "A80001-PAIE": "paie@a80001.example",
    }


def test_what_is_no_longer_possible_is_refused(inscrite: Caisse, entre: Entre) -> None:
    """The night judges again; a request that was withdrawn changes nothing."""
    adm, choix = entre(ADM), {"document": "APPEL", "canal": "AUCUN", "debut": "2026-06-01"}
    for _ in range(3):
        ask(adm, "documents", **choix)
    page = adm.get(f"/e/{SIREN}/demandes").text
    retrait = {"preuve": read_cache(page, "preuve")}
    adresse = f"/e/{SIREN}/demandes/{{}}/retirer"
    assert entre(PAIE).post(adresse.format(1), data=retrait).status_code == 400
    assert adm.post(adresse.format(3), data=retrait).status_code == 303
    assert adm.post(adresse.format(3), data=retrait).status_code == 404
    open_nuit(inscrite.passage(NUIT))
    with inscrite.maison.moteur.connect() as connexion:
        etats = [(d.etat, d.raison) for d in list_demandes(connexion, siren=SIREN)]
    deja = "Le registre le dit déjà : rien à changer."
    assert etats == [("FAITE", None), ("NON_PRISE", deja), ("RETIREE", None)]
    page = adm.get(f"/e/{SIREN}/demandes").text
    assert deja in page
    assert "Retirée" in page


def test_a_request_needs_a_reason_and_its_own_form(entre: Entre) -> None:
    """Without them nothing is kept."""
    adm, adresse = entre(ADM), f"/e/{SIREN}/demandes/documents"
    assert adm.post(adresse, data={"preuve": "autre"}).status_code == 400
    preuve = read_cache(adm.get(adresse).text, "preuve")
    champs = {".0.document": "APPEL", ".0.canal": "AUCUN", ".0.debut": "2026-06-01"}
    sans = adm.post(adresse, data={**champs, "preuve": preuve, "motif": " "})
    assert "Dire pourquoi" in sans.text
    iban = adm.post(
        adresse, data={**champs, "preuve": preuve, "motif": "FR7699999000010000008000190"}
    )
    assert "Un IBAN ne s&#39;écrit pas dans la raison." in iban.text
    vide = adm.post(adresse, data={"preuve": preuve, "motif": "x"})
    assert "3 champs à corriger" in vide.text


@pytest.mark.parametrize(
    ("utilisateur", "attendus"),
    [
        (ADM, set(read_actes())),
        (PAIE, {"contact", "calendrier"}),
        ("A80001-CHANTIER", {"contact"}),
    ],
)
def test_an_act_exists_for_who_may_ask(entre: Entre, utilisateur: str, attendus: set[str]) -> None:
    """In the page and by its address; for a firm that deposits, and elsewhere, none does."""
    client = entre(utilisateur)
    page = client.get(f"/e/{SIREN}/demandes").text
    assert set(re.findall(r"/demandes/(\w+)\"", page)) == attendus
    for nom in read_actes():
        attendu = 200 if nom in attendus else 404
        assert client.get(f"/e/{SIREN}/demandes/{nom}").status_code == attendu
        assert client.get(f"/e/{AUTRE}/demandes/{nom}").status_code == 404
    assert client.get(f"/e/{AUTRE}/demandes").status_code == 404
    cabinet = entre("CABINET-01")
    assert all(cabinet.get(f"/e/{AUTRE}/demandes/{nom}").status_code == 404 for nom in read_actes())
