// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <keyword_spotting.hpp>
#include <mobilenet_v2.hpp>
#include <squeezenet.hpp>
#include <squeezenet_int8.hpp>

#include "expect_same_bits.hpp"

namespace {

TEST(zoo, keyword_spotting) {
  compiled::expect_same_bits<keyword_spotting::graph, keyword_spotting::weights>(keyword_spotting_model);
}
TEST(zoo, mobilenet_v2) {
  compiled::expect_same_bits<mobilenet_v2::graph, mobilenet_v2::weights>(mobilenet_v2_model);
}
TEST(zoo, squeezenet_of_floats) {
  compiled::expect_same_bits<squeezenet::graph, squeezenet::weights>(squeezenet_model);
}

/// The real SqueezeNet in int8: what `linnet_add_model` calibrated and compiled is what the library makes.
TEST(zoo, squeezenet_of_integers) {
  auto const net = compiled::quantized(squeezenet_model, calibration_file);
  ASSERT_TRUE(net.has_value()) << net.error().message;
  compiled::expect_same_bits<squeezenet_int8::graph, squeezenet_int8::weights>(*net);
}

}  // namespace
