// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/io/file.hpp>
#include <linnet/io/tflite/reader.hpp>
#include <linnet/session/session.hpp>
#if defined(LINNET_WITH_ONNX)
#include <linnet/io/onnx/reader.hpp>
#endif

namespace linnet::inline LINNET_ISA {

namespace io::detail {

/// ONNX files have no mark of their own: the name tells, unless the bytes say otherwise.
[[nodiscard]] inline bool is_onnx(std::filesystem::path const& path, std::span<std::byte const> bytes) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".onnx" && !tflite::document(bytes).has_identifier(tflite::file_identifier);
}

[[nodiscard]] inline result<network> read_onnx([[maybe_unused]] std::span<std::byte const> bytes,
                                               std::string name) {
#if defined(LINNET_WITH_ONNX)
  return onnx::read(bytes, std::move(name));
#else
  return fail(errc::not_supported, name + ": this program was built without ONNX (LINNET_WITH_ONNX is OFF)");
#endif
}

}  // namespace io::detail

/// What a reader is told besides the file.
struct reader_options {
  /// Operators of the user's that a .tflite file may name: `&custom_operator_of<my_operator>`, ...
  std::span<custom_operator const* const> custom{};
};

/// Reads the bytes of a model file (.tflite, .onnx) without making it ready to run. `name` is for messages,
/// and says by its end that the bytes are ONNX.
[[nodiscard]] inline result<network> load_network(std::vector<std::byte> file,
                                                  std::filesystem::path const& name,
                                                  reader_options const& options = {}) {
  if (io::detail::is_onnx(name, file)) return io::detail::read_onnx(file, name.string());
  return io::tflite::read(std::move(file), name.string(), options.custom);
}

/// Reads a model file (.tflite, .onnx) without making it ready to run.
[[nodiscard]] inline result<network> load_network(std::filesystem::path const& path,
                                                  reader_options const& options = {}) {
  auto file = io::read_file(path);
  if (!file) return unexpected(std::move(file).error());
  return load_network(*std::move(file), path, options);
}

/// Reads a model file (.tflite, .onnx) and makes it ready to run on this machine.
[[nodiscard]] inline result<session> load(std::filesystem::path const& path,
                                          session_options const& options = {},
                                          reader_options const& reading = {}) {
  auto net = load_network(path, reading);
  if (!net) return unexpected(std::move(net).error());
  return session::create(*std::move(net), options);
}

}  // namespace linnet::inline LINNET_ISA
