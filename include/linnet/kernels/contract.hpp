// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <linnet/base/bytes.hpp>
#include <linnet/base/half.hpp>
#include <linnet/base/math.hpp>
#include <linnet/base/span.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

// The contract between whoever executes a network and every kernel. A kernel computes output rows from a
// window of input rows; whole layers, rings and overlapping buffers are the executor's business. A family
// offers
//   problem                  all that is known about one call, as plain numbers: what `select` decides on
//   descriptor               what the kernel reads at run time (some 36 bytes with 16-bit extents)
//   rows(descriptor, row_window, row_span, packed, scratch, tag)           one call, some output rows; or
//   begin / row / end(descriptor, ..., tag)                                folding kernels: pools and means
// with an architecture tag last, so that argument-dependent lookup finds the best overload.
namespace linnet::inline LINNET_ISA::kernels {

/// One input row: pixel x begins at `data + x * pixel_stride` (bytes). A row outside the image is one pixel
/// of zero points with stride 0: never null. Without initializers: every network has an array of them.
struct input_row {
  std::byte const* data;      ///< of pixel 0
  std::int32_t pixel_stride;  ///< bytes
};

/// The input rows that a call reads, top to bottom: (kernel - 1) * dilation + 1 + (rows - 1) * stride of
/// them.
using row_window = span<input_row const>;

/// Where output rows go: pixel x of row y at `data + y * row_stride + x * pixel_stride` (bytes).
struct row_span {
  std::byte* data = nullptr;      ///< of pixel 0 of row 0
  std::ptrdiff_t row_stride = 0;  ///< bytes
  std::int32_t pixel_stride = 0;  ///< bytes
  std::int32_t rows = 1;          ///< how many are made
};

/// How a kernel walks down its input: what the executor needs to gather a window.
template <class Count>
struct basic_vertical_window {
  Count kernel = 1, stride = 1, dilation = 1, padding = 0;  ///< padding: rows above the image
  /// Input rows that `rows` output rows need.
  [[nodiscard]] constexpr std::int64_t height(std::int64_t rows) const {
    return (rows - 1) * stride + (std::int64_t{kernel} - 1) * dilation + 1;
  }
};
/// The same in whole numbers of 32 bits, as problems state it.
using vertical_window = basic_vertical_window<std::int32_t>;

/// The constants of a node as a model file holds them: what a family's `pack` reads.
struct constants {
  span<std::byte const> weights, bias;  ///< any alignment; bias may be empty
  span<float const> weight_scales;      ///< one, or one for each output channel; empty for floats
  /// In place of what the scales make, one or one for each output channel: other toolchains state these.
  /// Under policies of integer multipliers only.
  span<multiplier const> multipliers{};
  span<std::byte const> second_weights{};  ///< of layers that have weights of two kinds
  span<float const> second_scales{};       ///< of those weights
};

/// A clamp in stored values, both ends included, as other toolchains state it: of integers, or of floats;
/// none where low > high.
struct stored_bounds {
  std::int32_t low = 0, high = -1;       ///< of integers
  value_range<float> real{0.0f, -1.0f};  ///< of floats
  /// Whether there are bounds of integers.
  [[nodiscard]] constexpr bool given() const { return low <= high; }
};

/// What a problem's kernel clamps to: the bounds that it states, else those of its activation.
template <class T, class Problem>
[[nodiscard]] constexpr value_range<T> clamp_for(Problem const& p) {
  if constexpr (std::integral<T>) {
    if (p.bounds.given()) return {saturate<T>(p.bounds.low), saturate<T>(p.bounds.high)};
  } else {
    if (p.bounds.real.low <= p.bounds.real.high) return p.bounds.real;
  }
  return clamp_of<T>(p.activation, p.output_quantization);
}

/// Sums of products: int32 modulo 2^32 for integers (int64 where the policy says so), float32 for floats.
template <class T, class Policy = double_rounding>
using accumulator = std::conditional_t<
    std::floating_point<T>, float,
    std::conditional_t<std::same_as<Policy, reduced_multiplier>, std::int64_t, std::int32_t>>;

/// The policy of float kernels: nothing is rounded, nothing stored.
struct no_rounding {
  struct factor {};  ///< none
  /// Nothing to prepare.
  [[nodiscard]] static constexpr factor prepare(float, float, float) { return {}; }
};

/// A number of 4 bits, two a byte and the first in the low bits: C++ has no type for it.
struct nibble {};

/// Policies of layers whose weights are stored in fewer bits than their inputs ask for; a kernel widens each
/// weight when it reads it. Halves of a float layer: the sums are those of the widened weights.
struct half_weights : no_rounding {
  using weight = half;  ///< in the packed stream
};
/// Bytes of a float layer, with a scale: bias + scale * the sum of products, in float32.
struct scaled_weights {
  using weight = std::int8_t;  ///< in the packed stream
  /// What makes a result of a channel's sum.
  struct factor {
    float scale, bias;  ///< of the channel
  };
  /// The channel's scale is that of its weights; the bias follows.
  [[nodiscard]] static constexpr factor prepare(float, float weight, float) { return {weight, 0.0f}; }
};
/// Four bits of an int8 layer, exact under every policy.
struct nibble_weights : any_rounding {
  using weight = nibble;  ///< in the packed stream
};

namespace detail {
template <class T, class Policy>
struct stored_weight {
  using type = std::conditional_t<std::same_as<T, std::int16_t>, std::int8_t, T>;
};
template <class T, class Policy>
  requires requires { typename Policy::weight; }
struct stored_weight<T, Policy> {
  using type = typename Policy::weight;
};
}  // namespace detail

/// Weights of a layer whose inputs are T: what the policy states, else bytes for 16-bit inputs, the same type
/// for others.
template <class T, class Policy = void>
using weight_of = typename detail::stored_weight<T, Policy>::type;
/// The element type of a layer's weights, from that of its inputs.
[[nodiscard]] constexpr element_type weight_type_of(element_type input) { return input == s16 ? s8 : input; }

/// Whether a layer's weights are two a byte.
template <class T, class Policy>
inline constexpr bool has_nibbles = std::same_as<weight_of<T, Policy>, nibble>;
/// Bytes that so many weights take.
template <class T, class Policy>
[[nodiscard]] constexpr std::int64_t weight_bytes(std::int64_t count) {
  if constexpr (has_nibbles<T, Policy>) return (count + 1) / 2;
  return count * std::int64_t{sizeof(weight_of<T, Policy>)};
}
/// Weight i of a list of two a byte.
[[nodiscard]] constexpr std::int32_t nibble_at(std::byte const* weights, std::int64_t i) {
  auto const pair = std::to_integer<std::uint32_t>(weights[i / 2]);
  return static_cast<std::int8_t>(i % 2 == 0 ? pair << 4 : pair & 0xF0u) / 16;
}

/// What turns an accumulator into an output element.
template <class T>
struct output_stage {
  std::int32_t zero_point = 0;  ///< of the output; floats: 0
  value_range<T> clamp{};       ///< in stored values

