// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include <linnet/io/conformance/read.hpp>

#include "case_folder.hpp"

namespace {

using namespace linnet;
using io::conformance::data_type;
using io::conformance::read_case;

class conformance_read : public case_folder {
 protected:
  /// Reading fails, and the message names the file and mentions the words.
  void expect_failure(errc code, std::string const& mentions) const {
    auto const read = read_case(folder_);
    ASSERT_FALSE(read) << "was read; wanted: " << mentions;
    EXPECT_EQ(read.error().code, code) << read.error().message;
    EXPECT_EQ(read.error().message.substr(0, (folder_ / "case.json").string().size()),
              (folder_ / "case.json").string());
    EXPECT_NE(read.error().message.find(mentions), std::string::npos) << read.error().message;
  }
  void expect_field_failure(errc code, std::string const& field) const {
    write();
    expect_failure(code, "field '" + field + "'");
  }
};

TEST_F(conformance_read, reads_what_is_there) {
  description_["attrs"]["perm"] = {2, 0, 1};
  description_["attrs"]["time_major"] = true;
  description_["quant"]["cell_clip"] = 0.5;
  description_["unknown"] = {{"is", "passed over"}};
  tensor("input")["layout"] = "NHWC";
  write();
  auto const read = read_case(folder_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "tiny");
  EXPECT_EQ(read->op, "conv2d");
  EXPECT_EQ(read->variant, "int8");
  EXPECT_EQ(std::get<std::int64_t>(read->quantization.at("activation_min")), -128);
  EXPECT_EQ(std::get<double>(read->quantization.at("cell_clip")), 0.5);
  EXPECT_EQ(std::get<std::int64_t>(read->attributes.at("time_major")), 1);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(read->attributes.at("perm")),
            (std::vector<std::int64_t>{2, 0, 1}));
  auto const& input = read->tensors.at("input");
  EXPECT_EQ(input.type, data_type::int8);
  EXPECT_EQ(input.layout, "NHWC");
  EXPECT_EQ(input.shape, (std::vector<std::int64_t>{1, 2, 2, 1}));
  EXPECT_EQ(input.data.size(), 4u);
  EXPECT_EQ(input.data[3], std::byte{4});
  EXPECT_EQ(read->tensors.at("bias").data.size(), 4u);
}

TEST_F(conformance_read, two_elements_share_a_byte) {
  array("weights", "int4x2", {3, 1, 1, 1}, {0x21, 0x03});
  tensor("weights")["count"] = 2;
  write();
  auto const read = read_case(folder_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->tensors.at("weights").data.size(), 2u);
  tensor("weights")["count"] = 3;
  expect_field_failure(errc::malformed, "tensors.weights.shape");
}

TEST_F(conformance_read, a_missing_or_broken_description) {
  auto const missing = read_case(folder_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, errc::file_not_readable);
  for (char const* text : {"{", "no", "\x01\x02", "{\"name\": \"tiny\"} more"}) {
    std::ofstream(folder_ / "case.json") << text;
    expect_failure(errc::malformed, "is not JSON");
  }
  std::ofstream(folder_ / "case.json") << std::string(200000, '[');
  expect_failure(errc::malformed, "is not JSON");
  std::ofstream(folder_ / "case.json") << "[1, 2]";
  expect_failure(errc::malformed, "no object");
}

TEST_F(conformance_read, missing_fields_are_named) {
  auto const whole = description_;
  for (char const* field : {"name", "op", "variant", "attrs", "quant", "tensors"}) {
    description_ = whole;
    description_.erase(field);
    expect_field_failure(errc::malformed, field);
    description_[field] = 3;
    expect_field_failure(errc::malformed, field);
  }
  for (char const* field : {"file", "dtype", "count"}) {
    description_ = whole;
    tensor("bias").erase(field);
    expect_field_failure(errc::malformed, std::string("tensors.bias.") + field);
    tensor("bias")[field] = nlohmann::json::object();
    expect_field_failure(errc::malformed, std::string("tensors.bias.") + field);
  }
}

TEST_F(conformance_read, numbers_that_make_no_sense) {
  auto const whole = description_;
  for (nlohmann::json const& count :
       {nlohmann::json(0), nlohmann::json(-1), nlohmann::json(1.5), nlohmann::json(std::uint64_t{1} << 63)}) {
    description_ = whole;
    tensor("input")["count"] = count;
    expect_field_failure(errc::malformed, "tensors.input.count");
  }
  for (nlohmann::json const& shape :
       {nlohmann::json({1, 2, 2, 2}), nlohmann::json({1, -2, -2, 1}), nlohmann::json({0}),
        nlohmann::json("4"), nlohmann::json({std::int64_t{1} << 62, 4}), nlohmann::json({1, "2"})}) {
    description_ = whole;
    tensor("input")["shape"] = shape;
    expect_field_failure(errc::malformed, "tensors.input.shape");
  }
  description_ = whole;
  description_["quant"]["scale"] = nlohmann::json::object();
  expect_field_failure(errc::malformed, "quant.scale");
}

TEST_F(conformance_read, arrays_of_another_size_or_type) {
  tensor("input")["dtype"] = "complex64";
  expect_field_failure(errc::not_supported, "tensors.input.dtype");
  array("input", "int16", {1, 2, 2, 1}, {1, 2, 3, 4});  // eight bytes are wanted
  expect_field_failure(errc::malformed, "tensors.input.file");
  array("input", "int8", {1, 2, 2, 1}, {1, 2, 3, 4, 5});
  expect_field_failure(errc::too_large, "tensors.input.file");
  array("input", "int8", {1, 2, 2, 1}, {});
  expect_field_failure(errc::malformed, "tensors.input.file");
  std::filesystem::remove(folder_ / tensor("input")["file"].get<std::string>());
  expect_field_failure(errc::file_not_readable, "tensors.input.file");
}

TEST_F(conformance_read, files_lie_beside_the_description) {
  for (std::string const& name :
       {std::string("../input.bin"), std::string("/etc/passwd"), std::string(".."), std::string("."),
        std::string(), std::string("a\\b"), std::string("a\0b", 3)}) {
    tensor("input")["file"] = name;
    expect_field_failure(errc::malformed, "tensors.input.file");
  }
}

}  // namespace
