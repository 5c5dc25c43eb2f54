// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/io/conformance/test_case.hpp>
#include <linnet/quantization/rounding.hpp>
#include <linnet/session/error.hpp>
#include <linnet/tensor/shape.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// What a case says whose sums are rounded twice.
inline constexpr std::string_view double_rounding_words =
    "32-bit accumulator, saturating rounding doubling high multiply, then rounding shift";

/// Reads the fields of a case that an operator needs. What is first found to be wrong stays; later answers
/// then mean nothing.
class field_reader {
 public:
  /// Reads fields of that case, which must outlive it.
  explicit field_reader(test_case const& from) : from_(from) {}

  /// Whether something was found to be wrong.
  [[nodiscard]] bool failed() const { return failed_; }
  /// The first thing that was. Precondition: `failed()`.
  [[nodiscard]] unexpected<error> failure() const { return unexpected<error>(failure_); }

  /// Says what is wrong with a field, unless something was before.
  void refuse(std::string_view field, std::string const& reason, errc code = errc::malformed) {
    if (failed_) return;
    failed_ = true;
    failure_ = {code, from_.file + ": field '" + std::string(field) + "' " + reason};
  }

  /// A whole number of `attrs` or `quant`, in [least, most].
  std::int32_t attribute(std::string_view name, std::int64_t least, std::int64_t most) {
    return number(from_.attributes, "attrs.", name, least, most);
  }
  /// The same of the case's quantization.
  std::int32_t quantity(std::string_view name, std::int64_t least, std::int64_t most) {
    return number(from_.quantization, "quant.", name, least, most);
  }
  /// A whole number of the original's parameters.
  std::int32_t parameter(std::string_view name, std::int64_t least, std::int64_t most) {
    return number(from_.parameters, "raw_params.", name, least, most);
  }
  /// A number that float32 holds.
  float real_quantity(std::string_view name) { return real(from_.quantization, "quant.", name); }
  /// The same of its attributes.
  float real_attribute(std::string_view name) { return real(from_.attributes, "attrs.", name); }
  /// Whether the case states it.
  [[nodiscard]] bool has_quantity(std::string_view name) const { return from_.quantization.contains(name); }

  /// Whether the case has an array of that role.
  [[nodiscard]] bool has_tensor(std::string_view role) const { return from_.tensors.contains(role); }

  /// An array, which must be of this type; one without elements where it is not, or is missing.
  tensor const& array(std::string_view role, data_type type) {
    static tensor const nothing{};
    auto const found = from_.tensors.find(role);
    std::string const field = "tensors." + std::string(role);
    if (found == from_.tensors.end()) {
      refuse(field, "is missing");
      return nothing;
    }
    if (found->second.type == type) return found->second;
    refuse(field + ".dtype", "is another one than this operator takes", errc::not_supported);
    return nothing;
  }

