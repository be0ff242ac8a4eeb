"""A fund that was lost comes back from its backups: with its lake, or played again without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli.application import application
from pipelines.reception.restitution import Restitution, give_back
from pipelines.reception.sources import open_source
from pipelines.rejeu.comparaison import compare
from pipelines.rejeu.jeu import RejeuImpossible
from pipelines.rejeu.traduction import Traduction
from pipelines.salaries.decisions import FUSION
from tests.conftest import NATURES
from tests.pipelines.rejeu.test_rejeu import ADHERENT, FIN, correct, vecue
from warehouse.cles import CleEtrangere, name_pseudonymes, read_cle
from warehouse.coffre.trousseau import OCTETS_CLE
from warehouse.decisions import record_decision
from warehouse.faits import DecisionFaite, ImportFait, read_tout
from warehouse.journal import read_depots
from warehouse.jumelle import settle
from warehouse.maison import CleAbsente, open_maison
from warehouse.pseudonymes import compute_pseudonyme
from warehouse.publications import read_table_publiee
from warehouse.remises import read_posees

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse
    from warehouse.maison import Maison
    from warehouse.reglages import Reglages

pytestmark = pytest.mark.recit

__all__ = ["vecue"]  # the fund that those tests live, used as a fixture here
LENDEMAIN = datetime(2026, 6, 5, 20, 0, tzinfo=UTC)
IDENTIQUE = "identique, à l'octet près"


@pytest.fixture
def perdue(vecue: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """The fund that lived, with what no night has read yet: a file received, an import.

    And a decision, which names two employees.
    """
    caisse = copy_caisse(vecue)
    caisse.drop(ADHERENT, "tard.dsn", b"une fin de journee")
    caisse.receive(FIN.replace(hour=22))
    un, deux = sorted(set(caisse.read("salaries")["salarie"]))[:2]
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=NATURES[FUSION],
            siren=None,
            date_effet=FIN.date(),
            auteur="test",
            motif="une seule personne",
            instant="2026-05-05T21:30:00Z",
            contenu={"identifiant": un, "salarie": deux},
        )
    registre = caisse.maison.archive.read(_imports(caisse)[-1])
    correct(
        caisse, registre.replace(b"prelevement_automatique: oui", b"prelevement_automatique: non")
    )
    return caisse


def _imports(caisse: Caisse) -> list[str]:
    """SHA-256 of the files of the registry, in the order of their import."""
    with caisse.maison.moteur.connect() as connexion:
        return [f.sha256 for f in read_tout(connexion) if isinstance(f, ImportFait)]


@pytest.fixture
def sauvegarde(perdue: Caisse, tmp_path: Path, ask: Callable[..., Result]) -> Path:
    """Its backup, the key beside in `cles`."""
    dossier = tmp_path / "sauvegardes"
    dit = ask(perdue, "exploitation", "sauvegarder", str(dossier), "--cles", str(tmp_path / "cles"))
    assert dit.exit_code == 0, dit.output
    return dossier


def call(*arguments: str | Path) -> Result:
    """`caisse exploitation` with these arguments."""
    return CliRunner().invoke(application, ["exploitation", *map(str, arguments)])


def journal(maison: Maison) -> list[tuple[str, str, str]]:
    """Deposits, as they are."""
    with maison.moteur.connect() as connexion:
        return [(d.depot, d.recu_le, d.etat) for d in read_depots(connexion)]


def at(caisse: Caisse, dossier: Path) -> Reglages:
    """The settings of the fund in another folder."""
    return settle(caisse.maison.reglages, dossier)


def test_a_fund_is_made_again_without_its_lake(
    perdue: Caisse, sauvegarde: Path, tmp_path: Path
) -> None:
    """From the archive, the base and the key, in an empty folder: every table and file equal.

    What no night had read is there too.
    """
    shutil.rmtree(sauvegarde / "lac")
    neuve = tmp_path / "neuve"
    dit = call("reconstruire", sauvegarde, "--cles", tmp_path / "cles", "--sortie", neuve)
    assert dit.exit_code == 0, dit.output
    assert [ligne.split(" : ")[-1] for ligne in dit.output.splitlines()[1:]] == [IDENTIQUE] * 2
    refaite = open_maison(at(perdue, neuve))
    bilans = [compare(perdue.maison, refaite, numero) for numero in (1, 2)]
    assert [bilan.ecarts for bilan in bilans] == [(), ()]
    assert min(bilan.tables for bilan in bilans) > 50
    assert journal(refaite) == journal(perdue.maison)
    assert journal(refaite)[-1][2] == "RECU"
    refaite.moteur.dispose()


def test_a_restored_fund_goes_on_as_the_one_that_was_lost(
    perdue: Caisse,
    sauvegarde: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    open_caisse: Callable[[Reglages], Caisse],
) -> None:
    """With its lake: what is published is there, and the next night publishes the same.

    Companies find in their boxes what they had not taken, and not what they had.
    """
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path / "restauree"))
    dit = call("restaurer", sauvegarde, "--cles", tmp_path / "cles")
    assert dit.exit_code == 0, dit.output
    restauree = open_caisse(at(perdue, tmp_path / "restauree"))
    with restauree.maison.moteur.connect() as connexion:
        nombre = len(read_posees(connexion, "2020"))
    assert rendu(restauree) == 0  # all that it follows was put there: since 120 days before today
    with open_source(restauree.maison.reglages) as source:
        fait = give_back(restauree.maison, source, LENDEMAIN)
    assert fait == Restitution(rendus=nombre, echecs=0)
    assert restauree.returned() == perdue.returned()
    assert [compare(perdue.maison, restauree.maison, n).ecarts for n in (1, 2)] == [(), ()]
    for caisse in (perdue, restauree):
        caisse.pass_night(LENDEMAIN)
    assert compare(perdue.maison, restauree.maison, 3).ecarts == ()
    assert restauree.returned() == perdue.returned()


def rendu(caisse: Caisse) -> int:
    """Files in the boxes."""
    return len(caisse.returned())


def test_a_box_that_is_not_there_is_told(
    perdue: Caisse, ask: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are not lost: they are given back once it is made."""
    monkeypatch.setattr("pipelines.reception.restitution.SUIVI", timedelta(days=36_500))
    shutil.rmtree(perdue.box(ADHERENT, "retour"))
    dit = ask(perdue, "exploitation", "rendre")
    assert dit.exit_code == 2
    assert "sans boîte : la recréer" in dit.output
    perdue.box(ADHERENT, "retour").mkdir()
    dit = ask(perdue, "exploitation", "rendre")
    assert dit.exit_code == 0, dit.output
    assert rendu(perdue) > 5


