// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <linnet/session/passes/integer_layer.hpp>

namespace linnet::inline LINNET_ISA {

/// Stored values that an element can have, both ends included.
using value_interval = value_range<std::int32_t>;

/// Whether only one value is possible.
[[nodiscard]] constexpr bool is_one_value(value_interval const& i) { return i.low == i.high; }

/// What requantization makes of every accumulator in [low, high], by the arithmetic of the kernels. All
/// policies are monotone where nothing wraps, so both ends tell; where an accumulator, a shift or a sum could
/// wrap, it is all that the clamp lets through.
template <std::integral T, class Policy>
[[nodiscard]] constexpr value_interval requantized(std::int64_t low, std::int64_t high,
                                                   typename Policy::factor const& factor,
                                                   std::int32_t zero_point, value_range<T> clamp) {
  auto const fits = [](std::int64_t x) { return std::in_range<std::int32_t>(x); };
  value_interval const all{clamp.low, clamp.high};
  if (!fits(low) || !fits(high)) return all;
  if constexpr (std::same_as<Policy, double_rounding>) {
    std::int64_t const raised = std::int64_t{1} << max(factor.exponent, std::int32_t{0});
    if (!fits(low * raised) || !fits(high * raised)) return all;
  }
  auto const a = static_cast<std::int32_t>(low), b = static_cast<std::int32_t>(high);
  if (!fits(std::int64_t{Policy::apply(a, factor)} + zero_point) ||
      !fits(std::int64_t{Policy::apply(b, factor)} + zero_point)) {
    return all;
  }
  return {requantize<T, Policy>(a, factor, zero_point, clamp),
          requantize<T, Policy>(b, factor, zero_point, clamp)};
}

namespace detail {

/// Carries out `channel_intervals`: one walk over the nodes, which stand in an order in which they can run.
class interval_analysis {
 public:
  explicit interval_analysis(network const& net)
      : net_(net), g_(net.graph.view()), found_(g_.tensors.size()) {}

  [[nodiscard]] std::vector<std::vector<value_interval>> run() && {
    for (tensor_id id : g_.inputs()) of(id) = anything(g_.tensor(id));
    for (tensor_id id : g_.states()) of(id) = anything(g_.tensor(id));
    for (node const& n : g_.nodes) of(g_.outputs(n)[0]) = made_by(n);
    return std::move(found_);
  }

 private:
  using intervals = std::vector<value_interval>;

  [[nodiscard]] intervals& of(tensor_id id) { return found_[static_cast<std::size_t>(id)]; }

  template <class F>
  static decltype(auto) with_element(element_type type, F const& f) {
    return type == u8 ? f(std::type_identity<std::uint8_t>{}) : f(std::type_identity<std::int8_t>{});
  }
  /// What a node's clamp lets through, of the types that are followed.
  [[nodiscard]] static value_interval clamp_interval(node const& n, tensor_info const& out) {
    return with_element(out.type, [&]<class T>(std::type_identity<T>) -> value_interval {
      value_range<T> const range = clamp_of<T>(n.activation, out.quantization);
      return {range.low, range.high};
    });
  }
  [[nodiscard]] static intervals anything(tensor_info const& t) {
    bool const followed = kernels::is_quantized(t.type) && t.shape.rank() > 0;
    return intervals(followed ? static_cast<std::size_t>(t.shape.back(0)) : 0, clamp_interval({}, t));
  }

  [[nodiscard]] intervals made_by(node const& n) {
    tensor_info const& out = g_.output(n);
    intervals const everything = anything(out);
    intervals const& in = of(g_.inputs(n)[0]);
    if (everything.empty() || in.empty() || !has_exact_kernels(g_, n)) return everything;
    switch (n.kind) {
      case op::conv2d:
      case op::depthwise_conv2d:
      case op::dense: return made_by_layer(n, everything);
      case op::relu:
      case op::requantize: return rescaled(n, 0);
      case op::add: return intervals(everything.size(), clamp_interval(n, out));
      case op::concat: return side_by_side(n, everything);
      case op::average_pool2d:
      case op::max_pool2d: return pooled(n, everything);
      case op::mean: return averaged(n, everything);
      case op::pad: return padded(n, everything);
      case op::reshape: return reshaped(in, everything);
      default: return everything;
    }
  }

  [[nodiscard]] intervals made_by_layer(node const& n, intervals made) {
    auto const layer = integer_layer::of(net_, n);
    if (!layer) return made;
    tensor_info const& out = g_.output(n);
    intervals const& in = of(g_.inputs(n)[0]);
    with_element(out.type, [&]<class T>(std::type_identity<T>) {
      with_policy(n.rounding, [&]<class Policy>(Policy policy) {
        value_range<T> const range = clamp_of<T>(n.activation, out.quantization);
        for (std::int32_t o = 0; o < layer->outputs(); ++o) {
          auto const [low, high] = sums(*layer, o, in);
          made[static_cast<std::size_t>(o)] =
              requantized<T, Policy>(low, high, layer->factor(o, policy), out.quantization.zero_point, range);
        }
      });
    });
    return made;
  }

