// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/base/span.hpp>
#include <linnet/base/text.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

// Operators that a user brings: a type with static members, which graphs, planner and kernels know by a
// pointer to a constant.
namespace linnet::inline LINNET_ISA {

namespace kernels {
struct custom_call;  // <linnet/kernels/custom/descriptor.hpp>
}

/// A tensor as an operator of the user's sees it.
struct custom_tensor {
  linnet::shape shape{};                ///< with the batch
  element_type type = f32;              ///< of the elements
  linnet::quantization quantization{};  ///< of floats: none
  friend constexpr bool operator==(custom_tensor const&, custom_tensor const&) = default;
};

/// One use of an operator: all that is known before it runs. `inputs[1]` counts where there are two operands;
/// the output's shape is the shape rule's, its type and quantization are what the graph states.
struct custom_problem {
  std::array<custom_tensor, 2> inputs{};  ///< the first `operands` of them
  std::size_t operands = 1;               ///< 1 or 2
  custom_tensor output{};                 ///< whose shape `shape_of` states
  float a = 0.0f, b = 1.0f;               ///< parameters, as the node states them
};

/// What a user's type states of its operator, all of it `static` and usable in constant expressions but the
/// kernel:
///   text name                            of nodes and in messages
///   shape shape_of(custom_problem)       the shape rule: the output's shape from the operands; a shape with
///                                        an extent below 1 refuses them
///   bool supports(custom_problem)        whether the kernel computes it, exactly
///   void run(kernels::custom_call)       the kernel
/// and, where it differs from these defaults,
///   int64 scratch_bytes(custom_problem)  working memory during a call; 0
///   bool by_rows                         each output row is made from the operands' rows of the same number,
///                                        so that rows stream through: false, the whole tensors at once.
///                                        Operands are of one shape and type then
///   bool read_options(bytes, a, b)       takes a .tflite file's `custom_options`, a span of bytes, apart and
///                                        sets the parameters; false where it cannot. Files whose options are
///                                        not empty are refused without it
///   bool in_place                        the output may take the bytes of an operand of its size, since all
///                                        that is needed of an element is read before it is written; false
template <class T>
concept CustomOperator = requires(custom_problem const& p, kernels::custom_call const& c) {
  { T::name } -> std::convertible_to<text>;
  { T::shape_of(p) } -> std::same_as<shape>;
  { T::supports(p) } -> std::same_as<bool>;
  T::run(c);
};

/// The same as a value: what a node points at.
struct custom_operator {
  text name;                                             ///< of the operator, for messages
  shape (*shape_of)(custom_problem const&);              ///< of the output, with the batch
  bool (*supports)(custom_problem const&);               ///< whether `run` computes it
  void (*run)(kernels::custom_call const&);              ///< the kernel
  std::int64_t (*scratch_bytes)(custom_problem const&);  ///< working memory of a call
  /// Of a file's operator, into the node's parameters; null: no options are read.
  bool (*read_options)(span<std::byte const> options, float& a, float& b) = nullptr;
  bool by_rows = false, in_place = false;  ///< what the planner may do: as the type states
};

namespace detail {

template <CustomOperator T>
[[nodiscard]] constexpr std::int64_t custom_scratch(custom_problem const& p) {
  if constexpr (requires { T::scratch_bytes(p); }) {
    return T::scratch_bytes(p);
  } else {
    return 0;
  }
}
template <CustomOperator T>
[[nodiscard]] constexpr custom_operator custom_operator_from() {
  custom_operator made{T::name, T::shape_of, T::supports, T::run, custom_scratch<T>};
  if constexpr (requires { T::read_options; }) made.read_options = T::read_options;
  if constexpr (requires { T::by_rows; }) made.by_rows = T::by_rows;
  if constexpr (requires { T::in_place; }) made.in_place = T::in_place;
  return made;
}

}  // namespace detail

/// The value of a user's type. Two nodes have the same operator where they point at the same one.
template <CustomOperator T>
inline constexpr custom_operator custom_operator_of = detail::custom_operator_from<T>();

/// Whether there is an operator. GCC's sanitizers do not let a constant expression ask that of an address;
/// one that has no operator does not compile where it reads from it.
[[nodiscard]] constexpr bool is_named(custom_operator const* o) {
  return std::is_constant_evaluated() || o != nullptr;
}

}  // namespace linnet::inline LINNET_ISA
