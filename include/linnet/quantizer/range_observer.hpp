// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <linnet/base/bytes.hpp>
#include <linnet/base/math.hpp>
#include <linnet/quantizer/float_network.hpp>
#include <linnet/quantizer/ranges.hpp>
#include <linnet/session/passes/narrow_weights.hpp>
#include <linnet/session/session.hpp>

namespace linnet::inline LINNET_ISA {

/// Runs a float network over calibration inputs, one at a time, and records the least and the largest value
/// of every activation, inputs included:
///   auto observer = range_observer::create(net);
///   for (...) { fill(observer->input()); observer->run(); }
///   quantize(net, observer->ranges());
class range_observer {
 public:
  /// Fails where the network is not float throughout or no session can be made of it.
  [[nodiscard]] static result<range_observer> create(network const& given,
                                                     session_options const& options = {}) {
    network const float_net = with_wide_weights(given);
    if (auto sound = require_float(float_net); !sound) return unexpected(std::move(sound).error());
    auto made = session::create(float_net, options);
    if (!made) return unexpected(std::move(made).error());
    return range_observer(*std::move(made), float_net);
  }

  /// Where to write input i (f32), before every run. Precondition: i < input_count().
  [[nodiscard]] tensor_ref input(std::size_t i = 0) { return session_.input(i); }
  /// Tensors that every run takes.
  [[nodiscard]] std::size_t input_count() const { return session_.input_count(); }

  /// Runs and widens the ranges by what it sees. Fails (wrong_argument) at the first value that is not
  /// finite, naming node and tensor; what such a run saw is forgotten, and a new sequence begins.
  [[nodiscard]] result<void> run() {
    activation_ranges widened = ranges_;
    ++widened.runs;
    result<void> outcome;
    auto const see = [&](std::int32_t node, tensor_id id, tensor_ref const& t) {
      if (outcome) outcome = widen(widened, node, id, t);
    };
    graph_view const g = session_.graph();
    for (std::size_t i = 0; i < input_count(); ++i) see(-1, g.inputs()[i], input(i));
    if (!outcome) return outcome;
    session_.run([&](std::size_t index, node const& n, tensor_ref const& made) {
      see(static_cast<std::int32_t>(index), g.outputs(n)[0], made);
    });
    if (!outcome) {
      reset();
      return outcome;
    }
    for (std::size_t i = 0; i < g.states().size(); ++i) {  // 0, then what replaces it
      tensor_range const& update = widened.tensors[static_cast<std::size_t>(g.updates()[i])];
      tensor_range& state = widened.tensors[static_cast<std::size_t>(g.states()[i])];
      state.seen = true;
      state.low = min(update.low, 0.0f);
      state.high = max(update.high, 0.0f);
    }
    ranges_ = std::move(widened);
    return outcome;
  }

  /// Begins a new sequence of inputs: what lives on between runs is what it was before the first.
  void reset() { session_.reset(); }

  /// What all runs so far have seen.
  [[nodiscard]] activation_ranges const& ranges() const { return ranges_; }

 private:
  range_observer(session made, network net)
      : session_(std::move(made)), net_(std::move(net)), ranges_(no_ranges(net_)) {}

  [[nodiscard]] result<void> widen(activation_ranges& to, std::int32_t node, tensor_id id,
                                   tensor_ref const& t) const {
    tensor_range& range = to.tensors[static_cast<std::size_t>(id)];
    for (std::size_t i = 0; i < t.bytes.size(); i += sizeof(float)) {
      auto const value = load<float>(t.bytes.data() + i);
      if (!is_finite(value)) {
        return fail(errc::wrong_argument, detail::place_in_words(net_, node, id) +
                                              (is_nan(value) ? " is not a number" : " is infinite") +
                                              " at element " + std::to_string(i / sizeof(float)) +
                                              " in calibration run " + std::to_string(to.runs));
      }
      range.low = range.seen ? min(range.low, value) : value;
      range.high = range.seen ? max(range.high, value) : value;
      range.seen = true;
    }
    return {};
  }

  session session_;
  network net_;  // for names; shares its constants
  activation_ranges ranges_;
};

}  // namespace linnet::inline LINNET_ISA
