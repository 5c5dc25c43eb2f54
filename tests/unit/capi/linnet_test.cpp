// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/capi/linnet.h>

#include "in_c.h"
#include "support/tflite_samples.hpp"

namespace {

namespace fs = std::filesystem;
namespace tflite = linnet_tests::tflite;

using bytes = std::vector<std::byte>;

/// x + x, clamped to [0, 6]: int8 (1, 2, 2, 1) of scale 1/2 and zero point -3.
bytes doubling() {
  for (auto const& s : tflite::element_samples()) {
    if (s.name == "add") return s.model.bytes();
  }
  return {};
}
/// An svdf of floats.
bytes filters() {
  for (auto const& s : tflite::recurrent_samples()) {
    if (s.name == "svdf") return s.model.bytes();
  }
  return {};
}
bytes chain() { return tflite::network_sample().model.bytes(); }

/// A folder that goes with the test.
class files {
 public:
  files() { fs::remove_all(folder_), fs::create_directories(folder_); }
  ~files() { fs::remove_all(folder_); }
  [[nodiscard]] std::string path(std::string const& name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string write(std::string const& name, bytes const& content) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<char const*>(content.data()), static_cast<std::streamsize>(content.size()));
    return path(name);
  }
  [[nodiscard]] std::string read(std::string const& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "linnet_capi_test";
};

/// A session of a file's bytes.
class opened {
 public:
  explicit opened(bytes const& file) {
    EXPECT_EQ(linnet_load_bytes(file.data(), file.size(), "memory.tflite", &session_, &error_), linnet_ok)
        << error_.message;
  }
  ~opened() { linnet_free(session_); }
  opened(opened const&) = delete;
  opened& operator=(opened const&) = delete;
  operator linnet_session*() const { return session_; }  // NOLINT: it stands for the session

  [[nodiscard]] linnet_tensor input(std::size_t i = 0) const {
    linnet_tensor t{};
    EXPECT_EQ(linnet_input(session_, i, &t, nullptr), linnet_ok);
    return t;
  }
  [[nodiscard]] linnet_tensor output(std::size_t i = 0) const {
    linnet_tensor t{};
    EXPECT_EQ(linnet_output(session_, i, &t, nullptr), linnet_ok);
    return t;
  }
  void fill(std::vector<std::int8_t> const& values) const {
    ASSERT_EQ(input().size, values.size());
    std::memcpy(input().data, values.data(), values.size());
  }

