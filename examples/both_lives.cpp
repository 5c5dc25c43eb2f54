// SPDX-License-Identifier: MIT
// One graph, two lives: a model that the compiler planned beside a session that planned the same file at run
// time. Both get the same noise; every node of both must give the same bits.
//   linnet_both_lives MODEL    the file or the name that `linnet_add_model` compiled into this program
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <example_model.hpp>

#include <linnet/io/load.hpp>
#include <linnet/runtime/model.hpp>
#include <linnet/session/composed.hpp>
#include <linnet/session/kernels_elsewhere.hpp>
#include <linnet/session/passes/channels_last_ends.hpp>

namespace {

using compiled = linnet::model<example_model::graph, example_model::weights>;
compiled net;  // all its memory is inside

linnet::result<linnet::session> open(std::string const& model) {
  auto read = std::filesystem::exists(model) ? linnet::load_network(model) : linnet::composed_network(model);
  if (!read) return linnet::unexpected(read.error());
  return linnet::session::create(linnet::channels_last_ends(*std::move(read)));
}

/// The same numbers into both inputs.
void fill(linnet::session& session) {
  std::uint32_t state = 1;
  std::vector<std::byte> noise(session.input().bytes.size());
  for (std::byte& b : noise) {
    state = state * 1664525u + 1013904223u;
    b = static_cast<std::byte>(state >> 25);  // 0 to 127: no float of these bytes is NaN or huge
  }
  std::ranges::copy(noise, session.input().bytes.begin());
  std::ranges::copy(noise, std::as_writable_bytes(net.input().elements()).begin());
}

bool same_rows(linnet::observed_rows const& made, std::vector<std::byte> const& wanted) {
  auto const pixel = static_cast<std::size_t>(made.pixel_bytes());
  auto const* at = wanted.data();
  for (std::int32_t y = 0; y < made.count; ++y) {
    for (std::int32_t x = 0; x < made.image.width; ++x, at += pixel) {
      if (!std::equal(at, at + pixel, made.pixel(y, x))) return false;
    }
  }
  return true;
}

template <class F>
double milliseconds(F const& f) {
  auto const start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void row(char const* what, auto const& of_session, auto const& of_model) {
  std::cout << "  " << std::left << std::setw(34) << what << std::right << std::setw(14) << of_session
            << std::setw(14) << of_model << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  auto created = open(arguments[1]);
  if (!created) {
    std::cerr << created.error().message << "\n";
    return 1;
  }
  linnet::session& session = *created;
  if (session.graph().nodes.size() != compiled::node_count) {
    std::cerr << arguments[1] << " is not the model in this program\n";
    return 1;
  }

  fill(session);
  std::vector<std::vector<std::byte>> wanted;
  session.run([&](std::size_t, linnet::node const&, linnet::tensor_ref const& made) {
    wanted.emplace_back(made.bytes.begin(), made.bytes.end());
  });
  std::size_t same = 0;
  net.run([&](linnet::observed_rows const& made) { same += same_rows(made, wanted[made.node]) ? 1u : 0u; });

  std::cout << std::fixed << std::setprecision(1);
  row("", "session", "model");
  row("arena, bytes", session.arena_bytes(), compiled::arena_bytes);
  row("lower bound of its plan, bytes", session.arena_lower_bound(), compiled::arena_lower_bound);
  row("packed weights, bytes", session.packed_bytes(), compiled::weights_bytes);
  row("planned", "at load", "by compiler");
  fill(session);
  double const of_session = milliseconds([&] { session.run(); });
  double const of_model = milliseconds([] { net.run(); });
  row("one run, milliseconds", of_session, of_model);
  std::cout << "  " << same << " of " << compiled::node_count << " nodes have the same bits\n";
  return same == compiled::node_count ? 0 : 1;
}
