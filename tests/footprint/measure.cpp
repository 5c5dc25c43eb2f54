// SPDX-License-Identifier: MIT
// measure SECONDS MEGABYTES COMMAND...: runs the command and fails where it needs more processor time or
// memory.
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char** arguments) {
  if (count < 4) return 2;
  double const most_seconds = std::atof(arguments[1]), most_megabytes = std::atof(arguments[2]);
  pid_t const child = fork();
  if (child == 0) {
    execvp(arguments[3], arguments + 3);
    std::perror(arguments[3]);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);  // the compiler proper is a child of its driver
  double const seconds =
      static_cast<double>(used.ru_utime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec) / 1e6;
  double const megabytes = static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
  std::printf("%.2f s of processor time (at most %.2f), %.0f MB (at most %.0f)\n", seconds, most_seconds,
              megabytes, most_megabytes);
  bool const fits = seconds <= most_seconds && megabytes <= most_megabytes;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 && fits ? 0 : 1;
}
