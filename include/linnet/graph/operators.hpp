// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include <linnet/graph/recorder.hpp>

namespace linnet::inline LINNET_ISA {

/// One function an operator. Each infers its result's shape and returns its handle, or no tensor after a
/// mistake, which `finish` returns. A quantization left out is `default_quantization`'s, or the operand's
/// where stored values are only moved or compared.
template <class Storage>
class operator_builder : public graph_recorder<Storage> {
 public:
  /// A tensor that the caller brings: (batch, height, width, channels). Integers without a quantization get
  /// the default.
  constexpr tensor_handle input(input_options const& o) {
    return this->record_input({.shape = {o.batch, o.height, o.width, o.channels},
                               .type = o.type,
                               .quantization = o.type == f32 ? quantization{}
                                               : o.quantization == quantization{}
                                                   ? default_quantization(o.type, activation::none)
                                                   : o.quantization});
  }

  /// Windows over all channels: weights (filters, kernel height, kernel width, channels), one bias a filter.
  constexpr tensor_handle conv2d(tensor_handle x, conv2d_options const& o) {
    if (!this->begin(op::conv2d, {x})) return {};
    node n{.kind = op::conv2d, .activation = o.activation};
    n.window = window_over(shape_of(x), o.kernel, o.stride, o.dilation, o.border);
    return this->record_weighted(n, x, {o.filters, o.kernel.height, o.kernel.width, shape_of(x).back(0)},
                                 o.filters, o.quantization);
  }

  /// Windows over one channel each: weights (1, kernel height, kernel width, channels * multiplier).
  constexpr tensor_handle depthwise_conv2d(tensor_handle x, depthwise_conv2d_options const& o) {
    if (!this->begin(op::depthwise_conv2d, {x})) return {};
    node n{.kind = op::depthwise_conv2d, .activation = o.activation};
    n.window = window_over(shape_of(x), o.kernel, o.stride, o.dilation, o.border);
    auto const channels = saturate<std::int32_t>(std::int64_t{shape_of(x).back(0)} * o.multiplier);
    return this->record_weighted(n, x, {1, o.kernel.height, o.kernel.width, channels}, channels,
                                 o.quantization);
  }

  /// Every pixel of x is spread over a window of the result.
  constexpr tensor_handle transpose_conv2d(tensor_handle x, transpose_conv2d_options const& o) {
    if (!this->begin(op::transpose_conv2d, {x})) return {};
    node n{.kind = op::transpose_conv2d, .activation = o.activation};
    n.window = {o.kernel, o.stride, o.dilation, o.border.padding};
    n.padding[1].after = o.output_padding.height;
    n.padding[2].after = o.output_padding.width;
    if (!o.border.is_stated && detail::plausible(n.window)) detail::cut_spread(n, o.border.rule);
    return this->record_weighted(n, x, {o.filters, o.kernel.height, o.kernel.width, shape_of(x).back(0)},
                                 o.filters, o.quantization);
  }

  /// Scales and moves each channel by constants of its own: a depthwise convolution by one pixel, with
  /// weights (1,1,1,C) and bias (C), which integers compute as they compute any other.
  constexpr tensor_handle batch_normalization(tensor_handle x, batch_normalization_options const& o = {}) {
    return depthwise_conv2d(x,
                            {.kernel = {1, 1}, .activation = o.activation, .quantization = o.quantization});
  }

  /// Reads its input as one row of all elements.
  constexpr tensor_handle dense(tensor_handle x, dense_options const& o) {
    if (!this->begin(op::dense, {x})) return {};
    auto const inputs = static_cast<std::int32_t>(shape_of(x).elements());
    return this->record_weighted({.kind = op::dense, .activation = o.activation}, x, {o.units, inputs},
                                 o.units, o.quantization);
  }

  /// a + b of one shape, or with extents of 1 repeated; then the activation.
  constexpr tensor_handle add(tensor_handle a, tensor_handle b, add_options const& o = {}) {
    if (!this->begin(op::add, {a, b}) || !have_one_type({a, b})) return {};
    return this->record({.kind = op::add, .activation = o.activation}, {a, b},
                        this->activation_like(a, o.activation, o.quantization));
  }

