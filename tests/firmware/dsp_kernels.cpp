// SPDX-License-Identifier: MIT
// The kernels of Cortex-M cores, those of every tag that the core has, on random problems of every family,
// held against the scalar reference on the same core: whole layers, some rows at a time, outputs with gaps,
// and not a byte beside what the traits state.
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/execute.hpp>

#include "board.hpp"

namespace {

using namespace linnet;

class sequence {
 public:
  explicit sequence(std::uint32_t seed) : state_(seed) {}
  std::uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ * 2654435769u;
  }
  std::int32_t in(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(
                     (std::uint64_t{next()} * static_cast<std::uint32_t>(high - low + 1)) >> 32);
  }
  template <class... T>
  std::int32_t one_of(T... values) {
    std::int32_t const all[] = {values...};
    return all[in(0, static_cast<std::int32_t>(sizeof...(values)) - 1)];
  }
  /// 2^-bits, and up to twice as much.
  float scale(std::int32_t bits) {
    float value = 1.0f + static_cast<float>(in(0, 1023)) / 1024.0f;
    for (; bits < 0; ++bits) value *= 2.0f;
    for (; bits > 0; --bits) value *= 0.5f;
    return value;
  }

 private:
  std::uint32_t state_;
};

constexpr std::size_t room = 24 * 1024, guard = 64;
constexpr std::byte poison{0xA5};
alignas(16) std::byte inputs[2][room], weights[room], bias[2048], packed[2][2 * room],
    outputs[2][room + 2 * guard], scratch[room + guard];
float scales[256];
kernels::input_row window[128];

int failures = 0, runs = 0, runs_general = 0, runs_in_place = 0;

void complain(char const* family, std::uint32_t number) {
  board::print(family);
  board::print(" differs in problem ");
  board::print_decimal(number);
  board::print("\n");
  ++failures;
}

/// What every problem reads, whatever of it: small weights, so that sums stay in range, and any inputs.
kernels::constants fill(sequence& random, std::size_t channels) {
  std::int32_t const most = random.one_of(3, 20, 127, 127, 128);
  for (auto& input : inputs) {
    for (std::byte& b : input) b = static_cast<std::byte>(random.next() >> 24);
  }
  for (std::byte& w : weights) w = static_cast<std::byte>(random.in(-most, most > 127 ? 127 : most));
  for (std::size_t i = 0; i < channels; ++i) {
    std::int32_t const huge =
        random.in(0, 15) == 0 ? 1 << 24 : 1;  // some channels are the same for all inputs
    store(bias + 4 * i, random.in(-30000, 30000) * huge);
    scales[i] = random.scale(random.in(6, 10));
  }
  return {weights, {bias, 4 * channels}, {scales, channels}};
}

bool all_poison(std::byte const* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    if (from[i] != poison) return false;
  }
  return true;
}

/// Runs one problem with the kernel of a tag, at once or some rows at a time.
template <class Problem, class Tag>
void run(Problem const& p, call_geometry const& g, std::byte const* stream, std::byte* output,
         sequence random, Tag tag) {
  for (std::byte& b : scratch) b = poison;
  for (std::size_t i = 0; i < sizeof outputs[0]; ++i) output[i] = poison;
  call_memory const m = whole_memory(g, {inputs[0], inputs[1]}, output + guard, stream, scratch, window);
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    if (kernels::traits<Problem, Tag>::folds || random.in(0, 1) == 0) return execute(d, g, m, all_rows, tag);
    for (std::int32_t first = 0; first < g.output_height;) {
      std::int32_t const last = min(first + random.in(1, 3), g.output_height);
      execute(d, g, m, {first, last}, tag);
      first = last;
    }
  });
}

/// Runs one problem with the first operand's bytes as the output's.
template <class Problem, class Tag>
void run_in_place(Problem const& p, call_geometry const& g, std::byte const* stream, Tag tag) {
  call_memory const m = whole_memory(g, {inputs[0], inputs[1]}, inputs[0], stream, scratch, window);
  with_descriptor<std::uint16_t>(p, [&](auto const& d) { execute(d, g, m, all_rows, tag); });
}

template <class Problem>
element_type type_of(Problem const& p) {
  if constexpr (requires { p.weight_type; }) return p.input_type;
  return s8;
}

