"""The suite speaks to its own machine only: this process, and those that it starts.

Not seen: what a library in Rust or C sends from this process; in the others, what makes system
calls without the C library, and the queries of its resolver.
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil

SOURCE = Path(__file__).with_name("reseau.c")
VARIABLE = "LD_PRELOAD"
NOMS = {"", "localhost", socket.gethostname()}
APPELS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def preload(*bibliotheques: Path) -> dict[str, str]:
    """The variable that loads these beside what is loaded already, in a process to start."""
    deja = os.environ.get(VARIABLE, "")
    return {VARIABLE: ":".join([*filter(None, deja.split(":")), *map(str, bibliotheques)])}


def compile_bibliotheque(source: Path, dossier: Path) -> Path:
    """The library of a source in C, in this folder."""
    cible = dossier / f"{source.stem}.so"
    options = ["-O2", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run(["gcc", *options, "-o", cible, source, "-ldl"], check=True)
    return cible


def stay_here(dossier: Path) -> None:
    """Refuse other machines from now on; what does it for other processes goes to `dossier`."""
    sys.addaudithook(_refuse)
    os.environ |= preload(compile_bibliotheque(SOURCE, dossier))


def _refuse(evenement: str, arguments: tuple[Any, ...]) -> None:
    if evenement in APPELS and not _is_here(arguments[1]):
        raise PermissionError(errno.EACCES, "la suite ne parle qu'à sa machine")
    if evenement == "socket.getaddrinfo" and not _is_known(arguments[0]):
        raise socket.gaierror(socket.EAI_AGAIN, "la suite n'interroge aucun serveur de noms")


def _is_here(adresse: Any) -> bool:
    """Whether an address, of whatever family, is of this machine."""
    if not isinstance(adresse, tuple):
        return True
    hote = str(adresse[0])
    return hote in NOMS or _is_ours(hote)


def _is_ours(hote: str) -> bool:
    try:
        ip = ip_address(hote.partition("%")[0])
    except ValueError:
        return False
    siennes = (a.address for liste in psutil.net_if_addrs().values() for a in liste)
    return ip.is_loopback or ip.is_unspecified or hote in siennes


def _is_known(hote: Any) -> bool:
    """Whether a name is of this machine, or is no name."""
    nom = hote.decode() if isinstance(hote, bytes) else str(hote or "")
    try:
        ip_address(nom.partition("%")[0])
    except ValueError:
        return nom in NOMS
    return True
