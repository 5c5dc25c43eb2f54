// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <filesystem>
#include <utility>

#include <linnet/io/file.hpp>
#include <linnet/io/tflite/reader.hpp>
#include <linnet/session/session.hpp>

namespace linnet::inline LINNET_ISA {

/// Reads a model file (.tflite) without making it ready to run.
[[nodiscard]] inline result<network> load_network(std::filesystem::path const& path) {
  auto file = io::read_file(path);
  if (!file) return unexpected(std::move(file).error());
  return io::tflite::read(*std::move(file), path.string());
}

/// Reads a model file (.tflite) and makes it ready to run on this machine.
[[nodiscard]] inline result<session> load(std::filesystem::path const& path,
                                          session_options const& options = {}) {
  auto net = load_network(path);
  if (!net) return unexpected(std::move(net).error());
  return session::create(*std::move(net), options);
}

}  // namespace linnet::inline LINNET_ISA
