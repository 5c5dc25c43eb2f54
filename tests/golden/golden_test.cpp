// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include <linnet/io/load.hpp>

#include "zoo.hpp"

// Whole models against the outputs of TensorFlow Lite Micro's (uint8: TensorFlow Lite's) reference kernels,
// which the zoo holds: integers byte for byte, floats within 1e-4 (sums of up to a few thousand products in
// another order).
namespace {

using golden::zoo;

// Pinned: may only grow. 30 models have a reference.
constexpr int exact_models = 30;
constexpr int exact_layer_models = 12;

struct tally {
  int exact = 0, wrong = 0;
  std::map<std::string, std::string> unsupported;  // model, why

  void print(std::string const& what) const {
    std::cout << what << ": " << exact << " exact, " << wrong << " wrong, " << unsupported.size()
              << " not yet supported\n";
    for (auto const& [model, why] : unsupported) std::cout << "  not yet supported: " << why << "\n";
  }
};

/// A session of the file, or nothing where an operator is missing (which is written down).
std::optional<linnet::session> open(std::filesystem::path const& file, tally& count) {
  auto session = linnet::load(file);
  if (session) return *std::move(session);
  EXPECT_EQ(session.error().code, linnet::errc::not_supported) << session.error().message;
  count.unsupported[file.filename().string()] = session.error().message;
  return std::nullopt;
}

/// A sample of its own: what others left behind is forgotten.
void fill(linnet::session& session, std::span<std::byte const> bytes) {
  session.reset();
  auto const input = session.input().bytes;
  ASSERT_EQ(input.size(), bytes.size());
  std::ranges::copy(bytes, input.begin());
}

/// Largest difference of two float tensors.
double difference(std::span<std::byte const> a, std::span<std::byte const> b) {
  double largest = 0;
  for (std::size_t i = 0; i + 4 <= a.size(); i += 4) {
    double const distance = std::abs(linnet::load<float>(a.data() + i) - linnet::load<float>(b.data() + i));
    largest = std::isnan(distance) ? 1e30 : std::max(largest, distance);
  }
  return largest;
}

bool agrees(linnet::tensor_ref const& t, std::vector<std::byte> const& wanted) {
  if (t.bytes.size() != wanted.size()) return false;
  if (t.type == linnet::f32) return difference(t.bytes, wanted) <= 1e-4;
  return std::ranges::equal(t.bytes, wanted);
}

/// Runs and returns the bytes that enter the last softmax.
std::vector<std::byte> run_keeping_logits(linnet::session& session) {
  std::vector<std::byte> before, logits;
  session.run([&](std::size_t, linnet::node const& n, linnet::tensor_ref const& output) {
    if (n.kind == linnet::op::softmax) logits = before;
    before.assign(output.bytes.begin(), output.bytes.end());
  });
  return logits;
}

bool case_is_exact(linnet::session& session, nlohmann::json const& row) {
  auto const folder = zoo() / "golden/models";
  auto const name = row["input"].get<std::string>();
  bool const is_float = session.input().type == linnet::f32;
  auto const input = row.contains("input_file")
                         ? golden::bytes_of(folder / row["input_file"].get<std::string>())
                         : golden::random_input(static_cast<std::uint32_t>(std::stoul(name.substr(4))),
                                                is_float, session.input().bytes.size());
  EXPECT_EQ(golden::sha256(input), row["in_sha256"].get<std::string>()) << name;
  fill(session, input);
  auto const logits = run_keeping_logits(session);
  bool const is_legacy = row.contains("before_softmax");
  if (is_legacy && logits != golden::bytes_of(folder / row["before_softmax"].get<std::string>()))
    return false;
  return agrees(session.output(), golden::bytes_of(folder / row["output"].get<std::string>()));
}

TEST(golden, models) {
  GOLDEN_REQUIRE_ZOO();
  auto const manifest = golden::json_of(zoo() / "golden/models/manifest.json");
  tally count;
  for (auto const& [name, model] : manifest["models"].items()) {
    if (model["status"] != "ok") continue;  // the reference itself cannot run it
    auto session = open(zoo() / "models" / model["model"].get<std::string>(), count);
    if (!session) continue;
    bool exact = true;
    for (auto const& row : model["cases"]) {
      bool const agreed = case_is_exact(*session, row);
      EXPECT_TRUE(agreed) << name << ", input " << row["input"];
      exact = exact && agreed;
    }
    ++(exact ? count.exact : count.wrong);
    std::cout << (exact ? "  exact  " : "  WRONG  ") << name << ", " << model["cases"].size() << " inputs\n";
  }
  count.print("golden models");
  EXPECT_EQ(count.wrong, 0);
  EXPECT_GE(count.exact, exact_models);
}

/// The layers' manifest names files by their origin; the zoo keeps them by origin's folder, names alone are
/// unique.
std::filesystem::path find_model(std::string const& file) {
  for (auto const& entry : std::filesystem::recursive_directory_iterator(zoo() / "models")) {
    if (entry.path().filename() == file) return entry.path();
  }
  ADD_FAILURE() << "the zoo has no " << file;
  return {};
}

/// Runs one sample and holds every operator's output against its hash, where the manifest has hashes.
bool sample_is_exact(linnet::session& session, std::string const& name, nlohmann::json const& row) {
  auto const folder = zoo() / "golden/layers";
  auto const input =
      golden::random_input(row["seed"].get<std::uint32_t>(), false, session.input().bytes.size());
  EXPECT_EQ(golden::sha256(input), row["in_sha256"].get<std::string>());
  fill(session, input);
  bool exact = true;
  std::vector<std::byte> before, logits;
  session.run([&](std::size_t, linnet::node const& n, linnet::tensor_ref const& output) {
    if (n.kind == linnet::op::softmax) logits = before;
    before.assign(output.bytes.begin(), output.bytes.end());
    if (!row.contains("op_out_sha256_16") || !exact) return;
    auto const wanted = row["op_out_sha256_16"][static_cast<std::size_t>(n.source)].get<std::string>();
    exact = golden::sha256(output.bytes).substr(0, 16) == wanted;
    EXPECT_TRUE(exact) << name << ", seed " << row["seed"] << ": first difference at operator " << n.source
                       << ", " << std::string(name_of(n.kind)) << " '" << std::string(output.name) << "'";
  });
  if (row.contains("logits"))
    exact = exact && logits == golden::bytes_of(folder / row["logits"].get<std::string>());
  return exact && agrees(session.output(), golden::bytes_of(folder / row["output"].get<std::string>()));
}

TEST(golden, layers) {
  GOLDEN_REQUIRE_ZOO();
  auto const manifest = golden::json_of(zoo() / "golden/layers/manifest.json");
  tally count;
  for (auto const& [name, model] : manifest["models"].items()) {
    auto const file = find_model(std::filesystem::path(model["path"].get<std::string>()).filename().string());
    auto session = open(file, count);
    if (!session) continue;
    bool exact = true;
    for (auto const& row : model["samples"]) exact = sample_is_exact(*session, name, row) && exact;
    EXPECT_TRUE(exact) << name;
    ++(exact ? count.exact : count.wrong);
    std::cout << (exact ? "  exact  " : "  WRONG  ") << name << ", " << model["ops"].size() << " operators, "
              << model["samples"].size() << " inputs\n";
  }
  count.print("golden layers");
  EXPECT_EQ(count.wrong, 0);
  EXPECT_GE(count.exact, exact_layer_models);
}

TEST(golden, keyword_spotting_samples) {
  GOLDEN_REQUIRE_ZOO();
  tally count;
  auto session = open(zoo() / "models/tflite/mlperf_tiny/kws_ref_model.tflite", count);
  ASSERT_TRUE(session);
  auto const inputs = golden::bytes_of(zoo() / "data/kws01/mfcc_int8.bin");
  auto const wanted = golden::bytes_of(zoo() / "golden/kws_real/first_500_out.bin");
  std::size_t const in_size = session->input().bytes.size(), out_size = session->output().bytes.size();
  ASSERT_EQ(wanted.size(), 500 * out_size);
  ASSERT_GE(inputs.size(), 500 * in_size);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    fill(*session, std::span(inputs).subspan(i * in_size, in_size));
    session->run();
    equal += std::ranges::equal(session->output().bytes, std::span(wanted).subspan(i * out_size, out_size))
                 ? 1u
                 : 0u;
  }
  std::cout << "keyword spotting: " << equal << " of 500 samples equal, byte for byte\n";
  EXPECT_EQ(equal, 500u);
}