 private:
  linnet_session* session_ = nullptr;
  linnet_error error_{};
};

std::vector<std::int8_t> numbers(linnet_tensor const& t) {
  auto const* const first = static_cast<std::int8_t const*>(t.data);
  return {first, first + t.size};
}

/// What an observer saw, copied.
struct seen_layer {
  std::size_t index;
  std::string operator_name, output_name;
  std::int32_t source;
  std::string content;
};
extern "C" void see(void* context, linnet_layer const* layer) {
  linnet_tensor const& t = *layer->output;
  static_cast<std::vector<seen_layer>*>(context)->push_back(
      {layer->index, layer->operator_name, t.name, layer->source,
       std::string(static_cast<char const*>(t.data), t.size)});
}
extern "C" void refuse(void* context, linnet_layer const*) {
  ++*static_cast<int*>(context);
  throw std::runtime_error("the observer had enough");
}

linnet_options options_with(std::int32_t policy, bool stream = false) {
  linnet_options o{};
  o.size = sizeof o;
  o.policy = policy;
  o.stream_input = stream ? 1 : 0;
  return o;
}
/// How opening with options ends; the session is given back.
linnet_error ending_with(bytes const& file, linnet_options const& options, linnet_session** session) {
  linnet_error error{};
  linnet_load_bytes_with(file.data(), file.size(), "memory.tflite", &options, session, &error);
  return error;
}
linnet_error ending_with(bytes const& file, linnet_options const& options) {
  linnet_session* session = nullptr;
  linnet_error const error = ending_with(file, options, &session);
  EXPECT_EQ(session == nullptr, error.status != linnet_ok);
  linnet_free(session);
  return error;
}

extern "C" void bring(void* context, std::int32_t row, void* data, std::size_t size) {
  auto const& picture = *static_cast<std::vector<std::int8_t> const*>(context);
  std::memcpy(data, picture.data() + static_cast<std::size_t>(row) * size, size);
}

TEST(capi, options_change_memory_and_ends_but_no_bit) {
  opened const plain(chain());
  std::vector<std::int8_t> picture(32);
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<std::int8_t>(i * 5 - 70);
  plain.fill(picture);
  ASSERT_EQ(linnet_run(plain, nullptr), linnet_ok);
  linnet_session* streamed = nullptr;
  linnet_error error = ending_with(chain(), options_with(linnet_least_memory, true), &streamed);
  ASSERT_EQ(error.status, linnet_ok) << error.message;
  EXPECT_LT(linnet_arena_bytes(streamed), linnet_arena_bytes(plain));
  EXPECT_EQ(linnet_run(streamed, &error), linnet_wrong_argument);
  EXPECT_STREQ(error.message, "memory.tflite: its input is streamed: linnet_run_rows");
  ASSERT_EQ(linnet_run_rows(streamed, bring, &picture, &error), linnet_ok) << error.message;
  linnet_tensor out{};
  ASSERT_EQ(linnet_output(streamed, 0, &out, nullptr), linnet_ok);
  EXPECT_EQ(numbers(out), numbers(plain.output()));
  linnet_tensor in{};
  ASSERT_EQ(linnet_input(streamed, 0, &in, nullptr), linnet_ok);
  EXPECT_EQ(in.size, 0u);
  linnet_free(streamed);
  EXPECT_EQ(linnet_run_rows(plain, bring, &picture, &error), linnet_wrong_argument);
  EXPECT_EQ(linnet_run_rows(plain, nullptr, &picture, &error), linnet_wrong_argument);
  EXPECT_EQ(linnet_arena_bytes(nullptr), 0u);
}

TEST(capi, a_rounding_replaces_that_of_the_model) {
  linnet_options o = options_with(linnet_layer_by_layer);
  o.rounding = linnet_single_rounding;
  EXPECT_EQ(ending_with(doubling(), o).status, linnet_ok);
  o.rounding = linnet_shift_half_even;  // an addition has no such kernel
  EXPECT_NE(ending_with(doubling(), o).status, linnet_ok);
}

TEST(capi, refuses_options_that_make_no_sense) {
  linnet_options o = options_with(linnet_layer_by_layer);
  o.size = sizeof o + 1;
  EXPECT_EQ(ending_with(chain(), o).status, linnet_wrong_argument);
  o.size = 0;
  EXPECT_EQ(ending_with(chain(), o).status, linnet_wrong_argument);
  o.size = sizeof o.size;  // of a version that had nothing else
  EXPECT_EQ(ending_with(chain(), o).status, linnet_ok);
  o = options_with(4);
  EXPECT_STREQ(ending_with(chain(), o).message, "options: there is no memory policy 4, only 0 to 3");
  o = options_with(linnet_layer_by_layer);
  o.rounding = 9;
  EXPECT_STREQ(ending_with(chain(), o).message, "options: there is no rounding 9, only 0 to 8");
  o = options_with(linnet_within);
  EXPECT_EQ(ending_with(chain(), o).status, linnet_wrong_argument) << "without a budget";
  o.budget = 8;
  EXPECT_EQ(ending_with(chain(), o).status, linnet_too_large);
  o = options_with(linnet_layer_by_layer);
  o.memory_limit = 16;
  EXPECT_EQ(ending_with(chain(), o).status, linnet_too_large);
}

TEST(capi, describes_inputs_and_outputs) {
  opened const s(chain());
  EXPECT_EQ(linnet_input_count(s), 1u);
  EXPECT_EQ(linnet_output_count(s), 1u);
  EXPECT_EQ(linnet_layer_count(s), 6u);
  linnet_tensor const x = s.input(), p = s.output();
  EXPECT_STREQ(x.name, "x");
  EXPECT_EQ(x.type, linnet_s8);
  EXPECT_EQ(x.rank, 4);
  EXPECT_EQ(std::vector<int>(x.extents, x.extents + 6), (std::vector<int>{1, 4, 4, 2, 1, 1}));
  EXPECT_EQ(x.scale, 0.5f);
  EXPECT_EQ(x.zero_point, -3);
  EXPECT_EQ(x.size, 32u);
  EXPECT_STREQ(p.name, "p");
  EXPECT_EQ(p.type, linnet_f32);
  EXPECT_EQ(p.rank, 2);
  EXPECT_EQ(p.scale, 0.0f);
  EXPECT_EQ(p.size, 3 * sizeof(float));
}

TEST(capi, runs_and_the_pointers_stay) {
  opened const s(doubling());
  void const* const out = s.output().data;
  s.fill({0, -10, 100, -2});
  ASSERT_EQ(linnet_run(s, nullptr), linnet_ok);
  EXPECT_EQ(numbers(s.output()), (std::vector<std::int8_t>{3, -3, 9, -1}));
  s.fill({-3, 1, 2, 3});
  ASSERT_EQ(linnet_run(s, nullptr), linnet_ok);
  EXPECT_EQ(numbers(s.output()), (std::vector<std::int8_t>{-3, 5, 7, 9}));
  EXPECT_EQ(s.output().data, out);
}

TEST(capi, a_reset_begins_a_new_sequence) {
  opened const s(filters());
  linnet_tensor x{};
  auto const run = [&] {
    EXPECT_EQ(linnet_input(s, 0, &x, nullptr), linnet_ok);
    for (std::size_t i = 0; i < x.size / sizeof(float); ++i) static_cast<float*>(x.data)[i] = 1.0f;
    EXPECT_EQ(linnet_run(s, nullptr), linnet_ok);
    auto const* const out = static_cast<std::byte const*>(s.output().data);
    return bytes(out, out + s.output().size);
  };
  auto const first = run(), second = run();
  EXPECT_NE(first, second);
  ASSERT_EQ(linnet_reset(s, nullptr), linnet_ok);
  EXPECT_EQ(run(), first);
  EXPECT_EQ(run(), second);
}

TEST(capi, a_file_is_what_its_bytes_are) {
  files const folder;
  linnet_session* session = nullptr;
  linnet_error error{};
  ASSERT_EQ(linnet_load(folder.write("a.tflite", chain()).c_str(), &session, &error), linnet_ok)
      << error.message;
  opened const same(chain());
  linnet_tensor x{}, p{};
  ASSERT_EQ(linnet_input(session, 0, &x, nullptr), linnet_ok);
  for (std::size_t i = 0; i < x.size; ++i) static_cast<std::int8_t*>(x.data)[i] = static_cast<std::int8_t>(i);
  same.fill(numbers(x));
  ASSERT_EQ(linnet_run(session, nullptr), linnet_ok);
  ASSERT_EQ(linnet_run(same, nullptr), linnet_ok);
  ASSERT_EQ(linnet_output(session, 0, &p, nullptr), linnet_ok);
  EXPECT_EQ(numbers(p), numbers(same.output()));
  linnet_free(session);
}

TEST(capi, an_observer_sees_every_layer) {
  opened const s(chain());
  s.fill(std::vector<std::int8_t>(32, 5));
  std::vector<seen_layer> seen;
  ASSERT_EQ(linnet_run_observed(s, see, &seen, nullptr), linnet_ok);
  ASSERT_EQ(seen.size(), linnet_layer_count(s));
  std::vector<std::string> const operators{"conv2d", "add", "mean", "dense", "dequantize", "softmax"},
      names{"c", "s", "m", "d", "y", "p"};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].index, i);
    EXPECT_EQ(seen[i].source, static_cast<std::int32_t>(i));
    EXPECT_EQ(seen[i].operator_name, operators[i]);
    EXPECT_EQ(seen[i].output_name, names[i]);
  }
  linnet_tensor const p = s.output();
  EXPECT_EQ(seen.back().content, std::string(static_cast<char const*>(p.data), p.size));
  float probabilities[3], sum = 0;
  std::memcpy(probabilities, p.data, p.size);
  for (float each : probabilities) sum += each;
  EXPECT_NEAR(sum, 1.0f, 1e-5f);
}

