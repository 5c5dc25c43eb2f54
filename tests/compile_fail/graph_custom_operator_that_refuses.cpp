// SPDX-License-Identifier: MIT
// refused: the custom operator's shape rule refuses the operands
// names: at_node<0, [a-z_:]*op::custom>, [a-z_:]*<1, 8, 8, 3>
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>

struct halved {
  static constexpr linnet::text name = "halved";
  static constexpr linnet::shape shape_of(linnet::custom_problem const& p) {
    linnet::shape const s = p.inputs[0].shape;
    return s[3] % 2 == 0 ? linnet::shape{s[0], s[1], s[2], s[3] / 2} : linnet::shape{0};
  }
  static constexpr bool supports(linnet::custom_problem const&) { return true; }
  static void run(linnet::kernels::custom_call const&) {}
};

constexpr auto network() {
  linnet::graph_builder g;
#if defined(REFUSED)
  return g.finish(g.custom<halved>(g.input({.height = 8, .width = 8, .channels = 3})));
#else
  return g.finish(g.custom<halved>(g.input({.height = 8, .width = 8, .channels = 4})));
#endif
}
inline constexpr auto net = linnet::compose<network>();
