// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/onnx/reader.hpp>
#include <linnet/session/session.hpp>

#include "zoo.hpp"

// The ONNX project's own cases of single operators. They feed weights and shapes as inputs of the graph,
// where real files have constants: a case whose inputs linnet does not take as they are is tried with the
// later ones made constants. linnet runs a case exactly or refuses it with a sentence: a wrong answer fails.
namespace {

namespace onnx = linnet::io::onnx;
using golden::zoo;

/// Pinned: may only grow.
constexpr int least_run = 73;

onnx::proto::TensorProto tensor_of(std::filesystem::path const& path) {
  auto const bytes = golden::bytes_of(path);
  onnx::proto::TensorProto t;
  EXPECT_TRUE(t.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) << path;
  return t;
}

struct node_case {
  onnx::proto::ModelProto model;
  std::vector<onnx::proto::TensorProto> inputs, outputs;
};

node_case read_case(std::filesystem::path const& folder) {
  node_case made;
  auto const bytes = golden::bytes_of(folder / "model.onnx");
  EXPECT_TRUE(made.model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) << folder;
  auto const read = [&](std::string const& what, std::vector<onnx::proto::TensorProto>& into) {
    for (int i = 0;; ++i) {
      auto const path = folder / "test_data_set_0" / (what + "_" + std::to_string(i) + ".pb");
      if (!std::filesystem::exists(path)) return;
      into.push_back(tensor_of(path));
    }
  };
  read("input", made.inputs);
  read("output", made.outputs);
  return made;
}

/// The same case with inputs from `kept` on as constants of the file.
node_case with_constants(node_case const& from, std::size_t kept) {
  node_case made = from;
  for (std::size_t i = kept; i < from.inputs.size(); ++i) {
    auto* const constant = made.model.mutable_graph()->add_initializer();
    *constant = from.inputs[i];
    constant->set_name(from.model.graph().input(static_cast<int>(i)).name());
  }
  return made;
}

linnet::result<linnet::session> open(node_case const& c, std::string const& name) {
  std::string const bytes = c.model.SerializeAsString();
  auto network = onnx::read(std::as_bytes(std::span(bytes)), name, {.fuse = false});
  if (!network) return linnet::unexpected(network.error());
  return linnet::session::create(*std::move(network));
}

/// As it is, or with all inputs but the first as constants, or with fewer.
linnet::result<linnet::session> open_somehow(node_case const& c, std::string const& name) {
  auto session = open(c, name);
  if (session || c.inputs.size() < 2) return session;
  session = open(with_constants(c, 1), name);
  for (std::size_t kept = 2; !session && kept < c.inputs.size(); ++kept) {
    if (auto fewer = open(with_constants(c, kept), name)) return fewer;
  }
  return session;
}

/// How far an element may be off, relative to itself: the sums of float32; for one case whose expectation was
/// written down with four digits, what ONNX's own runner allows for all.
double tolerance_of(std::string const& name) {
  return name == "test_averagepool_2d_ceil_last_window_starts_on_pad" ? 1e-3 : 1e-5;
}

/// Whether output i equals what the case states: its shape, and its elements within float32's sums.
bool agrees(linnet::session& session, std::size_t i, onnx::proto::TensorProto const& stated,
            double tolerance) {
  auto const wanted = onnx::read_constant(stated);
  auto const made = session.output(i);
  auto const values = made.as<float>();
  if (!wanted || wanted->type != linnet::f32 || !values || !(wanted->shape == made.shape)) return false;
  for (std::size_t at = 0; at < values->size(); ++at) {
    double const a = static_cast<double>((*values)[at]), b = static_cast<double>(wanted->real(at));
    if (!(std::abs(a - b) <= 1e-6 + tolerance * std::abs(b)) && a != b) return false;
  }
  return true;
}

bool runs_right(linnet::session& session, node_case const& c, double tolerance) {
  for (std::size_t i = 0; i < session.input_count(); ++i) {
    auto const input = onnx::read_constant(c.inputs[i]);
    auto const to = session.input(i).bytes;
    if (!input || input->bytes.size() != to.size()) return false;
    std::ranges::copy(input->bytes, to.begin());
  }
  session.run();
  bool right = session.output_count() == c.outputs.size();
  for (std::size_t i = 0; right && i < c.outputs.size(); ++i)
    right = agrees(session, i, c.outputs[i], tolerance);
  return right;
}

TEST(golden_onnx, nodes) {
  GOLDEN_REQUIRE_ZOO();
  int run = 0, refused = 0, wrong = 0;
  std::map<std::string, int> by_operator;
  std::set<std::filesystem::path> folders;
  for (auto const& entry : std::filesystem::directory_iterator(zoo() / "conformance/onnx_node")) {
    folders.insert(entry.path());
  }
  for (auto const& folder : folders) {
    std::string const name = folder.filename().string();
    node_case const original = read_case(folder);
    auto session = open_somehow(original, name);
    if (!session) {
      EXPECT_TRUE(session.error().message.starts_with(name + ": ")) << session.error().message;
      ++refused;
      if (onnx::find_mapping(original.model.graph().node(0).op_type()) != nullptr) {
        std::cout << "  refused: " << session.error().message << "\n";
      }
      continue;
    }
    bool const right = runs_right(*session, original, tolerance_of(name));
    EXPECT_TRUE(right) << name;
    ++(right ? run : wrong);
    if (right) ++by_operator[original.model.graph().node(0).op_type()];
  }
  std::cout << "ONNX node cases: " << run << " run, " << refused << " refused (by name), " << wrong
            << " wrong\n  run:";
  for (auto const& [name, count] : by_operator) std::cout << " " << name << " " << count;
  std::cout << "\n";
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(run, least_run);
}

}  // namespace
