// SPDX-License-Identifier: MIT
#include <array>

#include <linnet/planner/placement.hpp>

namespace {

using linnet::planner::interval;

template <std::size_t Count>
struct plan {
  linnet::planner::placement result;
  std::array<std::int64_t, Count> offsets;
};

template <std::size_t Count>
constexpr plan<Count> placed(std::array<interval, Count> const& wanted) {
  plan<Count> p{};
  std::array<std::int32_t, Count> order{}, sorted{};
  std::array<std::int64_t, Count> trial{};
  p.result = linnet::planner::place(wanted, p.offsets, {.order = order, .sorted = sorted, .trial = trial});
  return p;
}

// a residual block: the input lives until it is added
constexpr auto residual =
    placed(std::array<interval, 4>{{{.bytes = 100, .alignment = 4, .first = 0, .last = 3},
                                    {.bytes = 600, .alignment = 4, .first = 1, .last = 2},
                                    {.bytes = 600, .alignment = 4, .first = 2, .last = 3},
                                    {.bytes = 100, .alignment = 4, .first = 3, .last = 4}}});
static_assert(residual.result.lower_bound == 1300 && residual.result.bytes == 1300 &&
              residual.result.optimal);

// two buffers that never meet share their bytes
constexpr auto apart = placed(
    std::array<interval, 2>{{{.bytes = 8, .first = 0, .last = 0}, {.bytes = 9, .first = 1, .last = 1}}});
static_assert(apart.result.bytes == 9 && apart.offsets[0] == 0 && apart.offsets[1] == 0);

// a plan of a whole network, branches included, stays inside the compilers' default limits
constexpr auto network = placed([] {
  std::array<interval, 64> wanted{};
  for (int i = 0; i < 64; ++i) {
    int const bytes = 100 * (1 + i * 37 % 29), last = i % 5 == 0 ? i + 3 : i + 1;
    wanted[static_cast<std::size_t>(i)] = {.bytes = bytes, .alignment = 4, .first = i, .last = last};
  }
  return wanted;
}());
static_assert(network.result.optimal && network.result.bytes == network.result.lower_bound);

// so does one of 100 buffers that misses its bound: the search stops in time
constexpr auto hard = placed([] {
  std::array<interval, 100> wanted{};
  std::uint32_t state = 1;
  for (int i = 0; i < 100; ++i) {
    state = state * 1664525u + 1013904223u;
    int const bytes = 1 + static_cast<int>(state >> 22), last = i + 1 + static_cast<int>(state >> 10 & 7);
    wanted[static_cast<std::size_t>(i)] = {.bytes = bytes, .alignment = 16, .first = i, .last = last};
  }
  return wanted;
}());
static_assert(!hard.result.optimal && hard.result.bytes < hard.result.lower_bound * 5 / 4);

}  // namespace
