// SPDX-License-Identifier: MIT
#include <cinttypes>
#include <cstdio>

#include <linnet/analysis/cost.hpp>
#include <linnet/analysis/row_groups.hpp>

#include "json.hpp"
#include "pictures.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

json tensor_json(linnet::graph_view const& g, linnet::tensor_id id) {
  linnet::tensor_info const& t = g.tensor(id);
  json out = to_json(t.type, t.shape, t.quantization);
  out["name"] = std::string(g.name(t));
  return out;
}

json node_json(linnet::graph_view const& g, std::size_t index) {
  linnet::node const& n = g.nodes[index];
  linnet::tensor_info const& output = g.output(n);
  json out{{"index", index},
           {"operator", n.source},
           {"op", std::string(name_of(n))},
           {"name", std::string(g.name(n))},
           {"inputs", json::array()},
           {"output", tensor_json(g, g.outputs(n)[0])},
           {"macs", macs(g, n)},
           {"parameters", parameters(g, n)}};
  for (linnet::tensor_id id : g.inputs(n)) {
    out["inputs"].push_back(tensor_json(g, id));
    out["inputs"].back()["constant"] = g.tensor(id).role == linnet::tensor_role::constant;
  }
  bool const quantized = output.quantization.present();
  out["scale"] = quantized ? json(output.quantization.scale) : json();
  out["zero_point"] = quantized ? json(output.quantization.zero_point) : json();
  return out;
}

/// Kernel calls and callbacks of one inference.
std::size_t step_count(linnet::dynamic_plan const& plan) {
  return plan.by_layers() ? plan.planned_calls.size() : plan.schedule.steps.size();
}

/// How often weights are read.
double weights_factor(linnet::dynamic_plan const& plan) {
  if (plan.packed_bytes == 0) return 0.0;
  return static_cast<double>(weights_read(plan)) / static_cast<double>(plan.packed_bytes);
}

/// What no plan needs less than: layer by layer in this order of nodes; by rows, however nodes are grouped.
std::int64_t least_bytes(linnet::dynamic_plan const& plan) {
  return plan.by_layers() ? plan.arena_lower_bound : linnet::bound_of_groupings(plan.rows.problem()).bytes;
}

json plan_json(linnet::dynamic_plan const& plan) {
  json out{{"policy", std::string(name_of(plan.options.policy))},
           {"budget", plan.options.budget},
           {"stream_input", plan.options.stream_input},
           {"arena_bytes", plan.arena_bytes},
           {"arena_lower_bound", least_bytes(plan)},
           {"schedule_lower_bound", plan.arena_lower_bound},
           {"packed_bytes", plan.packed_bytes},
           {"weights_read", weights_read(plan)},
           {"weights_read_factor", weights_factor(plan)},
           {"steps", step_count(plan)},
           {"groups", json::array()}};
  auto const node = [](std::int32_t index) { return index < 0 ? json() : json(index); };
  for (linnet::row_group const& group : groups_of(plan)) {
    out["groups"].push_back({{"first_node", node(group.first_node)},
                             {"last_node", node(group.last_node)},
                             {"strip", group.strip},
                             {"steps", group.steps}});
  }
  return out;
}

/// What the pass that folds constant channels did: nothing where it was not asked for.
struct folding {
  bool asked = false;
  std::vector<linnet::shrunk_tensor> report;
  std::int64_t packed_bytes = 0, macs = 0;  // without it
};

json folding_json(folding const& f, planned_network const& net) {
  json out{{"packed_bytes_before", f.packed_bytes},
           {"packed_bytes_after", net.plan.packed_bytes},
           {"macs_before", f.macs},
           {"macs_after", macs(net.graph())},
           {"tensors", json::array()}};
  for (linnet::shrunk_tensor const& t : f.report)
    out["tensors"].push_back({{"name", t.name}, {"before", t.before}, {"after", t.after}});
  return out;
}