  /// a (.., M, K) by b (.., K, N), whose outer extents of 1, and missing ones, are repeated.
  constexpr tensor_handle batch_matmul(tensor_handle a, tensor_handle b, batch_matmul_options const& o = {}) {
    if (!this->begin(op::batch_matmul, {a, b}) || !have_one_type({a, b})) return {};
    node n{.kind = op::batch_matmul, .activation = o.activation};
    n.transposed = {o.a_transposed, o.b_transposed};
    return this->record(n, {a, b}, this->activation_like(a, o.activation, o.quantization));
  }

  /// f(a, b) of tensors whose extents of 1, and missing outer dimensions, are repeated. The quantization left
  /// out is the default's; maximum and minimum keep the operands'.
  constexpr tensor_handle binary(binary_function f, tensor_handle a, tensor_handle b,
                                 add_options const& o = {}) {
    if (!this->begin(op::binary, {a, b}) || !have_one_type({a, b})) return {};
    bool const compares = f == binary_function::maximum || f == binary_function::minimum;
    return this->record({.kind = op::binary, .activation = o.activation, .binary = f}, {a, b},
                        compares ? like(a) : this->activation_like(a, o.activation, o.quantization));
  }
  /// a - b, as `binary`.
  constexpr tensor_handle sub(tensor_handle a, tensor_handle b, add_options const& o = {}) {
    return binary(binary_function::sub, a, b, o);
  }
  /// a * b, as `binary`.
  constexpr tensor_handle mul(tensor_handle a, tensor_handle b, add_options const& o = {}) {
    return binary(binary_function::mul, a, b, o);
  }
  /// a / b, as `binary` (floats).
  constexpr tensor_handle div(tensor_handle a, tensor_handle b, add_options const& o = {}) {
    return binary(binary_function::div, a, b, o);
  }
  /// The greater of both, as `binary`.
  constexpr tensor_handle maximum(tensor_handle a, tensor_handle b) {
    return binary(binary_function::maximum, a, b);
  }
  /// The lesser of both, as `binary`.
  constexpr tensor_handle minimum(tensor_handle a, tensor_handle b) {
    return binary(binary_function::minimum, a, b);
  }

  /// f(x) of each element, with the function's parameters.
  constexpr tensor_handle unary(unary_function f, tensor_handle x, unary_options const& o = {}) {
    if (!this->begin(op::unary, {x})) return {};
    return this->record({.kind = op::unary, .beta = o.b, .alpha = o.a, .unary = f}, {x},
                        this->activation_like(x, activation::none, o.quantization));
  }
  /// Integer results are steps of 1/128 around 0 (s16: of 1/32768).
  constexpr tensor_handle tanh(tensor_handle x) {
    if (!this->begin(op::unary, {x})) return {};
    element_type const type = this->info(x).type;
    quantization const q{1.0f / (type == s16 ? 32768.0f : 128.0f), type == u8 ? 128 : 0};
    return unary(unary_function::tanh, x, {.quantization = q});
  }
  /// x, or slope * x where x is below 0.
  constexpr tensor_handle leaky_relu(tensor_handle x, float slope, quantization const& q = {}) {
    return unary(unary_function::leaky_relu, x, {.a = slope, .quantization = q});
  }
  /// x * relu6(x + 3) / 6.
  constexpr tensor_handle hard_swish(tensor_handle x, quantization const& q = {}) {
    return unary(unary_function::hard_swish, x, {.quantization = q});
  }
  /// What is stored, as numbers of another type (`unary_function::cast`); if not stated, in steps of 1.
  constexpr tensor_handle cast(tensor_handle x, element_type type, quantization const& q = {1.0f, 0}) {
    if (!this->begin(op::unary, {x})) return {};
    return this->record({.kind = op::unary, .unary = unary_function::cast}, {x},
                        this->integer_or_real(type, type == s32 || type == s64 ? quantization{} : q));
  }

  /// Mean of each window and channel; padding does not count.
  constexpr tensor_handle average_pool2d(tensor_handle x, pool2d_options const& o) {
    return pool(op::average_pool2d, x, o);
  }
  /// Largest element of each window and channel.
  constexpr tensor_handle max_pool2d(tensor_handle x, pool2d_options const& o) {
    return pool(op::max_pool2d, x, o);
  }

