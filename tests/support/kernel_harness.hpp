// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/contract.hpp>
#include <linnet/kernels/pack.hpp>
#include <linnet/kernels/traits.hpp>

#include "exact_buffer.hpp"
#include "naive.hpp"
#include "random_source.hpp"
#include "tags.hpp"

// Runs one kernel call in every way that the row contract allows and holds all of them against one answer:
// the whole image at once, row by row, in strips of any heights, into pixels of a wider tensor, from rows
// that lie anywhere. Packed constants, scratch, windows and rows are heap blocks of exactly the stated sizes.
namespace support {

namespace kernels = linnet::kernels;
using byte_vector = std::vector<std::byte>;

/// Names the instances of tests that take an element type.
inline constexpr auto type_name = [](testing::TestParamInfo<linnet::element_type> const& tested) {
  return std::string(linnet::name_of(tested.param));
};

/// One batch of a kernel call, apart from problem and descriptor.
struct kernel_case {
  linnet::image_shape input, output;  // batch 1
  kernels::vertical_window window;
  std::int32_t input_pixel = 1, output_pixel = 1;  // bytes
  std::vector<byte_vector> operands;               // contiguous images
  kernels::constants constants;
  byte_vector zero_pixel;  // what a row outside the image consists of
};

/// How a call is cut and where its rows lie.
struct call_layout {
  std::int32_t least_strip = 1, most_strip = 1;  // output rows a call
  bool scattered = false;                        // every input row is a block of its own
  std::int32_t input_gap = 0, output_gap = 0;    // bytes between pixels
  std::int32_t row_gap = 0;                      // bytes between output rows
  std::byte fill{0xA5};                          // of everything that the kernel must write or leave alone
};

/// The operands' rows, contiguous or each in a block of its own with gaps between the pixels.
class placed_rows {
 public:
  placed_rows(kernel_case const& c, byte_vector const& image, call_layout const& layout,
              random_source& random)
      : height_(c.input.height),
        stride_(c.input_pixel + layout.input_gap),
        zero_(c.zero_pixel.size()),
        zero_row_{zero_.data(), 0} {
    auto const pixel = static_cast<std::size_t>(c.input_pixel),
               width = static_cast<std::size_t>(c.input.width);
    std::copy(c.zero_pixel.begin(), c.zero_pixel.end(), zero_.data());
    std::size_t const row_bytes = (width - 1) * static_cast<std::size_t>(stride_) + pixel;
    if (!layout.scattered) blocks_.emplace_back(image.size());
    for (std::size_t y = 0; y < static_cast<std::size_t>(c.input.height); ++y) {
      if (layout.scattered) {
        blocks_.emplace_back(row_bytes);
        for (std::byte& b : blocks_.back().bytes()) b = static_cast<std::byte>(random.bits());
      }
      std::byte* const row = layout.scattered ? blocks_.back().data() : blocks_[0].data() + y * width * pixel;
      for (std::size_t x = 0; x < width; ++x) {
        auto const from = image.begin() + static_cast<std::ptrdiff_t>((y * width + x) * pixel);
        std::copy_n(from, pixel, row + x * static_cast<std::size_t>(stride_));
      }
      rows_.push_back({row, stride_});
    }
  }
  placed_rows(placed_rows&&) = default;

  [[nodiscard]] bool inside(std::int64_t y) const { return y >= 0 && y < height_; }
  [[nodiscard]] kernels::input_row row(std::int64_t y) const {
    return inside(y) ? rows_[static_cast<std::size_t>(y)] : zero_row_;
  }

 private:
  std::int32_t height_, stride_;
  exact_buffer zero_;
  kernels::input_row zero_row_;
  std::vector<exact_buffer> blocks_;
  std::vector<kernels::input_row> rows_;
};

/// Row pointers in a heap block of exactly their number.
class exact_window {
 public:
  exact_window(placed_rows const& rows, std::int64_t first, std::int64_t count)
      : rows_(new kernels::input_row[static_cast<std::size_t>(count)]),
        count_(static_cast<std::size_t>(count)) {
    for (std::int64_t i = 0; i < count; ++i) rows_[static_cast<std::size_t>(i)] = rows.row(first + i);
  }
  [[nodiscard]] kernels::row_window view() const { return {rows_.get(), count_}; }

