// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/deployment_error.hpp>
#include <linnet/io/load.hpp>
#include <linnet/quantizer/post_training.hpp>
#include <linnet/quantizer/range_observer.hpp>

#include "labelled.hpp"
#include "zoo.hpp"

// Float models that linnet quantizes itself, on labelled pictures, beside the float model and the int8 model
// that its authors quantized with TensorFlow.
namespace {

using golden::session_of;
using golden::zoo;

/// Pictures of one size, back to back, and the class of each.
struct labelled_pictures {
  std::size_t picture_bytes = 0;
  std::vector<std::byte> pixels;     // (N, height, width, 3), u8
  std::vector<std::size_t> classes;  // N; `unlabelled`: not to be counted
  static constexpr std::size_t unlabelled = 1000;

  [[nodiscard]] std::size_t size() const { return classes.size(); }
  /// Picture i as a model's real input: pixel * scale.
  [[nodiscard]] std::vector<float> picture(std::size_t i, float scale) const {
    std::vector<float> values;
    for (std::byte pixel : std::span(pixels).subspan(i * picture_bytes, picture_bytes)) {
      values.push_back(static_cast<float>(std::to_integer<int>(pixel)) * scale);
    }
    return values;
  }
};

labelled_pictures read_pictures(std::filesystem::path const& folder, std::string const& pixels,
                                std::size_t side,
                                std::function<std::size_t(std::vector<std::string> const&)> const& class_of) {
  labelled_pictures made{
      .picture_bytes = side * side * 3, .pixels = golden::bytes_of(folder / pixels), .classes = {}};
  for (auto const& cells : golden::rows_of(folder / "labels.csv")) made.classes.push_back(class_of(cells));
  EXPECT_EQ(made.pixels.size(), made.size() * made.picture_bytes);
  return made;
}

linnet::network network_of(std::string const& file) {
  auto net = linnet::load_network(zoo() / "models/tflite" / file);
  EXPECT_TRUE(net) << net.error().message;
  return *std::move(net);
}
/// Quantized with the ranges seen in the first `count` pictures.
linnet::network quantized(linnet::network const& net, labelled_pictures const& pictures, std::size_t count,
                          float scale, linnet::quantize_options const& options = {}) {
  auto observer = linnet::range_observer::create(net);
  EXPECT_TRUE(observer) << observer.error().message;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(assign(observer->input(), pictures.picture(i, scale)));
    EXPECT_TRUE(observer->run());
  }
  auto made = linnet::quantize(net, observer->ranges(), options);
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

/// Percent of the pictures from `first` on that the model names as their label does.
double accuracy(linnet::session session, labelled_pictures const& pictures, std::size_t first, float scale) {
  std::size_t right = 0, all = 0;
  for (std::size_t i = first; i < pictures.size(); ++i) {
    if (pictures.classes[i] == labelled_pictures::unlabelled) continue;
    EXPECT_TRUE(assign(session.input(), pictures.picture(i, scale)));
    session.run();
    ++all;
    right += argmax(session.output()) == pictures.classes[i] ? 1u : 0u;
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(all);
}

/// A float model, its authors' int8 model, and how pixels of 0 to 255 become its input.
struct sibling_models {
  std::string real, integer;
  float scale;
};

/// Prints the accuracies and checks that ours is no more than `points` below the float model's.
void compare_siblings(sibling_models const& models, labelled_pictures const& pictures,
                      std::size_t calibration, double points) {
  linnet::network const net = network_of(models.real);
  linnet::network const ours = quantized(net, pictures, calibration, models.scale);
  linnet::network const per_tensor =
      quantized(net, pictures, calibration, models.scale, {.per_channel = false});
  auto const score = [&](linnet::network const& n) {
    return accuracy(session_of(n), pictures, calibration, models.scale);
  };
  double const real = score(net), integer = score(ours);
  std::cout << models.real << ": float " << real << " %, our int8 " << integer
            << " % (a scale a layer: " << score(per_tensor) << " %), its authors' int8 "
            << score(network_of(models.integer)) << " %\n";
  EXPECT_GE(integer, real - points);
}

// Tolerances: about one standard deviation of the accuracy's own sampling error (2.2 points for 400 pictures
// of 75 %, 3.7 for 95 of 84 %): what rounding costs beyond that is a fault of the quantizer.
TEST(quantizer, resnet_on_cifar10) {
  GOLDEN_REQUIRE_ZOO();
  auto const pictures = read_pictures(zoo() / "data/cifar10", "images_32_u8.bin", 32,
                                      [](auto const& cells) { return std::stoul(cells[2]); });
  compare_siblings({"mlperf_tiny/pretrainedResnet.tflite", "mlperf_tiny/pretrainedResnet_quant.tflite", 1.0f},
                   pictures, 100, 2.0);
}

TEST(quantizer, visual_wake_words) {
  GOLDEN_REQUIRE_ZOO();
  auto const pictures =
      read_pictures(zoo() / "data/coco_person", "images_96_u8.bin", 96, [](auto const& cells) {
        return cells[7] == "1" ? labelled_pictures::unlabelled : std::stoul(cells[6]);
      });
  compare_siblings({"mlperf_tiny/vww_96_float.tflite", "mlperf_tiny/vww_96_int8.tflite", 1.0f / 255},
                   pictures, 32, 3.5);
}

// sin(x) for x in [0, 2 pi]: the smallest whole model; its authors' int8 model is the measure.
TEST(quantizer, hello_world) {
  GOLDEN_REQUIRE_ZOO();
  linnet::network const net = network_of("tflm/hello_world_float.tflite");
  auto observer = linnet::range_observer::create(net);
  ASSERT_TRUE(observer) << observer.error().message;
  auto const angle = [](int i, int count) {
    return std::vector{6.2831853f * static_cast<float>(i) / static_cast<float>(count)};
  };
  for (int i = 0; i <= 100; ++i) {
    ASSERT_TRUE(assign(observer->input(), angle(i, 100)));
    ASSERT_TRUE(observer->run());
  }
  auto const ours = linnet::quantize(net, observer->ranges());
  ASSERT_TRUE(ours) << ours.error().message;
  auto const decibels = [&](linnet::network const& n) {
    auto compared = linnet::deployment_comparison::create(session_of(net), session_of(n));
    for (int i = 0; i <= 999; ++i) {
      EXPECT_TRUE(assign(compared->input(), angle(i, 999)));
      EXPECT_TRUE(compared->run());
    }
    return compared->outputs()[0].sqnr_db();
  };
  double const own = decibels(*ours), authors = decibels(network_of("tflm/hello_world_int8.tflite"));
  std::cout << "hello_world: our int8 " << own << " dB, its authors' int8 " << authors << " dB\n";
  EXPECT_GE(own, authors - 1.0);
}

/// Every float model can be quantized and run, whatever its operators. Random numbers are no pictures: how
/// near the two networks are is printed, not held against a floor.
TEST(quantizer, every_float_model) {
  GOLDEN_REQUIRE_ZOO();
  int models = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(zoo() / "models")) {
    if (entry.path().extension() != ".tflite" && entry.path().extension() != ".onnx") continue;
    auto const net = linnet::load_network(entry.path());
    if (!net || !linnet::require_float(*net)) continue;
    auto observer = linnet::range_observer::create(*net);
    ASSERT_TRUE(observer) << observer.error().message;
    auto const fill = [](linnet::tensor_ref const& input, std::uint32_t seed) {
      std::ranges::copy(golden::random_input(seed, true, input.bytes.size()), input.bytes.begin());
    };
    fill(observer->input(), 1);
    ASSERT_TRUE(observer->run());
    auto const made = linnet::quantize(*net, observer->ranges());
    auto const recurs = [](linnet::node const& n) { return n.kind == linnet::op::recurrent; };
    if (std::ranges::any_of(net->graph.nodes, recurs)) {
      ASSERT_FALSE(made);
      EXPECT_NE(made.error().message.find("there is no int8 kernel of 'lstm'"), std::string::npos);
      continue;
    }
    ASSERT_TRUE(made) << made.error().message;
    auto compared = linnet::deployment_comparison::create(session_of(*net), session_of(*made));
    ASSERT_TRUE(compared) << compared.error().message;
    fill(compared->input(), 2);
    ASSERT_TRUE(compared->run());
    std::cout << "  " << entry.path().filename().string() << ": " << compared->outputs()[0].sqnr_db()
              << " dB\n";
    ++models;
  }
#if defined(LINNET_WITH_ONNX)
  EXPECT_GE(models, 16);
#else
  EXPECT_GE(models, 8);
#endif
}

}  // namespace
