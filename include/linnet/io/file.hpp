// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io {

namespace detail {

[[nodiscard]] inline unexpected<error> file_failure(errc code, std::filesystem::path const& path,
                                                    std::string_view reason) {
  return fail(code, path.string() + ": " + std::string(reason));
}

/// The system's own words for why the last call failed, or `otherwise` where it left none.
[[nodiscard]] inline std::string system_reason(int number, std::string_view otherwise) {
  return number != 0 ? std::generic_category().message(number) : std::string(otherwise);
}

/// Everything up to the end of the stream, or more than `limit` bytes where there is more.
[[nodiscard]] inline std::vector<std::byte> read_all(std::ifstream& stream, std::size_t expected_size,
                                                     std::size_t limit) {
  std::vector<std::byte> bytes(std::min(expected_size, limit) + 1);  // one more: a read that hits the end
  std::size_t filled = 0;
  while (true) {
    stream.read(reinterpret_cast<char*>(bytes.data() + filled),
                static_cast<std::streamsize>(bytes.size() - filled));
    filled += static_cast<std::size_t>(stream.gcount());
    if (!stream || filled > limit) break;
    bytes.resize(std::min(bytes.size() * 2, limit + 1));
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace detail

/// All bytes of a file. Fails, with the path and the reason in words, where it is missing, a directory, not
/// permitted (file_not_readable), empty (malformed), or longer than `limit` bytes (too_large).
[[nodiscard]] inline result<std::vector<std::byte>> read_file(std::filesystem::path const& path,
                                                              std::size_t limit = std::size_t{1} << 30) {
  std::error_code failure;
  auto const status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    return detail::file_failure(errc::file_not_readable, path, "no such file");
  }
  if (failure) return detail::file_failure(errc::file_not_readable, path, failure.message());
  if (std::filesystem::is_directory(status)) {
    return detail::file_failure(errc::file_not_readable, path, "is a directory, not a file");
  }
  std::string const too_large = "is larger than the limit of " + std::to_string(limit) + " bytes";
  auto const size = std::filesystem::file_size(path, failure);  // unknown for a pipe: read it to its end
  if (!failure && size > limit) return detail::file_failure(errc::too_large, path, too_large);

  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return detail::file_failure(errc::file_not_readable, path,
                                detail::system_reason(errno, "cannot be opened"));
  }
  try {
    auto bytes = detail::read_all(stream, failure ? 0 : static_cast<std::size_t>(size), limit);
    if (stream.bad()) return detail::file_failure(errc::file_not_readable, path, "cannot be read to its end");
    if (bytes.size() > limit) return detail::file_failure(errc::too_large, path, too_large);
    if (bytes.empty()) return detail::file_failure(errc::malformed, path, "is empty");
    return bytes;
  } catch (std::bad_alloc const&) {
    return detail::file_failure(errc::too_large, path, "there is not enough memory to read it");
  }
}

/// Writes the bytes to a file, in place of what was there. Fails (file_not_writable), with the path and the
/// reason in words, where it is a directory, its folder is missing, it is not permitted, or the disk is full;
/// a partly written file then stays behind.
[[nodiscard]] inline result<void> write_file(std::filesystem::path const& path,
                                             std::span<std::byte const> bytes) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return detail::file_failure(errc::file_not_writable, path, "is a directory, not a file");
  }
  if (path.has_parent_path() && !std::filesystem::is_directory(path.parent_path(), ignored)) {
    return detail::file_failure(errc::file_not_writable, path, "there is no such folder");
  }
  errno = 0;
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  if (!stream) {
    return detail::file_failure(errc::file_not_writable, path,
                                detail::system_reason(errno, "cannot be opened"));
  }
  stream.write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) {
    return detail::file_failure(errc::file_not_writable, path,
                                detail::system_reason(errno, "cannot be written to its end"));
  }
  return {};
}

}  // namespace linnet::inline LINNET_ISA::io