/// Compares the kernel of a tag with the scalar one on one problem, if it takes it. `gap`: bytes between
/// output pixels.
template <class Tag, class Problem>
void compare_with(char const* family, std::uint32_t number, Problem const& p, kernel_call const& call,
                  kernels::constants const& from, std::int32_t gap, sequence& random) {
  using young = kernels::traits<Problem, Tag>;
  using old = kernels::traits<Problem, arch::scalar>;
  if (!young::supports(p) || young::packed_bytes(p) > std::int64_t{sizeof packed[0]} ||
      young::scratch_bytes(p) > std::int64_t{room} || old::scratch_bytes(p) > std::int64_t{room}) {
    return;
  }
  if (!kernels::pack_stream(p, from, packed[0], Tag{})) return;
  if (!kernels::pack_stream(p, from, packed[1], arch::scalar{})) return;
  kernels::vertical_window vertical{};
  if constexpr (requires { window_of(p); }) vertical = window_of(p);
  element_type const type = type_of(p);
  std::int32_t const stride = static_cast<std::int32_t>(bytes_of(type, call.output.channels)) + gap;
  call_geometry const g = geometry_of(call, vertical, type, {}, stride);
  if (std::int64_t{call.output.height} * call.output.width * stride > std::int64_t{room}) return;
  ++runs;
  sequence const order = random;
  run(p, g, packed[0], outputs[0], order, Tag{});
  bool same = all_poison(scratch + young::scratch_bytes(p), guard);
  run(p, g, packed[1], outputs[1], order, arch::scalar{});
  for (std::size_t i = 0; i < sizeof outputs[0]; ++i) same = same && outputs[0][i] == outputs[1][i];
  using enum kernels::overwriting;
  if (young::overwrites(p) == rows || (young::overwrites(p) == whole && g.strip == g.output_height)) {
    call_geometry const close = geometry_of(call, vertical, s8);
    std::int64_t const bytes = std::int64_t{g.output_height} * close.output_row_stride;
    run(p, close, packed[1], outputs[1], order, arch::scalar{});
    run_in_place(p, close, packed[0], Tag{});
    for (std::int64_t i = 0; i < bytes; ++i) same = same && inputs[0][i] == outputs[1][guard + i];
    ++runs_in_place;
  }
  if (!same) complain(family, number);
}

/// The same for the kernel of every tag that the core has; `runs` counts those of the youngest.
template <class Problem>
void compare(char const* family, std::uint32_t number, Problem const& p, kernel_call const& call,
             kernels::constants const& from, std::int32_t gap, sequence& random) {
  int const counted = runs;
  if constexpr (kernels::traits<Problem, arch::arm_dsp_general>::exists)
    compare_with<arch::arm_dsp_general>(family, number, p, call, from, gap, random);
  runs_general += runs - counted;
  if constexpr (!std::same_as<arch::native, arch::arm_dsp> && kernels::traits<Problem, arch::arm_dsp>::exists)
    compare_with<arch::arm_dsp>(family, number, p, call, from, gap, random);
  runs = counted;
  if constexpr (kernels::traits<Problem, arch::native>::exists)
    compare_with<arch::native>(family, number, p, call, from, gap, random);
}

quantization some_quantization(sequence& random, std::int32_t bits) {
  return {random.scale(bits), random.one_of(-128, -128, -128, 0, 127, random.in(-128, 127))};
}
linnet::activation some_activation(sequence& random) {
  constexpr linnet::activation all[] = {activation::none, activation::relu, activation::relu,
                                        activation::relu6, activation::relu_n1_to_1};
  return all[random.in(0, 4)];
}

/// Extents and borders of a window that moves over an image; false where it has no place there.
template <class Problem>
bool place_window(Problem& p, sequence& random, std::int32_t outputs_of_one) {
  p.padding_top = random.in(0, min<std::int32_t>(p.kernel_height - 1, 2));
  p.padding_left = random.in(0, min<std::int32_t>(p.kernel_width - 1, 2));
  std::int32_t below = p.kernel_height - 1, beside = p.kernel_width - 1;
  if constexpr (requires { p.dilation_height; }) {
    below *= p.dilation_height;
    beside *= p.dilation_width;
  }
  std::int32_t const high = p.input.height + p.padding_top + random.in(0, p.padding_top) - below - 1,
                     wide = p.input.width + p.padding_left + random.in(0, p.padding_left) - beside - 1;
  if (high < 0 || wide < 0) return false;
  p.output = {1, high / p.stride_height + 1, wide / p.stride_width + 1, outputs_of_one};
  return true;
}