TEST(capi, a_folder_takes_every_layer) {
  files const folder;
  opened const s(chain());
  std::vector<seen_layer> seen;
  s.fill(std::vector<std::int8_t>(32, 5));
  ASSERT_EQ(linnet_run_observed(s, see, &seen, nullptr), linnet_ok);
  s.fill(std::vector<std::int8_t>(32, 5));
  linnet_error error{};
  ASSERT_EQ(linnet_run_dumping(s, folder.path("some/layers").c_str(), &error), linnet_ok) << error.message;
  std::vector<std::string> const names{"000_conv2d.npy", "001_add.npy",        "002_mean.npy",
                                       "003_dense.npy",  "004_dequantize.npy", "005_softmax.npy"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string const file = folder.read("some/layers/" + names[i]);
    EXPECT_EQ(file.substr(0, 6), "\x93NUMPY") << names[i];
    EXPECT_TRUE(file.ends_with(seen[i].content)) << names[i];
  }
}

TEST(capi, a_folder_that_cannot_be_made_is_said) {
  files const folder;
  opened const s(doubling());
  linnet_error error{};
  std::string const inside = folder.write("file", {std::byte{1}}) + "/layers";
  EXPECT_EQ(linnet_run_dumping(s, inside.c_str(), &error), linnet_file_not_writable);
  EXPECT_EQ(error.status, linnet_file_not_writable);
  EXPECT_NE(std::string(error.message).find(inside), std::string::npos) << error.message;
}

