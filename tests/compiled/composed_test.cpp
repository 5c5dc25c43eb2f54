// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <small_mobilenet_v1.hpp>
#include <small_mobilenet_v2.hpp>
#include <small_squeezenet.hpp>

#include "expect_same_bits.hpp"

namespace {

TEST(composed, mobilenet_v1) {
  compiled::expect_same_bits<small_mobilenet_v1::graph, small_mobilenet_v1::weights>(
      small_mobilenet_v1_model);
}
TEST(composed, mobilenet_v2) {
  compiled::expect_same_bits<small_mobilenet_v2::graph, small_mobilenet_v2::weights>(
      small_mobilenet_v2_model);
}
TEST(composed, squeezenet) {
  compiled::expect_same_bits<small_squeezenet::graph, small_squeezenet::weights>(small_squeezenet_model);
}

}  // namespace
