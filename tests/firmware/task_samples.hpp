// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include <linnet/session/error.hpp>

/// Writes samples of a task and what has to come out as one block of bytes (sample_file.hpp): what a session
/// makes of them, held against `reference` where that names a file of outputs of all samples.
linnet::result<void> write_samples(std::filesystem::path const& model, std::filesystem::path const& data,
                                   std::string_view form, std::size_t count,
                                   std::filesystem::path const& path, std::filesystem::path const& reference);
