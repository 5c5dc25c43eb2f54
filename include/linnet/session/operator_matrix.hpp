// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/graph/shape_inference.hpp>
#include <linnet/runtime/lowered_call.hpp>
#include <linnet/session/dynamic_graph.hpp>

// Which operator has a kernel for which types, asked of the kernels themselves: one node a cell is lowered as
// any graph's would be.
namespace linnet::inline LINNET_ISA {

/// The columns of the matrix: what an operator's activations are.
inline constexpr std::array matrix_types{f32, s8, u8, s16};

/// One operator or function, and by column the names of the architectures that have kernels of their own for
/// it, `scalar` first; none: there is no kernel. A reshape has none and needs none: "moves nothing".
struct matrix_row {
  std::string name;  ///< as `name_of` spells it
  std::array<std::vector<std::string>, matrix_types.size()> kernels{};
};

namespace detail {

/// A graph of one node over an image of eight rows, columns and channels, of operands and an output that its
/// kernels are meant for.
class operator_sample {
 public:
  operator_sample(node const& asked, element_type type, element_type weights)
      : type_(type), weights_(weights), node_(asked) {
    (void)fill();
  }

  /// Whether Arch has a kernel.
  template <class Arch>
  [[nodiscard]] bool has_kernel() const {
    if (node_.kind == op::reshape) return true;
    auto const lowered = lower_call<Arch>(graph_.view(), graph_.nodes[0]);
    return lowered && lowered->selected.found();
  }
  /// The kernel's architecture for Arch; empty: none, or Arch has none of its own.
  template <class Arch>
  [[nodiscard]] std::string kernel() const {
    if (node_.kind == op::reshape) return "moves nothing";
    auto const lowered = lower_call<Arch>(graph_.view(), graph_.nodes[0]);
    if (!lowered || !lowered->selected.found()) return {};
    return std::string_view(lowered->selected.arch) == Arch::name ? Arch::name : "";
  }

 private:
  static constexpr std::int32_t size = 8;

  [[nodiscard]] static quantization steps_of(element_type type) {
    switch (type) {
      case s8: return {0.05f, 3};
      case u8: return {0.05f, 131};
      case s16: return {1.0f / 1024, 0};
      case s4: return {0.05f, 0};
      default: return {};
    }
  }

  tensor_id add(shape const& s, element_type type, tensor_role role = tensor_role::activation) {
    tensor_info t{.shape = s, .type = type, .role = role, .quantization = steps_of(type)};
    if (role == tensor_role::constant && t.quantization.present()) t.quantization.zero_point = 0;
    graph_.tensors.push_back(t);
    return static_cast<tensor_id>(graph_.tensors.size() - 1);
  }
  tensor_id operand() { return add({1, size, size, size}, type_); }

  /// Weights of the column's type (of s16: bytes), and a bias.
  std::vector<tensor_id> layer(shape const& weights) {
    if (type_ == s16) node_.rounding = rounding::reduced_multiplier;
    tensor_id const x = operand(), w = add(weights, weights_, tensor_role::constant);
    element_type const sums = type_ == f32 ? f32 : type_ == s16 ? s64 : s32;
    tensor_id const bias = add({size}, sums, tensor_role::constant);
    return {x, w, bias};
  }

  /// Weights of two kinds; of svdf an output of one unit.
  std::vector<tensor_id> recurrent() {
    bool const lstm = node_.recurrence == recurrence::lstm;
    std::int32_t const rows = lstm ? 4 * size : size;
    node_.state_type = lstm && type_ != f32 ? s16 : type_;
    if (type_ != f32) node_.state = {1.0f / 4096, 0};
    if (lstm) node_.axes = axes_of({0});
    tensor_id const x = add({size, size, size}, type_),
                    first = add({rows, size}, weights_, tensor_role::constant);
    return {x, first, add({rows, size}, lstm ? weights_ : type_, tensor_role::constant)};
  }

