// SPDX-License-Identifier: MIT
// seed_corpus FOLDER: writes one small sound .tflite file for every operator, for the fuzzer to start from.
#include <cstdio>
#include <filesystem>
#include <string>

#include <linnet/io/file.hpp>

#include "support/tflite_samples.hpp"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
    return 2;
  }
  std::filesystem::path const folder = arguments[1];
  std::filesystem::create_directories(folder);
  for (auto const& sample : linnet_tests::tflite::samples()) {
    for (bool old : {false, true}) {
      auto model = sample.model;
      model.only_deprecated_codes = old;
      auto const path = folder / (sample.name + (old ? "_2019" : "") + ".tflite");
      if (auto written = linnet::io::write_file(path, model.bytes()); !written) {
        std::fprintf(stderr, "%s\n", written.error().message.c_str());
        return 1;
      }
    }
  }
  return 0;
}