kernel_call call_over(image_shape const& input, image_shape const& output, std::size_t operands = 1) {
  kernel_call call;
  call.operand_count = operands;
  call.operands = {0, operands - 1};
  call.input = input;
  call.output = output;
  call.output_pixel_stride = output.channels;
  return call;
}

void convolution(std::uint32_t number) {
  sequence random(number * 7919 + 1);
  kernels::conv2d::problem p;
  p.activation = some_activation(random);
  p.kernel_height = random.one_of(1, 1, 2, 3, 3, 5);
  p.kernel_width = random.one_of(1, 1, 2, 3, 3, 4);
  p.stride_height = random.one_of(1, 1, 2, 3);
  p.stride_width = random.one_of(1, 1, 2, 3);
  p.input = {1, random.in(1, 11), random.one_of(random.in(1, 13), random.in(14, 40)),
             random.one_of(1, 2, 3, 4, 4, 5, 8, 12, 16, 32)};
  p.input_quantization = some_quantization(random, 5);
  p.output_quantization = some_quantization(random, random.in(2, 6));
  std::int32_t const filters = 2 * random.in(1, 6);
  if (!place_window(p, random, filters)) return;
  if (p.taps() * p.input.channels * filters > std::int64_t{room}) return;
  compare("conv2d", number, p, call_over(p.input, p.output), fill(random, static_cast<std::size_t>(filters)),
          random.one_of(0, 0, 2, 5), random);
}

/// Those that may take their operand's bytes.
void pointwise(std::uint32_t number) {
  sequence random(number * 15485863 + 6);
  std::int32_t const channels = 4 * random.in(1, 6);
  kernels::conv2d::problem p;
  p.activation = some_activation(random);
  p.input = {1, random.in(1, 8), random.in(1, 14), channels};
  p.input_quantization = some_quantization(random, 5);
  p.output_quantization = some_quantization(random, random.in(2, 6));
  if (!place_window(p, random, channels)) return;
  compare("pointwise", number, p, call_over(p.input, p.output),
          fill(random, static_cast<std::size_t>(channels)), random.one_of(0, 4), random);
}

void depthwise(std::uint32_t number) {
  sequence random(number * 104729 + 2);
  kernels::depthwise::problem p;
  p.activation = random.one_of(0, 1) == 0 ? activation::relu : activation::relu6;
  p.kernel_height = p.kernel_width = 3;
  p.stride_height = random.in(1, 4);
  p.stride_width = random.in(1, 2);
  p.input = {1, random.in(1, 12), random.in(1, 14), random.one_of(4, 8, 12, 16, 20, 32, 48)};
  p.input_quantization = some_quantization(random, 5);
  p.output_quantization = {random.scale(random.in(3, 7)), -128};
  if (random.in(0, 1) == 0) {  // what vectors are for, and cores without have no kernel for
    p.activation = some_activation(random);
    p.kernel_height = random.in(1, 5);
    p.kernel_width = random.in(1, 4);
    p.dilation_height = random.one_of(1, 1, 2);
    p.dilation_width = random.one_of(1, 1, 2);
    p.stride_width = random.in(1, 3);
    p.input.channels = random.one_of(1, 2, 3, 8, 13, 16, 20, 31, 32, 40);
    p.output_quantization = some_quantization(random, random.in(3, 7));
  }
  std::int32_t filters = p.input.channels;
  if (random.in(0, 7) == 0) {
    p.input.channels = 1;
    filters = 4 * random.in(1, 6);
  }
  if (!place_window(p, random, filters)) return;
  compare("depthwise", number, p, call_over(p.input, p.output),
          fill(random, static_cast<std::size_t>(filters)), random.one_of(0, 0, 4, 3), random);
}

void dense(std::uint32_t number) {
  sequence random(number * 1299709 + 3);
  kernels::dense::problem p;
  p.activation = some_activation(random);
  p.input = {1, 1, random.in(1, 3), random.in(1, 90)};
  p.output = {1, 1, p.input.width, random.in(1, 30)};
  p.input_quantization = some_quantization(random, 5);
  p.output_quantization = some_quantization(random, random.in(2, 6));
  compare("dense", number, p, call_over(p.input, p.output),
          fill(random, static_cast<std::size_t>(p.output.channels)), 0, random);
}

