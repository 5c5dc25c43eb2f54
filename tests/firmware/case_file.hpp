// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/base/bytes.hpp>
#include <linnet/base/math.hpp>
#include <linnet/base/span.hpp>
#include <linnet/kernels/kernels.hpp>

// Test cases of kernels as one block of bytes, which the host writes and an image for a board holds. Both
// are little-endian and lay out a problem, which is integers of up to 32 bits and floats, in the same way.
namespace case_file {

using namespace linnet;

/// The problems of the cases: a record states which by number. The operators' names are the collection's.
using problems =
    kernels::type_list<kernels::conv2d::problem, kernels::depthwise::problem, kernels::dense::problem,
                       kernels::pool::average_problem, kernels::pool::max_problem, kernels::softmax::problem,
                       kernels::elementwise::add_problem>;
inline constexpr std::size_t operators = 7;
inline constexpr std::array<char const*, operators> operator_names{
    "conv2d", "depthwise_conv2d", "fully_connected", "avg_pool2d", "max_pool2d", "softmax", "add"};

/// In front of all: how many cases follow, and how many of each operator were left out because they are of
/// another type than int8 and int16.
struct file_header {
  std::uint32_t cases = 0;
  std::array<std::uint32_t, operators> left_out{};
};

/// The parts of a record, in this order behind its header, each at a multiple of 8 bytes.
enum part : std::uint32_t { problem, name, weights, bias, multipliers, input, second_input, expected };
inline constexpr std::size_t parts = 8;

struct record_header {
  std::uint32_t operation = 0;  // number of its problem's type
  std::uint32_t groups = 1;
  std::array<std::uint32_t, parts> bytes{};

  [[nodiscard]] constexpr std::uint32_t begin(std::uint32_t which) const {
    std::uint32_t at = align_up<std::uint32_t>(sizeof(record_header), 8);
    for (std::uint32_t i = 0; i < which; ++i) at += align_up<std::uint32_t>(bytes[i], 8);
    return at;
  }
  [[nodiscard]] constexpr std::uint32_t size() const { return begin(parts); }
};
static_assert(sizeof(file_header) % 8 == 0 && std::is_trivially_copyable_v<record_header>);

/// One record where it lies.
class record {
 public:
  explicit record(std::byte const* at) : at_(at), header_(load<record_header>(at)) {}
  [[nodiscard]] record_header const& header() const { return header_; }
  [[nodiscard]] span<std::byte const> operator[](part which) const {
    return {at_ + header_.begin(which), header_.bytes[which]};
  }
  [[nodiscard]] std::byte const* next() const { return at_ + header_.size(); }

 private:
  std::byte const* at_;
  record_header header_;
};

}  // namespace case_file
