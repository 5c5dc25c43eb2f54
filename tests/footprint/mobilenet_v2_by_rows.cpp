// SPDX-License-Identifier: MIT
// The same network in the least memory: the compiler of the firmware plans it row by row. Only measured.
#include <linnet/graph/compose.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/runtime/model.hpp>

namespace {

constexpr auto compose() {
  linnet::graph_builder g;
  return g.finish(linnet::models::mobilenet_v2(g, {.type = linnet::s8}));
}

}  // namespace

inline constexpr auto mobilenet_v2 = linnet::compose<compose>();
extern linnet::weights_for<mobilenet_v2> mobilenet_v2_weights;

using network = linnet::model<mobilenet_v2, mobilenet_v2_weights,
                              linnet::plan_options{.policy = linnet::memory_policy::least_memory}>;
static network net;

std::int32_t classify();
std::int32_t classify() {
  net.run();
  return linnet::argmax(net.output());
}
