// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/pack.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/fixed_point.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/quantization/rounding.hpp>
#include <linnet/runtime/execute.hpp>

#include "board.hpp"

// The machine must equal the compiler: each law is a checksum over a long deterministic sequence, computed
// once by the compiler (constexpr evaluation) and once more here by the processor.
namespace {

class checksum {
 public:
  constexpr void add(std::uint32_t value) {
    for (int byte = 0; byte < 4; ++byte, value >>= 8)
      hash_ = (hash_ ^ (value & 0xFFu)) * 16777619u;  // FNV-1a
  }
  constexpr void add(std::int32_t value) { add(static_cast<std::uint32_t>(value)); }
  [[nodiscard]] constexpr std::uint32_t value() const { return hash_; }

 private:
  std::uint32_t hash_ = 2166136261u;
};

class sequence {
 public:
  constexpr explicit sequence(std::uint32_t seed) : state_(seed) {}
  // Every magnitude is as likely as any other: rounding differs where numbers are small.
  constexpr std::int32_t next() {
    state_ = state_ * 1664525u + 1013904223u;
    std::uint32_t const bits = state_ ^ (state_ >> 15);
    return static_cast<std::int32_t>(bits) >> (state_ >> 27);
  }

 private:
  std::uint32_t state_;
};

constexpr std::uint32_t arithmetic(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  for (int i = 0; i < 500; ++i) {
    std::int32_t const a = numbers.next(), b = numbers.next();
    sum.add(linnet::wrapping_add(a, b));
    sum.add(linnet::wrapping_multiply(a, b));
    sum.add(std::int32_t{linnet::saturate<std::int8_t>(a)});
    sum.add(linnet::saturate<std::int32_t>(linnet::round_to_integer<linnet::tie::even>(a / 256.0)));
    auto const parts = linnet::frexp(static_cast<double>(a));
    sum.add(std::int32_t{parts.exponent});
  }
  return sum.value();
}

template <class Policy>
constexpr std::uint32_t requantization(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  constexpr float scales[] = {0x1p-4f, 0x1p-7f, 0x1p-9f, 0x1p-1f};
  constexpr float odd =
      Policy::accepts(0.3f, 0.3f, 0.3f) ? 1.37f : 1.0f;  // only powers of two, where only those
  for (float const weight : scales) {
    auto const factor = Policy::prepare(0x1p-3f * odd, weight * odd, 0x1p-2f);
    for (int i = 0; i < 100; ++i) {
      std::int32_t const accumulator = numbers.next();
      sum.add(Policy::apply(accumulator, factor));
      sum.add(std::int32_t{linnet::requantize<std::int8_t, Policy>(accumulator, factor, -5, {-100, 127})});
    }
  }
  return sum.value();
}

constexpr std::uint32_t transcendental(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  for (int i = 0; i < 100; ++i) {
    std::int32_t const a = numbers.next();
    sum.add(linnet::fixed_point::logistic<4>(a == INT32_MIN ? 0 : a));
  }
  return sum.value();
}

constexpr std::uint32_t quantizers(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  auto const quantizer = linnet::affine<std::int8_t>::covering(-1.5f, 6.0f);
  for (int i = 0; i < 300; ++i) {
    float const value = static_cast<float>(numbers.next()) * 0x1p-24f;
    auto const stored = linnet::quantize(quantizer, value);
    sum.add(std::int32_t{stored});
    sum.add(std::bit_cast<std::uint32_t>(linnet::dequantize(quantizer, stored)));
  }
  return sum.value();
}

// Not inside the function: in a generic lambda GCC 12 replaces a local constant by a temporary copy, and a
// span over it outlives that.
constexpr std::array<float, 8> scales{0.01f, 0.02f, 0.005f, 0.013f, 0.011f, 0.017f, 0.009f, 0.03f};

/// Runs one kernel call with the kernel that `select` chooses for this processor, on random bytes, and adds
/// up what it makes. Weights, bias and scales are there for kernels that pack them.
template <class Problem>
constexpr std::uint32_t kernel_checksum(Problem const& problem, linnet::kernel_call const& call,
                                        linnet::element_type input_type, std::uint32_t seed) {
  sequence numbers(seed);
  auto const fill = [&](auto& bytes) {
    for (std::byte& b : bytes) b = static_cast<std::byte>(numbers.next() >> 24 & 0xFF);
  };
  std::array<std::byte, 256> input{}, second{}, weights{}, output{};
  std::array<std::byte, 32> bias{};
  std::array<std::byte, 512> packed{}, scratch{};
  std::array<linnet::kernels::input_row, 24> window{};
  fill(input);
  fill(second);
  fill(weights);
  for (std::size_t i = 0; i < bias.size(); i += 4) linnet::store(bias.data() + i, numbers.next() >> 20);
  auto const geometry = linnet::geometry_of(problem, call, input_type);
  auto const chosen = linnet::kernels::select<linnet::arch::scalar>(problem);
  linnet::kernels::with_tag<linnet::arch::scalar, Problem>(chosen, [&](auto tag) {
    linnet::kernels::constants const from{weights, bias, scales};
    (void)linnet::kernels::pack_stream(problem, from, packed.data(), tag);
    with_descriptor<std::uint16_t>(problem, [&](auto const& descriptor) {
      execute(descriptor, geometry,
              linnet::whole_memory(geometry, {input.data(), second.data()}, output.data(), packed.data(),
                                   scratch.data(), window.data()),
              linnet::all_rows, tag);
    });
  });
  checksum sum;
  for (std::byte b : output) sum.add(std::int32_t{std::to_integer<std::uint8_t>(b)});
  return sum.value();
}

constexpr linnet::quantization input_scale{0.05f, 3}, output_scale{0.08f, -7}, unit_scale{1.0f / 256, -128};
constexpr linnet::image_shape image{1, 5, 4, 3};

constexpr linnet::kernel_call call_over(linnet::image_shape const& input, linnet::image_shape const& output,
                                        std::int32_t element_bytes = 1) {
  linnet::kernel_call call;
  call.input = input;
  call.output = output;
  call.output_pixel_stride = output.channels * element_bytes;
  return call;
}

/// 3x3, stride 2, one row and column of padding in front.
template <class Problem>
constexpr std::uint32_t convolution(std::uint32_t seed) {
  Problem p;
  p.activation = linnet::activation::relu6;
  p.input = image;
  p.output = {1, 3, 2, std::same_as<Problem, linnet::kernels::depthwise::problem> ? 6 : 4};
  p.kernel_height = p.kernel_width = 3;
  p.stride_height = p.stride_width = 2;
  p.padding_top = p.padding_left = 1;
  p.input_quantization = input_scale;
  p.output_quantization = output_scale;
  return kernel_checksum(p, call_over(p.input, p.output), linnet::s8, seed);
}

constexpr std::uint32_t dense(std::uint32_t seed) {
  linnet::kernels::dense::problem p;
  p.input = {1, 1, 3, 20};
  p.output = {1, 1, 3, 8};
  p.input_quantization = input_scale;
  p.output_quantization = output_scale;
  return kernel_checksum(p, call_over(p.input, p.output), linnet::s8, seed);
}

template <class Problem>
constexpr std::uint32_t pool(std::uint32_t seed) {
  Problem p;
  p.input = image;
  p.output = {1, 3, 3, 3};
  p.kernel_height = p.kernel_width = 2;
  p.stride_height = 2;
  p.output_quantization = output_scale;
  return kernel_checksum(p, call_over(p.input, p.output), linnet::s8, seed);
}

constexpr std::uint32_t mean(std::uint32_t seed) {
  linnet::kernels::mean::problem p;
  p.input = image;
  p.input_quantization = input_scale;
  p.output_quantization = output_scale;
  return kernel_checksum(p, call_over(p.input, {1, 1, 1, 3}), linnet::s8, seed);
}

constexpr std::uint32_t add(std::uint32_t seed) {
  linnet::kernels::elementwise::add_problem p;
  p.image = image;
  p.a_quantization = input_scale;
  p.b_quantization = p.output_quantization = output_scale;
  linnet::kernel_call call = call_over(image, image);
  call.operand_count = 2;
  return kernel_checksum(p, call, linnet::s8, seed);
}

template <class Problem>
constexpr std::uint32_t unary(std::uint32_t seed) {
  Problem p;
  p.image = image;
  p.input_quantization = input_scale;
  p.output_quantization =
      std::same_as<Problem, linnet::kernels::elementwise::rescale_problem> ? output_scale : unit_scale;
  return kernel_checksum(p, call_over(image, image), linnet::s8, seed);
}

constexpr std::uint32_t softmax(std::uint32_t seed) {
  linnet::kernels::softmax::problem p;
  p.image = image;
  p.input_quantization = input_scale;
  p.output_quantization = unit_scale;
  return kernel_checksum(p, call_over(image, image), linnet::s8, seed);
}

constexpr std::uint32_t pad(std::uint32_t seed) {
  linnet::kernels::pad::problem p;
  p.input = image;
  p.output = {1, 7, 5, 4};
  p.top = p.left = 1;
  p.output_quantization = output_scale;
  return kernel_checksum(p, call_over(p.input, p.output), linnet::s8, seed);
}

constexpr std::uint32_t transpose(std::uint32_t seed) {
  linnet::static_vector<std::int32_t, linnet::max_rank> axes;
  for (std::int32_t axis : {2, 0, 1}) axes.push_back(axis);
  auto const p = linnet::kernels::strided_copy::transposed(linnet::s8, {5, 4, 3}, axes);
  return kernel_checksum(p, call_over({1, 1, 1, 60}, {1, 1, 1, 60}), linnet::s8, seed);
}

int failures = 0;

void expect(char const* law, std::uint32_t machine, std::uint32_t compiler) {
  board::print(machine == compiler ? "holds  " : "BROKEN ");
  board::print(law);
  if (machine != compiler) {
    ++failures;
    board::print(": the machine computes ");
    board::print(machine);
    board::print(", the compiler ");
    board::print(compiler);
  }
  board::print("\n");
}

// The compiler cannot know what a volatile holds, so the processor has to compute.
std::uint32_t volatile hidden_seed = 2026;

template <std::uint32_t (*Law)(std::uint32_t)>
void check(char const* name) {
  constexpr std::uint32_t by_compiler = Law(2026);
  expect(name, Law(hidden_seed), by_compiler);
}

}  // namespace

