// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <linnet/tensor/element_type.hpp>

/// TensorFlow Lite's file format: FlatBuffers with the identifier "TFL3", schema version 3. Field numbers and
/// enumerators are those of tensorflow/compiler/mlir/lite/schema/schema.fbs; only what linnet reads is
/// listed.
namespace linnet::inline LINNET_ISA::io::tflite {

inline constexpr std::string_view file_identifier = "TFL3";  ///< Bytes 4 to 7 of every file.
inline constexpr std::uint32_t schema_version = 3;           ///< What a file's version must be.

struct model_fields {
  static constexpr unsigned version = 0, operator_codes = 1, subgraphs = 2, buffers = 4;
};
struct operator_code_fields {
  static constexpr unsigned deprecated_builtin_code = 0, custom_code = 1, version = 2, builtin_code = 3;
};
struct subgraph_fields {
  static constexpr unsigned tensors = 0, inputs = 1, outputs = 2, operators = 3, name = 4;
};
struct tensor_fields {
  static constexpr unsigned shape = 0, type = 1, buffer = 2, name = 3, quantization = 4, is_variable = 5,
                            sparsity = 6, shape_signature = 7, has_rank = 8;
};
struct quantization_fields {
  static constexpr unsigned scale = 2, zero_point = 3, details_type = 4, details = 5, quantized_dimension = 6;
};
struct buffer_fields {
  static constexpr unsigned data = 0, offset = 1, size = 2;
};
struct operator_fields {
  static constexpr unsigned opcode_index = 0, inputs = 1, outputs = 2, options_type = 3, options = 4,
                            custom_options = 5;
};

struct conv2d_fields {
  static constexpr unsigned padding = 0, stride_w = 1, stride_h = 2, activation = 3, dilation_w = 4,
                            dilation_h = 5;
};
struct depthwise_fields {
  static constexpr unsigned padding = 0, stride_w = 1, stride_h = 2, depth_multiplier = 3, activation = 4,
                            dilation_w = 5, dilation_h = 6;
};
struct batch_matmul_fields {
  static constexpr unsigned adj_x = 0, adj_y = 1;
};
struct transpose_conv_fields {
  static constexpr unsigned padding = 0, stride_w = 1, stride_h = 2, activation = 3;
};
struct pool2d_fields {
  static constexpr unsigned padding = 0, stride_w = 1, stride_h = 2, filter_w = 3, filter_h = 4,
                            activation = 5;
};
struct fully_connected_fields {
  static constexpr unsigned activation = 0, weights_format = 1, keep_num_dims = 2, asymmetric = 3;
};
struct concatenation_fields {
  static constexpr unsigned axis = 0, activation = 1;
};
struct add_fields {  // sub, mul and div have the same
  static constexpr unsigned activation = 0;
};
struct leaky_relu_fields {
  static constexpr unsigned alpha = 0;
};
struct pack_fields {
  static constexpr unsigned values_count = 0, axis = 1;
};
struct unpack_fields {
  static constexpr unsigned num = 0, axis = 1;
};
struct gelu_fields {
  static constexpr unsigned approximate = 0;
};
struct mirror_pad_fields {
  static constexpr unsigned mode = 0;
};
struct resize_bilinear_fields {
  static constexpr unsigned align_corners = 2, half_pixel_centers = 3;
};
struct resize_nearest_fields {
  static constexpr unsigned align_corners = 0, half_pixel_centers = 1;
};
struct softmax_fields {
  static constexpr unsigned beta = 0;
};

struct svdf_fields {
  static constexpr unsigned rank = 0, activation = 1, asymmetric = 2;
};
struct lstm_fields {
  static constexpr unsigned activation = 0, cell_clip = 1, projection_clip = 2, time_major = 3,
                            asymmetric = 4;
};
struct strided_slice_fields {
  static constexpr unsigned begin_mask = 0, end_mask = 1, ellipsis_mask = 2, new_axis_mask = 3,
                            shrink_axis_mask = 4, offset = 5;
};

/// Which table an operator's options are (members of the union BuiltinOptions).
enum class options_type : std::uint8_t {
  none = 0,
  conv2d = 1,
  depthwise_conv2d = 2,
  pool2d = 5,
  svdf = 6,
  fully_connected = 8,
  softmax = 9,
  concatenation = 10,
  add = 11,
  resize_bilinear = 15,
  mul = 21,
  sub = 28,
  div = 29,
  strided_slice = 32,
  transpose_conv = 49,
  pack = 59,
  unpack = 64,
  unidirectional_sequence_lstm = 71,
  resize_nearest_neighbor = 74,
  leaky_relu = 75,
  mirror_pad = 77,
  batch_matmul = 101,
  gelu = 116
};

/// Padding.
enum class padding_kind : std::int8_t { same = 0, valid = 1 };

/// A clamp or function that an operator applies to its own result.
enum class fused_activation : std::int8_t { none, relu, relu_n1_to_1, relu6, tanh, sign_bit };

/// MirrorPadMode.
enum class mirror_mode : std::int8_t { reflect = 0, symmetric = 1 };

/// FullyConnectedOptionsWeightsFormat.
enum class weights_format : std::int8_t { plain = 0, shuffled4x16_int8 = 1 };

/// TensorType, by number.
inline constexpr std::array<std::string_view, 18> tensor_type_names{
    "FLOAT32", "FLOAT16", "INT32",      "UINT8",  "INT64",    "STRING",  "BOOL",   "INT16",  "COMPLEX64",
    "INT8",    "FLOAT64", "COMPLEX128", "UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4"};

/// The element type that a TensorType stands for, where linnet has it.
[[nodiscard]] constexpr std::optional<element_type> element_type_of_tensor(std::int8_t tensor_type) {
  switch (tensor_type) {
    case 0: return f32;
    case 1: return f16;
    case 2: return s32;
    case 3: return u8;
    case 4: return s64;
    case 7: return s16;
    case 9: return s8;
    case 17: return s4;
    default: return std::nullopt;
  }
}

}  // namespace linnet::inline LINNET_ISA::io::tflite
