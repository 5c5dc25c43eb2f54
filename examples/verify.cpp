// SPDX-License-Identifier: MIT
// Runs a model on stored inputs and says whether its outputs equal stored ones, bit for bit:
//   linnet_verify MODEL.tflite FOLDER
// FOLDER holds NAME.in.bin with NAME.out.bin, or with NAME.logits.bin, the tensor before the softmax (8-bit
// softmax differs between implementations of the legacy uint8 models).
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <linnet/io/load.hpp>
#include <linnet/session/kernels_elsewhere.hpp>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> inputs_in(fs::path const& folder) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (auto const& entry : fs::directory_iterator(folder, failure)) {
    if (entry.path().filename().string().ends_with(".in.bin")) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

/// Runs one input and returns how many bytes differ from what is stored.
linnet::result<std::size_t> differing_bytes(linnet::session& session, fs::path const& input,
                                            fs::path const& wanted) {
  auto const given = linnet::io::read_file(input);
  if (!given) return linnet::unexpected(given.error());
  auto const stored = linnet::io::read_file(wanted);
  if (!stored) return linnet::unexpected(stored.error());
  if (given->size() != session.input().bytes.size()) {
    return linnet::fail(linnet::errc::wrong_argument,
                        input.string() + " does not have the size of the model's input");
  }
  std::ranges::copy(*given, session.input().bytes.begin());
  bool const before_softmax = wanted.string().ends_with(".logits.bin");
  std::vector<std::byte> previous, compared;
  session.run([&](std::size_t, linnet::node const& n, linnet::tensor_ref const& output) {
    if (before_softmax && n.kind == linnet::op::softmax) compared = previous;
    previous.assign(output.bytes.begin(), output.bytes.end());
  });
  if (!before_softmax) compared.assign(session.output().bytes.begin(), session.output().bytes.end());
  if (compared.size() != stored->size()) return std::max(compared.size(), stored->size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < compared.size(); ++i) different += compared[i] == (*stored)[i] ? 0u : 1u;
  return different;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: linnet_verify MODEL.tflite FOLDER\n";
    return 2;
  }
  auto session = linnet::load(arguments[1]);
  if (!session) {
    std::cerr << session.error().message << "\n";
    return 4;
  }
  auto const inputs = inputs_in(arguments[2]);
  std::size_t equal = 0;
  for (fs::path const& input : inputs) {
    std::string const stem = input.string().substr(0, input.string().size() - std::string(".in.bin").size());
    fs::path wanted = stem + ".logits.bin";
    if (!fs::exists(wanted)) wanted = stem + ".out.bin";
    auto const different = differing_bytes(*session, input, wanted);
    if (!different) {
      std::cerr << different.error().message << "\n";
      return 5;
    }
    std::cout << "  " << wanted.filename().string() << ": "
              << (*different == 0 ? "equal, bit for bit" : std::to_string(*different) + " bytes DIFFER")
              << "\n";
    equal += *different == 0 ? 1u : 0u;
  }
  std::cout << "  " << equal << " of " << inputs.size()
            << " stored inputs give the reference's outputs bit for bit\n";
  return equal == inputs.size() && !inputs.empty() ? 0 : 1;
}
