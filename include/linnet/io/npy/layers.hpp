// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <linnet/graph/node.hpp>
#include <linnet/io/file.hpp>
#include <linnet/io/npy/write.hpp>
#include <linnet/session/tensor_ref.hpp>

namespace linnet::inline LINNET_ISA::io::npy {

/// Writes a tensor to an .npy file, in place of what was there. Fails, with the path in words, where NumPy
/// has no such type (not_supported) or the file cannot be written (file_not_writable).
[[nodiscard]] inline result<void> write_tensor(std::filesystem::path const& path, tensor_ref const& tensor) {
  auto const file = write(array_view{tensor.type, tensor.shape, tensor.bytes});
  if (!file) return fail(file.error().code, path.string() + ": " + file.error().message);
  return write_file(path, *file);
}

/// The name of the file that holds a node's output: its index, at least three digits, and its operator, as in
/// "012_conv2d.npy".
[[nodiscard]] inline std::string layer_file_name(std::size_t index, node const& n) {
  std::string number = std::to_string(index);
  if (number.size() < 3) number.insert(0, 3 - number.size(), '0');
  return number + "_" + std::string(name_of(n)) + ".npy";
}

/// Makes a folder, and those that it is to lie in, where they are not there. Fails (file_not_writable), with
/// the path and the system's reason.
[[nodiscard]] inline result<void> make_folder(std::filesystem::path const& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return fail(errc::file_not_writable, folder.string() + ": " + failure.message());
  return {};
}

/// Writes the layers of a run into a folder, each as it is made: for `session::run`, which cannot be stopped,
/// so that nothing is written once something failed.
class layer_writer {
 public:
  /// Precondition: the folder exists (`make_folder`).
  explicit layer_writer(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void operator()(std::size_t index, node const& n, tensor_ref const& output) {
    if (written_) written_ = write_tensor(folder_ / layer_file_name(index, n), output);
  }
  /// The first failure, if there was one.
  [[nodiscard]] result<void> const& written() const { return written_; }

 private:
  std::filesystem::path folder_;
  result<void> written_;
};

}  // namespace linnet::inline LINNET_ISA::io::npy