/// Layers of s16 by s8, with sums of 32 and of 64 bits: in every fourth problem all inputs are near one end
/// of their range and all weights, too, so that sums of more than 512 products leave 32 bits.
template <class Problem>
kernels::constants fill_int16(Problem& p, sequence& random, std::size_t channels) {
  p.input_type = p.output_type = s16;
  p.activation = some_activation(random);
  p.rounding = random.in(0, 2) == 0 ? rounding::double_rounding : rounding::reduced_multiplier;
  p.input_quantization = {random.scale(10), 0};
  p.output_quantization = {random.scale(random.in(0, 16)), 0};
  kernels::constants from = fill(random, channels);
  if (random.in(0, 3) == 0) {
    std::byte const high{static_cast<unsigned char>(random.one_of(0x7F, 0x80))};
    for (std::size_t i = 1; i < room; i += 2) inputs[0][i] = high;
    for (std::byte& w : weights) w = static_cast<std::byte>(random.in(-128, -100));
  }
  if (p.rounding == rounding::double_rounding) return from;
  for (std::size_t i = 0; i < channels; ++i) {
    std::int64_t const huge = random.in(0, 7) == 0 ? std::int64_t{1} << random.in(20, 32) : 1;
    store(bias + 8 * i, random.in(-30000, 30000) * huge);
  }
  from.bias = {bias, 8 * channels};
  return from;
}

template <class Problem>
void convolution_of_int16(std::uint32_t number) {
  constexpr bool each = std::is_same_v<Problem, kernels::depthwise::problem>;
  sequence random(number * 49979687 + (each ? 10 : 11));
  Problem p;
  p.kernel_height = random.one_of(1, 1, 2, 3, 5);
  p.kernel_width = random.one_of(1, 1, 2, 3, 4);
  p.stride_height = random.in(1, 2);
  p.stride_width = random.in(1, 3);
  p.dilation_height = random.one_of(1, 1, 1, 2);
  p.dilation_width = random.one_of(1, 1, 1, 3);
  p.input = {1, random.in(1, 8), random.in(1, 12), random.one_of(1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 24, 130)};
  std::int32_t filters = random.in(1, 9);
  if (each) filters = p.input.channels * random.one_of(1, 1, 1, 2, 3);
  if (!place_window(p, random, filters)) return;
  if (filters > 256 ||
      std::int64_t{p.input.height} * p.input.width * p.input.channels > std::int64_t{room} / 2 ||
      p.taps() * filters * (each ? 1 : p.input.channels) > std::int64_t{room})
    return;
  compare(each ? "depthwise int16" : "conv2d int16", number, p, call_over(p.input, p.output),
          fill_int16(p, random, static_cast<std::size_t>(filters)), random.one_of(0, 0, 2, 6), random);
}

void dense_of_int16(std::uint32_t number) {
  sequence random(number * 1299709 + 12);
  kernels::dense::problem p;
  p.input = {1, 1, random.in(1, 3), random.one_of(random.in(1, 90), random.in(400, 1100))};
  p.output = {1, 1, p.input.width, random.in(1, 14)};
  compare("dense int16", number, p, call_over(p.input, p.output),
          fill_int16(p, random, static_cast<std::size_t>(p.output.channels)), 0, random);
}

void addition(std::uint32_t number) {
  sequence random(number * 15485863 + 4);
  kernels::elementwise::add_problem p;
  p.activation = some_activation(random);
  p.image = {1, random.in(1, 9), random.in(1, 9), random.in(1, 9)};
  p.a_quantization = some_quantization(random, random.in(4, 6));
  p.b_quantization = some_quantization(random, random.in(4, 6));
  p.output_quantization = some_quantization(random, random.in(4, 6));
  compare("add", number, p, call_over(p.image, p.image, 2), fill(random, 0), random.one_of(0, 0, 1), random);
}

void rescaling(std::uint32_t number) {
  sequence random(number * 15485863 + 9);
  kernels::elementwise::rescale_problem p;
  p.activation = some_activation(random);
  p.image = {1, random.in(1, 9), random.in(1, 9), random.in(1, 9)};
  p.input_quantization = some_quantization(random, random.in(2, 6));
  p.output_quantization = some_quantization(random, random.in(2, 6));
  compare("rescale", number, p, call_over(p.image, p.image), fill(random, 0), random.one_of(0, 0, 1), random);
}

