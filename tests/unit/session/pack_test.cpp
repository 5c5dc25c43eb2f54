// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/dynamic_plan.hpp>
#include <linnet/session/pack.hpp>

#include "support/exact_buffer.hpp"
#include "support/network_of.hpp"
#include "support/random_source.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

/// Every family that packs (pad, conv2d, depthwise, dense), weights of one scale and of one a channel, and a
/// constant that an addition and the caller read as it is.
class sample {
 public:
  sample(element_type type, std::uint64_t seed) : type_(type), random_(seed) {
    tensor_id const x = activation({1, 5, 4, 3}), padded = activation({1, 7, 4, 3});
    node pad{.kind = op::pad};
    pad.padding[1] = {1, 1};
    maker_.add(pad, {x}, padded);
    tensor_id const convolved = activation({1, 5, 4, 5});
    tensor_id const weights = constant({5, 3, 1, 3});
    maker_.add({.kind = op::conv2d, .window = {.kernel = {3, 1}}}, {padded, weights, bias(5)}, convolved);
    if (type_ != f32) maker_.set_scales(weights, {0.25f, 0.125f, 0.5f, 0.25f, 0.25f}, 0);
    tensor_id const deep = activation({1, 5, 2, 10});
    maker_.add({.kind = op::depthwise_conv2d, .window = {.kernel = {1, 3}}},
               {convolved, constant({1, 1, 3, 10})}, deep);
    tensor_id const units = activation({1, 7}), sum = activation({1, 7});
    maker_.add({.kind = op::dense}, {deep, constant({7, 100}), bias(7)}, units);
    raw_ = constant({1, 7});
    maker_.add({.kind = op::add}, {units, raw_}, sum);
    maker_.set_ends({x}, {sum, raw_});
  }
  [[nodiscard]] network made() const { return support::network_of(maker_); }
  [[nodiscard]] tensor_id raw() const { return raw_; }

 private:
  [[nodiscard]] quantization scale() const { return type_ == f32 ? quantization{} : quantization{0.5f, 3}; }
  tensor_id activation(shape const& s) { return maker_.activation(s, type_, scale()); }
  tensor_id constant(shape const& s) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(type_, s.elements())));
    for (std::byte& b : bytes) b = static_cast<std::byte>(random_.bits() & 0x3F);
    return maker_.constant(s, type_, bytes, scale());
  }
  tensor_id bias(std::int32_t channels) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(channels) * 4);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random_.bits() & 0x3F);
    return maker_.constant({channels}, type_ == f32 ? f32 : s32, bytes);
  }

  element_type type_;
  support::random_source random_;
  graph_maker maker_;
  tensor_id raw_ = -1;
};

struct packed_sample {
  network net;
  dynamic_plan plan;
  std::vector<std::byte> bytes;

  packed_sample(network const& from, std::byte fill) : net(from) {
    plan = *plan_graph<arch::native>(net.graph.view());
    support::exact_buffer const to(static_cast<std::size_t>(plan.packed_bytes), fill);
    pack_weights<arch::native>(net, plan.places, plan.planned_calls, to.data());
    bytes.assign(to.data(), to.data() + to.size());
  }
};

TEST(pack_weights, gives_every_constant_back) {
  for (element_type type : {s8, u8, f32}) {
    sample const from(type, 11);
    packed_sample const made(from.made(), std::byte{0xA5});
    graph_view const g = made.net.graph.view();
    std::size_t call = 0, layers = 0;
    for (node const& n : g.nodes) {
      (void)lower_placed(
          g, n, made.plan.places,
          [&]<class P>(P const& p, kernel_call const&) -> expected<void, graph_error> {
            std::byte const* const stream = made.bytes.data() + made.plan.planned_calls[call++].packed_offset;
            kernels::with_tag<arch::native, P>(kernels::select<arch::native>(p), [&](auto tag) {
              if constexpr (requires(std::byte * to) { unpack_weights(p, stream, to, tag); }) {
                auto const weights = made.net.constants[static_cast<std::size_t>(g.inputs(n)[1])];
                std::vector<std::byte> unpacked(weights.size());
                unpack_weights(p, stream, unpacked.data(), tag);
                EXPECT_TRUE(std::ranges::equal(unpacked, weights)) << std::string(name_of(n.kind));
                ++layers;
              }
            });
            return {};
          });
    }
    EXPECT_EQ(layers, 3u);
    auto const raw = made.net.constants[static_cast<std::size_t>(from.raw())];
    tensor_place const& place = made.plan.places[static_cast<std::size_t>(from.raw())];
    ASSERT_EQ(place.storage, packed_storage);
    EXPECT_TRUE(std::equal(raw.begin(), raw.end(), made.bytes.begin() + place.offset));
  }
}

/// Streams and raw constants, each aligned, in their order and side by side.
TEST(pack_weights, what_the_plan_lists_fills_the_blob_without_overlap) {
  sample const from(s8, 12);
  packed_sample const made(from.made(), std::byte{});
  std::vector<std::pair<std::int64_t, std::int64_t>> pieces;
  for (planned_call const& call : made.plan.planned_calls) {
    EXPECT_EQ(call.packed_bytes > 0, call.layout != kernels::packed_layout::none);
    pieces.emplace_back(call.packed_offset, call.packed_bytes);
  }
  pieces.emplace_back(made.plan.places[static_cast<std::size_t>(from.raw())].offset, 8);
  std::ranges::sort(pieces);
  std::int64_t end = 0;
  for (auto const& [offset, bytes] : pieces) {
    EXPECT_EQ(offset, end);
    EXPECT_EQ(offset % kernels::packed_alignment, 0);
    end += bytes;
  }
  EXPECT_EQ(end, made.plan.packed_bytes);
}

/// Of what was in the buffer before nothing matters but the gaps that alignment leaves, and these are small:
/// less than 8 bytes a stream and channel.
TEST(pack_weights, writes_all_that_kernels_read) {
  for (element_type type : {s8, u8, f32}) {
    sample const from(type, 13);
    packed_sample const zeros(from.made(), std::byte{}), ones(from.made(), std::byte{0xFF});
    std::size_t differences = 0;
    for (std::size_t i = 0; i < zeros.bytes.size(); ++i) {
      if (zeros.bytes[i] == ones.bytes[i]) continue;
      ++differences;
      EXPECT_EQ(zeros.bytes[i], std::byte{}) << "half written";
      EXPECT_EQ(ones.bytes[i], std::byte{0xFF}) << "half written";
    }
    EXPECT_LT(differences, 4u * 8u + 12u * 4u);
  }
}

TEST(constants_of, gives_one_scale_or_one_a_channel) {
  network const net = sample(s8, 14).made();
  graph_view const g = net.graph.view();
  EXPECT_TRUE(detail::constants_of(net, g.nodes[0]).weights.empty()) << "a pad has none";
  auto const convolution = detail::constants_of(net, g.nodes[1]),
             deep = detail::constants_of(net, g.nodes[2]);
  EXPECT_EQ(convolution.weight_scales.size(), 5u);
  EXPECT_EQ(convolution.weight_scales[1], 0.125f);
  EXPECT_EQ(convolution.bias.size(), 20u);
  ASSERT_EQ(deep.weight_scales.size(), 1u);
  EXPECT_EQ(deep.weight_scales[0], 0.5f);
  EXPECT_TRUE(deep.bias.empty());
  network const real = sample(f32, 14).made();
  EXPECT_TRUE(detail::constants_of(real, real.graph.nodes[1]).weight_scales.empty());
}

}  // namespace
