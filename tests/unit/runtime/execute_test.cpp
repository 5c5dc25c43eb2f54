// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/execute.hpp>

#include "support/exact_buffer.hpp"
#include "support/naive_graph.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::byte_span;
using support::exact_buffer;

kernels::constants constants_of(graph_view const& g, node const& n, std::vector<byte_span> const& operands) {
  kernels::constants from;
  if (n.kind != op::conv2d && n.kind != op::depthwise_conv2d && n.kind != op::dense) return from;
  tensor_info const& weights = g.input(n, 1);
  from.weights = operands[1];
  if (n.inputs.count == 3) from.bias = operands[2];
  from.weight_scales = g.channel_scales(weights);
  if (from.weight_scales.empty() && weights.quantization.present()) {
    from.weight_scales = {&weights.quantization.scale, 1};
  }
  return from;
}

/// Lowers one node and runs its calls, every buffer of exactly the size that geometry and traits state.
/// `strip` output rows a call.
std::vector<std::byte> run_node(graph_view const& g, node const& n, std::vector<byte_span> const& operands,
                                std::int32_t strip) {
  tensor_info const& out = g.output(n);
  exact_buffer const output(static_cast<std::size_t>(bytes_of(out.type, out.shape.elements())));
  if (is_alias(g, n)) return {operands[0].begin(), operands[0].end()};
  auto const lowered =
      lower(g, n, [&](auto const& p, kernel_call const& call) -> expected<void, graph_error> {
        using problem = std::remove_cvref_t<decltype(p)>;
        auto const selected = kernels::select<arch::native>(p);
        EXPECT_TRUE(selected.found());
        call_geometry geometry = geometry_of(p, call, g.input(n, call.operands[0]).type);
        EXPECT_LE(geometry.strip, default_strip);
        geometry.strip = strip;
        exact_buffer const packed(static_cast<std::size_t>(selected.packed_bytes));
        exact_buffer const scratch(static_cast<std::size_t>(selected.scratch_bytes));
        std::vector<kernels::input_row> window(static_cast<std::size_t>(geometry.window_entries()));
        kernels::with_tag<arch::native, problem>(selected, [&](auto tag) {
          if constexpr (requires { pack(p, {}, packed.data(), tag); }) {
            pack(p, constants_of(g, n, operands), packed.data(), tag);
          }
          with_descriptor<std::int32_t>(p, [&](auto const& d) {
            execute(d, geometry,
                    whole_memory(
                        geometry, {operands[call.operands[0]].data(), operands[call.operands[1]].data()},
                        output.data() + call.output_offset, packed.data(), scratch.data(), window.data()),
                    all_rows, tag);
          });
        });
        return {};
      });
  EXPECT_TRUE(lowered.has_value());
  return {output.data(), output.data() + output.size()};
}

TEST(execute, random_nodes_of_every_kind_equal_naive_loops) {
  std::set<op> seen;
  for (std::uint64_t seed = 0; seed < 250 && !HasFailure(); ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    ASSERT_TRUE(made.maker().check().has_value()) << "the generator made an invalid graph, seed " << seed;
    std::vector<std::vector<std::byte>> tensors = made.maker().constants;
    for (tensor_id id : g.inputs()) {
      auto const elements = static_cast<std::size_t>(g.tensor(id).shape.elements());
      tensors[static_cast<std::size_t>(id)] =
          support::random_elements(made.random(), g.tensor(id).type, elements);
    }
    for (node const& n : g.nodes) {
      seen.insert(n.kind);
      std::vector<exact_buffer> copies;
      std::vector<byte_span> operands;
      for (tensor_id id : g.inputs(n)) {
        auto const& bytes = tensors[static_cast<std::size_t>(id)];
        std::copy(bytes.begin(), bytes.end(), copies.emplace_back(bytes.size()).data());
        operands.push_back(copies.back().bytes());
      }
      support::naive_node const oracle(g, n, operands);
      auto const whole = run_node(g, n, operands, default_strip);
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + std::string(name_of(n.kind)));
      EXPECT_EQ(naive::difference(oracle.run(), oracle.output_type(), whole), "");
      EXPECT_EQ(run_node(g, n, operands, made.random().integer(1, 3)), whole) << "another strip height";
      tensors[static_cast<std::size_t>(g.outputs(n)[0])] = whole;
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(op::requantize) + 1)
      << "the generator leaves operators out";
}

