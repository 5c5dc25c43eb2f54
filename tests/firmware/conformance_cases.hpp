// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include <linnet/session/error.hpp>

/// Writes the int8 cases of a collection as one block of bytes (case_file.hpp). `wrong` is the operator and
/// name of a case, as in conv2d/basic: one bit of what it expects is turned over, so that a test of it fails.
linnet::result<void> write_cases(std::filesystem::path const& folder, std::filesystem::path const& path,
                                 std::string_view wrong);
