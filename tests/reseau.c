/* Loaded by every process that a test starts (LD_PRELOAD): none speaks to another machine.

   Not seen: what makes system calls without the C library, and the queries of its resolver. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

/* Whether two addresses are the same IP. */
static int est_meme(const struct sockaddr *a, const struct sockaddr *b) {
    if (!a || a->sa_family != b->sa_family) return 0;
    if (a->sa_family == AF_INET)
        return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)b)->sin_addr.s_addr;
    return IN6_ARE_ADDR_EQUAL(&((const struct sockaddr_in6 *)a)->sin6_addr,
                              &((const struct sockaddr_in6 *)b)->sin6_addr);
}

/* Whether it is of an interface of this machine. */
static int est_la_notre(const struct sockaddr *adresse) {
    struct ifaddrs *toutes = NULL;
    int trouvee = 0;
    if (getifaddrs(&toutes)) return 0;
    for (struct ifaddrs *une = toutes; une && !trouvee; une = une->ifa_next)
        trouvee = est_meme(une->ifa_addr, adresse);
    freeifaddrs(toutes);
    return trouvee;
}

/* Whether an address is of this machine; one of another family than IP is (a socket file). */
static int est_ici(const struct sockaddr *adresse) {
    if (adresse && adresse->sa_family == AF_INET) {
        uint32_t ip = ntohl(((const struct sockaddr_in *)adresse)->sin_addr.s_addr);
        return !ip || ip >> 24 == 127 || est_la_notre(adresse);
    }
    if (adresse && adresse->sa_family == AF_INET6) {
        const struct in6_addr *ip = &((const struct sockaddr_in6 *)adresse)->sin6_addr;
        return IN6_IS_ADDR_LOOPBACK(ip) || IN6_IS_ADDR_UNSPECIFIED(ip) || est_la_notre(adresse);
    }
    return 1;
}

#define GARDE(type, nom, parametres, adresse, arguments)                          \
    type nom parametres {                                                         \
        if (!est_ici((const struct sockaddr *)adresse)) return errno = EACCES, -1; \
        return ((type(*) parametres)dlsym(RTLD_NEXT, #nom)) arguments;            \
    }

GARDE(int, connect, (int s, const struct sockaddr *a, socklen_t n), a, (s, a, n))
GARDE(ssize_t, sendto,
      (int s, const void *o, size_t t, int f, const struct sockaddr *a, socklen_t n), a,
      (s, o, t, f, a, n))
GARDE(ssize_t, sendmsg, (int s, const struct msghdr *m, int f), m->msg_name, (s, m, f))