void print_json(planned_network const& net, folding const& f) {
  linnet::graph_view const g = net.graph();
  json out{{"model", net.network.name}, {"parameters", parameters(g)}, {"macs", macs(g)}, {"arch", net.arch}};
  out.update(plan_json(net.plan));
  if (f.asked) out["folded_channels"] = folding_json(f, net);
  for (char const* list : {"inputs", "outputs", "nodes"}) out[list] = json::array();
  for (linnet::tensor_id id : g.inputs()) out["inputs"].push_back(tensor_json(g, id));
  for (linnet::tensor_id id : g.outputs()) out["outputs"].push_back(tensor_json(g, id));
  for (std::size_t i = 0; i < g.nodes.size(); ++i) out["nodes"].push_back(node_json(g, i));
  std::printf("%s\n", to_text(out).c_str());
}

/// Scale and zero point as two columns.
std::string quantization_columns(linnet::quantization const& q) {
  if (!q.present()) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%-11.6g %4" PRId32, static_cast<double>(q.scale), q.zero_point);
  return text;
}

std::string quantization_words(linnet::quantization const& q) {
  if (!q.present()) return "";
  char text[64];
  std::snprintf(text, sizeof text, ", scale %.6g, zero point %" PRId32, static_cast<double>(q.scale),
                q.zero_point);
  return text;
}

/// Names of merged operators are long: their beginning is enough to find them.
std::string short_name(std::string_view name) {
  constexpr std::size_t most = 48;
  return linnet::in_quotes(name.substr(0, most)) + (name.size() > most ? "..." : "");
}

void print_ends(char const* what, linnet::graph_view const& g, std::span<linnet::tensor_id const> ids) {
  for (linnet::tensor_id id : ids) {
    linnet::tensor_info const& t = g.tensor(id);
    std::printf("%-10s %s %s%s\n", what, words(t.type, t.shape).c_str(), linnet::in_quotes(g.name(t)).c_str(),
                quantization_words(t.quantization).c_str());
  }
}

void print_nodes(linnet::graph_view const& g) {
  std::printf("%4s  %-16s  %-22s  %-11s %4s  %10s  %13s  %s\n", "node", "operator", "output", "scale", "zero",
              "parameters", "MACs", "name");
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    linnet::node const& n = g.nodes[i];
    linnet::tensor_info const& output = g.output(n);
    std::printf("%4zu  %-16s  %-22s  %-16s  %10s  %13s  %s\n", i, std::string(name_of(n)).c_str(),
                words(output.type, output.shape).c_str(), quantization_columns(output.quantization).c_str(),
                grouped(parameters(g, n)).c_str(), grouped(macs(g, n)).c_str(),
                short_name(g.name(n)).c_str());
  }
}

void print_groups(linnet::dynamic_plan const& plan) {
  auto const groups = groups_of(plan);
  std::printf("%-10s %s in %zu groups of nodes\n", "steps", grouped(std::ssize(plan.schedule.steps)).c_str(),
              groups.size());
  for (linnet::row_group const& group : linnet::summary_of(groups)) {
    std::string const last = std::to_string(group.last_node);
    std::string const nodes = group.last_node < 0 ? "the input"
                              : group.first_node == group.last_node
                                  ? "node " + last
                                  : "nodes " + std::to_string(group.first_node) + " to " + last;
    std::printf("%-10s %s: %s\n", "", nodes.c_str(), in_words(group).c_str());
  }
}

void print_plan(linnet::dynamic_plan const& plan, std::string const& arch) {
  std::printf("%-10s %s\n", "policy", words(plan.options).c_str());
  std::printf("%-10s %s bytes (no plan needs less than %s", "arena", grouped(plan.arena_bytes).c_str(),
              grouped(least_bytes(plan)).c_str());
  if (!plan.by_layers()) std::printf("; of these steps: %s", grouped(plan.arena_lower_bound).c_str());
  std::printf(")\n");
  if (plan.by_layers()) {
    std::printf("%-10s %s, layer by layer\n", "steps", grouped(std::ssize(plan.planned_calls)).c_str());
  } else {
    print_groups(plan);
  }
  std::printf("%-10s %s bytes as the kernels of %s read them, %.1f times\n\n", "weights",
              grouped(plan.packed_bytes).c_str(), arch.c_str(), weights_factor(plan));
}

