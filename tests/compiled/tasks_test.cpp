// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <task_ad.hpp>
#include <task_kws.hpp>
#include <task_resnet.hpp>
#include <task_vww.hpp>

#include <linnet/io/file.hpp>
#include <linnet/runtime/model.hpp>
#include <linnet/session/kernels_elsewhere.hpp>

#include "support/task.hpp"

// MLPerf Tiny's networks as linnet_add_model compiles them, on real samples of their tasks: every byte of the
// outputs is the session's; for keyword spotting, what TensorFlow Lite Micro's reference kernels made.
namespace {

std::string const zoo = LINNET_TEST_ZOO;

/// Runs a compiled network on so many samples of a file, and a session of what it was compiled from. Returns
/// what the session made of them.
template <auto const& Graph, auto const& Weights>
support::task_run expect_session_bytes(char const* model, std::string const& data, std::string_view form,
                                       std::size_t count) {
  static linnet::model<Graph, Weights> net;
  auto run = support::run_task(model, zoo + "/data/" + data, form, count);
  EXPECT_TRUE(run) << run.error().message;
  if (!run) return {};
  std::size_t equal = 0;
  for (std::size_t i = 0; i < run->inputs.size(); ++i) {
    auto const to = std::as_writable_bytes(net.input().elements());
    EXPECT_EQ(to.size(), run->inputs[i].size());
    std::ranges::copy(run->inputs[i], to.begin());
    net.run();
    equal += std::ranges::equal(std::as_bytes(net.output().elements()), run->outputs[i]) ? 1u : 0u;
  }
  std::cout << equal << " of " << count << " samples equal, byte for byte\n";
  EXPECT_EQ(equal, count);
  bool const all_the_same = std::ranges::all_of(
      run->outputs, [&](support::sample const& output) { return output == run->outputs[0]; });
  EXPECT_FALSE(all_the_same) << "the outputs say nothing";
  return *std::move(run);
}

/// How many samples have their largest output at the class that a table's last column states.
int right_of(support::task_run const& run, std::string const& labels) {
  std::ifstream file(labels);
  std::string line;
  std::getline(file, line);  // the columns' names
  int right = 0;
  for (support::sample const& output : run.outputs) {
    std::getline(file, line);
    auto const largest =
        std::ranges::max_element(output, {}, [](std::byte b) { return linnet::load<std::int8_t>(&b); });
    right += std::to_string(largest - output.begin()) == line.substr(line.rfind(',') + 1) ? 1 : 0;
  }
  return right;
}

TEST(tasks, keyword_spotting) {
  auto const run = expect_session_bytes<task_kws::graph, task_kws::weights>(
      task_kws_model, "kws01/mfcc_int8.bin", "int8", 500);
  auto const wanted = linnet::io::read_file(zoo + "/golden/kws_real/first_500_out.bin");
  ASSERT_TRUE(wanted) << wanted.error().message;
  std::vector<std::byte> made;
  for (auto const& output : run.outputs) made.insert(made.end(), output.begin(), output.end());
  EXPECT_TRUE(made == *wanted);
  EXPECT_EQ(right_of(run, zoo + "/data/kws01/labels.csv"), 449);  // 89.8 %, as the reference
}
TEST(tasks, person_detection) {
  expect_session_bytes<task_vww::graph, task_vww::weights>(task_vww_model, "coco_person/images_96_u8.bin",
                                                           "pixels", 128);
}
TEST(tasks, image_classification) {
  expect_session_bytes<task_resnet::graph, task_resnet::weights>(task_resnet_model,
                                                                 "cifar10/images_32_u8.bin", "pixels", 500);
}
TEST(tasks, anomaly_detection) {
  expect_session_bytes<task_ad::graph, task_ad::weights>(
      task_ad_model, "ad/normal_id_01_00000000_hist_librosa.bin", "frames", 196);
}

}  // namespace
