// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linnet/session/error.hpp>
#include <linnet/session/network.hpp>

namespace compiled {

/// What a session made of a model: the bytes of every node's output, and what it needed.
struct session_run {
  std::vector<std::vector<std::byte>> nodes, outputs;
  std::int64_t arena_bytes = 0, packed_bytes = 0;
};

/// The network of a file as int8, calibrated on the samples in an array of its input.
linnet::result<linnet::network> quantized(std::string const& model, std::string const& calibration);

/// Runs a network, its ends channels-last as `compile` makes them, on one image an input.
linnet::result<session_run> run_session(linnet::network net,
                                        std::vector<std::vector<std::byte>> const& inputs);

/// Runs a file or a composed network, its ends channels-last as `compile` makes them, on one image an input.
linnet::result<session_run> run_session(std::string const& model,
                                        std::vector<std::vector<std::byte>> const& inputs);

}  // namespace compiled
