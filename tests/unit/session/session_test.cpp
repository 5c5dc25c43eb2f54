// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/session/deterministic_weights.hpp>
#include <linnet/session/session.hpp>

#include "support/naive_graph.hpp"
#include "support/network_of.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::byte_span;
using support::graph_maker;
using byte_vector = std::vector<std::byte>;

void fill(session& s, std::vector<byte_vector> const& inputs, std::byte poison) {
  std::fill(s.arena().begin(), s.arena().end(), poison);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ASSERT_EQ(s.input(i).bytes.size(), inputs[i].size());
    std::copy(inputs[i].begin(), inputs[i].end(), s.input(i).bytes.begin());
  }
}

std::vector<byte_vector> outputs_of(session& s) {
  std::vector<byte_vector> all;
  for (std::size_t i = 0; i < s.output_count(); ++i) {
    auto const bytes = s.output(i).bytes;
    all.emplace_back(bytes.begin(), bytes.end());
  }
  return all;
}

std::vector<byte_vector> run(session& s, std::vector<byte_vector> const& inputs, std::byte poison) {
  fill(s, inputs, poison);
  s.run();
  return outputs_of(s);
}

std::vector<byte_vector> random_inputs(support::random_source& random, graph_view const& g) {
  std::vector<byte_vector> inputs;
  for (tensor_id id : g.inputs()) {
    auto const elements = static_cast<std::size_t>(g.tensor(id).shape.elements());
    inputs.push_back(support::random_elements(random, g.tensor(id).type, elements));
  }
  return inputs;
}

/// Runs with an observer and holds every node against the naive operators, given what the session itself
/// computed for the node's operands: by induction the whole network is right, and the slack of floats stays
/// that of one node.
void expect_nodes_equal_naive(session& s, std::vector<byte_vector> const& inputs,
                              std::vector<byte_vector> const& constants) {
  fill(s, inputs, std::byte{0x5A});
  graph_view const g = s.graph();
  std::vector<byte_vector> tensors = constants;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    tensors[static_cast<std::size_t>(g.inputs()[i])] = inputs[i];
  std::size_t expected_node = 0;
  s.run([&](std::size_t index, node const& n, tensor_ref const& made) {
    EXPECT_EQ(index, expected_node++);
    EXPECT_EQ(&n, &g.nodes[index]);
    tensor_id const id = g.outputs(n)[0];
    EXPECT_TRUE(made.shape == g.tensor(id).shape && made.type == g.tensor(id).type);
    EXPECT_EQ(made.name, g.name(g.tensor(id)));
    tensors[static_cast<std::size_t>(id)].assign(made.bytes.begin(), made.bytes.end());
    std::vector<byte_span> operands;
    for (tensor_id operand : g.inputs(n)) operands.emplace_back(tensors[static_cast<std::size_t>(operand)]);
    support::naive_node const oracle(g, n, operands);
    EXPECT_EQ(naive::difference(oracle.run(), oracle.output_type(), made.bytes), "")
        << "node " << index << " " << std::string(name_of(n.kind));
  });
  EXPECT_EQ(expected_node, g.nodes.size());
  for (std::size_t i = 0; i < s.output_count(); ++i) {
    byte_vector const& made = tensors[static_cast<std::size_t>(g.outputs()[i])];
    EXPECT_TRUE(std::ranges::equal(s.output(i).bytes, made)) << "output " << i << " did not live to the end";
  }
}

TEST(session, random_networks_equal_naive_in_any_arena) {
  for (std::uint64_t seed = 5000; seed < 5300 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_graph made(seed);
    auto const inputs = random_inputs(made.random(), made.maker().view());
    auto created = session::create(support::network_of(made.maker()));
    ASSERT_TRUE(created.has_value()) << created.error().message;
    session& s = *created;
    EXPECT_GE(s.arena_bytes(), s.arena_lower_bound());
    EXPECT_EQ(s.arena().size(), static_cast<std::size_t>(s.arena_bytes()));
    expect_nodes_equal_naive(s, inputs, made.maker().constants);
    auto const observed = outputs_of(s);
    EXPECT_EQ(run(s, inputs, std::byte{0xFF}), observed) << "garbage in the arena reaches an output";
    EXPECT_EQ(run(s, inputs, std::byte{0x80}), observed) << "garbage in the arena reaches an output";
    session shared = s.share();
    EXPECT_EQ(run(shared, inputs, std::byte{0x7F}), observed) << "a shared session";
  }
}

