// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/io/file.hpp>
#include <linnet/io/load.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/session/session.hpp>

// Real samples of a task, and what a session makes of them.
namespace support {

using sample = std::vector<std::byte>;

struct task_run {
  std::vector<sample> inputs, outputs;
};

/// How a file of samples is turned into a network's int8 input: as it is (`int8`), from pixels of 0 to 255
/// (`pixels`), or from rows of 128 floats, five a sample (`frames`), by the input's own quantization.
inline std::vector<sample> samples_of(std::span<std::byte const> data, std::string_view form,
                                      linnet::tensor_ref const& input) {
  std::size_t const size = input.bytes.size();
  std::vector<sample> made;
  if (form != "frames") {
    std::byte const flip = form == "pixels" ? std::byte{0x80} : std::byte{0};
    for (std::size_t at = 0; at + size <= data.size(); at += size) {
      made.emplace_back(data.begin() + static_cast<std::ptrdiff_t>(at),
                        data.begin() + static_cast<std::ptrdiff_t>(at + size));
      for (std::byte& b : made.back()) b ^= flip;
    }
    return made;
  }
  linnet::affine<std::int8_t> const quantizer(input.quantization.scale, input.quantization.zero_point);
  constexpr std::size_t frame = 128;
  for (std::size_t at = 0; 4 * (at + size) <= data.size(); at += frame) {
    made.emplace_back(size);
    for (std::size_t i = 0; i < size; ++i)
      linnet::store(&made.back()[i], quantize(quantizer, linnet::load<float>(data.data() + 4 * (at + i))));
  }
  return made;
}

/// Runs a model on `most` samples of a file, spread over all of them.
inline linnet::result<task_run> run_task(std::filesystem::path const& model,
                                         std::filesystem::path const& data, std::string_view form,
                                         std::size_t most) {
  auto session = linnet::load(model);
  if (!session) return linnet::unexpected(session.error());
  auto const file = linnet::io::read_file(data);
  if (!file) return linnet::unexpected(file.error());
  auto all = samples_of(*file, form, session->input());
  if (all.size() < most) return linnet::fail(linnet::errc::wrong_argument, data.string() + ": has too few");
  task_run made;
  for (std::size_t i = 0; i < most; ++i) {
    made.inputs.push_back(std::move(all[i * all.size() / most]));
    std::ranges::copy(made.inputs.back(), session->input().bytes.begin());
    session->run();
    auto const output = session->output().bytes;
    made.outputs.emplace_back(output.begin(), output.end());
  }
  return made;
}

}  // namespace support
