// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/convolution.hpp>

/// Convolution over all input channels. Operands, elements side by side: inputs[0] (batch, height, width,
/// channels); constants.weights (output channel, ky, kx, input channel), bias (output channel), one weight
/// scale or one for each output channel; output (batch, height, width, output channel). Weights are packed
/// for the kernel at hand (`pack_exact`; scalar kernels: `channel_records`). Without a graph
/// (runtime/whole_layer.hpp):
/// ```
/// conv2d::problem const p{{.input = {1, 8, 8, 3}, .output = {1, 8, 8, 16}, .kernel_height = 1}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y, {w, bias, scales}}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// output[y, x, o] = clamp(requantize(bias[o] + sum over ky, kx, i of weights[o, ky, kx, i] * input[y', x',
/// i])) with y' = y * stride + ky * dilation - padding, x' alike. Pixels outside the input count as its zero
/// point.
struct problem : convolution_problem {};

/// What a kernel reads of a problem: the numbers of a row.
template <class Extent, class T, class Policy>
struct descriptor : convolution_descriptor<Extent, T, Policy> {
  using convolution_descriptor<Extent, T, Policy>::convolution_descriptor;
};

/// What a kernel reads of a problem whose inputs are quantized when it is computed.
template <class Extent>
struct dynamic_descriptor : dynamic_convolution_descriptor<Extent> {
  using dynamic_convolution_descriptor<Extent>::dynamic_convolution_descriptor;
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  if (is_dynamic(p)) return f(dynamic_descriptor<Extent>(p));
  return with_layer_arithmetic(p, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    return f(descriptor<Extent, T, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  if constexpr (is_dynamic(P)) {
    return dynamic_descriptor<Extent>(P);
  } else {
    using types = layer_arithmetic<P.input_type, P.weight_type, P.rounding>;
    return descriptor<Extent, typename types::element, typename types::policy>(P);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
