// SPDX-License-Identifier: MIT
#include <cinttypes>
#include <cstdio>

#include <linnet/analysis/cost.hpp>
#include <linnet/analysis/memory_picture.hpp>
#include <linnet/analysis/memory_text.hpp>
#include <linnet/io/file.hpp>
#include <linnet/session/plan_for.hpp>

#include "json.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

/// What `info` shows: a network and its plan for an architecture.
struct planned_network {
  linnet::network network;
  std::string arch;
  linnet::dynamic_plan plan;

  [[nodiscard]] linnet::graph_view graph() const { return network.graph.view(); }
};

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
           {"op", std::string(name_of(n.kind))},
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

void print_json(planned_network const& net) {
  linnet::graph_view const g = net.graph();
  json out{{"model", net.network.name},
           {"parameters", parameters(g)},
           {"macs", macs(g)},
           {"arch", net.arch},
           {"arena_bytes", net.plan.arena_bytes},
           {"arena_lower_bound", net.plan.arena_lower_bound},
           {"packed_bytes", net.plan.packed_bytes},
           {"inputs", json::array()},
           {"outputs", json::array()},
           {"nodes", json::array()}};
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
    std::printf("%4zu  %-16s  %-22s  %-16s  %10s  %13s  %s\n", i, std::string(name_of(n.kind)).c_str(),
                words(output.type, output.shape).c_str(), quantization_columns(output.quantization).c_str(),
                grouped(parameters(g, n)).c_str(), grouped(macs(g, n)).c_str(),
                short_name(g.name(n)).c_str());
  }
}

void print_text(planned_network const& net) {
  linnet::graph_view const g = net.graph();
  std::printf("%-10s %s\n", "model", net.network.name.c_str());
  print_ends("input", g, g.inputs());
  print_ends("output", g, g.outputs());
  std::printf("%-10s %s\n%-10s %s\n", "parameters", grouped(parameters(g)).c_str(), "MACs",
              grouped(macs(g)).c_str());
  std::printf("%-10s %s bytes (no plan needs less than %s)\n", "arena", grouped(net.plan.arena_bytes).c_str(),
              grouped(net.plan.arena_lower_bound).c_str());
  std::printf("%-10s %s bytes as the kernels of %s read them\n\n", "weights",
              grouped(net.plan.packed_bytes).c_str(), net.arch.c_str());
  print_nodes(g);
}

/// Draws the arena over time where the user wants it: "-" is standard output.
linnet::result<void> draw_memory(planned_network const& net, std::string const& path) {
  linnet::memory_map const map = map_memory(net.graph(), net.plan);
  std::string const title = net.network.name + ", " + net.arch;
  if (path == "-") {
    std::printf("\n%s", memory_text(map, title).c_str());
    return {};
  }
  std::string const picture = path.ends_with(".txt") ? memory_text(map, title) : memory_svg(map, title);
  return linnet::io::write_file(path, std::as_bytes(std::span(picture)));
}

}  // namespace

int info(info_options const& options) {
  if (options.as_json && options.memory == "-") {
    std::fprintf(stderr, "linnet: --json and --memory - both want standard output\n");
    return wrong_usage;
  }
  auto net = open_network(options.model);
  if (!net) return complain(net.error(), bad_model);
  auto plan = linnet::plan_for(*net, options.arch);
  if (!plan) {
    return complain(plan.error(),
                    plan.error().code == linnet::errc::wrong_argument ? wrong_usage : bad_model);
  }
  planned_network const shown{*std::move(net), options.arch, *std::move(plan)};
  options.as_json ? print_json(shown) : print_text(shown);
  if (options.memory.empty()) return done;
  auto const drawn = draw_memory(shown, options.memory);
  return drawn ? done : complain(drawn.error(), no_file);
}

}  // namespace cli
