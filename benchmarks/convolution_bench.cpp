// SPDX-License-Identifier: MIT
// Layers of MobileNetV2 1.0 at 224, int8, one core: linnet's kernels beside oneDNN's in one run, with the
// ratio of their times. Machines drift: read the ratios, not the times.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/execute.hpp>

namespace {

struct layer {
  char const* name;
  std::int32_t size, input, output, kernel, stride;
  bool depthwise;
};

constexpr layer layers[] = {
    {"first 3x3 s2 224x224 3->32", 224, 3, 32, 3, 2, false},
    {"depthwise 3x3 112x112x32", 112, 32, 32, 3, 1, true},
    {"expand 1x1 112x112 16->96", 112, 16, 96, 1, 1, false},
    {"depthwise 3x3 s2 112x112x96", 112, 96, 96, 3, 2, true},
    {"project 1x1 28x28 192->32", 28, 192, 32, 1, 1, false},
    {"expand 1x1 14x14 96->576", 14, 96, 576, 1, 1, false},
    {"depthwise 3x3 14x14x576", 14, 576, 576, 3, 1, true},
    {"project 1x1 7x7 960->320", 7, 960, 320, 1, 1, false},
};

std::int32_t output_size(layer const& l) { return (l.size + l.stride - 1) / l.stride; }
std::int64_t macs(layer const& l) {
  std::int64_t const outputs = std::int64_t{output_size(l)} * output_size(l) * l.output;
  return outputs * l.kernel * l.kernel * (l.depthwise ? 1 : l.input);
}

template <class Problem>
Problem problem_of(layer const& l) {
  Problem p;
  p.activation = linnet::activation::relu6;
  p.input = {1, l.size, l.size, l.input};
  p.output = {1, output_size(l), output_size(l), l.output};
  p.kernel_height = p.kernel_width = l.kernel;
  p.stride_height = p.stride_width = l.stride;
  p.padding_top = p.padding_left = linnet::same_padding(l.size, l.kernel, l.stride, 1).before;
  p.input_quantization = {0.0235f, -128};
  p.output_quantization = {0.0235f, -128};
  return p;
}

template <class Problem>
void run_linnet(benchmark::State& state, layer const& l) {
  auto const problem = problem_of<Problem>(l);
  auto const chosen = linnet::kernels::select<linnet::arch::native>(problem);
  std::vector<std::byte> const weights(
      static_cast<std::size_t>(problem.taps() * l.output * (l.depthwise ? 1 : l.input)), std::byte{3});
  std::vector<std::byte> const bias(static_cast<std::size_t>(l.output) * 4);
  std::vector<float> const scales(static_cast<std::size_t>(l.output), 0.01f);
  std::vector<std::byte> packed(static_cast<std::size_t>(chosen.packed_bytes));
  std::vector<std::byte> scratch(static_cast<std::size_t>(chosen.scratch_bytes));
  std::vector<std::byte> const input(static_cast<std::size_t>(l.size * l.size * l.input), std::byte{5});
  std::vector<std::byte> output(static_cast<std::size_t>(output_size(l) * output_size(l) * l.output));
  linnet::kernel_call call;
  call.input = problem.input;
  call.output = problem.output;
  call.output_pixel_stride = l.output;
  auto const geometry = linnet::geometry_of(problem, call, linnet::s8);
  std::vector<linnet::kernels::input_row> window(static_cast<std::size_t>(geometry.window_entries()));
  linnet::kernels::with_tag<linnet::arch::native, Problem>(chosen, [&](auto tag) {
    pack(problem, linnet::kernels::constants{weights, bias, scales}, packed.data(), tag);
    with_descriptor<std::int32_t>(problem, [&](auto const& descriptor) {
      auto const memory = linnet::whole_memory(geometry, {input.data(), nullptr}, output.data(),
                                               packed.data(), scratch.data(), window.data());
      for (auto _ : state) {
        execute(descriptor, geometry, memory, linnet::all_rows, tag);
        benchmark::ClobberMemory();
      }
    });
  });
}

void run_onednn(benchmark::State& state, layer const& l) {
  using namespace dnnl;
  using tag = memory::format_tag;
  engine const cpu(engine::kind::cpu, 0);
  stream queue(cpu);
  memory::dim const out = output_size(l), groups = l.output;
  auto const padding = linnet::same_padding(l.size, l.kernel, l.stride, 1);
  memory::dims const weight_dims = l.depthwise ? memory::dims{groups, 1, 1, l.kernel, l.kernel}
                                               : memory::dims{l.output, l.input, l.kernel, l.kernel};
  memory::desc const source({1, l.input, l.size, l.size}, memory::data_type::u8, tag::nhwc);
  memory::desc const destination({1, l.output, out, out}, memory::data_type::u8, tag::nhwc);
  memory::desc const weights(weight_dims, memory::data_type::s8, tag::any);
  memory::desc const bias({l.output}, memory::data_type::s32, tag::x);
  convolution_forward::desc const wanted(prop_kind::forward_inference, algorithm::convolution_direct, source,
                                         weights, bias, destination, {l.stride, l.stride},
                                         {padding.before, padding.before}, {padding.after, padding.after});
  primitive_attr attributes;
  attributes.set_output_scales(1 << 1, std::vector<float>(static_cast<std::size_t>(l.output), 0.01f));
  convolution_forward::primitive_desc const made(wanted, attributes, cpu);
  memory in(source, cpu), w(made.weights_desc(), cpu), b(bias, cpu), result(destination, cpu);
  for (memory* m : {&in, &w, &b, &result}) {
    auto* const bytes = static_cast<unsigned char*>(m->get_data_handle());
    std::fill(bytes, bytes + m->get_desc().get_size(), static_cast<unsigned char>(m == &b ? 0 : 3));
  }
  convolution_forward const layer_primitive(made);
  for (auto _ : state) {
    layer_primitive.execute(
        queue, {{DNNL_ARG_SRC, in}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST, result}});
    queue.wait();
  }
}

/// Collects times by "library/layer" and prints the ratios behind the usual table.
class ratio_reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(std::vector<Run> const& runs) override {
    for (Run const& run : runs) times_[run.run_name.function_name] = run.GetAdjustedRealTime();
    ConsoleReporter::ReportRuns(runs);
  }
  void Finalize() override {
    std::printf("\n%-32s %10s %10s %8s\n", "layer", "linnet us", "oneDNN us", "ratio");
    for (layer const& l : layers) {
      double const ours = times_[std::string("linnet/") + l.name],
                   theirs = times_[std::string("oneDNN/") + l.name];
      if (ours > 0 && theirs > 0)
        std::printf("%-32s %10.1f %10.1f %8.2f\n", l.name, ours, theirs, ours / theirs);
    }
  }

 private:
  std::map<std::string, double> times_;
};

}  // namespace

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  for (layer const& l : layers) {
    auto const register_one = [&](std::string const& library, auto run) {
      benchmark::RegisterBenchmark((library + "/" + l.name).c_str(), [run, l](benchmark::State& state) {
        run(state, l);
        state.counters["MAC/s"] =
            benchmark::Counter(static_cast<double>(macs(l)), benchmark::Counter::kIsIterationInvariantRate);
      })->Unit(benchmark::kMicrosecond);
    };
    if (l.depthwise) {
      register_one("linnet", run_linnet<linnet::kernels::depthwise::problem>);
    } else {
      register_one("linnet", run_linnet<linnet::kernels::conv2d::problem>);
    }
    register_one("oneDNN", run_onednn);
  }
  ratio_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
