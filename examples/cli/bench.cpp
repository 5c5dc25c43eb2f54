// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "bench_report.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

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

std::vector<std::string> model_options(bench_subject const& s, bench_options const& options) {
  std::vector<std::string> made{"ARCH", s.arch};
  auto const add = [&](std::string const& name, std::string const& value) {
    made.push_back(name);
    if (!value.empty()) made.push_back(value);
  };
  add("POLICY", std::string(name_of(s.plan.policy)));
  if (s.plan.budget > 0) add("ARENA_BUDGET", std::to_string(s.plan.budget));
  if (s.plan.stream_input) add("STREAM_INPUT", "");
  if (options.fold) add("FOLD_CONSTANT_CHANNELS", "");
  if (s.plan.policy == linnet::memory_policy::least_memory) {
    add("SEARCH", std::to_string(s.search.effort));
    if (s.search.slowdown != linnet::any_slowdown) add("SLOWDOWN", std::to_string(s.search.slowdown));
  }
  if (!options.calibration.empty()) made.push_back("CALIBRATE");
  for (std::string const& path : options.calibration) made.push_back(fs::absolute(path).string());
  return made;
}

/// What was built must be what was asked for, and compute what this machine computes.
linnet::expected<void, bench_failure> check(bench_report const& m) {
  auto const wrong = [](status code, std::string message) {
    return unexpected<bench_failure>({code, std::move(message)});
  };
  if (m.figures.constructors != 0)
    return wrong(bad_model,
                 "the image has " + std::to_string(m.figures.constructors) + " constructors to run");
  if (m.ram_bytes() < m.subject.arena_bytes || m.figures.layers.size() != m.graph().nodes.size())
    return wrong(unforeseen, "the images are not those of this plan");
  if (agree(m.subject, m.host, m.figures.output)) return {};
  return wrong(bad_output, m.subject.deployed.name + ": " + m.target +
                               " and this machine make different outputs of one input");
}

int complain_of(bench_failure const& failure) {
  std::fprintf(stderr, "linnet: %s\n", failure.message.c_str());
  return failure.code;
}

}  // namespace

int bench(bench_options const& stated) {
  bench_options options = stated;
  if (options.plan.policy.empty() && !options.plan.budget) options.plan.policy = "balanced";
  auto const target = core_named(options.target);
  if (!target) return complain(target.error(), wrong_usage);
  auto const plan = plan_options_of(options.plan);
  if (!plan) return complain(plan.error(), wrong_usage);
  auto subject = open_subject(options, target->arch, *plan);
  if (!subject) return complain_of(subject.error());
  auto host = run_on_host(*subject, options);
  if (!host) return complain(host.error(), bad_input);
  auto const folder = build_folder::create(options.folder, options.target);
  if (!folder) return complain(folder.error(), no_file);
  std::error_code ignored;
  bool const is_file = fs::exists(options.model, ignored);
  auto figures = measure({.model = is_file ? fs::absolute(options.model).string() : options.model,
                          .target = options.target,
                          .options = model_options(*subject, options),
                          .folder = folder->path(),
                          .input = host->input});
  if (!figures) return complain_of(figures.error());
  bench_report const report{*std::move(subject), *std::move(host), *std::move(figures), options.target};
  if (auto const sound = check(report); !sound) return complain_of(sound.error());
  options.as_json ? print_json(report) : print_text(report);
  return done;
}

}  // namespace cli
