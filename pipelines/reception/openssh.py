"""The OpenSSH server of production: its configuration (chroot, keys only, no shell), its script.

The boxes are outside the home of the engine: everything above a chroot must be root's and open to
be crossed, and the home holds the registry.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from pipelines.reception.candidats import DEPOT, RETOUR
from pipelines.reception.regles import compute_compte

GROUPE = "caisse-adherents"
MOTEUR = "caisse"
CLES = "/etc/ssh/caisse"
FICHIER = "/etc/ssh/sshd_caisse.conf"

CONFIGURATION = """\
# Serveur SFTP des adhérents : une instance d'OpenSSH à part de celle des administrateurs.
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
#!/bin/sh
# Met en place le serveur SFTP des adhérents. À lire, puis à lancer en administrateur ; le relancer
# ne change que ce qui manque : après un import du registre, il crée les boîtes nouvelles.
# Il faut openssh-server et acl (apt-get install openssh-server acl).
#
#   sh SCRIPT                             tout
#   sh SCRIPT utilisateur ADHERENT NOM    le compte d'une personne dans la boîte d'une entreprise :
#                                         NOM est son identifiant au registre, en majuscules ou en
#                                         minuscules ; le propriétaire d'un fichier dit qui dépose
set -eu

racine={racine}
cles={cles}

compte() {{  # NOM BOITE OPTION... : un compte sans mot de passe (« * » : ni clos, ni ouvert)
    nom=$1 boite=$2
    shift 2
    if ! id "$nom" >/dev/null 2>&1; then
        useradd "$@" --groups {groupe} --shell /usr/sbin/nologin --password '*' \\
            --home-dir "$racine/$boite" --no-create-home "$nom"
    fi
    test -s "$cles/adherents/$nom" || echo "clé publique attendue : $cles/adherents/$nom"
}}

boite() {{  # BOITE COMPTE : ses dossiers ne sont pas au compte, qui n'en change pas les droits
    compte "$2" "$1" --user-group
    install -d -o root -g root -m 0755 "$racine/$1"
    install -d -o root -g {moteur} -m 2770 "$racine/$1/{depot}"
    setfacl --modify "group:$2:rwx" "$racine/$1/{depot}"
    install -d -o {moteur} -g "$2" -m 2750 "$racine/$1/{retour}"
}}

utilisateur() {{
    compte "$2" "$1" --gid "{prefixe}$1"
}}

if [ $# -gt 0 ]; then
    "$@"
    exit
fi

# Les comptes communs, les dossiers, la clé du serveur
getent group {groupe} >/dev/null || groupadd --system {groupe}
id {moteur} >/dev/null 2>&1 || useradd --system --user-group --shell /usr/sbin/nologin \\
    --home-dir {dossier} --no-create-home {moteur}
install -d -o {moteur} -g {moteur} -m 0700 {dossier}
install -d -o root -g root -m 0755 "$racine" "$cles" "$cles/adherents" /run/sshd
test -s "$cles/hote_ed25519" || ssh-keygen -q -t ed25519 -N '' -f "$cles/hote_ed25519"

cat >{fichier} <<'FIN'
{configuration}FIN
/usr/sbin/sshd -t -f {fichier}

# Une boîte par entreprise, par mandataire, et celle de la banque
{boites}
echo "Prêt : /usr/sbin/sshd -D -f {fichier}"
"""


def format_configuration(port: int = 2222) -> str:
    """A ready sshd_config.

    Args:
        port: where the server listens.
    """
    return CONFIGURATION.format(cles=CLES, groupe=GROUPE, port=port)


def format_installation(
    boites: Sequence[str], racine: Path, dossier: Path, port: int = 2222
) -> str:
    """The script that makes a server of a bare Debian, as root, and again for what is missing.

    Args:
        boites: names of the boxes: companies, mandataries, the bank.
        racine: absolute path of the folder of the boxes; owned by root.
        dossier: absolute path of the home of the engine.
        port: where the server listens.
    """
    appels = [f"boite {nom} {compute_compte(nom)}\n" for nom in sorted(boites)]
    return INSTALLATION.format(
        racine=shlex.quote(str(racine)),
        dossier=shlex.quote(str(dossier)),
        cles=CLES,
        groupe=GROUPE,
        moteur=MOTEUR,
        depot=DEPOT,
        retour=RETOUR,
        prefixe=compute_compte(""),
        fichier=FICHIER,
        configuration=format_configuration(port),
        boites="".join(appels),
    )