TEST(capi, an_observer_that_throws_ends_the_run_with_a_status) {
  opened const s(chain());
  linnet_error error{};
  int calls = 0;
  EXPECT_EQ(linnet_run_observed(s, refuse, &calls, &error), linnet_unforeseen);
  EXPECT_STREQ(error.message, "the observer had enough");
  EXPECT_EQ(calls, 1);
}

TEST(capi, a_file_that_is_not_there_or_damaged_is_named) {
  files const folder;
  auto const failing = [](std::string const& path) {
    linnet_session* session = reinterpret_cast<linnet_session*>(&session);
    linnet_error error{};
    linnet_status const status = linnet_load(path.c_str(), &session, &error);
    EXPECT_EQ(session, nullptr) << path;
    EXPECT_EQ(error.status, status);
    EXPECT_EQ(std::string(error.message).find(path + ": "), 0u) << error.message;
    EXPECT_EQ(linnet_load(path.c_str(), &session, nullptr), status);
    return status;
  };
  EXPECT_EQ(failing(folder.path("none.tflite")), linnet_file_not_readable);
  EXPECT_EQ(failing(folder.write("empty.tflite", {})), linnet_malformed);
  bytes half = chain();
  half.resize(half.size() / 2);
  EXPECT_EQ(failing(folder.write("half.tflite", half)), linnet_malformed);
}

TEST(capi, an_operator_that_linnet_does_not_know_is_named) {
  bytes const file = tflite::model_of({tflite::computed("x", {1, 4}), tflite::computed("y", {1, 4})},
                                      {tflite::plain(77, {0}, 1)})
                         .bytes();
  linnet_session* session = nullptr;
  linnet_error error{};
  EXPECT_EQ(linnet_load_bytes(file.data(), file.size(), "a.tflite", &session, &error), linnet_not_supported);
  EXPECT_EQ(session, nullptr);
  std::string const message = error.message;
  EXPECT_EQ(message.find("a.tflite: "), 0u) << message;
  EXPECT_NE(message.find("operator 0"), std::string::npos) << message;
}

