// SPDX-License-Identifier: MIT
// A first look without any file: composes a small MobileNet-shaped network, gives it deterministic
// (untrained) weights, renders a picture and runs it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <vector>

#include <linnet/graph/builder.hpp>
#include <linnet/session/deterministic_weights.hpp>
#include <linnet/session/kernels_elsewhere.hpp>
#include <linnet/session/session.hpp>

namespace {

/// Inverted residual blocks from 96x96x3 down to ten classes, int8.
linnet::expected<linnet::dynamic_graph, linnet::graph_error> small_mobilenet() {
  linnet::basic_graph_builder<linnet::dynamic_graph> g;
  auto x = g.input({.height = 96,
                    .width = 96,
                    .channels = 3,
                    .type = linnet::s8,
                    .quantization = {.scale = 1 / 127.5f, .zero_point = 0}});
  x = g.conv2d(x,
               {.filters = 16, .kernel = {3, 3}, .stride = {2, 2}, .activation = linnet::activation::relu6});
  x = g.inverted_residual(x, {.expansion = 1, .filters = 8});
  x = g.inverted_residual(x, {.filters = 16, .stride = 2});
  x = g.inverted_residual(x, {.filters = 16});
  x = g.inverted_residual(x, {.filters = 32, .stride = 2});
  x = g.inverted_residual(x, {.filters = 32});
  x = g.conv2d(x, {.filters = 128, .activation = linnet::activation::relu6});
  x = g.global_average_pool(x);
  return g.finish(g.softmax(g.dense(x, {.units = 10})));
}

/// A red disc on a blue gradient.
void render(std::span<std::int8_t> pixels, int size) {
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      double const from_centre = std::hypot(x - size / 2.0, y - size / 2.0);
      bool const inside = from_centre < size / 3.0;
      auto* const pixel = &pixels[static_cast<std::size_t>(3 * (y * size + x))];
      pixel[0] = static_cast<std::int8_t>(inside ? 110 : -100);
      pixel[1] = static_cast<std::int8_t>(inside ? -60 : -90);
      pixel[2] = static_cast<std::int8_t>(inside ? -70 : y * 200 / size - 100);
    }
  }
}

}  // namespace

int main() {
  auto graph = small_mobilenet();
  if (!graph) {
    std::cerr << std::string_view(linnet::explain(graph.error().fault)) << "\n";
    return 1;
  }
  auto session =
      linnet::session::create(linnet::with_deterministic_weights(*std::move(graph), 1, "small MobileNet"));
  if (!session) {
    std::cerr << session.error().message << "\n";
    return 1;
  }
  auto const pixels = session->input().as<std::int8_t>();
  if (!pixels) return 1;
  render(*pixels, 96);

  auto const start = std::chrono::steady_clock::now();
  session->run();
  auto const took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start);

  std::vector<float> const scores = linnet::dequantized(session->output());
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::cout << "These weights are UNTRAINED (deterministic noise): the classes below mean nothing.\n"
            << "small MobileNet, int8, 96x96x3: " << std::fixed << std::setprecision(2) << took.count()
            << " ms, arena " << session->arena_bytes() << " bytes (lower bound "
            << session->arena_lower_bound() << ")\n";
  for (std::size_t i = 0; i < 5; ++i) {
    auto const length = static_cast<std::size_t>(scores[order[i]] * 40);
    std::cout << "  class " << order[i] << "  " << std::setprecision(3) << scores[order[i]] << "  "
              << std::string(length, '#') << "\n";
  }
}
