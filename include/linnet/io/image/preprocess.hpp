// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/base/math.hpp>
#include <linnet/io/image/image.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/session/error.hpp>
#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

namespace linnet::inline LINNET_ISA::io {

/// How the pixels of a model's input lie.
enum class pixel_layout : std::uint8_t {
  interleaved,  // (1, height, width, channels)
  planar        // (1, channels, height, width)
};

/// A model's input read as a picture.
struct picture_input {
  int width = 0, height = 0, channels = 3;          ///< in pixels; 1 or 3 channels
  pixel_layout layout = pixel_layout::interleaved;  ///< of the tensor
  friend bool operator==(picture_input const&, picture_input const&) = default;
};

/// Which picture an input takes: (1, H, W, 1 or 3), else (1, 1 or 3, H, W). Fails (wrong_argument) for every
/// other shape.
[[nodiscard]] inline result<picture_input> picture_input_of(shape const& s) {
  auto const is_color = [](std::int32_t extent) { return extent == 1 || extent == 3; };
  bool const one = s.rank() == 4 && s[0] == 1 && s.elements() > 0;
  if (one && is_color(s[3])) return picture_input{s[2], s[1], s[3], pixel_layout::interleaved};
  if (one && is_color(s[1])) return picture_input{s[3], s[2], s[1], pixel_layout::planar};
  std::string text;
  for (std::int32_t extent : s) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return fail(errc::wrong_argument, "the model's input (" + text +
                                        ") is no picture: that would be (1, height, width, 1 or 3) or "
                                        "(1, 1 or 3, height, width)");
}

/// What a model's training did to pixels of 0 to 255: real = (pixel - mean) / deviation, per channel; a grey
/// picture uses the first entries.
struct normalization {
  std::array<float, 3> mean{0.0f, 0.0f, 0.0f};       ///< of red, green and blue
  std::array<float, 3> deviation{1.0f, 1.0f, 1.0f};  ///< likewise; above 0
  friend bool operator==(normalization const&, normalization const&) = default;
};

/// ImageNet's mean and standard deviation, as PyTorch's model zoo uses them (0.485 0.456 0.406, 0.229 0.224
/// 0.225 of the range).
inline constexpr normalization imagenet_normalization{{123.675f, 116.28f, 103.53f},
                                                      {58.395f, 57.12f, 57.375f}};

/// How a picture becomes a model's input. Without a normalization it follows from the input's type: the input
/// quantization of image models is chosen to span the pixels' range, so 0 to 255 is laid over the whole range
/// of an 8-bit input (u8: q = pixel, s8: q = pixel - 128), and over [-1, 1] of a float one (pixel / 127.5 -
/// 1).
struct preprocessing {
  /// None: what the input's quantization says.
  std::optional<io::normalization> normalization = std::nullopt;
  pixel_layout layout = pixel_layout::interleaved;
};

namespace detail {

/// What each pixel value of each channel becomes.
template <class T>
using pixel_table = std::array<std::array<T, 256>, 3>;

template <class T, std::invocable<std::size_t, int> Function>
[[nodiscard]] pixel_table<T> make_pixel_table(Function const& value) {
  pixel_table<T> table;
  for (std::size_t c = 0; c < table.size(); ++c) {
    for (int p = 0; p < 256; ++p) table[c][static_cast<std::size_t>(p)] = value(c, p);
  }
  return table;
}

[[nodiscard]] inline float normalized(normalization const& n, std::size_t channel, int pixel) {
  return (static_cast<float>(pixel) - n.mean[channel]) / n.deviation[channel];
}

template <std::integral T>
[[nodiscard]] pixel_table<T> quantized_table(quantization const& q, preprocessing const& how) {
  constexpr int lowest = std::numeric_limits<T>::min();
  if (!how.normalization) {
    return make_pixel_table<T>([](std::size_t, int p) { return static_cast<T>(p + lowest); });
  }
  affine<T> const quantizer(q.scale, q.zero_point);
  return make_pixel_table<T>(
      [&](std::size_t c, int p) { return quantize(quantizer, normalized(*how.normalization, c, p)); });
}

[[nodiscard]] inline pixel_table<float> float_table(preprocessing const& how) {
  if (!how.normalization) {
    return make_pixel_table<float>([](std::size_t, int p) { return static_cast<float>(p) / 127.5f - 1.0f; });
  }
  return make_pixel_table<float>([&](std::size_t c, int p) { return normalized(*how.normalization, c, p); });
}

template <class T>
[[nodiscard]] std::vector<std::byte> map_pixels(image const& from, pixel_table<T> const& table,
                                                pixel_layout layout) {
  auto const channels = static_cast<std::size_t>(from.channels);
  std::size_t const pixels = from.pixels.size() / channels;
  std::vector<std::byte> bytes(from.pixels.size() * sizeof(T));
  bool const planar = layout == pixel_layout::planar;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c) {
      std::size_t const to = planar ? c * pixels + i : i * channels + c;
      store(bytes.data() + to * sizeof(T), table[c][from.pixels[i * channels + c]]);
    }
  }
  return bytes;
}

[[nodiscard]] inline result<void> check_normalization(element_type type, quantization const& q,
                                                      normalization const& n) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (!is_finite(n.mean[c]) || !is_finite(n.deviation[c]) || !(n.deviation[c] > 0.0f)) {
      return fail(errc::wrong_argument, "a mean must be finite and a deviation finite and positive");
    }
  }
  if (type != f32 && !(is_finite(q.scale) && q.scale > 0.0f)) {
    return fail(errc::wrong_argument,
                "the model's input has no scale: mean and deviation cannot be applied to it");
  }
  return {};
}

}  // namespace detail

/// The bytes of a model's input (u8, s8 or f32 elements, batch of 1) for a picture that has its size and
/// channels. With a normalization, integers are made by `quantize` with the input's own scale and zero point.
/// Fails: not_supported for another element type; wrong_argument for an inconsistent picture, numbers that
/// are not finite, or a normalization where the input has no scale.
[[nodiscard]] inline result<std::vector<std::byte>> preprocess(image const& from, element_type type,
                                                               quantization const& quantization,
                                                               preprocessing const& how = {}) {
  if (!from.consistent()) return fail(errc::wrong_argument, "the picture is inconsistent");
  if (how.normalization) {
    auto const sound = detail::check_normalization(type, quantization, *how.normalization);
    if (!sound) return unexpected(sound.error());
  }
  switch (type) {
    case u8:
      return detail::map_pixels(from, detail::quantized_table<std::uint8_t>(quantization, how), how.layout);
    case s8:
      return detail::map_pixels(from, detail::quantized_table<std::int8_t>(quantization, how), how.layout);
    case f32: return detail::map_pixels(from, detail::float_table(how), how.layout);
    default:
      return fail(errc::not_supported,
                  "pictures become inputs of type u8, s8 or f32, not " + std::string(name_of(type)));
  }
}

}  // namespace linnet::inline LINNET_ISA::io
