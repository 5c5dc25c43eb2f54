// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <linnet/io/conformance/test_case.hpp>
#include <linnet/io/file.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

namespace detail {

inline constexpr std::size_t most_description_bytes = std::size_t{1} << 20;
inline constexpr std::int64_t most_elements = std::int64_t{1} << 28;

[[nodiscard]] inline std::optional<data_type> data_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, data_type>, 7> known{{{"int8", data_type::int8},
                                                                         {"int16", data_type::int16},
                                                                         {"int32", data_type::int32},
                                                                         {"int64", data_type::int64},
                                                                         {"int4x2", data_type::int4x2},
                                                                         {"f16", data_type::f16},
                                                                         {"f32", data_type::f32}}};
  for (auto const& [known_name, type] : known) {
    if (name == known_name) return type;
  }
  return std::nullopt;
}

[[nodiscard]] constexpr std::int64_t bytes_of(data_type type, std::int64_t count) {
  switch (type) {
    case data_type::int4x2:
    case data_type::int8: return count;
    case data_type::int16:
    case data_type::f16: return 2 * count;
    case data_type::int64: return 8 * count;
    case data_type::int32:
    case data_type::f32: break;
  }
  return 4 * count;
}

/// A whole number that 64 bits hold.
[[nodiscard]] inline std::optional<std::int64_t> whole(nlohmann::json const& from) {
  if (from.is_boolean()) return from.get<bool>() ? 1 : 0;
  if (!from.is_number_integer()) return std::nullopt;
  bool const huge = from.is_number_unsigned() &&
                    from.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (huge) return std::nullopt;
  return from.get<std::int64_t>();
}

[[nodiscard]] inline std::optional<std::vector<std::int64_t>> whole_numbers(nlohmann::json const& from) {
  if (!from.is_array()) return std::nullopt;
  std::vector<std::int64_t> made;
  for (auto const& element : from) {
    auto const number = whole(element);
    if (!number) return std::nullopt;
    made.push_back(*number);
  }
  return made;
}

[[nodiscard]] inline std::optional<value> value_of(nlohmann::json const& from) {
  if (auto number = whole(from)) return value(*number);
  if (from.is_number()) return value(from.get<double>());
  if (from.is_string()) return value(from.get<std::string>());
  if (auto list = whole_numbers(from)) return value(*std::move(list));
  return std::nullopt;
}

/// Reads the fields of one case.json; every failure names the file and the field.
class description_reader {
 public:
  description_reader(std::filesystem::path folder, std::string file)
      : folder_(std::move(folder)), file_(std::move(file)) {}

  result<test_case> read(nlohmann::json const& from) const {
    test_case made;
    made.file = file_;
    for (auto [field, to] : {std::pair{"name", &made.name}, {"op", &made.op}, {"variant", &made.variant}}) {
      auto text = text_at(from, field, field);
      if (!text) return unexpected(text.error());
      *to = *std::move(text);
    }
    for (auto [field, to] : {std::pair{"attrs", &made.attributes}, {"quant", &made.quantization}}) {
      auto all = values_at(from, field);
      if (!all) return unexpected(all.error());
      *to = *std::move(all);
    }
    if (auto const raw = from.find("raw_params"); raw != from.end() && raw->is_object()) {
      for (auto const& [name, one] : raw->items()) {
        if (auto read = value_of(one)) made.parameters.emplace(name, *std::move(read));
      }
    }
    auto const listed = from.find("tensors");
    if (listed == from.end() || !listed->is_object()) return refuse("tensors", "is missing or no object");
    for (auto const& [role, description] : listed->items()) {
      auto one = tensor_of(description, "tensors." + role);
      if (!one) return unexpected(one.error());
      made.tensors.emplace(role, *std::move(one));
    }
    return made;
  }

 private:
  [[nodiscard]] unexpected<error> refuse(std::string const& field, std::string const& reason,
                                         errc code = errc::malformed) const {
    return fail(code, file_ + ": field '" + field + "' " + reason);
  }

  [[nodiscard]] result<std::string> text_at(nlohmann::json const& from, char const* key,
                                            std::string const& field) const {
    auto const found = from.find(key);
    if (found == from.end()) return refuse(field, "is missing");
    if (!found->is_string()) return refuse(field, "is no text");
    return found->get<std::string>();
  }

