// SPDX-License-Identifier: MIT
#include "bench_images.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include <linnet/io/file.hpp>

namespace cli {
namespace {

namespace fs = std::filesystem;

using linnet::unexpected;

template <class T>
using outcome = linnet::expected<T, bench_failure>;

unexpected<bench_failure> give_up(status code, std::string message) {
  return unexpected<bench_failure>({code, std::move(message)});
}

bool is_program(std::string const& name) {
  char const* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  std::error_code ignored;
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (fs::is_regular_file(fs::path(folder) / name, ignored)) return true;
  }
  return false;
}

struct tool {
  char const* name;
  char const* package;  // Debian's
};
constexpr tool tools[] = {{"cmake", "cmake"},
                          {"ninja", "ninja-build"},
                          {"arm-none-eabi-g++", "gcc-arm-none-eabi"},
                          {"qemu-system-arm", "qemu-system-arm"}};

outcome<void> require_tools() {
  for (tool const& t : tools) {
    if (is_program(t.name)) continue;
    return give_up(no_tool, std::string(t.name) +
                                " is not installed: bench builds and emulates firmware (on "
                                "Debian: apt-get install " +
                                t.package + ")");
  }
  return {};
}

/// Where the sources of linnet are: the images are built from them.
outcome<fs::path> source_folder() {
  char const* const stated = std::getenv("LINNET_SOURCE_DIR");
  fs::path const folder = stated != nullptr ? stated : LINNET_CLI_SOURCE_DIR;
  std::error_code ignored;
  if (fs::exists(folder / "benchmarks" / "firmware" / "CMakeLists.txt", ignored)) return folder;
  return give_up(no_tool, "bench builds firmware from linnet's sources, which are not in " + folder.string() +
                              ": set the environment variable LINNET_SOURCE_DIR to their folder");
}

/// The command that runs now: the build compiles the model with it.
outcome<fs::path> this_command() {
  std::error_code failure;
  fs::path self = fs::read_symlink("/proc/self/exe", failure);
  if (failure) return give_up(no_tool, "bench cannot find its own file: " + failure.message());
  return self;
}

std::string text_of(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string last_lines(std::string const& text, std::size_t most) {
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  std::string last;
  for (std::size_t i = lines.size() - std::min(lines.size(), most); i < lines.size(); ++i)
    last += (last.empty() ? "" : "\n") + lines[i];
  return last;
}

std::string quoted(std::string const& word) {
  std::string text = "'";
  for (char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

/// Runs CMake without a word on the terminal, and without the flags that the environment has for this
/// machine; whether it succeeded. What it says goes to `log`.
bool cmake_succeeds(std::vector<std::string> const& words, fs::path const& log) {
  std::string line = "cmake -E env";
  for (char const* variable : {"CC", "CXX", "CFLAGS", "CXXFLAGS", "ASMFLAGS", "LDFLAGS"})
    line += std::string(" --unset=") + variable;
  line += " cmake ";
  for (std::string const& word : words) line += quoted(word) + " ";
  return std::system((line + "> " + quoted(log.string()) + " 2>&1 < /dev/null").c_str()) == 0;
}

outcome<void> build(bench_request const& request, fs::path const& source) {
  auto const self = this_command();
  if (!self) return unexpected(self.error());
  std::string options;
  for (std::string const& option : request.options) options += (options.empty() ? "" : ";") + option;
  fs::path const toolchain = source / "cmake" / "toolchains" / (request.target + ".cmake");
  fs::path const log = request.folder / "log.txt";
  bool const configured =
      cmake_succeeds({"-S", (source / "benchmarks" / "firmware").string(), "-B", request.folder.string(),
                      "-G", "Ninja", "--toolchain", toolchain.string(), "-DCMAKE_BUILD_TYPE=Release",
                      "-DLINNET_HOST_COMMAND=" + self->string(), "-DLINNET_BENCH_MODEL=" + request.model,
                      "-DLINNET_BENCH_OPTIONS=" + options},
                     log);
  if (!configured)
    return give_up(no_tool, "the firmware cannot be configured:\n" + last_lines(text_of(log), 20));
  if (cmake_succeeds({"--build", request.folder.string(), "--target", "images"}, log)) return {};
  return give_up(bad_model, "the firmware does not build:\n" + last_lines(text_of(log), 20));
}

outcome<void> emulate(bench_request const& request) {
  fs::path const log = request.folder / "log.txt";
  for (char const* said : {"total.txt", "layers.txt", "output.bin"}) {
    std::error_code ignored;
    fs::remove(request.folder / said, ignored);
  }
  if (cmake_succeeds({"--build", request.folder.string(), "--target", "measurements"}, log)) return {};
  for (char const* name : {"total.txt", "layers.txt"}) {
    std::string const said = text_of(request.folder / name);
    if (std::size_t const at = said.find("error "); at != said.npos)
      return give_up(bad_model, request.model + " on " + request.target + ": " +
                                    said.substr(at + 6, said.find('\n', at) - at - 6));
  }
  return give_up(no_tool, "the firmware does not run in the emulator:\n" +
                              last_lines(text_of(log) + text_of(request.folder / "total.txt"), 20));
}

std::int64_t number(std::string const& text, int base = 10) {
  std::int64_t value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

/// The lines "name value" that an image prints.
void read_figures(fs::path const& path, bench_figures& to) {
  std::ifstream file(path);
  for (std::string name, value; file >> name >> value;) {
    if (name == "instructions") to.instructions = number(value);
    if (name == "stack_bytes") to.stack_bytes = number(value);
    if (name == "constructors") to.constructors = number(value);
    if (name == "calibrated_on") to.calibrated_on = number(value);
    if (name == "node") to.layers.push_back(number(value));
  }
}

/// Adds `sign` times the bytes of each section that is loaded or cleared, as objdump -h lists them.
void add_sections(fs::path const& path, std::int64_t sign, std::map<std::string, std::int64_t>& to) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string index, name, size;
    if (!(words >> index >> name >> size) || name.front() != '.') continue;
    for (char const* counted : {".text", ".rodata", ".ARM.exidx", ".data", ".bss", ".weights"}) {
      if (name == counted) to[name.substr(1)] += sign * number(size, 16);
    }
  }
}

struct symbol {
  std::string address, type, name;
  std::int64_t bytes = 0;
};

/// As nm -SC lists them.
std::vector<symbol> read_symbols(fs::path const& path) {
  std::vector<symbol> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    symbol s;
    std::string size;
    if (!(words >> s.address >> size >> s.type) || !std::getline(words >> std::ws, s.name)) continue;
    s.bytes = number(size, 16);
    all.push_back(std::move(s));
  }
  return all;
}

bool is_of_harness(symbol const& s) {
  return s.name.starts_with("harness::") || s.name.starts_with("subject::read_inputs") ||
         s.name.starts_with("subject::write_outputs");
}

/// Code and constants of the network; what has one short name is added up.
std::vector<named_bytes> kernels_in(fs::path const& folder) {
  std::map<std::string, std::int64_t> of_all_images, sums;
  for (symbol const& s : read_symbols(folder / "empty.symbols")) of_all_images[s.name] += s.bytes;
  for (symbol const& s : read_symbols(folder / "total.symbols")) {
    bool const in_flash = std::string_view("tTrRwWvV").find(s.type) != std::string_view::npos;
    auto const other = of_all_images.find(s.name);
    std::int64_t const more = s.bytes - (other != of_all_images.end() ? other->second : 0);
    if (in_flash && more > 0 && !is_of_harness(s) && !s.name.starts_with("measured_weights"))
      sums[short_symbol(s.name)] += more;
  }
  std::vector<named_bytes> kernels;
  for (auto const& [name, bytes] : sums) kernels.push_back({name, bytes});
  std::ranges::stable_sort(kernels, std::greater{}, &named_bytes::bytes);
  return kernels;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// Drops what stands in front of a name or behind it: the return type, the arguments.
std::string without_signature(std::string const& text) {
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>') --depth;
    if (depth == 0 && text[i] == ' ') begin = i + 1;
    if (depth == 0 && text[i] == '(') return text.substr(begin, i - begin);
  }
  return text.substr(begin);
}

}  // namespace

std::string short_symbol(std::string_view demangled) {
  std::string text(demangled);
  replace_all(text, "(anonymous namespace)::", "");
  if (std::size_t const clone = text.find(" [clone"); clone != text.npos) text.resize(clone);
  text = without_signature(text);
  for (std::size_t at = 0; (at = text.find("isa_", at)) != text.npos;) {
    std::size_t const end = text.find("::", at);
    if (end == text.npos) break;
    text.erase(at, end + 2 - at);
  }
  for (std::string_view part : {"linnet::", "detail::", "kernels::", "arch::", "measured::"})
    replace_all(text, part, "");
  constexpr std::pair<std::string_view, std::string_view> types[] = {{"unsigned short", "u16"},
                                                                     {"signed char", "s8"},
                                                                     {"unsigned char", "u8"},
                                                                     {"unsigned int", "u32"},
                                                                     {"unsigned long", "u32"}};
  for (auto const& [from, to] : types) replace_all(text, from, to);
  return text;
}

linnet::expected<bench_figures, bench_failure> measure(bench_request const& request) {
  if (auto const found = require_tools(); !found) return unexpected(found.error());
  auto const source = source_folder();
  if (!source) return unexpected(source.error());
  if (auto const written = linnet::io::write_file(request.folder / "input.bin", request.input); !written)
    return give_up(no_file, written.error().message);
  if (auto const built = build(request, *source); !built) return unexpected(built.error());
  if (auto const ran = emulate(request); !ran) return unexpected(ran.error());
  bench_figures made{.toolchain = text_of(request.folder / "toolchain.txt"),
                     .layers = {},
                     .sections = {},
                     .kernels = kernels_in(request.folder),
                     .output = {}};
  read_figures(request.folder / "total.txt", made);
  read_figures(request.folder / "layers.txt", made);
  add_sections(request.folder / "total.sections", 1, made.sections);
  add_sections(request.folder / "empty.sections", -1, made.sections);
  auto output = linnet::io::read_file(request.folder / "output.bin");
  if (!output) return give_up(no_file, output.error().message);
  made.output = *std::move(output);
  return made;
}

}  // namespace cli
