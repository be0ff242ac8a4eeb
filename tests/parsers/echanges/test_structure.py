"""Steps 1 to 6: what refuses a whole file, told at the first step that fails."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from parsers.echanges.lecteur import CONFORME, ILLISIBLE, NON_CONFORME, read_echange
from specs.echanges import OCTETS_MAXIMUM
from tests.parsers.echanges.fabrique import (
    ARRET,
    CERTIFICAT,
    DEMANDE,
    JOUR,
    LIGNES,
    RECU_LE,
    SALARIE,
    TETE,
    read,
    sample,
    spoil,
    told,
    write,
)

NOM = "DMC_T_0001234_20260701090000_0001.txt"


@pytest.mark.parametrize(
    "nom",
    [
        *("demande.txt", "DMC_T_0001234_20260701090000_0001.csv", "", "/etc/passwd", "é" * 300),
        *("dmc_T_0001234_20260701090000_0001.txt", "DMC_T_00012345_20260701090000_0001.txt"),
        *("DMC_T_0001234_20260701090000_0001.txt\n", "../" + NOM, NOM + ".zip", "\udcff.txt"),
        *("DMC_T_٠١٢٣_20260701090000_0001.txt", "-DMC_T_1_20260701090000_0001.txt", "\x00"),
    ],
)
def test_un_nom_hors_de_sa_forme(nom: str) -> None:
    """F002 at the first step, whatever the name: it is a text, never a path."""
    lecture = read_echange(0, nom, sample("DMC"), RECU_LE)
    assert (lecture.verdict, lecture.entete) == (ILLISIBLE, {})
    assert told(lecture) == [("F002", None, None)]


@pytest.mark.parametrize(
    ("nom", "champ"),
    [
        ("RIB_T_0001234_20260701090000_0001.txt", "KIND"),
        ("DMC_R_0001234_20260701090000_0001.txt", "MODE"),
        ("DMC_T_1234_20260701090000_0001.txt", "CONVENTION"),
    ],
)
def test_un_nom_qui_contredit_l_en_tete(nom: str, champ: str) -> None:
    """Kind, mode and convention of the name are those of the header, byte for byte."""
    lecture = read("DMC", sample("DMC"), nom)
    assert (lecture.verdict, told(lecture)) == (NON_CONFORME, [("F002", 1, champ)])


def test_une_extension_qui_n_est_pas_le_contenu() -> None:
    """A .txt that begins with `<`, a .xml that does not."""
    assert told(read("DMC", b"<depot/>"))[0][0] == "F002"
    assert told(read("DMC", sample("DMC"), NOM.replace("txt", "xml"))) == [("F002", None, None)]


MEMBRE = gzip.compress(sample("DMC"), mtime=0)


@pytest.mark.parametrize(
    ("octets", "suffixe", "variante"),
    [
        (b"", "", "vide"),
        (gzip.compress(b"", mtime=0), ".gz", "vide"),
        (bytes(OCTETS_MAXIMUM + 1), "", "taille"),
        (gzip.compress(bytes(2_000_000), mtime=0), ".gz", "rapport"),
        (MEMBRE, "", "gzip_sans_gz"),
        (sample("DMC"), ".gz", "pas_gzip"),
        (MEMBRE[:-9], ".gz", "gzip_abime"),
        (MEMBRE[:-5] + b"\0" + MEMBRE[-4:], ".gz", "gzip_abime"),
        (MEMBRE + MEMBRE, ".gz", "gzip_suite"),
        (MEMBRE + b"x", ".gz", "gzip_suite"),
        (gzip.compress(MEMBRE, mtime=0), ".gz", "gzip_double"),
        (zlib.compress(sample("DMC")), ".gz", "pas_gzip"),
        (b"PK\x03\x04" + bytes(50), ".gz", "pas_gzip"),
    ],
)
def test_taille_et_compression(octets: bytes, suffixe: str, variante: str) -> None:
    """F012, each with its wording; nothing is decompressed beyond what is refused."""
    lecture = read("DMC", octets, NOM + suffixe)
    assert (lecture.verdict, told(lecture)) == (ILLISIBLE, [("F012", None, None)])
    assert lecture.anomalies["variante"].to_list() == [variante]


def test_un_fichier_compresse_vaut_son_contenu() -> None:
    """One gzip member: the same reading, the hash of the content is the same."""
    simple, compresse = read("DMC", sample("DMC")), read("DMC", MEMBRE, NOM + ".gz")
    assert compresse.verdict == CONFORME
    assert compresse.empreinte == simple.empreinte
    assert compresse.lignes.equals(simple.lignes)


def records(octets: bytes) -> list[bytes]:
    """The records with their line ends."""
    return octets.splitlines(keepends=True)


DMC, ARI = records(sample("DMC")), records(sample("ARI"))
AUTRE = b"ZZ" + DMC[1][2:]


@pytest.mark.parametrize(
    ("genre", "lignes", "attendu"),
    [
        ("DMC", DMC[1:], [1]),
        ("DMC", DMC[:2], [3]),
        ("DMC", [*DMC[:2], DMC[0], DMC[2]], [3]),
        ("DMC", [*DMC[:2], AUTRE, AUTRE, DMC[2]], [3, 4]),
        ("DMC", [*DMC, DMC[1], DMC[2]], [4, 5]),
        ("DMC", [DMC[0], DMC[2]], [2]),
        ("ARI", [ARI[0], *ARI[3:]], [2]),
        ("ARI", [*ARI[:3], *ARI[4:]], [4, 5]),
        ("ARI", [*ARI[:2], ARI[3], ARI[2], *ARI[4:]], [4, 5, 6]),
    ],
)
def test_la_suite_des_enregistrements(genre: str, lignes: list[bytes], attendu: list[int]) -> None:
    """F010 on each record that is not at its place, or where one lacks; nothing else is told."""
    lecture = read(genre, b"".join(lignes))
    assert lecture.refuse
    assert [(code, rang) for code, rang, _ in told(lecture)] == [("F010", r) for r in attendu]
    assert (lecture.verdict == ILLISIBLE) == (lignes[0][:2] != b"00")


def test_une_annulation_a_des_details() -> None:
    """A cancellation has no detail, a new file has some."""
    octets = write("DMC", [("20", DEMANDE)], operation="A", replaces="DMC-2026-0000")
    assert told(read("DMC", octets)) == [("F010", 2, None)]
    octets = write("DMC", [], operation="A", replaces="DMC-2026-0000")
    lecture = read("DMC", octets)
    assert (lecture.verdict, lecture.lignes.height) == (CONFORME, 0)


def test_toutes_les_fautes_d_une_etape_et_d_elle_seule() -> None:
    """Structure, header and trailer are told together; totals wait until they are right."""
    octets = b"".join([*DMC[:2], AUTRE, DMC[2]])
    octets = spoil(octets, "DMC", 1, "MODE", b"X")
    octets = spoil(octets, "DMC", 4, "HASH", b"A" * 64)
    assert told(read("DMC", octets)) == [
        *(("F015", 1, "MODE"), ("F010", 3, None), ("F013", 4, "HASH")),
    ]


@pytest.mark.parametrize(("genre", "code"), [(b"XYZ ", "F015"), (b"    ", "F013")])
def test_un_genre_inconnu_est_illisible(genre: bytes, code: str) -> None:
    """Without its kind, a file can't be read any further."""
    lecture = read("DMC", spoil(sample("DMC"), "DMC", 1, "KIND", genre))
    assert (lecture.verdict, lecture.genre) == (ILLISIBLE, None)
    assert (code, 1, "KIND") in told(lecture)


