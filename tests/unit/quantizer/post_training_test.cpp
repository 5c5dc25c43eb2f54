// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/deployment_error.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/quantizer/post_training.hpp>
#include <linnet/quantizer/range_observer.hpp>
#include <linnet/session/deterministic_weights.hpp>

#include "support/float_network.hpp"
#include "support/naive_graph.hpp"
#include "support/network_of.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::float_maker;
using support::tensor_id;
using byte_vector = std::vector<std::byte>;
using real_vector = std::vector<float>;

real_vector random_reals(support::random_source& random, std::int64_t count, double magnitude = 1.0) {
  real_vector values;
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(random.real(-magnitude, magnitude)));
  return values;
}

/// Ranges seen in `runs` random inputs; the last inputs are left in `inputs`.
activation_ranges calibrated(network const& net, support::random_source& random, int runs,
                             std::vector<real_vector>& inputs) {
  auto observer = range_observer::create(net);
  EXPECT_TRUE(observer) << observer.error().message;
  for (int run = 0; run < runs; ++run) {
    inputs.clear();
    for (std::size_t i = 0; i < observer->input_count(); ++i) {
      inputs.push_back(random_reals(random, observer->input(i).shape.elements()));
      EXPECT_TRUE(assign(observer->input(i), inputs.back()));
    }
    auto const seen = observer->run();
    EXPECT_TRUE(seen) << seen.error().message;
  }
  return observer->ranges();
}

/// The network in int8; nothing where it computes what integers do not.
std::optional<network> quantized(network const& real, activation_ranges const& ranges,
                                 quantize_options const& options = {}) {
  auto made = quantize(real, ranges, options);
  if (made) return *std::move(made);
  EXPECT_EQ(made.error().code, errc::not_supported) << made.error().message;
  return std::nullopt;
}

