// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <random>

#include <linnet/analysis/cost.hpp>
#include <linnet/analysis/deployment_error.hpp>
#include <linnet/base/bytes.hpp>
#include <linnet/quantizer/dequantized_network.hpp>
#include <linnet/session/kernels_elsewhere.hpp>
#include <linnet/session/passes/channels_last_ends.hpp>
#include <linnet/session/plan_for.hpp>

#include "bench_images.hpp"
#include "json.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

using json = nlohmann::ordered_json;
using linnet::tensor_ref;
using linnet::unexpected;

struct core {
  std::string_view name, arch;
};
constexpr core cores[] = {{"cortex-m3", "scalar"},
                          {"cortex-m4", "arm_dsp"},
                          {"cortex-m7", "arm_dsp"},
                          {"cortex-m33", "arm_dsp"},
                          {"cortex-m55", "arm_mve"}};

linnet::result<core> core_named(std::string const& name) {
  std::string known;
  for (core const& c : cores) {
    if (c.name == name) return c;
    known += (known.empty() ? "" : ", ") + std::string(c.name);
  }
  return linnet::fail(linnet::errc::wrong_argument,
                      "there is no target " + linnet::in_quotes(name) + "; linnet knows " + known);
}

/// A folder that goes when its owner goes, where the user named none.
class build_folder {
 public:
  static linnet::result<build_folder> create(std::string const& stated, std::string_view target) {
    std::error_code failure;
    build_folder made;
    if (!stated.empty()) {
      made.path_ = fs::absolute(stated) / target;
      fs::create_directories(made.path_, failure);
    } else {
      std::string name = (fs::temp_directory_path(failure) / "linnet_bench_XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) failure = std::error_code(errno, std::generic_category());
      made.path_ = made.own_ = name;
    }
    if (!failure) return made;
    return linnet::fail(linnet::errc::file_not_writable, made.path_.string() + ": " + failure.message());
  }
  build_folder(build_folder&& other) noexcept
      : path_(std::move(other.path_)), own_(std::exchange(other.own_, {})) {}
  build_folder& operator=(build_folder&&) = delete;
  ~build_folder() {
    std::error_code ignored;
    if (!own_.empty()) fs::remove_all(own_, ignored);
  }

  [[nodiscard]] fs::path const& path() const { return path_; }

 private:
  build_folder() = default;
  fs::path path_, own_;
};

/// What an inference is fed with: everything that is measured depends on nothing else.
void fill(tensor_ref const& input, std::mt19937& draw) {
  if (input.type != linnet::f32) {
    for (std::byte& b : input.bytes) b = static_cast<std::byte>(draw() >> 24);
    return;
  }
  for (std::size_t i = 0; i + sizeof(float) <= input.bytes.size(); i += sizeof(float)) {
    auto const value = static_cast<std::int8_t>(draw() >> 24);
    linnet::store(input.bytes.data() + i, static_cast<float>(value) / 128.0f);
  }
}

/// The network as the core runs it, beside the float network that it stands for or was made from.
struct subject {
  linnet::network deployed, reference;
  std::string arch;
  linnet::plan_options plan;
  std::int64_t arena_bytes = 0;
};

/// All that the user may have got wrong comes to light here, before anything is built.
linnet::result<subject> open_subject(bench_options const& options, std::string_view arch,
                                     linnet::plan_options const& plan) {
  auto net = open_network(options.model);
  if (!net) return unexpected(net.error());
  auto stored = options.calibration.empty() ? net : quantized(*net, options.calibration);
  if (!stored) return unexpected(stored.error());
  auto real = options.calibration.empty() ? linnet::dequantized(*net) : net;
  if (!real) return unexpected(real.error());
  subject made{.deployed = linnet::channels_last_ends(*std::move(stored)),
               .reference = linnet::channels_last_ends(*std::move(real)),
               .arch = std::string(arch),
               .plan = plan};
  auto const planned = linnet::plan_for(made.deployed, arch, plan, {.effort = options.plan.search});
  if (!planned) return unexpected(planned.error());
  made.arena_bytes = planned->arena_bytes;
  return made;
}

/// The mean of |difference| over all elements, inputs and outputs, as a share of the reference's range.
class normalized_difference {
 public:
  void add(std::vector<float> const& reference, std::vector<float> const& deployed) {
    for (std::size_t i = 0; i < reference.size() && i < deployed.size(); ++i) {
      double const wanted = static_cast<double>(reference[i]);
      sum_ += std::fabs(wanted - static_cast<double>(deployed[i]));
      low_ = std::min(low_, wanted);
      high_ = std::max(high_, wanted);
      ++count_;
    }
  }
  [[nodiscard]] double mean() const {
    if (count_ == 0 || sum_ == 0.0) return 0.0;
    return sum_ / static_cast<double>(count_) / (high_ - low_);
  }