TEST(geometry, states_strides_and_windows) {
  kernels::conv2d::problem p;
  p.input = {2, 40, 10, 3};
  p.output = {2, 20, 5, 7};
  p.kernel_height = 3;
  p.stride_height = 2;
  p.dilation_height = 2;
  kernel_call const call{.input = p.input, .output = p.output, .output_offset = 2, .output_pixel_stride = 9};
  call_geometry const g = geometry_of(p, call, s8);
  EXPECT_EQ(g.batch, 2);
  EXPECT_EQ(g.input_height, 40);
  EXPECT_EQ(g.output_height, 20);
  EXPECT_EQ(g.input_pixel_stride[0], 3);
  EXPECT_EQ(g.input_row_stride[0], 30);
  EXPECT_EQ(g.output_pixel_stride, 9);
  EXPECT_EQ(g.output_row_stride, 45);
  EXPECT_EQ(g.strip, default_strip);
  EXPECT_EQ(g.window_entries(), 15 * 2 + 2 * 2 + 1);
  EXPECT_EQ(geometry_of(p, call, f32).input_pixel_stride[0], 12);
  call_geometry const part = geometry_of(p, call, s8, {8, 0}, 11);
  EXPECT_EQ(part.input_row_stride[0], 80) << "pixels of a concat's part do not touch";
  EXPECT_EQ(part.output_row_stride, 55);

  kernels::elementwise::add_problem sum;
  sum.image = {1, 4, 5, 6};
  kernel_call pair{.operands = {0, 1}, .operand_count = 2, .input = sum.image, .output = sum.image};
  EXPECT_EQ(geometry_of(sum, pair, s8).strip, 4) << "a strip is never higher than the image";
  EXPECT_EQ(geometry_of(sum, pair, s8).window_entries(), 8) << "one window for each operand";
}

TEST(gather, rows_outside_the_image_are_the_zero_pixel) {
  call_geometry g;
  g.input_height = 3;
  g.input_pixel_stride[1] = 4;
  g.input_row_stride[1] = 8;
  std::byte const image[24] = {}, zero{};
  std::vector<kernels::input_row> rows(6);
  detail::gather(g, 1, image, -2, 6, &zero, rows.data());
  for (std::size_t i : {0u, 1u, 5u}) {
    EXPECT_EQ(rows[i].data, &zero);
    EXPECT_EQ(rows[i].pixel_stride, 0);
  }
  for (std::size_t i : {2u, 3u, 4u}) {
    EXPECT_EQ(rows[i].data, image + (i - 2) * 8);
    EXPECT_EQ(rows[i].pixel_stride, 4);
  }
}

TEST(for_each_strip, covers_every_row_of_every_batch_once) {
  for (std::int32_t height = 1; height <= 9; ++height) {
    for (std::int32_t strip = 1; strip <= height; ++strip) {
      call_geometry g;
      g.batch = 3;
      g.output_height = height;
      g.strip = strip;
      std::vector<int> covered(static_cast<std::size_t>(3 * height));
      detail::for_each_strip(g, [&](std::int32_t batch, std::int32_t first, std::int32_t rows) {
        EXPECT_LE(rows, strip);
        for (std::int32_t y = first; y < first + rows; ++y)
          ++covered[static_cast<std::size_t>(batch * height + y)];
      });
      EXPECT_EQ(covered, std::vector<int>(covered.size(), 1));
    }
  }
}

}  // namespace
