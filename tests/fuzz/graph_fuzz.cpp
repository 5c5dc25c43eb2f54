// SPDX-License-Identifier: MIT
// libFuzzer: arbitrary bytes as the decisions of the generator of random networks, which are valid, or made
// odd in a few places. What a session refuses it refuses in words. What it accepts is computed node by node
// by the naive operators; layer by layer, by rows and streamed, each under several policies and in an arena
// that is poison but for what is needed; by the executor of models with its small numbers; and planned for
// cores that are not here.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/session/kernels_elsewhere.hpp>
#include <linnet/session/session.hpp>

#include "alive_apart.hpp"
#include "spoiled_graph.hpp"
#include "support/fixed_execution.hpp"
#include "support/naive_graph.hpp"
#include "support/network_of.hpp"
#include "support/poisoned_arena.hpp"
#include "support/random_graph.hpp"
#include "support/row_mutations.hpp"

namespace {

using namespace linnet;

constexpr char const* file = "fuzz.graph";
constexpr std::int64_t most_elements = 20000;  // of a tensor that is run
constexpr double most_work = 3e6;

network const* current = nullptr;  // for the report

void print_tensor(graph_view const& g, tensor_id id) {
  if (id < 0 || static_cast<std::size_t>(id) >= g.tensors.size()) return;
  tensor_info const& t = g.tensor(id);
  std::fprintf(stderr, " %s%d:%s[", is_constant(t) ? "c" : "t", static_cast<int>(id), name_of(t.type).data());
  for (std::int32_t extent : t.shape) std::fprintf(stderr, " %d", static_cast<int>(extent));
  std::fprintf(stderr, "]*%a%+d", static_cast<double>(t.quantization.scale),
               static_cast<int>(t.quantization.zero_point));
  if (t.channel_scales.count > 0) std::fprintf(stderr, "(%u scales)", t.channel_scales.count);
}

/// Everything but the bytes of constants.
void print(graph_view const& g) {
  for (tensor_id id : g.inputs()) print_tensor(g, id);
  std::fprintf(stderr, " are inputs\n");
  for (node const& n : g.nodes) {
    auto const& w = n.window;
    std::fprintf(
        stderr,
        "%s, activation %d, rounding %d, kernel %dx%d stride %dx%d dilation %dx%d padding %d %d %d %d, "
        "alpha %g, beta %g, axes",
        name_of(n).data(), static_cast<int>(n.activation), static_cast<int>(n.rounding),
        static_cast<int>(w.kernel.height), static_cast<int>(w.kernel.width),
        static_cast<int>(w.stride.height), static_cast<int>(w.stride.width),
        static_cast<int>(w.dilation.height), static_cast<int>(w.dilation.width),
        static_cast<int>(w.padding.top), static_cast<int>(w.padding.left), static_cast<int>(w.padding.bottom),
        static_cast<int>(w.padding.right), static_cast<double>(n.alpha), static_cast<double>(n.beta));
    for (std::int32_t axis : n.axes) std::fprintf(stderr, " %d", static_cast<int>(axis));
    for (auto const& edge : n.padding)
      std::fprintf(stderr, " (%d %d)", static_cast<int>(edge.before), static_cast<int>(edge.after));
    std::fprintf(stderr, "\n   ");
    for (tensor_id id : g.inputs(n)) print_tensor(g, id);
    std::fprintf(stderr, " ->");
    for (tensor_id id : g.outputs(n)) print_tensor(g, id);
    std::fprintf(stderr, "\n");
  }
  for (tensor_id id : g.outputs()) print_tensor(g, id);
  std::fprintf(stderr, " are outputs\n");
}

void require(bool holds, std::string const& what) {
  if (holds) return;
  if (current != nullptr) print(current->graph.view());
  std::fprintf(stderr, "fuzz: %s\n", what.c_str());
  std::abort();
}
void require_words(error const& e) {
  require(e.message.starts_with(file) && e.message.size() > std::string(file).size() + 2,
          "an error in other words: " + e.message);
}

/// Whether the naive operators know what the tensors of a graph hold.
bool has_known_types(graph_view const& g) {
  return std::ranges::all_of(g.tensors, [](tensor_info const& t) {
    return t.type == f32 || t.type == s16 || t.type == s8 || t.type == u8 ||
           (t.role == tensor_role::constant && t.type == s32);
  });
}

/// Whether all activations mean something: operators that have none (graph/node.hpp) need not look at theirs.
bool has_known_activations(graph_view const& g) {
  return std::ranges::all_of(g.nodes, [](node const& n) {
    bool const has_one = detail::has_weights(n.kind) || n.kind == op::add || n.kind == op::binary ||
                         n.kind == op::average_pool2d || n.kind == op::max_pool2d || n.kind == op::relu ||
                         n.kind == op::batch_matmul;
    return has_one || n.activation == activation::none;
  });
}

/// Whether float32 holds the factors of nodes that round in it: 0 times an infinite one is no number, and
/// what becomes of that is not stated.
bool has_finite_factors(graph_view const& g) {
  return std::ranges::all_of(g.nodes, [&](node const& n) {
    float const output = g.output(n).quantization.scale;
    if (n.rounding != rounding::float_half_even || !(output > 0.0f)) return true;
    bool finite = true;
    for (tensor_id id : g.inputs(n)) finite &= std::isfinite(g.tensor(id).quantization.scale / output);
    if (!detail::has_weights(n.kind)) return finite;
    tensor_info const& weights = g.input(n, 1);
    float largest = weights.quantization.scale;
    for (float scale : g.channel_scales(weights)) largest = std::max(largest, scale);
    return finite && std::isfinite(g.input(n).quantization.scale * largest / output);
  });
}

/// Whether a run takes no longer than a blink.
bool is_small(graph_view const& g) {
  double work = 0;
  for (tensor_info const& t : g.tensors) {
    if (t.shape.elements() > most_elements) return false;
  }
  for (node const& n : g.nodes) {
    double taps = static_cast<double>(n.window.kernel.height) * n.window.kernel.width;
    if (detail::has_weights(n.kind)) taps = static_cast<double>(g.input(n, 1).shape.elements());
    work += taps * static_cast<double>(g.output(n).shape.elements() + g.input(n).shape.elements());
  }
  return work < most_work;
}

std::string in_words(plan_options const& options) {
  return std::string(name_of(options.policy)) + (options.stream_input ? ", streamed: " : ": ");
}

/// A session on a few policies gives what layer by layer gives.
class comparison {
 public:
  comparison(network const& net, support::random_source& random)
      : net_(net), random_(random), seed_(random.bits()), tensors_(net, seed_) {
    for (tensor_id id : net.graph.view().inputs()) inputs_.push_back(tensors_[id]);
  }

