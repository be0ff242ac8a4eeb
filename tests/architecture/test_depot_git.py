"""The repository: its layers, its lock file, and what no file of it may say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement

RACINE = Path(__file__).parents[2]
VERROU = RACINE / "requirements.lock"
EXIGENCE = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+?)(?:\s*;\s*(.+?))?\s*\\?$", re.MULTILINE
)
REGISTRE = re.compile(rb"https?://[\w.-]*(?:pypi|pythonhosted|artifactory|nexus)[\w.-]*")


@cache
def suivis() -> list[Path]:
    """Files of the repository: what git tracks or would track, or all but the known leftovers."""
    if shutil.which("git") is None or not (RACINE / ".git").exists():
        restes = {".venv", "donnees", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
        return [f for f in RACINE.rglob("*") if f.is_file() and not restes & set(f.parts)]
    commande = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    sortie = subprocess.run(commande, cwd=RACINE, check=True, capture_output=True).stdout
    noms = sortie.decode("utf-8").split("\0")
    return [RACINE / nom for nom in noms if nom and (RACINE / nom).is_file()]


def exigences() -> dict[str, str]:
    """Pinned versions that apply to this Python and this system."""
    return {
        nom: epingle
        for nom, epingle, marqueur in EXIGENCE.findall(VERROU.read_text("utf-8"))
        if not marqueur or Marker(marqueur).evaluate()
    }


def installee(nom: str) -> str | None:
    """The running version of a package, None when it is not installed."""
    try:
        return version(nom)
    except PackageNotFoundError:
        return None


def test_layers_hold() -> None:
    """Each room imports only the rooms below it, as import-linter reads them in pyproject.toml."""
    commande = Path(sys.executable).with_name("lint-imports")
    sortie = subprocess.run([commande], cwd=RACINE, capture_output=True, text=True, check=False)
    assert sortie.returncode == 0, sortie.stdout


def test_running_versions_are_the_locked_ones() -> None:
    """Tests run on what the lock file names, so that they speak of what is delivered."""
    ecarts = {
        nom: (epingle, installee(nom))
        for nom, epingle in exigences().items()
        if installee(nom) != epingle
    }
    assert ecarts == {}


def test_every_locked_package_is_hashed() -> None:
    """Each package of the lock file carries at least one hash."""
    blocs = re.split(r"\n(?=[A-Za-z0-9])", VERROU.read_text("utf-8"))
    sans_empreinte = [b.split("\n")[0] for b in blocs if "==" in b and "--hash=sha256:" not in b]
    assert sans_empreinte == []


def test_direct_dependencies_are_locked() -> None:
    """Nothing that pyproject.toml asks for is missing from the lock file."""
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text("utf-8"))
    demandes = [*projet["project"]["dependencies"], *projet["dependency-groups"]["dev"]]
    noms = {re.split(r"[\[<>=!~ ]", demande)[0].lower().replace("_", "-") for demande in demandes}
    assert noms <= {nom.lower().replace("_", "-") for nom in exigences()}


def test_extras_that_a_package_asks_for_are_locked() -> None:
    """With and without them: pip, by its age, refuses what one line or the other does not pin."""
    verrou = VERROU.read_text("utf-8")
    manquent = [
        (nom, str(demande))
        for nom in exigences()
        for demande in map(Requirement, requires(nom) or ())
        if demande.extras and (demande.marker is None or demande.marker.evaluate({"extra": ""}))
        if not any(
            demande.extras <= Requirement(ligne.rstrip("\\ ")).extras
            for ligne in re.findall(rf"(?mi)^{re.escape(demande.name)}(?:\[.*?\])?==.*$", verrou)
        )
    ]
    assert manquent == []
    avec = set(re.findall(r"(?m)^(\S+)\[.*?\]==", verrou))
    assert avec <= set(re.findall(r"(?m)^([^\s\[]+)==", verrou))


def test_the_lock_names_no_host() -> None:
    """The lock file says what, never where from."""
    texte = VERROU.read_text("utf-8")
    assert "://" not in texte
    assert not re.search(r"--(extra-)?(index-url|find-links|trusted-host)", texte)
    assert not (RACINE / "uv.lock").exists()


def test_no_file_names_a_package_registry() -> None:
    """No tracked file sends to a registry of packages: each machine has its own."""
    noms = [
        str(f.relative_to(RACINE))
        for f in suivis()
        if f != Path(__file__) and REGISTRE.search(f.read_bytes())
    ]
    assert noms == []


def test_no_file_of_a_machine_is_tracked() -> None:
    """Neither caches, databases, keys nor deposits of a running engine are in the repository."""
    interdits = {".duckdb", ".sqlite", ".pyc", ".pem", ".parquet"}
    noms = [str(f.relative_to(RACINE)) for f in suivis() if f.suffix in interdits]
    assert noms == []
