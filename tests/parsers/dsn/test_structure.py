"""Order of blocks and rubrics, and totals of the footer."""

from typing import Any

import polars as pl
import pytest


def test_misplaced_block_is_one_anomaly(message: Any, lire: Any) -> None:
    """A block under the wrong parent is one CST-01, and what follows is judged without it."""
    egare = message.avant("S21.G00.51.001", "S21.G00.62.001,'31032026'", "S21.G00.62.002,'059'")
    anomalie = lire(egare.octets()).seule()
    assert (anomalie["code"], anomalie["bloc"]) == ("CST-01", "S21.G00.62")
    assert anomalie["ligne"] == message.rang("S21.G00.51.001") + 1
    assert (anomalie["attendu"], anomalie["nombre"]) == ("S21.G00.40", 1)


def test_misplaced_blocks_of_a_kind_are_grouped(message: Any, individu: str, lire: Any) -> None:
    """The same fault at each individual is one anomaly, at its first place, with their number."""
    egare = "S21.G00.62.001,'31032026'"
    fautif = individu.replace("S21.G00.51.001,", f"{egare}\nS21.G00.51.001,")
    entier = message.suivi(fautif).suivi(fautif).suivi(fautif)
    anomalie = lire(entier.octets()).seule()
    assert (anomalie["code"], anomalie["nombre"]) == ("CST-01", 3)
    assert anomalie["ligne"] == entier.rang(egare) + 1


def test_misplaced_block_does_not_split_its_neighbours(message: Any, lire: Any) -> None:
    """A stray block inside an occurrence leaves it whole."""
    egare = message.apres("S21.G00.40.009", "S90.G00.91.001,'1'", "S21.G00.81.001,'068'")
    lecture = lire(egare.octets())
    assert [c for c, *_ in lecture.codes] == ["CV13", "CST-01"]
    assert len(lecture.blocs["S21.G00.40"]) == 1


def test_missing_block_does_not_tell_what_hangs_from_it(message: Any, lire: Any) -> None:
    """A mandatory block that is missing is one CST-02, whatever blocks are left below it."""
    lecture = lire(message.sans("S21.G00.50").octets())
    assert lecture.codes == [("CST-02", message.rang("S21.G00.30.001") + 1, "S21.G00.50")]
    sans_entreprise = lire(message.sans("S21.G00.06").octets())
    assert sans_entreprise.codes == [
        ("CST-02", message.rang("S20.G00.05.001") + 1, "S21.G00.06"),
    ]


def test_missing_parent_that_is_not_mandatory(message: Any, lire: Any) -> None:
    """Nothing tells that an optional block is missing: what hangs from it is CST-01, its top."""
    orphelin = message.apres("S21.G00.51.013", "S21.G00.79.001,'02'", "S21.G00.79.004,'1.00'")
    anomalie = lire(orphelin.octets()).seule()
    assert (anomalie["code"], anomalie["bloc"]) == ("CST-01", "S21.G00.79")
    assert anomalie["attendu"] == "S21.G00.78"
    assert anomalie["ligne"] == orphelin.rang("S21.G00.79.001") + 1


def test_stray_block_hides_what_hangs_from_it(message: Any, lire: Any) -> None:
    """A contract after the payments strays; its blocks are not told besides."""
    contrat = [li for li in message.lignes if li.startswith(("S21.G00.40", "S21.G00.71"))]
    egare = message.apres("S21.G00.51.013", *contrat)
    anomalie = lire(egare.octets()).seule()
    assert (anomalie["code"], anomalie["bloc"]) == ("CST-01", "S21.G00.40")


def test_orphans_are_told_where_no_absence_is(message: Any, individu: str, lire: Any) -> None:
    """The payment comes after what hangs from it: it is not missing, its children are."""
    avant, apres = individu.split("S21.G00.50.001,")
    pied = apres.splitlines(keepends=True)
    versement = f"S21.G00.50.001,{''.join(pied[:7])}"
    remuneration = "".join(pied[7:12])
    inverse = message.suivi(avant + remuneration + versement + remuneration)
    for taille in (1, 10_000):
        [(code, _, bloc)] = lire(inverse.octets(), taille=taille).codes
        assert (code, bloc) == ("CST-01", "S21.G00.51")


@pytest.mark.parametrize("taille", [1, 10_000])
def test_block_in_excess_is_set_aside_with_what_hangs_from_it(
    taille: int, message: Any, individu: str, lire: Any
) -> None:
    """A second company, its establishment and individuals: one CST-02 at its first line."""
    debut, fin = message.rang("S21.G00.06.001"), message.rang("S21.G00.30.001")
    double = message.suivi("\n".join(message.lignes[debut:fin]) + "\n" + individu)
    double = double.suivi("S21.G00.85.001,'80000001000010'")
    lecture = lire(double.octets(), taille=taille)
    trouvees = lecture.anomalies.filter(
        pl.col("code").str.starts_with("CST-0") & (pl.col("bloc") != "S21.G00.85")
    )
    assert trouvees.select("code", "variante", "bloc", "ligne", "nombre").rows() == [
        ("CST-02", "en_trop", "S21.G00.06", len(message.lignes) + 1, 1)
    ]
    assert [len(lecture.blocs[b]) for b in ("S21.G00.06", "S21.G00.11", "S21.G00.30")] == [1] * 3
    assert len(lecture.blocs["S21.G00.85"]) == 1


