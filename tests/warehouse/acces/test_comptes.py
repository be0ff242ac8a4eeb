"""An invitation, a password, a code: each proves who a user is once, and as long as it should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from warehouse.acces.comptes import (
    AccesRefuse,
    accept,
    authenticate,
    check_mot_de_passe,
    find_invitation,
    invite,
)
from warehouse.acces.sceaux import open_secret, seal_secret
from warehouse.acces.sessions import (
    close_session,
    find_utilisateur,
    must_touch,
    open_session,
    touch_session,
)
from warehouse.acces.tentatives import must_wait, record_tentative
from warehouse.coffre.trousseau import Cle, CoffreFerme, SceauRompu, Trousseau
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages
from warehouse.tables_acces import ACCES, INVITATIONS, SESSIONS, TENTATIVES

QUI, PHRASE = "A80001-ADM", "une phrase assez longue"
MIDI = datetime(2026, 4, 6, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A new home."""
    return open_maison(Reglages(dossier=tmp_path / "donnees"))


@pytest.fixture
def totp(maison: Maison) -> pyotp.TOTP:
    """The codes of a user who accepted an invitation at noon, with the code of noon."""
    trousseau = maison.archive.trousseau
    with maison.moteur.begin() as c:
        jeton = invite(c, trousseau, QUI, MIDI)
        invitation = find_invitation(c, trousseau, jeton, MIDI)
        assert invitation is not None
        codes = pyotp.TOTP(invitation.secret)
        assert accept(c, trousseau, jeton, PHRASE, codes.at(MIDI), MIDI) == QUI
    return codes


def connects(maison: Maison, mot_de_passe: str, code: str, quand: datetime, qui: str = QUI) -> bool:
    """Whether these open a session."""
    with maison.moteur.begin() as c:
        return authenticate(c, maison.archive.trousseau, qui, mot_de_passe, code, quand)


def test_a_password_and_a_code_open_once(maison: Maison, totp: pyotp.TOTP) -> None:
    """A code serves once, and not the one of the invitation; a wrong word opens nothing."""
    plus_tard = MIDI + MINUTE
    code = totp.at(plus_tard)
    assert not connects(maison, PHRASE, totp.at(MIDI), MIDI)
    assert not connects(maison, PHRASE + "!", code, plus_tard)
    assert not connects(maison, PHRASE, code, plus_tard, qui="PERSONNE")
    assert not connects(maison, PHRASE, "", plus_tard)
    assert connects(maison, PHRASE, f"{code[:3]} {code[3:]}", plus_tard)
    assert not connects(maison, PHRASE, code, plus_tard)
    assert not connects(maison, PHRASE, totp.at(plus_tard), plus_tard + 3 * MINUTE)


def test_an_invitation_serves_once_and_not_for_ever(maison: Maison, totp: pyotp.TOTP) -> None:
    """Spent, too old, or another's: it opens nothing, and says why."""
    trousseau = maison.archive.trousseau
    with maison.moteur.begin() as c:
        jeton = invite(c, trousseau, QUI, MIDI)
        assert find_invitation(c, trousseau, "autre", MIDI) is None
        assert find_invitation(c, trousseau, jeton, MIDI + timedelta(hours=73)) is None
        invitation = find_invitation(c, trousseau, jeton, MIDI)
        assert invitation is not None
        codes = pyotp.TOTP(invitation.secret)
        assert codes.secret != totp.secret
        with pytest.raises(AccesRefuse, match="application"):
            accept(c, trousseau, jeton, PHRASE, "000000", MIDI)
        session = open_session(c, QUI, MIDI)
        accept(c, trousseau, jeton, PHRASE + " neuve", codes.at(MIDI), MIDI)
        assert find_utilisateur(c, session, MIDI) is None
        with pytest.raises(AccesRefuse, match="a servi"):
            accept(c, trousseau, jeton, PHRASE, codes.at(MIDI), MIDI)
    assert not connects(maison, PHRASE, totp.at(MIDI + MINUTE), MIDI + MINUTE)
    assert connects(maison, PHRASE + " neuve", codes.at(MIDI + MINUTE), MIDI + MINUTE)


