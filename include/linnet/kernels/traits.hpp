// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// How a packed stream is laid out: kernels that read the same stream share a name. A number once given keeps
/// its meaning: generated files hold it. What of layers of s16 has one of the numbers from 4 on is laid out
/// as int16_channels.hpp says.
enum class packed_layout : std::uint8_t {
  none = 0,
  zero_pixel = 1,
  channel_records = 2,
  tap_planes = 3,
  channel_pairs = 4,     // two channels a halfword: arm_dsp conv2d
  channel_quads = 5,     // the same, two halfwords side by side: arm_dsp dense
  column_pairs = 6,      // rows of three taps as pairs of columns: arm_dsp depthwise
  linear_sum = 7,        // (A * a + B * b + C) >> n: arm_dsp add
  channel_lanes = 8,     // four channels, 16 inputs at a time: arm_mve conv2d
  channel_octets = 9,    // eight channels, even ones first: arm_mve dense
  tap_pairs = 10,        // sixteen channels, two taps at a time, or channel_lanes: arm_mve depthwise
  sampled_entries = 11,  // where rows and columns come from: resize
  recurrent = 12         // factors, then sums and weights unit by unit: svdf, lstm
};

/// Whether a kernel's output may take the bytes of an operand of its size.
enum class overwriting : std::uint8_t {
  never,
  whole,  // where one call makes all rows: it has read what later rows need before it writes
  rows    // always: row y of the output in the place of row y
};

/// What a kernel's work costs by estimate, in instructions.
struct call_cost {
  std::int64_t call = 0, tile = 0;  ///< once a call, and for every so many output pixels begun
  std::int32_t pixels = 1;          ///< of a tile
};

/// What a kernel states about itself; never gated, so that any build can plan for any architecture. A family
/// specializes it for each tag it has a kernel for:
///   exists                   true
///   supports(problem)        whether this kernel computes it, exactly
///   packed_bytes(problem)    bytes that `pack` writes, at `packed_alignment`; where its `packs` may refuse
///                            weights, no fewer than its scalar ancestor asks for: that one's stream then
///                            takes the place of its own
///   scratch_bytes(problem)   working memory during a call (folding kernels: their state)
///   keeps_scratch            whether it keeps what it works in until the next run: zeros before the first
///   layout                   of what `pack` writes
///   overwrites(problem)      whether the output may take the bytes of an operand
///   folds                    whether it takes input rows one by one: `begin`, `row`, `end`
///   cost(problem)            its `call_cost`, where a few rows a call cost more than many at once
/// The primary template says that there is no kernel.
template <class Problem, class Arch>
struct traits {
  static constexpr bool exists = false, folds = false;  ///< whether there is a kernel; whether it folds
  static constexpr bool keeps_scratch = false;          ///< whether what it works in lives on between runs
  static constexpr packed_layout layout = packed_layout::none;  ///< of what `pack` writes
  /// Whether the kernel computes it, exactly.
  static constexpr bool supports(Problem const&) { return false; }
  /// Whether the output may take an operand's bytes.
  static constexpr overwriting overwrites(Problem const&) { return overwriting::never; }
  /// Bytes of the packed stream.
  static constexpr std::int64_t packed_bytes(Problem const&) { return 0; }
  /// Bytes of working memory.
  static constexpr std::int64_t scratch_bytes(Problem const&) { return 0; }
};

/// Alignment of every packed stream and of scratch, in bytes.
inline constexpr std::int32_t packed_alignment = 8;

/// Defaults for kernels without constants or working memory.
struct bare_traits {
  static constexpr bool exists = true, folds = false, keeps_scratch = false;
  static constexpr packed_layout layout = packed_layout::none;
  static constexpr overwriting overwrites(auto const&) { return overwriting::never; }
  static constexpr std::int64_t packed_bytes(auto const&) { return 0; }
  static constexpr std::int64_t scratch_bytes(auto const&) { return 0; }
};

/// The same for kernels that have read all they need of an element before they write it.
struct in_place_traits : bare_traits {
  static constexpr overwriting overwrites(auto const&) { return overwriting::rows; }
};

/// The same for kernels that fold rows.
struct folding_traits : bare_traits {
  static constexpr bool folds = true;
};

/// Element types that the reference kernels compute in: one for all operands.
[[nodiscard]] constexpr bool is_computable(element_type type) {
  return type == s8 || type == u8 || type == f32;
}
/// The types that a layer of weights has a reference kernel for.
[[nodiscard]] constexpr bool is_layer(element_type input, element_type weights, element_type output,
                                      std::int32_t weight_zero_point, rounding policy) {
  if (output != input || weights != weight_type_of(input)) return false;
  if (input != s16) return is_computable(input) && policy != rounding::reduced_multiplier;
  return weight_zero_point == 0 &&
         (policy == rounding::double_rounding || policy == rounding::reduced_multiplier);
}
/// The types of layers whose weights are stored in fewer bits than their inputs ask for (`half_weights`,
/// `scaled_weights`, `nibble_weights`).
[[nodiscard]] constexpr bool is_narrow_layer(element_type input, element_type weights, element_type output,
                                             std::int32_t weight_zero_point, rounding policy) {
  bool const real = input == f32 && (weights == f16 || weights == s8);
  bool const nibbles = input == s8 && weights == s4 && policy != rounding::reduced_multiplier;
  return output == input && weight_zero_point == 0 && (real || nibbles);
}
/// Whether it is one of the 8-bit types.
[[nodiscard]] constexpr bool is_quantized(element_type type) { return type == s8 || type == u8; }
/// Products of s16 by s8, of at most 2^22 each, whose sum fits 32 bits: whole vectors of them.
inline constexpr std::int32_t most_int16_products = 504;

}  // namespace linnet::inline LINNET_ISA::kernels
