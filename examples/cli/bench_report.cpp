// SPDX-License-Identifier: MIT
#include "bench_report.hpp"

#include <cmath>
#include <cstdio>

#include <linnet/analysis/cost.hpp>

#include "json.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

json per_mac(std::int64_t instructions, std::int64_t macs) {
  if (macs == 0) return {};
  return std::round(1000.0 * static_cast<double>(instructions) / static_cast<double>(macs)) / 1000.0;
}

void print_bytes(char const* what, std::int64_t bytes, std::string const& remark) {
  std::printf("%-16s %11s bytes%s%s\n", what, grouped(bytes).c_str(), remark.empty() ? "" : ": ",
              remark.c_str());
}

std::string ratio(std::int64_t instructions, std::int64_t macs) {
  if (macs == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(instructions) / static_cast<double>(macs));
  return text;
}

void print_layers(bench_report const& m) {
  linnet::graph_view const g = m.graph();
  std::printf("\n%4s  %-16s  %13s  %13s  %8s  %s\n", "node", "operator", "instructions", "MACs", "per MAC",
              "name");
  for (std::size_t i = 0; i < g.nodes.size() && i < m.figures.layers.size(); ++i) {
    linnet::node const& n = g.nodes[i];
    std::int64_t const taken = m.figures.layers[i];
    std::printf("%4zu  %-16s  %13s  %13s  %8s  %s\n", i, std::string(name_of(n)).c_str(),
                grouped(taken).c_str(), grouped(macs(g, n)).c_str(), ratio(taken, macs(g, n)).c_str(),
                linnet::last_part(linnet::printable(g.name(n), 200), 40).c_str());
  }
}

/// Whether the plan was searched for among those that do not cost too much.
bool bounds_cost(bench_subject const& s) {
  return s.search.effort > 0 && s.search.slowdown != linnet::any_slowdown;
}

}  // namespace

void print_json(bench_report const& m) {
  linnet::graph_view const g = m.graph();
  json out{{"model", m.subject.deployed.name},
           {"target", m.target},
           {"arch", m.subject.arch},
           {"toolchain", m.figures.toolchain},
           {"policy", std::string(name_of(m.subject.plan.policy))},
           {"budget", m.subject.plan.budget},
           {"search", m.subject.search.effort},
           {"slowdown", nullptr},
           {"stream_input", m.subject.plan.stream_input},
           {"fold_constant_channels", m.subject.folded},
           {"dropped_channels", m.subject.channels_before - m.subject.channels_after},
           {"calibrated_on", m.figures.calibrated_on},
           {"instructions", m.figures.instructions},
           {"instructions_per_mac", per_mac(m.figures.instructions, macs(g))},
           {"macs", macs(g)},
           {"flash_code_bytes", m.flash_code_bytes()},
           {"weights_bytes", m.section("weights")},
           {"ram_bytes", m.ram_bytes()},
           {"arena_bytes", m.subject.arena_bytes},
           {"stack_bytes", m.figures.stack_bytes},
           {"initialization_instructions", 0},
           {"deployment_error", m.host.deployment_error},
           {"deployment_inputs", m.host.inputs},
           {"outputs_agree", true},
           {"sections", m.figures.sections},
           {"kernels", json::array()},
           {"layers", json::array()}};
  if (bounds_cost(m.subject)) out["slowdown"] = m.subject.search.slowdown;
  for (named_bytes const& kernel : m.figures.kernels)
    out["kernels"].push_back({{"name", kernel.name}, {"bytes", kernel.bytes}});
  for (std::size_t i = 0; i < g.nodes.size() && i < m.figures.layers.size(); ++i) {
    linnet::node const& n = g.nodes[i];
    out["layers"].push_back({{"node", i},
                             {"operator", std::string(name_of(n))},
                             {"name", std::string(g.name(n))},
                             {"instructions", m.figures.layers[i]},
                             {"macs", macs(g, n)},
                             {"instructions_per_mac", per_mac(m.figures.layers[i], macs(g, n))}});
  }
  std::printf("%s\n", to_text(out).c_str());
}

void print_text(bench_report const& m) {
  std::int64_t const all_macs = macs(m.graph());
  std::string const each = ratio(m.figures.instructions, all_macs);
  std::printf("%-16s %s\n%-16s %s, %s\n", "model", m.subject.deployed.name.c_str(), "target",
              m.target.c_str(), m.figures.toolchain.c_str());
  std::string const bound =
      bounds_cost(m.subject)
          ? ", at most " + std::to_string(m.subject.search.slowdown) + " % slower by estimate"
          : std::string();
  std::printf("%-16s %s%s\n", "policy", words(m.subject.plan).c_str(), bound.c_str());
  if (m.subject.folded && m.subject.channels_before == 0)
    std::printf("%-16s no channel is constant\n", "folded");
  if (m.subject.channels_before > 0) {
    std::printf("%-16s %11s of %s channels of the tensors that have constant ones\n", "folded",
                grouped(m.subject.channels_before - m.subject.channels_after).c_str(),
                grouped(m.subject.channels_before).c_str());
  }
  std::printf("%-16s %11s%s\n", "instructions", grouped(m.figures.instructions).c_str(),
              each.empty() ? "" : (" for " + grouped(all_macs) + " MACs, " + each + " each").c_str());
  std::printf("%-16s %11s: a loop of so many instructions was counted right\n", "calibrated on",
              grouped(m.figures.calibrated_on).c_str());
  std::printf("%-16s %11d instructions, no constructors\n", "start-up", 0);
  print_bytes("code in flash", m.flash_code_bytes(),
              "text " + grouped(m.section("text")) + ", rodata " + grouped(m.section("rodata")) + ", data " +
                  grouped(m.section("data")));
  print_bytes("weights", m.section("weights"), "");
  print_bytes("RAM", m.ram_bytes(), "arena " + grouped(m.subject.arena_bytes));
  print_bytes("stack", m.figures.stack_bytes, "");
  std::printf("%-16s %11.6f of the float output's range, over %zu input%s\n", "deployment error",
              m.host.deployment_error, m.host.inputs, m.host.inputs == 1 ? "" : "s");
  std::printf("%-16s the outputs are this machine's\n", "agreement");
  std::printf("\n%8s  %s\n", "bytes", "code and constants, the largest");
  for (std::size_t i = 0; i < m.figures.kernels.size() && i < 12; ++i) {
    std::printf("%8s  %s\n", grouped(m.figures.kernels[i].bytes).c_str(),
                linnet::printable(m.figures.kernels[i].name, 100).c_str());
  }
  print_layers(m);
}

}  // namespace cli