def test_each_backup_adds_a_base_and_what_is_new(
    perdue: Caisse, sauvegarde: Path, tmp_path: Path, ask: Callable[..., Result]
) -> None:
    """The same files are not copied twice; a base of before can be asked for, or is not known."""
    (premiere,) = (sauvegarde / "bases").iterdir()
    premiere.rename(premiere.with_name("20260101T000000Z.sqlite"))
    encore = ask(perdue, "exploitation", "sauvegarder", str(sauvegarde))
    nouveaux = int(encore.output.split("nouveaux fichiers : ")[1].split(".")[0])
    marques = len(list((sauvegarde / "lac").glob("*/_delta_log/_last_checkpoint")))
    assert nouveaux == marques + 1  # and the file of the anchors
    assert "Les clés ne sont pas sauvegardées" in encore.output
    assert len(list((sauvegarde / "bases").iterdir())) == 2
    inconnue = ("--base", "20250101T000000Z")
    dit = call(
        "reconstruire", sauvegarde, "--cles", tmp_path, "--sortie", tmp_path / "x", *inconnue
    )
    assert dit.exit_code == 2
    assert "Base inconnue : « 20250101T000000Z » (de 20260101T000000Z à" in dit.output


@pytest.mark.parametrize(
    ("abime", "phrase"),
    [
        (lambda s: shutil.rmtree(s.parent / "cles"), "ne contient pas pseudonymes.cle"),
        (lambda s: shutil.rmtree(s / "bases"), "ne contient aucune base sauvegardée"),
        (
            lambda s: (s.parent / "ici").mkdir() or (s.parent / "ici" / "x").touch(),
            "n'est pas vide",
        ),
        (lambda s: next((s / "depots").glob("*/*")).unlink(), "1\u00a0contenu absent"),
        (lambda s: shutil.rmtree(s / "lac" / "appels"), "en retard sur les publications : appels"),
    ],
    ids=["cle", "base", "dossier", "archive", "lac"],
)
def test_a_backup_that_lacks_something_is_refused(
    sauvegarde: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    abime: Callable[[Path], object],
    phrase: str,
) -> None:
    """With what is missing; a fund is never said to be whole when it is not."""
    abime(sauvegarde)
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path / "ici"))
    dit = call("restaurer", sauvegarde, "--cles", tmp_path / "cles")
    assert dit.exit_code == 2
    assert phrase in dit.output


