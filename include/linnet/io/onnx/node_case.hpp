// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <linnet/io/conformance/judged_case.hpp>
#include <linnet/io/file.hpp>
#include <linnet/io/onnx/reader.hpp>
#include <linnet/session/session.hpp>

// The ONNX project's own cases of single operators, as its backend tests publish them. They feed weights and
// shapes as inputs of the graph, where real files have constants: a case whose inputs linnet does not take as
// they are is tried with the later ones made constants, and in the end with all of them: then it is the
// reader that computes, as it does what exporters compute shapes with.
namespace linnet::inline LINNET_ISA::io::onnx {

/// One case: a model, and what it makes of what.
struct node_case {
  proto::ModelProto model;                          ///< of one operator
  std::vector<proto::TensorProto> inputs, outputs;  ///< halves widened
  bool halves = false;                              ///< whether any were
  std::string type;                                 ///< of the first input, as the file has it
};

namespace detail {

template <class Message>
[[nodiscard]] result<void> parse_into(std::filesystem::path const& path, Message& to) {
  auto const bytes = read_file(path);
  if (!bytes) return unexpected(bytes.error());
  if (to.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) return {};
  return fail(errc::malformed, path.string() + ": is no message of ONNX");
}

/// "f32" of FLOAT, "int8" of INT8: as other suites call it.
[[nodiscard]] inline std::string short_type(int data_type) {
  if (data_type == proto::TensorProto_DataType_FLOAT) return "f32";
  if (data_type == proto::TensorProto_DataType_FLOAT16) return "f16";
  if (data_type == proto::TensorProto_DataType_DOUBLE) return "f64";
  std::string name = type_in_words(data_type);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

/// input_0.pb, input_1.pb ... of a folder, as many as there are.
[[nodiscard]] inline result<std::vector<proto::TensorProto>> numbered_tensors(
    std::filesystem::path const& folder, std::string const& what) {
  std::vector<proto::TensorProto> made;
  for (std::size_t i = 0;; ++i) {
    auto const path = folder / (what + "_" + std::to_string(i) + ".pb");
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) return made;
    if (auto parsed = parse_into(path, made.emplace_back()); !parsed) return unexpected(parsed.error());
  }
}

/// The same case with inputs from `kept` on as constants of the file.
[[nodiscard]] inline node_case with_constants(node_case const& from, std::size_t kept) {
  node_case made = from;
  for (std::size_t i = kept; i < from.inputs.size(); ++i) {
    if (static_cast<int>(i) >= from.model.graph().input_size()) break;
    auto* const constant = made.model.mutable_graph()->add_initializer();
    *constant = from.inputs[i];
    constant->set_name(from.model.graph().input(static_cast<int>(i)).name());
  }
  return made;
}

[[nodiscard]] inline result<session> open(node_case const& c, std::string const& name) {
  std::string const bytes = c.model.SerializeAsString();
  auto network = onnx::read(std::as_bytes(std::span(bytes)), name, {.fuse = false});
  if (!network) return unexpected(network.error());
  return session::create(*std::move(network));
}

/// What differs in output i, or is not stated as linnet makes it: empty where nothing does.
[[nodiscard]] inline std::string output_difference(session& s, std::size_t i,
                                                   proto::TensorProto const& stated,
                                                   conformance::float_tolerance const& tolerance) {
  auto const wanted = read_constant(stated);
  if (!wanted) return wanted.error().message;
  auto const made = s.output(i);
  if (wanted->type != made.type) return "is of another type";
  if (!(wanted->shape == made.shape)) return "has another shape";
  return conformance::detail::difference(made.bytes, wanted->bytes, made.type, tolerance);
}

}  // namespace detail

/// Reads a case: model.onnx, and test_data_set_0 with its inputs and outputs. Errors: files that are missing
/// or malformed.
[[nodiscard]] inline result<node_case> read_node_case(std::filesystem::path const& folder) {
  node_case made;
  if (auto parsed = detail::parse_into(folder / "model.onnx", made.model); !parsed)
    return unexpected(parsed.error());
  auto inputs = detail::numbered_tensors(folder / "test_data_set_0", "input"),
       outputs = detail::numbered_tensors(folder / "test_data_set_0", "output");
  if (!inputs) return unexpected(inputs.error());
  if (!outputs) return unexpected(outputs.error());
  made.inputs = *std::move(inputs);
  made.outputs = *std::move(outputs);
  if (!made.inputs.empty()) made.type = detail::short_type(made.inputs[0].data_type());
  for (auto* const all : {&made.inputs, &made.outputs}) {
    for (proto::TensorProto& one : *all) made.halves = detail::widen(one) || made.halves;
  }
  return made;
}

/// A case ready to run: as it is, or with all inputs but the first as constants, or with fewer, or with all,
/// which the reader computes with then. Errors: what linnet says of the first of these that it refuses with
/// constants.
[[nodiscard]] inline result<session> open_node_case(node_case const& c, std::string const& name) {
  auto opened = detail::open(c, name);
  if (opened) return opened;
  if (c.inputs.size() > 1) opened = detail::open(detail::with_constants(c, 1), name);
  for (std::size_t kept = 2; !opened && kept < c.inputs.size(); ++kept) {
    if (auto fewer = detail::open(detail::with_constants(c, kept), name)) return fewer;
  }
  if (!opened) {
    if (auto folded = detail::open(detail::with_constants(c, 0), name)) return folded;
  }
  return opened;
}

/// What differs from what a case expects: empty where nothing does.
[[nodiscard]] inline std::string run_node_case(session& s, node_case const& c,
                                               conformance::float_tolerance const& tolerance) {
  if (s.output_count() != c.outputs.size()) return "has another number of outputs";
  if (s.input_count() > c.inputs.size()) return "has inputs that the case does not feed";
  for (std::size_t i = 0; i < s.input_count(); ++i) {
    auto const input = read_constant(c.inputs[i]);
    auto const to = s.input(i).bytes;
    if (!input) return input.error().message;
    if (input->bytes.size() != to.size()) return "input " + std::to_string(i) + " has another size";
    std::ranges::copy(input->bytes, to.begin());
  }
  s.run();
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    std::string const wrong = detail::output_difference(s, i, c.outputs[i], tolerance);
    if (!wrong.empty()) return "output " + std::to_string(i) + " " + wrong;
  }
  return {};
}

