// SPDX-License-Identifier: MIT
#include "session_run.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <linnet/io/load.hpp>
#include <linnet/session/composed.hpp>
#include <linnet/session/passes/channels_last_ends.hpp>

namespace compiled {

linnet::result<session_run> run_session(std::string const& model,
                                        std::vector<std::vector<std::byte>> const& inputs) {
  auto net = std::filesystem::exists(model) ? linnet::load_network(model) : linnet::composed_network(model);
  if (!net) return linnet::unexpected(std::move(net).error());
  auto created = linnet::session::create(linnet::channels_last_ends(*std::move(net)));
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

}  // namespace compiled