@pytest.mark.parametrize(
    "mot", ["court", "x" * 12, "x" * 129, f"{QUI} et la suite", "ababababababab"]
)
def test_a_password_that_is_guessed_is_refused(mot: str) -> None:
    """Too short, too long, the name of the user, a few signs again and again."""
    with pytest.raises(AccesRefuse):
        check_mot_de_passe(QUI, mot)
    check_mot_de_passe(QUI, PHRASE)


def test_a_session_ends_idle_old_or_closed(maison: Maison) -> None:
    """Half an hour without a page, twelve hours in all, or a click."""
    with maison.moteur.begin() as c:
        jeton = open_session(c, QUI, MIDI)
        assert find_utilisateur(c, jeton, MIDI + 29 * MINUTE) == QUI
        assert find_utilisateur(c, jeton, MIDI + 31 * MINUTE) is None
        for demi_heure in range(1, 24):
            touch_session(c, jeton, MIDI + demi_heure * 29 * MINUTE)
        assert find_utilisateur(c, jeton, MIDI + 24 * 29 * MINUTE) == QUI
        assert find_utilisateur(c, jeton, MIDI + 25 * 29 * MINUTE) is None
        autre = open_session(c, QUI, MIDI)
        assert not must_touch(c, autre, MIDI + timedelta(seconds=59))
        assert must_touch(c, autre, MIDI + MINUTE)
        close_session(c, autre, MIDI)
        assert find_utilisateur(c, autre, MIDI) is None


def test_a_name_and_an_address_wait_after_refusals(maison: Maison) -> None:
    """Five for a name, thirty for an address, in a quarter of an hour; a success forgives."""
    with maison.moteur.begin() as c:
        for n in range(5):
            assert not must_wait(c, QUI, "ici", MIDI)
            record_tentative(c, QUI.lower(), f"ailleurs {n}", MIDI, reussie=False)
        assert must_wait(c, QUI, "ici", MIDI)
        assert not must_wait(c, QUI, "ici", MIDI + 16 * MINUTE)
        record_tentative(c, QUI, "ici", MIDI, reussie=True)
        assert not must_wait(c, QUI, "ici", MIDI)
        for n in range(30):
            record_tentative(c, f"nom {n}", "robot", MIDI, reussie=False)
        assert must_wait(c, "autre nom", "robot", MIDI)


def test_nothing_of_a_secret_is_in_the_base(maison: Maison, totp: pyotp.TOTP) -> None:
    """Neither password, secret, token, nor what was typed."""
    with maison.moteur.begin() as c:
        jeton = open_session(c, QUI, MIDI)
        record_tentative(c, "mon mot de passe", "127.0.0.1", MIDI, reussie=False)
        lues = [c.execute(select(t)).all() for t in (ACCES, INVITATIONS, SESSIONS, TENTATIVES)]
    texte = repr(lues)
    for secret in (PHRASE, totp.secret, jeton, "mon mot de passe", "127.0.0.1"):
        assert secret not in texte


def test_a_sealed_secret_is_its_users_alone() -> None:
    """Another name, another key, no key: it is not opened."""
    un, deux = (Trousseau((Cle(bytes([n]) * 32),)) for n in (1, 2))
    scelle = seal_secret(un, QUI, "SECRET")
    assert open_secret(un, QUI, scelle) == "SECRET"
    with pytest.raises(SceauRompu):
        open_secret(un, "A80001-PAIE", scelle)
    with pytest.raises(CoffreFerme):
        open_secret(deux, QUI, scelle)
    with pytest.raises(CoffreFerme):
        seal_secret(Trousseau(()), QUI, "SECRET")
