// SPDX-License-Identifier: MIT
#include <linnet/graph/error.hpp>
#include <linnet/graph/graph.hpp>
#include <linnet/graph/node.hpp>
#include <linnet/graph/shape_inference.hpp>
#include <linnet/graph/validate.hpp>

namespace {

using linnet::op;

/// y = dense(x, w) with x (2, 3), w (4, 3) and y as stated.
constexpr auto dense_with_output(linnet::shape const& y) {
  return linnet::literal_graph<1, 3, 5>{.nodes = {{{.kind = op::dense, .inputs = {0, 2}, .outputs = {2, 1}}}},
                                        .tensors = {{{.shape = {2, 3}},
                                                     {.shape = {4, 3}, .role = linnet::tensor_role::constant},
                                                     {.shape = y}}},
                                        .edges = {0, 1, 2, 0, 2},
                                        .input_edges = {3, 1},
                                        .output_edges = {4, 1}};
}

// one graph, checked while the program is compiled
constexpr auto right = dense_with_output({2, 4});
static_assert(linnet::validate(right).has_value());
static_assert(right.view().output(right.nodes[0]).shape == linnet::shape{2, 4});
static_assert(*linnet::infer_shape(right.view(), right.nodes[0]) == linnet::shape{2, 4});

// a mistake is a value with its place: no exception, no abort
constexpr auto verdict = linnet::validate(dense_with_output({2, 5}));
static_assert(!verdict && verdict.error().fault == linnet::graph_fault::shapes_do_not_chain);
static_assert(verdict.error().node == 0 && verdict.error().tensor == 2);
static_assert(verdict.error().first == linnet::shape{2, 5} && verdict.error().second == linnet::shape{2, 4});
static_assert(linnet::explain(verdict.error().fault) ==
              "the output's shape is not what the operator makes of its operands");

// plain values throughout: a node can be a template argument, and copies as bytes
template <linnet::node N>
struct of_node {
  static constexpr op kind = N.kind;
};
static_assert(of_node<linnet::node{.kind = op::softmax, .beta = 0.5f}>::kind == op::softmax);
static_assert(std::is_trivially_copyable_v<linnet::node> &&
              std::is_trivially_copyable_v<linnet::tensor_info>);
static_assert(linnet::same_padding(224, 3, 2, 1) == linnet::edge_padding{0, 1});
static_assert(linnet::name_of(op::average_pool2d) == "average_pool2d");

}  // namespace