def test_a_backup_is_not_inside_the_home(perdue: Caisse, ask: Callable[..., Result]) -> None:
    """It would be lost with it."""
    dedans = perdue.maison.reglages.dossier / "sauvegardes"
    dit = ask(perdue, "exploitation", "sauvegarder", str(dedans))
    assert dit.exit_code == 2
    assert "hors du dossier de la caisse" in dit.output
    assert not dedans.exists()


def test_a_fund_without_its_key_is_not_given_another(perdue: Caisse) -> None:
    """The pseudonyms of tomorrow would not be those of yesterday."""
    (perdue.maison.reglages.dossier / "cles" / "pseudonymes.cle").unlink()
    with pytest.raises(CleAbsente, match="sauvegarde des clés"):
        open_maison(perdue.maison.reglages)


def test_a_fund_is_made_again_under_other_pseudonyms(
    perdue: Caisse, sauvegarde: Path, tmp_path: Path
) -> None:
    """The whole past: same sums, other pseudonyms; neither home takes the key of the other."""
    neuve = tmp_path / "neuve"
    arguments = (sauvegarde, "--cles", tmp_path / "cles", "--sortie", neuve)
    dit = call("reconstruire", *arguments, "--nouveaux-pseudonymes")
    assert dit.exit_code in {0, 1}, dit.output  # 1: files that quote a pseudonym
    refaite = open_maison(at(perdue, neuve))
    with perdue.maison.moteur.connect() as avant, refaite.moteur.connect() as apres:
        noms = [[read_cle(c, numero) for numero in (1, 2)] for c in (avant, apres)]
    assert [nom for _, nom in noms[0]] == [name_pseudonymes(perdue.maison.cle_pseudonymes)] * 2
    assert [nom for _, nom in noms[1]] == [name_pseudonymes(refaite.cle_pseudonymes)] * 2
    salaries = []
    for maison in (perdue.maison, refaite):
        appels = read_table_publiee(maison, "appels").sort("appel").collect()
        bases = read_table_publiee(maison, "bases").collect()
        salaries.append(set(bases["salarie"].drop_nulls()))
        assert appels["montant_centimes"].sum() != 0
    assert len(salaries[0]) == len(salaries[1]) > 0
    assert salaries[0].isdisjoint(salaries[1])
    deux = [read_table_publiee(m, "appels").collect() for m in (perdue.maison, refaite)]
    assert deux[0].sort("appel").equals(deux[1].sort("appel"))
    (nommes,) = [json.loads(d.contenu) for d in decisions(refaite) if d.nature == FUSION]
    assert set(nommes.values()) <= salaries[1]
    refaite.moteur.dispose()
    shutil.copyfile(tmp_path / "cles" / "pseudonymes.cle", neuve / "cles" / "pseudonymes.cle")
    with pytest.raises(CleEtrangere, match="la clé de la publication 2"):
        open_maison(at(perdue, neuve))


def test_a_decision_names_the_same_employees_under_another_key(perdue: Caisse) -> None:
    """By their pseudonyms, by what a right shows of one; of nobody, it is refused and named."""
    (fait,) = [fait for fait in decisions(perdue.maison) if fait.nature == FUSION]
    neuve = replace(perdue.maison, cle_pseudonymes=b"1" * OCTETS_CLE)
    identites = perdue.maison.lac.read("identites_lues").collect()
    un, deux = (
        compute_pseudonyme(neuve.cle_pseudonymes, identites.filter(salarie=nom)["nir"][0])
        for nom in json.loads(fait.contenu).values()
    )
    traduction = Traduction(perdue.maison.cle_pseudonymes)
    autre = traduction.translate(fait, neuve)
    assert json.loads(autre.contenu) == {"identifiant": un, "salarie": deux}
    droit = json.dumps({"droit": f"DR2026-{json.loads(fait.contenu)['salarie'][:12]}"})
    traduit = traduction.translate(replace(fait, contenu=droit), neuve)
    assert json.loads(traduit.contenu) == {"droit": f"DR2026-{deux[:12]}"}
    with pytest.raises(RejeuImpossible, match=f"n° {fait.numero}"):
        traduction.translate(replace(fait, contenu=json.dumps({"salarie": "0f" * 16})), neuve)


def decisions(maison: Maison) -> list[DecisionFaite]:
    """What was decided."""
    with maison.moteur.connect() as connexion:
        return [fait for fait in read_tout(connexion) if isinstance(fait, DecisionFaite)]
