"""Settings of an engine: defaults that run anywhere, each one an environment variable.

Example: ``CAISSE_DOSSIER=/srv/caisse CAISSE_NOMBRE_PARTS=64 caisse nuit``.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from specs.caisse import read_caisse

MIO = 1024 * 1024


class Executeur(StrEnum):
    """Where Airflow runs its tasks: on its own machine, or on the workers of a cluster."""

    LOCAL = "LOCAL"
    CELERY = "CELERY"


class Reglages(BaseSettings):
    """Settings, read once from `CAISSE_...` variables; immutable.

    Attributes:
        dossier: home of the engine.
        base_sql: address of the registry and journal; None for SQLite in the home.
        cles_coffre: keys of what is kept encrypted, 64 hexadecimal characters each, separated by
            commas, the one to write with last; None for the files of `cles/` in the home.
        nombre_parts: shards of the computations; results do not depend on it. Each costs half a
            second of CPU a night, whatever it holds: two a core of the machine are enough.
        lot_octets: bytes of files taken in, controlled or handed over together.
        taille_max_octets: a larger deposit is refused.
        source_depots: where companies drop; None for this machine, else
            `sftp://user@host:port/path`.
        boites: folder of the boxes, when they are those of an OpenSSH server on this machine, whose
            administrator makes them; None for `sftp/` in the home.
        cle_sftp: private key for that server.
        hotes_connus: its known host keys.
        delai_stabilite_s: seconds without change after which an upload is complete.
        delai_abandon_s: seconds after which an upload that never ended is reported.
        hote_airflow: address that Airflow listens on, where the workers of a cluster call it.
        port_airflow: its port.
        executeur: where its tasks run.
        courtier: address of the broker of a cluster, `redis://:password@host:port/0`.
        avis_courriel: address that alerts are mailed to, and from.
        avis_smtp: server that mails go through (`host:port`).
        avis_webhook: address that alerts are posted to, as JSON.
        oidc_emetteur: address (issuer) of an OpenID Connect provider; None without one.
        oidc_client: what the space is called there.
        oidc_secret: what proves it.
        oidc_attribut: the claim that bears the name of a user of the registry.
        oidc_nom: how the page of the connection names the provider.
    """

    model_config = SettingsConfigDict(env_prefix="CAISSE_", frozen=True)

    dossier: Path = Path("donnees")
    base_sql: str | None = Field(default=None, repr=False)  # may hold a password
    cles_coffre: SecretStr | None = None
    nombre_parts: int = Field(default=4, ge=1)
    lot_octets: int = Field(default=64 * MIO, ge=1)
    taille_max_octets: int = Field(default_factory=lambda: read_caisse().taille_max_octets, ge=1)
    source_depots: str | None = None
    boites: Path | None = None
    cle_sftp: Path | None = None
    hotes_connus: Path | None = None
    delai_stabilite_s: int = Field(default=60, ge=0)
    delai_abandon_s: int = Field(default=900, ge=0)
    hote_airflow: str = "127.0.0.1"
    port_airflow: int = Field(default=8081, ge=1, le=65535)
    executeur: Executeur = Executeur.LOCAL
    courtier: str | None = Field(default=None, repr=False)  # may hold a password
    avis_courriel: str | None = None
    avis_smtp: str = "localhost:25"
    avis_webhook: str | None = Field(default=None, repr=False)  # may hold a token
    oidc_emetteur: str | None = None
    oidc_client: str | None = None
    oidc_secret: SecretStr | None = Field(default=None, repr=False)
    oidc_attribut: str = "preferred_username"
    oidc_nom: str = "le compte de votre entreprise"

    @property
    def dossier_boites(self) -> Path:
        """Folder of the boxes on this machine."""
        return self.boites or self.dossier / "sftp"

    @property
    def url_sql(self) -> str:
        """SQLAlchemy address of the registry and journal."""
        return self.base_sql or f"sqlite:///{self.dossier / 'registre.sqlite'}"