session session_of(network net) {
  auto made = session::create(std::move(net));
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

/// The real bytes that an int8 network's stored bytes of an activation mean.
byte_vector real_bytes(tensor_info const& t, std::span<std::byte const> stored) {
  real_vector values;
  for (std::byte q : stored) {
    values.push_back(t.quantization.scale *
                     static_cast<float>(static_cast<std::int8_t>(q) - t.quantization.zero_point));
  }
  return support::bytes_of_floats(values);
}

/// How far an int8 node may be from the float node with the same inputs: the steps of its own output, and
/// what half a step of every weight and of the bias can do, which is a convolution of the inputs' magnitudes.
class node_law {
 public:
  node_law(network const& real, network const& stored, std::vector<byte_vector> const& tensors)
      : real_(real), stored_(stored), tensors_(tensors) {}

  void expect(std::size_t index, std::span<std::byte const> got) const {
    graph_view const g = real_.graph.view(), q = stored_.graph.view();
    node const& n = g.nodes[index];
    tensor_info const& t = q.output(q.nodes[index]);
    auto const wanted = run(n, operands(n));
    auto const slack = linnet::detail::has_weights(n.kind) ? run(of_magnitudes(n), half_steps(index)).values
                                                           : std::vector<double>(wanted.values.size());
    double const scale = static_cast<double>(t.quantization.scale);
    double const low = (-128 - t.quantization.zero_point) * scale,
                 high = (127 - t.quantization.zero_point) * scale;
    auto const values = support::numbers(f32, real_bytes(t, got));
    ASSERT_EQ(values.size(), wanted.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      double const allowed = steps(n, q) * scale + slack[i] + wanted.slack[i] + 1e-5 * std::fabs(values[i]);
      EXPECT_NEAR(values[i], std::clamp(wanted.values[i], low, high), allowed)
          << "node " << index << " " << std::string(name_of(n.kind)) << ", element " << i << ", scale "
          << scale;
    }
  }

 private:
  using operand_bytes = std::vector<byte_vector>;

  /// Nearest is half a step; multipliers of 31 bits, fixed-point exponentials and sums of rounded terms add
  /// less than another; of a linear resize a step between entries has 10 bits, and is added up for each of
  /// the output's. Copies are exact.
  static double steps(node const& n, graph_view const& q) {
    if (n.kind == op::resize && n.resampling.method == interpolation::linear)
      return 1.0 + (q.output(n).shape[1] + q.output(n).shape[2]) * 255.0 / 2048;
    bool const moves = n.kind == op::reshape || n.kind == op::transpose || n.kind == op::pad ||
                       n.kind == op::slice ||
                       (n.kind == op::resize && n.resampling.method == interpolation::nearest);
    bool const extreme = n.kind == op::reduce ||
                         (n.kind == op::binary &&
                          (n.binary == binary_function::maximum || n.binary == binary_function::minimum));
    bool const compares = (n.kind == op::max_pool2d || extreme) && n.activation == activation::none;
    bool shared = n.kind == op::concat;
    for (tensor_id id : q.inputs(n)) {
      shared = shared && q.tensor(id).quantization == q.output(n).quantization;
    }
    return moves || compares || shared ? 0.0 : 1.0;
  }
  [[nodiscard]] naive::answer run(node const& n, operand_bytes const& bytes) const {
    std::vector<support::byte_span> const spans(bytes.begin(), bytes.end());
    return support::naive_node(real_.graph.view(), n, spans).run();
  }
  [[nodiscard]] operand_bytes operands(node const& n) const {
    operand_bytes all;
    for (tensor_id id : real_.graph.view().inputs(n)) all.push_back(tensors_[static_cast<std::size_t>(id)]);
    return all;
  }
  static node of_magnitudes(node n) {
    n.activation = activation::none;
    return n;
  }
  /// |input|, half a step for every weight, half a step for every bias.
  [[nodiscard]] operand_bytes half_steps(std::size_t index) const {
    graph_view const q = stored_.graph.view();
    node const& n = q.nodes[index];
    operand_bytes all = operands(real_.graph.nodes[index]);
    real_vector magnitudes, weights, bias;
    for (double x : support::numbers(f32, all[0])) magnitudes.push_back(static_cast<float>(std::fabs(x)));
    tensor_info const& w = q.input(n, 1);
    auto const scales = q.channel_scales(w);
    auto const elements = static_cast<std::size_t>(w.shape.elements());
    for (std::size_t i = 0; i < elements; ++i) {
      std::size_t const channel = w.channel_axis == 3 ? i % scales.size() : i * scales.size() / elements;
      weights.push_back(0.5f * (scales.empty() ? w.quantization.scale : scales[channel]));
    }
    for (std::size_t c = 0; n.inputs.count == 3 && c < all[2].size() / 4; ++c) {
      float const scale = scales.empty() ? w.quantization.scale : scales[c];
      bias.push_back(0.5f * scale * q.input(n).quantization.scale);
    }
    all[0] = support::bytes_of_floats(magnitudes);
    all[1] = support::bytes_of_floats(weights);
    if (n.inputs.count == 3) all[2] = support::bytes_of_floats(bias);
    return all;
  }

  network const& real_;
  network const& stored_;
  std::vector<byte_vector> const& tensors_;  // real values of every tensor that was made; constants
};

/// Runs the int8 network and holds each node against the float node on what the int8 network computed for
/// its operands: by induction nothing but rounding is between the two networks.
void expect_law(network const& real, network const& stored, std::vector<real_vector> const& inputs) {
  session s = session_of(stored);
  graph_view const q = s.graph();
  std::vector<byte_vector> tensors;
  for (auto const& constant : real.constants) tensors.emplace_back(constant.begin(), constant.end());
  for (node const& n : q.nodes) {  // constants that are no weights are rounded before anything runs
    for (tensor_id id : q.inputs(n)) {
      if (linnet::detail::has_weights(n.kind) || q.tensor(id).role != tensor_role::constant) continue;
      tensors[static_cast<std::size_t>(id)] =
          real_bytes(q.tensor(id), stored.constants[static_cast<std::size_t>(id)]);
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ASSERT_TRUE(assign(s.input(i), inputs[i]));
    tensors[static_cast<std::size_t>(q.inputs()[i])] = real_bytes(q.tensor(q.inputs()[i]), s.input(i).bytes);
  }
  s.run([&](std::size_t index, node const& n, tensor_ref const& made) {
    node_law(real, stored, tensors).expect(index, made.bytes);
    tensors[static_cast<std::size_t>(q.outputs(n)[0])] = real_bytes(q.output(n), made.bytes);
  });
}

TEST(quantize, random_networks_differ_by_rounding_only) {
  int networks = 0;
  for (std::uint64_t seed = 7000; seed < 8500 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::random_graph made(seed);
    network const real = support::network_of(made.maker());
    if (!require_float(real)) continue;
    std::vector<real_vector> inputs;
    auto const ranges = calibrated(real, made.random(), 2, inputs);
    quantize_options const options{.per_channel = made.random().one_in(2)};
    auto const stored = quantized(real, ranges, options);
    if (!stored) continue;
    ++networks;
    expect_law(real, *stored, inputs);
  }
  EXPECT_GT(networks, 100);
}

TEST(quantize, float_ends_give_the_same_numbers) {
  for (std::uint64_t seed = 8500; seed < 8800 && !HasFailure(); ++seed) {
    support::random_graph made(seed);
    network const real = support::network_of(made.maker());
    if (!require_float(real)) continue;
    std::vector<real_vector> inputs;
    auto const ranges = calibrated(real, made.random(), 1, inputs);
    auto stored = quantized(real, ranges);
    if (!stored) continue;
    session plain = session_of(*std::move(stored));
    session with_ends = session_of(*quantize(real, ranges, {.float_ends = true}));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      ASSERT_TRUE(assign(plain.input(i), inputs[i]));
      ASSERT_TRUE(assign(with_ends.input(i), inputs[i]));
    }
    plain.run();
    with_ends.run();
    for (std::size_t i = 0; i < plain.output_count(); ++i) {
      EXPECT_EQ(with_ends.output(i).type, f32);
      EXPECT_EQ(dequantized(with_ends.output(i)), dequantized(plain.output(i))) << "seed " << seed;
    }
  }
}

TEST(quantize, nodes_keep_index_name_and_source_and_the_float_network_stays) {
  support::random_source random(3);
  for (std::uint64_t seed = 100; seed < 160; ++seed) {
    support::random_graph made(seed);
    network real = support::network_of(made.maker());
    if (!require_float(real)) continue;
    for (std::size_t i = 0; i < real.graph.nodes.size(); ++i)
      real.graph.nodes[i].source = static_cast<std::int32_t>(100 - i);
    std::vector<real_vector> inputs;
    auto const stored = quantized(real, calibrated(real, random, 1, inputs));
    if (!stored) continue;
    graph_view const g = real.graph.view(), q = stored->graph.view();
    ASSERT_EQ(g.nodes.size(), q.nodes.size());
    for (std::size_t i = 0; i < g.nodes.size(); ++i) {
      EXPECT_EQ(std::string(g.name(g.nodes[i])), std::string(q.name(q.nodes[i])));
      node back = q.nodes[i];
      back.inputs = g.nodes[i].inputs;
      EXPECT_EQ(back, g.nodes[i]);
    }
    EXPECT_EQ(stored->name, real.name);
    EXPECT_TRUE(require_float(real));
  }
}

/// x -> dense (w, b) -> dense (w, b): both layers share their constants.
/// The same range for every tensor.
activation_ranges ranges_of(network const& net, float low, float high) {
  activation_ranges made = no_ranges(net);
  made.runs = 1;
  for (tensor_range& range : made.tensors) {
    range.seen = true;
    range.low = low;
    range.high = high;
  }
  return made;
}

TEST(quantize, names_what_integers_cannot_compute) {
  float_maker g;
  shape const s{1, 2, 2, 1};
  tensor_id const x = g.real(s, "x");
  g.set_ends({x}, {g.node({.kind = op::unary, .unary = unary_function::exp}, {x}, s, "y")});
  network const real = support::network_of(g, "net.onnx");
  auto const ranges = ranges_of(real, 0.0f, 1.0f);
  auto const stored = quantize(real, ranges);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, errc::not_supported);
  EXPECT_NE(stored.error().message.find("there is no int8 kernel of 'exp'"), std::string::npos)
      << stored.error().message;
}

