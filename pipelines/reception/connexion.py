"""SFTP connections of the engine and of `caisse deposer`: known host required, keys only."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paramiko
from paramiko import sftp

from pipelines.reception.candidats import SourceIndisponibleError

DELAI_S = 20.0
CHAMPS_LS = 9  # rights, links, owner, group, size, month, day, hour, name


@dataclass(frozen=True, slots=True)
class AdresseSftp:
    """Where a server listens and the account used on it."""

    hote: str
    port: int
    compte: str

    def __str__(self) -> str:
        """As a person would write it."""
        return f"{self.compte}@{self.hote}:{self.port}"


class ClientSftp(paramiko.SFTPClient):
    """Paramiko's session, able to list names that are not UTF-8.

    The library decodes names strictly: one Latin-1 name in a folder would hide the whole folder.
    """

    _request: Callable[..., tuple[int, paramiko.Message]]  # exists, but its stubs do not say so

    def list_dossier(self, chemin: bytes) -> list[tuple[bytes, paramiko.SFTPAttributes]]:
        """Names (raw bytes) and attributes of a folder's entries, links not followed."""
        _, reponse = self._request(sftp.CMD_OPENDIR, chemin)
        poignee = reponse.get_binary()
        entrees: list[tuple[bytes, paramiko.SFTPAttributes]] = []
        try:
            while True:
                _, reponse = self._request(sftp.CMD_READDIR, poignee)
                entrees += [_parse_entree(reponse) for _ in range(reponse.get_int())]
        except EOFError:
            self._request(sftp.CMD_CLOSE, poignee)
        return [(nom, attributs) for nom, attributs in entrees if nom not in (b".", b"..")]


@dataclass(frozen=True, slots=True)
class Connexion:
    """An open connection and its SFTP session; both are closed together."""

    ssh: paramiko.SSHClient
    client: ClientSftp

    def close(self) -> None:
        """End the session and the connection."""
        self.client.close()
        self.ssh.close()


def open_client(adresse: AdresseSftp, *, cle: Path, hotes_connus: Path) -> Connexion:
    """Connect with a private key to a server whose host key is in `hotes_connus`.

    Raises:
        SourceIndisponibleError: unreachable, unknown or changed host key, refused key.
    """
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        ssh.load_host_keys(str(hotes_connus))
        ssh.connect(
            adresse.hote,
            adresse.port,
            adresse.compte,
            pkey=paramiko.PKey.from_path(cle),
            allow_agent=False,
            look_for_keys=False,
            timeout=DELAI_S,
            banner_timeout=DELAI_S,
            auth_timeout=DELAI_S,
        )
        return Connexion(ssh, _open_session(ssh))
    except (OSError, paramiko.SSHException) as erreur:
        ssh.close()
        raise SourceIndisponibleError(f"{adresse} : {_explain(erreur)}") from erreur


def _open_session(ssh: paramiko.SSHClient) -> ClientSftp:
    transport = ssh.get_transport()
    session = ClientSftp.from_transport(transport) if transport else None
    if session is None:
        raise paramiko.SSHException("session SFTP refusée")
    return session


def _explain(erreur: Exception) -> str:
    """What a person can do about a failed connection."""
    if isinstance(erreur, paramiko.BadHostKeyException):
        return "la clé du serveur a changé ; ne déposez rien avant d'avoir vérifié son empreinte"
    if isinstance(erreur, paramiko.AuthenticationException):
        return "le serveur refuse cette clé pour ce compte"
    if isinstance(erreur, FileNotFoundError):
        return f"fichier introuvable : {erreur.filename}"
    if "not found in known_hosts" in str(erreur):
        return "serveur inconnu ; ajoutez sa clé au fichier des hôtes connus"
    if isinstance(erreur, OSError):
        return "rien ne répond à cette adresse"
    return f"échange SSH impossible ({type(erreur).__name__})"


def _parse_entree(reponse: paramiko.Message) -> tuple[bytes, paramiko.SFTPAttributes]:
    nom = reponse.get_binary()
    longue = reponse.get_binary()  # the line a human would read: the only one that names the owner
    attributs = paramiko.SFTPAttributes()
    attributs.longname = longue.decode("utf-8", "replace")
    attributs._unpack(reponse)  # type: ignore[attr-defined]  # noqa: SLF001 (no public reader exists)
    return nom, attributs


def parse_owner(attributs: paramiko.SFTPAttributes) -> str | None:
    """Account that an entry of `list_dossier` belongs to; None when its line is not that of ls."""
    champs: list[str] = getattr(attributs, "longname", "").split(maxsplit=CHAMPS_LS - 1)
    return champs[2] if len(champs) == CHAMPS_LS else None


def is_fichier_ordinaire(attributs: paramiko.SFTPAttributes) -> bool:
    """Whether remote attributes are those of a plain file."""
    return stat.S_ISREG(attributs.st_mode or 0)
