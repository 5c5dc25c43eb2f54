// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/node.hpp>

// What the builder's functions take, as aggregates for designated initialisers. A `quantization` left out is
// the default that `default_quantization` states; floats ignore it.
namespace linnet::inline LINNET_ISA {

/// How a window meets the border of its input.
enum class border : std::uint8_t {
  same,       // padded to ceil(input / stride) outputs, the odd row or column behind
  valid,      // no padding; what does not fill a window is left out
  valid_ceil  // no padding but behind: the last window of a pool may be partly filled (ONNX ceil_mode)
};

/// A rule for the border, or the numbers themselves: `.border = border::valid`, `.border = padding2d{1, 1, 1,
/// 1}`.
struct border_choice {
  /// By a rule, or with these numbers.
  constexpr border_choice(linnet::border r) : rule(r) {}
  constexpr border_choice(padding2d const& p) : padding(p), is_stated(true) {}

  linnet::border rule = border::same;  ///< where no numbers are stated
  padding2d padding{};                 ///< rows and columns of zeros around the input
  bool is_stated = false;              ///< `padding` holds, not `rule`
};

/// What the caller will bring.
struct input_options {
  std::int32_t batch = 1, height = 1, width = 1, channels = 1;  ///< extents, each at least 1
  element_type type = f32;                                      ///< of each element
  linnet::quantization quantization{};  ///< of the result; left out: default_quantization, and none of floats
};

/// A convolution over all channels, with bias.
struct conv2d_options {
  std::int32_t filters = 1;                             ///< output channels
  extent2d kernel{1, 1}, stride{1, 1}, dilation{1, 1};  ///< in rows and columns
  border_choice border = border::same;                  ///< how windows meet the input's border
  linnet::activation activation = activation::none;     ///< behind the operator, in the same node
  linnet::quantization quantization{};
};

/// A convolution of each channel by itself, with bias.
struct depthwise_conv2d_options {
  extent2d kernel{3, 3}, stride{1, 1}, dilation{1, 1};  ///< in rows and columns
  std::int32_t multiplier = 1;                          ///< output channels for each input channel
  border_choice border = border::same;
  linnet::activation activation = activation::none;
  linnet::quantization quantization{};
};

/// A transposed convolution, with a bias a filter. What `border` states is cut off the output; `same` makes
/// it input * stride long, `valid` keeps it whole, and at least that long.
struct transpose_conv2d_options {
  std::int32_t filters = 1;                             ///< channels of the output
  extent2d kernel{1, 1}, stride{1, 1}, dilation{1, 1};  ///< how its window moves over the output
  border_choice border = border::same;                  ///< what is cut off the output
  extent2d output_padding{0, 0};                        ///< rows and columns more, behind it
  linnet::activation activation = activation::none;     ///< of the result
  linnet::quantization quantization{};                  ///< of the output
};

/// Products of matrices. The quantization left out is the default's.
struct batch_matmul_options {
  bool a_transposed = false, b_transposed = false;   ///< stored (.., K, M); stored (.., N, K)
  linnet::activation activation = activation::none;  ///< behind the operator, in the same node
  linnet::quantization quantization{};               ///< of the output
};

/// A pool; its output has the input's quantization.
struct pool2d_options {
  extent2d kernel{2, 2}, stride{2, 2};
  border_choice border = border::valid;
  linnet::activation activation = activation::none;
};

/// A fully connected layer, with bias.
struct dense_options {
  std::int32_t units = 1;  ///< outputs of each row
  linnet::activation activation = activation::none;
  linnet::quantization quantization{};
};

/// What follows an operator of two tensors.
struct add_options {
  linnet::activation activation = activation::none;
  linnet::quantization quantization{};
};

/// To so many rows and columns. By default as TensorFlow's half_pixel_centers.
struct resize_options {
  std::int32_t height = 1, width = 1;
  /// Which pixels are read, and what lies between them.
  resampling how{interpolation::nearest, sampling::center, nearest_entry::half_up};
};

/// Parameters of a function of one element (`unary_function`).
struct unary_options {
  float a = 0.0f, b = 1.0f;  ///< parameters, as `unary_function` names them
  linnet::quantization quantization{};
};

/// What a user's operator reads besides its activations, and what it makes.
struct custom_options {
  float a = 0.0f, b = 1.0f;                     ///< parameters: `custom_problem::a`, `b`
  shape weights{};                              ///< of the one constant operand, behind x; rank 0: none
  element_type weights_type = f32;              ///< of the constant operand
  linnet::quantization weights_quantization{};  ///< of the constant operand; none of floats
  linnet::quantization quantization{};          ///< of the output
};

/// Filters over time; see `op::recurrent`.
struct svdf_options {
  std::int32_t units = 1, rank = 1, memory = 1;  ///< numbers a row, filters of each, results kept of each
  linnet::activation activation = activation::none;
  element_type state_type = s16;               ///< of integers: of the results kept, s8 or s16
  linnet::quantization state{1.0f / 4096, 0};  ///< of integers: their steps
  linnet::quantization quantization{};         ///< of the output
};

/// What a graph keeps from run to run.
struct state_options {
  linnet::shape shape{};  ///< outermost dimension first
  element_type type = f32;
  linnet::quantization quantization{};  ///< of integers left out: the default's
};

/// A gated recurrent unit (Cho et al. 2014), as TensorFlow's Keras and ONNX have it.
struct gru_options {
  std::int32_t units = 1;
  /// Whether the reset gate comes behind the candidate's recurrent weights: Keras' `reset_after` (its default
  /// is true), ONNX's `linear_before_reset` (its default is 0).
  bool reset_after = true;
  linnet::quantization quantization{};  ///< of the state; of integers left out: 1/128 around 0
};

/// A recurrent layer without gates.
struct simple_rnn_options {
  std::int32_t units = 1;
  bool relu = false;                    ///< max(x, 0) in place of tanh
  linnet::quantization quantization{};  ///< of the state behind relu; of integers left out: the default's
};

/// A long short-term memory; see `op::recurrent`.
struct lstm_options {
  std::int32_t units = 1;
  bool time_major = false;                     ///< x is (time, batch, inputs)
  float cell_clip = 0.0f;                      ///< what the cells are clamped to, +-cell_clip; 0: nothing
  linnet::quantization cells{1.0f / 4096, 0};  ///< of integers: the steps of the cells, a power of two
  linnet::quantization quantization{};         ///< of the output; of integers left out: 1/128, of s16 2^-15
};

/// One factor and one addend a channel.
struct batch_normalization_options {
  linnet::activation activation = activation::none;
  linnet::quantization quantization{};
};

/// `keep_dims` leaves the reduced dimensions as 1. The quantization left out is the operand's.
struct mean_options {
  bool keep_dims = true;  ///< reduced dimensions stay as 1
  linnet::quantization quantization{};
};

/// A negative axis counts from behind: -1 is the last.
struct concat_options {
  std::int32_t axis = -1;  ///< dimension along which the parts are joined
  linnet::quantization quantization{};
};

/// How sharp the softmax is.
struct softmax_options {
  float beta = 1.0f;  ///< exp(beta * x); finite
};

/// To `type`, which must be an integer type.
struct conversion_options {
  element_type type = s8;  ///< of the result
  linnet::quantization quantization{};
};

/// MobileNetV1's block: 3x3 depthwise, 1x1 to `filters`, both with relu6 (Howard et al. 2017, section 3.1) or
/// what a descendant put there.
struct depthwise_separable_options {
  std::int32_t filters = 1, stride = 1;  ///< output channels; rows and columns from window to window
  linnet::activation activation = activation::relu6;
};

/// MobileNetV2's block: 1x1 to `expansion` times the channels, 3x3 depthwise, 1x1 linear to `filters`; added
/// to its input where the shapes agree (Sandler et al. 2018, section 3.3).
struct inverted_residual_options {
  /// Times the input's channels; output channels; rows and columns from window to window.
  std::int32_t expansion = 6, filters = 1, stride = 1;
};

/// How information passes around a fire module (Iandola et al. 2016, section 6): `simple` adds the module's
/// input to its output where their channels agree; `complex` brings the others to size by a 1x1 convolution.
enum class bypass : std::uint8_t { none, simple, complex };

/// SqueezeNet's module: 1x1 to `squeeze`, then 1x1 and 3x3 to `expand` each, side by side (Iandola et al.
/// 2016, section 3.2).
struct fire_options {
  std::int32_t squeeze = 1, expand = 1;  ///< output channels of the first layer, and of each of the other two
  linnet::bypass bypass = bypass::none;  ///< around the module
};

/// The quantization that a builder gives to an integer activation when none is stated: [0, 6] behind relu and
/// relu6, [-8, 8) elsewhere; both cover the range of s8 or u8. A quantizer replaces it with what the data
/// asks for.
[[nodiscard]] constexpr quantization default_quantization(element_type type, activation a) {
  std::int32_t const lowest = type == s8 ? -128 : 0;
  if (a == activation::relu || a == activation::relu6) return {6.0f / 255, lowest};
  return {1.0f / 16, lowest + 128};
}

namespace detail {

/// What a rule for the border cuts off a transposed convolution's output, and adds behind it where a window
/// is shorter than its stride.
constexpr void cut_spread(node& n, border rule) {
  auto const along = [&](std::int32_t kernel, std::int32_t stride, std::int32_t dilation,
                         std::int32_t& added) {
    std::int32_t const more = (kernel - 1) * dilation + 1 - stride;
    if (more < 0) added -= more;
    bool const is_cut = more > 0 && rule == border::same;
    return is_cut ? edge_padding{more / 2, more - more / 2} : edge_padding{};
  };
  window2d& w = n.window;
  auto const rows = along(w.kernel.height, w.stride.height, w.dilation.height, n.padding[1].after),
             columns = along(w.kernel.width, w.stride.width, w.dilation.width, n.padding[2].after);
  w.padding = {rows.before, columns.before, rows.after, columns.after};
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA
