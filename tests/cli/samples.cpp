// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stb/stb_image_write.h>

#include <linnet/io/file.hpp>
#include <linnet/io/npy/write.hpp>

#include "support/tflite_samples.hpp"

// Writes the files that cli_test.cmake hands to the command: samples FOLDER.
namespace {

namespace tflite = linnet_tests::tflite;

/// 8 x 8 RGB pixels to three class scores, int8 inside.
tflite::model classifier() {
  using namespace tflite;
  return model_of(
      {computed("x", {1, 8, 8, 3}), channel_weights("w1", {2, 1, 1, 3}, 0), bias(2),
       computed("c", {1, 8, 8, 2}), numbers("axes", {1, 2}), computed("m", {1, 2}), weights("w2", {3, 2}),
       computed("d", {1, 3}), computed("y", {1, 3}, FLOAT32), computed("p", {1, 3}, FLOAT32)},
      {conv2d({0, 1, 2}, 3, {.activation = RELU}), plain(40, {3, 4}, 5), fully_connected({5, 6, -1}, 7),
       plain(6, {7}, 8), softmax(8, 9)});
}

/// Four floats; their positive parts, and those again.
tflite::model two_outputs() {
  using namespace tflite;
  auto made = model_of(
      {computed("x", {1, 4}, FLOAT32), computed("y", {1, 4}, FLOAT32), computed("z", {1, 4}, FLOAT32)},
      {plain(19, {0}, 1), plain(21, {1}, 2)});
  made.outputs = {1, 2};
  return made;
}

/// The sum of two arrays of four floats.
tflite::model two_inputs() {
  using namespace tflite;
  auto made = model_of(
      {computed("x", {1, 4}, FLOAT32), computed("y", {1, 4}, FLOAT32), computed("z", {1, 4}, FLOAT32)},
      {add(0, 1, 2)});
  made.inputs = {0, 1};
  made.outputs = {2};
  return made;
}

/// 8 x 8 pixels of floats in three colours to two scores; `largest` is one of the weights.
tflite::model floats(float largest) {
  using namespace tflite;
  auto const constant = [](std::string name, std::vector<std::int32_t> shape, std::size_t count) {
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<float>(i % 7) / 3 - 1);
    return tensor{.name = std::move(name), .shape = std::move(shape), .data = bytes_of(values)};
  };
  auto made = model_of(
      {computed("x", {1, 8, 8, 3}, FLOAT32), constant("w", {16, 3, 3, 3}, 432), constant("b", {16}, 16),
       computed("y", {1, 8, 8, 16}, FLOAT32), constant("v", {2, 1024}, 2048), computed("z", {1, 2}, FLOAT32)},
      {conv2d({0, 1, 2}, 3), fully_connected({3, 4, -1}, 5)});
  std::memcpy(made.tensors[4].data.data(), &largest, sizeof largest);
  return made;
}

/// Four numbers of int8 to two by weights of 4 bits.
tflite::model nibbles() {
  using namespace tflite;
  tensor const w{
      .name = "w", .shape = {2, 4}, .type = INT4, .data = std::vector(4, std::byte{0x7E}), .scales = {0.5f}};
  return model_of({computed("x", {1, 4}), w, computed("y", {1, 2})}, {fully_connected({0, 1, -1}, 2)});
}

/// Four floats to two by weights of float16, as converters write them.
tflite::model halves() {
  using namespace tflite;
  tensor const w{.name = "w", .shape = {2, 4}, .type = FLOAT16, .data = std::vector(16, std::byte{0x3C})};
  return model_of(
      {computed("x", {1, 4}, FLOAT32), w, computed("v", {2, 4}, FLOAT32), computed("y", {1, 2}, FLOAT32)},
      {plain(6, {1}, 2), fully_connected({0, 2, -1}, 3)});
}

/// An operator that nobody knows.
tflite::model unknown_operator() {
  using namespace tflite;
  return model_of({computed("x", {1, 4}, FLOAT32), computed("y", {1, 4}, FLOAT32)}, {plain(126, {0}, 1)});
}

class folder {
 public:
  explicit folder(std::filesystem::path path) : path_(std::move(path)) {}

  void write(std::string_view name, linnet::result<std::vector<std::byte>> const& bytes) {
    if (!bytes) return fail(bytes.error().message);
    auto const written = linnet::io::write_file(path_ / name, *bytes);
    if (!written) fail(written.error().message);
  }
  void write_floats(std::string_view name, std::vector<float> const& values) {
    linnet::shape const shape{1, static_cast<std::int32_t>(values.size())};
    write(name, linnet::io::npy::write(
                    linnet::io::npy::array_view{linnet::f32, shape, std::as_bytes(std::span(values))}));
  }
  /// A square picture of int8 in three colours, with no two rows alike; colours in front as other tools have
  /// them, or behind.
  void write_pixels(std::string_view name, std::int32_t side, bool colours_first = false) {
    std::vector<std::int8_t> pixels;
    for (std::int32_t i = 0; i < side * side * 3; ++i) {
      std::int32_t const number = colours_first ? i % (side * side) * 3 + i / (side * side) : i;
      pixels.push_back(static_cast<std::int8_t>(number * number % 251 - 125));
    }
    linnet::shape const shape =
        colours_first ? linnet::shape{1, 3, side, side} : linnet::shape{1, side, side, 3};
    write(name, linnet::io::npy::write(
                    linnet::io::npy::array_view{linnet::s8, shape, std::as_bytes(std::span(pixels))}));
  }
  void write_picture(std::string_view name) {
    std::vector<std::uint8_t> pixels(20 * 12 * 3);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 5);
    std::vector<std::byte> file;
    stbi_write_png_to_func(
        [](void* to, void* from, int size) {
          auto const* bytes = static_cast<std::byte const*>(from);
          static_cast<std::vector<std::byte>*>(to)->insert(static_cast<std::vector<std::byte>*>(to)->end(),
                                                           bytes, bytes + size);
        },
        &file, 20, 12, 3, pixels.data(), 0);
    write(name, file);
  }
  [[nodiscard]] bool sound() const { return sound_; }

 private:
  void fail(std::string const& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    sound_ = false;
  }

  std::filesystem::path path_;
  bool sound_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  folder to(argv[1]);
  auto const whole = classifier().bytes();
  to.write("classifier.tflite", whole);
  to.write("truncated.tflite", std::vector<std::byte>(whole.begin(), whole.begin() + 200));
  to.write("two_outputs.tflite", two_outputs().bytes());
  to.write("two_inputs.tflite", two_inputs().bytes());
  to.write("floats.tflite", floats(0.5f).bytes());
  to.write("large_floats.tflite", floats(70000).bytes());
  to.write("nibbles.tflite", nibbles().bytes());
  to.write("halves.tflite", halves().bytes());
  for (tflite::sample const& s : tflite::recurrent_samples()) to.write(s.name + ".tflite", s.model.bytes());
  to.write("unknown_operator.tflite", unknown_operator().bytes());
  to.write_floats("x.npy", {-1.0f, 0.5f, 7.0f, -8.0f});
  to.write_floats("y_expected.npy", {0.0f, 0.5f, 7.0f, 0.0f});
  to.write_floats("z_expected.npy", {0.0f, 0.5f, 6.0f, 0.0f});
  to.write_floats("wrong_shape.npy", {1.0f, 2.0f});
  to.write_pixels("pixels_8.npy", 8);
  to.write_pixels("pixels_8_colours_first.npy", 8, true);
  to.write_pixels("pixels_96.npy", 96);
  to.write_picture("picture.png");
  return to.sound() ? 0 : 1;
}