/// input -> conv 3x3 -> dense over the flattened image -> softmax, s8.
graph_maker classifier(std::string const& input_name = "input") {
  support::random_source random(77);
  graph_maker g;
  tensor_id const x = g.activation({1, 6, 6, 3}, s8, {0.05f, -3}, input_name);
  tensor_id const w =
      g.constant({4, 3, 3, 3}, s8, support::random_elements(random, s8, 108), {}, "conv/weights");
  g.set_scales(w, {0.01f, 0.02f, 0.003f, 0.011f}, 0);
  byte_vector bias;
  for (std::int32_t b : {100, -200, 300, 0}) support::append(bias, b);
  tensor_id const b = g.constant({4}, s32, bias, {}, "conv/bias");
  tensor_id const y = g.activation({1, 4, 4, 4}, s8, {0.07f, 5}, "conv");
  tensor_id const flat = g.activation({1, 64}, s8, {0.07f, 5}, "flat");
  tensor_id const dense =
      g.constant({3, 64}, s8, support::random_elements(random, s8, 192), {0.02f, 0}, "weights");
  tensor_id const logits = g.activation({1, 3}, s8, {0.3f, 0}, "logits");
  tensor_id const scores = g.activation({1, 3}, s8, {1.0f / 256, -128}, "scores");
  g.add({.kind = op::conv2d, .activation = activation::relu, .window = {.kernel = {3, 3}}, .source = 0},
        {x, w, b}, y);
  g.add({.kind = op::reshape, .source = 1}, {y}, flat);
  g.add({.kind = op::dense, .source = 2}, {flat, dense}, logits);
  g.add({.kind = op::softmax, .source = 3}, {logits}, scores);
  g.set_ends({x}, {scores});
  return g;
}

TEST(session, states_what_it_is) {
  auto created = session::create(support::network_of(classifier(), "dir/classifier.tflite"));
  ASSERT_TRUE(created.has_value()) << created.error().message;
  session& s = *created;
  EXPECT_EQ(s.name(), "dir/classifier.tflite");
  EXPECT_EQ(s.input_count(), 1u);
  EXPECT_EQ(s.output_count(), 1u);
  EXPECT_EQ(std::string(s.input().name), "input");
  EXPECT_EQ(s.input().quantization, (quantization{0.05f, -3}));
  EXPECT_EQ(s.output().shape, (shape{1, 3}));
  EXPECT_EQ(s.arena_lower_bound(), 108 + 64);
  ASSERT_EQ(s.steps().size(), 3u) << "a reshape needs no call";
  std::int32_t const nodes[] = {0, 2, 3};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(s.steps()[i].call.node, nodes[i]);
    EXPECT_FALSE(s.steps()[i].arch.empty());
  }
  EXPECT_GE(s.packed_bytes(), 108 + 16 + 192);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(s.arena().data()) % 64, 0u);
}

TEST(session, runs_as_often_as_it_is_asked_to) {
  auto created = session::create(support::network_of(classifier()));
  ASSERT_TRUE(created.has_value());
  support::random_source random(5);
  for (int i = 0; i < 20; ++i) {
    expect_nodes_equal_naive(*created, random_inputs(random, created->graph()), classifier().constants);
  }
}

TEST(session, survives_being_moved_and_outlives_the_one_it_was_shared_from) {
  support::random_source random(6);
  auto const inputs = random_inputs(random, classifier().view());
  auto created = session::create(support::network_of(classifier()));
  ASSERT_TRUE(created.has_value());
  auto const want = run(*created, inputs, std::byte{0});
  session moved = std::move(*created);
  EXPECT_EQ(run(moved, inputs, std::byte{1}), want);
  session copy = moved.share();
  { session const gone = std::move(moved); }
  EXPECT_EQ(run(copy, inputs, std::byte{2}), want);
}

