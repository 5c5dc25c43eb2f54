// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/io/conformance/judged_case.hpp>
#include <linnet/io/file.hpp>
#include <linnet/io/tflite/reader.hpp>
#include <linnet/session/session.hpp>

// Cases that are a model of one operator and its tensors as text, as TensorFlow Lite Micro's integration
// tests have them: add0.tflite, add0_input0_int16.csv, add0_golden_int16.csv.
namespace linnet::inline LINNET_ISA::io::conformance {

namespace detail {

/// Whole numbers between commas, as elements of a type of 8 to 32 bits.
[[nodiscard]] inline result<std::vector<std::byte>> numbers_of(std::filesystem::path const& path,
                                                               element_type type) {
  auto const file = read_file(path);
  if (!file) return unexpected(file.error());
  std::int32_t const bits = bits_per_element(type);
  std::string const kind(name_of(type));
  if (type == f32 || bits < 8 || bits > 32)
    return fail(errc::not_supported, path.string() + ": numbers of " + kind + " are not read");
  bool const is_signed = type != u8;
  std::int64_t const least = is_signed ? -(std::int64_t{1} << (bits - 1)) : 0,
                     most = (std::int64_t{1} << (is_signed ? bits - 1 : bits)) - 1;
  std::string_view text(reinterpret_cast<char const*>(file->data()), file->size());
  std::vector<std::byte> made;
  for (std::size_t number = 0; !text.empty(); ++number) {
    std::size_t const end = std::min(text.find_first_of(",\r\n"), text.size());
    std::string_view const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    std::int64_t held = 0;
    auto const [stop, failure] = std::from_chars(word.data(), word.data() + word.size(), held);
    bool const whole = failure == std::errc{} && stop == word.data() + word.size();
    if (!whole || held > most || held < least) {
      return fail(errc::malformed,
                  path.string() + ": number " + std::to_string(number) + " is no whole number of " + kind);
    }
    for (std::int32_t i = 0; i < bits; i += 8)
      made.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(held) >> i & 255));
  }
  return made;
}

/// The files beside a model by their names' ends: "input0" of add0_input0_int16.csv; of several the first.
[[nodiscard]] inline std::filesystem::path beside(std::filesystem::path const& model,
                                                  std::string const& what) {
  std::string const begin = model.stem().string() + "_" + what + "_";
  std::filesystem::path const folder = model.has_parent_path() ? model.parent_path() : ".";
  std::filesystem::path found;
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::string const name = at->path().filename().string();
    bool const fits = name.starts_with(begin) && at->path().extension() == ".csv";
    if (fits && (found.empty() || at->path() < found)) found = at->path();
  }
  return found;
}

/// What differs from what is expected beside a model, which is ready to run: empty where nothing does.
[[nodiscard]] inline result<std::string> run_model_case(std::filesystem::path const& model, session& s) {
  for (std::size_t i = 0; i < s.input_count(); ++i) {
    auto const path = beside(model, "input" + std::to_string(i));
    if (path.empty()) return std::string("there is no file of input " + std::to_string(i));
    auto const numbers = numbers_of(path, s.input(i).type);
    if (!numbers) return unexpected(numbers.error());
    if (numbers->size() != s.input(i).bytes.size())
      return path.string() + ": has another size than the input";
    std::ranges::copy(*numbers, s.input(i).bytes.begin());
  }
  s.run();
  auto const path = beside(model, "golden");
  if (path.empty() || s.output_count() != 1) return std::string("there is no file of what is expected");
  auto const expected = numbers_of(path, s.output(0).type);
  if (!expected) return unexpected(expected.error());
  return difference(s.output(0).bytes, *expected, s.output(0).type);
}

}  // namespace detail

/// Runs a model of whole numbers on the files beside it. Every element must be equal.
[[nodiscard]] inline judged_case judge_model_case(std::filesystem::path const& model) {
  judged_case made{.suite = model.parent_path().parent_path().filename().string(),
                   .op = model.parent_path().filename().string(),
                   .type = "?",
                   .name = model.stem().string(),
                   .reason = {}};
  std::string const golden = detail::beside(model, "golden").stem().string();
  if (!golden.empty()) made.type = golden.substr(golden.rfind('_') + 1);
  auto file = read_file(model);
  if (!file) return detail::refused(std::move(made), file.error());
  auto net = tflite::read(*std::move(file), model.filename().string());
  if (!net) return detail::refused(std::move(made), net.error());
  auto opened = session::create(*std::move(net));
  if (!opened) return detail::refused(std::move(made), opened.error());
  auto reason = detail::run_model_case(model, *opened);
  if (!reason) return detail::refused(std::move(made), reason.error());
  return detail::passed_unless(std::move(made), *std::move(reason));
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
