// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <linnet/base/math.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/quantizer/float_network.hpp>
#include <linnet/quantizer/quantization_groups.hpp>
#include <linnet/quantizer/ranges.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

/// Collects the range of every group of tensors. Precondition: the network passed `require_float`, the ranges
/// `require_ranges_of`.
class activation_quantizer {
 public:
  activation_quantizer(network const& net, activation_ranges const& ranges)
      : net_(net),
        ranges_(ranges),
        groups_(net.graph.view()),
        makers_(makers_of(net.graph.view())),
        group_ranges_(net.graph.tensors.size(), real_range{0.0f, 0.0f}),  // 0 is always inside
        used_(net.graph.tensors.size()) {}

  result<std::vector<quantization>> run() {
    if (auto collected = collect(); !collected) return unexpected(std::move(collected).error());
    std::vector<quantization> all(used_.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!used_[i]) continue;
      auto const id = static_cast<tensor_id>(i);
      if (!fits(id)) {
        return fail(errc::not_supported,
                    place_in_words(net_, makers_[i], id) +
                        ": it shares the quantization of a softmax, logistic or tanh, which does not fit");
      }
      all[i] = quantization_of(id);
    }
    return all;
  }

 private:
  /// Whether a fixed quantization holds the values of its group, but for a step at the ends.
  [[nodiscard]] bool fits(tensor_id id) const {
    quantization const q = groups_.fixed(id);
    if (groups_.is_torn(id)) return false;
    if (!q.present()) return true;
    real_range const range = group_ranges_[static_cast<std::size_t>(groups_.group_of(id))];
    auto const at = [&](std::int32_t stored) { return static_cast<float>(stored - q.zero_point) * q.scale; };
    return range.low >= at(-129) && range.high <= at(128);
  }

  [[nodiscard]] quantization quantization_of(tensor_id id) const {
    if (groups_.is_fixed(id)) return groups_.fixed(id);
    real_range const range = group_ranges_[static_cast<std::size_t>(groups_.group_of(id))];
    auto const covering = affine<std::int8_t>::covering(range.low, range.high);
    return {covering.scale(), covering.zero_point()};
  }

  /// Everything that nodes read or make, and the graph's ends, but not weights and biases.
  result<void> collect() {
    graph_view const g = net_.graph.view();
    result<void> outcome;
    auto const add = [&](tensor_id id) {
      if (outcome) outcome = include(id);
    };
    for (tensor_id id : g.inputs()) add(id);
    for (tensor_id id : g.states()) add(id);
    for (node const& n : g.nodes) {
      std::size_t const activations = has_weights(n.kind) ? 1 : n.inputs.count;
      for (std::size_t i = 0; i < activations; ++i) {
        tensor_id const id = g.inputs(n)[i];
        bool const is_bound =
            compares(n) && net_.graph.tensors[static_cast<std::size_t>(id)].role == tensor_role::constant;
        if (is_bound) {  // what it bounds has a range of its own, in which it saturates
          used_[static_cast<std::size_t>(id)] = true;
        } else {
          add(id);
        }
      }
      add(g.outputs(n)[0]);
    }
    for (tensor_id id : g.outputs()) add(id);
    if (outcome) widen_hard_swishes();
    return outcome;
  }

  /// The integer kernel of a hard swish takes no output whose steps are less than 1/128 of its input's. Wider
  /// outputs may be others' inputs: until nothing changes.
  void widen_hard_swishes() {
    graph_view const g = net_.graph.view();
    for (bool changed = true; changed;) {
      changed = false;
      for (node const& n : g.nodes) {
        if (n.kind != op::unary || n.unary != unary_function::hard_swish) continue;
        float const least = quantization_of(g.inputs(n)[0]).scale / 100 * 255;
        real_range& out = group_ranges_[static_cast<std::size_t>(groups_.group_of(g.outputs(n)[0]))];
        if (groups_.is_fixed(g.outputs(n)[0]) || out.high - out.low >= least * 0.99f) continue;
        out.high = out.low + least;
        changed = true;
      }
    }
  }

  result<void> include(tensor_id id) {
    auto const index = static_cast<std::size_t>(id);
    if (used_[index]) return {};
    auto const range = range_of_tensor(id);
    if (!range) return unexpected(range.error());
    used_[index] = true;
    real_range& group = group_ranges_[static_cast<std::size_t>(groups_.group_of(id))];
    group = {min(group.low, range->low), max(group.high, range->high)};
    return {};
  }

  [[nodiscard]] result<real_range> range_of_tensor(tensor_id id) const {
    auto const index = static_cast<std::size_t>(id);
    std::int32_t const maker = makers_[index];
    auto const refuse = [&](std::string const& why) {
      return fail(errc::wrong_argument, place_in_words(net_, maker, id) + why);
    };
    if (net_.graph.tensors[index].role == tensor_role::constant) {
      real_range range{0.0f, 0.0f};
      for (float value : floats_of(net_, id)) range = {min(range.low, value), max(range.high, value)};
      return range;
    }
    tensor_range const& seen = ranges_.tensors[index];
    if (!seen.seen) return refuse(": calibration has seen no value of it");
    if (!is_finite(seen.low) || !is_finite(seen.high) || seen.low > seen.high) {
      return refuse(": its range is not one of finite numbers, the lower first");
    }
    if (maker < 0) return real_range{seen.low, seen.high};
    real_range const bounds = range_of(net_.graph.nodes[static_cast<std::size_t>(maker)].activation);
    return real_range{clamp(seen.low, bounds.low, bounds.high), clamp(seen.high, bounds.low, bounds.high)};
  }

  network const& net_;
  activation_ranges const& ranges_;
  quantization_groups groups_;
  std::vector<std::int32_t> makers_;
  std::vector<real_range> group_ranges_;  // at the tensor that stands for a group
  std::vector<bool> used_;
};

}  // namespace detail

/// The int8 quantization of every activation of a float network; none (scale 0) for weights, biases and what
/// nobody uses. A group's range is the union of its tensors' (see `quantization_groups`), cut to the bounds
/// of fused activations and widened to hold 0; scale and zero point are `affine::covering`'s: (high - low) /
/// 255, the zero point the nearest integer; 1 and 0 where the range is empty. Softmax, logistic and
/// tanh make what `fixed_quantization` says. Constants that are added, joined or reshaped have the range of
/// their elements. Fails where a tensor has no range, or (not_supported) one that a fixed quantization of its
/// group does not hold, naming it and the node that makes it. Precondition: the network passed
/// `require_float`, the ranges `require_ranges_of`.
[[nodiscard]] inline result<std::vector<quantization>> activation_quantizations(
    network const& net, activation_ranges const& ranges) {
  return detail::activation_quantizer(net, ranges).run();
}

}  // namespace linnet::inline LINNET_ISA