def test_un_genre_qui_sort_de_la_caisse() -> None:
    """A kind that the fund sends is read, then refused at the sixth step."""
    nom = "REG_T_0001234_20260701090000_0001.txt"
    ligne = {"pay_id": "P1", "nature": "CON", "benef": "S", "amount": 100}
    octets = write("REG", [("70", ligne)])
    lecture = read("REG", octets, nom)
    assert (lecture.verdict, told(lecture)) == (NON_CONFORME, [("F009", 1, "KIND")])


@pytest.mark.parametrize(
    ("entete", "attendu"),
    [
        ({"siren": "999090013"}, ("F016", 1, "SIREN")),
        ({"created": "20260329023000"}, ("F013", 1, "CREATED")),
        ({"created": "20260902080001"}, None),
        ({"created": "20260902100001"}, ("F008", 1, "CREATED")),
        ({"operation": "R"}, ("F013", 1, "REPLACES")),
        ({"replaces": "X"}, ("F013", 1, "REPLACES")),
        ({"convention": "12345678"}, ("F013", 1, "CONVENTION")),
        ({"file_id": "à"}, ("F013", 1, "FILE_ID")),
        ({"return_format": "Z"}, ("F015", 1, "RETURN_FORMAT")),
    ],
)
def test_l_en_tete(entete: dict[str, str], attendu: tuple[str, int, str] | None) -> None:
    """Each field of the header that is wrong refuses the file, under its code."""
    siret = {"siret": entete.get("siren", TETE["siren"]) + "00017"}
    lignes = [("10", CERTIFICAT | siret), *LIGNES["CERT"][1:]] if "siren" in entete else None
    genre = "CERT" if lignes else "RIB"
    nom = f"{genre}_T_{entete.get('convention', '0001234')[:7]}_20260701090000_0001.txt"
    lecture = read(genre, write(genre, lignes or LIGNES["RIB"], **entete), nom)
    assert told(lecture) == ([attendu] if attendu else [])