 private:
  double sum_ = 0.0, low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
  std::int64_t count_ = 0;
};

/// What this machine makes of the inputs.
struct host_run {
  std::vector<std::byte> input;   // the first one: all inputs, one behind the other
  std::vector<std::byte> output;  // of it
  std::vector<float> output_values;
  std::size_t inputs = 0;
  double deployment_error = 0.0;
};

void append(std::vector<std::byte>& to, std::span<std::byte const> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append(std::vector<float>& to, std::vector<float> const& values) {
  to.insert(to.end(), values.begin(), values.end());
}

linnet::result<void> read_into(linnet::session& s, std::string const& path) {
  auto const array = read_array(path);
  if (!array) return unexpected(array.error());
  tensor_ref const input = s.input();
  if (s.input_count() != 1 || array->type != input.type || !(array->shape == input.shape)) {
    return linnet::fail(linnet::errc::wrong_argument,
                        path + ": is " + words(array->type, array->shape) + "; the first of " +
                            std::to_string(s.input_count()) + " inputs of " + s.name() + " takes " +
                            words(input.type, input.shape));
  }
  std::ranges::copy(array->data, input.bytes.begin());
  return {};
}

/// Runs both networks on the given inputs, or on ten random ones.
linnet::result<host_run> run_on_host(subject const& nets, bench_options const& options) {
  auto deployed = open_session(nets.deployed, {}), reference = open_session(nets.reference, {});
  if (!deployed) return unexpected(std::move(deployed).error());
  if (!reference) return unexpected(std::move(reference).error());
  auto both = linnet::deployment_comparison::create(*std::move(reference), *std::move(deployed));
  if (!both) return unexpected(std::move(both).error());
  host_run made{.input = {}, .output = {}, .output_values = {}};
  std::size_t const random_inputs = options.inputs.empty() ? 10 : 0;
  made.inputs = random_inputs + options.inputs.size();
  normalized_difference difference;
  std::mt19937 draw(2026);
  for (std::size_t run = 0; run < made.inputs; ++run) {
    linnet::session& s = both->deployed();
    if (run < options.inputs.size()) {
      if (auto read = read_into(s, options.inputs[run]); !read) return unexpected(read.error());
    }
    for (std::size_t i = 0; i < s.input_count(); ++i) {
      if (run < random_inputs) fill(s.input(i), draw);
      if (run == 0) append(made.input, s.input(i).bytes);
      auto const same = assign(both->input(i), dequantized(s.input(i)));
      if (!same) return unexpected(same.error());
    }
    if (auto ran = both->run(); !ran) return unexpected(ran.error());
    for (std::size_t i = 0; i < s.output_count(); ++i) {
      auto const reals = dequantized(both->reference().output(i)), values = dequantized(s.output(i));
      difference.add(reals, values);
      if (run != 0) continue;
      append(made.output, s.output(i).bytes);
      append(made.output_values, values);
    }
  }
  made.deployment_error = difference.mean();
  return made;
}

/// Whether the core has made this machine's output: the same bytes, and of floats the same to 1e-4 of the
/// largest, since this machine may have other instructions for sums of products.
bool agree(linnet::network const& net, host_run const& host, std::vector<std::byte> const& output) {
  if (output == host.output) return true;
  linnet::graph_view const g = net.graph.view();
  bool const real = std::ranges::all_of(
      g.outputs(), [&](linnet::tensor_id id) { return g.tensor(id).type == linnet::f32; });
  if (!real || output.size() != host.output.size()) return false;
  float largest = 0.0f;
  for (float value : host.output_values) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < host.output_values.size(); ++i) {
    auto const made = linnet::load<float>(output.data() + i * sizeof(float));
    if (!(std::fabs(made - host.output_values[i]) <= 1e-4f * largest)) return false;
  }
  return true;
}

std::vector<std::string> model_options(subject const& s, bench_options const& options) {
  std::vector<std::string> made{"ARCH", s.arch};
  auto const add = [&](std::string const& name, std::string const& value) {
    made.push_back(name);
    if (!value.empty()) made.push_back(value);
  };
  add("POLICY", std::string(name_of(s.plan.policy)));
  if (s.plan.budget > 0) add("ARENA_BUDGET", std::to_string(s.plan.budget));
  if (s.plan.stream_input) add("STREAM_INPUT", "");
  if (options.plan.search > 0) add("SEARCH", std::to_string(options.plan.search));
  if (!options.calibration.empty()) made.push_back("CALIBRATE");
  for (std::string const& path : options.calibration) made.push_back(fs::absolute(path).string());
  return made;
}

struct measured {
  subject nets;
  host_run host;
  bench_figures figures;
  std::string target;