  /// The image in another size. Linear: f32 and s8.
  constexpr tensor_handle resize(tensor_handle x, resize_options const& o) {
    if (!this->begin(op::resize, {x})) return {};
    tensor_info made = like(x);
    if (shape_of(x).rank() == 4) made.shape = {shape_of(x)[0], o.height, o.width, shape_of(x)[3]};
    return this->record({.kind = op::resize, .beta = 0.0f, .resampling = o.how}, {x}, made);
  }

  /// The mean over these axes; a negative one counts from behind.
  constexpr tensor_handle mean(tensor_handle x, std::initializer_list<std::int32_t> axes,
                               mean_options const& o = {}) {
    node n{.kind = op::mean};
    if (!this->begin(op::mean, {x}) || !take_axes(n, x, axes)) return {};
    tensor_info made = like(x);
    if (!(o.quantization == quantization{})) made = this->integer_or_real(made.type, o.quantization);
    made.shape = reduced(shape_of(x), n, o.keep_dims);
    return this->record(n, {x}, made);
  }
  /// Sum (floats), largest or smallest element over these axes.
  constexpr tensor_handle reduce(reduction r, tensor_handle x, std::initializer_list<std::int32_t> axes,
                                 bool keep_dims = true) {
    node n{.kind = op::reduce, .reduction = r};
    if (!this->begin(op::reduce, {x}) || !take_axes(n, x, axes)) return {};
    tensor_info made = like(x);
    made.shape = reduced(shape_of(x), n, keep_dims);
    return this->record(n, {x}, made);
  }
  /// The mean over height and width, which stay as 1.
  constexpr tensor_handle global_average_pool(tensor_handle x) { return mean(x, {1, 2}); }

  /// Side by side along an axis.
  constexpr tensor_handle concat(std::initializer_list<tensor_handle> parts, concat_options const& o = {}) {
    node n{.kind = op::concat};
    if (!this->begin(op::concat, parts) || !have_one_type(parts)) return {};
    tensor_handle const first = *parts.begin();
    if (!take_axes(n, first, {o.axis})) return {};
    return this->record(n, parts, this->activation_like(first, activation::none, o.quantization));
  }

  /// `amounts` in front of and behind each dimension, the outermost first, with the zero point.
  constexpr tensor_handle pad(tensor_handle x, std::initializer_list<edge_padding> amounts) {
    if (!this->begin(op::pad, {x})) return {};
    node n{.kind = op::pad};
    if (amounts.size() > shape_of(x).rank())
      return this->blame({.fault = graph_fault::bad_padding, .first = shape_of(x)});
    std::size_t i = 0;
    for (edge_padding const& amount : amounts) n.padding[i++] = amount;
    return this->record(n, {x}, like(x));
  }
  /// The same around the images of a batch.
  constexpr tensor_handle pad(tensor_handle x, padding2d const& p) {
    return pad(x, {{}, {p.top, p.bottom}, {p.left, p.right}});
  }

  /// The same elements in the same order under another shape of as many.
  constexpr tensor_handle reshape(tensor_handle x, shape const& to) {
    if (!this->begin(op::reshape, {x})) return {};
    tensor_info made = like(x);
    made.shape = to;
    return this->record({.kind = op::reshape}, {x}, made);
  }
  /// One row for each of the outermost dimension.
  constexpr tensor_handle flatten(tensor_handle x) {
    if (!this->begin(op::reshape, {x})) return {};
    std::int32_t const rows = shape_of(x).rank() > 0 ? shape_of(x)[0] : 1;
    return reshape(x, {rows, static_cast<std::int32_t>(shape_of(x).elements() / rows)});
  }

  /// Output dimension i is x's dimension axes[i].
  constexpr tensor_handle transpose(tensor_handle x, std::initializer_list<std::int32_t> axes) {
    node n{.kind = op::transpose};
    if (!this->begin(op::transpose, {x}) || !take_axes(n, x, axes)) return {};
    return this->record(n, {x}, like(x));
  }

