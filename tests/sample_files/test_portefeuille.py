"""A portfolio: the same bytes for the same seed, its faults named, its sums known, no memory."""

from __future__ import annotations

import csv
import hashlib
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import generer
from sample_files.generateur.declarations import REMPLACE
from sample_files.generateur.fautes import FAUTES
from sample_files.generateur.gros import write_gros_fichier
from sample_files.generateur.portefeuille import (
    Fichier,
    Parametres,
    Temoin,
    generate_portefeuille,
    observe,
)
from specs.periodes import Mois
from warehouse.maison import open_maison
from warehouse.registre import (
    YAML,
    import_registre,
    read_adherents,
    read_comptes_bancaires,
    read_mandats,
)
from warehouse.registre.fichier_csv import parse_csv
from warehouse.reglages import Reglages

MOIS = Mois.range(Mois(2025, 12), Mois(2026, 2))

application = typer.Typer()
application.command()(generer.generer)


def portefeuille(adherents: int = 10, graine: int = 7, part_fautes: int = 0) -> Iterator[Fichier]:
    """Files of a portfolio of twenty employees a company."""
    parametres = Parametres(
        adherents=adherents,
        salaries=adherents * 20,
        mois=MOIS,
        graine=graine,
        part_fautes=part_fautes,
    )
    return generate_portefeuille(parametres)


def digest(fichiers: Iterator[Fichier]) -> str:
    """One fingerprint of names and bytes."""
    empreinte = hashlib.sha256()
    for fichier in fichiers:
        empreinte.update(fichier.nom.encode())
        empreinte.update(fichier.octets)
    return empreinte.hexdigest()


def test_a_seed_always_gives_the_same_bytes() -> None:
    """The seed decides of everything, and another seed gives another portfolio."""
    assert digest(portefeuille(part_fautes=100)) == digest(portefeuille(part_fautes=100))
    assert digest(portefeuille()) != digest(portefeuille(graine=8))


def test_a_new_company_changes_nothing_for_the_others() -> None:
    """The files of ten companies are among those of eleven, to the byte."""
    dix = {f.nom: f.octets for f in portefeuille(adherents=10, part_fautes=50)}
    onze = {f.nom: f.octets for f in portefeuille(adherents=11, part_fautes=50)}
    assert dix.items() <= onze.items()
    assert len(onze) > len(dix)


def test_each_file_has_its_own_name() -> None:
    """No two files of a company share a name."""
    noms = [(f.adherent, f.nom) for f in portefeuille(adherents=40)]
    assert len(noms) == len(set(noms))


def test_every_fault_comes_with_its_code() -> None:
    """With many faulty files, each fault is met, named, and gives what its code says."""
    fautifs = [f for f in portefeuille(adherents=60, part_fautes=300) if f.faute]
    assert {f.faute for f in fautifs} == set(FAUTES)
    assert all(f.code_attendu for f in fautifs)


def test_the_share_of_faults_is_about_the_one_asked() -> None:
    """A tenth asked, about a tenth given; none asked, none given."""
    fichiers = list(portefeuille(adherents=100, part_fautes=100))
    assert 0.05 < sum(bool(f.faute) for f in fichiers) / len(fichiers) < 0.15
    assert not any(f.faute for f in portefeuille())


def test_the_headcount_asked_is_reached() -> None:
    """Ten companies share the headcount of the portfolio, whatever the average."""
    parametres = Parametres(adherents=10, salaries=400, mois=MOIS)
    assert sum(parametres.effectif(rang) for rang in range(1, 11)) == 400


@pytest.mark.parametrize(
    "faux",
    [{"adherents": 0}, {"salaries": 3}, {"mois": ()}, {"part_fautes": 1001}, {"adherents": 10_000}],
)
def test_what_cannot_be_generated_is_refused(faux: dict[str, object]) -> None:
    """A portfolio that makes no sense is refused when it is asked for."""
    with pytest.raises(ValueError, match=r"adhérent|salarié|mois|fautes"):
        Parametres(**({"adherents": 5, "salaries": 100, "mois": MOIS} | faux))  # type: ignore[arg-type]


def test_the_witness_sums_the_bases_of_the_files_that_count() -> None:
    """The sums of the witness are those of the lines of base 20 in the last file of each month."""
    temoin, derniers = Temoin(), {}
    for fichier in observe(portefeuille(adherents=20, part_fautes=50), temoin):
        if not fichier.faute:
            derniers[fichier.siret, fichier.mois, fichier.fraction] = fichier
    attendues: dict[tuple[str, Mois, Mois], int] = {}
    for fichier in derniers.values():
        for rattachement, base in read_bases(fichier.octets):
            cle = (fichier.cdg, fichier.mois, rattachement)
            attendues[cle] = attendues.get(cle, 0) + base
    assert temoin.sums() == sorted((*cle, base) for cle, base in attendues.items())
    assert any(mois != rattachement for _, mois, rattachement, _ in temoin.sums())


def read_bases(octets: bytes) -> Iterator[tuple[Mois, int]]:
    """Month and cents of each base 20 of an employee of the CNETP, read line by line."""
    caisse, code, debut = "", "", ""
    for ligne in octets.decode("latin-1").splitlines():
        rubrique, valeur = ligne[:14], ligne[16:-1]
        if rubrique == "S21.G00.40.022":
            caisse = valeur
        elif rubrique == "S21.G00.78.001":
            code = valeur
        elif rubrique == "S21.G00.78.002":
            debut = valeur
        elif rubrique == "S21.G00.78.004" and (caisse, code) == ("01", "20"):
            yield Mois(int(debut[4:]), int(debut[2:4])), int(valeur.replace(".", ""))


