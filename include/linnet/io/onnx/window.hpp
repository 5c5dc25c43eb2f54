// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/io/onnx/stated_operator.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// The largest kernel extent, stride, dilation and padding of a window; the largest image under it.
inline constexpr std::int64_t most_window = 1 << 14, most_image_extent = 1 << 20;

/// A window with its padding as the file has it, and what has to be read beyond that so that the last output
/// of a rounded-up count has a place: no element is there, neither to compare nor to count.
struct resolved_window {
  window2d window{};     ///< padding: stated or automatic, less the overhang
  padding2d overhang{};  ///< top and left are 0
};

/// How one dimension is padded.
struct padding_rule {
  /// What decides.
  enum class kind { stated, same_upper, same_lower, valid } mode = kind::stated;  ///< auto_pad
  bool round_up = false;                                                          ///< ceil_mode
};

namespace detail {

/// Padding in front and behind, and the overhang of the last window, along one dimension.
struct resolved_padding {
  std::int32_t before = 0, after = 0, overhang = 0;
};

/// The rules of the operator specification (MaxPool-12, Conv-11): SAME gives ceil(input / stride) outputs,
/// with the odd element behind (upper) or in front (lower); a rounded-up count leaves out a window that would
/// begin behind the image and its padding in front. Precondition: all numbers are within the limits.
[[nodiscard]] inline resolved_padding resolve(std::int32_t input, std::int32_t reach, std::int32_t stride,
                                              padding_rule rule, resolved_padding stated) {
  using kind = padding_rule::kind;
  resolved_padding p = rule.mode == kind::stated ? stated : resolved_padding{};
  if (rule.mode == kind::same_upper || rule.mode == kind::same_lower) {
    auto const [less, more] = same_padding(input, reach, stride, 1);
    p = rule.mode == kind::same_upper ? resolved_padding{less, more} : resolved_padding{more, less};
  }
  std::int32_t const room = input + p.before + p.after - reach;
  if (!rule.round_up || room < 0) return p;
  std::int32_t last = divide_rounding_up(room, stride) * stride;  // where the last window begins
  if (last >= input + p.before) last -= stride;
  p.overhang = std::max(0, last - room);
  return p;
}

[[nodiscard]] inline result<padding_rule> read_padding_rule(attributes& a) {
  using kind = padding_rule::kind;
  std::string const stated = a.text("auto_pad", "NOTSET");
  if (stated == "NOTSET") return padding_rule{kind::stated};
  if (stated == "SAME_UPPER") return padding_rule{kind::same_upper};
  if (stated == "SAME_LOWER") return padding_rule{kind::same_lower};
  if (stated == "VALID") return padding_rule{kind::valid};
  return fail(errc::malformed, "its auto_pad is " + in_quotes(stated));
}

/// `count` numbers of an attribute between `least` and `most_window`; `otherwise` where it is not stated.
[[nodiscard]] inline result<std::vector<std::int32_t>> window_numbers(attributes& a, std::string const& name,
                                                                      std::size_t count, std::int64_t least,
                                                                      std::int64_t otherwise) {
  auto const stated = a.integers(name).value_or(std::vector<std::int64_t>(count, otherwise));
  if (stated.size() != count) {
    return fail(errc::invalid_graph, "its " + name + " has " + std::to_string(stated.size()) +
                                         " numbers, not " + std::to_string(count));
  }
  std::vector<std::int32_t> numbers;
  for (std::int64_t value : stated) {
    if (value < least || value > most_window) {
      return fail(errc::invalid_graph, "its " + name + " has " + std::to_string(value) + ", not between " +
                                           std::to_string(least) + " and " + std::to_string(most_window));
    }
    numbers.push_back(static_cast<std::int32_t>(value));
  }
  return numbers;
}

/// The numbers of a window as the file has them: one for each dimension that it moves along.
struct stated_window {
  std::vector<std::int32_t> kernel{}, strides{}, dilations{};  // (rows, columns)
  std::vector<std::int32_t> pads{};                            // (top, left, bottom, right)
  padding_rule rule{};
};

/// Reads kernel_shape, strides, dilations, pads and auto_pad of so many dimensions.
[[nodiscard]] inline result<stated_window> read_stated_window(attributes& a, std::size_t dimensions) {
  auto const kernel = window_numbers(a, "kernel_shape", dimensions, 1, 1);
  if (!kernel) return unexpected(kernel.error());
  auto const strides = window_numbers(a, "strides", dimensions, 1, 1);
  if (!strides) return unexpected(strides.error());
  auto const dilations = window_numbers(a, "dilations", dimensions, 1, 1);
  if (!dilations) return unexpected(dilations.error());
  auto const pads = window_numbers(a, "pads", 2 * dimensions, 0, 0);
  if (!pads) return unexpected(pads.error());
  auto const rule = read_padding_rule(a);
  if (!rule) return unexpected(rule.error());
  return stated_window{*kernel, *strides, *dilations, *pads, *rule};
}

/// The same over an image; a list's window is one row high.
[[nodiscard]] inline result<stated_window> read_image_window(attributes& a, bool is_list) {
  auto made = read_stated_window(a, is_list ? 1 : 2);
  if (!made || !is_list) return made;
  for (auto* const ones : {&made->kernel, &made->strides, &made->dilations}) ones->insert(ones->begin(), 1);
  made->pads = {0, made->pads[0], 0, made->pads[1]};
  return made;
}

/// What `kernel_shape` or the weights say, which must not differ. `weights` is 0x0 where there are none.
[[nodiscard]] inline result<extent2d> kernel_of(attributes const& a, stated_window const& w,
                                                extent2d weights) {
  extent2d const stated{w.kernel[0], w.kernel[1]};
  bool const is_stated = a.has("kernel_shape");
  if (weights == extent2d{0, 0}) {
    if (is_stated) return stated;
    return fail(errc::malformed, "its kernel_shape is missing");
  }
  if (is_stated && stated != weights) {
    return fail(errc::invalid_graph, "its kernel_shape is not that of its weights");
  }
  if (weights.height <= most_window && weights.width <= most_window) return weights;
  return fail(errc::too_large, "its kernel is larger than " + std::to_string(most_window));
}

/// The window over an image (batch, channels, rows, columns), or over a list as one of a single row.
/// `weights` is the extent that the weights have, or 0x0.
[[nodiscard]] inline result<resolved_window> read_window(attributes& a, shape const& image, bool is_list,
                                                         extent2d weights) {
  auto const stated = read_image_window(a, is_list);
  if (!stated) return unexpected(stated.error());
  auto const kernel = kernel_of(a, *stated, weights);
  if (!kernel) return unexpected(kernel.error());
  if (image[2] > most_image_extent || image[3] > most_image_extent) {
    return fail(errc::too_large, "an image of " + describe(image) + " under a window, the limit is " +
                                     std::to_string(most_image_extent));
  }
  auto const &strides = stated->strides, &dilations = stated->dilations, &pads = stated->pads;
  auto const along = [&](std::int32_t input, std::int32_t taps, std::size_t i) {
    return resolve(input, (taps - 1) * dilations[i] + 1, strides[i], stated->rule, {pads[i], pads[i + 2]});
  };
  auto const rows = along(image[2], kernel->height, 0), columns = along(image[3], kernel->width, 1);
  resolved_window made;
  made.window = {.kernel = *kernel,
                 .stride = {strides[0], strides[1]},
                 .dilation = {dilations[0], dilations[1]},
                 .padding = {rows.before, columns.before, rows.after, columns.after}};
  made.overhang = {0, 0, rows.overhang, columns.overhang};
  return made;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
