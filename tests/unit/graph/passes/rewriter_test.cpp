// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/graph/passes/rewriter.hpp>

namespace {

using linnet::graph_fault;
using linnet::op;
using linnet::tensor_id;

constexpr auto two_layers = linnet::compose<[] {
  linnet::graph_builder g;
  auto const x = g.input({.height = 4, .width = 4, .channels = 2});
  auto const y = g.conv2d(x, {.filters = 3});
  return g.finish({y, g.add(y, y)});
}>();

/// Copies the input and puts a relu behind it.
template <class Storage>
struct only_relu : linnet::graph_rewriter<Storage> {
  constexpr only_relu(linnet::graph_view const& g, std::span<linnet::tensor_note> notes)
      : linnet::graph_rewriter<Storage>(g, notes) {}

  constexpr void run() {
    tensor_id const x = this->copy_tensor(0, {1, 4, 4, 2});
    std::uint32_t const first = this->begin_operands();
    this->add_edges({&x, 1});
    made_id = this->emit({.kind = op::relu}, first, 3);
  }
  using linnet::graph_rewriter<Storage>::made;
  using linnet::graph_rewriter<Storage>::mistake;
  using linnet::graph_rewriter<Storage>::note;
  tensor_id made_id = -1;
};

TEST(rewriter, counts_who_makes_and_reads_a_tensor) {
  std::array<linnet::tensor_note, two_layers.tensors.size()> notes{};
  only_relu<linnet::fixed_graph<4>> r(two_layers.view(), notes);
  tensor_id const y = two_layers.view().outputs(two_layers.nodes[0])[0];
  EXPECT_EQ(r.note(y).producer, 0);
  EXPECT_EQ(r.note(y).uses, 3);  // twice by add, once as an output
  EXPECT_EQ(r.note(0).producer, -1);
  EXPECT_EQ(r.note(0).uses, 1);
}

TEST(rewriter, copies_names_and_infers_shapes) {
  std::array<linnet::tensor_note, two_layers.tensors.size()> notes{};
  only_relu<linnet::fixed_graph<4>> r(two_layers.view(), notes);
  r.run();
  EXPECT_EQ(r.mistake().fault, graph_fault::none);
  auto const view = r.made().view();
  ASSERT_EQ(view.nodes.size(), 1u);
  EXPECT_EQ(view.output(view.nodes[0]).shape, (linnet::shape{1, 4, 4, 2}));
  EXPECT_EQ(std::string(view.name(view.nodes[0])), "conv2d_0");
  EXPECT_EQ(std::string(view.name(view.tensors[0])), "input_0");
}

TEST(rewriter, full_storage_is_a_mistake) {
  std::array<linnet::tensor_note, two_layers.tensors.size()> notes{};
  only_relu<linnet::fixed_graph<1>> r(two_layers.view(), notes);
  r.run();
  r.run();
  EXPECT_EQ(r.mistake().fault, graph_fault::too_many_nodes);
}

}  // namespace
