// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/custom/reference.hpp>
#include <linnet/kernels/custom/traits.hpp>
#include <linnet/kernels/select.hpp>

#include "support/custom_operators.hpp"

namespace {

using namespace linnet;
using kernels::custom::problem;

static_assert(CustomOperator<support::snake> && CustomOperator<support::distance>);
struct nameless {
  static constexpr shape shape_of(custom_problem const&) { return {}; }
};
static_assert(!CustomOperator<nameless>);

constexpr problem distance_of(shape const& a, shape const& b, element_type type) {
  problem p{{.inputs = {{{a, type, {0.5f, 0}}, {b, type, {0.5f, 0}}}}, .operands = 2}};
  p.output = {a, u8, {0.5f, 0}};
  p.definition = &custom_operator_of<support::distance>;
  return p;
}

// what the user states is what selects
constexpr auto chosen = kernels::select<arch::arm_dsp>(distance_of({1, 4, 3, 2}, {1, 4, 3, 2}, u8));
static_assert(chosen.found() && chosen.overwrites == kernels::overwriting::rows && chosen.scratch_bytes == 0);
static_assert(!kernels::select<arch::scalar>(distance_of({1, 4, 3, 2}, {1, 4, 3, 2}, s8)).found());
static_assert(!kernels::select<arch::scalar>(distance_of({1, 4, 3, 2}, {4, 6}, u8)).found());
static_assert(custom_operator_of<support::equalize>.scratch_bytes({}) == 1024);

TEST(custom_traits, nobody_computes_what_has_no_operator) {
  EXPECT_FALSE(kernels::select<arch::scalar>(problem{}).found());
}

TEST(custom_reference, a_kernel_sees_rows_of_both_operands) {
  constexpr problem p = distance_of({1, 2, 2, 1}, {1, 2, 2, 1}, u8);
  std::array<std::byte, 4> const a{std::byte{9}, std::byte{0}, std::byte{200}, std::byte{7}},
      b{std::byte{5}, std::byte{255}, std::byte{100}, std::byte{7}};
  std::array<kernels::input_row, 2> const rows_of_a{{{a.data(), 1}, {a.data() + 2, 1}}},
      rows_of_b{{{b.data(), 1}, {b.data() + 2, 1}}};
  std::array<std::byte, 8> made{};  // every other byte
  kernels::row_span const out{made.data(), 4, 2, 2};
  kernels::custom::with_descriptor<std::uint16_t>(
      p, [&](auto const& d) { rows(d, rows_of_a, rows_of_b, out, nullptr, nullptr, arch::scalar{}); });
  EXPECT_EQ(made,
            (std::array<std::byte, 8>{std::byte{4}, {}, std::byte{255}, {}, std::byte{100}, {}, {}, {}}));
}

}  // namespace
