// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/session.hpp>

#include "support/poisoned_arena.hpp"
#include "support/row_mutations.hpp"

// What the tests of plans by rows have in common, whatever the networks.
namespace plan_cases {

using namespace linnet;

inline std::string in_words(plan_options const& o) {
  std::string text(name_of(o.policy));
  if (o.policy == memory_policy::within) text += " " + std::to_string(o.budget);
  return text + (o.stream_input ? ", streamed" : "");
}

/// `least_memory`, budgets from the smallest plan up to all tensors, and, streamed, whatever else runs by
/// rows then.
inline std::vector<plan_options> policies_of(network const& net, bool streams) {
  std::vector<plan_options> all{{.policy = memory_policy::least_memory, .stream_input = streams}};
  graph_view const g = net.graph.view();
  auto const least = plan_graph<arch::native>(g, all[0]);
  auto const layers = plan_graph<arch::native>(g);
  if (!least || !layers) throw std::runtime_error(net.name + " cannot be planned");
  std::int64_t const low = least->arena_bytes, high = std::max(low, layers->arena_bytes);
  for (std::int64_t budget : {low, low + (high - low) / 8, (low + high) / 2, high, 2 * high})
    all.push_back({.policy = memory_policy::within, .budget = budget, .stream_input = streams});
  if (streams) all.push_back({.policy = memory_policy::fastest, .stream_input = true});
  if (streams) all.push_back({.policy = memory_policy::layer_by_layer, .stream_input = true});
  return all;
}

/// Runs a session on the reference's input, strictly row by row where it is streamed.
inline void run_on(session& s, support::layered_tensors const& tensors) {
  graph_view const g = s.graph();
  if (!s.streams_input()) {
    for (std::size_t i = 0; i < s.input_count(); ++i)
      std::ranges::copy(tensors[g.inputs()[i]], s.input(i).bytes.begin());
    return s.run();
  }
  auto const& input = tensors[g.inputs()[0]];
  std::size_t at = 0;
  std::int32_t wanted = 0;
  s.run([&](std::int32_t y, std::span<std::byte> row) {
    ASSERT_EQ(y, wanted++);
    ASSERT_LE(at + row.size(), input.size());
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(at), row.size(), row.begin());
    at += row.size();
  });
  EXPECT_EQ(at, input.size()) << "not all rows were asked for";
}

/// A session gives the bytes of layer by layer, whatever was in its arena before.
inline void expect_outputs(session& s, support::layered_tensors const& tensors) {
  graph_view const g = s.graph();
  std::fill(s.arena().begin(), s.arena().end(), std::byte{0x93});
  run_on(s, tensors);
  for (std::size_t i = 0; i < s.output_count(); ++i) {
    if (is_constant(g.tensor(g.outputs()[i]))) continue;
    EXPECT_TRUE(std::ranges::equal(s.output(i).bytes, tensors[g.outputs()[i]])) << "output " << i;
  }
}

/// The session, the poisoned arena and `check_rings` agree that a plan is right. A budget that no plan fits
/// is refused; `least` is what the smallest plan takes.
inline void expect_right(network const& net, plan_options const& options, std::int64_t least,
                         support::layered_tensors const& tensors) {
  SCOPED_TRACE(net.name + ", " + in_words(options));
  auto made = session::create(net, {.plan = options});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  bool const by_layers =
      made->plan().planned_calls.empty() ||  // a graph of reshapes
      (!needs_rows(options) && plan_graph<arch::native>(net.graph.view())->arena_bytes <= budget_of(options));
  ASSERT_EQ(made->plan().by_layers(), by_layers) << "no rows where whole tensors fit";
  EXPECT_LE(made->arena_lower_bound(), made->arena_bytes());
  EXPECT_GE(made->arena_bytes(), options.policy == memory_policy::least_memory ? least : 0);
  if (options.policy == memory_policy::within) {
    EXPECT_LE(made->arena_bytes(), options.budget);
  }
  expect_outputs(*made, tensors);
  if (by_layers) return;
  support::poisoned_arena poisoned(*made, net, tensors);
  EXPECT_EQ(poisoned.run(1), "");
  auto const check = support::checked(made->plan(), made->plan().schedule.rings);
  EXPECT_EQ(check.fault, planner::ring_fault::none);
  EXPECT_EQ(check.bytes, made->arena_bytes());
}

