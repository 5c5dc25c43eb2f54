// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <linnet/analysis/channel_order.hpp>
#include <linnet/analysis/layer_comparison.hpp>
#include <linnet/session/assign.hpp>

#include "json.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using linnet::errc;
using linnet::recorded_layer;

using layers = std::vector<recorded_layer>;

/// Gives input i of a session an array: of the input's own type as it is, of real numbers by its scale, of
/// another network's by both scales.
linnet::result<void> feed(linnet::session& s, std::size_t i, linnet::io::npy::array& from,
                          linnet::quantization const& quantization) {
  linnet::tensor_ref const to = s.input(i);
  linnet::tensor_ref const given{from.type, from.shape, quantization, from.data, to.name};
  auto const refuse = [&](std::string const& why) {
    return linnet::fail(errc::wrong_argument, s.name() + ": input " + std::to_string(i) + " " +
                                                  linnet::in_quotes(to.name) + " takes " +
                                                  words(to.type, to.shape) + ", not " +
                                                  words(from.type, from.shape) + why);
  };
  if (from.shape.elements() != to.shape.elements()) return refuse("");
  if (from.type == to.type && (from.type == linnet::f32 || quantization == to.quantization)) {
    std::ranges::copy(from.data, to.bytes.begin());
    return {};
  }
  bool const real = from.type == linnet::f32 || given.quantization.present();
  if (!real) return refuse(" without a scale");
  return linnet::assign(to, linnet::dequantized(given));
}

/// Runs a session on arrays, whose integers have the scales of `scales_of`'s inputs.
linnet::result<layers> run_on(linnet::session& s, linnet::session& scales_of,
                              std::vector<linnet::io::npy::array>& arrays) {
  for (std::size_t i = 0; i < s.input_count(); ++i) {
    linnet::tensor_ref const own = scales_of.input(i);
    auto const quantization = arrays[i].type == own.type ? own.quantization : linnet::quantization{};
    if (auto fed = feed(s, i, arrays[i], quantization); !fed) return linnet::unexpected(fed.error());
  }
  return linnet::record_layers(s);
}

/// The number that begins the name of a file of `linnet run --dump`: "012_conv2d".
std::optional<std::size_t> leading_number(std::string const& stem) {
  std::size_t const end = stem.find('_');
  bool const digits = end != std::string::npos && end >= 3 && end < 9 &&
                      std::all_of(stem.begin(), stem.begin() + static_cast<std::ptrdiff_t>(end),
                                  [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!digits) return std::nullopt;
  return std::stoul(stem.substr(0, end));
}

/// Brings an array of another tool into linnet's order where its channels are in front: where the user says
/// so, or its shape does.
void order(linnet::io::npy::array& from, linnet::shape const& wanted, bool channels_first) {
  linnet::shape const turned = with_channels_last(from.shape);
  bool const told = channels_first || !(from.shape == wanted);
  if (!told || !(turned == wanted)) return;
  from.data = linnet::channels_last(from.data, from.type, from.shape);
  from.shape = turned;
}

/// The tensors of a folder as layers of `a`: each file has the name of a layer's tensor, or begins with the
/// number of its node. Integers have the layer's scale.
linnet::result<layers> dumped_layers(fs::path const& folder, layers const& a, bool channels_first) {
  std::map<std::string, recorded_layer const*> by_name;
  std::map<std::size_t, recorded_layer const*> by_number;
  for (recorded_layer const& layer : a) {
    by_name.emplace(linnet::detail::plain_name(layer.name), &layer);
    by_number.emplace(layer.node, &layer);
  }
  layers made;
  std::vector<fs::path> files;
  for (auto const& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".npy") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (fs::path const& path : files) {
    std::string const stem = path.stem().string();
    auto const named = by_name.find(linnet::detail::plain_name(stem));
    auto const number = leading_number(stem);
    recorded_layer const* const of = named != by_name.end()                  ? named->second
                                     : number && by_number.contains(*number) ? by_number.at(*number)
                                                                             : nullptr;
    auto array = read_array(path.string());
    if (!array) return linnet::unexpected(array.error());
    if (of != nullptr) order(*array, of->shape, channels_first);
    recorded_layer layer{.node = made.size(),
                         .op = of != nullptr ? of->op : std::string(),
                         .name = of != nullptr ? of->name : stem,
                         .type = array->type,
                         .shape = array->shape,
                         .quantization = {},
                         .bytes = std::move(array->data)};
    if (of != nullptr && of->type == layer.type) layer.quantization = of->quantization;
    bool const real = layer.type == linnet::f32 || layer.quantization.present();
    if (of != nullptr && !real) {
      return linnet::fail(
          errc::wrong_argument,
          path.string() + ": is of " + std::string(name_of(layer.type)) + ", and nothing says of what scale");
    }
    made.push_back(std::move(layer));
  }
  if (made.empty())
    return linnet::fail(errc::wrong_argument, folder.string() + ": there are no .npy files in it");
  return made;
}

json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "infinity" : "-infinity";
}

