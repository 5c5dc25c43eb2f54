// SPDX-License-Identifier: MIT
// What a user compiles: the whole of MobileNetV2 as a model. Only measured, never run.
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

using network = linnet::model<mobilenet_v2, mobilenet_v2_weights>;
static network net;

std::int32_t classify();
std::int32_t classify() {
  net.run();
  return linnet::argmax(net.output());
}