  /// The shape of an array, its extents at most 65535; missing ones in front are 1.
  image_shape image(std::string_view role, std::size_t least_rank, std::size_t most_rank) {
    auto const found = from_.tensors.find(role);
    std::string const field = "tensors." + std::string(role) + ".shape";
    if (found == from_.tensors.end()) {
      refuse(field, "is missing");
      return image_shape{};
    }
    std::vector<std::int64_t> const& shape = found->second.shape;
    if (shape.size() < least_rank || shape.size() > most_rank) {
      refuse(field, "has " + std::to_string(shape.size()) + " dimensions");
      return image_shape{};
    }
    std::int32_t extents[4] = {1, 1, 1, 1};
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] > std::numeric_limits<std::uint16_t>::max()) {
        refuse(field, "has an extent of " + std::to_string(shape[i]));
        return image_shape{};
      }
      extents[4 - shape.size() + i] = static_cast<std::int32_t>(shape[i]);
    }
    return {extents[0], extents[1], extents[2], extents[3]};
  }

  /// The 32-bit elements of an array.
  std::vector<std::int32_t> words(std::string_view role) {
    tensor const& from = array(role, data_type::int32);
    std::vector<std::int32_t> made;
    for (std::size_t at = 0; at + 4 <= from.data.size(); at += 4)
      made.push_back(load<std::int32_t>(from.data.data() + at));
    return made;
  }

  /// The shape of an array of at most `max_rank` dimensions, as it is stated.
  shape extents(std::string_view role) {
    auto const found = from_.tensors.find(role);
    std::string const field = "tensors." + std::string(role) + ".shape";
    shape made;
    if (found == from_.tensors.end()) {
      refuse(field, "is missing");
      return made;
    }
    for (std::int64_t extent : found->second.shape) {
      bool const fits = extent >= 1 && extent <= std::numeric_limits<std::uint16_t>::max() && !made.full();
      if (!fits) {
        refuse(field, "has an extent of " + std::to_string(extent) + " or too many of them");
        return {};
      }
      made.push_back(static_cast<std::int32_t>(extent));
    }
    return made;
  }

  /// A list of whole numbers of `attrs`, each in [least, most].
  std::vector<std::int32_t> attributes(std::string_view name, std::int64_t least, std::int64_t most) {
    std::string const field = "attrs." + std::string(name);
    auto const found = from_.attributes.find(name);
    auto const* const held =
        found == from_.attributes.end() ? nullptr : std::get_if<std::vector<std::int64_t>>(&found->second);
    std::vector<std::int32_t> made;
    if (held == nullptr) {
      refuse(field, "is missing or no list");
      return made;
    }
    for (std::int64_t number : *held) {
      if (number < least || number > most)
        refuse(field, "has a number beyond " + std::to_string(least) + " ... " + std::to_string(most));
      made.push_back(static_cast<std::int32_t>(number));
    }
    return made;
  }

  /// How the case's sums become outputs.
  rounding policy() {
    auto const found = from_.quantization.find("requantization");
    auto const* const text =
        found == from_.quantization.end() ? nullptr : std::get_if<std::string>(&found->second);
    bool const wide =
        text != nullptr && *text == "64-bit accumulator, multiplier reduced to 16 bits, one rounding";
    if (wide) return rounding::reduced_multiplier;
    require_double_rounding();
    return rounding::double_rounding;
  }

  /// That the case's sums are rounded twice, the policy `double_rounding`.
  void require_double_rounding() {
    constexpr std::string_view wanted = double_rounding_words;
    auto const found = from_.quantization.find("requantization");
    auto const* const text =
        found == from_.quantization.end() ? nullptr : std::get_if<std::string>(&found->second);
    if (text == nullptr) return refuse("quant.requantization", "is missing or no text");
    if (*text != wanted) refuse("quant.requantization", "is '" + *text + "'", errc::not_supported);
  }

 private:
  float real(values const& all, char const* list, std::string_view name) {
    auto const found = all.find(name);
    std::string const field = list + std::string(name);
    if (found == all.end()) {
      refuse(field, "is missing");
      return 0;
    }
    auto const* const held_real = std::get_if<double>(&found->second);
    auto const* const whole = std::get_if<std::int64_t>(&found->second);
    double const held = held_real != nullptr ? *held_real
                        : whole != nullptr   ? static_cast<double>(*whole)
                                             : NAN;
    if (std::abs(held) <= std::numeric_limits<float>::max()) return static_cast<float>(held);
    refuse(field, "is no number of float32");
    return 0;
  }
  std::int32_t number(values const& all, char const* list, std::string_view name, std::int64_t least,
                      std::int64_t most) {
    std::string const field = list + std::string(name);
    auto const found = all.find(name);
    if (found == all.end()) {
      refuse(field, "is missing");
      return 0;
    }
    auto const* const held = std::get_if<std::int64_t>(&found->second);
    if (held != nullptr && *held >= least && *held <= most) return static_cast<std::int32_t>(*held);
    refuse(field, "is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return 0;
  }

  test_case const& from_;
  error failure_{errc::malformed, {}};
  bool failed_ = false;
};

}  // namespace linnet::inline LINNET_ISA::io::conformance
