// SPDX-License-Identifier: MIT
#include <vector>

#include <gtest/gtest.h>

#include <linnet/planner/rows.hpp>

namespace {

using namespace linnet::planner;

TEST(row_operation, windows_end_where_the_operand_ends) {
  row_operation const o{.rows = 4, .input_rows = 7, .reach = 3, .stride = 2, .padding = 1};
  EXPECT_EQ(o.window_end(0), 2);
  EXPECT_EQ(o.window_end(1), 4);
  EXPECT_EQ(o.window_end(2), 6);
  EXPECT_EQ(o.window_end(3), 7) << "the last row of the window is padding";
}

TEST(row_problem, counts_rows_and_the_steps_that_there_may_be) {
  std::vector<row_buffer> const buffers{{.rows = 7}, {.rows = 4}, {.rows = 1}};
  std::vector<row_operation> const operations{{.rows = 4, .input_rows = 7},
                                              {.rows = 1, .input_rows = 4, .reach = 4, .folds = true},
                                              {.rows = 3, .input_rows = 1, .folds = true}};
  row_problem const p{buffers, operations, {}};
  EXPECT_EQ(p.row_count(), 12u);
  EXPECT_EQ(p.most_steps(), 4u + 4u + 3u) << "a step makes a row, or takes one";
}

}  // namespace
