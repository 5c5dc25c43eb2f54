// SPDX-License-Identifier: MIT
#include "session_run.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <utility>

#include <linnet/io/file.hpp>
#include <linnet/io/load.hpp>
#include <linnet/io/npy/read.hpp>
#include <linnet/quantizer/post_training.hpp>
#include <linnet/quantizer/range_observer.hpp>
#include <linnet/session/composed.hpp>
#include <linnet/session/kernels_elsewhere.hpp>
#include <linnet/session/passes/channels_last_ends.hpp>

namespace compiled {

linnet::result<session_run> run_session(std::string const& model,
                                        std::vector<std::vector<std::byte>> const& inputs) {
  auto net = std::filesystem::exists(model) ? linnet::load_network(model) : linnet::composed_network(model);
  if (!net) return linnet::unexpected(std::move(net).error());
  return run_session(*std::move(net), inputs);
}

linnet::result<session_run> run_session(linnet::network net,
                                        std::vector<std::vector<std::byte>> const& inputs) {
  auto created = linnet::session::create(linnet::channels_last_ends(std::move(net)));
  if (!created) return linnet::unexpected(std::move(created).error());
  linnet::session& s = *created;
  if (s.input_count() != inputs.size()) return linnet::fail(linnet::errc::wrong_argument, "other inputs");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto const to = s.input(i).bytes;
    if (to.size() != inputs[i].size()) return linnet::fail(linnet::errc::wrong_argument, "another size");
    std::ranges::copy(inputs[i], to.begin());
  }
  session_run made{
      .nodes = {}, .outputs = {}, .arena_bytes = s.arena_bytes(), .packed_bytes = s.packed_bytes()};
  s.run([&](std::size_t, linnet::node const&, linnet::tensor_ref const& output) {
    made.nodes.emplace_back(output.bytes.begin(), output.bytes.end());
  });
  for (std::size_t i = 0; i < s.output_count(); ++i) {
    auto const bytes = s.output(i).bytes;
    made.outputs.emplace_back(bytes.begin(), bytes.end());
  }
  return made;
}

linnet::result<linnet::network> quantized(std::string const& model, std::string const& calibration) {
  auto net = linnet::load_network(model);
  if (!net) return net;
  auto const file = linnet::io::read_file(calibration);
  if (!file) return linnet::unexpected(file.error());
  auto const samples = linnet::io::npy::read(*file, calibration);
  if (!samples) return linnet::unexpected(samples.error());
  auto observer = linnet::range_observer::create(*net);
  if (!observer) return linnet::unexpected(std::move(observer).error());
  auto const input = observer->input().bytes;
  for (std::size_t at = 0; at + input.size() <= samples->data.size(); at += input.size()) {
    std::copy_n(samples->data.begin() + static_cast<std::ptrdiff_t>(at), input.size(), input.begin());
    if (auto const seen = observer->run(); !seen) return linnet::unexpected(seen.error());
  }
  return linnet::quantize(*net, observer->ranges());
}

}  // namespace compiled