int main() {
  board::print("architecture ");
  board::print(linnet::arch::native::name);
  board::print("\n");
  check<arithmetic>("base/math");
  check<quantizers>("quantization/affine");
  check<requantization<linnet::double_rounding>>("quantization/double_rounding");
  check<requantization<linnet::single_rounding>>("quantization/single_rounding");
  check<requantization<linnet::float_half_even>>("quantization/float_half_even");
  check<requantization<linnet::float_half_away>>("quantization/float_half_away");
  check<requantization<linnet::shift_half_up>>("quantization/shift_half_up");
  check<requantization<linnet::shift_half_even>>("quantization/shift_half_even");
  check<requantization<linnet::shift_half_away>>("quantization/shift_half_away");
  check<transcendental>("quantization/fixed_point");
  namespace kernels = linnet::kernels;
  check<convolution<kernels::conv2d::problem>>("kernels/conv2d");
  check<convolution<kernels::depthwise::problem>>("kernels/depthwise");
  check<dense>("kernels/dense");
  check<pool<kernels::pool::average_problem>>("kernels/pool, average");
  check<pool<kernels::pool::max_problem>>("kernels/pool, max");
  check<mean>("kernels/mean");
  check<add>("kernels/elementwise, add");
  check<unary<kernels::elementwise::rescale_problem>>("kernels/elementwise, rescale");
  check<unary<kernels::elementwise::logistic_problem>>("kernels/elementwise, logistic");
  check<softmax>("kernels/softmax");
  check<pad>("kernels/pad");
  check<transpose>("kernels/transpose");
  return failures == 0 ? 0 : 1;
}