  [[nodiscard]] linnet::graph_view graph() const { return nets.deployed.graph.view(); }
  [[nodiscard]] std::int64_t section(char const* name) const {
    auto const found = figures.sections.find(name);
    return found == figures.sections.end() ? 0 : found->second;
  }
  [[nodiscard]] std::int64_t flash_code_bytes() const {
    return section("text") + section("rodata") + section("ARM.exidx") + section("data");
  }
  [[nodiscard]] std::int64_t ram_bytes() const { return section("data") + section("bss"); }
};

json per_mac(std::int64_t instructions, std::int64_t macs) {
  if (macs == 0) return {};
  return std::round(1000.0 * static_cast<double>(instructions) / static_cast<double>(macs)) / 1000.0;
}

void print_json(measured const& m) {
  linnet::graph_view const g = m.graph();
  json out{{"model", m.nets.deployed.name},
           {"target", m.target},
           {"arch", m.nets.arch},
           {"toolchain", m.figures.toolchain},
           {"policy", std::string(name_of(m.nets.plan.policy))},
           {"stream_input", m.nets.plan.stream_input},
           {"calibrated_on", m.figures.calibrated_on},
           {"instructions", m.figures.instructions},
           {"instructions_per_mac", per_mac(m.figures.instructions, macs(g))},
           {"macs", macs(g)},
           {"flash_code_bytes", m.flash_code_bytes()},
           {"weights_bytes", m.section("weights")},
           {"ram_bytes", m.ram_bytes()},
           {"arena_bytes", m.nets.arena_bytes},
           {"stack_bytes", m.figures.stack_bytes},
           {"initialization_instructions", 0},
           {"deployment_error", m.host.deployment_error},
           {"deployment_inputs", m.host.inputs},
           {"outputs_agree", true},
           {"sections", m.figures.sections},
           {"kernels", json::array()},
           {"layers", json::array()}};
  for (named_bytes const& kernel : m.figures.kernels)
    out["kernels"].push_back({{"name", kernel.name}, {"bytes", kernel.bytes}});
  for (std::size_t i = 0; i < g.nodes.size() && i < m.figures.layers.size(); ++i) {
    linnet::node const& n = g.nodes[i];
    out["layers"].push_back({{"node", i},
                             {"operator", std::string(name_of(n.kind))},
                             {"name", std::string(g.name(n))},
                             {"instructions", m.figures.layers[i]},
                             {"macs", macs(g, n)},
                             {"instructions_per_mac", per_mac(m.figures.layers[i], macs(g, n))}});
  }
  std::printf("%s\n", to_text(out).c_str());
}

void print_bytes(char const* what, std::int64_t bytes, std::string const& remark) {
  std::printf("%-16s %11s bytes%s%s\n", what, grouped(bytes).c_str(), remark.empty() ? "" : ": ",
              remark.c_str());
}

std::string ratio(std::int64_t instructions, std::int64_t macs) {
  if (macs == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(instructions) / static_cast<double>(macs));
  return text;
}

void print_layers(measured const& m) {
  linnet::graph_view const g = m.graph();
  std::printf("\n%4s  %-16s  %13s  %13s  %8s  %s\n", "node", "operator", "instructions", "MACs", "per MAC",
              "name");
  for (std::size_t i = 0; i < g.nodes.size() && i < m.figures.layers.size(); ++i) {
    linnet::node const& n = g.nodes[i];
    std::int64_t const taken = m.figures.layers[i];
    std::printf("%4zu  %-16s  %13s  %13s  %8s  %s\n", i, std::string(name_of(n.kind)).c_str(),
                grouped(taken).c_str(), grouped(macs(g, n)).c_str(), ratio(taken, macs(g, n)).c_str(),
                linnet::last_part(linnet::printable(g.name(n), 200), 40).c_str());
  }
}

void print_text(measured const& m) {
  std::int64_t const all_macs = macs(m.graph());
  std::string const each = ratio(m.figures.instructions, all_macs);
  std::printf("%-16s %s\n%-16s %s, %s\n", "model", m.nets.deployed.name.c_str(), "target", m.target.c_str(),
              m.figures.toolchain.c_str());
  std::printf("%-16s %s\n", "policy", words(m.nets.plan).c_str());
  std::printf("%-16s %11s%s\n", "instructions", grouped(m.figures.instructions).c_str(),
              each.empty() ? "" : (" for " + grouped(all_macs) + " MACs, " + each + " each").c_str());
  std::printf("%-16s %11s: a loop of so many instructions was counted right\n", "calibrated on",
              grouped(m.figures.calibrated_on).c_str());
  std::printf("%-16s %11d instructions, no constructors\n", "start-up", 0);
  print_bytes("code in flash", m.flash_code_bytes(),
              "text " + grouped(m.section("text")) + ", rodata " + grouped(m.section("rodata")) + ", data " +
                  grouped(m.section("data")));
  print_bytes("weights", m.section("weights"), "");
  print_bytes("RAM", m.ram_bytes(), "arena " + grouped(m.nets.arena_bytes));
  print_bytes("stack", m.figures.stack_bytes, "");
  std::printf("%-16s %11.6f of the float output's range, over %zu input%s\n", "deployment error",
              m.host.deployment_error, m.host.inputs, m.host.inputs == 1 ? "" : "s");
  std::printf("%-16s the outputs are this machine's\n", "agreement");
  std::printf("\n%8s  %s\n", "bytes", "code and constants, the largest");
  for (std::size_t i = 0; i < m.figures.kernels.size() && i < 12; ++i) {
    std::printf("%8s  %s\n", grouped(m.figures.kernels[i].bytes).c_str(),
                linnet::printable(m.figures.kernels[i].name, 100).c_str());
  }
  print_layers(m);
}

int complain_of(bench_failure const& failure) {
  std::fprintf(stderr, "linnet: %s\n", failure.message.c_str());
  return failure.code;
}

/// What was built must be what was asked for, and compute what this machine computes.
linnet::expected<void, bench_failure> check(measured const& m) {
  auto const wrong = [](status code, std::string message) {
    return unexpected<bench_failure>({code, std::move(message)});
  };
  if (m.figures.constructors != 0)
    return wrong(bad_model,
                 "the image has " + std::to_string(m.figures.constructors) + " constructors to run");
  if (m.ram_bytes() < m.nets.arena_bytes || m.figures.layers.size() != m.graph().nodes.size())
    return wrong(unforeseen, "the images are not those of this plan");
  if (agree(m.nets.deployed, m.host, m.figures.output)) return {};
  return wrong(bad_output, m.nets.deployed.name + ": " + m.target +
                               " and this machine make different outputs of one input");
}

}  // namespace

