// SPDX-License-Identifier: MIT
// measure SECONDS MEGABYTES COMMAND...: runs the command and fails where it needs more processor time or
// memory. A busy machine makes every process slower, so the best of a few runs counts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

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
  if (count < 4) return 2;
  double const most_seconds = std::atof(arguments[1]), most_megabytes = std::atof(arguments[2]);
  double seconds = 1e9;
  for (int attempt = 0; attempt < 5 && seconds > most_seconds; ++attempt) {
    cost const c = run(arguments + 3);
    if (!c.succeeded) return 1;
    seconds = std::min(seconds, c.seconds);
  }
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);  // the neediest process: the compiler proper
  double const megabytes = static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
  std::printf("%.2f s of processor time (at most %.2f), %.0f MB (at most %.0f)\n", seconds, most_seconds,
              megabytes, most_megabytes);
  return seconds <= most_seconds && megabytes <= most_megabytes ? 0 : 1;
}