  /// `sizes[i]` entries of each dimension from `begins[i]` on.
  constexpr tensor_handle slice(tensor_handle x, std::initializer_list<std::int32_t> begins,
                                std::initializer_list<std::int32_t> sizes) {
    node n{.kind = op::slice};
    if (!this->begin(op::slice, {x})) return {};
    shape const from = shape_of(x);
    if (begins.size() != from.rank() || sizes.size() != from.rank())
      return this->blame({.fault = graph_fault::bad_axis, .first = from});
    for (std::size_t i = 0; i < from.rank(); ++i) {
      std::int32_t const first = begins.begin()[i], size = sizes.begin()[i];
      n.padding[i] = {first, from[i] - first - size};
      n.axes.push_back(1);
    }
    tensor_info made = like(x);
    made.shape = shape(sizes);
    return this->record(n, {x}, made);
  }

  /// max(x, 0), with the quantization stated or the default's.
  constexpr tensor_handle relu(tensor_handle x, quantization const& q = {}) {
    return clamped(x, activation::relu, q);
  }
  /// min(max(x, 0), 6).
  constexpr tensor_handle relu6(tensor_handle x, quantization const& q = {}) {
    return clamped(x, activation::relu6, q);
  }

  /// Integer results are steps of 1/256 from 0 (s16: of 1/32768).
  constexpr tensor_handle logistic(tensor_handle x) {
    if (!this->begin(op::logistic, {x})) return {};
    return this->record({.kind = op::logistic}, {x}, from_zero_to_one(x));
  }
  /// e^(beta x) over their sum, along the last dimension. Integer results as of `logistic`.
  constexpr tensor_handle softmax(tensor_handle x, softmax_options const& o = {}) {
    if (!this->begin(op::softmax, {x})) return {};
    return this->record({.kind = op::softmax, .beta = o.beta}, {x}, from_zero_to_one(x));
  }

  /// A user's operator of x. With `weights` stated it has a constant operand behind it.
  template <CustomOperator Operator>
  constexpr tensor_handle custom(tensor_handle x, custom_options const& o = {}) {
    node const n = custom_node<Operator>(o);
    if (!this->begin(op::custom, {x})) return {};
    tensor_info const made = this->activation_like(x, activation::none, o.quantization);
    if (o.weights.empty()) return this->record(n, {x}, made);
    if (graph_fault const fault = detail::shape_soundness(o.weights); fault != graph_fault::none)
      return this->blame({.fault = fault, .first = o.weights, .second = shape_of(x)});
    tensor_handle const weights = this->add_constant(o.weights, o.weights_type, o.weights_quantization);
    return this->record(n, {x, weights}, made);
  }
  /// The same of two tensors.
  template <CustomOperator Operator>
  constexpr tensor_handle custom(tensor_handle x, tensor_handle y, custom_options const& o = {}) {
    if (!this->begin(op::custom, {x, y})) return {};
    return this->record(custom_node<Operator>(o), {x, y},
                        this->activation_like(x, activation::none, o.quantization));
  }

  /// x - ln(sum of e^x) along the last dimension (floats).
  constexpr tensor_handle log_softmax(tensor_handle x, softmax_options const& o = {}) {
    if (!this->begin(op::softmax, {x})) return {};
    return this->record({.kind = op::softmax, .beta = o.beta, .unary = unary_function::log}, {x}, like(x));
  }

  /// Floats to integers.
  constexpr tensor_handle quantize(tensor_handle x, conversion_options const& o = {}) {
    return converted(op::quantize, x, true, o.type, o.quantization);
  }
  /// Integers to floats.
  constexpr tensor_handle dequantize(tensor_handle x) { return converted(op::dequantize, x, false, f32, {}); }
  /// Integers to integers of another quantization or type.
  constexpr tensor_handle requantize(tensor_handle x, conversion_options const& o) {
    return converted(op::requantize, x, false, o.type, o.quantization);
  }

 protected:
  /// Precondition: `known(x)`.
  [[nodiscard]] constexpr shape shape_of(tensor_handle x) const { return this->info(x).shape; }

  template <CustomOperator Operator>
  [[nodiscard]] static constexpr node custom_node(custom_options const& o) {
    return {.kind = op::custom, .beta = o.b, .alpha = o.a, .custom = &custom_operator_of<Operator>};
  }
  [[nodiscard]] constexpr tensor_info like(tensor_handle x) const {
    return this->integer_or_real(this->info(x).type, this->info(x).quantization);
  }
  [[nodiscard]] constexpr tensor_info from_zero_to_one(tensor_handle x) const {
    element_type const type = this->info(x).type;
    return this->integer_or_real(type, {1.0f / (type == s16 ? 32768.0f : 256.0f), type == s8 ? -128 : 0});
  }

