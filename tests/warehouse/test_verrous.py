"""Locks of a home on both SQL engines: one holder, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from warehouse.moteur import open_moteur
from warehouse.reglages import Reglages
from warehouse.verrous import Verrou, VerrouPerdu, VerrouPris, Verrous

DELAI_S = 60
TENIR = """
import os, subprocess, sys, time
from pathlib import Path
from warehouse.verrous import Verrou, Verrous
with Verrous(Path(sys.argv[1]), sys.argv[2]).take(Verrou.NUIT) as descripteur:
    if sys.argv[3]:  # a child that holds it too
        enfant = subprocess.Popen(["sleep", "600"], pass_fds=[descripteur])
    print(enfant.pid if sys.argv[3] else os.getpid(), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def verrous(reglages: Reglages) -> Verrous:
    """The locks of a home of each engine, which is not made: nothing but locks is looked at."""
    reglages.dossier.mkdir()
    return Verrous(reglages.dossier, reglages.url_sql)


@contextmanager
def held(verrous: Verrous, *, enfant: bool = False) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that holds the night, and the last process to hold it: a child, or itself."""
    commande = [sys.executable, "-c", TENIR, str(verrous.dossier), verrous.url]
    with subprocess.Popen(
        [*commande, "1" if enfant else ""], stdout=subprocess.PIPE, text=True
    ) as processus:
        assert processus.stdout is not None
        dernier = int(processus.stdout.readline())
        try:
            yield processus, dernier
        finally:
            processus.kill()


def is_free(verrous: Verrous) -> bool:
    """Whether nobody holds the night."""
    try:
        with verrous.take(Verrou.NUIT):
            return True
    except VerrouPris:
        return False


def wait_until_free(verrous: Verrous) -> None:
    """AssertionError when it is still held."""
    fin = time.monotonic() + DELAI_S
    while not is_free(verrous):
        assert time.monotonic() < fin
        time.sleep(0.05)


def test_a_second_holder_is_refused_until_the_first_is_killed(verrous: Verrous) -> None:
    """Another thing is not held; whoever waits has it as soon as the holder is dead."""
    with held(verrous) as (tenant, _):
        assert not is_free(verrous)
        with verrous.take(Verrou.CONTROLE):
            pass
        tenant.send_signal(signal.SIGKILL)
        with verrous.wait(Verrou.NUIT):
            assert not is_free(verrous)
    assert is_free(verrous)


def test_a_child_holds_it_after_its_parent_was_killed(verrous: Verrous) -> None:
    """A scheduler that dies leaves tasks that still write: no night begins before they end."""
    with held(verrous, enfant=True) as (tenant, enfant):
        tenant.kill()
        tenant.wait()
        assert not is_free(verrous)
        os.kill(enfant, signal.SIGKILL)
        wait_until_free(verrous)


def test_those_who_share_exclude_who_does_not(verrous: Verrous) -> None:
    """Workers are several; what wants none of them waits for the last one."""
    with verrous.take(Verrou.OUVRIERS, partage=True):
        with verrous.take(Verrou.OUVRIERS, partage=True):
            pass
        with pytest.raises(VerrouPris), verrous.take(Verrou.OUVRIERS):
            pass
    with (
        verrous.take(Verrou.OUVRIERS),
        pytest.raises(VerrouPris),
        verrous.take(Verrou.OUVRIERS, partage=True),
    ):
        pass


@pytest.mark.parametrize("reglages", ["postgresql"], indirect=True)
def test_a_lock_that_the_base_has_freed_is_told(verrous: Verrous) -> None:
    """Its holder, who believed that it was alone, fails: the step is done again."""
    moteur = open_moteur(verrous.url)
    tue = text(
        "select pg_terminate_backend(pid) from pg_locks"
        " where locktype = 'advisory' and database ="
        " (select oid from pg_database where datname = current_database())"
    )
    with (
        pytest.raises(VerrouPerdu, match=r"controle\.verrou"),
        verrous.wait(Verrou.CONTROLE),
        moteur.connect() as connexion,
    ):
        assert connexion.execute(tue).scalar_one() is True
    moteur.dispose()


def test_the_address_of_the_base_is_not_shown(verrous: Verrous) -> None:
    """It may hold a password."""
    assert verrous.url not in repr(verrous)