TEST(session, shared_sessions_do_not_disturb_each_other) {
  auto created = session::create(support::network_of(classifier()));
  ASSERT_TRUE(created.has_value());
  support::random_source random(7);
  std::vector<std::vector<byte_vector>> inputs, want;
  for (int i = 0; i < 2; ++i) {
    inputs.push_back(random_inputs(random, created->graph()));
    want.push_back(run(*created, inputs.back(), std::byte{0}));
  }
  ASSERT_NE(inputs[0], inputs[1]);
  std::vector<int> wrong(2);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i, own = created->share()]() mutable {
      for (int n = 0; n < 200; ++n) {
        std::copy(inputs[i][0].begin(), inputs[i][0].end(), own.input().bytes.begin());
        own.run();
        if (outputs_of(own) != want[i]) ++wrong[i];
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, (std::vector<int>{0, 0}));
}

TEST(session, keeps_the_bytes_that_its_network_looks_at_alive) {
  support::random_source random(8);
  auto const inputs = random_inputs(random, classifier().view());
  auto net = support::network_of(classifier());
  std::weak_ptr<void const> const bytes = net.storage;
  auto created = session::create(std::move(net));
  ASSERT_TRUE(created.has_value());
  EXPECT_FALSE(bytes.expired());
  expect_nodes_equal_naive(*created, inputs, classifier().constants);
}

TEST(session, inputs_may_be_outputs_unread_or_reshaped) {
  graph_maker g;
  quantization const q{0.1f, 2};
  tensor_id const x = g.activation({2, 3}, s8, q), unread = g.activation({50}, s8, q);
  tensor_id const flat = g.activation({6}, s8, q), y = g.activation({6}, s8, {0.2f, 0});
  byte_vector const constant{std::byte{1}, std::byte{2}, std::byte{3}};
  tensor_id const c = g.constant({3}, u8, constant), column = g.activation({3, 1}, u8);
  g.add({.kind = op::reshape}, {x}, flat);
  g.add({.kind = op::requantize}, {flat}, y);
  g.add({.kind = op::reshape, .rounding = rounding::shift_half_up}, {c}, column);
  g.set_ends({unread, x}, {x, flat, y, column, c});
  auto created = session::create(support::network_of(g));
  ASSERT_TRUE(created.has_value()) << created.error().message;
  support::random_source random(9);
  auto const inputs = random_inputs(random, g.view());
  expect_nodes_equal_naive(*created, inputs, g.constants);
  auto const outputs = run(*created, inputs, std::byte{0xFF});
  EXPECT_EQ(outputs[0], inputs[1]);
  EXPECT_EQ(outputs[1], inputs[1]);
  EXPECT_EQ(outputs[3], constant) << "a constant without a scale is copied as it is";
  EXPECT_EQ(outputs[4], constant);
}

TEST(session, a_network_without_nodes_hands_its_input_through) {
  graph_maker g;
  tensor_id const x = g.activation({4}, s16);
  g.set_ends({x}, {x});
  auto created = session::create(support::network_of(g));
  ASSERT_TRUE(created.has_value()) << created.error().message;
  byte_vector const input(8, std::byte{3});
  EXPECT_EQ(run(*created, {input}, std::byte{0}), std::vector<byte_vector>{input});
  EXPECT_EQ(created->arena_bytes(), 8);
}

/// The largest difference between two policies over many inputs of the classifier's convolution; -1: the same
/// bits.
int largest_difference(rounding a, rounding b) {
  graph_maker g = classifier();
  g.nodes.resize(1);
  g.set_ends({0}, {3});
  auto first = session::create(support::network_of(g), {.rounding = a});
  auto second = session::create(support::network_of(g), {.rounding = b});
  EXPECT_TRUE(first.has_value() && second.has_value());
  support::random_source random(10);
  int largest = 0;
  for (int i = 0; i < 60; ++i) {
    auto const inputs = random_inputs(random, g.view());
    auto const x = run(*first, inputs, std::byte{0})[0], y = run(*second, inputs, std::byte{0})[0];
    for (std::size_t k = 0; k < x.size(); ++k) {
      int const p = static_cast<std::int8_t>(x[k]), q = static_cast<std::int8_t>(y[k]);
      largest = std::max(largest, std::abs(p - q));
    }
  }
  return largest;
}