  /// The accumulators of an output channel.
  [[nodiscard]] static std::pair<std::int64_t, std::int64_t> sums(integer_layer const& layer, std::int32_t o,
                                                                  intervals const& in) {
    std::int64_t low = layer.bias(o), high = low;
    for (std::int32_t i = 0; i < layer.inputs_read(); ++i) {
      std::int32_t const c = layer.first_input(o) + i, zero = layer.input_zero_point();
      value_interval x = in[static_cast<std::size_t>(c)];
      if (layer.is_padded()) x = {min(x.low, zero), max(x.high, zero)};
      for (std::int32_t t = 0; t < layer.taps(); ++t) {
        std::int32_t const w = layer.weight(o, t, c);
        low += w * ((w < 0 ? x.high : x.low) - zero);
        high += w * ((w < 0 ? x.low : x.high) - zero);
      }
    }
    return {low, high};
  }

  /// Operand i as the node's output is quantized. Elements are moved one by one: relu, requantize, concat.
  [[nodiscard]] intervals rescaled(node const& n, std::size_t i) {
    tensor_info const &from = g_.input(n, i), &out = g_.output(n);
    std::int32_t const zero = from.quantization.zero_point;
    intervals made = of(g_.inputs(n)[i]);
    with_element(out.type, [&]<class T>(std::type_identity<T>) {
      with_policy(n.rounding, [&]<class Policy>(Policy policy) {
        auto const factor = policy.prepare(from.quantization.scale, 1.0f, out.quantization.scale);
        for (value_interval& x : made) {
          x = requantized<T, Policy>(x.low - zero, x.high - zero, factor, out.quantization.zero_point,
                                     clamp_of<T>(n.activation, out.quantization));
        }
      });
    });
    return made;
  }

  [[nodiscard]] intervals side_by_side(node const& n, intervals const& everything) {
    if (static_cast<std::size_t>(n.axes[0]) + 1 != g_.output(n).shape.rank()) return everything;
    intervals made;
    for (std::size_t i = 0; i < n.inputs.count; ++i) {
      if (of(g_.inputs(n)[i]).empty()) return everything;  // a constant
      intervals const part = rescaled(n, i);
      made.insert(made.end(), part.begin(), part.end());
    }
    return made;
  }

  /// Averages and largest ones of values lie between them; the rounding keeps a value that all taps share.
  [[nodiscard]] intervals pooled(node const& n, intervals const& everything) {
    constexpr std::int64_t most_taps = 1 << 22;  // whose sum is an int32
    if (std::int64_t{n.window.kernel.height} * n.window.kernel.width > most_taps) return everything;
    value_interval const range = clamp_interval(n, g_.output(n));
    intervals made = of(g_.inputs(n)[0]);
    for (value_interval& x : made)
      x = {clamp(x.low, range.low, range.high), clamp(x.high, range.low, range.high)};
    return made;
  }

  [[nodiscard]] intervals averaged(node const& n, intervals const& everything) {
    auto const p = mean_of(g_, n);
    if (p.over_channels || p.input.channels != g_.output(n).shape.back(0)) return everything;
    if (!kernels::traits<kernels::mean::problem, arch::scalar>::supports(p)) return everything;
    std::int64_t const count = p.count(), zero = p.input_quantization.zero_point;
    multiplier const factor =
        kernels::mean::mean_multiplier(p.input_quantization.scale, p.output_quantization.scale, count);
    intervals made = of(g_.inputs(n)[0]);
    with_element(p.type, [&]<class T>(std::type_identity<T>) {
      with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
        for (value_interval& x : made) {
          x = requantized<T, Policy>(count * (x.low - zero), count * (x.high - zero), factor,
                                     p.output_quantization.zero_point,
                                     clamp_of<T>(activation::none, p.output_quantization));
        }
      });
    });
    return made;
  }

  [[nodiscard]] intervals padded(node const& n, intervals const& everything) {
    bool const of_zeros = n.alpha == 0.0f;
    if (!of_zeros || n.padding[g_.input(n).shape.rank() - 1] != edge_padding{}) return everything;
    std::int32_t const zero = g_.output(n).quantization.zero_point;
    intervals made = of(g_.inputs(n)[0]);
    for (value_interval& x : made) x = {min(x.low, zero), max(x.high, zero)};
    return made;
  }

  /// Where whole pixels become one, each of its channels is one of theirs.
  [[nodiscard]] static intervals reshaped(intervals const& in, intervals made) {
    if (made.size() % in.size() != 0) return made;
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = in[i % in.size()];
    return made;
  }

  network const& net_;
  graph_view g_;
  std::vector<intervals> found_;
};

}  // namespace detail

/// For each tensor, an interval for each channel (index of its last dimension) that holds its stored values
/// whatever the network's inputs are. Empty for constants, tensors of rank 0 and types other than int8 and
/// uint8. Ends of an interval need not be reached: sums take their operands for independent. Operators that
/// are not followed make any value of their type. Precondition: `check_network` accepts the network.
[[nodiscard]] inline std::vector<std::vector<value_interval>> channel_intervals(network const& net) {
  return detail::interval_analysis(net).run();
}

}  // namespace linnet::inline LINNET_ISA