/// The larger one of a probability and of numbers up to 8: they cannot share the probability's steps.
TEST(quantize, names_what_a_probability_s_steps_do_not_hold) {
  float_maker g;
  shape const s{1, 2, 2, 1};
  tensor_id const x = g.real(s, "x"), p = g.node({.kind = op::logistic}, {x}, s, "p");
  g.set_ends({x}, {g.node({.kind = op::binary, .binary = binary_function::maximum}, {p, x}, s, "y")});
  network const real = support::network_of(g, "net.onnx");
  auto const ranges = ranges_of(real, 0.0f, 8.0f);
  auto const stored = quantize(real, ranges);
  ASSERT_FALSE(stored);
  EXPECT_NE(stored.error().message.find("which does not fit"), std::string::npos) << stored.error().message;
}

/// What lies around an image becomes steps from the zero point.
TEST(quantize, pads_with_the_value) {
  float_maker g;
  node n{.kind = op::pad, .alpha = -1.0f};
  n.padding[1] = {1, 0};
  tensor_id const x = g.real({1, 2, 2, 1}, "x");
  g.set_ends({x}, {g.node(n, {x}, {1, 3, 2, 1}, "y")});
  network const real = support::network_of(g, "net.onnx");
  auto const ranges = ranges_of(real, -1.0f, 3.0f);
  auto const stored = quantize(real, ranges);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->graph.nodes[0].alpha, -64.0f);
}

