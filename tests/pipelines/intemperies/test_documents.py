"""The documents of a winter (H-2): what each shows, to the cent, and to whom it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from pypdf import PdfReader

from pipelines.editique.dossiers import Dossier
from pipelines.editique.tableaux_csv import render_csv
from pipelines.intemperies.documents.campagne_pdf import compose_campagne_pdf
from pipelines.intemperies.documents.campagne_tableaux import compose_campagne_tableaux
from pipelines.intemperies.documents.campagnes import compose_campagne
from pipelines.intemperies.documents.depart_pdf import compose_depart_pdf
from pipelines.intemperies.documents.departs import compose_depart, find_departures
from pipelines.intemperies.documents.justificatif_pdf import compose_justificatif_pdf
from pipelines.intemperies.documents.justificatifs import compose_justificatif
from pipelines.intemperies.documents.lettres import compose_justificatifs, name_file
from pipelines.intemperies.documents.phrases import tell_refund
from pipelines.metiers import METIERS
from pipelines.publication.nuit import read_nuit
from specs.connaissances import read_connaissances
from tests.conftest import SOIR

if TYPE_CHECKING:
    from pipelines.editique.dessins import Dessin
    from tests.conftest import Caisse

SIREN, JOUR = "999090012", date(2026, 7, 31)
NOMS = {"P1": "Amélie DURAND", "P2": "Bilal HADDAD", "P3": "Chloé PETIT"}
SALAIRES = {
    "siren": SIREN, "campagne": "2025-26", "mois_activite": 12, "mois_connus": 12,
    "somme_connue": 51_000_000, "somme_centimes": 51_000_000, "manquants": "",
    "abattement_centimes": 9_504_000,
}  # fmt: skip


def noms(dossier: Dossier) -> dict[tuple[str, str], str]:
    """The name of each line."""
    lignes = dossier.tables["lignes_intemperies"].select("declaration", "salarie").iter_rows()
    return {(declaration, salarie): NOMS[salarie] for declaration, salarie in lignes}


def read_pdf(dessin: Dessin) -> list[str]:
    """Text of each page on one line, plain spaces, apostrophes and signs."""
    pages = PdfReader(BytesIO(dessin.draw())).pages
    textes = (" ".join(page.extract_text().split()) for page in pages)
    return [texte.replace("’", "'").replace("−", "-") for texte in textes]


def voucher(dossier: Dossier, declaration: str) -> list[str]:
    """Pages of the voucher of a declaration."""
    return read_pdf(
        compose_justificatif_pdf(compose_justificatif(dossier, declaration, noms(dossier)))
    )


def test_a_voucher_tells_the_company_then_each_employee(dossier: Dossier) -> None:
    """D1: hours, indemnity, refund with its formula, three entries; a page each that names one."""
    entreprise, amelie, bilal = voucher(dossier, "D1")
    assert "Déclaration prise en compte" in entreprise
    assert "12/08/2025 12 h 00" in entreprise
    assert (
        "avec S = 510 000,00 € (salaires soumis, la campagne entière) et A = 95 040,00 €"
        in entreprise
    )
    assert "C × (10 % × 67,50 € + 85 % × 11,25 €) × 75 % (canicule) = 9,95 €" in entreprise
    for suite in ("Provisoire, 20 août 2025 : 6,65 €", "-0,01 €", "3,31 €", "En tout : 9,95 €"):
        assert suite in entreprise
    assert "15,0000 €, pendant 7,00 h = 78,75 €" in amelie
    assert "moins 1,00 h de carence" in amelie
    assert "il en reste 47 sur 55" in amelie
    assert "Bilal" not in amelie
    assert "Amélie" not in bilal


def test_a_voucher_says_caps_lateness_and_what_is_left(dossier: Dossier) -> None:
    """D3: a capped wage; D4: the 55 used; D2: out of time, the rights are there."""
    assert "34,8000 €, plafonné à 120 %" in voucher(dossier, "D3")[1]
    chloe = next(page for page in voucher(dossier, "D4")[1:] if "Chloé" in page)
    assert "au-delà des limites" in chloe
    assert "55 indemnités journalières chez tous les employeurs, dont 15" in chloe
    tardive = voucher(dossier, "D2")
    assert "Déclaration reçue hors délai" in tardive[0]
    assert "382,50 €" in tardive[1]


def test_a_campaign_adds_up_to_the_story(dossier: Dossier) -> None:
    """Own cost 2 310.98 of 4 380.16; five points lost beyond three abattements."""
    salaires = pl.DataFrame([SALAIRES])
    campagne = compose_campagne(dossier, "2025-26", salaires, read_connaissances())
    assert sum(ligne.rembourse_centimes for ligne in campagne.lignes) == 206_918
    assert sum(ligne.provisoire_centimes for ligne in campagne.lignes) == 205_566
    assert sum(ligne.reste_centimes for ligne in campagne.lignes) == 231_098
    assert sum(ligne.cotisation_conges_centimes for ligne in campagne.lignes) == 88_935
    assert [seuil.rembourse_centimes for seuil in campagne.seuils] == [218_823, 206_918]
    (page,) = read_pdf(compose_campagne_pdf(campagne))
    assert "4 380,16 € d'indemnités, 2 069,18 € remboursés 2 310,98 €" in page
    assert "au-dessus, de 224 880,00 €" in page
    texte = render_csv(compose_campagne_tableaux(campagne)).decode("utf-8-sig")
    assert "D3;" in texte
    assert ";2310,98;889,35" in texte


def test_a_campaign_before_its_end_says_what_is_missing(dossier: Dossier) -> None:
    """Provisional: the months known are extended, those missing named."""
    connus = SALAIRES | {
        "mois_connus": 8,
        "somme_connue": 33_600_000,
        "manquants": "2025-12 2026-01",
    }
    avant = dossier.tables["indemnites_intemperies"].with_columns(definitif=pl.lit(value=False))
    ouvert = Dossier(
        dossier.entreprise, {**dossier.tables, "indemnites_intemperies": avant},
        dossier.depots, JOUR, 12,
    )  # fmt: skip
    campagne = compose_campagne(ouvert, "2025-26", pl.DataFrame([connus]), read_connaissances())
    (page,) = read_pdf(compose_campagne_pdf(campagne))
    assert "étendus à la campagne (S) : 504 000,00 €, sur 8 mois connus de 12" in page
    assert "une fois connus : décembre 2025, janvier 2026" in page


def test_a_campaign_whose_first_month_is_not_known_names_it(dossier: Dossier) -> None:
    """Nothing is refunded before: the month that holds the refunds, among those missing."""
    connus = SALAIRES | {"mois_connus": 0, "somme_connue": 0, "manquants": "2025-05 2025-04"}
    campagne = compose_campagne(dossier, "2025-26", pl.DataFrame([connus]), read_connaissances())
    (page,) = read_pdf(compose_campagne_pdf(campagne))
    assert "Première DSN attendue : avril 2025." in page


@pytest.mark.parametrize(
    ("manque", "dit"),
    [
        (None, "Il faut d'abord la DSN du premier"),
        ("taux de congés", "Il faut d'abord la DSN du premier"),
        ("coefficient de canicule, taux de congés", "il manque coefficient de canicule."),
    ],
)
def test_a_refund_that_waits_says_for_what(dossier: Dossier, manque: str | None, dit: str) -> None:
    """A value that the State has not published, or the wages; never one for the other."""
    lettre = compose_justificatif(dossier, "D1", noms(dossier))
    part = replace(lettre.salaries[0].parts[0], salaires_retenus_centimes=None, manque=manque)
    (phrase,) = tell_refund(part)
    assert dit in phrase


def test_who_leaves_has_a_certificate_of_the_years(dossier: Dossier) -> None:
    """P3 leaves in January: 55 indemnities in 2025, 15 of them here; nothing in 2026."""
    depart = compose_depart(dossier, "P3", NOMS["P3"], date(2025, 11, 3), date(2026, 1, 30))
    (annee,) = depart.annees
    assert annee.compteur.indemnites_journalieres_centiemes == 5_500
    assert annee.compteur.indemnites_entreprise_centiemes == 1_500
    assert [(p.declaration, p.jours, p.indemnisees_centiemes) for p in annee.periodes] == [
        ("D3", 15, 10_400), ("D4", 2, 0),
    ]  # fmt: skip
    (page,) = read_pdf(compose_depart_pdf(depart))
    assert "Sorti le 30 janvier 2026" in page


def test_a_departure_is_that_of_the_last_contract() -> None:
    """Each month tells the contract again; another one that goes on is no departure."""

    def contrat(salarie: str, numero: str, mois: str, fin: date | None) -> dict[str, Any]:
        return {"siren": SIREN, "salarie": salarie, "contrat": numero, "mois": mois, "depot": "D1",
                "ligne": 1, "debut": date(2025, 1, 1), "fin": fin}  # fmt: skip

    contrats = pl.DataFrame(
        [
            contrat("a", "1", "2025-12", None), contrat("a", "1", "2026-01", date(2026, 1, 30)),
            contrat("b", "1", "2025-12", date(2025, 12, 31)), contrat("b", "2", "2026-01", None),
            contrat("c", "1", "2026-01", None),
        ],
        schema_overrides={"fin": pl.Date},
    )  # fmt: skip
    assert find_departures(contrats).select("salarie", "fin").rows() == [("a", date(2026, 1, 30))]


def test_a_night_gives_a_voucher_for_what_is_new(
    caisse: Caisse, hiver: dict[str, pl.DataFrame]
) -> None:
    """One file a declaration, in the box of the company; nothing of it in the name of a file."""
    part = int(SIREN) % caisse.maison.reglages.nombre_parts
    for nom, frame in hiver.items():
        caisse.maison.lac.write(
            nom, frame.with_columns(part=pl.lit(part, pl.Int64)), {"part": part}
        )
    nuit = read_nuit(caisse.maison, JOUR, METIERS, SOIR)
    (lettre,) = compose_justificatifs(caisse.maison, nuit)
    fichiers = [nom for nom, _ in lettre.draw()]
    assert fichiers == [f"JUSTIFICATIF_INTEMPERIES_D{n}_2026-07-31.pdf" for n in range(1, 8)]
    assert name_file("a/b") != name_file("a/c")
    assert "/" not in name_file("a/b")