/// Nobody's outputs of a network of dynamic range are in the zoo: its answers are held against those of its
/// int8 twin, which was trained with it, on the same samples.
TEST(golden, keyword_spotting_by_weights_of_int8) {
  GOLDEN_REQUIRE_ZOO();
  tally count;
  auto floats = open(zoo() / "models/tflite/mlperf_tiny/kws_ref_model_float32.tflite", count);
  auto integers = open(zoo() / "models/tflite/mlperf_tiny/kws_ref_model.tflite", count);
  ASSERT_TRUE(floats && integers);
  auto const dynamic = [](linnet::node const& n) {
    return n.dynamic_quantization == linnet::dynamic_quantization::symmetric;
  };
  EXPECT_EQ(std::ranges::count_if(floats->graph().nodes, dynamic), 5) << "those of more than 1,024 weights";
  auto const inputs = golden::bytes_of(zoo() / "data/kws01/mfcc_int8.bin");
  std::size_t const size = integers->input().bytes.size();
  linnet::quantization const steps = integers->input().quantization;
  std::size_t equal = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    auto const sample = std::span(inputs).subspan(i * size, size);
    fill(*integers, sample);
    auto const x = *floats->input().as<float>();
    for (std::size_t k = 0; k < size; ++k)
      x[k] = static_cast<float>(static_cast<std::int8_t>(sample[k]) - steps.zero_point) * steps.scale;
    integers->run();
    floats->run();
    auto const p = *floats->output().as<float>();
    auto const q = *integers->output().as<std::int8_t>();
    equal += std::ranges::max_element(p) - p.begin() == std::ranges::max_element(q) - q.begin() ? 1u : 0u;
  }
  std::cout << "keyword spotting by weights of int8: " << equal << " of 500 answers are those of int8\n";
  EXPECT_GE(equal, 480u);
}

}  // namespace
