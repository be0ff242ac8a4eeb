"""What must not change the rights: the order of arrival, other employees, how a career is cut."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from random import Random

import polars as pl

from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    Acquisition,
    compute_acquisition,
)
from pipelines.conges.regles.acquisition.connu import Connu
from specs.connaissances import read_connaissances
from tests.pipelines.conges.carrieres import connu_of, draw_carriere
from tests.pipelines.conges.reference import Absence, Carriere, Contrat, bounds

NUIT = date(2026, 5, 2)
NOMBRE = 60
EMPLOYE = ["salarie", "exercice"]


def compute(connu: Connu, publies: pl.DataFrame | None = None, nuit: date = NUIT) -> Acquisition:
    """One night."""
    avant = CERTIFICATS.to_frame() if publies is None else publies
    return compute_acquisition(connu, avant, nuit, read_connaissances())


def draw(graine: int) -> dict[str, Carriere]:
    """Some careers, the same each run."""
    hasard = Random(graine)  # noqa: S311 - the same careers each run
    return {f"P{n}": draw_carriere(hasard) for n in range(NOMBRE)}


def test_the_order_of_the_rows_changes_nothing() -> None:
    """Tables read in another order give the same certificates, rights and counters."""
    connu = connu_of(draw(1))
    melange = Connu(
        **{
            champ.name: getattr(connu, champ.name).sample(fraction=1, shuffle=True, seed=rang)
            for rang, champ in enumerate(fields(Connu))
        }
    )
    a, b = compute(connu), compute(melange)
    for champ in fields(Acquisition):
        trouve = [getattr(x, champ.name) for x in (a, b)]
        if champ.name == "reports":
            trouve = [frame.sort(frame.columns) for frame in trouve]
        assert trouve[0].equals(trouve[1]), champ.name


def test_an_employee_changes_nothing_to_another() -> None:
    """Computed together or apart, employees have the same rights."""
    carrieres = draw(2)
    ensemble = compute(connu_of(carrieres))
    moities = [
        compute(connu_of({s: c for n, (s, c) in enumerate(carrieres.items()) if n % 2 == reste}))
        for reste in (0, 1)
    ]
    for nom, cle in (("acquis", EMPLOYE), ("certificats", ["certificat"])):
        seuls = pl.concat(getattr(moitie, nom) for moitie in moities).sort(cle)
        assert seuls.equals(getattr(ensemble, nom).sort(cle)), nom


def without_months(connu: Connu, mois: set[str]) -> Connu:
    """The same, the DSN of these months being yet to come."""
    garde = ~pl.col("mois").is_in(sorted(mois))
    return replace(
        connu,
        contrats=connu.contrats.filter(garde),
        absences=connu.absences.filter(garde),
        remunerations=connu.remunerations.filter(garde),
        bases=connu.bases.filter(~pl.col("mois_appel").is_in(sorted(mois))),
    )


def test_the_order_of_arrival_of_the_dsn_changes_no_value() -> None:
    """Months that come late, even after the certificate was issued, give the same values."""
    connu = connu_of(draw(3))
    entier = compute(connu)
    hasard = Random(5)  # noqa: S311 - the same months each run
    tous = sorted(set(connu.contrats["mois"].to_list()))
    manquants = set(hasard.sample(tous, len(tous) // 3))
    avant = compute(without_months(connu, manquants), nuit=date(2026, 5, 1))
    apres = compute(connu, avant.certificats)
    assert apres.acquis.drop("clos").equals(entier.acquis.drop("clos"))
    actuels = apres.certificats.filter("en_vigueur")
    de_la_nuit = {"certificat", "nature", "remplace", "visible_le"}
    valeurs = [n for n in CERTIFICATS if n not in de_la_nuit]
    cle = ["salarie", "siren", "exercice", "debut"]
    assert actuels.select(valeurs).sort(cle).equals(entier.certificats.select(valeurs).sort(cle))
    rectifies = actuels.filter(pl.col("remplace").is_not_null())
    assert rectifies.height > 0
    assert set(rectifies["remplace"]) <= set(avant.certificats["certificat"])


def test_a_night_without_anything_new_changes_nothing() -> None:
    """The certificates of a night, given back to the next one, stay as they are."""
    connu = connu_of(draw(4))
    une = compute(connu)
    deux = compute(connu, une.certificats)
    assert deux.certificats.equals(une.certificats)


def cut(carriere: Carriere, jour: date) -> Carriere:
    """The same days, those from `jour` on being worked for another company."""
    un, *_ = carriere.contrats
    avant = replace(
        un, fin=jour - timedelta(1), dits=tuple(m for m in un.dits if m <= f"{jour:%Y-%m}")
    )
    apres = Contrat(
        "900000015", "C1", "00009", un.categorie, jour, None,
        tuple(m for m in un.dits if bounds(m)[1] >= jour),
    )  # fmt: skip
    absences = [
        part
        for a in carriere.absences
        for part in (
            replace(a, fin=min(a.fin, avant.fin or a.fin)),
            Absence("900000015", "00009", a.origine, a.code, max(a.debut, jour), a.fin),
        )
        if part.debut <= part.fin
    ]
    return replace(carriere, contrats=[avant, apres], absences=absences)


def test_a_month_split_over_two_companies_gives_the_same_time() -> None:
    """A contract broken in the middle of a month, the same days with another company."""
    hasard = Random(9)  # noqa: S311 - the same careers each run
    dits = (*(f"2025-{n:02}" for n in range(4, 13)), "2026-01", "2026-02", "2026-03")
    temps = [
        "mois_travail_fractions", "mois_maladie_fractions", "mois_assimiles_fractions",
        "presence_fractions", "mois_retenus_fractions", "jours_legaux",
    ]  # fmt: skip
    entieres, coupees = {}, {}
    for n in range(NOMBRE):
        contrat = Contrat("800000010", "C1", "00001", hasard.choice("OEC"), date(2025, 4, 1),
                          None, dits)  # fmt: skip
        carriere = Carriere(contrats=[contrat])
        jour = date(2025, 4, 2) + timedelta(hasard.randrange(330))
        for code in ("01", "06"):
            debut = date(2025, 4, 1) + timedelta(hasard.randrange(340))
            carriere.absences.append(
                Absence("800000010", "00001", "ARRET", code, debut,
                        debut + timedelta(hasard.randrange(60)))
            )  # fmt: skip
        entieres[f"P{n}"], coupees[f"P{n}"] = carriere, cut(carriere, jour)
    a, b = (compute(connu_of(c)).acquis for c in (entieres, coupees))
    assert a.select(*EMPLOYE, *temps).equals(b.select(*EMPLOYE, *temps))
