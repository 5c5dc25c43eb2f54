// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linnet/analysis/plain_text.hpp>
#include <linnet/io/npy/read.hpp>
#include <linnet/session/kernels_elsewhere.hpp>  // kernels.cpp compiles them
#include <linnet/session/passes/fold_constant_channels.hpp>
#include <linnet/session/session.hpp>

/// What the subcommands of the command-line tool share.
namespace cli {

/// Exit codes; `--help` lists them.
enum status : int {
  done = 0,
  unforeseen = 1,
  wrong_usage = 2,
  no_file = 3,
  bad_model = 4,
  bad_input = 5,
  no_tool = 6,
  bad_output = 7
};

/// `no_file` for a file that cannot be read or written, else `otherwise`.
status status_of(linnet::error const& e, status otherwise);

/// Says what went wrong on standard error. Gives `status_of`.
int complain(linnet::error const& e, status otherwise);

/// What MODEL is, for every subcommand's help.
inline constexpr char const* model_help =
    "Model file (.tflite, .onnx), or a network by its name (mobilenet_v2:1.0:224)";

/// The network of a file, or the composed one of that name.
linnet::result<linnet::network> open_network(std::string const& model);

/// A float network as int8, calibrated on arrays of its input: one sample a file, or several along the first
/// dimension.
linnet::result<linnet::network> quantized(linnet::network const& net,
                                          std::vector<std::string> const& calibration);

/// The network without its constant channels where that was asked for, else as it is.
linnet::result<linnet::folded_channels> folded(linnet::network net, bool asked);

/// The array of a .npy file.
linnet::result<linnet::io::npy::array> read_array(std::string const& path);

/// A model ready to run on this machine.
linnet::result<linnet::session> open_model(std::string const& model);

/// A network ready to run on this machine.
linnet::result<linnet::session> open_session(linnet::network net, linnet::plan_options const& plan,
                                             linnet::search_options const& search = {});

/// How the user wants memory to be planned, in words.
struct memory_options {
  std::string policy;               // empty: whatever the others imply
  std::optional<long long> budget;  // bytes of arena
  bool stream_input = false;
  std::optional<int> search;    // groupings to place in the search for a smaller plan
  std::optional<int> slowdown;  // percent of instructions that it may cost, by estimate
};

/// The same for the planner. Fails with `wrong_argument`: no such policy, a budget or a search that its
/// policy has no use for, no budget where one is needed.
linnet::result<linnet::plan_options> plan_options_of(memory_options const& options);

/// The same for a network, where the policy is `balanced`: the options that `balanced_options` finds.
linnet::result<linnet::plan_options> planned_for(memory_options const& options,
                                                 linnet::plan_options const& asked,
                                                 linnet::network const& net, std::string_view arch);

/// How to search for a plan of `least_memory`: as the user says; firmware's plans otherwise as
/// `firmware_slowdown` does.
linnet::search_options search_options_of(memory_options const& options, bool firmware = false);

/// Percent of instructions that `least_memory` may cost where nobody says, in what is built to run without an
/// operating system.
inline constexpr int firmware_slowdown = 15;

/// "least_memory, input streamed", "within 40,000 bytes".
std::string words(linnet::plan_options const& options);

/// "u8 1x224x224x3".
std::string words(linnet::element_type type, linnet::shape const& shape);

using linnet::grouped;

/// What the user asked each subcommand for, and the subcommand: it returns the program's exit code.
struct info_options {
  std::string model, arch = "scalar";
  memory_options plan;
  std::string memory, comparison, knee;  // where pictures go; empty: nowhere
  bool as_json = false, fold = false;
};
int info(info_options const& options);

struct run_options {
  std::string model, output, dump;
  std::vector<std::string> inputs;
  memory_options plan;
  bool fold = false;
};
int run(run_options const& options);

struct classify_options {
  std::string model, labels, mean, deviation, resize = "crop";
  std::vector<std::string> images;
  std::size_t top = 5;
  int label_offset = 0;
  double fraction = 0.875;
  bool as_json = false;
};
int classify(classify_options const& options);

/// Says what is wrong with the text of --mean or --std; empty where nothing is.
std::string check_three_numbers(std::string const& text);

struct compile_options {
  std::string model, name, folder = ".", arch = "scalar";
  std::vector<std::string> calibration;
  std::string weights;  // type of a float model's, empty: as they are
  memory_options plan;
  long long fast_bytes = 0;  // of weights for a fast memory
  bool fold = false;
};
int compile(compile_options const& options);

struct bench_options {
  std::string model, target, folder;  // folder: for the build, empty: a temporary one
  std::vector<std::string> inputs, calibration;
  memory_options plan;
  bool fold = false, as_json = false;
};
int bench(bench_options const& options);

struct compare_options {
  std::string a, b;  // models; b may be a folder of arrays
  std::vector<std::string> data;
  double tolerance = 0.0;
  bool channels_first = false, as_json = false;
};
int compare(compare_options const& options);

struct conform_options {
  std::string folder;
  bool reasons = false, as_json = false;
};
int conform(conform_options const& options);

struct operators_options {
  bool as_json = false;
};
int operators(operators_options const& options);

}  // namespace cli
