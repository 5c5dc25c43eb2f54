// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/graph/recurrent_operators.hpp>

namespace linnet::inline LINNET_ISA {

/// Composes a graph operator by operator, in constants (`graph_builder`) and at run time (over a
/// `dynamic_graph`). Shapes are inferred, weights and biases become constant tensors without bytes. The first
/// mistake is kept, what follows it is ignored, and `finish` returns it. Here: the blocks that networks are
/// made of.
template <class Storage>
class basic_graph_builder : public recurrent_operator_builder<Storage> {
 public:
  /// A block of MobileNetV1: two nodes, relu6 or what is stated behind both.
  constexpr tensor_handle depthwise_separable(tensor_handle x, depthwise_separable_options const& o) {
    x = this->depthwise_conv2d(x, {.stride = {o.stride, o.stride}, .activation = o.activation});
    return this->conv2d(x, {.filters = o.filters, .activation = o.activation});
  }

  /// A block of MobileNetV2: two to four nodes; the sum where stride 1 and equal channels allow it.
  constexpr tensor_handle inverted_residual(tensor_handle x, inverted_residual_options const& o) {
    std::int32_t const channels = channels_of(x);
    tensor_handle y = x;
    if (o.expansion != 1) {
      y = this->conv2d(y, {.filters = saturate<std::int32_t>(std::int64_t{channels} * o.expansion),
                           .activation = activation::relu6});
    }
    y = this->depthwise_conv2d(y, {.stride = {o.stride, o.stride}, .activation = activation::relu6});
    y = this->conv2d(y, {.filters = o.filters});
    return o.stride == 1 && o.filters == channels ? this->add(x, y) : y;
  }

  /// A module of SqueezeNet: four nodes, one or two more with a bypass.
  constexpr tensor_handle fire(tensor_handle x, fire_options const& o) {
    tensor_handle const squeezed = this->conv2d(x, {.filters = o.squeeze, .activation = activation::relu});
    tensor_handle const small = this->conv2d(squeezed, {.filters = o.expand, .activation = activation::relu});
    tensor_handle const large =
        this->conv2d(squeezed, {.filters = o.expand, .kernel = {3, 3}, .activation = activation::relu});
    quantization const q = this->known(small) ? this->info(small).quantization : quantization{};
    tensor_handle const y = this->concat({small, large}, {.quantization = q});
    bool const agree = channels_of(x) == channels_of(y);
    if (o.bypass == bypass::none || (o.bypass == bypass::simple && !agree)) return y;
    return this->add(y, agree ? x : this->conv2d(x, {.filters = channels_of(y)}));
  }

 private:
  /// 1 where there is no such tensor: the next operator says so.
  [[nodiscard]] constexpr std::int32_t channels_of(tensor_handle x) const {
    return this->known(x) ? this->shape_of(x).back(0) : 1;
  }
};

/// Composes a graph in a constant.
using graph_builder = basic_graph_builder<fixed_graph<>>;

}  // namespace linnet::inline LINNET_ISA
