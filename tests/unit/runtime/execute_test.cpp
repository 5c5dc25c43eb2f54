// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/execute.hpp>

#include "support/exact_buffer.hpp"
#include "support/naive_graph.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::byte_span;
using support::exact_buffer;
using support::graph_maker;
using support::random_source;

kernels::constants constants_of(graph_view const& g, node const& n, std::vector<byte_span> const& operands) {
  kernels::constants from;
  if (!linnet::detail::has_weights(n.kind)) return from;
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
/// `strip` output rows a call; `run(geometry, scratch bytes, folds, execute)` runs them.
template <class Run>
std::vector<std::byte> run_node(graph_view const& g, node const& n, std::vector<byte_span> const& operands,
                                std::int32_t strip, Run const& run) {
  tensor_info const& out = g.output(n);
  exact_buffer const output(static_cast<std::size_t>(bytes_of(out.type, out.shape.elements())));
  if (is_alias(g, n)) return {operands[0].begin(), operands[0].end()};
  auto const lowered =
      lower(g, n, [&](auto const& p, kernel_call const& call) -> expected<void, graph_error> {
        using problem = std::remove_cvref_t<decltype(p)>;
        auto const selected = kernels::select<arch::native>(p);
        EXPECT_TRUE(selected.found());
        call_geometry geometry = geometry_of(p, call, g.input(n, call.operands[0]).type);
        EXPECT_LE(geometry.window.height(geometry.strip),
                  std::max<std::int64_t>(most_window_rows, geometry.window.height(1)));
        geometry.strip = strip;
        exact_buffer const packed(static_cast<std::size_t>(selected.packed_bytes));
        std::vector<kernels::input_row> window(static_cast<std::size_t>(geometry.window_entries()));
        kernels::with_tag<arch::native, problem>(selected, [&](auto tag) {
          (void)kernels::pack_stream(p, constants_of(g, n, operands), packed.data(), tag);
          with_descriptor<std::int32_t>(p, [&](auto const& d) {
            call_memory const m =
                whole_memory(geometry, {operands[call.operands[0]].data(), operands[call.operands[1]].data()},
                             output.data() + call.output_offset, packed.data(), nullptr, window.data());
            run(geometry, selected, m, [&](call_memory const& memory, row_interval rows) {
              execute(d, geometry, memory, rows, tag);
            });
          });
        });
        return {};
      });
  EXPECT_TRUE(lowered.has_value());
  return {output.data(), output.data() + output.size()};
}

/// All rows at once.
void run_whole(call_geometry const&, kernels::selection const& selected, call_memory m, auto const& execute) {
  exact_buffer const scratch(static_cast<std::size_t>(selected.scratch_bytes));
  m.scratch = {scratch.data(), 0};
  execute(m, all_rows);
}

std::vector<std::byte> whole_node(graph_view const& g, node const& n, std::vector<byte_span> const& operands,
                                  std::int32_t strip) {
  return run_node(g, n, operands, strip, [](auto const&... all) { run_whole(all...); });
}

/// Some rows at a time, in order: those that are made, or, folding, taken.
void run_by_rows(call_geometry const& g, kernels::selection const& selected, call_memory m,
                 auto const& execute) {
  if (g.batch > 1) return run_whole(g, selected, m, execute);
  auto const bytes = static_cast<std::int32_t>((selected.scratch_bytes + 7) / 8 * 8);
  exact_buffer const scratch(static_cast<std::size_t>(bytes * g.output_height));
  m.scratch = {scratch.data(), bytes};
  std::int32_t const rows = selected.folds ? g.input_height : g.output_height;
  for (std::int32_t first = 0, height = 1; first < rows; first += height, height = 3 - height)
    execute(m, {first, std::min(rows, first + height)});
}

/// Runs the nodes one by one on random inputs, each whole, row by row, and in strips.
void expect_naive(graph_maker& maker, random_source& random) {
  graph_view const g = maker.view();
  ASSERT_TRUE(maker.check().has_value()) << "the graph is not valid";
  std::vector<std::vector<std::byte>> tensors = maker.constants;
  for (tensor_id id : g.inputs()) {
    auto const elements = static_cast<std::size_t>(g.tensor(id).shape.elements());
    tensors[static_cast<std::size_t>(id)] = support::random_elements(random, g.tensor(id).type, elements);
  }
  for (node const& n : g.nodes) {
    std::vector<exact_buffer> copies;
    std::vector<byte_span> operands;
    for (tensor_id id : g.inputs(n)) {
      auto const& bytes = tensors[static_cast<std::size_t>(id)];
      std::copy(bytes.begin(), bytes.end(), copies.emplace_back(bytes.size()).data());
      operands.push_back(copies.back().bytes());
    }
    support::naive_node const oracle(g, n, operands);
    auto const whole = whole_node(g, n, operands, 16);
    SCOPED_TRACE(std::string(name_of(n)));
    EXPECT_EQ(naive::difference(oracle.run(), oracle.output_type(), whole), "");
    auto const by_rows = [](auto const&... all) { run_by_rows(all...); };
    EXPECT_EQ(run_node(g, n, operands, 16, by_rows), whole) << "row by row";
    EXPECT_EQ(whole_node(g, n, operands, random.integer(1, 3)), whole) << "another strip height";
    tensors[static_cast<std::size_t>(g.outputs(n)[0])] = whole;
  }
}

TEST(execute, random_nodes_of_every_kind_equal_naive_loops) {
  std::set<op> seen;
  for (std::uint64_t seed = 0; seed < 250 && !HasFailure(); ++seed) {
    support::random_graph made(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (node const& n : made.maker().nodes) seen.insert(n.kind);
    expect_naive(made.maker(), made.random());
  }
  // A custom operator is its user's; what has a state has tests of its own.
  EXPECT_EQ(seen.size(), std::size_t{linnet::op_count} - 2) << "the generator leaves operators out";
}

/// Of 16 bits: parts of different scales, and what tables give.
TEST(execute, nodes_of_sixteen_bits_equal_naive_loops) {
  random_source random(0x16B);
  for (int i = 0; i < 20 && !HasFailure(); ++i) {
    graph_maker g;
    shape const s{1, 4, 3, random.integer(1, 5)}, joined{1, 4, 3, 2 * s[3]}, one{1, 1, 1, 2 * s[3]};
    quantization const steps{1.0f / 32768, 0};
    auto const scaled = [&](double exponent) {
      return support::random_quantization(random, s16, exponent + random.real(-2, 2));
    };
    tensor_id const a = g.activation(s, s16, scaled(-13)), b = g.activation(s, s16, scaled(-11)),
                    parts = g.activation(joined, s16, scaled(-12)), gate = g.activation(joined, s16, steps),
                    curve = g.activation(joined, s16, steps), share = g.activation(joined, s16, steps),
                    middle = g.activation(one, s16, scaled(-13)), whole = g.activation(one, s32, {});
    node const base;
    auto const add = [&](node n, std::vector<tensor_id> const& from, tensor_id to) { g.add(n, from, to); };
    node concat = base, tanh = base, mean = base, cast = base;
    concat.kind = op::concat;
    concat.axes.push_back(3);
    tanh.kind = cast.kind = op::unary;
    tanh.unary = unary_function::tanh;
    cast.unary = unary_function::cast;
    mean.kind = op::mean;
    for (std::int32_t axis : {1, 2}) mean.axes.push_back(axis);
    add(concat, {a, b}, parts);
    add({.kind = op::logistic}, {parts}, gate);
    add(tanh, {parts}, curve);
    add({.kind = op::softmax}, {parts}, share);
    add(mean, {gate}, middle);
    add(cast, {middle}, whole);
    g.set_ends({a, b}, {curve, share, whole});
    expect_naive(g, random);
  }
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
  EXPECT_EQ(g.strip, 14);
  EXPECT_EQ(g.window_entries(), 13 * 2 + 2 * 2 + 1) << "no more than most_window_rows";
  EXPECT_EQ(geometry_of(p, call, f32).input_pixel_stride[0], 12);
  call_geometry const part = geometry_of(call, window_of(p), s8, {8, 0}, 11);
  EXPECT_EQ(part.input_row_stride[0], 80) << "pixels of a concat's part do not touch";
  EXPECT_EQ(part.output_row_stride, 55);

  kernels::elementwise::add_problem sum;
  sum.image = {1, 4, 5, 6};
  kernel_call pair{.operands = {0, 1}, .operand_count = 2, .input = sum.image, .output = sum.image};
  EXPECT_EQ(geometry_of(sum, pair, s8).strip, 4) << "a strip is never higher than the image";
  EXPECT_EQ(geometry_of(sum, pair, s8).window_entries(), 8) << "one window for each operand";
  sum.image.height = pair.input.height = pair.output.height = 100;
  EXPECT_EQ(geometry_of(sum, pair, s8).window_entries(), most_window_rows) << "of both together";
}

TEST(gather, rows_outside_the_image_are_the_zero_pixel) {
  call_geometry g;
  g.input_height = 3;
  g.input_pixel_stride = {1, 4};
  g.window = {.kernel = 6, .padding = 2};
  g.operands = 2;
  std::byte const image[24] = {}, zero{};
  std::byte output[1];
  std::vector<kernels::input_row> both(12);
  call_memory m{.packed = &zero, .window = both.data()};
  m.inputs = {{{image, 8}, {image, 8}}};
  m.output = {output, 1};
  auto const strip = detail::gathered_at(g, m, 0, 1);
  EXPECT_EQ(strip.out.rows, 1);
  EXPECT_EQ(strip.out.data, output);
  EXPECT_EQ(strip.windows[0].data(), both.data());
  kernels::row_window const rows = strip.windows[1];
  ASSERT_EQ(rows.size(), 6u);
  for (std::size_t i : {0u, 1u, 5u}) {
    EXPECT_EQ(rows[i].data, &zero);
    EXPECT_EQ(rows[i].pixel_stride, 0);
  }
  for (std::size_t i : {2u, 3u, 4u}) {
    EXPECT_EQ(rows[i].data, image + (i - 2) * 8);
    EXPECT_EQ(rows[i].pixel_stride, 4);
  }
}

TEST(gather, rows_of_a_ring_are_found_where_they_lie) {
  call_geometry g;
  g.input_height = 9;
  g.window = {.kernel = 3};
  std::byte const ring[24] = {}, zero{};
  std::byte output[8];
  std::vector<kernels::input_row> rows(3);
  call_memory m{.packed = &zero, .window = rows.data()};
  m.inputs[0] = {ring, 8, 3};
  m.output = {output, 1};
  (void)detail::gathered_at(g, m, 7, 8);
  EXPECT_EQ(rows[0].data, ring + 8);
  EXPECT_EQ(rows[1].data, ring + 16);
  EXPECT_EQ(rows[2].data, &zero);
}

/// A kernel that writes down what it is asked for.
struct recording {
  struct tag {};
  struct call {
    std::int64_t slot;
    std::int32_t rows;
    std::size_t window;
    bool operator==(call const&) const = default;
  };
  std::byte const* base;
  std::vector<call>* calls;

  friend void rows(recording const& d, kernels::row_window window, kernels::row_span const& out,
                   std::byte const*, std::byte*, tag) {
    d.calls->push_back({(out.data - d.base) / 10, out.rows, window.size()});
  }
};

TEST(execute, a_ring_of_output_rows_is_filled_in_runs_that_do_not_wrap) {
  call_geometry g;
  g.input_height = g.output_height = 9;
  g.window = {.kernel = 3, .padding = 1};
  g.strip = 4;
  std::byte const input[90] = {};
  std::byte output[50];
  std::vector<kernels::input_row> window(6);
  std::vector<recording::call> calls;
  call_memory m{.packed = input, .window = window.data()};
  m.inputs[0] = {input, 10};
  m.output = {output, 10, 5};
  execute(recording{output, &calls}, g, m, {2, 9}, recording::tag{});
  EXPECT_EQ(calls, (std::vector<recording::call>{{2, 3, 5}, {0, 4, 6}}))
      << "rows 2 to 4, then rows 5 to 8: no more at a time than the geometry says";
}

}  // namespace
