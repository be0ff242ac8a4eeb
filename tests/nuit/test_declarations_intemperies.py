"""Declarations of bad weather in a night: what is told to whom, what moves what, what is held."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.intemperies import etapes
from pipelines.metiers import METIERS
from pipelines.nuit.parts import part_of
from pipelines.nuit.passage import Passage, run_nuit
from sample_files.generateur.declarations import Declaration, write_message
from sample_files.generateur.entreprises import Entreprise, compute_siren, compute_siret
from sample_files.generateur.hiver import (
    ARRETS,
    Arret,
    build_societe,
    hire_arrete,
    list_declarations,
    write_arret,
)
from sample_files.generateur.registre import Profil, render_registre
from specs.contrats import PAR_SALARIE, read_contrat, schema_polars

if TYPE_CHECKING:
    from tests.conftest import Caisse

HEURE = time(20)
GEL = next(arret for arret in ARRETS if arret.cle == "D5")
AOUT, DECEMBRE = "2025-08", "2025-12"
# What judges declarations, without what pays leave.
SANS_CONGES = tuple(
    metier
    for metier in METIERS
    if metier.nom
    in {"reception", "controle", "echanges", "declarations", "salaries", "intemperies",
        "publication"}
)  # fmt: skip
pytestmark = [pytest.mark.nuit, pytest.mark.recit]


def house(make_caisse: Callable[..., Caisse], *autres: Entreprise, parts: int = 1) -> Caisse:
    """A fund that knows the company of the winter, and these."""
    societes = [build_societe(), *autres]
    lignes = [
        f"{e.numero_adherent};{e.siren};{e.raison_sociale};{e.siege.cdg};{e.siege.siret};2015-01-01;"
        for e in societes
    ]
    membres = (
        "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin\n" + "\n".join(lignes) + "\n"
    )
    caisse = make_caisse(membres.encode(), nombre_parts=parts)
    profil = Profil(mandats=False, groupe=False, adhesion=False, zero_papier=False)
    registre = render_registre((e, replace(profil, convention=f"{e.rang:07}")) for e in societes)
    caisse.learn(registre.replace(b"2026-01-01", b"2025-01-01"), "yaml")
    return caisse


def build_autre() -> Entreprise:
    """Another employer."""
    societe, siren = build_societe(), compute_siren(9_002)
    lieu = replace(societe.siege, siret=compute_siret(siren, 1), cdg="C900201")
    return replace(
        societe, rang=9_002, siren=siren, numero_adherent="A09002", etablissements=(lieu,)
    )


def declare(caisse: Caisse, e: Entreprise, mois: str) -> None:
    """The DSN of a month, of the same employees whatever the company."""
    declaration = next(d for d in list_declarations() if str(d.mois) == mois)
    siennes: Declaration = replace(declaration, entreprise=e, etablissement=e.siege)
    caisse.drop(e.numero_adherent, f"{mois}.dsn", write_message([siennes], essai=False))


def stop(caisse: Caisse, arret: Arret, e: Entreprise | None = None, mode: str = "R") -> None:
    """The file of a declaration."""
    nom, octets = write_arret(arret, e or build_societe(), mode)
    caisse.drop((e or build_societe()).numero_adherent, nom, octets)


def night(caisse: Caisse, jour: date) -> None:
    """The night of a day, its letters drawn and handed over."""
    caisse.pass_night(datetime.combine(jour, HEURE, tzinfo=UTC))


def read_crm(caisse: Caisse, adherent: str, nom: str) -> dict[str, Any]:
    """A report, as the company has it."""
    lu: dict[str, Any] = json.loads((caisse.box(adherent, "retour") / f"{nom}.json").read_bytes())
    return lu


def values(crm: dict[str, Any], nom: str) -> list[tuple[int, int | None]]:
    """Computed and present of a value, line by line."""
    return [(v["computed"], v.get("present")) for v in crm["m3"] if v["name"] == nom]


def test_a_stop_of_the_dsn_is_told_then_told_again_then_declared(
    make_caisse: Callable[..., Caisse],
) -> None:
    """Its deadline comes before it passes; a test is a draft; the real declaration ends both."""
    caisse, boite = house(make_caisse), build_societe().numero_adherent
    declare(caisse, build_societe(), AOUT)
    canicule = replace(ARRETS[0], recu=date(2025, 9, 11))
    stop(caisse, canicule, mode="T")
    night(caisse, date(2025, 9, 11))

    def etats() -> list[tuple[str, str, date]]:
        lues = caisse.read("echeances").select("origine", "etat", "echeance")
        return sorted(lues.iter_rows())

    limite = date(2025, 9, 30)  # resumed on 14 August, thirty days, the end of that month
    assert etats() == [("65.001=507", "ANNONCEE", limite), ("ARI_ESSAI", "BROUILLON", limite)]
    assert (caisse.box(boite, "retour") / "ECHEANCE_999090012_20250911.pdf").exists()
    assert values(read_crm(caisse, boite, "CRM_ARI_T_D1"), "HEURES_PERDUES") == [(800, None)] * 2
    assert caisse.read("arrets_intemperies").is_empty()
    night(caisse, date(2025, 9, 20))
    assert etats()[0] == ("65.001=507", "RAPPELEE", limite)
    assert (caisse.box(boite, "retour") / "ECHEANCE_999090012_20250920.pdf").exists()
    stop(caisse, replace(canicule, recu=date(2025, 9, 21)))
    night(caisse, date(2025, 9, 21))
    assert {etat for _, etat, _ in etats()} == {"LEVEE"}
    assert not (caisse.box(boite, "retour") / "ECHEANCE_999090012_20250921.pdf").exists()


def two_employers(make_caisse: Callable[..., Caisse], parts: int = 3) -> tuple[Caisse, Entreprise]:
    """Two companies that have the same employees, active from December on, whose DSN came."""
    autre = build_autre()
    caisse = house(make_caisse, autre, parts=parts)
    for e in (build_societe(), autre):
        caisse.learn(
            f"adherents:\n- {{siren: {e.siren}, debut_activite: 2025-12-01}}\n".encode(), "yaml"
        )
        declare(caisse, e, DECEMBRE)
    return caisse, autre


def early_stop(recu: date) -> Arret:
    """Three hours lost on the morning of the first day of the frost."""
    jour = date(2026, 1, 5)
    return replace(
        GEL,
        cle="M1",
        recu=recu,
        debut=jour,
        reprise=jour,
        heures=("0600", "0900"),
        salaries={"P1": (2_250, ((jour, 300, 100, 200),))},
    )


def of(frame: pl.DataFrame, e: Entreprise) -> pl.DataFrame:
    """Rows of a company."""
    return frame.filter(pl.col("siren") == e.siren)


def test_an_earlier_stop_of_another_employer_moves_the_hours_of_a_line(
    make_caisse: Callable[..., Caisse],
) -> None:
    """The line is counted again, its difference refunded, and its company told why; once."""
    caisse, autre = two_employers(make_caisse)
    societe = build_societe()
    stop(caisse, replace(GEL, recu=date(2026, 1, 12)), societe)
    night(caisse, date(2026, 1, 12))
    avant = of(caisse.read("remboursements_intemperies"), societe)
    assert avant["nature"].to_list() == ["PROVISOIRE"] * 2
    stop(caisse, early_stop(date(2026, 1, 20)), autre)
    night(caisse, date(2026, 1, 20))
    crm = read_crm(caisse, societe.numero_adherent, "CRM_ARI_R_D5")
    # P1 bears the waiting hour elsewhere; two of his nine hours of the day are another's.
    assert values(crm, "CARENCE") == [(0, 100), (100, None)]
    assert values(crm, "HEURES_A_10") == [(400, 600), (600, None)]
    (dit,) = [dit for dit in crm["m2"] if dit["code"] == "IN-025"]
    assert dit["line_no"] == crm["m1"][0]["line_no"]
    apres = of(caisse.read("remboursements_intemperies"), societe)
    (revision,) = apres.filter(pl.col("nature") == "REVISION").iter_rows(named=True)
    assert (revision["matricule"], revision["rang"]) == (hire_arrete("P1").matricule, 2)
    assert revision["montant_centimes"] > 0
    (compteur,) = of(caisse.read("cumuls_intemperies"), autre).iter_rows(named=True)
    assert compteur["indemnites_journalieres_centiemes"] == 300
    assert compteur["indemnites_entreprise_centiemes"] == 100
    vus = caisse.published(sauf=("part",))
    night(caisse, date(2026, 1, 21))
    tables = [nom for nom in caisse.versions() if "intemperies" in nom or "echange" in nom]
    relus = caisse.published(sauf=("part",))
    assert all(relus[nom] == vus[nom] for nom in tables)


def pay_leave(caisse: Caisse, salarie: str, jour: date) -> None:
    """A statement of leave of one day, as the lake holds it."""
    schema = schema_polars(read_contrat("decomptes"))
    valeurs: dict[str, Any] = {
        nom: 0 if type_ == pl.Int64 else jour if type_ == pl.Date else "X"
        for nom, type_ in schema.items()
    }
    valeurs |= {"salarie": salarie, "siren": build_societe().siren, "annule": None}
    valeurs |= {"nature": "CP", "motif": "PAIEMENT", "methode": "A", "mode_retraite": "E"}
    part = pl.DataFrame([valeurs], schema).with_columns(
        part=part_of(caisse.maison.reglages.nombre_parts, PAR_SALARIE)
    )
    caisse.maison.lac.write("decomptes", part, None)


def test_a_leave_paid_later_takes_back_the_day_of_a_stop(
    make_caisse: Callable[..., Caisse],
) -> None:
    """The night after its publication: the day is refused, its refund comes back, nothing else."""
    caisse, _ = two_employers(make_caisse)
    stop(caisse, replace(GEL, recu=date(2026, 1, 12)))

    def pass_night(jour: int) -> pl.DataFrame:
        soir = datetime(2026, 1, jour, 20, tzinfo=UTC)
        run_nuit(Passage(caisse.maison, soir.date(), soir, SANS_CONGES))
        return caisse.read("remboursements_intemperies")

    pass_night(12)
    jours = caisse.read("jours_intemperies").sort("salarie", "date")
    salarie, conge = jours.row(0, named=True)["salarie"], jours["date"][1]
    pay_leave(caisse, salarie, conge)
    assert len(pass_night(13)) == 2
    apres = pass_night(14).filter(pl.col("nature") == "REVISION")
    assert apres["salarie"].to_list() == [salarie]
    assert apres["montant_centimes"].item() < 0
    refuses = caisse.read("jours_intemperies").drop_nulls("anomalie")
    vus = refuses.filter(pl.col("anomalie").str.contains("IN-012")).select("salarie", "date")
    assert vus.rows() == [(salarie, conge)]
    assert len(pass_night(15)) == 3


@pytest.mark.parametrize(
    "regle",
    [
        "judge",
        pytest.param("compute_annees", marks=pytest.mark.redite),
        pytest.param("settle", marks=pytest.mark.redite),
    ],
)
def test_a_company_that_a_rule_fails_for_is_held_alone(
    make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch, regle: str
) -> None:
    """The other one has its days and its refunds; the next night takes back the one held."""
    caisse, autre = two_employers(make_caisse)
    societe = build_societe()
    stop(caisse, replace(GEL, recu=date(2026, 1, 12)), societe)
    stop(caisse, early_stop(date(2026, 1, 12)), autre)
    calcule = getattr(etapes, regle)

    def fail(premier: Any, *reste: Any) -> Any:
        lignes = getattr(getattr(premier, "declarations", premier), "arrets", premier)
        if autre.siren in lignes["siren"].to_list():
            raise ZeroDivisionError
        return calcule(premier, *reste)

    with monkeypatch.context() as panne:
        panne.setattr(etapes, regle, fail)
        night(caisse, date(2026, 1, 12))
    tenues = caisse.read("alertes").filter(pl.col("nature") == "ENTREPRISE")
    assert tenues["siren"].to_list() == [autre.siren]
    arrets = caisse.read("arrets_intemperies")
    assert of(arrets, autre).is_empty()
    # Settled once the days are counted: those of the company held have moved them.
    assert of(arrets, societe)["etat"].item() in {"ACCEPTEE", "ACCEPTEE_RESERVE"}
    assert not of(caisse.read("remboursements_intemperies"), societe).is_empty()
    night(caisse, date(2026, 1, 13))
    assert of(caisse.read("arrets_intemperies"), autre)["etat"].to_list() == ["ACCEPTEE"]
    carence = pl.col("carence_centiemes").sum()
    jours = caisse.read("jours_intemperies").filter(
        pl.col("matricule") == hire_arrete("P1").matricule
    )
    assert jours.select(carence).item() == 100
