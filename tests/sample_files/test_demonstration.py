"""The story of the demonstration: the same files every time, a bank that follows the fund."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.verification import verify_fichiers
from sample_files.demonstration import (
    A_L_HEURE,
    AUTRE_TITULAIRE,
    ECHANGENT,
    EN_RETARD,
    JOURS,
    LENDEMAIN,
    MAUVAIS,
    NUIT,
    OUBLIEUSE,
    RETARD,
    SANS_PROVISION,
    Comptes,
    compose_releve,
    compute_numero,
    list_fichiers,
    render_membres,
)
from sample_files.generateur.entreprises import compute_siren
from specs.caisse import read_caisse

VIDE = Comptes((), ())
JOUR_DU_DEBIT, UN_JOUR = date(2026, 10, 26), timedelta(days=1)


def debit(rang: int, jour: date, etat: str = "EMIS") -> dict[str, object]:
    """A debit of the company of this rank."""
    return {
        "siren": compute_siren(rang),
        "prelevement": f"P{rang}-{jour:%Y%m%d}",
        "rum": f"RUM-{rang}",
        "date_echeance": jour,
        "montant_centimes": 1_000 * rang,
        "etat": etat,
    }


def due(rang: int, jour: date, reste: int = 5_000, majorations: int = 0) -> dict[str, object]:
    """What a company of this rank owes of a call."""
    return {
        "siren": compute_siren(rang),
        "appel": f"C{rang}",
        "date_exigibilite": jour,
        "reste_centimes": reste,
        "reste_majorations_centimes": majorations,
    }


def told(jour: date, comptes: Comptes) -> list[tuple[str, int, str | None]]:
    """Movements of the statement of a day, as the fund reads them."""
    releve = compose_releve(jour, comptes)
    if releve is None:
        return []
    lecture = verify_fichiers([(1, releve)], read_caisse().boite_banque)
    assert lecture.bilans[0].verdict == "CONFORME"
    return (
        lecture.tables["mouvements_banque"]
        .select("nature", "montant_centimes", "code_motif")
        .rows()
    )


def list_dsn(jour: date) -> dict[str, set[str]]:
    """Names of the DSN of a day, by box."""
    noms = {
        boite: {n for n in depots if n.endswith(".dsn")}
        for boite, depots in list_fichiers(jour).items()
    }
    return {boite: dsn for boite, dsn in noms.items() if dsn}


def test_exchange_files_come_with_their_month() -> None:
    """Those of three companies; one more account, under a name that is not its employee's."""
    deposes = {
        jour: sorted(
            (boite, nom[:5])
            for boite, depots in list_fichiers(jour).items()
            for nom in depots
            if boite.startswith("A") and not nom.endswith(".dsn")
        )
        for jour in JOURS
    }
    assert deposes[JOURS[0]] == [("A00001", "ARI_R")]
    boites = {boite for boite, _ in deposes[NUIT]}
    assert boites == {compute_numero(rang) for rang in (*ECHANGENT, AUTRE_TITULAIRE)}
    (seul,) = (
        f
        for nom, f in list_fichiers(NUIT)[compute_numero(AUTRE_TITULAIRE)].items()
        if nom[:3] == "RIB"
    )
    assert b"MARTIN DOMINIQUE" in seul


def test_every_company_declares_each_month_once() -> None:
    """The forgotten month comes the day after; nothing comes on other days."""
    deposes = [list_dsn(jour) for jour in (*JOURS, LENDEMAIN)]
    membres = {compute_numero(rang) for rang in range(1, 9)}
    assert set(deposes[0]) == membres
    assert deposes[1] == {}
    assert membres - set(deposes[2]) == {compute_numero(OUBLIEUSE)}
    assert compute_numero(OUBLIEUSE) in deposes[3]
    assert list_fichiers(date(2026, 10, 13)) == {}
    assert set(MAUVAIS) < {nom.removesuffix(".dsn") for nom in deposes[2]["A09001"]}


def test_the_same_story_each_time() -> None:
    """Registry and files are drawn from one seed."""
    assert render_membres() == render_membres()
    assert list_fichiers(LENDEMAIN) == list_fichiers(LENDEMAIN)


def test_the_bank_settles_what_was_handed_over_and_returns_one() -> None:
    """Each debit on its day, once; the first of one company comes back two days later."""
    comptes = Comptes((debit(SANS_PROVISION, JOUR_DU_DEBIT), debit(1, JOUR_DU_DEBIT)), ())
    assert told(JOUR_DU_DEBIT, comptes) == []
    assert told(date(2026, 11, 4), comptes) == [
        ("PRELEVEMENT", 2_000, None),
        ("RETOUR", -2_000, "AM04"),
        ("PRELEVEMENT", 1_000, None),
    ]
    encore = Comptes((debit(SANS_PROVISION, date(2026, 11, 12)),), ())
    assert told(date(2026, 11, 13), encore) == [("PRELEVEMENT", 2_000, None)]
    assert told(date(2026, 11, 4), Comptes((debit(1, JOUR_DU_DEBIT, "REGLE"),), ())) == []


@pytest.mark.parametrize("rang", [A_L_HEURE, EN_RETARD, 1])
def test_transfers_come_in_time_late_or_never(rang: int) -> None:
    """On the due date, twenty days later with what the delay costs, or not: that one is debited."""
    echeance = date(2026, 11, 25)
    comptes = Comptes((), (due(rang, echeance, majorations=50),))
    lendemain, plus_tard = echeance + UN_JOUR, echeance + RETARD + UN_JOUR
    vus = [[montant for _, montant, _ in told(jour, comptes)] for jour in (lendemain, plus_tard)]
    assert vus == {A_L_HEURE: [[5_050]] * 2, EN_RETARD: [[], [5_050]], 1: [[], []]}[rang]


def test_the_night_shown_has_a_transfer_of_nobody() -> None:
    """One movement waits for an officer, and only that night."""
    assert told(NUIT, VIDE) == [("VIREMENT", 123_400, None)]
    assert told(LENDEMAIN, VIDE) == []
