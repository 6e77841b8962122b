// SPDX-License-Identifier: Apache-2.0
#include "sandbox.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace prc {

namespace {

// What is left to do, by number of arguments of no interest. All else is refused with EPERM: a
// library that asks for something harmless gets an error, not the end. Left out on purpose:
// everything that takes a path, makes a socket or a process, or reaches another process.
const char *const ALLOWED[] = {
    // the one socket, and the files that come through it
    "read",
    "readv",
    "write",
    "writev",
    "pread64",
    "pwrite64",
    "sendmsg",
    "recvmsg",
    "poll",
    "ppoll",
    "eventfd2",
    "close",
    "lseek",
    "dup",
    "dup2",
    "dup3",
    // memory
    "munmap",
    "mremap",
    "madvise",
    "brk",
    "memfd_create",
    "ftruncate",
    "fstat",
    // threads that are there, time, ending
    "futex",
    "sched_yield",
    "set_robust_list",
    "rseq",
    "restart_syscall",
    "membarrier",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "getrandom",
    "getpid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "uname",
    "sysinfo",
    "sched_getaffinity",
    "getrusage",
    "getcpu",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "exit",
    "exit_group",
};

void
limit (int what, rlim_t value) {
  struct rlimit r = {value, value};
  setrlimit (static_cast<__rlimit_resource> (what), &r);
}

bool
allow (scmp_filter_ctx c, bool threads) {
  bool good = true;
  for (const char *name : ALLOWED) {
    int number = seccomp_syscall_resolve_name (name);
    if (number >= 0) // unknown on this architecture: nothing to allow
      good = seccomp_rule_add (c, SCMP_ACT_ALLOW, number, 0) == 0 && good;
  }
  // abort(): a signal to this very process.
  scmp_datum_t self = scmp_datum_t (getpid ());
  good = seccomp_rule_add (c, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1, SCMP_A0 (SCMP_CMP_EQ, self)) ==
             0 &&
         good;
  // Descriptors are copied, flagged and sealed. F_SETOWN and F_SETSIG with O_ASYNC would send any
  // signal to any process of the user when something can be read.
  for (unsigned command :
       {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_ADD_SEALS, F_GET_SEALS})
    good = seccomp_rule_add (c, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1,
                             SCMP_A1 (SCMP_CMP_EQ, command)) == 0 &&
           good;
  good = seccomp_rule_add (c, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 2, SCMP_A1 (SCMP_CMP_EQ, F_SETFL),
                           SCMP_A2 (SCMP_CMP_MASKED_EQ, O_ASYNC, 0)) == 0 &&
         good;
  // Memory may be or become writable or readable, never executable.
  for (int number : {SCMP_SYS (mmap), SCMP_SYS (mprotect)})
    good = seccomp_rule_add (c, SCMP_ACT_ALLOW, number, 1,
                             SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           good;
  // fstat() is newfstatat(fd, "", AT_EMPTY_PATH) in newer C libraries. The path cannot be looked at
  // from here, but only the flag that makes an empty one mean the descriptor is let through.
  good = seccomp_rule_add (c, SCMP_ACT_ALLOW, SCMP_SYS (newfstatat), 1,
                           SCMP_A3 (SCMP_CMP_EQ, AT_EMPTY_PATH)) == 0 &&
         good;
  // A thread asks for its own scheduling and name; setrlimit by way of prlimit64 is not among it.
  good = seccomp_rule_add (c, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0) == 0 && good;
  if (threads) // clone3 hides its flags in memory; without it the C library calls clone
    good = seccomp_rule_add (c, SCMP_ACT_ALLOW, SCMP_SYS (clone), 1,
                             SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
           good;
  return good;
}

} // namespace

bool
confine (const Limits &limits) {
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_NOFILE, 1024);
  limit (RLIMIT_FSIZE, rlim_t (4) << 30);
#ifndef __SANITIZE_ADDRESS__ // which reserves terabytes of addresses
  // Private memory is what costs; addresses must leave room for mapping a large file read-only.
  limit (RLIMIT_DATA, rlim_t (limits.data));
  limit (RLIMIT_AS, rlim_t (64) << 30);
#endif
  prctl (PR_SET_DUMPABLE, 0);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return false;
  scmp_filter_ctx c = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  if (!c)
    return false;
  bool good = seccomp_attr_set (c, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && allow (c, limits.threads) &&
              seccomp_load (c) == 0;
  seccomp_release (c);
  return good;
}

namespace {

// Without the filter the same calls fail in another way, or do no harm. In no folder that is there:
// making or renaming in a real one waits for whoever holds its lock.
const char *const NOWHERE = "/nonexistent/precedent-nowhere";

int escaped;

void
attempt (const char *what, long result) {
  bool refused = result < 0 && errno == EPERM;
  printf ("%s: %s\n", what, refused ? "refused" : "possible");
  escaped += !refused;
}

long
attempt_fork (long number, long flags = 0) {
  long pid = syscall (number, flags, 0, 0, 0, 0);
  if (pid == 0)
    _exit (0);
  if (pid > 0)
    waitpid (pid_t (pid), nullptr, 0); // it has our standard output
  return pid;
}

long
attempt_mmap (int protection) {
  return long (mmap (nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

long
attempt_socket (int family) {
  return socket (family, SOCK_STREAM, 0);
}

} // namespace

int
try_to_escape () {
  setvbuf (stdout, nullptr, _IONBF, 0); // what was last tried is known even if it never ends
  // Directly by number where the C library would choose another call.
  attempt ("open", syscall (SYS_open, "/etc/passwd", O_RDONLY));
  attempt ("openat", open ("/etc/passwd", O_RDONLY));
  attempt ("creat", syscall (SYS_creat, NOWHERE, 0600));
  attempt ("stat", syscall (SYS_stat, "/etc/passwd", nullptr));
  attempt ("readlink", syscall (SYS_readlink, "/proc/self/exe", nullptr, 0));
  attempt ("unlink", unlink (NOWHERE));
  attempt ("rename", rename (NOWHERE, "/nonexistent/precedent-nowhere-else"));
  attempt ("mkdir", mkdir (NOWHERE, 0700));
  attempt ("chmod", chmod (NOWHERE, 0600));
  attempt ("socket inet", attempt_socket (AF_INET));
  attempt ("socket unix", attempt_socket (AF_UNIX));
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  attempt ("connect", connect (0, reinterpret_cast<struct sockaddr *> (&address), sizeof address));
  attempt ("bind", bind (0, reinterpret_cast<struct sockaddr *> (&address), sizeof address));
  char *const none[] = {nullptr};
  attempt ("execve", execve (NOWHERE, none, none));
  attempt ("execveat", syscall (SYS_execveat, AT_FDCWD, NOWHERE, none, none, 0));
  attempt ("fork", attempt_fork (SYS_fork));
  attempt ("clone", attempt_fork (SYS_clone, SIGCHLD));
  attempt ("kill parent", syscall (SYS_kill, getppid (), 0));
  int quiet = eventfd (0, EFD_CLOEXEC); // allowed, and never a reason for a signal
  attempt ("fcntl owner", fcntl (quiet, F_SETOWN, getppid ()));
  attempt ("fcntl signal", fcntl (quiet, F_SETSIG, SIGKILL));
  attempt ("fcntl async", fcntl (quiet, F_SETFL, O_ASYNC));
  attempt ("tgkill another", syscall (SYS_tgkill, 1, 1, 0));
  attempt ("ptrace", syscall (SYS_ptrace, PTRACE_ATTACH, -1, 0, 0));
  attempt ("process_vm_readv", syscall (SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0));
  attempt ("io_uring_setup", syscall (SYS_io_uring_setup, 1, nullptr));
  attempt ("prlimit64", syscall (SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, nullptr));
  attempt ("mprotect exec", mprotect (nullptr, 4096, PROT_EXEC));
  attempt ("mmap exec", attempt_mmap (PROT_READ | PROT_EXEC));
  attempt ("mmap write exec", attempt_mmap (PROT_READ | PROT_WRITE | PROT_EXEC));
  attempt ("openat2", syscall (SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0));
  attempt ("bpf", syscall (SYS_bpf, 0, nullptr, 0));
  return escaped;
}

} // namespace prc
