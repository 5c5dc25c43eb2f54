// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/sha.h>

// Real models and the outputs that reference implementations gave for them: a folder beside the project,
// named by LINNET_ZOO. Without it these tests skip; with LINNET_REQUIRE_ZOO=1 that is a failure.
namespace golden {

inline std::filesystem::path zoo() {
  char const* const folder = std::getenv("LINNET_ZOO");
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder);
}

inline bool zoo_required() {
  char const* const required = std::getenv("LINNET_REQUIRE_ZOO");
  return required != nullptr && std::string(required) == "1";
}

#define GOLDEN_REQUIRE_ZOO()                                                                     \
  if (!std::filesystem::exists(golden::zoo() / "golden")) {                                      \
    if (golden::zoo_required()) {                                                                \
      FAIL() << "LINNET_REQUIRE_ZOO=1, but LINNET_ZOO names no folder with golden outputs";      \
    }                                                                                            \
    GTEST_SKIP() << "set LINNET_ZOO to a folder of models with golden outputs to run this test"; \
  }                                                                                              \
  static_assert(true)

inline std::vector<std::byte> bytes_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::vector<char> const chars((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto const* const first = reinterpret_cast<std::byte const*>(chars.data());
  return {first, first + chars.size()};
}

inline nlohmann::json json_of(std::filesystem::path const& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  return nlohmann::json::parse(file);
}

inline std::string sha256(std::span<std::byte const> bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (unsigned char byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

/// The generator that the manifests state: 32-bit xorshift, one draw an element.
class xorshift {
 public:
  explicit xorshift(std::uint32_t seed) : state_(seed) {}
  std::uint32_t operator()() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    return state_ ^= state_ << 5;
  }

 private:
  std::uint32_t state_;
};

inline std::vector<std::byte> random_input(std::uint32_t seed, bool is_float, std::size_t bytes) {
  xorshift draw(seed);
  std::vector<std::byte> result;
  while (result.size() < bytes) {
    std::uint32_t const x = draw();
    if (!is_float) {
      result.push_back(static_cast<std::byte>(x >> 24));
      continue;
    }
    float const value = static_cast<float>(x >> 8) / 8388608.0f - 1.0f;
    auto const* const raw = reinterpret_cast<std::byte const*>(&value);
    result.insert(result.end(), raw, raw + sizeof(value));
  }
  return result;
}

}  // namespace golden
