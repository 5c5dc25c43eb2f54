// SPDX-License-Identifier: MIT
// seed_corpus FOLDER: writes what the fuzzers start from: FOLDER/tflite and FOLDER/onnx get one small sound
// file for every operator, FOLDER/graph a few lists of decisions. Where the environment variable LINNET_ZOO
// names a collection of models, its small ones are copied, too.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <linnet/io/file.hpp>

#include "support/random_source.hpp"
#include "support/tflite_samples.hpp"
#if defined(LINNET_WITH_ONNX)
#include "support/onnx_samples.hpp"
#endif

namespace {

constexpr std::uintmax_t most_bytes = 8192;  // of a model that is worth changing byte by byte

bool write(std::filesystem::path const& path, std::span<std::byte const> bytes) {
  auto const written = linnet::io::write_file(path, bytes);
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written.has_value();
}

bool write_samples(std::filesystem::path const& folder) {
  bool all = true;
  for (auto const& sample : linnet_tests::tflite::samples()) {
    for (bool old : {false, true}) {
      auto model = sample.model;
      model.only_deprecated_codes = old;
      all &= write(folder / "tflite" / (sample.name + (old ? "_2019" : "") + ".tflite"), model.bytes());
    }
  }
#if defined(LINNET_WITH_ONNX)
  for (auto const& sample : linnet_tests::onnx::samples())
    all &= write(folder / "onnx" / (sample.name + ".onnx"), sample.model.bytes());
#endif
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    support::random_source random(seed);
    std::vector<std::byte> decisions(static_cast<std::size_t>(random.integer(1, 256)));
    for (std::byte& b : decisions) b = static_cast<std::byte>(random.integer(0, 255));
    all &= write(folder / "graph" / std::to_string(seed), decisions);
  }
  return all;
}

/// Copies small models of the collection; their names are counted, since folders share names.
void copy_zoo(std::filesystem::path const& zoo, std::filesystem::path const& folder) {
  int count = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(zoo)) {
    std::string const kind = entry.path().extension().string();
    if ((kind != ".onnx" && kind != ".tflite") || !entry.is_regular_file()) continue;
    if (entry.file_size() > most_bytes) continue;
    std::filesystem::copy_file(entry.path(),
                               folder / kind.substr(1) / ("zoo" + std::to_string(count++) + kind),
                               std::filesystem::copy_options::overwrite_existing);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
    return 2;
  }
  std::filesystem::path const folder = arguments[1];
  for (char const* kind : {"tflite", "onnx", "graph"}) std::filesystem::create_directories(folder / kind);
  if (!write_samples(folder)) return 1;
  if (char const* const zoo = std::getenv("LINNET_ZOO")) copy_zoo(zoo, folder);
  return 0;
}