void print_folding(folding const& f, planned_network const& net) {
  if (f.report.empty()) std::printf("%-10s no channel is constant\n", "folded");
  for (linnet::shrunk_tensor const& t : f.report) {
    std::printf("%-10s %4" PRId32 " -> %4" PRId32 " channels  %s\n", "folded", t.before, t.after,
                short_name(t.name).c_str());
  }
  std::printf("%-10s weights %s -> %s bytes, MACs %s -> %s\n\n", "folded", grouped(f.packed_bytes).c_str(),
              grouped(net.plan.packed_bytes).c_str(), grouped(f.macs).c_str(),
              grouped(macs(net.graph())).c_str());
}

void print_text(planned_network const& net, folding const& f) {
  linnet::graph_view const g = net.graph();
  std::printf("%-10s %s\n", "model", net.network.name.c_str());
  print_ends("input", g, g.inputs());
  print_ends("output", g, g.outputs());
  std::printf("%-10s %s\n%-10s %s\n", "parameters", grouped(parameters(g)).c_str(), "MACs",
              grouped(macs(g)).c_str());
  print_plan(net.plan, net.arch);
  if (f.asked) print_folding(f, net);
  print_nodes(g);
}

/// Folds a network's constant channels, if asked to, and keeps what it weighed before.
linnet::result<folding> fold(linnet::network& net, info_options const& options) {
  if (!options.fold) return folding{};
  auto const plan = linnet::plan_for(net, options.arch);  // packed weights are the same, however memory is
  if (!plan) return linnet::unexpected(plan.error());
  std::int64_t const macs_before = macs(net.graph.view());
  auto made = folded(std::move(net), true);
  if (!made) return linnet::unexpected(std::move(made).error());
  net = std::move(made->net);
  return folding{true, std::move(made->report), plan->packed_bytes, macs_before};
}

/// Standard output takes JSON or pictures.
bool wants_output_twice(info_options const& options) {
  return options.as_json && (options.memory == "-" || options.comparison == "-" || options.knee == "-");
}

}  // namespace

int info(info_options const& options) {
  if (wants_output_twice(options)) {
    std::fprintf(stderr, "linnet: --json and a picture on - both want standard output\n");
    return wrong_usage;
  }
  auto plan_options = plan_options_of(options.plan);
  if (!plan_options) return complain(plan_options.error(), wrong_usage);
  auto net = open_network(options.model);
  if (!net) return complain(net.error(), bad_model);
  auto const refuse = [](linnet::error const& e) {
    return complain(e, e.code == linnet::errc::wrong_argument ? wrong_usage : bad_model);
  };
  auto const folding = fold(*net, options);
  if (!folding) return refuse(folding.error());
  plan_options = planned_for(options.plan, *plan_options, *net, options.arch);
  if (!plan_options) return refuse(plan_options.error());
  if (!options.comparison.empty() && *plan_options == linnet::plan_options{}) {
    std::fprintf(stderr, "linnet: --compare-memory needs a --policy to hold against layer_by_layer\n");
    return wrong_usage;
  }
  auto plan = linnet::plan_for(*net, options.arch, *plan_options, search_options_of(options.plan));
  if (!plan) return refuse(plan.error());
  planned_network const shown{*std::move(net), options.arch, *std::move(plan)};
  options.as_json ? print_json(shown, *folding) : print_text(shown, *folding);
  auto const drawn = draw_pictures(shown, options);
  return drawn ? done : complain(drawn.error(), bad_model);
}

}  // namespace cli