def test_la_periode_du_fichier() -> None:
    """The last day is not before the first."""
    jours = {"period_from": RECU_LE.date(), "period_to": RECU_LE.date() - timedelta(days=1)}
    lecture = read("RIB", write("RIB", LIGNES["RIB"], **jours))
    assert told(lecture) == [("F017", 1, "PERIOD_TO")]


@pytest.mark.parametrize("version", [b"0101", b"    ", b"0100"])
def test_la_version(version: bytes) -> None:
    """Another version, or none, is F014 alone."""
    octets = spoil(sample("DMC"), "DMC", 1, "VERSION", version)
    codes = [code for code, *_ in told(read("DMC", octets))]
    assert codes == ([] if version == b"0100" else ["F014"])


@pytest.mark.parametrize("champ", ["N_RECORDS", "N_DETAIL", "N_EMP", "SUM_1", "SUM_2", "SUM_HOURS"])
def test_un_total_faux(champ: str) -> None:
    """Each total that differs is told, with what it should be; no line is then judged."""
    zone = b"00000000000009+" if champ in ("SUM_1", "SUM_2") else b"000000009"
    zone = b"000000000009" if champ == "SUM_HOURS" else zone
    octets = spoil(write("DMC", [("20", DEMANDE | {"surname": "x"})]), "DMC", 3, champ, zone)
    lecture = read("DMC", octets)
    assert (lecture.verdict, told(lecture)) == (NON_CONFORME, [("F005", 3, champ)])
    assert lecture.lignes.is_empty()


def test_une_zone_illisible_est_dite_avec_le_total_qu_elle_fausse() -> None:
    """A zone that is not of its form counts 0; when the sum then differs, it is told beside it."""
    octets = spoil(sample("ARI"), "ARI", 5, "LOST", b"3h00")
    codes = told(read("ARI", octets))
    assert codes == [("F013", 5, "LOST"), ("F005", 7, "HASH"), ("F005", 7, "SUM_HOURS")]


def test_l_empreinte_jointe() -> None:
    """The .sha256 file that came with a deposit is that of the bytes as dropped."""
    octets = sample("DMC")
    juste = read("DMC", octets).empreinte
    for empreinte, codes in ((f"{juste}  {NOM}\n", []), ("0" * 64, ["F005"]), ("", ["F005"])):
        lecture = read_echange(0, NOM, octets, RECU_LE, empreinte)
        assert [code for code, *_ in told(lecture)] == codes


def test_les_heures_de_paris() -> None:
    """A file created at 23:30 in Paris is received 24 h later at 23:30 in Paris, not in UTC."""
    octets = write("RIB", LIGNES["RIB"], created="20260702233000")
    tot = datetime(2026, 7, 1, 21, 29, 59, tzinfo=UTC)
    assert [c for c, *_ in told(read("RIB", octets, recu_le=tot))] == ["F008"]
    assert told(read("RIB", octets, recu_le=tot + timedelta(seconds=1))) == []


def test_deux_arrets_puis_leur_suite() -> None:
    """Stops that go on after the employees of their declaration; those of another may follow."""
    salarie, jour = ("31", SALARIE), ("32", JOUR)
    bloc = [("30", ARRET), salarie, jour]
    octets = write("ARI", [*bloc, *bloc])
    assert told(read("ARI", octets)) == [("F010", 5, "DECL_ID")]
    autre = [
        (code, ligne | {nom: "X2" for nom in ("decl_id", "matricule") if nom in ligne})
        for code, ligne in bloc
    ]
    assert told(read("ARI", write("ARI", [*bloc, *autre, *bloc]))) == [("IN-008", 8, "DECL_ID")]
