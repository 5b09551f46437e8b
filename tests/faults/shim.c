/* What a disk may do to a program, and a record of what the program asked of it. Loaded before libc (LD_PRELOAD).
 *
 * Only files below one folder are watched. Each request is counted by its kind; the n-th of a kind can be refused with
 * an error, once or from then on, or be the moment of the process's death; growth can be limited to what a disk has
 * room for; and each request that was carried out can be written to a record, in the order in which it happened.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, NAME = 4, MOVE = 8, KINDS = 16 };

static char watched[PATH_MAX];
static int record = -1;
static int mask, fault, lasting;
static long nth, seen[KINDS];
static int64_t room = -1;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

void faults_watch(const char *folder, int descriptor) {
    snprintf(watched, sizeof watched, "%s/", folder);
    record = descriptor;
    memset(seen, 0, sizeof seen);
}

/* error: an errno, or 0 to die. */
void faults_arm(int kinds, long at, int error, int from_then_on) {
    memset(seen, 0, sizeof seen);
    mask = kinds, nth = at, fault = error, lasting = from_then_on;
}

void faults_room(int64_t bytes) { room = bytes; }

int64_t faults_room_left(void) { return room; }

long faults_seen(int kinds) {
    long sum = 0;
    for (int kind = 1; kind < KINDS; kind <<= 1) sum += kinds & kind ? seen[kind] : 0;
    return sum;
}

/* 0 when the request may go on, else -1 with errno. */
static int asked(int kind) {
    seen[kind]++;
    if (!nth || !(mask & kind)) return 0;
    long count = faults_seen(mask);
    if (count != nth && !(lasting && count > nth)) return 0;
    if (!fault) kill(getpid(), SIGKILL);
    errno = fault;
    return -1;
}

static int below(const char *path) { return watched[0] && !strncmp(path, watched, strlen(watched)); }

/* The path behind a descriptor, or 0 for what is not watched. */
static int path_of(int descriptor, char *path) {
    if (!watched[0]) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 2);
    if (length <= 0) return 0;
    path[length] = 0;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/", path);
    return below(path) || !strcmp(folder, watched);
}

static int path_at(int folder, const char *name, char *path) {
    if (!watched[0]) return 0;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return below(path);
    }
    char start[PATH_MAX];
    if (folder == AT_FDCWD ? !getcwd(start, sizeof start) : !path_of(folder, start)) return 0;
    if (snprintf(path, PATH_MAX, "%s/%s", start, name) >= PATH_MAX) return 0;
    return below(path);
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length) {
        ssize_t done = syscall(SYS_write, record, at, length);
        if (done <= 0) return;
        at += done, length -= done;
    }
}