TEST(capi, bytes_that_are_no_model_are_refused) {
  linnet_session* session = nullptr;
  linnet_error error{};
  unsigned char const two[] = {1, 2};
  EXPECT_EQ(linnet_load_bytes(two, 0, "a.tflite", &session, &error), linnet_malformed);
  EXPECT_NE(linnet_load_bytes(two, 2, "a.onnx", &session, &error), linnet_ok);
  EXPECT_NE(std::string(error.message).find("ONNX"), std::string::npos) << error.message;
  EXPECT_EQ(session, nullptr);
}

TEST(capi, null_pointers_are_refused_by_name) {
  opened const s(doubling());
  linnet_session* session = nullptr;
  linnet_tensor t{};
  linnet_error error{};
  auto const refused = [&](linnet_status status, std::string const& said) {
    EXPECT_EQ(status, linnet_wrong_argument);
    EXPECT_EQ(error.status, linnet_wrong_argument);
    EXPECT_EQ(error.message, said + " is a null pointer");
    error = {};
  };
  refused(linnet_load(nullptr, &session, &error), "linnet_load: path");
  refused(linnet_load("x", nullptr, &error), "linnet_load: session");
  refused(linnet_load_bytes(nullptr, 1, "x", &session, &error), "linnet_load_bytes: bytes");
  refused(linnet_load_bytes("x", 1, nullptr, &session, &error), "linnet_load_bytes: name");
  refused(linnet_load_bytes("x", 1, "x", nullptr, &error), "linnet_load_bytes: session");
  refused(linnet_input(nullptr, 0, &t, &error), "linnet_input: session");
  refused(linnet_input(s, 0, nullptr, &error), "linnet_input: input");
  refused(linnet_output(nullptr, 0, &t, &error), "linnet_output: session");
  refused(linnet_output(s, 0, nullptr, &error), "linnet_output: output");
  refused(linnet_run(nullptr, &error), "linnet_run: session");
  refused(linnet_reset(nullptr, &error), "linnet_reset: session");
  refused(linnet_run_observed(nullptr, see, nullptr, &error), "linnet_run_observed: session");
  refused(linnet_run_observed(s, nullptr, nullptr, &error), "linnet_run_observed: observe");
  refused(linnet_run_dumping(nullptr, "x", &error), "linnet_run_dumping: session");
  refused(linnet_run_dumping(s, nullptr, &error), "linnet_run_dumping: folder");
  EXPECT_EQ(linnet_input_count(nullptr) + linnet_output_count(nullptr) + linnet_layer_count(nullptr), 0u);
  linnet_free(nullptr);
}

TEST(capi, an_index_out_of_range_is_refused_and_writes_nothing) {
  opened const s(doubling());
  linnet_tensor t{};
  linnet_error error{};
  EXPECT_EQ(linnet_input(s, 1, &t, &error), linnet_wrong_argument);
  EXPECT_STREQ(error.message, "memory.tflite: there is no input 1; it has 1");
  EXPECT_EQ(linnet_output(s, static_cast<std::size_t>(-1), &t, &error), linnet_wrong_argument);
  EXPECT_NE(std::string(error.message).find("there is no output"), std::string::npos) << error.message;
  EXPECT_EQ(t.name, nullptr);
}

TEST(capi, a_program_in_c_runs_a_model) {
  files const folder;
  in_c_result sum{};
  ASSERT_EQ(run_in_c(folder.write("a.tflite", doubling()).c_str(), &sum), 0);
  EXPECT_EQ(sum.layers, 1u);
  EXPECT_EQ(sum.last, 3);  // twice 1.5, which 0 stands for
  EXPECT_EQ(sum.sum, 3 + 5 + 7 + 9);
  EXPECT_EQ(run_in_c(folder.path("none.tflite").c_str(), &sum), -1);
}

}  // namespace