  constexpr bool have_one_type(std::initializer_list<tensor_handle> operands) {
    for (tensor_handle x : operands) {
      if (this->info(x).type == this->info(*operands.begin()).type) continue;
      this->blame({.fault = graph_fault::types_not_supported, .tensor = x.id, .first = shape_of(x)});
      return false;
    }
    return true;
  }

  /// Negative axes become what they mean; what is out of range then, `infer_shape` finds.
  constexpr bool take_axes(node& n, tensor_handle x, std::initializer_list<std::int32_t> axes) {
    auto const rank = static_cast<std::int32_t>(shape_of(x).rank());
    if (axes.size() > max_rank) {
      this->blame({.fault = graph_fault::bad_axis, .first = shape_of(x)});
      return false;
    }
    for (std::int32_t axis : axes) n.axes.push_back(axis < 0 && axis >= -rank ? axis + rank : axis);
    return true;
  }

  [[nodiscard]] static constexpr shape reduced(shape const& from, node const& n, bool keep_dims) {
    shape result;
    for (std::size_t i = 0; i < from.rank(); ++i) {
      bool over = false;
      for (std::int32_t axis : n.axes) over = over || static_cast<std::size_t>(axis) == i;
      if (!over || keep_dims) result.push_back(over ? 1 : from[i]);
    }
    return result;
  }

  [[nodiscard]] static constexpr window2d window_over(shape const& in, extent2d kernel, extent2d stride,
                                                      extent2d dilation, border_choice const& b) {
    window2d w{.kernel = kernel, .stride = stride, .dilation = dilation};
    if (b.is_stated) w.padding = b.padding;
    if (b.is_stated || b.rule == border::valid || !detail::plausible(w)) return w;
    if (b.rule == border::valid_ceil) {
      w.padding.bottom = missing_rows(in.back(2), kernel.height, stride.height);
      w.padding.right = missing_rows(in.back(1), kernel.width, stride.width);
      return w;
    }
    edge_padding const rows = same_padding(in.back(2), kernel.height, stride.height, dilation.height);
    edge_padding const columns = same_padding(in.back(1), kernel.width, stride.width, dilation.width);
    w.padding = {.top = rows.before, .left = columns.before, .bottom = rows.after, .right = columns.after};
    return w;
  }

  /// What the last, partly filled window lacks.
  [[nodiscard]] static constexpr std::int32_t missing_rows(std::int32_t input, std::int32_t kernel,
                                                           std::int32_t stride) {
    std::int32_t const behind = max(input - kernel, std::int32_t{0}) % stride;
    return behind == 0 ? 0 : stride - behind;
  }

  constexpr tensor_handle pool(op kind, tensor_handle x, pool2d_options const& o) {
    if (!this->begin(kind, {x})) return {};
    node n{.kind = kind, .activation = o.activation};
    n.window = window_over(shape_of(x), o.kernel, o.stride, {1, 1}, o.border);
    return this->record(n, {x}, like(x));
  }

  constexpr tensor_handle clamped(tensor_handle x, activation a, quantization const& q) {
    if (!this->begin(op::relu, {x})) return {};
    return this->record({.kind = op::relu, .activation = a}, {x}, this->activation_like(x, a, q));
  }

  constexpr tensor_handle converted(op kind, tensor_handle x, bool from_real, element_type to,
                                    quantization const& q) {
    if (!this->begin(kind, {x})) return {};
    bool const is_real = this->info(x).type == f32, makes_real = kind == op::dequantize;
    if (is_real != from_real || (to == f32) != makes_real)
      return this->blame({.fault = graph_fault::types_not_supported, .tensor = x.id, .first = shape_of(x)});
    bool const chosen = !(q == quantization{});
    return this->record({.kind = kind}, {x},
                        this->integer_or_real(to, chosen ? q : default_quantization(to, activation::none)));
  }
};

}  // namespace linnet::inline LINNET_ISA