  std::vector<tensor_id> operands() {
    node& n = node_;
    switch (n.kind) {
      case op::conv2d:
      case op::depthwise_conv2d:
      case op::transpose_conv2d:
        n.window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}};
        return layer({n.kind == op::depthwise_conv2d ? 1 : size, 3, 3, size});
      case op::dense: return layer({size, size});
      case op::average_pool2d:
      case op::max_pool2d: n.window = {.kernel = {2, 2}, .stride = {2, 2}}; break;
      case op::mean: n.axes = axes_of({1, 2}); break;
      case op::reduce: n.axes = gives_index(n.reduction) ? axes_of({3}) : axes_of({1, 2}); break;
      case op::concat: n.axes = axes_of({3}); return {operand(), operand()};
      case op::pad: n.padding[1] = n.padding[2] = {1, 1}; break;
      case op::relu: n.activation = activation::relu; break;
      case op::transpose: n.axes = axes_of({0, 2, 1, 3}); break;
      case op::slice:
        n.axes = axes_of({1, 1, 1, 1});
        n.padding[1] = {1, 1};
        break;
      case op::unary: n.alpha = 0.5f; break;
      case op::resize: n.beta = 0.0f; break;
      case op::batch_matmul:
        if (type_ == s16) n.rounding = rounding::reduced_multiplier;
        return {operand(), operand()};
      case op::add:
      case op::binary: return {operand(), operand()};
      case op::quantize: return {add({1, size, size, size}, f32)};
      case op::recurrent: return recurrent();
      case op::softmax:
      case op::logistic:
      case op::reshape:
      case op::dequantize:
      case op::requantize:
      case op::custom: break;
    }
    return {operand()};
  }

  [[nodiscard]] tensor_info output() const {
    bool const counts = node_.kind == op::reduce && gives_index(node_.reduction);
    bool const casts = node_.kind == op::unary && node_.unary == unary_function::cast;
    bool const to_real = node_.kind == op::dequantize || (casts && type_ != f32);
    tensor_info made{.type = counts || (casts && !to_real) ? s32 : to_real ? f32 : type_};
    made.quantization = steps_of(made.type);
    if (node_.kind == op::resize) made.shape = {1, 2 * size, 2 * size, size};
    bool const is_tanh = node_.kind == op::unary && node_.unary == unary_function::tanh;
    if (node_.kind == op::softmax || node_.kind == op::logistic) {
      made.quantization = made.type == s16   ? quantization{1.0f / 32768, 0}
                          : made.type == f32 ? quantization{}
                                             : quantization{1.0f / 256, made.type == s8 ? -128 : 0};
    } else if (is_tanh && made.type != f32) {
      made.quantization = made.type == s16 ? quantization{1.0f / 32768, 0}
                                           : quantization{1.0f / 128, made.type == s8 ? 0 : 128};
    }
    return made;
  }

  [[nodiscard]] static static_vector<std::int32_t, max_rank> axes_of(std::vector<std::int32_t> const& axes) {
    static_vector<std::int32_t, max_rank> made;
    for (std::int32_t axis : axes) made.push_back(axis);
    return made;
  }

  /// Whether the node's shapes are sound, which they are.
  bool fill() {
    node_.inputs = graph_.add_edges(operands());
    graph_.tensors.push_back(output());
    std::array const made{static_cast<tensor_id>(graph_.tensors.size() - 1)};
    node_.outputs = graph_.add_edges(made);
    graph_.nodes.push_back(node_);
    if (node_.kind == op::reshape) return true;
    auto const inferred = infer_shape(graph_.view(), node_);
    if (inferred) graph_.tensors.back().shape = *inferred;
    return inferred.has_value();
  }

  element_type type_, weights_;
  node node_;
  dynamic_graph graph_;
};

/// What weights may be besides the type of their activations (of s16: s8).
inline constexpr std::array other_weights{f16, s8, s4};