TEST(quantize, layers_that_share_weights_get_their_own_integers) {
  float_maker g;
  tensor_id const x = g.real({1, 2}, "x");
  tensor_id const w = g.reals({2, 2}, {1.0f, -2.0f, 0.5f, 3.0f}, "w"), b = g.reals({2}, {0.5f, -1.0f}, "b");
  tensor_id const y = g.node({.kind = op::dense}, {x, w, b}, {1, 2}, "y");
  tensor_id const z = g.node({.kind = op::dense}, {y, w, b}, {1, 2}, "z");
  g.set_ends({x}, {z});
  network const real = support::network_of(g);
  support::random_source random(1);
  std::vector<real_vector> inputs;
  auto const stored = quantize(real, calibrated(real, random, 3, inputs));
  ASSERT_TRUE(stored) << stored.error().message;
  graph_view const q = stored->graph.view();
  EXPECT_EQ(q.inputs(q.nodes[0])[1], w);
  EXPECT_NE(q.inputs(q.nodes[1])[1], w);
  EXPECT_NE(q.inputs(q.nodes[1])[2], b);
  EXPECT_EQ(std::string(q.name(q.input(q.nodes[1], 2))), "b");
  float const second = q.output(q.nodes[0]).quantization.scale;
  EXPECT_EQ(q.channel_scales(q.input(q.nodes[1], 2))[1], second * (3.0f / 127));
  expect_law(real, *stored, inputs);
}

/// c is added to x, and is the weights of the layer behind.
TEST(quantize, a_constant_may_be_an_operand_here_and_weights_there) {
  float_maker g;
  tensor_id const x = g.real({1, 2}, "x"), c = g.reals({1, 2}, {5.0f, -0.5f}, "c");
  tensor_id const sum = g.node({.kind = op::add}, {x, c}, {1, 2}, "sum");
  g.set_ends({x}, {g.node({.kind = op::dense}, {sum, c}, {1, 1}, "y")});
  network const real = support::network_of(g);
  support::random_source random(1);
  std::vector<real_vector> inputs;
  auto const stored = quantize(real, calibrated(real, random, 3, inputs));
  ASSERT_TRUE(stored) << stored.error().message;
  graph_view const q = stored->graph.view();
  EXPECT_EQ(q.inputs(q.nodes[0])[1], c);
  EXPECT_EQ(q.tensor(c).quantization.scale, 5.5f / 255);
  EXPECT_EQ(q.channel_scales(q.input(q.nodes[1], 1))[0], 5.0f / 127);
  expect_law(real, *stored, inputs);
}

TEST(quantize, joined_probabilities_are_rescaled) {
  float_maker g;
  tensor_id const x = g.real({1, 1, 2, 2}, "x");
  tensor_id const p = g.node({.kind = op::logistic}, {x}, {1, 1, 2, 2}, "p");
  tensor_id const c = g.reals({1, 1, 2, 2}, {9.0f, -3.0f, 0.0f, 1.0f}, "c");
  node join{.kind = op::concat};
  join.axes.push_back(3);
  tensor_id const y = g.node(join, {p, x, c}, {1, 1, 2, 6}, "y");
  g.set_ends({x}, {y});
  network const real = support::network_of(g);
  support::random_source random(1);
  std::vector<real_vector> inputs;
  auto const stored = quantize(real, calibrated(real, random, 3, inputs));
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->graph.tensors[static_cast<std::size_t>(p)].quantization,
            (quantization{1.0f / 256, -128}));
  EXPECT_EQ(stored->graph.tensors[static_cast<std::size_t>(c)].quantization.scale, 12.0f / 255);
  expect_law(real, *stored, inputs);
}

