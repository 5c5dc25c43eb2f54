// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include <linnet/analysis/cost.hpp>
#include <linnet/io/load.hpp>
#include <linnet/session/passes/fold_constant_channels.hpp>

#include "labelled.hpp"
#include "zoo.hpp"

// Trained int8 models with and without their constant channels.
namespace {

using golden::session_of;
using golden::zoo;

linnet::network tiny(std::string const& file) {
  auto net = linnet::load_network(zoo() / "models/tflite/mlperf_tiny" / file);
  EXPECT_TRUE(net) << net.error().message;
  return *std::move(net);
}
linnet::folded_channels folded(linnet::network const& net) {
  auto made = linnet::fold_constant_channels(net);
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

/// Both sessions make the same of an input.
bool agree(linnet::session& a, linnet::session& b, std::span<std::byte const> input) {
  for (linnet::session* s : {&a, &b}) {
    EXPECT_EQ(s->input().bytes.size(), input.size());
    std::ranges::copy(input, s->input().bytes.begin());
    s->run();
  }
  return std::ranges::equal(a.output().bytes, b.output().bytes);
}

int differing_of_random(linnet::session& a, linnet::session& b, std::uint32_t count) {
  int differing = 0;
  for (std::uint32_t seed = 1; seed <= count; ++seed) {
    auto const input = golden::random_input(seed, false, a.input().bytes.size());
    differing += agree(a, b, input) ? 0 : 1;
  }
  for (auto const value : {std::byte{0x80}, std::byte{0x7F}, std::byte{0}})
    differing += agree(a, b, std::vector<std::byte>(a.input().bytes.size(), value)) ? 0 : 1;
  return differing;
}

TEST(constant_channels, visual_wake_words) {
  GOLDEN_REQUIRE_ZOO();
  auto const net = tiny("vww_96_int8.tflite");
  auto const made = folded(net);
  auto before = session_of(net), after = session_of(made.net);
  auto pictures = golden::bytes_of(zoo() / "data/coco_person/images_96_u8.bin");
  for (std::byte& pixel : pictures) pixel ^= std::byte{0x80};  // the model's zero point is -128
  std::size_t const size = before.input().bytes.size();
  std::size_t equal = 0;
  for (std::size_t at = 0; at + size <= pictures.size(); at += size)
    equal += agree(before, after, std::span(pictures).subspan(at, size)) ? 1u : 0u;
  EXPECT_EQ(equal, pictures.size() / size);
  EXPECT_GT(equal, 100u);
  EXPECT_EQ(differing_of_random(before, after, 50), 0);
  std::int64_t const macs_before = macs(net.graph.view()), macs_after = macs(made.net.graph.view());
  std::int32_t channels = 0, kept = 0;
  for (linnet::shrunk_tensor const& t : made.report) {
    channels += t.before;
    kept += t.after;
  }
  std::cout << "vww_96_int8: " << equal << " pictures equal; " << made.report.size() << " tensors, "
            << channels << " -> " << kept << " channels; weights " << before.packed_bytes() << " -> "
            << after.packed_bytes() << " bytes; MACs " << macs_before << " -> " << macs_after << "\n";
  EXPECT_LT(after.packed_bytes(), 90'000);
  EXPECT_LT(macs_after, macs_before * 6 / 10);
}

TEST(constant_channels, keyword_spotting_has_none) {
  GOLDEN_REQUIRE_ZOO();
  auto const net = tiny("kws_ref_model.tflite");
  auto const made = folded(net);
  EXPECT_TRUE(made.report.empty());
  EXPECT_EQ(made.net.graph.nodes, net.graph.nodes);
}

/// Whatever else is in the zoo in int8 or uint8 computes the same.
TEST(constant_channels, every_integer_model) {
  GOLDEN_REQUIRE_ZOO();
  int models = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(zoo() / "models/tflite")) {
    if (entry.path().extension() != ".tflite") continue;
    auto const net = linnet::load_network(entry.path());
    if (!net) continue;
    auto before = linnet::session::create(*net);
    if (!before || before->input_count() != 1 || before->input().type == linnet::f32) continue;
    auto const made = folded(*net);
    ++models;
    if (made.report.empty()) continue;
    auto after = session_of(made.net);
    EXPECT_EQ(differing_of_random(*before, after, 2), 0) << entry.path().filename();
    std::cout << "  " << entry.path().filename().string() << ": " << made.report.size()
              << " tensors have constant channels; weights " << before->packed_bytes() << " -> "
              << after.packed_bytes() << " bytes\n";
  }
  EXPECT_GT(models, 5);
}

}  // namespace
