// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/custom_operator.hpp>

// An operator that the user brought (`CustomOperator`): whole tensors at once, or row by row.
namespace linnet::inline LINNET_ISA::kernels {

/// What a user's kernel computes in one call: output rows from the operands' rows. Where the operator is not
/// `by_rows` there is one row of one pixel, which is the whole tensor, elements side by side.
struct custom_call {
  custom_problem const& problem;     ///< the use of the operator
  std::array<row_window, 2> inputs;  ///< row y of the output is made from row y of each
  row_span output;                   ///< rows to be made
  std::byte* scratch;                ///< aligned to `packed_alignment`

  /// The first element of an operand's first row. Precondition: T is its type's (`stored_element`).
  template <class T>
  [[nodiscard]] T const* input(std::size_t operand = 0, std::size_t row = 0) const {
    return reinterpret_cast<T const*>(inputs[operand][row].data);
  }
  /// The same of the output.
  template <class T>
  [[nodiscard]] T* output_row(std::int32_t row = 0) const {
    return reinterpret_cast<T*>(output.data + row * output.row_stride);
  }
};

/// A user's operator (`CustomOperator`), whose kernel takes a `custom_call`. Operands, elements side by side:
/// inputs[0], inputs[1] where there are two, output, of the shapes that the problem states. A constant
/// operand is the second one. Without a graph (runtime/whole_layer.hpp):
/// ```
/// custom::problem const p{{.inputs = {{{{8, 8, 4}}}}, .output = {{8, 8, 4}}}, &custom_operator_of<doubled>};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace custom {

/// A use of a user's operator, and whose it is.
struct problem : custom_problem {
  custom_operator const* definition = nullptr;  ///< never null in a problem that runs
};

/// What the executor walks over: images, or pixels that are whole tensors.
[[nodiscard]] constexpr image_shape walked(problem const& p, shape const& s) {
  return p.definition->by_rows ? as_image(s) : image_shape{1, 1, 1, static_cast<std::int32_t>(s.elements())};
}
/// What the first operand is walked over as.
[[nodiscard]] constexpr image_shape input_image_of(problem const& p) { return walked(p, p.inputs[0].shape); }
/// What the output is walked over as.
[[nodiscard]] constexpr image_shape image_of(problem const& p) { return walked(p, p.output.shape); }
/// The element type of the first operand.
[[nodiscard]] constexpr element_type input_type_of(problem const& p) { return p.inputs[0].type; }
/// The element type of the output.
[[nodiscard]] constexpr element_type output_type_of(problem const& p) { return p.output.type; }

/// What is left of the operator when it runs: its kernel, and what that is told.
struct descriptor {
  custom_problem problem;           ///< what the kernel is told
  void (*run)(custom_call const&);  ///< the kernel

  /// Precondition: `definition` is not null.
  constexpr explicit descriptor(custom::problem const& p) : problem(p), run(p.definition->run) {}
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  return f(descriptor(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  return descriptor(P);
}

}  // namespace custom

}  // namespace linnet::inline LINNET_ISA::kernels
