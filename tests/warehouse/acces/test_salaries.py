"""A link and its code open the page of one employee, as long and as often as the rules say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from specs.salarie import read_regles
from warehouse.acces.salaries import (
    DONNE,
    FERME,
    OUVERTE,
    enter,
    find_session,
    give_lien,
    is_alive,
)
from warehouse.acces.sessions import close_session, must_touch, touch_session
from warehouse.audit import read_objets, verify_audit
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages
from warehouse.tables_salarie import LIENS_SALARIE, SESSIONS_SALARIE
from warehouse.tables_sql import AUDIT

LUI, AUTRE = "f" * 32, "a" * 32
MIDI = datetime(2026, 4, 6, 12, 0, tzinfo=UTC)
REGLES = read_regles()


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A new home."""
    return open_maison(Reglages(dossier=tmp_path / "donnees"))


def give(maison: Maison, salarie: str = LUI) -> tuple[str, str]:
    """A link and its code."""
    with maison.moteur.begin() as c:
        lien = give_lien(c, salarie, "A. Martin", "demande au guichet", MIDI)
    return lien.jeton, lien.code


def come(maison: Maison, jeton: str, code: str, quand: datetime = MIDI) -> str | None:
    """The session that they open."""
    with maison.moteur.begin() as c:
        return enter(c, jeton, code, quand)


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


def whose(maison: Maison, session: str, quand: datetime = MIDI) -> str | None:
    """Whose page a session shows."""
    with maison.moteur.connect() as c:
        trouvee = find_session(c, session, quand)
    return trouvee.salarie if trouvee else None


def test_a_link_and_its_code_open_the_page_of_their_employee_once(maison: Maison) -> None:
    """Spaces in a code are nothing; once used, the link is dead; nothing is kept in clear."""
    jeton, code = give(maison)
    session = come(maison, jeton, f" {code[:4]} {code[4:]} ")
    assert session is not None
    assert whose(maison, session) == LUI
    assert come(maison, jeton, code) is None
    with maison.moteur.connect() as c:
        assert not is_alive(c, jeton, MIDI)
        garde = str(
            c.execute(select(LIENS_SALARIE)).all() + c.execute(select(SESSIONS_SALARIE)).all()
        )
    assert not [secret for secret in (jeton, code, session) if secret in garde]


def test_too_many_wrong_codes_close_a_link(maison: Maison) -> None:
    """The right code after them opens nothing; without a link, a code is nothing."""
    jeton, code = give(maison)
    assert come(maison, "inconnu", code) is None
    for _ in range(REGLES.essais_code):
        assert come(maison, jeton, wrong(code)) is None
    assert come(maison, jeton, code) is None
    with maison.moteur.connect() as c:
        assert read_objets(c, FERME) == [f"salarié {LUI}"]
        assert read_objets(c, OUVERTE) == []


def test_an_old_link_opens_nothing(maison: Maison) -> None:
    """The last second of its life is inside."""
    jeton, code = give(maison)
    fin = MIDI + timedelta(hours=REGLES.lien_heures)
    assert come(maison, jeton, code, fin) is None
    assert come(maison, jeton, code, fin - timedelta(seconds=1)) is not None


def test_a_new_link_closes_those_of_before_and_their_sessions(maison: Maison) -> None:
    """Of this employee alone."""
    premier, autre = give(maison), give(maison, AUTRE)
    ouvertes = [come(maison, *premier), come(maison, *autre)]
    attente = give(maison)
    nouveau = give(maison)
    assert come(maison, *attente) is None
    assert [whose(maison, session or "") for session in ouvertes] == [None, AUTRE]
    assert whose(maison, come(maison, *nouveau) or "") == LUI


def test_a_session_dies_idle_or_old_or_closed(maison: Maison) -> None:
    """A use that is noted makes it last, to its end."""
    session = come(maison, *give(maison)) or ""
    inactive = timedelta(minutes=REGLES.session_inactive_minutes)
    assert whose(maison, session, MIDI + inactive) is None
    vue = MIDI + inactive - timedelta(minutes=1)
    with maison.moteur.begin() as c:
        assert must_touch(c, session, vue, SESSIONS_SALARIE)
        touch_session(c, session, vue, SESSIONS_SALARIE)
        assert not must_touch(c, session, vue, SESSIONS_SALARIE)
    assert whose(maison, session, MIDI + inactive) == LUI
    for rang in range(1, 20):
        with maison.moteur.begin() as c:
            touch_session(c, session, MIDI + rang * timedelta(minutes=10), SESSIONS_SALARIE)
    assert whose(maison, session, MIDI + timedelta(minutes=REGLES.session_minutes)) is None
    with maison.moteur.begin() as c:
        close_session(c, session, MIDI, SESSIONS_SALARIE)
    assert whose(maison, session) is None


def test_each_link_and_opening_is_in_the_audit_trail(maison: Maison) -> None:
    """Who gave it, why, when it was opened; never the link nor its code."""
    jeton, code = give(maison)
    come(maison, jeton, code)
    with maison.moteur.connect() as c:
        lignes = [
            tuple(acte)
            for acte in c.execute(
                select(AUDIT.c.auteur, AUDIT.c.action, AUDIT.c.objet, AUDIT.c.motif)
            )
        ]
        assert verify_audit(c)
    lui = f"salarié {LUI}"
    assert lignes == [
        ("A. Martin", DONNE, lui, "demande au guichet"),
        ("salarié", OUVERTE, lui, "lien donné le 2026-04-06T12:00:00Z, code juste"),
    ]
