// SPDX-License-Identifier: MIT
// The only source that knows the library which reads options: it takes longer to compile than all commands.
#include <cstdio>
#include <exception>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli.hpp"

namespace cli {
namespace {

void add_memory_options(CLI::App& sub, memory_options& options) {
  sub.add_option(
      "--policy", options.policy,
      "How memory is planned: layer_by_layer (unless --budget is given, or bench is run), balanced, "
      "fastest, within, least_memory");
  sub.add_option("--budget", options.budget, "Bytes of arena for --policy within");
  sub.add_flag("--stream-input", options.stream_input, "Rows of the only input come when they are needed");
  sub.add_option(
         "--search", options.search,
         "Search long for a smaller plan of --policy least_memory: groupings to try, 100 take seconds")
      ->check(CLI::NonNegativeNumber);
  sub.add_option(
         "--slowdown", options.slowdown,
         "Percent of instructions, by estimate, that such a plan may cost beyond layer_by_layer: any "
         "unless it is given, but " +
             std::to_string(firmware_slowdown) +
             " in bench and in linnet_add_model without an operating system, where --search is not given "
             "either")
      ->check(CLI::Range(0, 1000));
}

void add_folding(CLI::App& sub, bool& fold) {
  sub.add_flag("--fold-constant-channels", fold,
               "Drop channels of an int8 or uint8 model that are the same for every input; outputs stay the "
               "same");
}

void add_info(CLI::App& app, int& result) {
  auto const options = std::make_shared<info_options>();
  CLI::App* const sub = app.add_subcommand("info", "Shows a model's layers, sizes, cost and memory");
  sub->add_option("MODEL", options->model, model_help)->required();
  sub->add_flag("--json", options->as_json, "Print JSON");
  sub->add_option("--arch", options->arch, "Architecture whose kernels the memory is planned for")
      ->capture_default_str();
  sub->add_option("--memory", options->memory,
                  "Draw the arena over time: FILE.svg, as text FILE.txt, or - for standard output");
  sub->add_option("--compare-memory", options->comparison,
                  "Draw it twice with one scale: layer by layer, and as --policy says");
  sub->add_option("--knee", options->knee,
                  "Draw the arena against the nodes of a group and the rows of a step");
  add_folding(*sub, options->fold);
  add_memory_options(*sub, options->plan);
  sub->footer(
      "MACs are those of convolutions and dense layers, taps on padding included.\n\n"
      "Example:\n"
      "  linnet info person_detect.tflite --json\n"
      "  linnet info person_detect.tflite --arch arm_dsp --memory person.svg\n"
      "  linnet info mobilenet_v2:1.0:224 --policy least_memory --stream-input --compare-memory both.svg");
  sub->callback([options, &result] { result = info(*options); });
}

void add_run(CLI::App& app, int& result) {
  auto const options = std::make_shared<run_options>();
  CLI::App* const sub = app.add_subcommand("run", "Runs a model on NumPy arrays");
  sub->add_option("MODEL", options->model, model_help)->required();
  sub->add_option("--input", options->inputs,
                  "Array for the next input (.npy), of exactly its type and shape")
      ->required()
      ->expected(1)
      ->take_all();
  sub->add_option("--output", options->output, "Where the output goes (.npy); the second goes to NAME.1.npy")
      ->required();
  sub->add_option("--dump", options->dump,
                  "Folder for every layer's output, NNN_operator.npy; prints the names");
  add_folding(*sub, options->fold);
  add_memory_options(*sub, options->plan);
  sub->footer(
      "Values are stored as the model has them: quantized ones are not converted.\n\n"
      "Example:\n"
      "  linnet run kws.tflite --input mfcc.npy --output scores.npy --dump layers\n"
      "  linnet run kws.tflite --input mfcc.npy --output scores.npy --budget 5000");
  sub->callback([options, &result] { result = run(*options); });
}

void add_compile(CLI::App& app, int& result) {
  auto const options = std::make_shared<compile_options>();
  CLI::App* const sub = app.add_subcommand("compile", "Writes a model as C++ constants for firmware");
  sub->add_option("MODEL", options->model, model_help)->required();
  sub->add_option("--name", options->name, "Namespace and stem of the files NAME.hpp, NAME.S, NAME.bin")
      ->required();
  sub->add_option("--output", options->folder, "Folder for the files")->capture_default_str();
  sub->add_option("--calibrate", options->calibration,
                  "Quantize a float model to int8 first: samples of its input (.npy), one or several a file");
  sub->add_option(
      "--weights", options->weights,
      "Store weights of float layers as f16 (rounded, computed in float32) or as s8 (dynamic range: "
      "a scale a channel, inputs rounded to int8 at run time); s8 also makes bytes of weights of 4 bits");
  sub->add_option("--arch", options->arch, "Architecture whose kernels will read the weights")
      ->capture_default_str();
  add_folding(*sub, options->fold);
  add_memory_options(*sub, options->plan);
  sub->add_option("--fast-weights", options->fast_bytes,
                  "Bytes of weights for a fast memory: those read most often go to section .rodata.fast.*")
      ->check(CLI::NonNegativeNumber);
  sub->footer(
      "NAME.hpp declares NAME::graph, NAME::weights and NAME::planning for linnet::model<NAME::graph,\n"
      "NAME::weights, NAME::planning>; NAME.S holds the weights: it is assembled in the folder of NAME.bin, "
      "or\n"
      "with -I of it. CMake projects call linnet_add_model instead.\n\n"
      "Examples:\n"
      "  linnet compile person_detect.tflite --name person --arch arm_dsp --output generated\n"
      "  linnet compile person_detect.tflite --name person --budget 40000 --stream-input\n"
      "  linnet compile squeezenet.onnx --name squeezenet --weights f16");
  sub->callback([options, &result] { result = compile(*options); });
}

void add_bench(CLI::App& app, int& result) {
  auto const options = std::make_shared<bench_options>();
  CLI::App* const sub =
      app.add_subcommand("bench", "Measures a model on an emulated core: instructions, flash, RAM, stack");
  sub->add_option("MODEL", options->model, model_help)->required();
  sub->add_option("--target", options->target,
                  "Core: cortex-m3, cortex-m4, cortex-m7, cortex-m33 or cortex-m55")
      ->required();
  sub->add_option(
      "--input", options->inputs,
      "Arrays for the only input (.npy): the core runs on the first, the deployment error is that of "
      "all; ten random ones if left out");
  sub->add_option("--calibrate", options->calibration,
                  "Quantize a float model to int8 first: samples of its input (.npy), one or several a file");
  sub->add_option("--build", options->folder, "Folder for the firmware's build; a temporary one if left out");
  sub->add_flag("--json", options->as_json, "Print JSON");
  add_memory_options(*sub, options->plan);
  add_folding(*sub, options->fold);
  sub->footer(
      "Builds the firmware with arm-none-eabi-g++ and runs it in qemu-system-arm, which counts instructions, "
      "not\n"
      "cycles. Code, constants and static memory are those of an image with the network less those of the "
      "same\n"
      "image without one; weights are apart. The outputs must be this machine's. The deployment error is "
      "the\n"
      "mean difference from a float run of the same graph, as a share of the float output's range: random\n"
      "inputs leave the ranges that the model was calibrated on, so give it some of its own.\n\n"
      "Examples:\n"
      "  linnet bench person_detect.tflite --target cortex-m4\n"
      "  linnet bench mobilenet_v2:0.35:96 --target cortex-m55 --policy least_memory --json");
  sub->callback([options, &result] { result = bench(*options); });
}

void add_compare(CLI::App& app, int& result) {
  auto const options = std::make_shared<compare_options>();
  CLI::App* const sub = app.add_subcommand("compare", "Says where two models part, layer by layer");
  sub->add_option("A", options->a, model_help)->required();
  sub->add_option("B", options->b, "Another model, or a folder of .npy files of A's layers")->required();
  sub->add_option("--data", options->data, "A .npy file for each input, in order; again for further runs")
      ->required();
  sub->add_option("--tolerance", options->tolerance, "Differences up to this one count as none")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  sub->add_flag("--channels-first", options->channels_first,
                "Arrays are (batch, channels, height, width) even where their shapes would fit as they are");
  sub->add_flag("--json", options->as_json, "Print JSON");
  sub->footer(
      "Layers of one name are held against each other, between them those of one operator and size, in "
      "order; "
      "integers as the real numbers that they stand for. Files of a folder have the names of A's tensors "
      "(other characters than letters, digits, . and - as _), or begin with a node's number, as those of "
      "`linnet run --dump` do. Arrays whose shape is a layer's with the channels in front of height and "
      "width "
      "are turned around. Data are of the type of A's input, or float32. Where a layer differs by more "
      "than the tolerance the exit code is 7.\n\n"
      "Examples:\n"
      "  linnet compare float.tflite int8.tflite --data x.npy\n"
      "  linnet compare model.tflite dumped_by_another_tool/ --data x.npy --tolerance 1e-4 --json");
  sub->callback([options, &result] { result = compare(*options); });
}

void add_conform(CLI::App& app, int& result) {
  auto const options = std::make_shared<conform_options>();
  CLI::App* const sub = app.add_subcommand("conform", "Runs other people's test cases of operators");
  sub->add_option("DIR", options->folder, "Folder of cases: all that lie in it or below")->required();
  sub->add_flag("--reasons", options->reasons, "Say of each case that is not supported what is missing");
  sub->add_flag("--json", options->as_json, "Print JSON");
  sub->footer(
      "Cases are: case.json and its arrays (kernels of CMSIS-NN and the like), a .tflite file with tensors "
      "as "
      "numbers between commas beside it (x_input0_int16.csv, x_golden_int16.csv), model.onnx with "
      "test_data_set_0 (the ONNX project's own). Integers must be equal, floats within what sums of float32 "
      "differ by. A case that fails makes the exit code 7.\n\n"
      "Example:\n"
      "  linnet conform cases/cmsis_nn --json");
  sub->callback([options, &result] { result = conform(*options); });
}

void add_operators(CLI::App& app, int& result) {
  auto const options = std::make_shared<operators_options>();
  CLI::App* const sub =
      app.add_subcommand("operators", "Says which operator has kernels for which types, as a table");
  sub->add_flag("--json", options->as_json, "Print JSON");
  sub->footer(
      "Columns are the types of activations; a cell names the architectures that have a kernel of their own. "
      "An\n"
      "empty cell has none: such a model is refused when it is read or made ready.\n\n"
      "Example:\n"
      "  linnet operators --json");
  sub->callback([options, &result] { result = operators(*options); });
}

void add_classify(CLI::App& app, int& result) {
  auto const options = std::make_shared<classify_options>();
  CLI::App* const sub = app.add_subcommand("classify", "Says what is in pictures (PNG, JPEG, BMP)");
  sub->add_option("MODEL", options->model, model_help)->required();
  sub->add_option("IMAGE", options->images, "Pictures")->required();
  sub->add_option("--labels", options->labels, "Text file with one class name a line");
  sub->add_option("--label-offset", options->label_offset,
                  "Class of the first label: 1 where class 0 is a background without a label");
  sub->add_option("--top", options->top, "How many classes to show")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  auto* const mean =
      sub->add_option("--mean", options->mean, "Subtracted from pixels of 0 to 255: one number or R,G,B")
          ->check(check_three_numbers);
  auto* const deviation =
      sub->add_option("--std", options->deviation, "Pixels are then divided by it: one number or R,G,B")
          ->check(check_three_numbers);
  mean->needs(deviation);
  deviation->needs(mean);
  sub->add_option("--resize", options->resize, "crop: the middle, in its proportions; stretch: all of it")
      ->capture_default_str()
      ->check(CLI::IsMember({"crop", "stretch"}));
  sub->add_option("--fraction", options->fraction, "How much of the picture's short side a crop keeps")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 1.0));
  sub->add_flag("--json", options->as_json, "Print JSON");
  sub->footer(
      "Without --mean and --std the pixels' range is laid over the range of the model's input (8 bits), or "
      "over\n"
      "[-1, 1] (float). A picture that has the model's size already is neither cropped nor stretched.\n\n"
      "Examples:\n"
      "  linnet classify mobilenet_v2.tflite cat.jpg bird.png --labels imagenet_labels.txt\n"
      "  linnet classify torch_model.tflite cat.jpg --mean 123.675,116.28,103.53 --std 58.395,57.12,57.375");
  sub->callback([options, &result] { result = classify(*options); });
}

}  // namespace
}  // namespace cli

int main(int argc, char** argv) {
  CLI::App app("Runs int8, uint8 and float neural networks.", "linnet");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done; 1 unforeseen; 2 wrong usage; 3 a file cannot be read or written;\n"
      "4 the model is malformed or not supported; 5 the input does not fit the model;\n"
      "6 a tool for firmware is missing or fails; 7 an emulated core's output is not this machine's.\n\n"
      "A MODEL is a file, or an untrained int8 network by its name, as mobilenet_v2:1.0:224,\n"
      "mobilenet_v1:0.25:96:2 (width, resolution, classes) or squeezenet:1.1:224.\n\n"
      "Example:\n"
      "  linnet classify mobilenet_v2.tflite cat.jpg --labels imagenet_labels.txt");
  int result = cli::done;
  cli::add_info(app, result);
  cli::add_run(app, result);
  cli::add_compile(app, result);
  cli::add_classify(app, result);
  cli::add_bench(app, result);
  cli::add_compare(app, result);
  cli::add_conform(app, result);
  cli::add_operators(app, result);
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
