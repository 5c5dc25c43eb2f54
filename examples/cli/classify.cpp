// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <optional>

#include <linnet/io/file.hpp>
#include <linnet/io/image/preprocess.hpp>
#include <linnet/io/image/read.hpp>
#include <linnet/io/image/resize.hpp>

#include "json.hpp"

namespace cli {
namespace {

using linnet::errc;
using linnet::result;

struct guess {
  std::size_t index;
  std::string label;
  float score, bar;  // bar in [0, 1]
};

struct answer {
  std::string image;
  std::vector<guess> top;
  double milliseconds;
};

/// "a,b,c", or "a" for all three; empty where it is neither.
std::optional<std::array<float, 3>> three_numbers(std::string const& text) {
  std::array<float, 3> numbers{};
  std::size_t count = 0;
  for (char const *at = text.data(), *const end = at + text.size(); count < 3; ++at) {
    auto const [stop, failure] = std::from_chars(at, end, numbers[count]);
    if (failure != std::errc()) return std::nullopt;
    ++count;
    if (stop == end) {
      if (count == 1) numbers[1] = numbers[2] = numbers[0];
      return count == 2 ? std::nullopt : std::optional(numbers);
    }
    if (*stop != ',') return std::nullopt;
    at = stop;
  }
  return std::nullopt;
}

/// Nothing where neither was given; an error for numbers that can only be a mistake.
result<std::optional<linnet::io::normalization>> normalization_of(classify_options const& options) {
  if (options.mean.empty()) return std::optional<linnet::io::normalization>();
  linnet::io::normalization const n{*three_numbers(options.mean), *three_numbers(options.deviation)};
  auto const& d = n.deviation;
  if (!std::ranges::all_of(d, [](float x) { return x > 0.0f; }))
    return linnet::fail(errc::wrong_argument, "--std: must be above 0");
  if (std::ranges::all_of(d, [](float x) { return x < 1.0f; })) {
    return linnet::fail(errc::wrong_argument,
                        "--std: is in pixel values of 0 to 255: multiply mean and std by 255");
  }
  return std::optional(n);
}

/// One label a line, held against the number of classes.
result<std::vector<std::string>> read_labels(classify_options const& options, std::size_t classes) {
  constexpr std::size_t most_bytes = std::size_t{16} << 20;
  std::vector<std::string> labels;
  if (options.labels.empty()) return labels;
  auto const file = linnet::io::read_file(options.labels, most_bytes);
  if (!file) return linnet::unexpected(file.error());
  labels.emplace_back();
  for (std::byte b : *file) {
    char const c = static_cast<char>(b);
    if (c == '\n') {
      labels.emplace_back();
    } else if (c != '\r') {
      labels.back() += std::to_integer<unsigned>(b) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
  if (labels.back().empty()) labels.pop_back();
  auto const missing = static_cast<std::int64_t>(classes) - static_cast<std::int64_t>(labels.size());
  if (missing != options.label_offset) {
    std::string message = options.labels + ": has " + std::to_string(labels.size()) + " labels, " +
                          options.model + " has " + std::to_string(classes) + " classes";
    if (missing == 1) message += "; if class 0 is the background, say --label-offset 1";
    if (missing == -1)
      message += "; if the first label is a background that the model lacks, say --label-offset -1";
    return linnet::fail(errc::wrong_argument, message);
  }
  return labels;
}

std::string label_of(std::size_t index, std::vector<std::string> const& labels, int offset) {
  auto const line = static_cast<std::int64_t>(index) - offset;
  if (labels.empty()) return "";
  return line < 0 ? "background" : labels[static_cast<std::size_t>(line)];
}

/// The best classes. Bars of probabilities show the probability; those of other scores lie between the least
/// and the greatest.
std::vector<guess> best(std::vector<float> const& scores, std::vector<std::string> const& labels,
                        classify_options const& options) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto const count = std::min(options.top, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
                    });
  auto [low, high] = std::ranges::minmax(scores);
  if (low >= 0.0f && high <= 1.0f) low = 0.0f, high = 1.0f;
  std::vector<guess> top;
  for (std::size_t i = 0; i < count; ++i) {
    float const score = scores[order[i]];
    float const bar = high > low ? std::clamp((score - low) / (high - low), 0.0f, 1.0f) : 1.0f;
    top.push_back({order[i], label_of(order[i], labels, options.label_offset), score, bar});
  }
  return top;
}

result<void> fill_input(linnet::session& s, std::string const& path, classify_options const& options,
                        std::optional<linnet::io::normalization> const& normalization) {
  linnet::tensor_ref const input = s.input();
  auto const wanted = linnet::io::picture_input_of(input.shape);
  if (!wanted) return linnet::unexpected(wanted.error());
  auto const file = linnet::io::read_file(path, linnet::io::max_image_file_bytes);
  if (!file) return linnet::unexpected(file.error());
  auto const picture = linnet::io::decode(*file, wanted->channels, path);
  if (!picture) return linnet::unexpected(picture.error());
  using linnet::io::resize_policy;
  auto const resized = linnet::io::resize(
      *picture, wanted->width, wanted->height,
      {.policy = options.resize == "crop" ? resize_policy::center_crop : resize_policy::stretch,
       .fraction = options.fraction});
  if (!resized) return linnet::fail(resized.error().code, path + ": " + resized.error().message);
  auto const bytes = linnet::io::preprocess(*resized, input.type, input.quantization,
                                            {.normalization = normalization, .layout = wanted->layout});
  if (!bytes) return linnet::fail(bytes.error().code, path + ": " + bytes.error().message);
  std::ranges::copy(*bytes, input.bytes.begin());
  return {};
}

/// A model that this command can use: one picture in, one row of scores out.
result<void> check_classifier(linnet::session& s) {
  if (s.input_count() != 1 || s.output_count() != 1) {
    return linnet::fail(errc::not_supported, s.name() + ": has " + std::to_string(s.input_count()) +
                                                 " inputs and " + std::to_string(s.output_count()) +
                                                 " outputs; classify needs one of each");
  }
  auto const picture = linnet::io::picture_input_of(s.input().shape);
  if (!picture) return linnet::fail(errc::not_supported, s.name() + ": " + picture.error().message);
  bool const floats = s.input().type == linnet::f32,
             bytes = s.input().type == linnet::s8 || s.input().type == linnet::u8;
  if ((!floats && !bytes) || dequantized(s.output()).empty()) {
    return linnet::fail(errc::not_supported, s.name() + ": turns " + words(s.input().type, s.input().shape) +
                                                 " into " + words(s.output().type, s.output().shape) +
                                                 "; classify needs f32, s8 or u8");
  }
  return {};
}

std::string bar_of(float share) {
  constexpr int cells = 24;
  static constexpr char const* part[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  int const eighths = static_cast<int>(share * cells * 8 + 0.5f);
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  bar += part[eighths % 8];
  int const used = eighths / 8 + (eighths % 8 != 0 ? 1 : 0);
  return bar + std::string(static_cast<std::size_t>(cells - used), ' ');
}

void print_text(answer const& a) {
  std::printf("%s  (%.1f ms)\n", a.image.c_str(), a.milliseconds);
  for (guess const& g : a.top) {
    std::printf("  %8.4f  %s  %5zu  %s\n", static_cast<double>(g.score), bar_of(g.bar).c_str(), g.index,
                g.label.c_str());
  }
  std::fflush(stdout);
}

nlohmann::ordered_json answer_json(answer const& a) {
  nlohmann::ordered_json top = nlohmann::ordered_json::array();
  for (guess const& g : a.top) top.push_back({{"class", g.index}, {"label", g.label}, {"score", g.score}});
  return {{"image", a.image}, {"top", top}};
}

}  // namespace

std::string check_three_numbers(std::string const& text) {
  return three_numbers(text) ? ""
                             : "'" + text + "' is not a number, nor three with commas: 123.675,116.28,103.53";
}

int classify(classify_options const& options) {
  auto const normalization = normalization_of(options);
  if (!normalization) return complain(normalization.error(), wrong_usage);
  auto session = open_model(options.model);
  if (!session) return complain(session.error(), bad_model);
  if (auto const usable = check_classifier(*session); !usable) return complain(usable.error(), bad_model);
  auto const labels = read_labels(options, dequantized(session->output()).size());
  if (!labels) return complain(labels.error(), bad_input);

  if (!options.as_json) std::printf("arena %s bytes\n", grouped(session->arena_bytes()).c_str());
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (std::string const& image : options.images) {
    if (auto const filled = fill_input(*session, image, options, *normalization); !filled) {
      return complain(filled.error(), bad_input);
    }
    auto const start = std::chrono::steady_clock::now();
    session->run();
    std::chrono::duration<double, std::milli> const took = std::chrono::steady_clock::now() - start;
    answer const a{image, best(dequantized(session->output()), *labels, options), took.count()};
    if (options.as_json) {
      all.push_back(answer_json(a));
    } else {
      print_text(a);
    }
  }
  if (options.as_json) std::printf("%s\n", to_text(all).c_str());
  return done;
}

}  // namespace cli