/// Every node that a graph may hold but for its numbers; a user's own operators are the user's.
[[nodiscard]] inline std::vector<node> all_nodes() {
  std::vector<node> made;
  auto const add_each = [&](op kind, auto node::*function) {  // enumerators are the values that have a name
    using enumeration = std::remove_reference_t<decltype(node{}.*function)>;
    for (int i = 0; name_of(static_cast<enumeration>(i)) != "?"; ++i) {
      made.push_back({.kind = kind});
      made.back().*function = static_cast<enumeration>(i);
    }
  };
  for (int i = 0; i < op_count; ++i) {
    auto const kind = static_cast<op>(i);
    if (kind == op::custom) continue;
    if (kind == op::unary) {
      add_each(kind, &node::unary);
    } else if (kind == op::binary) {
      add_each(kind, &node::binary);
    } else if (kind == op::reduce) {
      add_each(kind, &node::reduction);
    } else if (kind == op::recurrent) {
      add_each(kind, &node::recurrence);
    } else {
      made.push_back({.kind = kind});
      if (kind == op::softmax) made.push_back({.kind = kind, .unary = unary_function::log});
      if (kind == op::resize) made.push_back({.kind = kind, .resampling = {.method = interpolation::linear}});
    }
  }
  return made;
}

[[nodiscard]] inline std::vector<std::string> kernels_of(operator_sample const& sample) {
  std::vector<std::string> made;
  auto const add = [&](std::string const& name) {
    if (!name.empty() && (made.empty() || made.back() != name)) made.push_back(name);
  };
  add(sample.kernel<arch::scalar>());
  add(sample.kernel<arch::arm_dsp_general>());
  add(sample.kernel<arch::arm_dsp>());
  add(sample.kernel<arch::arm_mve>());
  return made;
}

}  // namespace detail

/// The matrix. Layers have a row for each type of weights besides that of their activations (of s16: s8)
/// that any column has a kernel for.
[[nodiscard]] inline std::vector<matrix_row> operator_matrix() {
  std::vector<matrix_row> rows;
  auto const add = [&](node const& n, element_type const* weights) {
    matrix_row row{.name = std::string(name_of(n))};
    if (n.kind == op::binary && n.binary == binary_function::add) row.name += " of different shapes";
    if (weights != nullptr) row.name += ", weights " + std::string(name_of(*weights));
    bool any = false;
    for (std::size_t i = 0; i < matrix_types.size(); ++i) {
      element_type const type = matrix_types[i], same = kernels::weight_type_of(type);
      if (weights != nullptr && *weights == same) continue;
      row.kernels[i] = detail::kernels_of({n, type, weights != nullptr ? *weights : same});
      any = any || !row.kernels[i].empty();
    }
    if (any || weights == nullptr) rows.push_back(row);
  };
  for (node const& n : detail::all_nodes()) {
    add(n, nullptr);
    if (!detail::has_weights(n.kind)) continue;
    for (element_type const& weights : detail::other_weights) add(n, &weights);
  }
  return rows;
}

/// The types that Arch has kernels of a node's operator or function for: "f32; s8; s16 with weights s8".
/// Empty where there are none, or they are the user's.
template <class Arch>
[[nodiscard]] std::string types_with_kernels(node const& n) {
  std::string text;
  if (n.kind == op::custom) return text;
  node asked{.kind = n.kind};
  asked.unary = n.unary;
  asked.binary = n.binary;
  asked.reduction = n.reduction;
  asked.resampling = n.resampling;
  asked.recurrence = n.recurrence;
  auto const add = [&](element_type type, element_type weights) {
    if (!detail::operator_sample(asked, type, weights).has_kernel<Arch>()) return;
    text += (text.empty() ? "" : "; ") + std::string(name_of(type));
    bool const says_more = detail::has_weights(n.kind) && weights != type;
    if (says_more) text += " with weights " + std::string(name_of(weights));
  };
  for (element_type type : matrix_types) {
    element_type const same = kernels::weight_type_of(type);
    add(type, same);
    for (element_type weights : detail::other_weights) {
      if (detail::has_weights(n.kind) && weights != same) add(type, weights);
    }
  }
  return text;
}

}  // namespace linnet::inline LINNET_ISA
