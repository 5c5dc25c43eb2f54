// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/base/math.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/session/network.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// 32-bit xorshift (Marsaglia 2003, shifts 13, 17, 5).
class xorshift32 {
 public:
  explicit xorshift32(std::uint32_t seed) : state_(seed == 0 ? 1 : seed) {}
  /// An integer in [-limit, limit].
  std::int32_t symmetric(std::int32_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<std::int32_t>((std::uint64_t{state_} * static_cast<std::uint32_t>(2 * limit + 1)) >>
                                     32) -
           limit;
  }

 private:
  std::uint32_t state_;
};

/// Elements of one constant. Biases (rank 1) are 0; weights are uniform: integers in [-127, 127] about their
/// zero point (of 4 bits in [-7, 7]), floats in +-sqrt(6 / inputs of one output).
inline std::vector<std::byte> deterministic_elements(tensor_info const& t, xorshift32& draw) {
  std::int64_t const count = t.shape.elements();
  std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(t.type, count)));
  if (t.shape.rank() < 2) return bytes;
  bool const depthwise = t.shape.rank() == 4 && t.shape[0] == 1;
  std::int64_t const inputs = count / (depthwise ? t.shape[3] : t.shape[0]);
  float const step = static_cast<float>(sqrt(6.0 / static_cast<double>(inputs)) / 32767);
  for (std::int64_t i = 0; i < count; ++i) {
    if (t.type == f32) {
      store(bytes.data() + i * 4, static_cast<float>(draw.symmetric(32767)) * step);
    } else if (t.type == f16) {
      store(bytes.data() + i * 2, narrowed(static_cast<float>(draw.symmetric(32767)) * step));
    } else if (t.type == s4) {
      kernels::store_nibble(bytes.data(), i, draw.symmetric(7));
    } else {
      bytes[static_cast<std::size_t>(i)] =
          static_cast<std::byte>(draw.symmetric(127) + t.quantization.zero_point);
    }
  }
  return bytes;
}

}  // namespace detail

/// A network with untrained weights that are the same on every machine: for tests, timings and first looks.
/// The graph's own scales (see `default_quantization` and the builder) keep its values in range.
[[nodiscard]] inline network with_deterministic_weights(dynamic_graph graph, std::uint32_t seed,
                                                        std::string name) {
  auto const blocks = std::make_shared<std::vector<std::vector<std::byte>>>();
  network made{.name = std::move(name), .graph = std::move(graph), .constants = {}, .storage = blocks};
  detail::xorshift32 draw(seed);
  for (tensor_info const& t : made.graph.tensors) {
    bool const constant = is_constant(t);
    blocks->push_back(constant ? detail::deterministic_elements(t, draw) : std::vector<std::byte>());
    made.constants.emplace_back(blocks->back());
  }
  return made;
}

}  // namespace linnet::inline LINNET_ISA
