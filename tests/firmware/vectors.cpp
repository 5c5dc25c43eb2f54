// SPDX-License-Identifier: MIT
// On the host: what images for boards are compared with.
//   vectors input <seed> <height> <width> <channels> <input.npy>
//     random s8 elements, as random_bytes.hpp makes them
//   vectors digests <name> <seed> <folder> <header>
//     of what `linnet run --dump` left in the folder
//   vectors cases <folder> <cases.bin> [<operator>/<case>]
//     test cases of int8 and int16 kernels; the named one expects a wrong bit
//   vectors samples <samples.bin> <model> <data> int8|pixels|frames <count> [<reference>]
//     real inputs of a network, and its outputs on the host
//   vectors states <header>
//     a graph with states, as generated headers have it
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/graph/builder.hpp>
#include <linnet/io/file.hpp>
#include <linnet/io/header/graph_source.hpp>
#include <linnet/io/npy/read.hpp>
#include <linnet/io/npy/write.hpp>
#include <linnet/session/dynamic_graph.hpp>

#include "conformance_cases.hpp"
#include "random_bytes.hpp"
#include "support/sha256.hpp"
#include "task_samples.hpp"

namespace {

std::uint32_t number(char const* text) {
  std::string_view const all = text;
  std::uint32_t value = 0;
  (void)std::from_chars(all.data(), all.data() + all.size(), value);
  return value;
}

linnet::result<void> write_input(std::uint32_t seed, linnet::shape const& shape, char const* path) {
  std::vector<std::byte> elements(static_cast<std::size_t>(shape.elements()));
  random_bytes next(seed);
  for (std::byte& b : elements) b = static_cast<std::byte>(next.next());
  auto const file = linnet::io::npy::write(linnet::io::npy::array_view{linnet::s8, shape, elements});
  if (!file) return linnet::unexpected(file.error());
  return linnet::io::write_file(path, *file);
}

/// The files of a dump begin with the number of their operator.
linnet::result<void> write_digests(std::string const& name, std::string const& seed,
                                   std::filesystem::path const& folder, char const* path) {
  std::string list;
  std::size_t operators = 0;
  std::vector<std::filesystem::path> files;
  for (auto const& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (auto const& file : files) {
    if (number(file.filename().string().substr(0, 3).c_str()) != operators++)
      return linnet::fail(linnet::errc::wrong_argument, file.string() + ": an operator is missing before it");
    auto const bytes = linnet::io::read_file(file);
    if (!bytes) return linnet::unexpected(bytes.error());
    auto const array = linnet::io::npy::read(*bytes, file.string());
    if (!array) return linnet::unexpected(array.error());
    support::sha256 sum;
    for (std::byte b : array->data) sum.add(b);
    char line[40];
    std::snprintf(line, sizeof line, "    0x%016llx,\n", static_cast<unsigned long long>(sum.first_bits()));
    list += line;
  }
  std::string const text =
      "// Made by tests/firmware/vectors.cpp from the host's run, layer by layer.\n#pragma once\n"
      "#include <cstdint>\nnamespace " +
      name +
      "_host {\n"
      "inline constexpr std::uint32_t seed = " +
      seed +
      ";  // of the input\n"
      "inline constexpr std::uint64_t operators[" +
      std::to_string(operators) + "] = {  // the first 64 bits of each output's SHA-256\n" + list + "};\n}\n";
  return linnet::io::write_file(path, std::as_bytes(std::span(text)));
}

/// What came two runs ago, and the largest elements so far: no weights.
linnet::result<void> write_states(char const* path) {
  linnet::basic_graph_builder<linnet::dynamic_graph> g;
  linnet::quantization const q{0.5f, 3};
  auto const x = g.input({.height = 4, .channels = 8, .type = linnet::s8, .quantization = q});
  linnet::state_options const like_x{.shape = {1, 4, 1, 8}, .type = linnet::s8, .quantization = q};
  auto const recent = g.state(like_x), older = g.state(like_x), peak = g.state(like_x);
  auto const largest = g.maximum(peak, x);
  g.update(older, recent);
  g.update(recent, x);
  g.update(peak, largest);
  auto const graph = g.finish({g.max_pool2d(older, {.kernel = {1, 1}, .stride = {1, 1}}), largest});
  if (!graph)
    return linnet::fail(linnet::errc::invalid_graph, std::string(linnet::explain(graph.error().fault)));
  std::string const text =
      "// Made by tests/firmware/vectors.cpp.\n#pragma once\n#include <linnet/graph/graph.hpp>\n"
      "namespace states::inline LINNET_ISA {\ninline constexpr auto graph = [] {\n  using namespace linnet;\n"
      "  return " +
      linnet::io::header::graph_source(graph->view()) + ";\n}();\n}\n";
  return linnet::io::write_file(path, std::as_bytes(std::span(text)));
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view const what = argc > 1 ? argv[1] : "";
  linnet::result<void> done =
      linnet::fail(linnet::errc::wrong_argument, "vectors input|digests|cases|samples|states ...");
  if (what == "input" && argc == 7) {
    auto const extent = [&](int i) { return static_cast<std::int32_t>(number(argv[i])); };
    done = write_input(number(argv[2]), {1, extent(3), extent(4), extent(5)}, argv[6]);
  } else if (what == "digests" && argc == 6) {
    done = write_digests(argv[2], argv[3], argv[4], argv[5]);
  } else if (what == "cases" && (argc == 4 || argc == 5)) {
    done = write_cases(argv[2], argv[3], argc == 5 ? argv[4] : "");
  } else if (what == "samples" && (argc == 7 || argc == 8)) {
    done = write_samples(argv[3], argv[4], argv[5], number(argv[6]), argv[2], argc == 8 ? argv[7] : "");
  } else if (what == "states" && argc == 3) {
    done = write_states(argv[2]);
  }
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 1;
}
