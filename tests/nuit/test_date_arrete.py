"""The date that a night may bear: its two bounds, and the night that an officer forces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pipelines.nuit.date_arrete import (
    AVANCE_MAX,
    DateRefusee,
    admit_nuit,
    check_date_arrete,
    force_nuit,
    is_forcee,
    read_forcages,
)
from pipelines.ordonnancement import open_passage
from pipelines.reglements.etapes import (
    PrelevementInterdit,
    check_sans_prelevement,
    read_nouveaux_prelevements,
)
from warehouse.audit import verify_audit

if TYPE_CHECKING:
    from tests.conftest import Caisse

EMISSION = datetime(2026, 4, 20, 20, tzinfo=UTC)
PUBLIEE = date(2026, 4, 5)
UN_JOUR = timedelta(days=1)


@pytest.fixture
def appelee(make_appelee: Callable[..., Caisse], mandat_automatique: bytes) -> Caisse:
    """A fund that called March on 5 April; the debit of that call is issued from the 20th."""
    return make_appelee(1, mandat_automatique)


def force(caisse: Caisse, jour: date) -> None:
    """An officer wants a night at this date."""
    force_nuit(caisse.maison, jour, auteur="A. Martin", motif="essai", instant=EMISSION)


def handed_to_the_bank(caisse: Caisse) -> list[str]:
    """Files of debits in the box of the bank."""
    retour = caisse.box("BANQUE", "retour")
    return [f.name for f in retour.glob("PRLV-*")]


def test_a_night_may_bear_the_date_of_the_last_publication_and_none_before(
    appelee: Caisse,
) -> None:
    """The same date again is admitted; the day before is refused, and the message says of what."""
    check_date_arrete(appelee.maison, PUBLIEE, EMISSION)
    with pytest.raises(DateRefusee, match=r"04/04/2026 : avant .* \(n° 1, arrêtée au 05/04/2026\)"):
        check_date_arrete(appelee.maison, PUBLIEE - UN_JOUR, EMISSION)


@pytest.mark.parametrize(
    ("maintenant", "jour"),
    [
        ("2026-04-02T20:00:00+00:00", PUBLIEE),  # the deposit of 5 April is newer
        ("2026-05-10T20:00:00+00:00", date(2026, 5, 10)),
        ("2026-05-10T22:30:00+00:00", date(2026, 5, 11)),  # already the next day in Paris
    ],
)
def test_a_night_may_be_a_week_ahead_and_no_more(
    appelee: Caisse, maintenant: str, jour: date
) -> None:
    """A week after the later of the newest deposit and the moment it is asked for, in Paris."""
    instant = datetime.fromisoformat(maintenant)
    check_date_arrete(appelee.maison, jour + AVANCE_MAX, instant)
    with pytest.raises(DateRefusee, match=f"plus d'une semaine après le {jour:%d/%m/%Y}"):
        check_date_arrete(appelee.maison, jour + AVANCE_MAX + UN_JOUR, instant)


def test_a_fund_without_deposit_nor_publication_has_the_moment_only(caisse: Caisse) -> None:
    """Any past date is admitted, a future one for a week."""
    check_date_arrete(caisse.maison, date(2000, 1, 1), EMISSION)
    check_date_arrete(caisse.maison, EMISSION.date() + AVANCE_MAX, EMISSION)
    with pytest.raises(DateRefusee):
        check_date_arrete(caisse.maison, date(2031, 1, 1), EMISSION)


@pytest.mark.parametrize("jour", [date(2026, 3, 1), date(2031, 1, 1)])
def test_a_forced_date_is_admitted_alone_and_journalled(appelee: Caisse, jour: date) -> None:
    """Who wanted it is in the audit trail; another date out of bounds is still refused."""
    with pytest.raises(DateRefusee):
        admit_nuit(appelee.maison, jour, EMISSION)
    force(appelee, jour)
    admit_nuit(appelee.maison, jour, EMISSION)
    with pytest.raises(DateRefusee):
        admit_nuit(appelee.maison, date(2031, 1, 2), EMISSION)
    assert read_forcages(appelee.maison) == [f"publication 2 au {jour}"]
    with appelee.maison.moteur.connect() as connexion:
        assert verify_audit(connexion)
    with pytest.raises(ValueError, match="motif"):
        force_nuit(appelee.maison, jour, auteur="A. Martin", motif=" ", instant=EMISSION)


def test_a_forced_night_emits_no_debit_even_run_again(appelee: Caisse) -> None:
    """The night that would debit, forced: nothing leaves, then or again; the next one debits."""
    force(appelee, EMISSION.date())
    for _ in range(2):
        appelee.pass_night(EMISSION)
        assert appelee.read("prelevements").is_empty()
        assert handed_to_the_bank(appelee) == []
    appelee.pass_night(EMISSION + UN_JOUR)
    assert len(appelee.read("prelevements")) == len(handed_to_the_bank(appelee)) == 1


def test_a_forced_night_takes_back_the_debits_of_one_that_was_cut(appelee: Caisse) -> None:
    """Cut before it published, forced: refused as it stands, then done again without its debits.

    The same date for the night after, cut too: what it had done is done again.
    """
    jour, maison = EMISSION.date(), appelee.maison

    def keep(date_arrete: date) -> int:
        """Number of debits that the lake holds, to be published."""
        appelee.run("tenir_comptes", date_arrete)
        return len(read_nouveaux_prelevements(maison))

    assert keep(jour) == 1
    force(appelee, jour)
    with pytest.raises(PrelevementInterdit):
        check_sans_prelevement(maison, jour)
    assert [keep(jour), keep(jour + UN_JOUR), keep(jour), keep(jour)] == [0, 1, 0, 0]
    check_sans_prelevement(maison, jour)
    assert is_forcee(maison, jour)
    assert not is_forcee(maison, jour + UN_JOUR)


@pytest.mark.parametrize(
    ("demande", "jour"),
    [
        ("2026-07-01T22:30:00", date(2026, 7, 2)),  # without a time zone: UTC, not the machine's
        ("2026-07-01T22:30:00+00:00", date(2026, 7, 2)),
        ("2026-07-01T22:30:00+02:00", date(2026, 7, 1)),
        (None, date(2026, 12, 31)),
    ],
)
def test_the_date_of_a_run_is_that_of_paris(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch, demande: str | None, jour: date
) -> None:
    """By default the date of a night is the day, in Paris, of the moment it is due or asked for."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    du = datetime(2026, 12, 30, 23, 30, tzinfo=UTC)
    contexte = {"params": {"maintenant": demande}, "dag_run": SimpleNamespace(run_after=du)}
    passage = open_passage(contexte)
    assert passage.date_arrete == jour
    assert passage.maintenant.utcoffset() in {timedelta(hours=1), timedelta(hours=2)}