template <class Problem>
void pool(std::uint32_t number) {
  sequence random(number * 32452843 + 5);
  Problem p;
  p.activation = some_activation(random);
  p.kernel_height = random.in(1, 6);
  p.kernel_width = random.in(1, 6);
  p.stride_height = random.in(1, 3);
  p.stride_width = random.in(1, 3);
  p.input = {1, random.in(1, 12), random.in(1, 12), random.one_of(4, 8, 12, 16, 7)};
  p.output_quantization = some_quantization(random, 4);
  if (!place_window(p, random, p.input.channels)) return;
  compare("pool", number, p, call_over(p.input, p.output), fill(random, 0), random.one_of(0, 0, 4), random);
}

void mean(std::uint32_t number) {
  sequence random(number * 86028121 + 8);
  kernels::mean::problem p;
  p.input = {1, random.in(1, 9), random.in(1, 40), random.one_of(4, 8, 12, 16, 7)};
  p.over_height = random.in(0, 3) != 0;
  p.over_width = !p.over_height || random.in(0, 3) != 0;
  p.input_quantization = some_quantization(random, 5);
  p.output_quantization = some_quantization(random, random.in(4, 6));
  image_shape output = p.input;
  if (p.over_height) output.height = 1;
  if (p.over_width) output.width = 1;
  compare("mean", number, p, call_over(p.input, output), fill(random, 0), random.one_of(0, 0, 4), random);
}

/// The longest row that halfwords sum, of the lowest values.
void longest_mean(std::uint32_t number) {
  sequence random(7);
  kernels::mean::problem p;
  p.input = {1, 2, 256, 4};
  p.input_quantization = p.output_quantization = {0.5f, 0};
  kernels::constants const none = fill(random, 0);
  for (std::byte& b : inputs[0]) b = std::byte{0x80};
  compare("longest mean", number, p, call_over(p.input, {1, 1, 1, 4}), none, 0, random);
  p.input.width = 257;
  if (kernels::traits<kernels::mean::problem, arch::arm_dsp>::supports(p)) complain("longer mean", number);
}

void softmax(std::uint32_t number) {
  sequence random(number * 49979687 + 6);
  kernels::softmax::problem p;
  p.image = {1, random.in(1, 2), random.in(1, 2), random.in(1, 40)};
  p.beta = random.one_of(0, 0, 1) == 0 ? 1.0f : random.scale(2);
  p.input_quantization = {random.scale(random.in(-1, 9)), random.in(-128, 127)};
  p.output_quantization = {1.0f / 256, -128};
  compare("softmax", number, p, call_over(p.image, p.image), fill(random, 0), random.one_of(0, 0, 3), random);
}

/// Runs problems of one family; most of them must have been for the younger kernel.
template <class One>
void many(char const* family, std::uint32_t problems, std::uint32_t least, One one) {
  int const before = runs;
  for (std::uint32_t i = 0; i < problems; ++i) one(i);
  board::print(family);
  board::print(": ");
  board::print_decimal(static_cast<std::uint32_t>(runs - before));
  board::print(" problems\n");
  if (static_cast<std::uint32_t>(runs - before) < least) complain(family, problems);
}

}  // namespace

int main() {
  many("conv2d", 900, 300, convolution);
  many("pointwise", 100, 30, pointwise);
  many("depthwise", 800, 150, depthwise);
  many("dense", 300, 150, dense);
  many("conv2d int16", 300, 110, convolution_of_int16<kernels::conv2d::problem>);
  many("depthwise int16", 200, 45, convolution_of_int16<kernels::depthwise::problem>);
  many("dense int16", 150, 45, dense_of_int16);
  many("add", 12, 6, addition);  // each is proved on 65,536 pairs by the core itself
  many("rescale", 300, 250, rescaling);
  many("average pool", 200, 100, pool<kernels::pool::average_problem>);
  many("max pool", 200, 100, pool<kernels::pool::max_problem>);
  many("mean", 200, 100, mean);
  many("longest mean", 1, 1, longest_mean);
  many("softmax", 400, 400, softmax);
  if (runs_general < 1100) complain("general", static_cast<std::uint32_t>(runs_general));
  if (runs_in_place < 60) complain("in place", static_cast<std::uint32_t>(runs_in_place));
  board::print(failures == 0 ? "all exact\n" : "NOT exact\n");
  return failures == 0 ? 0 : 1;
}
