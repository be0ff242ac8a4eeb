"""One year of one company: three establishments, their calls, their payments, their certificate.

It joins in June 2025, crosses its weather abatement in September, pays September late, corrects
July in November, has the debit of January refused, asks for a certificate.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from pypdf import PdfReader

from pipelines.attestations.decisions import DEMANDE
from pipelines.explications.demandes import Demande, explain
from pipelines.metiers import METIERS
from pipelines.reception.etapes import create_boites
from sample_files.generateur.annee import ADHESION, build_entreprise, write_fichiers
from sample_files.generateur.banque import Ligne, write_releve
from specs.caisse import read_caisse
from specs.periodes import Mois
from specs.plan_comptable import read_plan_comptable
from warehouse.decisions import record_decision
from warehouse.registre import import_registre

if TYPE_CHECKING:
    from tests.conftest import Caisse

REGISTRE = Path(__file__).with_name("annee_registre.yaml")
ENTREPRISE = build_entreprise()
ADHERENT, SIREN = ENTREPRISE.numero_adherent, ENTREPRISE.siren
SIEGE, NORD, SUD = (etablissement.cdg for etablissement in ENTREPRISE.etablissements)
FIN = Mois(2026, 4)
ESPACES = str.maketrans("\u202f\u00a0", "  ")
TOUT = pl.lit(value=True)
SEPTEMBRE = pl.col("mois_appel") == "2025-09"
ECHU = pl.col("etat") == "ECHUE"
MAJORATIONS = {"2025-09": [983, 436, 952], "2026-01": [1_029, 456, 997]}  # by centre, in cents


@dataclass(slots=True)
class Annee:
    """The year as it is played, one event after the other."""

    caisse: Caisse
    releves: int = 0

    def night(self, jour: date) -> None:
        """The night of a day."""
        self.caisse.pass_night(datetime.combine(jour, time(20), tzinfo=UTC))

    def declare(self, jour: date) -> None:
        """The company drops its last month, that the night calls."""
        for nom, octets in write_fichiers(Mois.from_date(jour).previous()).items():
            self.caisse.drop(ADHERENT, nom, octets)
        self.night(jour)

    def pay(self, jour: date, quoi: pl.Expr = TOUT) -> None:
        """A transfer pays what is asked, late increases included, or only a part of it."""
        du = pl.col("reste_centimes") + pl.col("reste_majorations_centimes")
        dues = self.read("creances").filter(quoi & (du > 0))
        montant = int(dues.select(du.sum()).item())
        reference = self.reference(str(dues["mois_appel"].max()))
        self.tell(Ligne(montant, jour=jour, reference=f"COTISATIONS {reference}"))

    def reference(self, mois: str) -> str:
        """The one reference of the calls of a month."""
        appels = self.caisse.read("appels").filter(pl.col("mois_appel") == mois)
        (reference,) = appels["reference_paiement"].unique()
        return str(reference)

    def settle(self, jour: date) -> None:
        """The bank credits the debit that is under way."""
        self.tell(self.answer(jour, "EMIS", "PRELEVEMENT", 1))

    def reject(self, jour: date) -> None:
        """The bank takes the last debit back: there was not enough on the account."""
        self.tell(self.answer(jour, "REGLE", "RETOUR", -1, code="AM04"), message="camt.054")

    def answer(
        self, jour: date, etat: str, nature: str, signe: int, code: str | None = None
    ) -> Ligne:
        """What the bank says of the last debit in a state."""
        dernier = self.caisse.read("prelevements").filter(pl.col("etat") == etat)
        debit = dernier.sort("date_echeance").row(-1, named=True)
        return Ligne(
            signe * debit["montant_centimes"],
            nature,
            jour=jour,
            bout_en_bout=debit["prelevement"],
            rum=debit["rum"],
            code=code,
        )

    def tell(self, ligne: Ligne, message: str = "camt.053") -> None:
        """The bank drops its file, that the night reads."""
        self.releves += 1
        nom = f"RELEVE-{self.releves:02}"
        octets = write_releve([ligne], message, numero=nom)
        self.caisse.drop(read_caisse().boite_banque, f"{nom}.xml", octets)
        self.night(ligne.jour)

    def ask_attestation(self, jour: date) -> None:
        """The company asks for a certificate, that a night gives once it is in order."""
        with self.caisse.maison.moteur.begin() as connexion:
            record_decision(
                connexion,
                nature=DEMANDE,
                siren=SIREN,
                date_effet=jour,
                auteur="gestion",
                motif="marché public",
                instant=f"{jour}T08:00:00Z",
            )
        self.night(jour)

    def read(self, table: str) -> pl.DataFrame:
        """A published table, the rows of the company."""
        return self.caisse.read(table).filter(pl.col("siren") == SIREN)

    def text(self, nom: str) -> str:
        """Words of a PDF that the company received, with plain spaces."""
        octets = (self.caisse.box(ADHERENT, "retour") / nom).read_bytes()
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(octets)).pages]
        return " ".join(" ".join(pages).translate(ESPACES).split())


def list_events(annee: Annee) -> list[tuple[date, Callable[[date], None]]]:
    """What happens, by day."""
    declarations = [
        (mois.next().first_day.replace(day=10), annee.declare) for mois in Mois.range(ADHESION, FIN)
    ]
    autres: list[tuple[date, Callable[[date], None]]] = [
        (date(2025, 7, 24), annee.pay),
        (date(2025, 8, 22), annee.pay),
        (date(2025, 9, 24), annee.pay),
        (date(2025, 10, 27), annee.night),
        (date(2025, 11, 12), lambda jour: annee.pay(jour, SEPTEMBRE)),  # due on 25 October
        (date(2025, 11, 24), annee.pay),
        (date(2025, 12, 23), annee.pay),
        (date(2026, 1, 20), annee.night),
        (date(2026, 1, 26), annee.settle),
        (date(2026, 2, 18), annee.night),
        (date(2026, 2, 25), annee.settle),
        (date(2026, 2, 27), annee.reject),
        (date(2026, 3, 5), annee.ask_attestation),
        (date(2026, 3, 9), annee.settle),  # presented again
        (date(2026, 3, 18), annee.night),
        (date(2026, 3, 20), lambda jour: annee.pay(jour, ECHU)),  # the late increases
        (date(2026, 3, 25), annee.settle),
        (date(2026, 4, 20), annee.night),
        (date(2026, 4, 27), annee.settle),
    ]
    return sorted(declarations + autres, key=lambda evenement: evenement[0])


@pytest.fixture(scope="module")
def annee(make_caisse: Callable[..., Caisse]) -> Annee:
    """The year, played once."""
    annee = Annee(make_caisse(nombre_parts=1))
    with annee.caisse.maison.moteur.begin() as connexion:
        bilan = import_registre(
            connexion,
            REGISTRE.read_bytes(),
            archive=annee.caisse.maison.archive,
            auteur="gestion",
            motif="adhésion",
            instant="2025-06-01T08:00:00Z",
            forme="yaml",
        )
    assert bilan.erreurs == ()
    create_boites(annee.caisse.maison)
    for jour, evenement in list_events(annee):
        evenement(jour)
    return annee


def test_each_call_is_what_the_company_declared(annee: Annee) -> None:
    """Contributions of a centre by month: joining, crossing the abatement, the rate of 2026."""
    montants = annee.read("lignes_appel").filter(pl.col("cdg") == SIEGE)
    par_mois = {
        mois: dict(
            sorted(lignes.group_by("cotisation").agg(pl.col("montant_centimes").sum()).rows())
        )
        for (mois,), lignes in montants.partition_by("mois_appel", as_dict=True).items()
    }
    assert par_mois["2025-06"] == {"CI_GOTP": 0, "CP": 97_970, "OPPBTP_PERM": 534}
    assert par_mois["2025-09"] == {"CI_GOTP": 288, "CP": 97_970, "OPPBTP_PERM": 534}
    assert par_mois["2025-10"]["OPPBTP_INT"] == 193  # 120 h x 14.63 x 0.11 %
    assert par_mois["2025-11"] == {"CI_GOTP": 1_032, "CP": 97_970 - 2_424, "OPPBTP_PERM": 534}
    assert par_mois["2026-01"] == {"CI_GOTP": 1_066, "CP": 101_850, "OPPBTP_PERM": 534}


def test_the_abatement_is_crossed_in_september(annee: Annee) -> None:
    """Nothing is due for bad weather until August; then what exceeds 7 920 euros a month."""
    cumuls = annee.read("cumuls_cotisations").filter(pl.col("periode") == "2025-26")
    assert cumuls.select(
        "mois_appel", "cumul_centimes", "droit_centimes", "assiette_centimes"
    ).rows()[:6] == [
        ("2025-06", 700_000, 792_000, 0),
        ("2025-07", 1_400_000, 1_584_000, 0),
        ("2025-08", 2_100_000, 2_376_000, 0),
        ("2025-09", 3_270_000, 3_168_000, 102_000),
        ("2025-10", 4_440_000, 3_960_000, 378_000),
        ("2025-11", 5_598_000, 4_752_000, 366_000),
    ]
    assert cumuls["assiette_centimes"].sum() == 10_278_000 - 7_920_000


def test_july_is_corrected_in_november(annee: Annee) -> None:
    """The difference is on the calls of November, those of July and September are not rewritten.

    July has nothing beyond the abatement to give back; September, where it is crossed, exceeds it
    by 900 euros instead of 1 020, and each centre gives back its part of the difference.
    """
    corrections = annee.read("lignes_appel").filter(
        pl.col("mois_appel") != pl.col("mois_rattachement")
    )
    assert corrections.select(
        "appel", "mois_rattachement", "cotisation", "base_centimes", "abattement_centimes",
        "montant_centimes",
    ).rows() == [
        (f"{SIEGE}-202511-01", "2025-07", "CI_GOTP", -12_000, -12_000, 0),
        (f"{SIEGE}-202511-01", "2025-07", "CP", -12_000, 0, -2_424),
        (f"{SIEGE}-202511-01", "2025-09", "CI_GOTP", 0, 4_974, -34),
        (f"{NORD}-202511-01", "2025-09", "CI_GOTP", 0, 2_206, -15),
        (f"{SUD}-202511-01", "2025-09", "CI_GOTP", 0, 4_820, -33),
    ]  # fmt: skip
    assert annee.read("appels")["rang"].unique().to_list() == [1]


def test_one_reference_pays_the_three_centres(annee: Annee) -> None:
    """Each month has one reference; a payment with it pays each call of the month, once."""
    appels = annee.read("appels")
    assert appels.group_by("mois_appel").agg(pl.col("reference_paiement").n_unique())[
        "reference_paiement"
    ].unique().to_list() == [1]
    payees = (
        annee.read("imputations").group_by("appel", "poste").agg(pl.col("montant_centimes").sum())
    )
    principal = (
        payees.filter(pl.col("poste") != "MAJORATION")
        .group_by("appel")
        .agg(pl.col("montant_centimes").sum())
    )
    exigibles = appels.filter(pl.col("mois_appel") < "2026-04").select("appel", "montant_centimes")
    assert principal.sort("appel").rows() == exigibles.sort("appel").rows()


def test_september_is_paid_late_once(annee: Annee) -> None:
    """One month begun, at 1 %, on what was due for leave and bad weather only."""
    majorations = annee.read("ecritures").filter(
        (pl.col("journal") == "MAJORATION") & pl.col("cdg").is_not_null()
    )
    assert {
        (mois, date_comptable): lignes["debit_centimes"].to_list()
        for (mois, date_comptable), lignes in majorations.with_columns(
            pl.col("appel").str.slice(8, 6).alias("mois")
        )
        .partition_by("mois", "date_comptable", as_dict=True)
        .items()
    } == {
        ("202509", date(2025, 10, 27)): MAJORATIONS["2025-09"],
        ("202601", date(2026, 3, 5)): MAJORATIONS["2026-01"],
    }


def test_a_refused_debit_is_presented_again(annee: Annee) -> None:
    """One debit a month for the three centres; the refused one comes back ten days later."""
    assert annee.read("prelevements").select(
        "date_echeance", "montant_centimes", "etat"
    ).rows() == [
        (date(2026, 1, 26), 240_199, "REGLE"),
        (date(2026, 2, 25), 249_559, "REJETE"),
        (date(2026, 3, 9), 249_559, "REGLE"),
        (date(2026, 3, 25), 249_559, "REGLE"),
        (date(2026, 4, 27), 249_559, "REGLE"),
    ]
    remises = sorted(f.name for f in annee.caisse.box("BANQUE", "retour").glob("PRLV-*.xml"))
    assert [nom[5:13] for nom in remises] == [
        "20260120",
        "20260218",
        "20260305",
        "20260318",
        "20260420",
    ]


def test_the_ledger_closes(annee: Annee) -> None:
    """Entries balance, debits under way are cleared; only the last month, not due yet, is owed."""
    ecritures, plan = annee.read("ecritures"), read_plan_comptable()
    sens = pl.col("debit_centimes") - pl.col("credit_centimes")
    assert ecritures.select(sens.sum()).item() == 0
    en_cours = ecritures.filter(pl.col("compte") == plan.prelevements_emis)
    assert en_cours.select(sens.sum()).item() == 0
    assert en_cours.height > 0
    avril = annee.read("appels").filter(pl.col("mois_appel") == "2026-04")
    soldes = annee.read("soldes").select("cdg", "solde_centimes", "echu_centimes")
    assert soldes.rows() == [
        (cdg, montant, 0) for cdg, montant in avril.select("cdg", "montant_centimes").rows()
    ]


def test_the_company_is_told_when_it_is_no_longer_in_order(annee: Annee) -> None:
    """Late in October and refused in February, in order again once all is paid."""
    assert annee.read("changements_situation").select("date", "apres").rows() == [
        (date(2025, 7, 10), True),
        (date(2025, 10, 27), False),
        (date(2025, 11, 12), True),
        (date(2026, 2, 27), False),
        (date(2026, 3, 20), True),
    ]


def test_the_certificate_asked_for_comes_once_in_order(annee: Annee) -> None:
    """Asked on 5 March, given on the 20th with its proof, readable by people and by machines."""
    (demandee,) = annee.read("attestations").filter(pl.col("motif") == "DEMANDE").to_dicts()
    numero = f"ATT-{SIREN}-20260320-01"
    assert (demandee["attestation"], demandee["date_arrete"]) == (numero, date(2026, 3, 20))
    assert demandee["dsn_recues"] == demandee["dsn_attendues"] == 27
    texte = annee.text(f"ATTESTATION_{numero}.pdf")
    assert numero in texte
    assert "TERRASSEMENTS EXEMPLE" in texte
    lu = json.loads(
        (annee.caisse.box(ADHERENT, "retour") / f"ATTESTATION_{numero}.json").read_bytes()
    )
    assert numero in json.dumps(lu)


@pytest.mark.parametrize(
    ("nom", "passages"),
    [
        (f"APPEL_{SIEGE}-202506-01.pdf", ["985,04 €", "Abattement"]),
        (f"APPEL_{SIEGE}-202511-01.pdf", ["juillet 2025", "−24,24 €", "971,12 €"]),
        (f"APPEL_{SUD}-202509-01.pdf", ["957,36 €", "25 octobre 2025"]),
        ("RELEVE_2026-03-20.pdf", ["24,82 €"]),
    ],
)
def test_documents_say_it(annee: Annee, nom: str, passages: list[str]) -> None:
    """The company reads its own figures."""
    texte = annee.text(nom)
    assert [passage for passage in passages if passage not in texte] == []


def test_every_line_and_late_increase_can_be_explained(annee: Annee) -> None:
    """Each amount of September and November, each late increase, is found again to the cent."""
    lignes = annee.read("lignes_appel").filter(pl.col("mois_appel").is_in(["2025-09", "2025-11"]))
    identifiants = {
        f"{appel}/{mois}/{cotisation}"
        for appel, mois, cotisation in lignes.select(
            "appel", "mois_rattachement", "cotisation"
        ).rows()
    } | set(annee.read("ecritures").filter(pl.col("journal") == "MAJORATION")["ecriture"])
    assert len(identifiants) > 20
    for identifiant in sorted(identifiants):
        assert explain(annee.caisse.maison, Demande(identifiant, None), METIERS).ecarts == (), (
            identifiant
        )
