// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>
#include <vector>

#include <linnet/io/conformance/suite.hpp>

#include "json.hpp"

namespace cli {
namespace {

namespace conformance = linnet::io::conformance;
using json = nlohmann::ordered_json;

void print_json(std::vector<conformance::judged_case> const& all) {
  json rows = json::array(), failures = json::array();
  for (conformance::conformance_row const& row : rows_of(all)) {
    rows.push_back({{"suite", row.suite},
                    {"operator", row.op},
                    {"type", row.type},
                    {"passed", row.passed},
                    {"failed", row.failed},
                    {"not_supported", row.not_supported}});
  }
  for (conformance::judged_case const& one : all) {
    if (one.verdict == conformance::verdict::failed)
      failures.push_back({{"suite", one.suite}, {"name", one.name}, {"reason", one.reason}});
  }
  std::printf("%s\n", to_text({{"rows", rows}, {"failures", failures}}).c_str());
}

void print_text(std::vector<conformance::judged_case> const& all, bool reasons) {
  char const* const line = "%-12s  %-22s  %-16s  %6s  %6s  %13s\n";
  std::printf(line, "suite", "operator", "type", "passed", "failed", "not supported");
  conformance::conformance_row sum;
  for (conformance::conformance_row const& row : rows_of(all)) {
    std::printf(line, row.suite.c_str(), row.op.c_str(), row.type.c_str(), std::to_string(row.passed).c_str(),
                std::to_string(row.failed).c_str(), std::to_string(row.not_supported).c_str());
    sum.passed += row.passed;
    sum.failed += row.failed;
    sum.not_supported += row.not_supported;
  }
  std::printf("%zu cases: %zu passed, %zu failed, %zu not supported\n", all.size(), sum.passed, sum.failed,
              sum.not_supported);
  std::printf("f16 is stored, and widened to be calculated in float32\n");
  for (conformance::judged_case const& one : all) {
    bool const shown = one.verdict == conformance::verdict::failed ||
                       (reasons && one.verdict == conformance::verdict::not_supported);
    if (shown) std::printf("%s/%s: %s\n", one.suite.c_str(), one.name.c_str(), one.reason.c_str());
  }
}

}  // namespace

int conform(conform_options const& options) {
  auto const all = conformance::judge_all(options.folder);
  if (!all) return complain(all.error(), bad_input);
  options.as_json ? print_json(*all) : print_text(*all, options.reasons);
  bool const failed =
      std::ranges::any_of(*all, [](auto const& one) { return one.verdict == conformance::verdict::failed; });
  return failed ? bad_output : done;
}

}  // namespace cli
