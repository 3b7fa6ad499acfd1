// Starts some commands in turn, awaits each, and says how long it took and how much memory it had.
//
//     parent RUNS COUNT WORD... [COUNT WORD...]...
//
// COUNT is the number of words of the command that follows, its program first. For each run of each command one line:
// which command (from 0), nanoseconds, peak memory in bytes, exit code. What the commands print on stdout is dropped.
//
// A program of its own, because a process is charged with the memory of the process that it was forked from: this one
// has next to none.

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

// ru_maxrss: bytes on macOS, kibibytes elsewhere.
#ifdef __APPLE__
#define RSS_UNIT 1
#else
#define RSS_UNIT 1024
#endif

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
    posix_spawn_file_actions_t streams;
    if (argc < 4 || posix_spawn_file_actions_init(&streams) != 0
        || posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0) != 0
        || posix_spawn_file_actions_addopen(&streams, 1, "/dev/null", O_WRONLY, 0) != 0)
        return 2;
    for (int runs = atoi(argv[1]); runs > 0; runs--) {
        int command = 0;
        for (char **words = argv + 2; *words != NULL; command++) {
            int count = atoi(*words++);
            char *next = words[count];
            words[count] = NULL;
            pid_t child;
            int status;
            struct rusage usage;
            long long start = now();
            if (posix_spawn(&child, words[0], &streams, NULL, words, environ) != 0
                || wait4(child, &status, 0, &usage) != child)
                return 2;
            long long end = now();
            printf("%d %lld %lld %d\n", command, end - start, (long long)usage.ru_maxrss * RSS_UNIT,
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
            words[count] = next;
            words += count;
        }
    }
    return 0;
}
