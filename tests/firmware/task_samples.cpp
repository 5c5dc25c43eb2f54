// SPDX-License-Identifier: MIT
#include "task_samples.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <linnet/session/kernels_elsewhere.hpp>

#include "sample_file.hpp"
#include "support/task.hpp"

namespace {

/// The outputs of those samples that `run_task` chooses among all that a reference has.
linnet::result<void> require_reference(support::task_run const& run, std::filesystem::path const& reference) {
  auto const file = linnet::io::read_file(reference);
  if (!file) return linnet::unexpected(file.error());
  std::size_t const size = run.outputs[0].size(), all = file->size() / size, count = run.outputs.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto const* const wanted = file->data() + i * all / count * size;
    if (!std::equal(wanted, wanted + size, run.outputs[i].begin()))
      return linnet::fail(linnet::errc::malformed, reference.string() + ": has another output");
  }
  return {};
}

}  // namespace

linnet::result<void> write_samples(std::filesystem::path const& model, std::filesystem::path const& data,
                                   std::string_view form, std::size_t count,
                                   std::filesystem::path const& path,
                                   std::filesystem::path const& reference) {
  auto const run = support::run_task(model, data, form, count);
  if (!run) return linnet::unexpected(run.error());
  if (!reference.empty()) {
    if (auto const same = require_reference(*run, reference); !same) return same;
  }
  sample_file_header const header{static_cast<std::uint32_t>(count),
                                  static_cast<std::uint32_t>(run->inputs[0].size()),
                                  static_cast<std::uint32_t>(run->outputs[0].size())};
  std::vector<std::byte> file(sizeof header);
  linnet::store(file.data(), header);
  for (auto const* list : {&run->inputs, &run->outputs}) {
    for (support::sample const& one : *list) file.insert(file.end(), one.begin(), one.end());
  }
  return linnet::io::write_file(path, file);
}