  void check_nodes() const {
    graph_view const g = net_.graph.view();
    for (std::size_t i = 0; i < g.nodes.size(); ++i) {
      node const& n = g.nodes[i];
      if (n.kind == op::pad && n.alpha != 0.0f) continue;  // the naive pad knows zeros alone
      std::vector<support::byte_span> operands;
      for (tensor_id id : g.inputs(n)) {
        bool const constant = is_constant(g.tensor(id));
        operands.emplace_back(constant ? net_.constants[static_cast<std::size_t>(id)] : tensors_[id]);
      }
      support::naive_node const oracle(g, n, operands);
      std::string const found =
          naive::difference(oracle.run(), oracle.output_type(), tensors_[g.outputs(n)[0]]);
      require(found.empty(), "node " + std::to_string(i) + " " + std::string(name_of(n)) + ": " + found);
    }
  }

  /// Layer by layer, in the least memory, and one way more.
  void check_policies() {
    using enum memory_policy;
    check({});
    check({.policy = least_memory});
    bool const streams = inputs_.size() == 1;
    switch (random_.integer(0, streams ? 4 : 1)) {
      case 0: return check({.policy = least_memory}, {.effort = 4});
      case 1: {
        std::int64_t const high = std::max(least_, layers_);
        return check({.policy = within, .budget = least_ + (high - least_) * random_.integer(0, 8) / 8});
      }
      case 2: return check({.policy = least_memory, .stream_input = true}, {.effort = 4, .slowdown = 20});
      case 3: return check({.policy = fastest, .stream_input = true});
      default: return check({.policy = least_memory, .stream_input = true});
    }
  }

  /// Plans for cores that are not here keep apart what is needed at one time.
  template <class Arch>
  void check_elsewhere() {
    plan_options options{.policy =
                             random_.pick({memory_policy::layer_by_layer, memory_policy::least_memory})};
    if (inputs_.size() == 1 && random_.one_in(2)) options.stream_input = true;
    auto const planned = plan_network<Arch>(net_, options);
    std::string const where = std::string("for ") + Arch::name + ", " + in_words(options);
    require(planned.has_value(), where + (planned ? "" : planned.error().message));
    require(planned->arena_bytes >= planned->arena_lower_bound, where + "less than the bound");
    std::string const found = fuzz::overlap_in(net_.graph.view(), *planned);
    require(found.empty(), where + found);
  }