  [[nodiscard]] result<values> values_at(nlohmann::json const& from, char const* key) const {
    auto const found = from.find(key);
    if (found == from.end() || !found->is_object()) return refuse(key, "is missing or no object");
    values made;
    for (auto const& [name, one] : found->items()) {
      auto read = value_of(one);
      if (!read) return refuse(std::string(key) + "." + name, "is no number, text or list of whole numbers");
      made.emplace(name, *std::move(read));
    }
    return made;
  }

  [[nodiscard]] result<tensor> tensor_of(nlohmann::json const& from, std::string const& field) const {
    if (!from.is_object()) return refuse(field, "is no object");
    tensor made;
    auto const dtype = text_at(from, "dtype", field + ".dtype");
    if (!dtype) return unexpected(dtype.error());
    auto const type = data_type_of(*dtype);
    if (!type) return refuse(field + ".dtype", "'" + *dtype + "' is not known", errc::not_supported);
    made.type = *type;
    if (auto shaped = read_shape(from, field, made); !shaped) return unexpected(shaped.error());
    if (from.contains("layout")) {
      auto layout = text_at(from, "layout", field + ".layout");
      if (!layout) return unexpected(layout.error());
      made.layout = *std::move(layout);
    }
    if (auto filled = read_data(from, field, made); !filled) return unexpected(filled.error());
    return made;
  }

  [[nodiscard]] result<void> read_shape(nlohmann::json const& from, std::string const& field,
                                        tensor& made) const {
    auto const count = from.contains("count") ? whole(from["count"]) : std::nullopt;
    if (!count || *count < 1 || *count > most_elements)
      return refuse(field + ".count", "is missing or no number from 1 to " + std::to_string(most_elements));
    made.count = *count;
    if (!from.contains("shape")) return {};
    auto shape = whole_numbers(from["shape"]);
    if (!shape) return refuse(field + ".shape", "is no list of whole numbers");
    std::int64_t elements = 1;
    for (std::int64_t extent : *shape) {
      if (extent < 1 || extent > most_elements / elements)
        return refuse(field + ".shape", "has an extent of " + std::to_string(extent));
      elements *= extent;
    }
    if (made.type == data_type::int4x2) elements = (elements + 1) / 2;
    if (elements != *count) {
      return refuse(field + ".shape", "is that of " + std::to_string(elements) +
                                          " elements, but the count is " + std::to_string(*count));
    }
    made.shape = *std::move(shape);
    return {};
  }

  [[nodiscard]] result<void> read_data(nlohmann::json const& from, std::string const& field,
                                       tensor& made) const {
    auto const name = text_at(from, "file", field + ".file");
    if (!name) return unexpected(name.error());
    bool const plain = !name->empty() &&
                       name->find_first_of(std::string_view("/\\\0", 3)) == std::string::npos &&
                       *name != "." && *name != "..";
    if (!plain) return refuse(field + ".file", "'" + *name + "' is no name of a file beside it");
    auto const wanted = static_cast<std::size_t>(bytes_of(made.type, made.count));
    auto data = read_file(folder_ / *name, wanted);
    if (!data) return refuse(field + ".file", "cannot be read: " + data.error().message, data.error().code);
    if (data->size() != wanted) {
      return refuse(field + ".file", "'" + *name + "' has " + std::to_string(data->size()) +
                                         " bytes, but its elements have " + std::to_string(wanted));
    }
    made.data = *std::move(data);
    return {};
  }

  std::filesystem::path folder_;
  std::string file_;
};

}  // namespace detail

/// Reads a test case from its folder: case.json (`name`, `op`, `variant`, `attrs`, `quant`, `tensors` with
/// `file`, `dtype`, `count`, and perhaps `shape` and `layout`; perhaps `raw_params`), and the arrays of
/// little-endian elements that it names beside it. Fields that it does not know are passed over. Fails
/// (file_not_readable, malformed, not_supported, too_large) with a message that names the file and the field;
/// an array's file has exactly the bytes of its elements, at most 2^28 of them.
[[nodiscard]] inline result<test_case> read_case(std::filesystem::path const& folder) {
  std::filesystem::path const path = folder / "case.json";
  auto const text = read_file(path, detail::most_description_bytes);
  if (!text) return unexpected(text.error());
  auto const* const first = reinterpret_cast<char const*>(text->data());
  auto const json = nlohmann::json::parse(first, first + text->size(), nullptr, false);
  if (json.is_discarded()) return fail(errc::malformed, path.string() + ": is not JSON");
  if (!json.is_object()) return fail(errc::malformed, path.string() + ": is JSON, but no object");
  return detail::description_reader(folder, path.string()).read(json);
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