TEST(session_rounding, replaces_the_policy_of_every_node) {
  EXPECT_EQ(largest_difference(rounding::double_rounding, rounding::double_rounding), 0);
  EXPECT_EQ(largest_difference(rounding::double_rounding, rounding::single_rounding), 1);
  EXPECT_EQ(largest_difference(rounding::single_rounding, rounding::float_half_away), 0)
      << "they differ in ties only, which these scales do not make";
  support::random_source random(11);
  for (rounding policy : {rounding::single_rounding, rounding::float_half_even, rounding::float_half_away}) {
    auto created = session::create(support::network_of(classifier()), {.rounding = policy});
    ASSERT_TRUE(created.has_value());
    for (node const& n : created->graph().nodes) EXPECT_EQ(n.rounding, policy);
    expect_nodes_equal_naive(*created, random_inputs(random, created->graph()), classifier().constants);
  }
}

TEST(session_rounding, shifts_need_powers_of_two) {
  auto const refused =
      session::create(support::network_of(classifier()), {.rounding = rounding::shift_half_up});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("the rounding policy needs power-of-two scales"), std::string::npos)
      << refused.error().message;
  graph_maker g = classifier();
  for (tensor_info& t : g.tensors) {
    if (t.quantization.present() && t.quantization.scale != 1.0f / 256) t.quantization.scale = 0.0625f;
  }
  for (float& scale : g.scales) scale = 0.03125f;
  auto created = session::create(support::network_of(g), {.rounding = rounding::shift_half_even});
  ASSERT_TRUE(created.has_value()) << created.error().message;
  support::random_source random(12);
  expect_nodes_equal_naive(*created, random_inputs(random, g.view()), g.constants);
}

constexpr plan_options least{.policy = memory_policy::least_memory};
constexpr plan_options streamed{.policy = memory_policy::least_memory, .stream_input = true};

session made_with(plan_options const& options, graph_maker const& g) {
  auto created = session::create(support::network_of(g), {.plan = options});
  if (!created) throw std::runtime_error(created.error().message);
  return *std::move(created);
}

/// Brings the rows of an input, and writes down in which order they are asked for.
struct rows_of_input {
  byte_vector const& input;
  std::vector<std::int32_t> asked{};

  void operator()(std::int32_t y, std::span<std::byte> row) {
    asked.push_back(y);
    std::copy_n(input.begin() + y * static_cast<std::int32_t>(row.size()), row.size(), row.begin());
  }
};

TEST(session_by_rows, gives_the_same_bytes_in_less_memory) {
  support::random_source random(21);
  auto const inputs = random_inputs(random, classifier().view());
  session layers = made_with({}, classifier()), rows = made_with(least, classifier());
  EXPECT_FALSE(rows.streams_input());
  EXPECT_LT(rows.arena_bytes(), layers.arena_bytes());
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(run(rows, inputs, std::byte{0xE1}), run(layers, inputs, std::byte{0}));
  session shared = rows.share();
  EXPECT_EQ(run(shared, inputs, std::byte{7}), run(layers, inputs, std::byte{0}));
}