int bench(bench_options const& options) {
  auto const target = core_named(options.target);
  if (!target) return complain(target.error(), wrong_usage);
  auto const plan = plan_options_of(options.plan);
  if (!plan) return complain(plan.error(), wrong_usage);
  auto nets = open_subject(options, target->arch, *plan);
  if (!nets) {
    bool const usage = nets.error().code == linnet::errc::wrong_argument && *plan != linnet::plan_options{};
    return complain(nets.error(), usage ? wrong_usage : bad_model);
  }
  auto host = run_on_host(*nets, options);
  if (!host) return complain(host.error(), bad_input);
  auto const folder = build_folder::create(options.folder, options.target);
  if (!folder) return complain(folder.error(), no_file);
  std::error_code ignored;
  bool const is_file = fs::exists(options.model, ignored);
  auto figures = measure({.model = is_file ? fs::absolute(options.model).string() : options.model,
                          .target = options.target,
                          .options = model_options(*nets, options),
                          .folder = folder->path(),
                          .input = host->input});
  if (!figures) return complain_of(figures.error());
  measured const m{*std::move(nets), *std::move(host), *std::move(figures), options.target};
  if (auto const sound = check(m); !sound) return complain_of(sound.error());
  options.as_json ? print_json(m) : print_text(m);
  return done;
}

}  // namespace cli
