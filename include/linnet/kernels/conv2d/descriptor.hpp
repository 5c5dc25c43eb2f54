// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/convolution.hpp>

namespace linnet::inline LINNET_ISA::kernels::conv2d {

/// output[y, x, o] = clamp(requantize(bias[o] + sum over ky, kx, i of weights[o, ky, kx, i] * input[y', x',
/// i])) with y' = y * stride + ky * dilation - padding, x' alike. Pixels outside the input count as its zero
/// point.
struct problem : convolution_problem {};

template <class Extent, class T, class Policy>
struct descriptor : convolution_descriptor<Extent, T, Policy> {
  using convolution_descriptor<Extent, T, Policy>::convolution_descriptor;
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  return with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    return f(descriptor<Extent, T, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using types = arithmetic<P.input_type, P.rounding>;
  return descriptor<Extent, typename types::element, typename types::policy>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::conv2d
