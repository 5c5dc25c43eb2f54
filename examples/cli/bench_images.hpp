// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/base/expected.hpp>

#include "cli.hpp"

namespace cli {

/// What `linnet bench` has built, and for which core.
struct bench_request {
  std::string model;                 // a file, or a composed name
  std::string target;                // a file in cmake/toolchains
  std::vector<std::string> options;  // of linnet_add_model
  std::filesystem::path folder;      // for the build
  std::vector<std::byte> input;      // what the network runs on: all inputs, one behind the other
};

struct named_bytes {
  std::string name;
  std::int64_t bytes = 0;
};

/// What the images said and hold. Sections and symbols are those of the network: what the same image without
/// one holds is taken off.
struct bench_figures {
  std::string toolchain;
  std::int64_t calibrated_on = 0;  // instructions of a loop that the counter counted right
  std::int64_t instructions = 0, stack_bytes = 0, constructors = 0;
  std::vector<std::int64_t> layers;  // instructions of each node
  std::map<std::string, std::int64_t> sections;
  std::vector<named_bytes> kernels;  // symbols in flash, the largest first; not the weights
  std::vector<std::byte> output;     // all outputs, one behind the other
};

/// Why there are none, and the exit code for it.
struct bench_failure {
  status code;
  std::string message;
};

/// Builds the images with the sources of this project and runs them in the emulator.
linnet::expected<bench_figures, bench_failure> measure(bench_request const& request);

/// A symbol of linnet's without its return type, arguments and namespaces.
std::string short_symbol(std::string_view demangled);

}  // namespace cli