  template <class Policy>
  [[nodiscard]] constexpr T operator()(accumulator<T, Policy> sum,
                                       typename Policy::factor const& factor) const {
    if constexpr (std::same_as<Policy, scaled_weights>) {
      return linnet::clamp(sum * factor.scale + factor.bias, clamp.low, clamp.high);
    } else if constexpr (std::floating_point<T>) {
      return linnet::clamp(sum, clamp.low, clamp.high);
    } else {
      return requantize<T, Policy>(sum, factor, zero_point, clamp);
    }
  }
};

/// Bytes of a policy's factor in a packed stream.
template <class Policy>
inline constexpr std::int32_t factor_bytes = std::is_empty_v<typename Policy::factor>
                                                 ? 0
                                                 : static_cast<std::int32_t>(sizeof(typename Policy::factor));

/// Reads a channel's factor from a packed stream.
template <class Policy>
[[nodiscard]] constexpr typename Policy::factor load_factor(std::byte const* from) {
  if constexpr (std::is_empty_v<typename Policy::factor>) {
    return {};
  } else {
    return load_aligned<typename Policy::factor>(from);
  }
}
/// Writes a channel's factor into a packed stream.
template <class Policy>
constexpr void store_factor(std::byte* to, typename Policy::factor const& factor) {
  if constexpr (!std::is_empty_v<typename Policy::factor>) store(to, factor);
}

/// Calls `f` with a rounding policy that does what the named one does: the default as itself, the rarer ones
/// as one.
template <class F>
constexpr decltype(auto) with_rounding(rounding policy, F&& f) {
  if (policy == rounding::double_rounding) return f(double_rounding{});
  return f(any_rounding{policy});
}

/// Calls `f` with an element type's C++ type and a policy: the one place where the kernels' static parameters
/// are made from values. Precondition: `type` is s8, u8, f32, or s16 under a policy that it has kernels for.
template <class F>
constexpr decltype(auto) with_arithmetic(element_type type, rounding policy, F&& f) {
  if (type == f32) return f(std::type_identity<float>{}, no_rounding{});
  if (type == u8)
    return with_rounding(policy, [&](auto p) { return f(std::type_identity<std::uint8_t>{}, p); });
  if (type == s16 && policy == rounding::reduced_multiplier)
    return f(std::type_identity<std::int16_t>{}, reduced_multiplier{});
  if (type == s16) return f(std::type_identity<std::int16_t>{}, double_rounding{});
  return with_rounding(policy, [&](auto p) { return f(std::type_identity<std::int8_t>{}, p); });
}

/// The same for a layer, whose weights may be stored in fewer bits than its inputs.
template <class Problem, class F>
constexpr decltype(auto) with_layer_arithmetic(Problem const& p, F&& f) {
  if (p.input_type == f32 && p.weight_type == f16) return f(std::type_identity<float>{}, half_weights{});
  if (p.input_type == f32 && p.weight_type == s8) return f(std::type_identity<float>{}, scaled_weights{});
  if (p.input_type == s8 && p.weight_type == s4)
    return f(std::type_identity<std::int8_t>{}, nibble_weights{{p.rounding}});
  return with_arithmetic(p.input_type, p.rounding, static_cast<F&&>(f));
}

/// A problem that is known when compiled, as a type: what `descriptor_of` takes.
template <class Problem, Problem const& Value>
struct problem_constant {};

/// The types that `with_arithmetic` calls its function with, for values known when compiled.
template <element_type Type, rounding Rounding = rounding::double_rounding>
struct arithmetic {
  /// s8 unless it is u8 or s16.
  using integer = std::conditional_t<Type == u8, std::uint8_t,
                                     std::conditional_t<Type == s16, std::int16_t, std::int8_t>>;
  using element = std::conditional_t<Type == f32, float, integer>;  ///< of inputs and output
  /// Of integers.
  using integer_policy = std::conditional_t<
      Rounding == rounding::double_rounding, double_rounding,
      std::conditional_t<Rounding == rounding::reduced_multiplier, linnet::reduced_multiplier, any_rounding>>;
  using policy = std::conditional_t<Type == f32, no_rounding, integer_policy>;  ///< of the type
  /// Of operators with several multipliers (`with_multiplier_policy`).
  using multiplier_policy = std::conditional_t<
      Type == f32, no_rounding,
      std::conditional_t<Rounding == rounding::single_rounding, single_rounding, double_rounding>>;
};

/// The types that `with_layer_arithmetic` calls its function with.
template <element_type Type, element_type Weights, rounding Rounding>
struct layer_arithmetic : arithmetic<Type, Rounding> {
  using stored = std::conditional_t<
      Type == f32 && Weights == f16, half_weights,
      std::conditional_t<Type == f32 && Weights == s8, scaled_weights,
                         std::conditional_t<Type == s8 && Weights == s4, nibble_weights, void>>>;  ///< or
                                                                                                   ///< none
  using policy = std::conditional_t<std::is_void_v<stored>, typename arithmetic<Type, Rounding>::policy,
                                    stored>;  ///< of the layer
};

/// Calls `f` with 0, 1 ... Count - 1: a loop that no compiler keeps as one.
template <std::int32_t Count, class F>
constexpr void unrolled(F const& f) {
  [&]<std::int32_t... I>(std::integer_sequence<std::int32_t, I...>) { (f(I), ...); }
  (std::make_integer_sequence<std::int32_t, Count>{});
}

/// A weight of a float layer.
template <class Weight>
[[nodiscard]] constexpr float real_weight(std::byte const* from) {
  if constexpr (std::same_as<Weight, half>) {
    return widened(load<half>(from));
  } else {
    return static_cast<float>(load<Weight>(from));
  }
}

/// sum + one input times one weight less the weights' zero point.
template <class T, class Weight = weight_of<T>, class Sum>
[[nodiscard]] constexpr Sum multiply_accumulate(Sum sum, std::byte const* input, std::byte const* weight,
                                                std::int32_t weight_zero) {
  if constexpr (std::floating_point<T>) {
    return sum + load<T>(input) * real_weight<Weight>(weight);
  } else {
    std::int32_t const product =
        std::int32_t{load<T>(input)} * (std::int32_t{load<Weight>(weight)} - weight_zero);
    return wrapping_add(sum, Sum{product});
  }
}

/// sum + the products of `count` inputs with `count` weights, each less the weights' zero point. Integers
/// whose weights have none go eight at a time: small cores spend most of their time here.
template <class T, class Weight = weight_of<T>, class Sum>
[[nodiscard]] constexpr Sum multiply_accumulate(Sum sum, std::byte const* input, std::byte const* weights,
                                                std::int32_t count, std::int32_t weight_zero) {
  constexpr std::int32_t size = sizeof(T), weight_size = sizeof(Weight);
  auto const add = [&](std::int32_t i, std::int32_t zero) {
    sum = multiply_accumulate<T, Weight>(sum, input + i * size, weights + i * weight_size, zero);
  };
  if constexpr (std::integral<T>) {
    auto const add_some = [&]<std::int32_t Count>(std::integral_constant<std::int32_t, Count>) {
      unrolled<Count>([&](std::int32_t i) { add(i, 0); });
      count -= Count;
      input += Count * size;
      weights += Count * weight_size;
    };
    if (weight_zero == 0) {
      while (count >= 8) add_some(std::integral_constant<std::int32_t, 8>{});
      if (count >= 4) add_some(std::integral_constant<std::int32_t, 4>{});
    }
  }
  for (std::int32_t i = 0; i < count; ++i) add(i, weight_zero);
  return sum;
}

/// The same with weights of two a byte, from weight `first` of a list on.
template <class T, class Sum>
[[nodiscard]] constexpr Sum multiply_accumulate_nibbles(Sum sum, std::byte const* input,
                                                        std::byte const* weights, std::int64_t first,
                                                        std::int32_t count) {
  for (std::int32_t i = 0; i < count; ++i)
    sum = wrapping_add(sum, Sum{load<T>(input + i) * nibble_at(weights, first + i)});
  return sum;
}

/// The same for two rows of integer weights without a zero point: every input is loaded once.
template <class T, class Sum>
constexpr void multiply_accumulate_two(Sum& sum, Sum& other_sum, std::byte const* input,
                                       std::byte const* weights, std::byte const* other, std::int32_t count) {
  using weight_type = weight_of<T>;
  constexpr std::int32_t size = sizeof(T), weight_size = sizeof(weight_type);
  Sum a = sum, b = other_sum;
  auto const add = [&](std::int32_t i) {
    std::int32_t const x = load<T>(input + i * size);
    a = wrapping_add(a, Sum{x * load<weight_type>(weights + i * weight_size)});
    b = wrapping_add(b, Sum{x * load<weight_type>(other + i * weight_size)});
  };
  auto const add_some = [&]<std::int32_t Count>(std::integral_constant<std::int32_t, Count>) {
    unrolled<Count>(add);
    count -= Count;
    input += Count * size;
    weights += Count * weight_size;
    other += Count * weight_size;
  };
  while (count >= 8) add_some(std::integral_constant<std::int32_t, 8>{});
  if (count >= 4) add_some(std::integral_constant<std::int32_t, 4>{});
  for (std::int32_t i = 0; i < count; ++i) add(i);
  sum = a;
  other_sum = b;
}

}  // namespace linnet::inline LINNET_ISA::kernels
