/* A disk that fails. Loaded before a night (LD_PRELOAD), it sees the calls of every library to the
   files under one path: Python's, SQLite's (a commit is such calls), those of the engines in Rust
   and C++. It makes one of them fail, or all from there on. It does nothing before `arme`.

   Not seen: what the C library calls by itself (fopen), what is written through a mapping. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char racine[PATH_MAX], appel_vise[16];
static int registre = -1, erreur, repetee;
static long rang;
static atomic_long compte;

/* Counts the calls `appel` (by the beginning of their name: "" for all) to what is under the path
   `sous`, a line each in the file `lignes`: name, path. The n-th fails with `numero`, an errno;
   those after it too if `toujours`; none for 0. */
void arme(const char *sous, const char *appel, const char *lignes, long n, int numero,
          int toujours) {
    registre = open(lignes, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    erreur = numero, repetee = toujours, rang = n, compte = 0;
    snprintf(appel_vise, sizeof appel_vise, "%s", appel);
    snprintf(racine, sizeof racine, "%s", sous);
}

static const char *chemin_de(int descripteur, char *place) {
    char lien[40];
    snprintf(lien, sizeof lien, "/proc/self/fd/%d", descripteur);
    ssize_t taille = readlink(lien, place, PATH_MAX - 1);
    place[taille < 0 ? 0 : taille] = 0;
    return place;
}

/* Whether this call is to fail. `chemin`: NULL for what is open; relative to `descripteur`. */
static int echoue(const char *appel, int descripteur, const char *chemin) {
    char place[PATH_MAX], ligne[PATH_MAX + 64];
    if (!*racine || strncmp(appel, appel_vise, strlen(appel_vise))) return 0;
    int avant = errno;
    const char *base = chemin && *chemin == '/' ? "" : chemin_de(descripteur, place);
    size_t taille = snprintf(ligne, sizeof ligne, "%s %s%s%s\n", appel, base,
                             *base && chemin ? "/" : "", chemin ? chemin : "");
    errno = avant;
    if (strncmp(ligne + strlen(appel) + 1, racine, strlen(racine))) return 0;
    long n = atomic_fetch_add(&compte, 1) + 1;
    extern ssize_t __write(int, const void *, size_t);
    __write(registre, ligne, taille < sizeof ligne ? taille : sizeof ligne - 1);
    errno = avant;
    if (!rang || n < rang || (n > rang && !repetee)) return 0;
    errno = erreur;
    return 1;
}

#define VRAI(nom) __typeof__(nom) *vrai = (__typeof__(nom) *)dlsym(RTLD_NEXT, #nom)
#define APPEL(type, nom, parametres, descripteur, chemin, arguments) \
    type nom parametres {                                            \
        VRAI(nom);                                                   \
        if (echoue(#nom, descripteur, chemin)) return -1;            \
        return vrai arguments;                                       \
    }
#define OUVERTURE(nom, parametres, descripteur, arguments)           \
    int nom parametres {                                             \
        VRAI(nom);                                                   \
        va_list suite;                                               \
        va_start(suite, options);                                    \
        mode_t mode = options & (O_CREAT | O_TMPFILE) ? va_arg(suite, mode_t) : 0; \
        va_end(suite);                                               \
        if (echoue(#nom, descripteur, chemin)) return -1;            \
        return vrai arguments;                                       \
    }

OUVERTURE(open, (const char *chemin, int options, ...), AT_FDCWD, (chemin, options, mode))
OUVERTURE(open64, (const char *chemin, int options, ...), AT_FDCWD, (chemin, options, mode))
OUVERTURE(openat, (int d, const char *chemin, int options, ...), d, (d, chemin, options, mode))
OUVERTURE(openat64, (int d, const char *chemin, int options, ...), d, (d, chemin, options, mode))
APPEL(ssize_t, write, (int d, const void *o, size_t n), d, NULL, (d, o, n))
APPEL(ssize_t, writev, (int d, const struct iovec *v, int n), d, NULL, (d, v, n))
APPEL(ssize_t, pwrite, (int d, const void *o, size_t n, off_t ou), d, NULL, (d, o, n, ou))
APPEL(ssize_t, pwrite64, (int d, const void *o, size_t n, off64_t ou), d, NULL, (d, o, n, ou))
APPEL(int, fsync, (int d), d, NULL, (d))
APPEL(int, fdatasync, (int d), d, NULL, (d))
APPEL(int, syncfs, (int d), d, NULL, (d))
APPEL(int, ftruncate, (int d, off_t n), d, NULL, (d, n))
APPEL(int, ftruncate64, (int d, off64_t n), d, NULL, (d, n))
APPEL(int, rename, (const char *a, const char *b), AT_FDCWD, b, (a, b))
APPEL(int, renameat, (int c, const char *a, int d, const char *b), d, b, (c, a, d, b))
APPEL(int, renameat2, (int c, const char *a, int d, const char *b, unsigned o), d, b, (c, a, d, b, o))
APPEL(int, link, (const char *a, const char *b), AT_FDCWD, b, (a, b))
APPEL(int, linkat, (int c, const char *a, int d, const char *b, int o), d, b, (c, a, d, b, o))
APPEL(int, unlink, (const char *a), AT_FDCWD, a, (a))
APPEL(int, unlinkat, (int d, const char *a, int o), d, a, (d, a, o))
