// SPDX-License-Identifier: MIT
// What stands in for the other subcommands in linnet_compiler, which a cross build makes for itself: it takes
// less than half as long to build as the command.
#include <cstdio>

#include "cli.hpp"

namespace cli {
namespace {

int refuse(char const* subcommand) {
  std::fprintf(
      stderr,
      "linnet: this program was built by a cross build, to compile models only; build linnet_cli for %s\n",
      subcommand);
  return wrong_usage;
}

}  // namespace

int info(info_options const&) { return refuse("info"); }
int run(run_options const&) { return refuse("run"); }
int classify(classify_options const&) { return refuse("classify"); }
int bench(bench_options const&) { return refuse("bench"); }
int compare(compare_options const&) { return refuse("compare"); }
int conform(conform_options const&) { return refuse("conform"); }
int operators(operators_options const&) { return refuse("operators"); }

std::string check_three_numbers(std::string const&) { return {}; }  // classify refuses whatever they are

}  // namespace cli
