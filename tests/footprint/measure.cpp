// SPDX-License-Identifier: MIT
// measure SECONDS MEGABYTES COMMAND... -- REFERENCE_SECONDS REFERENCE...: runs the command and fails where it
// needs more processor time or memory. On a busy machine every process is slower, by a factor of two at
// times: a command that takes longer than its budget is run again beside the reference command, whose time at
// rest is known, and the best of a few runs, as it would have been at rest, counts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct cost {
  bool succeeded;
  double seconds;  // processor time of the command and of what it started
};

double seconds_of_children() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return static_cast<double>(used.ru_utime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec) / 1e6;
}

cost run(char** command) {
  double const before = seconds_of_children();
  pid_t const child = fork();
  if (child == 0) {
    execvp(command[0], command);
    std::perror(command[0]);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, seconds_of_children() - before};
}

}  // namespace

int main(int count, char** arguments) {
  char** const end = arguments + count;
  char** const separator = std::find_if(arguments, end, [](char* a) { return std::strcmp(a, "--") == 0; });
  if (separator - arguments < 4 || end - separator < 3) return 2;
  double const most_seconds = std::atof(arguments[1]), most_megabytes = std::atof(arguments[2]);
  double const reference_seconds = std::atof(separator[1]);
  *separator = nullptr;

  cost measured = run(arguments + 3);
  if (!measured.succeeded) return 1;
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);  // the neediest process: the compiler proper
  double const megabytes = static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
  double seconds = measured.seconds;
  for (int attempt = 0; attempt < 4 && seconds > most_seconds; ++attempt) {
    cost const reference = run(separator + 2);
    measured = run(arguments + 3);
    if (!reference.succeeded || !measured.succeeded) return 1;
    double const slowness = std::max(1.0, reference.seconds / reference_seconds);
    std::printf("%.2f s, the reference %.2f s (%.2f at rest)\n", measured.seconds, reference.seconds,
                reference_seconds);
    seconds = std::min(seconds, measured.seconds / slowness);
  }
  std::printf("%.2f s of processor time (at most %.2f), %.0f MB (at most %.0f)\n", seconds, most_seconds,
              megabytes, most_megabytes);
  return seconds <= most_seconds && megabytes <= most_megabytes ? 0 : 1;
}
