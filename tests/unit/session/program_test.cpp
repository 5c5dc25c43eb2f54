// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/program.hpp>

#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

/// 'input' -> conv2d 'conv/out' (weights 'w', bias 'b') -> relu 'act', s8.
graph_maker small_graph() {
  graph_maker g;
  tensor_id const x = g.activation({1, 4, 4, 2}, s8, {0.5f, 0}, "input");
  tensor_id const w = g.constant({3, 1, 1, 2}, s8, std::vector<std::byte>(6), {0.25f, 0}, "w");
  tensor_id const b = g.constant({3}, s32, std::vector<std::byte>(12), {}, "b");
  tensor_id const y = g.activation({1, 4, 4, 3}, s8, {0.5f, 0}, "conv/out");
  tensor_id const z = g.activation({1, 4, 4, 3}, s8, {0.5f, 0}, "act");
  g.add({.kind = op::conv2d, .source = 4}, {x, w, b}, y);
  g.add({.kind = op::relu, .activation = activation::relu, .source = 5}, {y}, z);
  g.set_ends({x}, {z});
  return g;
}
constexpr tensor_id input = 0, weights = 1, bias = 2, convolved = 3, rectified = 4;

result<program> build(graph_maker const& g, session_options const& options = {}) {
  return detail::program_builder(support::network_of(g, "small.tflite"), options).build();
}

/// Building fails with this code, and the sentence names the file and all of `words`.
void expect_failure(graph_maker const& g, errc code, std::initializer_list<std::string_view> words,
                    session_options const& options = {}) {
  auto const built = build(g, options);
  ASSERT_FALSE(built.has_value());
  EXPECT_EQ(static_cast<int>(built.error().code), static_cast<int>(code)) << built.error().message;
  EXPECT_TRUE(built.error().message.starts_with("small.tflite: ")) << built.error().message;
  for (std::string_view word : words) {
    EXPECT_NE(built.error().message.find(word), std::string::npos)
        << "'" << word << "' is not in: " << built.error().message;
  }
}

TEST(program, of_a_sound_network) {
  auto const built = build(small_graph());
  ASSERT_TRUE(built.has_value()) << built.error().message;
  EXPECT_EQ(built->steps.size(), 2u);
  EXPECT_EQ(built->plan.arena_bytes, 32 + 48) << "relu works in place";
  EXPECT_EQ(built->plan.window_entries, 4);
  EXPECT_EQ(built->steps[0].call.packed_offset, 0);
  EXPECT_EQ(built->plan.places[weights].storage, no_storage);
}

TEST(program, refuses_invalid_graphs_and_says_where) {
  graph_maker g = small_graph();
  g.at(convolved).shape = {1, 4, 4, 5};
  expect_failure(g, errc::invalid_graph, {"node 0", "conv2d", "conv/out", "1x4x4x5", "1x4x4x3"});
}

TEST(program, refuses_constants_of_a_wrong_size) {
  graph_maker g = small_graph();
  g.constants[weights].resize(5);
  expect_failure(g, errc::invalid_graph, {"'w'", "5 bytes", "6"});
  g = small_graph();
  g.constants[bias].clear();
  expect_failure(g, errc::invalid_graph, {"'b'", "0 bytes", "12"});
  g = small_graph();
  g.constants[input].resize(32);
  expect_failure(g, errc::invalid_graph, {"'input'", "32 bytes"});
  auto short_list = support::network_of(small_graph(), "small.tflite");
  short_list.constants.resize(1);
  EXPECT_FALSE(detail::program_builder(short_list, {}).build().has_value());
}

TEST(program, error_messages_hold_no_control_characters_of_names) {
  graph_maker g = small_graph();
  g.characters[g.at(weights).name.first] = '\n';
  g.constants[weights].clear();
  auto const built = build(g);
  ASSERT_FALSE(built.has_value());
  EXPECT_EQ(built.error().message.find('\n'), std::string::npos);
}

