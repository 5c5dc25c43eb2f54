// SPDX-License-Identifier: MIT
#include <cstdio>
#include <exception>

#include "cli.hpp"

namespace cli {

int complain(linnet::error const& e, status otherwise) {
  std::fprintf(stderr, "linnet: %s\n", e.message.c_str());
  bool const file = e.code == linnet::errc::file_not_readable || e.code == linnet::errc::file_not_writable;
  return file ? no_file : otherwise;
}

std::string words(linnet::element_type type, linnet::shape const& shape) {
  return std::string(name_of(type)) + " " + describe(shape);
}

nlohmann::ordered_json to_json(linnet::element_type type, linnet::shape const& shape,
                               linnet::quantization const& q) {
  nlohmann::ordered_json json{{"type", std::string(name_of(type))},
                              {"shape", nlohmann::ordered_json::array()}};
  for (std::int32_t extent : shape) json["shape"].push_back(extent);
  json["scale"] = q.present() ? nlohmann::ordered_json(q.scale) : nlohmann::ordered_json();
  json["zero_point"] = q.present() ? nlohmann::ordered_json(q.zero_point) : nlohmann::ordered_json();
  return json;
}

std::string to_text(nlohmann::ordered_json const& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace cli

int main(int argc, char** argv) {
  CLI::App app("Runs int8, uint8 and float neural networks.", "linnet");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done; 1 unforeseen; 2 wrong usage; 3 a file cannot be read or written;\n"
      "4 the model is malformed or not supported; 5 the input does not fit the model.\n\n"
      "A MODEL is a file, or an untrained int8 network by its name, as mobilenet_v2:1.0:224,\n"
      "mobilenet_v1:0.25:96:2 (width, resolution, classes) or squeezenet:1.1:224.\n\n"
      "Example:\n"
      "  linnet classify mobilenet_v2.tflite cat.jpg --labels imagenet_labels.txt");
  int result = cli::done;
  cli::add_info(app, result);
  cli::add_run(app, result);
  cli::add_compile(app, result);
  cli::add_classify(app, result);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& e) {
    return app.exit(e) == 0 ? cli::done : cli::wrong_usage;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "linnet: %s\n", e.what());
    return cli::unforeseen;
  }
  return result;
}