TEST(session_by_rows, asks_for_a_streamed_input_row_by_row) {
  support::random_source random(22);
  auto const inputs = random_inputs(random, classifier().view());
  session layers = made_with({}, classifier()), rows = made_with(streamed, classifier());
  EXPECT_TRUE(rows.streams_input());
  EXPECT_EQ(rows.input().shape, (shape{1, 6, 6, 3}));
  EXPECT_TRUE(rows.input().bytes.empty()) << "it is nowhere";
  EXPECT_LE(rows.arena_bytes(), made_with(least, classifier()).arena_bytes());
  auto const want = run(layers, inputs, std::byte{0});
  for (int i = 0; i < 3; ++i) {
    rows_of_input source{inputs[0]};
    rows.run(source);
    EXPECT_EQ(source.asked, (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(outputs_of(rows), want);
  }
}

TEST(session_by_rows, shows_observers_whole_tensors_and_leaves_the_same_outputs) {
  support::random_source random(23);
  auto const inputs = random_inputs(random, classifier().view());
  session rows = made_with(least, classifier());
  for (int i = 0; i < 2; ++i) expect_nodes_equal_naive(rows, inputs, classifier().constants);
  auto const want = outputs_of(rows);
  EXPECT_EQ(run(rows, inputs, std::byte{3}), want);
  session stream = made_with(streamed, classifier());
  std::vector<std::size_t> seen;
  rows_of_input source{inputs[0]};
  stream.run(source, [&](std::size_t index, node const&, tensor_ref const&) { seen.push_back(index); });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(source.asked.size(), 6u);
  EXPECT_EQ(outputs_of(stream), want);
}

TEST(session_by_rows, streams_into_a_network_of_one_input_only) {
  graph_maker g;
  tensor_id const a = g.activation({1, 4, 4, 1}, f32), b = g.activation({1, 4, 4, 1}, f32);
  tensor_id const sum = g.activation({1, 4, 4, 1}, f32);
  g.add({.kind = op::add}, {a, b}, sum);
  g.set_ends({a, b}, {sum});
  auto const refused = session::create(support::network_of(g), {.plan = streamed});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::wrong_argument);
  EXPECT_NE(refused.error().message.find("has 2 inputs"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(session::create(support::network_of(g), {.plan = least}).has_value());
}

TEST(session_by_rows, names_what_fills_a_budget_that_is_too_small) {
  std::int64_t const smallest = made_with(least, classifier()).arena_bytes();
  plan_options options{.policy = memory_policy::within, .budget = smallest};
  EXPECT_LE(made_with(options, classifier()).arena_bytes(), smallest);
  options.budget = smallest - 30;
  auto const refused = session::create(support::network_of(classifier()), {.plan = options});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::too_large);
  std::string const& why = refused.error().message;
  for (std::string const& part :
       {std::to_string(smallest) + " bytes, 30 more than the budget of " + std::to_string(options.budget),
        std::string("'input'"), std::string("'conv'"), std::string("alive together at the peak")})
    EXPECT_NE(why.find(part), std::string::npos) << part << " is missing: " << why;
}

// States, which the graph keeps from run to run.

using composer = basic_graph_builder<dynamic_graph>;
using reals = std::vector<double>;

/// A recurrent layer's weights as Keras keeps them: (inputs, columns), (units, columns) and two biases.
struct keras_weights {
  std::int32_t inputs, units, columns;
  std::vector<float> kernel, recurrent, bias, recurrent_bias;

  keras_weights(support::random_source& random, std::int32_t inputs_, std::int32_t units_, std::int32_t gates)
      : inputs(inputs_), units(units_), columns(gates * units_) {
    auto const some = [&](std::int32_t rows) {
      std::vector<float> values(static_cast<std::size_t>(rows * columns));
      for (float& v : values) v = static_cast<float>(random.real(-1, 1));
      return values;
    };
    kernel = some(inputs);
    recurrent = some(units);
    bias = some(1);
    recurrent_bias = some(1);
  }
  /// row * matrix + added, in doubles.
  [[nodiscard]] reals product(reals const& row, std::vector<float> const& matrix,
                              std::vector<float> const& added) const {
    reals made(added.begin(), added.end());
    for (std::size_t c = 0; c < made.size(); ++c) {
      for (std::size_t i = 0; i < row.size(); ++i)
        made[c] += row[i] * static_cast<double>(matrix[i * made.size() + c]);
    }
    return made;
  }
  /// Columns [first, last) of a matrix or a bias, each as a row.
  [[nodiscard]] std::vector<float> rows_of(std::vector<float> const& matrix, std::int32_t first,
                                           std::int32_t last) const {
    std::vector<float> made;
    auto const wide = static_cast<std::size_t>(columns);
    for (auto c = static_cast<std::size_t>(first); c < static_cast<std::size_t>(last); ++c) {
      for (std::size_t i = 0; i * wide < matrix.size(); ++i) made.push_back(matrix[i * wide + c]);
    }
    return made;
  }
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// Keras' GRUCell, in its words.
reals next_of_gru(keras_weights const& w, reals const& x, reals const& h, bool reset_after) {
  auto const units = static_cast<std::size_t>(w.units);
  reals const matrix_x = w.product(x, w.kernel, w.bias);
  reals const matrix_inner = w.product(h, w.recurrent, w.recurrent_bias);
  reals z(units), r(units), gated(units), made(units);
  for (std::size_t u = 0; u < units; ++u) {
    z[u] = logistic(matrix_x[u] + matrix_inner[u]);
    r[u] = logistic(matrix_x[units + u] + matrix_inner[units + u]);
    gated[u] = r[u] * h[u];
  }
  reals const of_gated = w.product(gated, w.recurrent, w.recurrent_bias);
  for (std::size_t u = 0; u < units; ++u) {
    std::size_t const c = 2 * units + u;
    double const candidate = std::tanh(matrix_x[c] + (reset_after ? r[u] * matrix_inner[c] : of_gated[c]));
    made[u] = z[u] * h[u] + (1 - z[u]) * candidate;
  }
  return made;
}

reals next_of_simple_rnn(keras_weights const& w, reals const& x, reals const& h, bool relu) {
  reals made = w.product(x, w.kernel, w.bias);
  reals const of_h = w.product(h, w.recurrent, w.recurrent_bias);
  for (std::size_t u = 0; u < made.size(); ++u)
    made[u] = relu ? std::max(0.0, made[u] + of_h[u]) : std::tanh(made[u] + of_h[u]);
  return made;
}

network with_constants(dynamic_graph const& graph, std::vector<std::vector<float>> const& constants) {
  network net{.name = "recurrent", .graph = graph, .constants = {}, .storage = {}};
  auto const kept = std::make_shared<std::vector<std::vector<float>> const>(constants);
  auto next = kept->begin();
  for (tensor_info const& t : graph.tensors) {
    net.constants.emplace_back();
    if (is_constant(t)) net.constants.back() = std::as_bytes(std::span(*next++));
  }
  net.storage = kept;
  return net;
}

/// Two rows of numbers, step by step; the oracle begins again with `reset`.
template <class Next>
void expect_steps(network const& net, keras_weights const& w, Next const& next_of) {
  auto created = session::create(net);
  ASSERT_TRUE(created) << created.error().message;
  session& s = *created;
  EXPECT_EQ(s.input_count(), 1u) << "a state is nobody's input";
  support::random_source random(5);
  auto const inputs = static_cast<std::size_t>(w.inputs), units = static_cast<std::size_t>(w.units);
  std::vector<reals> h(2, reals(units));
  for (int step = 0; step < 300; ++step) {
    if (step == 130) {
      s.reset();
      h.assign(2, reals(units));
    }
    for (std::size_t row = 0; row < 2; ++row) {
      reals x(inputs);
      for (std::size_t i = 0; i < inputs; ++i) {
        auto const value = static_cast<float>(random.real(-2, 2));
        store(s.input().bytes.data() + (row * inputs + i) * sizeof(float), value);
        x[i] = static_cast<double>(value);
      }
      h[row] = next_of(w, x, h[row]);
    }
    s.run();
    for (std::size_t i = 0; i < 2 * units; ++i) {
      auto const made = static_cast<double>(load<float>(s.output().bytes.data() + i * sizeof(float)));
      ASSERT_NEAR(made, h[i / units][i % units], 2e-6) << "step " << step << ", " << i;
    }
  }
}

TEST(session_states, a_gru_is_what_keras_and_onnx_compute) {
  support::random_source random(31);
  for (bool const reset_after : {false, true}) {
    keras_weights const w(random, 5, 3, 3);
    composer g;
    auto const made =
        g.finish(g.gru(g.input({.batch = 2, .channels = 5}), {.units = 3, .reset_after = reset_after}));
    ASSERT_TRUE(made);
    network const net =
        with_constants(*made, {w.rows_of(w.kernel, 0, 9), w.rows_of(w.bias, 0, 9),
                               w.rows_of(w.recurrent, 0, 6), w.rows_of(w.recurrent_bias, 0, 6),
                               w.rows_of(w.recurrent, 6, 9), w.rows_of(w.recurrent_bias, 6, 9)});
    expect_steps(net, w, [&](auto const&... of) { return next_of_gru(of..., reset_after); });
  }
}

TEST(session_states, a_simple_rnn_is_what_keras_and_onnx_compute) {
  support::random_source random(32);
  for (bool const relu : {false, true}) {
    keras_weights w(random, 4, 6, 1);
    for (float& v : w.recurrent) v *= 0.3f;  // a relu does not bound what comes back
    composer g;
    auto const made =
        g.finish(g.simple_rnn(g.input({.batch = 2, .channels = 4}), {.units = 6, .relu = relu}));
    ASSERT_TRUE(made);
    network const net = with_constants(
        *made, {w.rows_of(w.kernel, 0, 6), w.bias, w.rows_of(w.recurrent, 0, 6), w.recurrent_bias});
    expect_steps(net, w, [&](auto const&... of) { return next_of_simple_rnn(of..., relu); });
  }
}

/// Poison wherever nothing is kept.
void poison_the_dead(session& s, std::byte poison) {
  std::vector<byte_vector> kept;
  graph_view const g = s.graph();
  auto const bytes = [&](tensor_id id) {
    return s.arena().subspan(
        static_cast<std::size_t>(s.plan().offset_of(id)),
        static_cast<std::size_t>(bytes_of(g.tensor(id).type, g.tensor(id).shape.elements())));
  };
  for (tensor_id id : g.states()) kept.emplace_back(bytes(id).begin(), bytes(id).end());
  std::ranges::fill(s.arena(), poison);
  for (std::size_t i = 0; i < kept.size(); ++i) std::ranges::copy(kept[i], bytes(g.states()[i]).begin());
}

TEST(session_states, all_of_them_are_replaced_by_what_was_there_before) {
  for (bool const backwards : {false, true}) {
    composer g;
    auto const x = g.input({.channels = 1});
    state_options const one{.shape = {1, 1, 1, 1}};
    auto const a = g.state(one), b = g.state(one), last = g.state(one), p = g.state(one), q = g.state(one);
    if (backwards) g.update(last, b);
    g.update(a, x);
    g.update(b, a);
    if (!backwards) g.update(last, b);
    auto const sum = g.add(p, x);  // p and q change places, and x comes in between
    g.update(p, q);
    g.update(q, sum);
    auto const made = g.finish({g.relu(last), g.relu(p), g.relu(q)});
    ASSERT_TRUE(made);
    auto created = session::create(with_constants(*made, {}));
    ASSERT_TRUE(created) << created.error().message;
    session& s = *created;
    std::vector<float> seen{0, 0, 0};  // in front of what comes: zeros
    float was_p = 0, was_q = 0;
    for (int step = 1; step < 12; ++step) {
      auto const value = static_cast<float>(step);
      poison_the_dead(s, std::byte{0xC3});
      store(s.input().bytes.data(), value);
      if (step % 3 == 0) {
        s.run([](std::size_t, node const&, tensor_ref const&) {});
      } else {
        s.run();
      }
      EXPECT_EQ(load<float>(s.output(0).bytes.data()), seen[seen.size() - 3]) << "three steps late";
      EXPECT_EQ(load<float>(s.output(1).bytes.data()), was_p);
      EXPECT_EQ(load<float>(s.output(2).bytes.data()), was_q);
      seen.push_back(value);
      was_p = std::exchange(was_q, was_p + value);
    }
  }
}

/// An image that remembers one: a state that is read row by row, and made so.
network remembers_an_image(element_type type) {
  composer g;
  auto const x = g.input({.height = 16, .width = 6, .channels = 4, .type = type});
  quantization const q = type == f32 ? quantization{} : quantization{1.0f / 16, 3};
  auto const h = g.state({.shape = {1, 16, 6, 4}, .type = type, .quantization = q});
  auto const seen = g.conv2d(x, {.filters = 8, .kernel = {3, 3}});
  auto const both = g.concat({seen, g.conv2d(h, {.filters = 8, .kernel = {3, 3}})});
  g.update(h, g.conv2d(both, {.filters = 4, .quantization = q}));
  auto y = g.conv2d(both, {.filters = 16, .kernel = {3, 3}});  // behind it much is done with the arena
  for (int i = 0; i < 3; ++i) y = g.conv2d(y, {.filters = 16, .kernel = {3, 3}});
  y = g.conv2d(y, {.filters = 6, .kernel = {3, 3}, .stride = {2, 2}});
  return with_deterministic_weights(*g.finish(g.mean(y, {1, 2})), 3, "image");
}

TEST(session_states, live_on_under_every_policy) {
  for (element_type const type : {f32, s8}) {
    network const net = remembers_an_image(type);
    auto layers = session::create(net);
    ASSERT_TRUE(layers) << layers.error().message;
    std::vector<byte_vector> inputs, wanted;
    support::random_source random(41);
    for (int step = 0; step < 5; ++step) {
      inputs.push_back(random_inputs(random, net.graph.view())[0]);
      std::ranges::copy(inputs.back(), layers->input().bytes.begin());
      layers->run();
      wanted.push_back(outputs_of(*layers)[0]);
    }
    EXPECT_NE(wanted[0], wanted[1]);
    for (plan_options const& options :
         {plan_options{}, least, streamed,
          plan_options{.policy = memory_policy::within, .budget = layers->arena_bytes() * 9 / 10},
          plan_options{.policy = memory_policy::fastest}}) {
      auto created = session::create(net, {.plan = options});
      ASSERT_TRUE(created) << created.error().message;
      session again = created->share();
      for (session* s : {&*created, &again}) {
        for (int round = 0; round < 2; ++round) {
          for (std::size_t step = 0; step < inputs.size(); ++step) {
            poison_the_dead(*s, std::byte{0x7B});
            auto const ignore = [](std::size_t, node const&, tensor_ref const&) {};
            if (options.stream_input) {
              rows_of_input source{inputs[step]};
              step == 2 ? s->run(source, ignore) : s->run(source);
            } else {
              std::ranges::copy(inputs[step], s->input().bytes.begin());
              step == 2 ? s->run(ignore) : s->run();
            }
            EXPECT_EQ(outputs_of(*s)[0], wanted[step])
                << std::string(name_of(options.policy)) << ", step " << step << " of round " << round;
          }
          s->reset();
        }
      }
    }
  }
}

TEST(session_states, of_integers_begin_at_their_zero_point) {
  composer g;
  auto const x = g.input({.channels = 3, .type = u8, .quantization = {0.5f, 7}});
  auto const h = g.state({.shape = {1, 1, 1, 3}, .type = u8, .quantization = {0.5f, 7}});
  auto const was = g.max_pool2d(h, {.kernel = {1, 1}, .stride = {1, 1}});
  g.update(h, x);
  auto created = session::create(with_constants(*g.finish(was), {}));
  ASSERT_TRUE(created) << created.error().message;
  byte_vector const zeros(3, std::byte{7}), twos(3, std::byte{2});
  for (int i = 0; i < 2; ++i) {
    for (byte_vector const& wanted : {zeros, twos}) {
      std::ranges::copy(twos, created->input().bytes.begin());
      created->run();
      EXPECT_EQ(outputs_of(*created)[0], wanted);
    }
    created->reset();
  }
}

}  // namespace
