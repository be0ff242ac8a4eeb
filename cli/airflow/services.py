"""The four components of Airflow as child processes: started in order, stopped to the last one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from cli.airflow.api import BASE_EN_SANTE, read_sante

# The server first: a task that starts before it has nobody to talk to, and fails.
SERVEUR = "api-server"
ORDONNANCEUR = "scheduler"
# Logs are files of this machine: nothing has to serve them, on every address by default.
COMPOSANTS: Mapping[str, tuple[str, ...]] = {
    SERVEUR: (),
    ORDONNANCEUR: ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
PRET_S = 180
FIN_DES_ETAPES_S, FIN_DES_AUTRES_S = 20, 10
PAUSE_S = 0.2


class ComposantArrete(RuntimeError):  # noqa: N818 - named in French
    """A component ended by itself; the message says which one and where its log is."""


@dataclass(slots=True)
class Services:
    """The components that run, by name; each leads a session, where its own processes stay."""

    journaux: Path
    lances: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, nom: str, variables: Mapping[str, str], herites: Sequence[int]) -> None:
        """Start a component; what it says goes to a file of its name."""
        with (self.journaux / f"{nom}.log").open("ab") as journal:
            self.lances[nom] = subprocess.Popen(  # noqa: S603 - our own interpreter and words
                [sys.executable, "-m", "airflow", nom, *COMPOSANTS[nom]],
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=journal,
                stderr=journal,
                start_new_session=True,
                pass_fds=herites,
            )

    def check(self) -> None:
        """ComposantArrete when one of them does not run any more."""
        for nom, processus in self.lances.items():
            if processus.poll() is not None:
                raise ComposantArrete(
                    f"Airflow s'est arrêté ({nom}) : voir {self.journaux / f'{nom}.log'}"
                )

    def stop(self) -> None:
        """Stop everything: the scheduler, which lets its tasks end for a while, then the others."""
        ordonnanceur = self.lances.get(ORDONNANCEUR)
        if ordonnanceur:
            _ask_to_end([ordonnanceur], FIN_DES_ETAPES_S)
        _ask_to_end(self.lances.values(), FIN_DES_AUTRES_S)
        restes = self._left()
        for reste in restes:
            with suppress(psutil.NoSuchProcess):
                reste.kill()
        for processus in self.lances.values():
            processus.wait()
        psutil.wait_procs(restes, timeout=FIN_DES_AUTRES_S)

    def _left(self) -> list[psutil.Process]:
        """Processes of our sessions: a task leaves the group of its component, not its session."""
        sessions = {processus.pid for processus in self.lances.values()}
        return [p for p in psutil.process_iter() if _session_of(p) in sessions]


@contextmanager
def run_services(
    variables: Mapping[str, str],
    journaux: Path,
    herites: Sequence[int],
    is_asked: Callable[[], bool],
) -> Iterator[Services]:
    """The components, ready; nothing of them is left afterwards.

    Args:
        variables: what they read (`compute_variables_services`).
        journaux: folder of their logs.
        herites: descriptors that they and their tasks keep open.
        is_asked: whether a stop was asked for; it is not waited any longer for them to be ready.

    Raises:
        ComposantArrete: one of them ended, or was not ready in time.
    """
    services = Services(journaux)
    try:
        services.start(SERVEUR, variables, herites)
        _wait_for(services, {BASE_EN_SANTE}, variables["AIRFLOW__API__BASE_URL"], is_asked)
        for nom in COMPOSANTS:
            if nom != SERVEUR and not is_asked():
                services.start(nom, variables, herites)
        tous = {BASE_EN_SANTE, "scheduler", "dag_processor", "triggerer"}
        _wait_for(services, tous, variables["AIRFLOW__API__BASE_URL"], is_asked)
        yield services
    finally:
        services.stop()


def check_port(hote: str, port: int) -> None:
    """OSError when something already listens there, or when the address is another machine's."""
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        prise.bind((hote, port))


def _wait_for(
    services: Services, attendus: set[str], adresse: str, is_asked: Callable[[], bool]
) -> None:
    """Return when these parts of Airflow are in good health, or when a stop is asked for."""
    fin = time.monotonic() + PRET_S
    while not is_asked() and not attendus <= read_sante(adresse):
        services.check()
        if time.monotonic() > fin:
            manque = ", ".join(sorted(attendus - read_sante(adresse)))
            raise ComposantArrete(f"Airflow n'est pas prêt en {PRET_S} s ({manque})")
        time.sleep(PAUSE_S)


def _ask_to_end(processus: Iterable[subprocess.Popen[bytes]], delai_s: float) -> None:
    """Ask these to end, wait for them no longer than `delai_s`."""
    vivants = [p for p in processus if p.poll() is None]
    for vivant in vivants:
        vivant.send_signal(signal.SIGTERM)
    fin = time.monotonic() + delai_s
    for vivant in vivants:
        with suppress(subprocess.TimeoutExpired):
            vivant.wait(max(0, fin - time.monotonic()))


def _session_of(processus: psutil.Process) -> int | None:
    """Session of a process that lives; None for one that has just ended."""
    with suppress(psutil.Error, ProcessLookupError, PermissionError):
        if processus.status() != psutil.STATUS_ZOMBIE:
            return os.getsid(processus.pid)
    return None
