// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench_images.hpp"

namespace cli {

/// The network as a core runs it, beside the float network that it stands for or was made from.
struct bench_subject {
  linnet::network deployed, reference;
  std::string arch;
  linnet::plan_options plan;
  linnet::search_options search;
  std::int64_t arena_bytes = 0;
  bool folded = false;  // channels that are the same for every input were dropped:
  std::int64_t channels_before = 0, channels_after = 0;  // of the tensors that lost some
};

/// All that the user may have got wrong comes to light here, before anything is built.
linnet::expected<bench_subject, bench_failure> open_subject(bench_options const& options,
                                                            std::string_view arch,
                                                            linnet::plan_options const& plan);

/// What this machine makes of the inputs.
struct host_run {
  std::vector<std::byte> input;      // the first one: all inputs, one behind the other
  std::vector<std::byte> output;     // of it
  std::vector<float> output_values;  // the same as real values
  std::size_t inputs = 0;
  double deployment_error = 0.0;  // mean difference from the reference, as a share of its range
};

/// Runs both networks on the given inputs, or on ten random ones.
linnet::result<host_run> run_on_host(bench_subject const& subject, bench_options const& options);

/// Whether a core has made this machine's output: the same bytes, and of floats the same to 1e-4 of the
/// largest, since this machine may have other instructions for sums of products.
bool agree(bench_subject const& subject, host_run const& host, std::vector<std::byte> const& output);

}  // namespace cli
