"""The OpenSSH configuration of a production server: chroot, keys only, no shell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.reception.candidats import DEPOT, RETOUR
from pipelines.reception.regles import compute_compte

GROUPE = "caisse-adherents"
MOTEUR = "caisse"
CLES = "/etc/ssh/caisse"

CONFIGURATION = """\
# Serveur SFTP des adhérents : une instance d'OpenSSH à part de celle des administrateurs.
#   sshd -t -f /etc/ssh/sshd_caisse.conf      vérifie ce fichier
#   /usr/sbin/sshd -D -f /etc/ssh/sshd_caisse.conf
Port {port}
HostKey {cles}/hote_ed25519
PidFile /run/sshd_caisse.pid
LogLevel VERBOSE
Subsystem sftp internal-sftp

# Des clés, rien d'autre
AuthenticationMethods publickey
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
PermitUserEnvironment no
AuthorizedKeysFile {cles}/adherents/%u
MaxAuthTries 3
LoginGraceTime 20
MaxStartups 20:50:100
ClientAliveInterval 60
ClientAliveCountMax 3

# Ni terminal, ni redirection
DisableForwarding yes
PermitTTY no
PermitTunnel no
PermitUserRC no
AllowGroups {groupe}

# Chacun enfermé chez soi, sans liens ; ce qui est déposé n'est lisible que du moteur
Match Group {groupe}
    ChrootDirectory %h
    ForceCommand internal-sftp -u 0027 -P symlink,hardlink
"""

INSTALLATION = """\
# Installation, une fois, en administrateur :
#   groupadd --system {groupe}
#   useradd --system --user-group --shell /usr/sbin/nologin {moteur}   (compte du moteur)
#   install -d -o root -g root -m 0755 {racine} {cles} {cles}/adherents
#   ssh-keygen -t ed25519 -N '' -f {cles}/hote_ed25519
# Un utilisateur d'une entreprise peut avoir son compte dans la même boîte, du nom de son
# identifiant au registre, en majuscules ou en minuscules : le propriétaire d'un fichier dit
# qui l'a déposé, et les droits sont les siens.
#   useradd --groups {groupe} --shell /usr/sbin/nologin \\
#     --home-dir {racine}/ADHERENT --no-create-home UTILISATEUR
#   setfacl -m u:UTILISATEUR:rwx {racine}/ADHERENT/{depot}
#   setfacl -m u:UTILISATEUR:rx {racine}/ADHERENT/{retour}
# Montez {racine} avec noexec,nosuid,nodev et un quota par compte.
"""

ADHERENT = """\
#
# Adhérent {adherent} : sa clé publique va dans {cles}/adherents/{compte} (root, 0644)
#   useradd --user-group --groups {groupe} --shell /usr/sbin/nologin \\
#     --home-dir {racine}/{adherent} --no-create-home {compte}
#   install -d -o root -g root -m 0755 {racine}/{adherent}
#   install -d -o {compte} -g {moteur} -m 2770 {racine}/{adherent}/{depot}
#   install -d -o {moteur} -g {compte} -m 2750 {racine}/{adherent}/{retour}
"""


def format_configuration(adherents: Sequence[str], racine: Path, port: int = 2222) -> str:
    """A ready sshd_config, with the commands that install it as comments (French).

    Args:
        adherents: numbers of the companies, one box each.
        racine: absolute path of the folder of the boxes; owned by root.
        port: where the server listens.
    """
    commun = {
        "racine": racine,
        "cles": CLES,
        "groupe": GROUPE,
        "moteur": MOTEUR,
        "depot": DEPOT,
        "retour": RETOUR,
        "port": port,
    }
    boites = [
        ADHERENT.format(adherent=adherent, compte=compute_compte(adherent), **commun)
        for adherent in sorted(adherents)
    ]
    return "\n".join(
        (CONFIGURATION.format(**commun), INSTALLATION.format(**commun) + "".join(boites))
    )