 private:
  void check(plan_options const& options, search_options const& search = {}) {
    std::string const where = (search.effort > 0 ? "searched, " : "") + in_words(options);
    auto made = session::create(net_, {.plan = options, .search = search});
    require(made.has_value(), where + (made ? "" : made.error().message));
    require(made->arena_bytes() >= made->arena_lower_bound(), where + "less than the bound");
    if (options == plan_options{}) layers_ = made->arena_bytes();
    if (options.policy == memory_policy::least_memory && !options.stream_input) least_ = made->arena_bytes();
    require(options.policy != memory_policy::within || made->arena_bytes() <= options.budget,
            where + "more than the budget");
    for (std::byte poison : {std::byte{0xFF}, std::byte{0x80}}) {
      std::ranges::fill(made->arena(), poison);
      run(*made);
      for (std::size_t i = 0; i < made->output_count(); ++i)
        check_output(made->output(i).bytes, i, where + "session: ");
    }
    check_fixed(*made, where + "model: ");
    if (made->plan().by_layers()) return;
    support::poisoned_arena poisoned(*made, net_, tensors_);
    std::string const fault = poisoned.run(seed_);
    require(fault.empty(), where + fault);
    if (search.effort > 0) return;
    require(support::checked(made->plan(), made->plan().schedule.rings).fault == planner::ring_fault::none,
            where + "the planner doubts its own rings");
    std::string const found = fuzz::overlap_in(made->graph(), made->plan());
    require(found.empty(), where + found);
  }

  void run(session& s) const {
    if (!s.streams_input()) {
      for (std::size_t i = 0; i < inputs_.size(); ++i)
        std::ranges::copy(inputs_[i], s.input(i).bytes.begin());
      return s.run();
    }
    std::int32_t wanted = 0;
    s.run([&](std::int32_t y, std::span<std::byte> row) {
      require(y == wanted++, "rows are asked for out of order");
      std::copy_n(inputs_[0].begin() + y * static_cast<std::ptrdiff_t>(row.size()), row.size(), row.begin());
    });
  }

  void check_fixed(session const& s, std::string const& where) const {
    if (!support::fixed_execution::fits(s)) return;
    support::fixed_execution fixed(s, net_);
    fixed.run(inputs_, std::byte{0x7F});
    for (std::size_t i = 0; i < s.output_count(); ++i) check_output(fixed.output(i), i, where);
  }

  void check_output(std::span<std::byte const> got, std::size_t i, std::string const& where) const {
    graph_view const g = net_.graph.view();
    tensor_id const id = g.outputs()[i];
    std::span<std::byte const> const want = is_constant(g.tensor(id))
                                                ? net_.constants[static_cast<std::size_t>(id)]
                                                : std::span<std::byte const>(tensors_[id]);
    require(std::ranges::equal(got, want), where + "output " + std::to_string(i) + " differs");
  }

  network const& net_;
  support::random_source& random_;
  std::uint64_t seed_;
  support::layered_tensors tensors_;
  std::vector<std::vector<std::byte>> inputs_;
  std::int64_t layers_ = 0, least_ = 0;
};

/// Whether a session can be made; where not, every way to make one says so in words.
bool is_accepted(network const& net, bool odd) {
  auto const made = session::create(net, {.memory_limit = 64 << 20});
  if (made) return true;
  require(odd, "a valid graph is refused: " + made.error().message);
  require_words(made.error());
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  support::random_source decisions(std::as_bytes(std::span(data, size)));
  bool const odd = decisions.one_in(3);
  support::random_graph graph(decisions);
  require(graph.maker().check().has_value(), "the generator made an invalid graph");
  if (odd) fuzz::spoil(graph.maker(), graph.random());
  network const net = support::network_of(graph.maker(), file);
  current = &net;
  if (!is_accepted(net, odd)) return 0;
  graph_view const g = net.graph.view();
  if (!has_known_types(g) || !has_known_activations(g) || !has_finite_factors(g) || !is_small(g)) return 0;
  comparison compared(net, graph.random());
  compared.check_nodes();
  compared.check_policies();
  if (graph.random().one_in(2)) {
    compared.check_elsewhere<arch::arm_dsp>();
  } else {
    compared.check_elsewhere<arch::arm_mve>();
  }
  return 0;
}
