// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/assign.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/session.hpp>

namespace linnet::inline LINNET_ISA {

/// How far one output of a deployed network is from its reference, over all inputs seen.
struct output_error {
  std::string name;             ///< of the output
  std::int64_t runs = 0;        ///< inputs that were compared
  std::int64_t agreements = 0;  ///< runs in which both have the same largest element
  double signal = 0.0;          ///< sum of squares of the reference's elements
  double noise = 0.0;           ///< sum of squares of the differences

  /// Share of runs with the same largest element, in [0, 1]; 0 before the first.
  [[nodiscard]] double top1_agreement() const {
    return runs == 0 ? 0.0 : static_cast<double>(agreements) / static_cast<double>(runs);
  }
  /// Signal to quantization noise, 10 log10(signal / noise), in dB; infinite where nothing differs.
  [[nodiscard]] double sqnr_db() const {
    return noise == 0.0 ? std::numeric_limits<double>::infinity() : 10.0 * std::log10(signal / noise);
  }
};

/// The deployment error of a network: an int8 session beside the float session that it was made from, input
/// by input.
class deployment_comparison {
 public:
  /// Takes two sessions whose inputs and outputs agree in number and shape (else wrong_argument); elements
  /// are f32, s8 or u8, each of its own quantization.
  [[nodiscard]] static result<deployment_comparison> create(session reference, session deployed) {
    graph_view const a = reference.graph(), b = deployed.graph();
    std::string const who = deployed.name() + " beside " + reference.name() + ": ";
    auto inputs = same_ends(a, b, a.inputs(), b.inputs(), who + "input ");
    if (!inputs) return unexpected(std::move(inputs).error());
    auto outputs = same_ends(a, b, a.outputs(), b.outputs(), who + "output ");
    if (!outputs) return unexpected(std::move(outputs).error());
    return deployment_comparison(std::move(reference), std::move(deployed));
  }

  /// Where to write the reference's input i before every run; the deployed session gets the same real values.
  [[nodiscard]] tensor_ref input(std::size_t i = 0) { return reference_.input(i); }

  /// Runs both and adds up how their outputs differ.
  [[nodiscard]] result<void> run() {
    for (std::size_t i = 0; i < reference_.input_count(); ++i) {
      auto copied = assign(deployed_.input(i), dequantized(reference_.input(i)));
      if (!copied) return copied;
    }
    reference_.run();
    deployed_.run();
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      add(outputs_[i], reference_.output(i), deployed_.output(i));
    return {};
  }

  /// The sessions themselves: their outputs are those of the last run.
  [[nodiscard]] session& reference() { return reference_; }
  /// The session of integers, whose errors these are.
  [[nodiscard]] session& deployed() { return deployed_; }

  /// One an output, in the reference's names.
  [[nodiscard]] std::span<output_error const> outputs() const { return outputs_; }

 private:
  deployment_comparison(session reference, session deployed)
      : reference_(std::move(reference)), deployed_(std::move(deployed)) {
    for (std::size_t i = 0; i < reference_.output_count(); ++i) {
      outputs_.push_back({.name = std::string(reference_.output(i).name)});
    }
  }

  [[nodiscard]] static result<void> same_ends(graph_view const& a, graph_view const& b,
                                              std::span<tensor_id const> of_a,
                                              std::span<tensor_id const> of_b, std::string const& what) {
    if (of_a.size() != of_b.size()) {
      return fail(errc::wrong_argument,
                  what + "count is " + std::to_string(of_b.size()) + ", not " + std::to_string(of_a.size()));
    }
    for (std::size_t i = 0; i < of_a.size(); ++i) {
      shape const &wanted = a.tensor(of_a[i]).shape, &found = b.tensor(of_b[i]).shape;
      if (wanted == found) continue;
      return fail(errc::wrong_argument, what + detail::tensor_in_words(b, of_b[i]) + " is " +
                                            describe(found) + ", not " + describe(wanted));
    }
    return {};
  }

  static void add(output_error& sum, tensor_ref const& reference, tensor_ref const& deployed) {
    std::vector<float> const wanted = dequantized(reference), got = dequantized(deployed);
    ++sum.runs;
    if (argmax(reference) == argmax(deployed)) ++sum.agreements;
    for (std::size_t i = 0; i < wanted.size() && i < got.size(); ++i) {
      double const value = static_cast<double>(wanted[i]), error = value - static_cast<double>(got[i]);
      sum.signal += value * value;
      sum.noise += error * error;
    }
  }

  session reference_, deployed_;
  std::vector<output_error> outputs_;
};

}  // namespace linnet::inline LINNET_ISA
