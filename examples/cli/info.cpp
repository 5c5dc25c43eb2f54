// SPDX-License-Identifier: MIT
#include <cinttypes>
#include <cstdio>

#include <linnet/analysis/cost.hpp>

#include "cli.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

struct info_options {
  std::string model;
  bool as_json = false;
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

void print_json(linnet::session const& s) {
  linnet::graph_view const g = s.graph();
  json out{{"model", s.name()},
           {"parameters", parameters(g)},
           {"macs", macs(g)},
           {"arena_bytes", s.arena_bytes()},
           {"arena_lower_bound", s.arena_lower_bound()},
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

void print_text(linnet::session const& s) {
  linnet::graph_view const g = s.graph();
  std::printf("%-10s %s\n", "model", s.name().c_str());
  print_ends("input", g, g.inputs());
  print_ends("output", g, g.outputs());
  std::printf("%-10s %s\n%-10s %s\n", "parameters", grouped(parameters(g)).c_str(), "MACs",
              grouped(macs(g)).c_str());
  std::printf("%-10s %s bytes (no plan needs less than %s)\n\n", "arena", grouped(s.arena_bytes()).c_str(),
              grouped(s.arena_lower_bound()).c_str());
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

int info(info_options const& options) {
  auto const session = open_model(options.model);
  if (!session) return complain(session.error(), bad_model);
  options.as_json ? print_json(*session) : print_text(*session);
  return done;
}

}  // namespace

void add_info(CLI::App& app, int& result) {
  auto const options = std::make_shared<info_options>();
  CLI::App* const sub = app.add_subcommand("info", "Shows a model's layers, sizes, cost and memory");
  sub->add_option("MODEL", options->model, "Model file (.tflite, .onnx)")->required();
  sub->add_flag("--json", options->as_json, "Print JSON");
  sub->footer(
      "MACs are those of convolutions and dense layers, taps on padding included.\n\n"
      "Example:\n"
      "  linnet info person_detect.tflite --json");
  sub->callback([options, &result] { result = info(*options); });
}

}  // namespace cli
