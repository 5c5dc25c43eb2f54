// SPDX-License-Identifier: MIT
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <linnet/graph/validate.hpp>

#include "support/custom_operators.hpp"

namespace {

using linnet::graph_fault;
using linnet::op;
using linnet::tensor_role;

enum tensors : std::int32_t { x, weights, bias, y, pooled };
enum edges : std::uint32_t {
  conv_x,
  conv_weights,
  conv_bias,
  conv_y,
  pool_in,
  pool_out,
  graph_in,
  graph_out
};

/// A sound one: pooled = max_pool2d(conv2d(x, weights, bias)), int8 with per-channel weights.
using small_graph = linnet::literal_graph<2, 5, 8, 3, 4>;
constexpr small_graph sound{
    .nodes =
        {{{.kind = op::conv2d, .inputs = {conv_x, 3}, .outputs = {conv_y, 1}, .window = {.kernel = {3, 3}}},
          {.kind = op::max_pool2d,
           .inputs = {pool_in, 1},
           .outputs = {pool_out, 1},
           .window = {.kernel = {2, 2}, .stride = {2, 2}}}}},
    .tensors = {{{.shape = {1, 6, 6, 2}, .type = linnet::s8, .quantization = {0.5f, -3}, .name = {0, 1}},
                 {.shape = {3, 3, 3, 2},
                  .type = linnet::s8,
                  .role = tensor_role::constant,
                  .channel_scales = {0, 3},
                  .channel_axis = 0,
                  .name = {1, 1}},
                 {.shape = {3}, .type = linnet::s32, .role = tensor_role::constant, .name = {2, 1}},
                 {.shape = {1, 4, 4, 3}, .type = linnet::s8, .quantization = {0.25f, 127}, .name = {3, 1}},
                 {.shape = {1, 2, 2, 3}, .type = linnet::s8, .quantization = {0.25f, 127}}}},
    .edges = {x, weights, bias, y, y, pooled, x, pooled},
    .scales = {0.1f, 0.2f, 0.3f},
    .characters = {'x', 'w', 'b', 'y'},
    .input_edges = {graph_in, 1},
    .output_edges = {graph_out, 1}};

/// One change that makes the graph wrong, and what must be said about it.
struct wrong {
  char const* change;
  void (*apply)(small_graph&);
  graph_fault fault;
  std::int32_t node = -1, tensor = -1;
};

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr auto far = std::numeric_limits<std::uint32_t>::max();

constexpr wrong wrongs[] = {
    // indices
    {"graph inputs behind the edges", [](small_graph& g) { g.input_edges.first = 8; },
     graph_fault::index_out_of_range},
    {"a run that wraps around", [](small_graph& g) { g.output_edges.count = far; },
     graph_fault::index_out_of_range},
    {"graph output is no tensor", [](small_graph& g) { g.edges[graph_out] = 5; },
     graph_fault::index_out_of_range, -1, 5},
    {"graph input is negative", [](small_graph& g) { g.edges[graph_in] = -1; },
     graph_fault::index_out_of_range, -1, -1},
    {"operands behind the edges", [](small_graph& g) { g.nodes[0].inputs.first = 6; },
     graph_fault::index_out_of_range, 0},
    {"result behind the edges", [](small_graph& g) { g.nodes[1].outputs.first = far; },
     graph_fault::index_out_of_range, 1},
    {"operand is no tensor", [](small_graph& g) { g.edges[pool_in] = 5; }, graph_fault::index_out_of_range, 1,
     5},
    {"result is no tensor", [](small_graph& g) { g.edges[conv_y] = -7; }, graph_fault::index_out_of_range, 0,
     -7},
    {"name behind the characters",
     [](small_graph& g) {
       g.tensors[y].name = {3, 2};
     },
     graph_fault::index_out_of_range, -1, y},
    {"scales behind the scales",
     [](small_graph& g) {
       g.tensors[weights].channel_scales = {1, 3};
     },
     graph_fault::index_out_of_range, -1, weights},
    // wiring
    {"too few operands", [](small_graph& g) { g.nodes[0].inputs.count = 1; },
     graph_fault::wrong_operand_count, 0},
    {"too many operands", [](small_graph& g) { g.nodes[1].inputs.count = 2; },
     graph_fault::wrong_operand_count, 1},
    {"two results", [](small_graph& g) { g.nodes[0].outputs.count = 2; }, graph_fault::wrong_operand_count,
     0},
    {"no result", [](small_graph& g) { g.nodes[1].outputs.count = 0; }, graph_fault::wrong_operand_count, 1},
    {"nodes in the wrong order", [](small_graph& g) { std::swap(g.nodes[0], g.nodes[1]); },
     graph_fault::used_before_made, 0, y},
    {"node uses its own result", [](small_graph& g) { g.edges[pool_in] = pooled; },
     graph_fault::used_before_made, 1, pooled},
    {"graph output made by nobody",
     [](small_graph& g) {
       g.nodes[0].inputs.count = 2;
       g.tensors[bias].role = tensor_role::activation;
       g.edges[graph_out] = bias;
     },
     graph_fault::used_before_made, -1, bias},
    {"result is the graph's input", [](small_graph& g) { g.edges[pool_out] = x; }, graph_fault::made_twice, 1,
     x},
    {"result is a constant", [](small_graph& g) { g.edges[pool_out] = bias; }, graph_fault::made_twice, 1,
     bias},
    {"two nodes make one tensor", [](small_graph& g) { g.edges[pool_out] = y; }, graph_fault::made_twice, 1,
     y},
    {"graph input is a constant", [](small_graph& g) { g.edges[graph_in] = bias; }, graph_fault::made_twice,
     -1, bias},
    {"weights are computed", [](small_graph& g) { g.tensors[weights].role = tensor_role::activation; },
     graph_fault::operand_not_constant, 0, weights},
    {"bias is computed", [](small_graph& g) { g.tensors[bias].role = tensor_role::activation; },
     graph_fault::operand_not_constant, 0, bias},
    {"constant is convolved", [](small_graph& g) { g.edges[conv_x] = bias; },
     graph_fault::operand_is_constant, 0, bias},
    // shapes
    {"an extent of 0", [](small_graph& g) { g.tensors[x].shape[1] = 0; }, graph_fault::empty_tensor, -1, x},
    {"a negative extent", [](small_graph& g) { g.tensors[pooled].shape[3] = -3; }, graph_fault::empty_tensor,
     -1, pooled},
    {"2^31 elements",
     [](small_graph& g) {
       g.tensors[x].shape = {1 << 16, 1 << 15};
     },
     graph_fault::tensor_too_large, -1, x},
    {"2^64 elements",
     [](small_graph& g) {
       g.tensors[y].shape = {1 << 16, 1 << 16, 1 << 16, 1 << 16};
     },
     graph_fault::tensor_too_large, -1, y},
    {"conv2d of a matrix",
     [](small_graph& g) {
       g.tensors[x].shape = {36, 2};
     },
     graph_fault::wrong_rank, 0},
    {"result states other rows", [](small_graph& g) { g.tensors[y].shape[1] = 5; },
     graph_fault::shapes_do_not_chain, 0, y},
    {"bias of another length", [](small_graph& g) { g.tensors[bias].shape = {4}; },
     graph_fault::shapes_do_not_chain, 0, bias},
    {"weights of other channels", [](small_graph& g) { g.tensors[weights].shape[3] = 1; },
     graph_fault::shapes_do_not_chain, 0},
    {"operands of add differ",
     [](small_graph& g) {
       g.edges[pool_in] = x;
       g.nodes[1].kind = op::add;
       g.nodes[1].inputs = {conv_y, 2};
     },
     graph_fault::shapes_differ, 1},
    {"kernel over the edge",
     [](small_graph& g) {
       g.nodes[1].window.kernel = {5, 2};
     },
     graph_fault::kernel_exceeds_input, 1},
    {"stride of 0", [](small_graph& g) { g.nodes[0].window.stride.width = 0; }, graph_fault::bad_window, 0},
    {"pool of padding", [](small_graph& g) { g.nodes[1].window.padding.left = 2; },
     graph_fault::padding_not_pooled, 1},
    {"axis beyond the rank",
     [](small_graph& g) {
       g.nodes[1].kind = op::mean;
       g.nodes[1].axes.push_back(4);
     },
     graph_fault::bad_axis, 1},
    {"negative padding",
     [](small_graph& g) {
       g.nodes[1].kind = op::pad;
       g.nodes[1].padding[2].before = -1;
     },
     graph_fault::bad_padding, 1},
    {"no such operator", [](small_graph& g) { g.nodes[1].kind = static_cast<op>(200); },
     graph_fault::types_not_supported, 1},
    {"a user's operator that is none", [](small_graph& g) { g.nodes[1].kind = op::custom; },
     graph_fault::no_operator, 1},
    {"a user's operator that wants two operands",
     [](small_graph& g) {
       g.nodes[1].kind = op::custom;
       g.nodes[1].custom = &linnet::custom_operator_of<support::distance>;
     },
     graph_fault::operands_refused, 1},
    // quantization
    {"a negative scale", [](small_graph& g) { g.tensors[y].quantization.scale = -0.5f; },
     graph_fault::bad_scale, -1, y},
    {"an infinite scale", [](small_graph& g) { g.tensors[y].quantization.scale = infinity; },
     graph_fault::bad_scale, -1, y},
    {"a scale that is no number", [](small_graph& g) { g.tensors[y].quantization.scale = not_a_number; },
     graph_fault::bad_scale, -1, y},
    {"a channel scale of 0", [](small_graph& g) { g.scales[1] = 0.0f; }, graph_fault::bad_scale, -1, weights},
    {"a channel scale that is no number", [](small_graph& g) { g.scales[2] = not_a_number; },
     graph_fault::bad_scale, -1, weights},
    {"zero point beyond int8", [](small_graph& g) { g.tensors[x].quantization.zero_point = 128; },
     graph_fault::bad_zero_point, -1, x},
    {"zero point of an int32", [](small_graph& g) { g.tensors[bias].quantization.zero_point = 1; },
     graph_fault::bad_zero_point, -1, bias},
    {"a negative zero point of uint8", [](small_graph& g) { g.tensors[x].type = linnet::u8; },
     graph_fault::bad_zero_point, -1, x},
    {"weights of one vanishing scale",
     [](small_graph& g) {
       g.tensors[weights].channel_scales = {};
       g.tensors[weights].quantization.scale = 1e-12f;
     },
     graph_fault::multiplier_not_representable, 0, y},
    {"a factor beyond float32",
     [](small_graph& g) {
       g.nodes[0].rounding = linnet::rounding::float_half_even;
       g.tensors[weights].channel_scales = {};
       g.tensors[weights].quantization.scale = 1.0f;
       g.tensors[y].quantization.scale = 1e-42f;
     },
     graph_fault::multiplier_not_representable, 0, y},
    // states: what is read like an input, and what replaces it
    {"states behind the edges",
     [](small_graph& g) {
       g.state_edges = {8, 1};
     },
     graph_fault::index_out_of_range},
    {"updates behind the edges",
     [](small_graph& g) {
       g.update_edges = {1, far};
     },
     graph_fault::index_out_of_range},
    {"a state that is an input",
     [](small_graph& g) {
       g.state_edges = g.update_edges = {graph_in, 1};
     },
     graph_fault::made_twice, -1, x},
    {"a state that a node makes",
     [](small_graph& g) {
       g.state_edges = {pool_out, 1};
       g.update_edges = {conv_y, 1};
     },
     graph_fault::made_twice, 1, pooled},
    {"a state that nothing replaces",
     [](small_graph& g) {
       g.input_edges.count = 0;
       g.state_edges = {graph_in, 1};
     },
     graph_fault::not_updated, -1, x},
    {"an update of nothing",
     [](small_graph& g) {
       g.update_edges = {graph_out, 1};
     },
     graph_fault::no_state, -1, pooled},
    {"a state that is replaced twice",
     [](small_graph& g) {
       g.state_edges = g.update_edges = {conv_y, 2};
     },
     graph_fault::updated_twice, -1, y},
    {"an update of another shape",
     [](small_graph& g) {
       g.input_edges.count = 0;
       g.state_edges = {graph_in, 1};
       g.update_edges = {graph_out, 1};
     },
     graph_fault::update_differs, -1, pooled},
    {"an update that is a constant",
     [](small_graph& g) {
       g.input_edges.count = 0;
       g.state_edges = {graph_in, 1};
       g.update_edges = {conv_bias, 1};
     },
     graph_fault::operand_is_constant, -1, bias},
    {"a state that replaces itself",
     [](small_graph& g) {
       g.input_edges.count = 0;
       g.state_edges = g.update_edges = {graph_in, 1};
     },
     graph_fault::state_as_it_is, -1, x},
    {"an output that is a state under another shape",
     [](small_graph& g) {
       g.input_edges.count = 0;
       g.state_edges = g.update_edges = {graph_in, 1};
       g.edges[pool_in] = x;
       g.nodes[1].kind = op::reshape;
       g.tensors[pooled].shape = {72};
     },
     graph_fault::state_as_it_is, -1, pooled},
    {"fewer scales than channels", [](small_graph& g) { g.tensors[weights].channel_scales.count = 2; },
     graph_fault::bad_channel_scales, -1, weights},
    {"scales along no dimension", [](small_graph& g) { g.tensors[weights].channel_axis = 4; },
     graph_fault::bad_channel_scales, -1, weights},
    {"scales along a negative dimension", [](small_graph& g) { g.tensors[weights].channel_axis = -1; },
     graph_fault::bad_channel_scales, -1, weights},
};

TEST(validate, accepts_a_sound_graph) {
  static_assert(linnet::validate(sound).has_value());
  EXPECT_TRUE(linnet::validate(sound));
}

TEST(validate, names_the_fault_the_node_and_the_tensor) {
  for (wrong const& w : wrongs) {
    small_graph g = sound;
    w.apply(g);
    auto const result = linnet::validate(g);
    ASSERT_FALSE(result) << w.change;
    EXPECT_EQ(result.error().fault, w.fault)
        << w.change << ": " << std::string_view(linnet::explain(result.error().fault));
    EXPECT_EQ(result.error().node, w.node) << w.change;
    EXPECT_EQ(result.error().tensor, w.tensor) << w.change;
    if (w.node < 0) continue;
    EXPECT_EQ(result.error().kind, g.nodes[static_cast<std::size_t>(w.node)].kind) << w.change;
  }
}

TEST(validate, every_fault_that_needs_no_kernel_to_see_is_seen) {
  std::set<graph_fault> seen{graph_fault::none, graph_fault::scales_must_agree,
                             graph_fault::scales_not_power_of_two, graph_fault::too_many_nodes,
                             graph_fault::too_many_ends};
  for (wrong const& w : wrongs) seen.insert(w.fault);
  for (int i = 0; !(linnet::explain(static_cast<graph_fault>(i)) == "?"); ++i) {
    EXPECT_TRUE(seen.count(static_cast<graph_fault>(i)))
        << std::string_view(linnet::explain(static_cast<graph_fault>(i)));
  }
}

}  // namespace
