// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/load.hpp>

#include "zoo.hpp"

// ONNX models against the outputs of onnxruntime 1.30 (CPU, its graph optimizations off), which lie beside
// them: floats within 1e-4.
namespace {

using golden::zoo;

std::vector<float> floats_of(std::filesystem::path const& path) {
  auto const bytes = golden::bytes_of(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

/// Runs and returns the largest difference to what is wanted.
double difference(linnet::session& session, std::span<float const> input, std::span<float const> wanted) {
  auto const in = session.input().as<float>(), out = session.output().as<float>();
  EXPECT_TRUE(in && out && in->size() == input.size() && out->size() == wanted.size());
  std::ranges::copy(input, in->begin());
  session.run();
  double largest = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    double const distance = std::abs(static_cast<double>((*out)[i]) - static_cast<double>(wanted[i]));
    largest = std::isnan(distance) ? 1e30 : std::max(largest, distance);
  }
  return largest;
}

/// As a file is, or with every operator a node of its own.
linnet::result<linnet::session> open(std::filesystem::path const& file, bool fuse) {
  if (fuse) return linnet::load(file);
  auto network = linnet::io::onnx::read(golden::bytes_of(file), file.string(), {.fuse = false});
  if (!network) return linnet::unexpected(network.error());
  return linnet::session::create(*std::move(network));
}

TEST(golden_onnx, models_with_stored_inputs) {
  GOLDEN_REQUIRE_ZOO();
  for (std::string const name : {"audio_example1", "keyword_spotting_mobilenetv2", "mobilenet_v2_0.5_128",
                                 "pretrainedResnet", "str_ww_ref_model", "tflite_micro_speech"}) {
    auto const stem = zoo() / "models/onnx" / name;
    auto const inputs = floats_of(stem.string() + ".ref_input.bin");
    auto const wanted = floats_of(stem.string() + ".ref_expected.bin");
    for (bool fuse : {true, false}) {
      auto session = open(stem.string() + ".onnx", fuse);
      ASSERT_TRUE(session) << session.error().message;
      std::size_t const in = session->input().bytes.size() / 4, out = session->output().bytes.size() / 4;
      double largest = 0;
      for (std::size_t i = 0; i * in < inputs.size(); ++i) {
        largest = std::max(largest, difference(*session, std::span(inputs).subspan(i * in, in),
                                               std::span(wanted).subspan(i * out, out)));
      }
      EXPECT_LE(largest, 1e-4) << name;
      std::cout << "  " << name << (fuse ? "" : ", unfused") << ": " << inputs.size() / in
                << " inputs, largest difference " << largest << ", " << session->graph().nodes.size()
                << " nodes\n";
    }
  }
}

// ---- Photographs

struct photographs {
  std::vector<std::byte> pixels;    // (image, 224, 224, 3), RGB
  std::vector<std::size_t> labels;  // of 1000 classes
};
constexpr std::size_t image_bytes = 224 * 224 * 3, stored_images = 64, referenced_images = 16,
                      unfused_images = 4;

photographs read_photographs() {
  photographs made{golden::bytes_of(zoo() / "data/imagenet/images_224_u8.bin"), {}};
  std::ifstream table(zoo() / "data/imagenet/labels_raw.csv");
  std::string line;
  std::getline(table, line);  // index,file,wnid,name,class_1000
  while (std::getline(table, line)) made.labels.push_back(std::stoul(line.substr(line.rfind(',') + 1)));
  return made;
}

/// How a network wants its pixels: (value - mean) * scale; planes in the order of `channels`.
struct preprocessing {
  std::array<std::size_t, 3> channels;
  std::array<float, 3> mean;  // of each plane
  float divisor;
};

std::vector<float> planes_of(std::span<std::byte const> image, preprocessing const& how) {
  std::vector<float> planes;
  for (std::size_t plane = 0; plane < 3; ++plane) {
    for (std::size_t i = how.channels[plane]; i < image_bytes; i += 3) {
      planes.push_back((static_cast<float>(std::to_integer<int>(image[i])) - how.mean[plane]) / how.divisor);
    }
  }
  return planes;
}

/// The first images against their references, all of them against their labels.
void classify(std::string const& name, preprocessing const& how,
              std::size_t least_right) {  // pinned: may only grow
  auto const pictures = read_photographs();
  ASSERT_EQ(pictures.labels.size(), stored_images);
  auto const wanted = floats_of(zoo() / "models/onnx" / (name + ".ref_expected.bin"));
  ASSERT_EQ(wanted.size(), referenced_images * 1000);
  auto session = open(zoo() / "models/onnx" / (name + ".onnx"), true);
  auto unfused = open(zoo() / "models/onnx" / (name + ".onnx"), false);
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_TRUE(unfused) << unfused.error().message;
  double largest = 0;
  std::size_t right = 0;
  for (std::size_t i = 0; i < stored_images; ++i) {
    auto const input = planes_of(std::span(pictures.pixels).subspan(i * image_bytes, image_bytes), how);
    std::span<float const> reference(wanted.data() + (i < referenced_images ? i * 1000 : 0), 1000);
    double const distance = difference(*session, input, reference);
    if (i < referenced_images) largest = std::max(largest, distance);
    if (i < unfused_images) largest = std::max(largest, difference(*unfused, input, reference));
    right += argmax(session->output()) == pictures.labels[i] ? 1u : 0u;
  }
  EXPECT_LE(largest, 1e-4);
  EXPECT_GE(right, least_right);
  std::cout << "  " << name << ": " << referenced_images << " images, largest difference " << largest
            << "; top 1: " << right << " of " << stored_images << " photographs ("
            << 100.0 * static_cast<double>(right) / stored_images << " %)\n";
}

TEST(golden_onnx, squeezenet) {
  GOLDEN_REQUIRE_ZOO();
  classify("squeezenet1.1_imagenet",
           {.channels = {2, 1, 0}, .mean = {104.0f, 117.0f, 123.0f}, .divisor = 1.0f}, 32);
}

TEST(golden_onnx, mobilenet_v1) {
  GOLDEN_REQUIRE_ZOO();
  classify("mobilenet_v1_0.25_224_imagenet",
           {.channels = {0, 1, 2}, .mean = {127.5f, 127.5f, 127.5f}, .divisor = 127.5f}, 38);
}

}  // namespace