def test_test_files_count_for_nothing() -> None:
    """A portfolio of test files gives the witness nothing."""
    temoin = Temoin()
    parametres = Parametres(adherents=2, salaries=20, mois=MOIS, essai=True)
    fichiers = list(observe(generate_portefeuille(parametres), temoin))
    assert all(b"S10.G00.00.005,'01'" in f.octets for f in fichiers)
    assert temoin.sums() == []


def test_a_replacement_says_the_month_again() -> None:
    """An annule-et-remplace has a higher order than what it replaces, and other amounts."""
    fichiers = list(portefeuille(adherents=60))
    par_cle = {(f.siret, f.mois, f.ordre): f for f in fichiers}
    remplaces = [f for f in fichiers if f.type == REMPLACE]
    assert remplaces
    for fichier in remplaces:
        premier = par_cle[fichier.siret, fichier.mois, fichier.ordre - 1]
        assert premier.octets.count(b"S21.G00.30.002") == fichier.octets.count(b"S21.G00.30.002")


def test_memory_holds_one_company_at_a_time() -> None:
    """Ten times more companies read to the end need about the same memory."""
    peu, beaucoup = peak_of(10), peak_of(100)
    assert beaucoup < 2 * peu


def peak_of(adherents: int) -> int:
    """Peak of memory while the files of a portfolio go by."""
    tracemalloc.start()
    for _ in generate_portefeuille(Parametres(adherents, adherents * 20, MOIS, graine=7)):
        pass
    _, sommet = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return sommet


def test_files_come_as_they_are_drawn() -> None:
    """The first files of a huge portfolio come at once."""
    immense = generate_portefeuille(Parametres(9_000, 360_000, MOIS))
    assert len(list(islice(immense, 3))) == 3


@pytest.mark.parametrize("version", ["P24V01", "P25V01", "P26V01"])
def test_a_big_file_has_the_lines_asked(tmp_path: Path, version: str) -> None:
    """About as many lines as asked, right totals, all individuals different."""
    chemin = tmp_path / "gros.dsn"
    lignes = write_gros_fichier(chemin, 60_000, version)
    octets = chemin.read_bytes()
    nirs = [ligne for ligne in octets.splitlines() if ligne.startswith(b"S21.G00.30.001")]
    assert 0.99 * 60_000 < lignes <= 60_000
    assert octets.count(b"\n") == lignes
    assert octets.endswith(f"S90.G00.90.001,'{lignes}'\nS90.G00.90.002,'1'\n".encode())
    assert len(set(nirs)) == len(nirs) > 200
    assert 250 <= lignes / len(nirs) <= 270


def test_the_command_writes_a_portfolio(tmp_path: Path) -> None:
    """Register accepted by the fund, one line of the manifest a file, expected sums, a summary."""
    options = ["--adherents", "10", "--salaries", "100", "--part-fautes", "300", "--attendu"]
    resultat = CliRunner().invoke(application, [*options, "--sortie", str(tmp_path)])
    assert resultat.exit_code == 0
    assert "pour 10 adhérents et 3 mois" in resultat.stdout
    lignes, erreurs = parse_csv((tmp_path / "registre.csv").read_bytes())
    assert erreurs == []
    assert {ligne.textes["numero_adherent"] for ligne in lignes} == {
        p.name for p in tmp_path.glob("depots/*")
    }
    manifeste = read_csv(tmp_path / "manifeste.csv")
    ecrits = {p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("depots/*/*")}
    assert {ligne["fichier"] for ligne in manifeste} == ecrits
    assert any(ligne["faute"] and ligne["code_attendu"] for ligne in manifeste)
    assert {ligne["cdg"] for ligne in read_csv(tmp_path / "attendus.csv")} <= {
        ligne.textes["cdg"] for ligne in lignes
    }


def test_the_register_of_a_portfolio_is_accepted(tmp_path: Path) -> None:
    """Both forms of the register agree; the YAML one has accounts, mandates and groups."""
    options = ["--adherents", "40", "--salaries", "900", "--mois", "2026-01"]
    assert CliRunner().invoke(application, [*options, "--sortie", str(tmp_path)]).exit_code == 0
    maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    acte = {"auteur": "test", "motif": "test", "instant": "2026-01-01T08:00:00Z"}
    with maison.moteur.begin() as c:
        yaml, csv = ((tmp_path / nom).read_bytes() for nom in ("registre.yaml", "registre.csv"))
        fait = import_registre(c, yaml, archive=maison.archive, forme=YAML, **acte)
        assert fait.erreurs == ()
        encore = import_registre(c, csv, archive=maison.archive, **acte)
        assert encore.changements == ()
        assert read_adherents(c).height == 40
        assert 20 < read_comptes_bancaires(c).height < 40
        assert set(read_mandats(c)["groupe"].is_null()) == {True, False}


@pytest.mark.parametrize("mois", ["2023-01", "2026-13", "mars", "2026-03,2026-01"])
def test_the_command_refuses_in_french(tmp_path: Path, mois: str) -> None:
    """A month without its norm, or no month at all, is a sentence and exit code 2."""
    resultat = CliRunner().invoke(application, ["--mois", mois, "--sortie", str(tmp_path / "x")])
    assert resultat.exit_code == 2
    assert "Demande refusée" in resultat.stderr
    assert not (tmp_path / "x").exists()


def read_csv(chemin: Path) -> list[dict[str, str]]:
    """Lines of a CSV as dictionaries."""
    with chemin.open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier, delimiter=";"))
