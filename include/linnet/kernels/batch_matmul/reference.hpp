// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/batch_matmul/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::batch_matmul {

namespace detail {

/// Where an operand's matrix lies, and the bytes from one entry to the next outwards, and along k.
struct matrix {
  std::byte const* data;
  std::ptrdiff_t outer, inner;
};

template <class Extent, class T, class Policy>
[[nodiscard]] constexpr accumulator<T, Policy> product_sum(descriptor<Extent, T, Policy> const& d,
                                                           matrix const& a, matrix const& b) {
  accumulator<T, Policy> sum{};
  for (std::int32_t k = 0; k < static_cast<std::int32_t>(d.inner); ++k) {
    T const x = load<T>(a.data + k * a.inner), y = load<T>(b.data + k * b.inner);
    if constexpr (std::floating_point<T>) {
      sum += x * y;
    } else {
      std::int32_t const product = (std::int32_t{x} - d.a_zero_point) * (std::int32_t{y} - d.b_zero_point);
      sum = wrapping_add(sum, accumulator<T, Policy>{product});
    }
  }
  return sum;
}

/// One pair of matrices; returns where the next product goes.
template <class Extent, class T, class Policy>
constexpr std::byte* multiply(descriptor<Extent, T, Policy> const& d, matrix a, matrix const& b,
                              std::byte* to) {
  for (std::int32_t m = 0; m < static_cast<std::int32_t>(d.rows); ++m, a.data += a.outer) {
    matrix column = b;
    for (std::int32_t n = 0; n < static_cast<std::int32_t>(d.columns); ++n, column.data += b.outer) {
      store(to, d.output.template operator()<Policy>(product_sum(d, a, column), d.factor));
      to += sizeof(T);
    }
  }
  return to;
}

/// Bytes from one matrix to the next along each outer dimension; those that are repeated stay.
using steps = std::array<std::ptrdiff_t, most_batches>;
template <class Extent>
[[nodiscard]] constexpr steps steps_of(std::array<Extent, most_batches> const& batches, std::uint8_t repeated,
                                       std::ptrdiff_t bytes) {
  steps made{};
  for (std::size_t i = most_batches; i-- > 0;) {
    if ((repeated >> i & 1) != 0) continue;
    made[i] = bytes;
    bytes *= static_cast<std::ptrdiff_t>(batches[i]);
  }
  return made;
}

}  // namespace detail

/// All products: each window is one row that is the whole operand; so is the output. No packed constants, no
/// scratch. Floats are summed in the order of k.
template <class Extent, class T, class Policy>
constexpr void rows(descriptor<Extent, T, Policy> const& d, row_window a, row_window b, row_span const& out,
                    std::byte const*, std::byte*, arch::scalar) {
  constexpr std::ptrdiff_t size = sizeof(T);
  std::ptrdiff_t const m = d.rows, k = d.inner, n = d.columns;
  detail::matrix left{a[0].data, d.a_transposed ? size : k * size, d.a_transposed ? m * size : size};
  detail::matrix right{b[0].data, d.b_transposed ? k * size : size, d.b_transposed ? size : n * size};
  detail::steps const a_step = detail::steps_of(d.batches, d.a_repeated, m * k * size),
                      b_step = detail::steps_of(d.batches, d.b_repeated, k * n * size);
  std::byte* to = out.data;
  std::array<std::int32_t, most_batches> index{};
  for (std::size_t carried = 0; carried < most_batches;) {  // dimensions that started again; all: the end
    to = detail::multiply(d, left, right, to);
    for (carried = 0; carried < most_batches; ++carried) {  // the next pair, inner dimensions first
      std::size_t const i = most_batches - 1 - carried;
      auto const extent = static_cast<std::int32_t>(d.batches[i]);
      left.data += a_step[i];
      right.data += b_step[i];
      if (++index[i] < extent) break;
      left.data -= a_step[i] * extent;
      right.data -= b_step[i] * extent;
      index[i] = 0;
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::batch_matmul