TEST(quantize, refuses_other_ranges_and_names_the_bias_that_does_not_fit) {
  float_maker g;
  tensor_id const x = g.real({1, 1}, "x");
  tensor_id const w = g.reals({1, 1}, {1.0f}, "w"), b = g.reals({1}, {3e38f}, "b");
  g.set_ends({x}, {g.node({.kind = op::dense, .source = 2}, {x, w, b}, {1, 1}, "y")});
  network const real = support::network_of(g, "net.onnx");
  auto const unseen = quantize(real, no_ranges(real));
  ASSERT_FALSE(unseen);
  EXPECT_EQ(unseen.error().message, "net.onnx: calibration has seen no input");
  activation_ranges ranges = no_ranges(real);
  ranges.runs = 1;
  for (tensor_range& range : ranges.tensors) range.seen = true;
  ranges.tensors[0].high = 1e-28f;
  auto const refused = quantize(real, ranges);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid_graph);
  EXPECT_EQ(refused.error().message,
            "net.onnx: node 0 (dense, operator 2) 'y': tensor 'b': the bias of channel 0 does not fit 32 "
            "bits: the input's scale is too small for it");
}

/// The composed network with its scores, too, as an output.
template <class Compose>
network composed(Compose const& compose) {
  basic_graph_builder<dynamic_graph> g;
  auto made = g.finish(compose(g));
  EXPECT_TRUE(made);
  graph_view const v = made->view();
  tensor_id const probabilities = v.outputs()[0], scores = v.inputs(v.nodes.back())[0];
  made->output_edges = made->add_edges(std::array{scores, probabilities});
  return with_deterministic_weights(*std::move(made), 5, "composed");
}

/// Calibrates on 8 random pictures and compares on 8 others.
std::vector<output_error> deployment_error_of(network const& real, quantize_options const& options = {}) {
  support::random_source random(17);
  std::vector<real_vector> inputs;
  auto const stored = quantize(real, calibrated(real, random, 8, inputs), options);
  EXPECT_TRUE(stored) << stored.error().message;
  auto compared = deployment_comparison::create(session_of(real), session_of(*stored));
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(assign(compared->input(), random_reals(random, compared->input().shape.elements())));
    EXPECT_TRUE(compared->run());
  }
  for (output_error const& e : compared->outputs()) {
    std::cout << "  " << e.name << ": " << e.sqnr_db() << " dB, top-1 agreement " << e.top1_agreement()
              << "\n";
  }
  return {compared->outputs().begin(), compared->outputs().end()};
}

/// What comes back is as the state is stored: a sequence stays near that of the floats.
TEST(quantize, states_have_the_quantization_of_what_replaces_them) {
  auto const real = composed([](auto& g) {
    auto const x = g.gru(g.input({.channels = 6}), {.units = 8});
    return g.dense(g.simple_rnn(x, {.units = 5}), {.units = 4});
  });
  support::random_source random(77);
  std::vector<real_vector> inputs;
  auto const made = quantize(real, calibrated(real, random, 60, inputs));
  ASSERT_TRUE(made) << made.error().message;
  graph_view const g = made->graph.view();
  ASSERT_EQ(g.states().size(), 2u);
  EXPECT_EQ(g.tensor(g.states()[0]).type, s8);
  EXPECT_EQ(g.tensor(g.states()[1]).quantization, (quantization{1.0f / 128, 0})) << "a tanh's";
  session floats = session_of(real), integers = session_of(*made);
  for (int step = 0; step < 40; ++step) {
    if (step == 20) {
      floats.reset();
      integers.reset();
    }
    auto const values = random_reals(random, 6);
    EXPECT_TRUE(assign(floats.input(), values) && assign(integers.input(), values));
    floats.run();
    integers.run();
    auto const wanted = dequantized(floats.output()), got = dequantized(integers.output());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 0.12) << "step " << step;
  }
}

// Floors a little under what was measured on the scores: 16.7, 16.7 and 26.5 dB.
TEST(quantize, composed_networks_keep_their_signal) {
  auto const mobilenet = composed(
      [](auto& g) { return models::mobilenet_v2(g, {.width = 0.35, .resolution = 32, .classes = 10}); });
  auto const squeezenet =
      composed([](auto& g) { return models::squeezenet_1_1(g, {.resolution = 32, .classes = 10}); });
  EXPECT_GT(deployment_error_of(mobilenet)[0].sqnr_db(), 15.5);
  EXPECT_GT(deployment_error_of(mobilenet, {.per_channel = false})[0].sqnr_db(), 15.5);
  EXPECT_GT(deployment_error_of(squeezenet)[0].sqnr_db(), 25.0);
}

}  // namespace
