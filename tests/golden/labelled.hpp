// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/session.hpp>

namespace golden {

/// The cells of a comma-separated table, without the row that names the columns.
inline std::vector<std::vector<std::string>> rows_of(std::filesystem::path const& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

inline linnet::session session_of(linnet::network net) {
  auto made = linnet::session::create(std::move(net));
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

}  // namespace golden
