// SPDX-License-Identifier: MIT
#include "bench_host.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <utility>

#include <linnet/analysis/deployment_error.hpp>
#include <linnet/base/bytes.hpp>
#include <linnet/quantizer/dequantized_network.hpp>
#include <linnet/session/passes/channels_last_ends.hpp>
#include <linnet/session/plan_for.hpp>

namespace cli {
namespace {

using linnet::tensor_ref;
using linnet::unexpected;

/// What an inference is fed with: everything that is measured depends on nothing else.
void fill(tensor_ref const& input, std::mt19937& draw) {
  if (input.type != linnet::f32) {
    for (std::byte& b : input.bytes) b = static_cast<std::byte>(draw() >> 24);
    return;
  }
  for (std::size_t i = 0; i + sizeof(float) <= input.bytes.size(); i += sizeof(float)) {
    auto const value = static_cast<std::int8_t>(draw() >> 24);
    linnet::store(input.bytes.data() + i, static_cast<float>(value) / 128.0f);
  }
}

/// The mean of |difference| over all elements, inputs and outputs, as a share of the reference's range.
class normalized_difference {
 public:
  void add(std::vector<float> const& reference, std::vector<float> const& deployed) {
    for (std::size_t i = 0; i < reference.size() && i < deployed.size(); ++i) {
      double const wanted = static_cast<double>(reference[i]);
      sum_ += std::fabs(wanted - static_cast<double>(deployed[i]));
      low_ = std::min(low_, wanted);
      high_ = std::max(high_, wanted);
      ++count_;
    }
  }
  [[nodiscard]] double mean() const {
    if (count_ == 0 || sum_ == 0.0) return 0.0;
    return sum_ / static_cast<double>(count_) / (high_ - low_);
  }

 private:
  double sum_ = 0.0, low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
  std::int64_t count_ = 0;
};

void append(std::vector<std::byte>& to, std::span<std::byte const> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append(std::vector<float>& to, std::vector<float> const& values) {
  to.insert(to.end(), values.begin(), values.end());
}

linnet::result<void> read_into(linnet::session& s, std::string const& path) {
  auto const array = read_array(path);
  if (!array) return unexpected(array.error());
  tensor_ref const input = s.input();
  if (s.input_count() != 1 || array->type != input.type || !(array->shape == input.shape)) {
    return linnet::fail(linnet::errc::wrong_argument,
                        path + ": is " + words(array->type, array->shape) + "; the first of " +
                            std::to_string(s.input_count()) + " inputs of " + s.name() + " takes " +
                            words(input.type, input.shape));
  }
  std::ranges::copy(array->data, input.bytes.begin());
  return {};
}

bench_failure failure_of(linnet::error const& e, status otherwise) {
  return {status_of(e, otherwise), e.message};
}

}  // namespace

linnet::expected<bench_subject, bench_failure> open_subject(bench_options const& options,
                                                            std::string_view arch,
                                                            linnet::plan_options const& plan) {
  auto net = open_network(options.model);
  if (!net) return unexpected(failure_of(net.error(), bad_model));
  bool const calibrates = !options.calibration.empty();
  auto stored = calibrates ? quantized(*net, options.calibration) : net;
  if (!stored) return unexpected(failure_of(stored.error(), bad_input));
  auto real = calibrates ? net : linnet::dequantized(*net);
  if (!real) return unexpected(failure_of(real.error(), bad_model));
  auto dropped = folded(*std::move(stored), options.fold);
  if (!dropped) return unexpected(failure_of(dropped.error(), bad_model));
  bench_subject made{.deployed = linnet::channels_last_ends(std::move(dropped->net)),
                     .reference = linnet::channels_last_ends(*std::move(real)),
                     .arch = std::string(arch),
                     .plan = plan,
                     .search = search_options_of(options.plan, true)};
  auto const refuse = [](linnet::error const& e) {
    return unexpected(failure_of(e, e.code == linnet::errc::wrong_argument ? wrong_usage : bad_model));
  };
  auto const chosen = planned_for(options.plan, plan, made.deployed, arch);
  if (!chosen) return refuse(chosen.error());
  made.plan = *chosen;
  auto const planned = linnet::plan_for(made.deployed, arch, *chosen, made.search);
  if (!planned) return refuse(planned.error());
  made.arena_bytes = planned->arena_bytes;
  made.folded = options.fold;
  for (linnet::shrunk_tensor const& t : dropped->report) {
    made.channels_before += t.before;
    made.channels_after += t.after;
  }
  return made;
}

linnet::result<host_run> run_on_host(bench_subject const& subject, bench_options const& options) {
  auto deployed = open_session(subject.deployed, {}), reference = open_session(subject.reference, {});
  if (!deployed) return unexpected(std::move(deployed).error());
  if (!reference) return unexpected(std::move(reference).error());
  auto both = linnet::deployment_comparison::create(*std::move(reference), *std::move(deployed));
  if (!both) return unexpected(std::move(both).error());
  host_run made{.input = {}, .output = {}, .output_values = {}};
  std::size_t const random_inputs = options.inputs.empty() ? 10 : 0;
  made.inputs = random_inputs + options.inputs.size();
  normalized_difference difference;
  std::mt19937 draw(2026);
  for (std::size_t run = 0; run < made.inputs; ++run) {
    linnet::session& s = both->deployed();
    if (run < options.inputs.size()) {
      if (auto read = read_into(s, options.inputs[run]); !read) return unexpected(read.error());
    }
    for (std::size_t i = 0; i < s.input_count(); ++i) {
      if (run < random_inputs) fill(s.input(i), draw);
      if (run == 0) append(made.input, s.input(i).bytes);
      auto const same = assign(both->input(i), dequantized(s.input(i)));
      if (!same) return unexpected(same.error());
    }
    if (auto ran = both->run(); !ran) return unexpected(ran.error());
    for (std::size_t i = 0; i < s.output_count(); ++i) {
      auto const reals = dequantized(both->reference().output(i)), values = dequantized(s.output(i));
      difference.add(reals, values);
      if (run != 0) continue;
      append(made.output, s.output(i).bytes);
      append(made.output_values, values);
    }
  }
  made.deployment_error = difference.mean();
  return made;
}

bool agree(bench_subject const& subject, host_run const& host, std::vector<std::byte> const& output) {
  if (output == host.output) return true;
  linnet::graph_view const g = subject.deployed.graph.view();
  bool const real = std::ranges::all_of(
      g.outputs(), [&](linnet::tensor_id id) { return g.tensor(id).type == linnet::f32; });
  if (!real || output.size() != host.output.size()) return false;
  float largest = 0.0f;
  for (float value : host.output_values) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < host.output_values.size(); ++i) {
    auto const made = linnet::load<float>(output.data() + i * sizeof(float));
    if (!(std::fabs(made - host.output_values[i]) <= 1e-4f * largest)) return false;
  }
  return true;
}

}  // namespace cli