static void note(char what, const char *path, const char *other, int64_t offset, const void *data, int64_t length) {
    if (record < 0) return;
    struct __attribute__((packed)) { char what; uint32_t path, other; int64_t offset, length; } head =
        { what, strlen(path), strlen(other), offset, length };
    put(&head, sizeof head), put(path, head.path), put(other, head.other);
    if (data) put(data, length);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define BEGIN pthread_mutex_lock(&one)
#define END(value) do { int kept = errno; pthread_mutex_unlock(&one); errno = kept; return value; } while (0)

static ssize_t written(int descriptor, const void *data, size_t length, off_t offset, const char *path) {
    struct stat found;
    if (asked(WRITE) || fstat(descriptor, &found)) return -1;
    if (room >= 0) {
        int64_t grows = (int64_t)(offset + length) - found.st_size;
        if (grows > room) {
            length -= grows - room < (int64_t)length ? grows - room : (int64_t)length;
            if (!length) { errno = ENOSPC; return -1; }
            grows = room;
        }
        if (grows > 0) room -= grows;
    }
    ssize_t done = syscall(SYS_pwrite64, descriptor, data, length, offset);
    if (done > 0) note('W', path, "", offset, data, done);
    return done;
}

ssize_t write(int descriptor, const void *data, size_t length) {
    REAL(write);
    char path[PATH_MAX];
    struct stat found;
    int kept = errno;
    if (!path_of(descriptor, path) || fstat(descriptor, &found) || !S_ISREG(found.st_mode)) {
        errno = kept;
        return real(descriptor, data, length);
    }
    BEGIN;
    int appends = fcntl(descriptor, F_GETFL) & O_APPEND;
    off_t at = appends ? found.st_size : lseek(descriptor, 0, SEEK_CUR);
    ssize_t done = written(descriptor, data, length, at, path);
    if (done > 0) lseek(descriptor, at + done, SEEK_SET);
    END(done);
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off_t offset) {
    REAL(pwrite64);
    char path[PATH_MAX];
    if (!path_of(descriptor, path)) return real(descriptor, data, length, offset);
    BEGIN;
    ssize_t done = written(descriptor, data, length, offset, path);
    END(done);
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    return pwrite64(descriptor, data, length, offset);
}

static int synced(int (*real)(int), int descriptor) {
    char path[PATH_MAX];
    if (!path_of(descriptor, path)) return real(descriptor);
    BEGIN;
    int done = asked(SYNC) ? -1 : real(descriptor);
    if (!done) note('S', path, "", 0, NULL, 0);
    END(done);
}

int fsync(int descriptor) { REAL(fsync); return synced(real, descriptor); }
int fdatasync(int descriptor) { REAL(fdatasync); return synced(real, descriptor); }

int ftruncate64(int descriptor, off_t size) {
    REAL(ftruncate64);
    char path[PATH_MAX];
    if (!path_of(descriptor, path)) return real(descriptor, size);
    BEGIN;
    int done = asked(WRITE) ? -1 : real(descriptor, size);
    if (!done) note('T', path, "", size, NULL, 0);
    END(done);
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

static int opened(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    struct stat found;
    int kept = errno;
    if (!(flags & (O_CREAT | O_TRUNC)) || !path_at(folder, name, path)) {
        errno = kept;
        return syscall(SYS_openat, folder, name, flags, mode);
    }
    BEGIN;
    int is_new = lstat(path, &found) != 0;
    errno = kept;
    int descriptor = is_new && asked(NAME) ? -1 : (int)syscall(SYS_openat, folder, name, flags, mode);
    if (descriptor >= 0 && is_new) note('C', path, "", 0, NULL, 0);
    else if (descriptor >= 0 && flags & O_TRUNC) note('T', path, "", 0, NULL, 0);
    END(descriptor);
}

#define MODE mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE return opened(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE return opened(folder, name, flags, mode); }

/* A request about one name, or two, that libc's own call carries out. */
#define NAMED(what, folder, name, call) \
    char path[PATH_MAX]; \
    if (!path_at(folder, name, path)) return call; \
    BEGIN; \
    int done = asked(NAME) ? -1 : call; \
    if (!done) note(what, path, "", 0, NULL, 0); \
    END(done);

#define NAMED_TWICE(what, folder, name, other_folder, other_name, call) \
    char path[PATH_MAX], other[PATH_MAX]; \
    if (!path_at(folder, name, path) || !path_at(other_folder, other_name, other)) return call; \
    BEGIN; \
    int done = asked(what == 'R' ? MOVE : NAME) ? -1 : call; \
    if (!done) note(what, path, other, 0, NULL, 0); \
    END(done);

int unlink(const char *name) { REAL(unlink); NAMED('U', AT_FDCWD, name, real(name)) }
int rmdir(const char *name) { REAL(rmdir); NAMED('U', AT_FDCWD, name, real(name)) }
int unlinkat(int folder, const char *name, int flags) {
    REAL(unlinkat);
    NAMED('U', folder, name, real(folder, name, flags))
}
int mkdir(const char *name, mode_t mode) { REAL(mkdir); NAMED('M', AT_FDCWD, name, real(name, mode)) }
int rename(const char *from, const char *to) {
    REAL(rename);
    NAMED_TWICE('R', AT_FDCWD, from, AT_FDCWD, to, real(from, to))
}
int link(const char *from, const char *to) {
    REAL(link);
    NAMED_TWICE('L', AT_FDCWD, from, AT_FDCWD, to, real(from, to))
}
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    REAL(linkat);
    NAMED_TWICE('L', from_folder, from, to_folder, to, real(from_folder, from, to_folder, to, flags))
}