def test_header_that_stands_again(message: Any, lire: Any) -> None:
    """Everything after it is set aside, the footer too: only the second header is told."""
    entete = [li for li in message.lignes if li.startswith("S10.G00.00")]
    anomalie = lire(message.avant("S21.G00.50.001", *entete).octets()).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("CST-02", "en_trop")
    assert (anomalie["bloc"], anomalie["ligne"]) == (
        "S10.G00.00",
        message.rang("S21.G00.50.001") + 1,
    )


def test_message_must_start_with_its_header(message: Any, lire: Any) -> None:
    """What stands before the header is CST-01."""
    assert ("CST-01", 1, "S21.G00.86") in lire(
        message.avant("S10.G00.00.001", "S21.G00.86.001,'07'").octets()
    ).codes


def test_rubrics_in_disorder(message: Any, lire: Any) -> None:
    """In a block that stands once under its parent, a number that does not grow is CST-05."""
    desordre = message.sans("S21.G00.06.001").apres("S21.G00.06.002", "S21.G00.06.001,'800000010'")
    lecture = lire(desordre.octets())
    assert ("CST-05", desordre.rang("S21.G00.06.001") + 1, "S21.G00.06.001") in lecture.codes


def test_disorder_does_not_cascade(message: Any, lire: Any) -> None:
    """After a rubric too high, each rubric out of its rank is told once, by its line."""
    desordre = message.sans("S21.G00.11.022").avant("S21.G00.11.002", "S21.G00.11.022,'1702'")
    lecture = lire(desordre.octets())
    assert ("CST-05", desordre.rang("S21.G00.11.002") + 1, "S21.G00.11.002") in lecture.codes
    assert [c for c, *_ in lecture.codes].count("CST-05") == 1


def test_repeated_rubric(message: Any, lire: Any) -> None:
    """In a block that stands once under its parent, the same number twice is CST-09."""
    double = message.apres("S21.G00.11.001", "S21.G00.11.001,'00010'")
    assert lire(double.octets()).codes == [
        ("CST-09", double.rang("S21.G00.11.001") + 2, "S21.G00.11.001")
    ]


def test_number_that_does_not_grow_starts_an_occurrence(message: Any, lire: Any) -> None:
    """In a block that may be repeated, a number that does not grow starts a new occurrence."""
    deux = message.suivi("S21.G00.86.001,'07'\nS21.G00.86.002,'03'\nS21.G00.86.003,'10'\n")
    deux = deux.suivi("S21.G00.86.001,'02'\nS21.G00.86.002,'03'\nS21.G00.86.003,'15'\n")
    anciennetes = lire(deux.octets()).blocs["S21.G00.86"]
    assert anciennetes["S21.G00.86.003"].to_list() == [10, 15]
    assert anciennetes["occurrence"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("total", "variante"), [("S90.G00.90.001", "lignes"), ("S90.G00.90.002", "declarations")]
)
def test_wrong_totals(total: str, variante: str, message: Any, lire: Any) -> None:
    """A total that is not what the message holds is CST-11, with both numbers."""
    octets = message.octets()
    juste = len(message.lignes) + 2 if variante == "lignes" else 1
    faux = octets.replace(f"{total},'{juste}'".encode(), f"{total},'77'".encode())
    anomalie = lire(faux).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("CST-11", variante)
    assert (anomalie["valeur"], anomalie["attendu"]) == ("77", str(juste))


def test_totals_may_start_with_zeros(message: Any, lire: Any) -> None:
    """Leading zeros of a total are legal."""
    octets = message.octets().replace(b"S90.G00.90.002,'1'", b"S90.G00.90.002,'0001'")
    assert lire(octets).codes == []


def test_unreadable_total_is_told_once(message: Any, lire: Any) -> None:
    """A total that is not a number is refused for its form, not compared."""
    octets = message.octets().replace(b"S90.G00.90.002,'1'", b"S90.G00.90.002,'un'")
    assert [c for c, *_ in lire(octets).codes] == ["CSL-02"]


@pytest.mark.parametrize("reste", [1, 20, 40, -2])
def test_truncated_file(reste: int, message: Any, lire: Any) -> None:
    """A message that stops before its footer is F023, at its last line."""
    lignes = message.octets().splitlines(keepends=True)[: reste if reste < 0 else 20 + reste]
    lecture = lire(b"".join(lignes))
    assert [(c, n) for c, n, _ in lecture.codes if c == "F023"] == [("F023", len(lignes))]


def test_truncated_line(message: Any, lire: Any) -> None:
    """A file cut in the middle of a line tells the line and the missing footer."""
    lecture = lire(message.octets()[:-60])
    assert {c for c, *_ in lecture.codes} >= {"F021", "F023"}