TEST(program, refuses_missing_scales_naming_node_and_tensor) {
  graph_maker g = small_graph();
  g.at(weights).quantization = {};
  expect_failure(g, errc::invalid_graph, {"node 0", "conv2d, operator 4", "'w'", "a scale is missing"});
  g = small_graph();
  g.at(rectified).quantization = {};
  expect_failure(g, errc::invalid_graph, {"node 1", "relu, operator 5", "'act'", "a scale is missing"});
}

TEST(program, says_what_is_not_supported) {
  graph_maker g = small_graph();
  for (tensor_id id : {convolved, rectified}) {
    g.at(id).type = s16;
    g.at(id).quantization.zero_point = 0;
  }
  expect_failure(
      g, errc::not_supported,
      {"node 0", "conv2d", "no kernel for this combination of element types: s8, s8, s32 to s16; conv2d",
       "has kernels for f32; ", "; u8", "s16 with weights s8"});
  g = small_graph();
  g.at(rectified).type = f32;
  g.at(rectified).quantization = {};
  expect_failure(g, errc::not_supported, {"node 1", "relu", "'act'"});
}

TEST(program, refuses_shifts_between_other_scales) {
  graph_maker g = small_graph();
  EXPECT_TRUE(build(g, {.rounding = rounding::shift_half_up}).has_value());
  g.at(rectified).quantization.scale = 0.3f;
  expect_failure(g, errc::invalid_graph, {"node 1", "the rounding policy needs power-of-two scales"},
                 {.rounding = rounding::shift_half_up});
}

TEST(program, keeps_to_its_memory_limit) {
  auto const built = build(small_graph());
  ASSERT_TRUE(built.has_value());
  std::int64_t const needed = built->plan.arena_bytes + static_cast<std::int64_t>(built->packed.size()) +
                              built->plan.window_entries * std::int64_t{sizeof(kernels::input_row)};
  EXPECT_TRUE(build(small_graph(), {.rounding = {}, .memory_limit = needed}).has_value());
  for (std::int64_t limit : {needed - 1, std::int64_t{1}, std::int64_t{0}, std::int64_t{-5}}) {
    expect_failure(small_graph(), errc::too_large, {std::to_string(needed), std::to_string(limit)},
                   {.rounding = {}, .memory_limit = limit});
  }
}

TEST(program, refuses_networks_beyond_any_limit_before_it_allocates) {
  graph_maker g;
  tensor_id const x = g.activation({1 << 15, 1 << 15}, f32), y = g.activation({1 << 15, 1 << 15}, f32);
  g.add({.kind = op::logistic}, {x}, y);
  g.set_ends({x}, {y});
  expect_failure(g, errc::too_large, {"'t0'", "a tensor has too many elements"},
                 {.rounding = {}, .memory_limit = std::numeric_limits<std::int64_t>::max()});
  graph_maker half;
  tensor_id const a = half.activation({1 << 15, (1 << 14) - 1}, s8, {1.0f, 0}),
                  b = half.activation({1 << 15, (1 << 14) - 1}, f32);
  half.add({.kind = op::dequantize}, {a}, b);
  half.set_ends({a}, {b});
  expect_failure(half, errc::too_large,
                 {"2684190736", std::to_string(std::numeric_limits<std::int32_t>::max())},
                 {.rounding = {}, .memory_limit = std::numeric_limits<std::int64_t>::max()});
}

TEST(aligned_bytes, begins_on_a_cache_line_and_is_zero) {
  for (std::size_t size : {0u, 1u, 63u, 64u, 65u, 1000u}) {
    aligned_bytes const bytes(size);
    EXPECT_EQ(bytes.size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % aligned_bytes::alignment, 0u);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(bytes.data()[i], std::byte{0});
  }
  EXPECT_NE(aligned_bytes().data(), nullptr);
}

}  // namespace
