// SPDX-License-Identifier: MIT
// Another toolchain's test cases of int8 and int16 kernels on a core, packed there for its best kernels and
// for those of every ancestor, each with the multipliers that the case gives: not a bit of the output may
// differ.
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/whole_layer.hpp>

#include "board.hpp"
#include "case_file.hpp"

extern "C" std::byte const linnet_cases[];

namespace {

using namespace linnet;

/// What has to pass on every core, and how many at least with kernels that only cores with DSP instructions
/// or with vectors have.
struct pinned_count {
  std::uint32_t passed, dsp, mve;

  [[nodiscard]] constexpr std::uint32_t younger() const {
    if constexpr (std::is_same_v<arch::native, arch::scalar>) return 0;
    return std::is_same_v<arch::native, arch::arm_mve> ? mve : dsp;
  }
};
constexpr pinned_count pinned[case_file::operators] = {{42, 16, 16}, {20, 20, 20}, {10, 10, 10}, {6, 1, 1},
                                                       {7, 1, 5},    {2, 1, 1},    {1, 1, 1}};

struct count {
  std::uint32_t passed = 0, failed = 0, not_supported = 0, younger = 0;
};
count counts[case_file::operators];

alignas(16) std::byte packed[48 * 1024], scratch[32 * 1024], output[16 * 1024], wrong[16 * 1024];
kernels::input_row window[64];

/// The first byte that differs; -1: none does.
std::int32_t difference(span<std::byte const> made, span<std::byte const> wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (made[i] != wanted[i]) return static_cast<std::int32_t>(i);
  }
  return -1;
}

void print_name(case_file::record const& r) {
  board::print(case_file::operator_names[r.header().operation]);
  board::print("/");
  board::print(reinterpret_cast<char const*>(r[case_file::name].data()));
}

bool is_exact(case_file::record const& r, char const* arch) {
  span<std::byte const> const wanted = r[case_file::expected];
  std::int32_t const at = difference({output, wanted.size()}, wanted);
  if (at < 0) return true;
  print_name(r);
  board::print(": byte ");
  board::print_decimal(static_cast<std::uint32_t>(at));
  board::print(" differs, made by ");
  board::print(arch);
  board::print("\n");
  return false;
}

/// That the comparison sees a single wrong bit, wherever it is.
bool notices_a_wrong_bit(case_file::record const& r, std::uint32_t number) {
  span<std::byte const> const wanted = r[case_file::expected];
  copy_bytes(wrong, wanted.data(), wanted.size());
  std::size_t const at = number * 2654435761u % wanted.size();
  wrong[at] ^= static_cast<std::byte>(1u << number % 8);
  return difference({output, wanted.size()}, {wrong, wanted.size()}) == static_cast<std::int32_t>(at);
}

/// Runs a case with the kernels of an architecture.
template <class Arch, class Problem>
layer_run run(Problem const& p, case_file::record const& r) {
  if (r[case_file::expected].size() > sizeof output) return {};
  for (std::byte& b : output) b = std::byte{0xA5};
  auto const* const multipliers = reinterpret_cast<multiplier const*>(r[case_file::multipliers].data());
  plain_layer const layer{
      .inputs = {r[case_file::input].data(), r[case_file::second_input].data()},
      .output = output,
      .constants = {.weights = r[case_file::weights],
                    .bias = r[case_file::bias],
                    .weight_scales = {},
                    .multipliers = {multipliers, r[case_file::multipliers].size() / sizeof(multiplier)}},
      .groups = static_cast<std::int32_t>(r.header().groups)};
  return run_layer<std::uint16_t, Arch>(p, layer, {packed, scratch, window});
}

/// The same with each of its ancestors, too: kernels that a younger one replaces stay in use for what that
/// one does not take.
template <class Arch, class Problem>
bool ancestors_are_exact(Problem const& p, case_file::record const& r) {
  if constexpr (std::is_void_v<typename Arch::parent>) {
    return true;
  } else {
    layer_run const made = run<typename Arch::parent>(p, r);
    return (!made.done() || is_exact(r, made.arch)) && ancestors_are_exact<typename Arch::parent>(p, r);
  }
}

template <class Problem>
void check(case_file::record const& r, std::uint32_t number) {
  count& counted = counts[r.header().operation];
  if (r[case_file::problem].size() != sizeof(Problem)) {
    print_name(r);
    board::print(": the host lays out its problem in another way\n");
    ++counted.failed;
    return;
  }
  auto const p = load<Problem>(r[case_file::problem].data());
  layer_run const made = run<arch::native>(p, r);
  if (!made.done()) {
    ++counted.not_supported;
    return;
  }
  bool exact = is_exact(r, made.arch);
  if (exact && !notices_a_wrong_bit(r, number)) {
    print_name(r);
    board::print(": a wrong bit went unnoticed\n");
    exact = false;
  }
  exact = ancestors_are_exact<arch::native>(p, r) && exact;
  ++(exact ? counted.passed : counted.failed);
  if (made.arch != arch::scalar::name) ++counted.younger;
}

template <class... Problem>
void dispatch(case_file::record const& r, std::uint32_t number, kernels::type_list<Problem...>) {
  std::uint32_t operation = 0;
  (void)((operation++ == r.header().operation && (check<Problem>(r, number), true)) || ...);
}

void print_count(std::uint32_t number, char const* what) {
  board::print_decimal(number);
  board::print(what);
}

/// Prints what became of each operator's cases; whether it is what is pinned.
bool report(case_file::file_header const& file) {
  bool as_pinned = true;
  std::uint32_t passed = 0, failed = 0;
  for (std::size_t i = 0; i < case_file::operators; ++i) {
    count const& c = counts[i];
    board::print(case_file::operator_names[i]);
    board::print(": ");
    print_count(c.passed, " passed, ");
    print_count(c.failed, " failed, ");
    print_count(c.not_supported + file.left_out[i], " not supported; ");
    print_count(c.younger, " with kernels younger than scalar\n");
    passed += c.passed;
    failed += c.failed;
    as_pinned =
        as_pinned && c.passed == pinned[i].passed && c.not_supported == 0 && c.younger >= pinned[i].younger();
  }
  board::print("all: ");
  print_count(passed, " passed, ");
  print_count(failed, " failed\n");
  return as_pinned && failed == 0;
}

}  // namespace

int main() {
  auto const file = load<case_file::file_header>(linnet_cases);
  case_file::record r(linnet_cases + sizeof file);
  for (std::uint32_t i = 0; i < file.cases; ++i, r = case_file::record(r.next()))
    dispatch(r, i, case_file::problems{});
  bool const good = report(file);
  board::print(good ? "all exact, as pinned\n" : "NOT as pinned\n");
  return good ? 0 : 1;
}