/// Runs the case of a folder on this machine. Integers must be equal, floats within what sums of float32
/// differ by; in one case, whose expectation was written down with four digits, within what ONNX's own runner
/// allows for all. "folded" behind the type: the reader computed, no kernel did.
[[nodiscard]] inline conformance::judged_case judge_node_case(std::filesystem::path const& folder) {
  conformance::judged_case made{.suite = folder.parent_path().filename().string(),
                                .op = "?",
                                .type = "?",
                                .name = folder.filename().string(),
                                .reason = {}};
  auto const read = read_node_case(folder);
  if (!read) return conformance::detail::refused(std::move(made), read.error());
  if (read->model.graph().node_size() > 0) made.op = read->model.graph().node(0).op_type();
  if (!read->type.empty()) made.type = read->type;
  auto opened = open_node_case(*read, made.name);
  if (!opened) return conformance::detail::refused(std::move(made), opened.error());
  if (opened->input_count() == 0 && !read->inputs.empty()) made.type += " folded";
  bool const rough = made.name == "test_averagepool_2d_ceil_last_window_starts_on_pad";
  auto reason = run_node_case(*opened, *read,
                              read->halves ? conformance::float16_tolerance
                                           : conformance::float_tolerance{1e-6, rough ? 1e-3 : 1e-5});
  return conformance::detail::passed_unless(std::move(made), std::move(reason));
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