void print_json(linnet::layer_comparison const& c, double tolerance) {
  json out{{"first_differing", nullptr},
           {"tolerance", tolerance},
           {"alone_in_a", c.alone_in_a()},
           {"alone_in_b", c.alone_in_b()},
           {"layers", json::array()}};
  if (auto const* first = c.first_beyond(tolerance)) out["first_differing"] = first->node_a;
  for (linnet::layer_difference const& one : c.layers()) {
    out["layers"].push_back({{"node", one.node_a},
                             {"other", one.node_b},
                             {"operator", one.op},
                             {"name", one.name},
                             {"elements", one.elements},
                             {"differing", one.differing},
                             {"max_difference", number(one.largest)},
                             {"max_at", one.largest_at},
                             {"sqnr_db", number(one.sqnr_db())},
                             {"cosine", number(one.cosine())}});
  }
  std::printf("%s\n", to_text(out).c_str());
}

void print_text(linnet::layer_comparison const& c, double tolerance) {
  std::printf("%4s  %5s  %-16s  %11s  %13s  %8s  %9s  %s\n", "node", "other", "operator", "differing", "max",
              "SQNR dB", "cosine", "name");
  for (linnet::layer_difference const& one : c.layers()) {
    std::printf("%4zu  %5zu  %-16s  %11s  %13.6g  %8.2f  %9.6f  %s\n", one.node_a, one.node_b, one.op.c_str(),
                grouped(one.differing).c_str(), one.largest, one.sqnr_db(), one.cosine(),
                linnet::in_quotes(one.name).c_str());
  }
  if (c.alone_in_a() + c.alone_in_b() > 0)
    std::printf("without a partner: %zu of the first, %zu of the second\n", c.alone_in_a(), c.alone_in_b());
  auto const* const first = c.first_beyond(tolerance);
  if (first == nullptr) {
    std::printf("no layer differs by more than %g\n", tolerance);
  } else {
    std::printf("the first that differs by more than %g is node %zu (%s) %s: by %.6g at element %s\n",
                tolerance, first->node_a, first->op.c_str(), linnet::in_quotes(first->name).c_str(),
                first->largest, grouped(first->largest_at).c_str());
  }
}

}  // namespace

int compare(compare_options const& options) {
  auto a = open_model(options.a);
  if (!a) return complain(a.error(), bad_model);
  bool const dumped = fs::is_directory(options.b);
  auto b = dumped ? open_model(options.a) : open_model(options.b);
  if (!b) return complain(b.error(), bad_model);
  auto const inputs = a->input_count();
  auto const refuse = [&](std::string const& why) {
    return complain({errc::wrong_argument, options.a + ": " + why}, wrong_usage);
  };
  if (b->input_count() != inputs) return refuse("has another number of inputs than " + options.b);
  if (inputs == 0 || options.data.empty() || options.data.size() % inputs != 0)
    return refuse("has " + std::to_string(inputs) + " inputs: --data is needed for each, once a run");
  if (dumped && options.data.size() != inputs) return refuse("a folder is of one run: --data once an input");
  linnet::layer_comparison sum;
  for (std::size_t run = 0; run < options.data.size(); run += inputs) {
    std::vector<linnet::io::npy::array> arrays;
    for (std::size_t i = 0; i < inputs; ++i) {
      auto array = read_array(options.data[run + i]);
      if (!array) return complain(array.error(), bad_input);
      order(*array, a->input(i).shape, options.channels_first);
      arrays.push_back(*std::move(array));
    }
    auto of_a = run_on(*a, *a, arrays);
    if (!of_a) return complain(of_a.error(), bad_input);
    auto of_b = dumped ? dumped_layers(options.b, *of_a, options.channels_first) : run_on(*b, *a, arrays);
    if (!of_b) return complain(of_b.error(), bad_input);
    sum.add(*std::move(of_a), *std::move(of_b));
  }
  if (sum.layers().empty()) return refuse("has no layer in common with " + options.b);
  options.as_json ? print_json(sum, options.tolerance) : print_text(sum, options.tolerance);
  return sum.first_beyond(options.tolerance) == nullptr ? done : bad_output;
}

}  // namespace cli