/// Both watchers find every mutation of a plan that is harmful by construction.
inline void expect_found(network const& net, plan_options const& options,
                         support::layered_tensors const& tensors, std::size_t shorter, std::size_t moved) {
  SCOPED_TRACE(net.name + ", " + in_words(options));
  auto made = session::create(net, {.plan = options});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  support::poisoned_arena poisoned(*made, net, tensors);
  support::row_mutations const mutations(made->plan(), poisoned.lives());
  support::random_source random(shorter * 1000 + moved);
  std::vector<support::ring_mutation> all = mutations.shorter_rings();
  ASSERT_FALSE(all.empty());
  while (all.size() > shorter) all.erase(all.begin() + random.integer(0, static_cast<int>(all.size()) - 1));
  for (std::size_t i = 0; i < moved; ++i) all.push_back(mutations.moved_ring(random));
  for (support::ring_mutation& m : all) {
    ASSERT_FALSE(m.rings.empty()) << "no two rows that live at one time can be brought together";
    EXPECT_NE(support::checked(made->plan(), m.rings).fault, planner::ring_fault::none) << m.name;
    poisoned.use(m.rings, m.table);
    EXPECT_NE(poisoned.run(2), "") << m.name;
  }
  poisoned.use(made->plan().schedule.rings, {});
  EXPECT_EQ(poisoned.run(3), "");
}

/// What the planner says of the plan of a long search.
inline planner::ring_check check_of(dynamic_plan const& plan) {
  if (plan.schedule.table.empty()) return support::checked(plan, plan.schedule.rings);
  return support::checked_rows(plan.rows.problem(), plan.schedule);
}

/// The session, the poisoned arena and the planner agree that the plan of a long search is right. It takes no
/// more than the plan of a short one, unless it must not be slow. Returns its bytes.
inline std::int64_t expect_searched(network const& net, bool streams, search_options const& search,
                                    support::layered_tensors const& tensors) {
  plan_options const options{.policy = memory_policy::least_memory, .stream_input = streams};
  SCOPED_TRACE(net.name + ", searched, " + in_words(options));
  auto const known = plan_graph<arch::native>(net.graph.view(), options);
  auto made = session::create(net, {.plan = options, .search = search});
  EXPECT_TRUE(known.has_value() && made.has_value());
  if (!known || !made) return 0;
  if (search.slowdown == any_slowdown) {
    EXPECT_LE(made->arena_bytes(), known->arena_bytes);
  }
  expect_outputs(*made, tensors);
  support::poisoned_arena poisoned(*made, net, tensors);
  EXPECT_EQ(poisoned.run(1), "");
  auto const check = check_of(made->plan());
  EXPECT_EQ(check.fault, planner::ring_fault::none);
  EXPECT_EQ(check.bytes, made->arena_bytes());
  return made->arena_bytes();
}

/// Both watchers find every row that is moved to where another one is needed at the same time. Returns how
/// many there were.
inline int expect_moved_rows_found(network const& net, bool streams, std::int32_t effort,
                                   support::layered_tensors const& tensors, int count) {
  plan_options const options{.policy = memory_policy::least_memory, .stream_input = streams};
  SCOPED_TRACE(net.name + ", rows moved, " + in_words(options));
  auto const made = session::create(net, {.plan = options, .search = {.effort = effort}});
  if (!made || made->plan().schedule.table.empty()) return 0;
  support::poisoned_arena poisoned(*made, net, tensors);
  support::row_mutations const mutations(made->plan(), poisoned.lives());
  support::random_source random(7);
  int found = 0;
  for (int i = 0; i < count; ++i) {
    support::ring_mutation const m = mutations.moved_row(random);
    if (m.rings.empty()) break;
    row_plan wrong = made->plan().schedule;
    wrong.table = m.table;
    EXPECT_EQ(support::checked_rows(made->plan().rows.problem(), wrong).fault,
              planner::ring_fault::overlapping)
        << m.name;
    poisoned.use(m.rings, m.table);
    EXPECT_NE(poisoned.run(2), "") << m.name;
    ++found;
  }
  poisoned.use(made->plan().schedule.rings, made->plan().schedule.table);
  EXPECT_EQ(poisoned.run(3), "");
  return found;
}

}  // namespace plan_cases
