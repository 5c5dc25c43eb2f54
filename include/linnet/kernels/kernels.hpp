// SPDX-License-Identifier: MIT
#pragma once

// The one list of kernel families: who executes or plans includes it (who packs: pack.hpp), and
// argument-dependent lookup finds every overload.
#include <linnet/kernels/batch_matmul/reference.hpp>
#include <linnet/kernels/batch_matmul/traits.hpp>
#include <linnet/kernels/binary/reference.hpp>
#include <linnet/kernels/binary/traits.hpp>
#include <linnet/kernels/conv2d/arm_dsp.hpp>
#include <linnet/kernels/conv2d/arm_dsp_general.hpp>
#include <linnet/kernels/conv2d/arm_mve.hpp>
#include <linnet/kernels/conv2d/reference.hpp>
#include <linnet/kernels/conv2d/traits.hpp>
#include <linnet/kernels/custom/reference.hpp>
#include <linnet/kernels/custom/traits.hpp>
#include <linnet/kernels/dense/arm_dsp.hpp>
#include <linnet/kernels/dense/arm_dsp_general.hpp>
#include <linnet/kernels/dense/arm_mve.hpp>
#include <linnet/kernels/dense/reference.hpp>
#include <linnet/kernels/dense/traits.hpp>
#include <linnet/kernels/depthwise/arm_dsp.hpp>
#include <linnet/kernels/depthwise/arm_dsp_general.hpp>
#include <linnet/kernels/depthwise/arm_mve.hpp>
#include <linnet/kernels/depthwise/int16/arm_dsp.hpp>
#include <linnet/kernels/depthwise/int16/arm_mve.hpp>
#include <linnet/kernels/depthwise/reference.hpp>
#include <linnet/kernels/depthwise/traits.hpp>
#include <linnet/kernels/elementwise/arm_dsp.hpp>
#include <linnet/kernels/elementwise/arm_mve.hpp>
#include <linnet/kernels/elementwise/reference.hpp>
#include <linnet/kernels/elementwise/traits.hpp>
#include <linnet/kernels/mean/arm_dsp.hpp>
#include <linnet/kernels/mean/arm_mve.hpp>
#include <linnet/kernels/mean/reference.hpp>
#include <linnet/kernels/mean/traits.hpp>
#include <linnet/kernels/pad/reference.hpp>
#include <linnet/kernels/pad/traits.hpp>
#include <linnet/kernels/pool/arm_dsp.hpp>
#include <linnet/kernels/pool/arm_mve.hpp>
#include <linnet/kernels/pool/reference.hpp>
#include <linnet/kernels/pool/traits.hpp>
#include <linnet/kernels/recurrent/reference.hpp>
#include <linnet/kernels/recurrent/traits.hpp>
#include <linnet/kernels/reduce/reference.hpp>
#include <linnet/kernels/reduce/traits.hpp>
#include <linnet/kernels/resize/reference.hpp>
#include <linnet/kernels/resize/traits.hpp>
#include <linnet/kernels/select.hpp>
#include <linnet/kernels/softmax/arm_dsp.hpp>
#include <linnet/kernels/softmax/arm_mve.hpp>
#include <linnet/kernels/softmax/reference.hpp>
#include <linnet/kernels/softmax/traits.hpp>
#include <linnet/kernels/strided_copy/reference.hpp>
#include <linnet/kernels/strided_copy/traits.hpp>
#include <linnet/kernels/transpose_conv2d/reference.hpp>
#include <linnet/kernels/transpose_conv2d/traits.hpp>
#include <linnet/kernels/unary/reference.hpp>
#include <linnet/kernels/unary/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// A list of types.
template <class... T>
struct type_list {};

/// The problem of every family: what a node can be lowered to.
using all_problems =
    type_list<conv2d::problem, depthwise::problem, dense::problem, pool::average_problem, pool::max_problem,
              mean::problem, softmax::problem, pad::problem, strided_copy::problem,
              elementwise::rescale_problem, elementwise::quantize_problem, elementwise::dequantize_problem,
              elementwise::logistic_problem, elementwise::add_problem, unary::problem, binary::problem,
              reduce::problem, resize::problem, custom::problem, transpose_conv2d::problem,
              batch_matmul::problem, recurrent::problem>;

namespace detail {

template <class Arch>
constexpr auto nearest_with_kernels() {
  constexpr bool any = []<class... Problem>(type_list<Problem...>) {
    return (traits<Problem, Arch>::exists || ...);
  }(all_problems{});
  if constexpr (any || std::same_as<typename Arch::parent, void>) {
    return Arch{};
  } else {
    return nearest_with_kernels<typename Arch::parent>();
  }
}

}  // namespace detail

/// Arch itself, or its nearest ancestor that has kernels of its own: both select the same ones, and code for
/// all architectures need not be compiled once for each.
template <class Arch>
using with_own_kernels = decltype(detail::nearest_with_kernels<Arch>());

}  // namespace linnet::inline LINNET_ISA::kernels
