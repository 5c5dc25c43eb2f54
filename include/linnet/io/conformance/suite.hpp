// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <linnet/io/conformance/kernel_case.hpp>
#include <linnet/io/conformance/model_case.hpp>
#if defined(LINNET_WITH_ONNX)
#include <linnet/io/onnx/node_case.hpp>
#endif

namespace linnet::inline LINNET_ISA::io::conformance {

/// What came of the cases of one operator and type.
struct conformance_row {
  std::string suite, op, type;                            ///< what the cases have in common
  std::size_t passed = 0, failed = 0, not_supported = 0;  ///< counts of cases
  friend bool operator==(conformance_row const&, conformance_row const&) = default;
};

namespace detail {

/// Judges what a path is, if it is a case.
inline void judge(std::filesystem::directory_entry const& entry, std::vector<judged_case>& to) {
  std::filesystem::path const& path = entry.path();
  if (path.filename() == "case.json") to.push_back(judge_kernel_case(path.parent_path()));
  if (path.extension() == ".tflite") to.push_back(judge_model_case(path));
  if (path.filename() != "model.onnx") return;
#if defined(LINNET_WITH_ONNX)
  to.push_back(onnx::judge_node_case(path.parent_path()));
#else
  to.push_back({.suite = path.parent_path().parent_path().filename().string(),
                .op = "?",
                .type = "?",
                .name = path.parent_path().filename().string(),
                .verdict = verdict::not_supported,
                .reason = "this program was built without ONNX (LINNET_WITH_ONNX is OFF)"});
#endif
}

}  // namespace detail

/// Runs every case below a folder, in the order of their paths: kernel cases (case.json), models with tensors
/// as text beside them (.tflite), cases of the ONNX project (model.onnx). Fails where the folder cannot be
/// read (file_not_readable) or has none (wrong_argument).
[[nodiscard]] inline result<std::vector<judged_case>> judge_all(std::filesystem::path const& folder) {
  std::error_code failure;
  std::vector<std::filesystem::directory_entry> all;
  for (std::filesystem::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure))
    all.push_back(*at);
  if (failure) return fail(errc::file_not_readable, folder.string() + ": " + failure.message());
  std::ranges::sort(all, {}, [](auto const& entry) { return entry.path(); });
  std::vector<judged_case> judged;
  for (auto const& entry : all) detail::judge(entry, judged);
  if (judged.empty()) return fail(errc::wrong_argument, folder.string() + ": there are no cases in it");
  return judged;
}

/// Counts cases by suite, operator and type, in the order of these.
[[nodiscard]] inline std::vector<conformance_row> rows_of(std::vector<judged_case> const& all) {
  std::map<std::tuple<std::string, std::string, std::string>, conformance_row> rows;
  for (judged_case const& one : all) {
    conformance_row& row = rows[{one.suite, one.op, one.type}];
    row.passed += one.verdict == verdict::passed ? 1 : 0;
    row.failed += one.verdict == verdict::failed ? 1 : 0;
    row.not_supported += one.verdict == verdict::not_supported ? 1 : 0;
  }
  std::vector<conformance_row> made;
  for (auto& [key, row] : rows) {
    std::tie(row.suite, row.op, row.type) = key;
    made.push_back(std::move(row));
  }
  return made;
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
