// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels::dense {

/// The packed stream of the arm_dsp kernel: for every four units their biases, weights and factors
/// (`pack_pairs`); units behind the last one are constant.
struct channel_quads {
  std::int64_t inputs;  ///< of a unit

  /// Inputs with zeros to whole rounds of the kernel's loop.
  [[nodiscard]] constexpr std::int64_t padded() const { return align_up<std::int64_t>(inputs, 8); }
  /// Bytes of four units.
  [[nodiscard]] constexpr std::int64_t quad() const { return 4 * 4 + 4 * padded() + 4 * 12; }
  /// Bytes of the whole stream.
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t units) const { return (units + 3) / 4 * quad(); }
};

/// The packed stream of the arm_mve kernel: for every eight units, the even ones first, their biases, weights
/// and factors (`pack_lanes`); units behind the last one are constant.
struct channel_octets {
  std::int64_t inputs;

  /// Inputs with zeros to whole vectors.
  [[nodiscard]] constexpr std::int64_t padded() const { return align_up<std::int64_t>(inputs, 16); }
  [[nodiscard]] constexpr std::int64_t bytes(std::int64_t units) const {
    return (units + 7) / 8 * 8 * (3 * 4 + padded());
  }
  /// The unit of eight that a lane holds.
  [[nodiscard]] static constexpr std::int64_t unit_of(std::int64_t lane) {
    return lane < 4 ? 2 * lane : 2 * (lane - 4) + 1;
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels::dense
