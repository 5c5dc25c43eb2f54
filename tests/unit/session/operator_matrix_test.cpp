// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/operator_matrix.hpp>

namespace {

using namespace linnet;
using names = std::vector<std::string>;

matrix_row row_of(std::string const& name) {
  for (matrix_row const& row : operator_matrix()) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << name;
  return {};
}

TEST(operator_matrix, every_operator_has_a_row_of_its_own_and_a_kernel) {
  std::set<std::string> seen;
  for (matrix_row const& row : operator_matrix()) {
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
    bool const any = std::ranges::any_of(row.kernels, [](names const& cell) { return !cell.empty(); });
    EXPECT_TRUE(any) << row.name << ": is its sample one that kernels are meant for?";
  }
  for (int i = 0; i < op_count; ++i) {
    auto const kind = static_cast<op>(i);
    bool const by_function =
        kind == op::unary || kind == op::binary || kind == op::reduce || kind == op::recurrent;
    if (by_function || kind == op::custom) continue;
    EXPECT_TRUE(seen.contains(std::string(name_of(kind)))) << i;
  }
  for (char const* function : {"abs", "softplus", "prelu", "reduce_minimum", "svdf", "lstm"})
    EXPECT_TRUE(seen.contains(function)) << function;
}

TEST(operator_matrix, names_what_would_work) {
  EXPECT_EQ(types_with_kernels<arch::scalar>({.kind = op::unary, .unary = unary_function::exp}), "f32");
  std::string const conv2d = types_with_kernels<arch::arm_mve>({.kind = op::conv2d});
  EXPECT_TRUE(conv2d.starts_with("f32; ")) << conv2d;
  for (char const* narrow : {"f32 with weights f16", "f32 with weights s8", "s8 with weights s4"})
    EXPECT_NE(conv2d.find(std::string("; ") + narrow), std::string::npos) << conv2d;
  EXPECT_NE(conv2d.find("; s16 with weights s8"), std::string::npos) << conv2d;
  EXPECT_EQ(types_with_kernels<arch::scalar>({.kind = op::custom}), "");
}

TEST(operator_matrix, says_what_selection_says) {
  auto const [f, s, u, h] = row_of("conv2d").kernels;  // f32, s8, u8, s16
  EXPECT_EQ(f, names{"scalar"});
  EXPECT_EQ(s, (names{"scalar", "arm_dsp", "arm_mve"}));
  EXPECT_EQ(u, names{"scalar"});
  EXPECT_FALSE(h.empty());
  EXPECT_EQ(row_of("exp").kernels[0], names{"scalar"});
  EXPECT_EQ(row_of("exp").kernels[1], names{}) << "integers have none";
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(row_of("cast").kernels[i], names{"scalar"});
  EXPECT_EQ(row_of("reshape").kernels[3], names{"moves nothing"});
}

}  // namespace
