"""Properties of the reader: where files are cut never matters, nothing makes it fail."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from sample_files.generateur.hasard import stream
from tests.efforts import EFFORT

# Reading is deterministic; the fixtures given are plain values and functions, never altered.
tranquille = settings(
    max_examples={"courant": 10, "complet": 15, "epreuve": 500}[EFFORT],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
tailles = st.sampled_from([1, 200, 700, 2_000, 5_000])
places = st.integers(0, 10_000)
GENRES = [
    *("supprimer", "inserer", "octet", "permuter", "couper", "doubler"),
    *("melanger", "valeur", "encoder"),
]
ENCODAGES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp500"]
EXTREMES = [
    *(b"9" * 25, b"-" + b"9" * 18 + b".99", b"9223372036854775808", b"-0.00", b"0", b"--", b"."),
    *(b"00000000", b"99999999", b"31129999", b"01010001", b"30022024", b"1e9", b"NaN", b"{valeur}"),
    *(b"A" * 5_000, b"\xe9" * 300, b"'", b"", b" ", b"\t", b"\xa0", b"\xff", b"\x85", b"\\", b"$1"),
]
mutations = st.lists(
    st.tuples(
        st.sampled_from(GENRES),
        places,
        places,
        st.binary(max_size=20),
    ),
    max_size=6,
)


def mutate(octets: bytes, faites: list[tuple[str, int, int, bytes]]) -> bytes:
    """Alter bytes or lines of a message."""
    for nom, a, b, insere in faites:
        place = (a * 7919 + b) % (len(octets) + 1)
        if nom == "octet":
            octets = octets[:place] + insere[:1] + octets[place + 1 :]
        elif nom == "couper":
            octets = octets[: max(place, 300)]
        elif nom == "encoder":
            octets = octets.decode("latin-1").encode(ENCODAGES[b % len(ENCODAGES)], "replace")
        else:
            octets = b"\n".join(mutate_lines(octets.split(b"\n"), nom, a, b, insere))
    return octets


def mutate_lines(lignes: list[bytes], nom: str, a: int, b: int, insere: bytes) -> list[bytes]:
    """Alter lines: `a` and `b` say which."""
    i, j = a % len(lignes), b % len(lignes)
    if nom == "supprimer":
        return lignes[:i] + lignes[i + 1 + b % 10 :]
    if nom == "doubler":
        return lignes[:i] + lignes[i : i + 1 + b % 10] + lignes[i:]
    if nom == "inserer":
        return [*lignes[:i], insere, *lignes[i:]]
    if nom == "melanger":
        melangees = lignes[i : i + 20]
        return [*lignes[:i], *stream(b).sample(melangees, len(melangees)), *lignes[i + 20 :]]
    if nom == "valeur":
        extreme = EXTREMES[b % len(EXTREMES)]
        return [*lignes[:i], lignes[i][:16] + extreme + b"'", *lignes[i + 1 :]]
    lignes[i], lignes[j] = lignes[j], lignes[i]
    return lignes


def assert_same(vue: Any, attendue: Any) -> None:
    """Both readings found the same blocks, values and anomalies."""
    assert_frame_equal(vue.anomalies, attendue.anomalies)
    assert vue.blocs.keys() == attendue.blocs.keys()
    for nom, frame in attendue.blocs.items():
        assert_frame_equal(vue.blocs[nom], frame)
    assert vue.lignes == attendue.lignes


@tranquille
@given(faites=mutations, taille=tailles)
def test_pieces_do_not_matter(
    faites: list[Any], taille: int, message: Any, individu: str, lire: Any
) -> None:
    """Frames and anomalies are the same whatever the size of the pieces."""
    octets = mutate(message.suivi(individu).octets(), faites)
    assert_same(lire(octets, taille=taille), lire(octets))


@tranquille
@given(premieres=mutations, secondes=mutations, taille=tailles)
def test_neighbours_do_not_matter(
    premieres: list[Any], secondes: list[Any], taille: int, message: Any, lire: Any
) -> None:
    """A file is read the same alone and among others."""
    fichiers = [mutate(message.octets(), premieres), mutate(message.octets(), secondes)]
    ensemble = lire(*fichiers, taille=taille)
    for rang, octets in enumerate(fichiers):
        seul = lire(octets)
        ici = pl.col("fichier") == rang
        numero = pl.lit(rang, dtype=pl.UInt32).alias("fichier")
        assert_frame_equal(ensemble.anomalies.filter(ici), seul.anomalies.with_columns(numero))
        for nom, frame in seul.blocs.items():
            vue = ensemble.blocs[nom].filter(ici).select(frame.columns)
            assert_frame_equal(vue, frame.with_columns(numero))


def test_a_header_that_stands_twice_says_nothing_of_the_file_before(
    message: Any, lire: Any
) -> None:
    """Of two files cut short, the second also repeats its header: the first lacks its footer."""
    court = message.octets()[:300]
    debut = b"".join(court.splitlines(keepends=True)[:2])
    ensemble = lire(court, debut + court).anomalies
    assert ensemble.filter(fichier=0)["code"].to_list() == ["CV03", "F021", "F023"]
    assert ensemble.filter(fichier=1)["code"].to_list() == ["CST-02", "CV03", "F021"]


@tranquille
@given(octets=st.binary(max_size=2_000))
def test_any_bytes_are_answered(octets: bytes, lire: Any) -> None:
    """Any bytes give anomalies, never an exception."""
    assert len(lire(octets).anomalies) > 0


@tranquille
@given(octets=st.binary(max_size=400), place=places)
def test_any_bytes_inside_a_message_are_answered(
    octets: bytes, place: int, message: Any, lire: Any
) -> None:
    """Any bytes inside a message give anomalies, never an exception."""
    entier = message.octets()
    place = 400 + place % (len(entier) - 400)
    lecture = lire(entier[:place] + b"\n" + octets + b"\n" + entier[place:])
    assert len(lecture.anomalies) > 0


@tranquille
@given(
    montant=st.integers(-(10**9), 10**9),
    texte=st.text("ABCé '-.,:/()À", min_size=1, max_size=40),
    jour=st.dates(),
    individus=st.integers(1, 3),
)
def test_frames_give_the_text_back(
    montant: int, texte: str, jour: date, individus: int, message: Any, individu: str, lire: Any
) -> None:
    """What was read, written again in the order of lines, is the file to the byte."""
    ecrit = f"{'-' if montant < 0 else ''}{abs(montant) // 100}.{abs(montant) % 100:02d}"
    octets = (
        message.avec("S21.G00.78.004", ecrit)
        .avec("S21.G00.40.006", texte)
        .avec("S21.G00.78.003", f"{jour:%d%m}{jour.year:04d}")
    )
    for _ in range(individus):
        octets = octets.suivi(individu)
    assert written(lire(octets.octets()).blocs) == octets.octets()


def written(blocs: dict[str, pl.DataFrame]) -> bytes:
    """Lines of the frames: each occurrence at its first line, its rubrics in order."""
    lignes: dict[int, str] = {}
    for frame in blocs.values():
        for occurrence in frame.iter_rows(named=True):
            presentes = {c: v for c, v in occurrence.items() if c.startswith("S") and v is not None}
            for rang, (rubrique, valeur) in enumerate(presentes.items()):
                ecrite = as_text(rubrique, valeur, frame.schema[rubrique])
                lignes[occurrence["ligne"] + rang] = f"{rubrique},'{ecrite}'\n"
    return "".join(lignes[n] for n in sorted(lignes)).encode("latin-1")


def as_text(rubrique: str, valeur: object, type_: pl.DataType) -> str:
    """A typed value in the form of the norm; totals, ranks and orders have no decimals."""
    if type_ == pl.Date:
        return f"{valeur:%d%m}{valeur.year:04d}"
    if type_ == pl.Int64:
        entier = rubrique[:10] in {"S20.G00.05", "S90.G00.90"}
        signe = "-" if valeur < 0 else ""
        nombre = abs(valeur)
        return f"{valeur}" if entier else f"{signe}{nombre // 100}.{nombre % 100:02d}"
    return str(valeur)