 private:
  std::unique_ptr<kernels::input_row[]> rows_;
  std::size_t count_;
};

/// One strip of a kernel of either kind.
template <class Descriptor, class Tag>
void run_strip(Descriptor const& d, kernel_case const& c, std::vector<placed_rows> const& inputs,
               kernels::row_span const& out, std::int32_t first, std::byte const* packed,
               std::int64_t scratch_bytes, Tag tag) {
  exact_buffer const scratch(static_cast<std::size_t>(scratch_bytes), std::byte{0xC3});
  std::int64_t const top = std::int64_t{first} * c.window.stride - c.window.padding;
  if constexpr (requires { begin(d, out, scratch.data(), tag); }) {
    for (std::int32_t y = 0; y < out.rows; ++y) {
      kernels::row_span const one{out.data + y * out.row_stride, out.row_stride, out.pixel_stride, 1};
      std::int32_t folded = 0;
      begin(d, one, scratch.data(), tag);
      for (std::int32_t ky = 0; ky < c.window.kernel; ++ky) {
        std::int64_t const from = top + std::int64_t{y} * c.window.stride + ky;
        if (!inputs[0].inside(from)) continue;
        row(d, inputs[0].row(from), one, scratch.data(), tag);
        ++folded;
      }
      end(d, folded, one, scratch.data(), tag);
    }
  } else {
    std::int64_t const height = c.window.height(out.rows);
    exact_window const a(inputs[0], top, height);
    exact_window const b(inputs.back(), top, height);
    if constexpr (requires { rows(d, a.view(), b.view(), out, packed, scratch.data(), tag); }) {
      rows(d, a.view(), b.view(), out, packed, scratch.data(), tag);
    } else {
      rows(d, a.view(), out, packed, scratch.data(), tag);
    }
  }
}

/// Runs all strips and returns the output without its gaps; a byte written into a gap is a failure.
template <class Descriptor, class Tag>
byte_vector run_layout(Descriptor const& d, kernel_case const& c, call_layout const& layout,
                       std::byte const* packed, std::int64_t scratch_bytes, random_source& random, Tag tag) {
  std::vector<placed_rows> inputs;
  for (byte_vector const& operand : c.operands) inputs.emplace_back(c, operand, layout, random);
  std::int32_t const stride = c.output_pixel + layout.output_gap;
  std::int32_t const row_stride = c.output.width * stride + layout.row_gap;
  std::int32_t const size =
      (c.output.height - 1) * row_stride + (c.output.width - 1) * stride + c.output_pixel;
  exact_buffer const output(static_cast<std::size_t>(size), layout.fill);
  for (std::int32_t y = 0; y < c.output.height;) {
    std::int32_t const strip =
        std::min(random.integer(layout.least_strip, layout.most_strip), c.output.height - y);
    kernels::row_span const out{output.data() + y * row_stride, row_stride, stride, strip};
    run_strip(d, c, inputs, out, y, packed, scratch_bytes, tag);
    y += strip;
  }
  byte_vector pixels;
  for (std::int32_t i = 0; i < size; ++i) {
    bool const in_pixel =
        i % row_stride < c.output.width * stride && i % row_stride % stride < c.output_pixel;
    std::byte const b = output.data()[i];
    if (in_pixel) {
      pixels.push_back(b);
    } else if (b != layout.fill) {
      ADD_FAILURE() << "byte " << i << " lies between the output pixels and was written";
    }
  }
  return pixels;
}

/// The ways in which a call of `rows` output rows may be cut and laid out.
inline std::vector<call_layout> layouts_of(std::int32_t rows, random_source& random) {
  auto const gap = [&](std::int32_t unit) { return unit * random.integer(1, 5); };
  return {
      {.least_strip = rows, .most_strip = rows},
      {.fill = std::byte{0x5A}},
      {.least_strip = rows,
       .most_strip = rows,
       .scattered = true,
       .input_gap = gap(4),
       .fill = std::byte{0x5A}},
      {.most_strip = 3, .scattered = true, .input_gap = gap(1), .output_gap = gap(1), .row_gap = gap(3)},
      {.most_strip = rows, .output_gap = gap(4), .row_gap = gap(4), .fill = std::byte{0}},
  };
}

template <class Extent, class Problem, class Tag>
void expect_all_layouts(Problem const& p, kernel_case const& c, naive::answer const& want, naive::type type,
                        std::byte const* packed, random_source& random, Tag tag) {
  std::int64_t const scratch = kernels::traits<Problem, Tag>::scratch_bytes(p);
  with_descriptor<Extent>(p, [&](auto const& d) {
    byte_vector whole;
    for (call_layout const& layout : layouts_of(c.output.height, random)) {
      byte_vector const got = run_layout(d, c, layout, packed, scratch, random, tag);
      if (whole.empty()) whole = got;
      EXPECT_EQ(naive::difference(want, type, got), "") << Tag::name;
      EXPECT_TRUE(got == whole) << Tag::name << ": strips of " << layout.least_strip << " to "
                                << layout.most_strip << " rows" << (layout.scattered ? ", scattered," : "")
                                << " give other bits than the whole image at once";
    }
  });
}

/// Holds every kernel of the family that this machine can run against `want`, with 16-bit and 32-bit extents.
/// Returns how many kernels supported the problem.
template <class Problem>
int expect_kernels_equal(Problem const& p, kernel_case const& c, naive::answer const& want, naive::type type,
                         random_source& random) {
  int kernels_run = 0;
  for_each_runnable<Problem>([&]<class Tag>(Tag tag) {
    using stated = kernels::traits<Problem, Tag>;
    if (!stated::supports(p)) return;
    ++kernels_run;
    exact_buffer const packed(static_cast<std::size_t>(stated::packed_bytes(p)), std::byte{0xE7});
    if (!kernels::pack_stream(p, c.constants, packed.data(), tag)) return;  // not exact with these weights
    expect_all_layouts<std::uint16_t>(p, c, want, type, packed.data(), random, tag);
    expect_all_layouts<std::int32_t>(p, c, want, type, packed.data(), random, tag);
  });
  return kernels_run;
}

}  // namespace support
