// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/deployment_error.hpp>
#include <linnet/io/file.hpp>
#include <linnet/io/image/read.hpp>
#include <linnet/io/load.hpp>
#include <linnet/quantizer/post_training.hpp>
#include <linnet/quantizer/range_observer.hpp>

#include "labelled.hpp"
#include "zoo.hpp"

// SqueezeNet 1.1 as its authors trained it, quantized by linnet from the float ONNX file.
namespace {

using golden::zoo;
constexpr std::size_t side = 224, plane = side * side;

/// A picture as the network was trained: planes of blue, green and red less their means, not scaled.
std::vector<float> input_of(std::span<std::byte const> rgb) {
  constexpr std::array means{104.0f, 117.0f, 123.0f};
  EXPECT_EQ(rgb.size(), 3 * plane);
  std::vector<float> values(3 * plane);
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      values[c * plane + i] = static_cast<float>(std::to_integer<int>(rgb[3 * i + 2 - c])) - means[c];
    }
  }
  return values;
}

std::vector<float> jpeg_input(std::string const& file) {
  auto const path = zoo() / "data/imagenet/jpeg224" / file;
  auto const bytes = linnet::io::read_file(path);
  EXPECT_TRUE(bytes) << bytes.error().message;
  auto const picture = linnet::io::decode(*bytes, 3, path.string());
  EXPECT_TRUE(picture) << picture.error().message;
  return input_of(std::as_bytes(std::span(picture->pixels)));
}

linnet::network quantized(linnet::network const& net, linnet::quantize_options const& options = {}) {
  auto observer = linnet::range_observer::create(net);
  EXPECT_TRUE(observer) << observer.error().message;
  for (auto const& row : golden::rows_of(zoo() / "data/imagenet/labels_jpeg.csv")) {
    EXPECT_TRUE(assign(observer->input(), jpeg_input(row[0])));
    auto const seen = observer->run();
    EXPECT_TRUE(seen) << seen.error().message;
  }
  std::cout << "calibrated on " << observer->ranges().runs << " pictures\n";
  auto made = linnet::quantize(net, observer->ranges(), options);
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

TEST(quantizer, squeezenet_on_imagenet) {
  GOLDEN_REQUIRE_ZOO();
  auto const net = linnet::load_network(zoo() / "models/onnx/squeezenet1.1_imagenet.onnx");
  ASSERT_TRUE(net) << net.error().message;
  auto compared =
      linnet::deployment_comparison::create(golden::session_of(*net), golden::session_of(quantized(*net)));
  ASSERT_TRUE(compared) << compared.error().message;
  auto const pixels = golden::bytes_of(zoo() / "data/imagenet/images_224_u8.bin");
  int real_right = 0, integer_right = 0;
  for (auto const& row : golden::rows_of(zoo() / "data/imagenet/labels_raw.csv")) {
    std::size_t const index = std::stoul(row[0]), label = std::stoul(row[4]);
    ASSERT_TRUE(assign(compared->input(), input_of(std::span(pixels).subspan(index * 3 * plane, 3 * plane))));
    ASSERT_TRUE(compared->run());
    real_right += argmax(compared->reference().output()) == label ? 1 : 0;
    integer_right += argmax(compared->deployed().output()) == label ? 1 : 0;
  }
  linnet::output_error const& error = compared->outputs()[0];
  std::cout << "SqueezeNet 1.1, " << error.runs << " photographs: float " << real_right << " right, int8 "
            << integer_right << " right, agreement " << error.agreements << ", " << error.sqnr_db()
            << " dB\n";
  EXPECT_GE(error.agreements, 56);           // measured: 58 of 64
  EXPECT_GE(integer_right, real_right - 3);  // measured: 32 and 32
}

}  // namespace
