"""The worst files of the bank of at most 50,000,000 bytes: seconds of CPU and memory of each.

    python bench/lecture_banque.py [NOM...]

Each file is made and read in a process of its own, as the night does. Fails when one of them costs
more than 60 seconds of CPU or 1.5 GB.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from time import process_time

LIMITE = 50_000_000
CPU_MAX, MEMOIRE_MAX = 60.0, 1_500_000_000
ESPACE = "urn:iso:std:iso:20022:tech:xsd:"
IBAN = "FR7630006000011234567890189"
TETE = "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-04-28T21:00:00</CreDtTm></GrpHdr>"
COMPTE = f"<Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>"
MONTANT = '<Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
DETAIL = (
    "<TxDtls><Refs><EndToEndId>E{n}</EndToEndId><MndtId>RUM-{n}</MndtId></Refs>"
    f"{MONTANT}<RltdPties><Dbtr><Pty><Nm>TRAVAUX DU VAL {{n}}</Nm></Pty></Dbtr><DbtrAcct><Id>"
    "<IBAN>FR1420041010050500013M02606</IBAN></Id></DbtrAcct></RltdPties>"
    "<RmtInf><Ustrd>COTISATIONS C8000101-202603-01</Ustrd></RmtInf></TxDtls>"
)
SOLDE = (
    f"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>{MONTANT}<Dt><Dt>2026-04-28</Dt></Dt></Bal>"
)
ECRITURE = (
    f"<Ntry>{MONTANT}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-04-28</Dt></BookgDt>"
    "<BkTxCd/>{details}</Ntry>"
)
REFUS = (
    "<TxInfAndSts><OrgnlEndToEndId>P{n}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
    "<StsRsnInf><Rsn><Prtry>MOTIF {n}</Prtry></Rsn></StsRsnInf></TxInfAndSts>"
)


def filled(debut: str, motif: str, fin: str, nombre: int | None = None) -> bytes:
    """`motif` repeated between `debut` and `fin`, as often as the limit allows."""
    reste = LIMITE - len(debut) - len(fin)
    morceaux, n = [], 0
    while nombre is None or n < nombre:
        morceau = motif.replace("{n}", str(n))
        reste -= len(morceau)
        if reste < 0:
            break
        morceaux.append(morceau)
        n += 1
    return (debut + "".join(morceaux) + fin).encode()


def releve(motif: str, avant: str = COMPTE, nombre: int | None = None, fin: str = "") -> bytes:
    """A statement of the fund full of `motif`."""
    debut = (
        f'<Document xmlns="{ESPACE}camt.053.001.08"><BkToCstmrStmt>{TETE}<Stmt><Id>S</Id>{avant}'
    )
    return filled(debut, motif, f"{fin}</Stmt></BkToCstmrStmt></Document>", nombre)


def releves(motif: str, nombre: int | None = None) -> bytes:
    """A message full of statements."""
    debut = f'<Document xmlns="{ESPACE}camt.053.001.08"><BkToCstmrStmt>{TETE}'
    return filled(debut, motif, "</BkToCstmrStmt></Document>", nombre)


def statut(motif: str) -> bytes:
    """A report full of `motif`."""
    debut = (
        f'<Document xmlns="{ESPACE}pain.002.001.10"><CstmrPmtStsRpt>{TETE}<OrgnlGrpInfAndSts>'
        "<OrgnlMsgId>P</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>L</OrgnlPmtInfId>"
    )
    return filled(debut, motif, "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")


ENTREE = COMPTE + SOLDE + ECRITURE.split("{details}", maxsplit=1)[0]
FIN_ENTREE = "</NtryDtls></Ntry>"
FICHIERS: dict[str, Callable[[], bytes]] = {
    "relevé ordinaire": lambda: releve(
        ECRITURE.format(details=f"<NtryDtls>{DETAIL}</NtryDtls>".replace("{n}", "{{n}}")).replace(
            "{{n}}", "{n}"
        ),
        COMPTE + SOLDE,
    ),
    "une écriture, beaucoup de détails": lambda: releve(
        DETAIL, ENTREE.replace(">1<", ">120000<") + "<NtryDtls>", 120_000, FIN_ENTREE
    ),
    "écritures les plus courtes": lambda: releve(ECRITURE.format(details=""), COMPTE + SOLDE),
    "deux millions de Stmt vides": lambda: releves("<Stmt/>", 2_000_000 - 10),
    "Stmt vides, tout le fichier": lambda: releves("<Stmt/>"),
    "Ntry vides": lambda: releve("<Ntry/>", nombre=3_999_900),
    "TxDtls vides": lambda: releve(
        "<TxDtls/>", ENTREE + "<NtryDtls>", nombre=3_999_900, fin=FIN_ENTREE
    ),
    "Bal vides": lambda: releve("<Bal/>", nombre=3_999_900),
    "lots sans opération": lambda: releve(
        '<NtryDtls><Btch><TtlAmt Ccy="EUR">1</TtlAmt></Btch></NtryDtls>', ENTREE, 600_000, "</Ntry>"
    ),
    "devises étrangères": lambda: releve(
        ECRITURE.format(details="").replace("EUR", "USD"), COMPTE + SOLDE
    ),
    "textes répétés": lambda: releve(
        "<Ustrd>x</Ustrd>",
        ENTREE + "<NtryDtls><TxDtls><RmtInf>",
        2_900_000,
        f"</RmtInf></TxDtls>{FIN_ENTREE}",
    ),
    "éléments inconnus": lambda: releve("<a/>", nombre=3_999_900),
    "attributs": lambda: releve(' a{n}=""', f"{COMPTE}<Ntry", 1_999_990, "/>"),
    "profondeur": lambda: releve("<a>"),
    "un seul texte": lambda: releve("x" * 1000, f"{COMPTE}<Ntry>", fin="</Ntry>"),
    "refus de prélèvements": lambda: statut(REFUS),
    "message inconnu": lambda: filled("<Document>", "<a/>", "</Document>", 3_999_900),
    "commentaire": lambda: filled("<!--", "x" * 1000, "--><a/>"),
    "entités": lambda: filled("<!DOCTYPE d [", '<!ENTITY e{n} "&e;&e;">', "]><d/>"),
    "attributs par défaut": lambda: filled(
        "<!DOCTYPE d [<!ATTLIST a " + " ".join(f"x{n} CDATA ''" for n in range(1000)) + ">]><d>",
        "<a/>",
        "</d>",
    ),
    "UTF-16": lambda: (
        "<?xml version='1.0' encoding='UTF-16'?>"
        + releve(ECRITURE.format(details=""), COMPTE + SOLDE).decode()[: LIMITE // 2 - 100]
    ).encode("utf-16"),
    "octets nuls": lambda: bytes(LIMITE),
    "trop grand": lambda: b"<" + b" " * LIMITE,
}


def measure(nom: str) -> dict[str, object]:
    """Make and read one file: what was found, seconds of CPU of the reading, peak of memory."""
    from pipelines.verification import verify_fichiers
    from specs.caisse import read_caisse

    octets = FICHIERS[nom]()
    assert len(octets) <= LIMITE + 1
    debut = process_time()
    lecture = verify_fichiers([(1, octets)], read_caisse().boite_banque)
    return {
        "octets": len(octets),
        "cpu": process_time() - debut,
        "memoire": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "verdict": lecture.bilans[0].verdict,
        "mouvements": lecture.tables["mouvements_banque"].height,
        "codes": sorted({str(code) for code in lecture.anomalies["code"]}),
    }


def main(noms: list[str]) -> int:
    """Print a line a file; 1 when one of them costs too much."""
    if noms[:1] == ["--un"]:
        print(json.dumps(measure(noms[1])))
        return 0
    pires = 0
    print(f"{'fichier':36}{'Mo':>6}{'CPU s':>8}{'Mo RAM':>8}  verdict, mouvements, codes")
    for nom in noms or FICHIERS:
        sortie = subprocess.run(
            [sys.executable, __file__, "--un", nom],
            check=True,
            capture_output=True,
            env=os.environ | {"POLARS_MAX_THREADS": "2"},
        )
        lu = json.loads(sortie.stdout)
        pires += lu["cpu"] > CPU_MAX or lu["memoire"] > MEMOIRE_MAX
        print(
            f"{nom:36}{lu['octets'] / 1e6:6.1f}{lu['cpu']:8.1f}{lu['memoire'] / 1e6:8.0f}"
            f"  {lu['verdict']}, {lu['mouvements']}, {' '.join(lu['codes'])}",
            flush=True,
        )
    return 1 if pires else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
