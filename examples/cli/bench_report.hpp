// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "bench_host.hpp"

namespace cli {

/// Everything that bench has found out.
struct bench_report {
  bench_subject subject;
  host_run host;
  bench_figures figures;
  std::string target;

  [[nodiscard]] linnet::graph_view graph() const { return subject.deployed.graph.view(); }
  [[nodiscard]] std::int64_t section(char const* name) const {
    auto const found = figures.sections.find(name);
    return found == figures.sections.end() ? 0 : found->second;
  }
  [[nodiscard]] std::int64_t flash_code_bytes() const {
    return section("text") + section("rodata") + section("ARM.exidx") + section("data");
  }
  [[nodiscard]] std::int64_t ram_bytes() const { return section("data") + section("bss"); }
};

void print_json(bench_report const& report);
void print_text(bench_report const& report);

}  // namespace cli
