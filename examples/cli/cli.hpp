// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <linnet/analysis/plain_text.hpp>
#include <linnet/session/session.hpp>

/// What the subcommands of the command-line tool share.
namespace cli {

/// Exit codes; `--help` lists them.
enum status : int { done = 0, unforeseen = 1, wrong_usage = 2, no_file = 3, bad_model = 4, bad_input = 5 };

/// Says what went wrong on standard error. Gives `no_file` for a file that cannot be read or written, else
/// `otherwise`.
int complain(linnet::error const& e, status otherwise);

/// What MODEL is, for every subcommand's help.
inline constexpr char const* model_help =
    "Model file (.tflite, .onnx), or a network by its name (mobilenet_v2:1.0:224)";

/// The network of a file, or the composed one of that name.
linnet::result<linnet::network> open_network(std::string const& model);

/// The same, ready to run on this machine.
linnet::result<linnet::session> open_model(std::string const& model);

/// "u8 1x224x224x3".
std::string words(linnet::element_type type, linnet::shape const& shape);

using linnet::grouped;

/// Shape, type, scale and zero point (null where it is not quantized).
nlohmann::ordered_json to_json(linnet::element_type type, linnet::shape const& shape,
                               linnet::quantization const& q);

/// Indented text; bytes that are no UTF-8 are replaced.
std::string to_text(nlohmann::ordered_json const& json);

/// Each adds one subcommand; when it is chosen, it runs and leaves its exit code in `result`.
void add_info(CLI::App& app, int& result);
void add_compile(CLI::App& app, int& result);
void add_run(CLI::App& app, int& result);
void add_classify(CLI::App& app, int& result);

}  // namespace cli
