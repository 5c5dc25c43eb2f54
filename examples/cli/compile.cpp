// SPDX-License-Identifier: MIT
#include <cstdio>
#include <filesystem>

#include <linnet/io/file.hpp>
#include <linnet/io/header/write.hpp>

#include "cli.hpp"

namespace cli {
namespace {

struct compile_options {
  std::string model, name, folder = ".", arch = "scalar";
};

linnet::result<void> write_text(std::filesystem::path const& path, std::string const& text) {
  return linnet::io::write_file(path, std::as_bytes(std::span(text)));
}

linnet::result<void> write_files(compile_options const& options, linnet::compiled_network const& net,
                                 linnet::io::header::sources const& sources) {
  std::filesystem::path const folder = options.folder;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return linnet::fail(linnet::errc::file_not_writable, folder.string() + ": " + failure.message());
  }
  if (auto done = linnet::io::write_file(folder / (options.name + ".bin"), net.weights); !done) return done;
  if (auto done = write_text(folder / (options.name + ".S"), sources.assembly); !done) return done;
  return write_text(folder / (options.name + ".hpp"), sources.header);
}

int compile(compile_options const& options) {
  auto net = open_network(options.model);
  if (!net) return complain(net.error(), bad_model);
  auto const compiled = linnet::compile(*std::move(net), options.arch);
  if (!compiled) {
    return complain(compiled.error(),
                    compiled.error().code == linnet::errc::wrong_argument ? wrong_usage : bad_model);
  }
  auto const sources = linnet::io::header::write(*compiled, options.name);
  if (!sources) return complain(sources.error(), wrong_usage);
  if (auto const written = write_files(options, *compiled, *sources); !written) {
    return complain(written.error(), bad_model);
  }
  std::printf("%s: %s.hpp, %s.S, %s.bin for %s: %s nodes, weights %s bytes, arena %s bytes\n",
              options.model.c_str(), options.name.c_str(), options.name.c_str(), options.name.c_str(),
              compiled->arch.c_str(), grouped(std::ssize(compiled->graph.nodes)).c_str(),
              grouped(compiled->plan.packed_bytes).c_str(), grouped(compiled->plan.arena_bytes).c_str());
  return done;
}

}  // namespace

void add_compile(CLI::App& app, int& result) {
  auto const options = std::make_shared<compile_options>();
  CLI::App* const sub = app.add_subcommand("compile", "Writes a model as C++ constants for firmware");
  sub->add_option("MODEL", options->model, model_help)->required();
  sub->add_option("--name", options->name, "Namespace and stem of the files NAME.hpp, NAME.S, NAME.bin")
      ->required();
  sub->add_option("--output", options->folder, "Folder for the files")->capture_default_str();
  sub->add_option("--arch", options->arch, "Architecture whose kernels will read the weights")
      ->capture_default_str();
  sub->footer(
      "NAME.hpp declares NAME::graph and NAME::weights for linnet::model<NAME::graph, NAME::weights>; "
      "NAME.S\n"
      "holds the weights: it is assembled in the folder of NAME.bin, or with -I of it. CMake projects call\n"
      "linnet_add_model instead.\n\n"
      "Example:\n"
      "  linnet compile person_detect.tflite --name person --arch arm_dsp --output generated");
  sub->callback([options, &result] { result = compile(*options); });
}

}  // namespace cli
