"""What becomes of certificates from night to night: issued, replaced, fallen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    Acquisition,
    compute_acquisition,
)
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.acquisition.suites import compute_ecarts
from specs.connaissances import read_connaissances
from tests.pipelines.conges.carrieres import connu_of
from tests.pipelines.conges.reference import Carriere, Contrat

DITS = tuple(f"2025-{n:02}" for n in range(4, 10))
NUMERO = "CG2026-800000010-C1-20250401-P1"


def employed(fin: date | None, dits: tuple[str, ...] = DITS, motif: str = "059") -> Connu:
    """P1, hired on 1 April 2025."""
    contrat = Contrat("800000010", "C1", "00001", "O", date(2025, 4, 1), fin, dits)
    bases = {("800000010", mois): 200_000 for mois in dits}
    connu = connu_of({"P1": Carriere(contrats=[contrat], bases=bases)})
    dite = pl.when(pl.col("motif_fin").is_not_null()).then(pl.lit(motif))
    return replace(connu, contrats=connu.contrats.with_columns(motif_fin=dite))


def night(connu: Connu, jour: date, avant: Acquisition | None = None) -> Acquisition:
    """A night after another."""
    publies = CERTIFICATS.to_frame() if avant is None else avant.certificats
    return compute_acquisition(connu, publies, jour, read_connaissances())


def told(acquisition: Acquisition) -> list[tuple[str, str, str | None, bool]]:
    """Number without the employment, nature, what it replaces, in force."""
    return [
        (numero.removeprefix(NUMERO), nature, remplace and remplace.removeprefix(NUMERO), actuel)
        for numero, nature, remplace, actuel in acquisition.certificats.select(
            "certificat", "nature", "remplace", "en_vigueur"
        ).iter_rows()
    ]


def test_an_employment_keeps_its_number_until_its_end() -> None:
    """L-65: one row, from the provisional certificate to that of the end."""
    ouvert = night(employed(None), date(2025, 9, 20))
    assert told(ouvert) == [("", "INTERMEDIAIRE", None, True)]
    fini = night(employed(date(2025, 9, 30)), date(2025, 10, 2), ouvert)
    assert told(fini) == [("", "FIN", None, True)]


def test_an_end_taken_back_opens_the_year_again() -> None:
    """What was issued stays, no longer in force; a provisional one replaces it."""
    fini = night(employed(date(2025, 9, 30)), date(2025, 10, 2))
    repris = night(employed(date(2025, 9, 30), motif="099"), date(2025, 10, 20), fini)
    assert told(repris) == [("", "FIN", None, False), ("-R1", "INTERMEDIAIRE", "", True)]
    assert not repris.acquis["clos"].any()
    suite = night(employed(None, (*DITS, "2025-10")), date(2026, 5, 1), repris)
    assert told(suite) == [("", "FIN", None, False), ("-R1", "RECTIFICATIF", "", True)]


def test_an_employment_found_to_have_ended_before_falls() -> None:
    """L-76: no corrective certificate."""
    mars = ("2025-03", *DITS[:1])
    connu = connu_of(
        {
            "P1": Carriere(
                contrats=[Contrat("800000010", "C1", "00001", "O", date(2025, 1, 6), None, mars)]
            )
        }
    )
    une = night(connu, date(2025, 4, 20))
    finie = connu_of(
        {
            "P1": Carriere(
                contrats=[
                    Contrat("800000010", "C1", "00001", "O", date(2025, 1, 6),
                            date(2025, 3, 28), mars[:1])
                ]
            )
        }
    )  # fmt: skip
    deux = night(finie, date(2025, 5, 20), une)
    actuels = dict(deux.certificats.select("exercice", "en_vigueur").iter_rows())
    assert actuels == {2025: True, 2026: False}


def test_what_a_corrective_one_changes_is_told_value_by_value() -> None:
    """A month that comes after the end: time, wages, what was missing."""
    sans_juin = tuple(m for m in DITS if m != "2025-06")
    une = night(employed(date(2025, 9, 30), sans_juin), date(2025, 10, 2))
    deux = night(employed(date(2025, 9, 30)), date(2025, 10, 9), une)
    assert told(deux) == [("", "FIN", None, False), ("-R1", "RECTIFICATIF", "", True)]
    ecarts = compute_ecarts(deux.certificats)
    assert {valeur: (avant, apres) for _, _, valeur, avant, apres in ecarts.iter_rows()} == {
        "brut_centimes": ("1000000", "1200000"),
        "completude": ("83", "100"),
        "mois_manquants": ("2025-06", None),
        "mois_presence_fractions": ("35100000", "42120000"),
        "mois_travail_fractions": ("35100000", "42120000"),
    }


def shown(acquisition: Acquisition) -> list[tuple[str, date | None]]:
    """Nature, and the day on which the employee sees it, of certificates in force."""
    actuels = acquisition.certificats.filter("en_vigueur")
    return list(actuels.select("nature", "visible_le").iter_rows())


def test_a_final_certificate_is_shown_to_the_company_first() -> None:
    """L-26: fourteen days; a provisional one and that of an end wait for nothing."""
    annee = (*DITS, *(f"2025-{n}" for n in (10, 11, 12)), "2026-01", "2026-02", "2026-03")
    ouvert = night(employed(None), date(2025, 9, 20))
    assert shown(ouvert) == [("INTERMEDIAIRE", None)]
    definitif = night(employed(None, annee), date(2026, 4, 10), ouvert)
    assert shown(definitif) == [("DEFINITIF", date(2026, 4, 24))]
    assert shown(night(employed(None, annee), date(2026, 4, 11), definitif)) == shown(definitif)
    fini = night(employed(date(2025, 9, 30)), date(2025, 10, 2))
    assert shown(fini) == [("FIN", date(2025, 10, 2))]


def test_what_replaces_a_certificate_is_shown_no_sooner() -> None:
    """Within the fourteen days, on the same day as the one it replaces; later, at once."""
    annee = (*DITS, *(f"2025-{n}" for n in (10, 11, 12)), "2026-01", "2026-02", "2026-03")
    definitif = night(employed(None, annee), date(2026, 4, 10))
    corrige = employed(None, annee)
    hausse = corrige.bases.with_columns(pl.col("quantite") + 100)
    for jour, visible in (
        (date(2026, 4, 12), date(2026, 4, 24)),
        (date(2026, 5, 12), date(2026, 5, 12)),
    ):
        apres = night(replace(corrige, bases=hausse), jour, definitif)
        assert shown(apres) == [("RECTIFICATIF", visible)]
