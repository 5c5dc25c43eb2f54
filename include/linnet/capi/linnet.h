// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>
#include <stdint.h>

// Sessions for programs in C99 and for what calls C: a test harness of another toolchain loads a model file,
// fills its inputs, runs it, and takes its outputs and those of every layer.
//
// Somebody compiles the bodies, in C++20: the target linnet::capi, or one source that includes
// <linnet/capi/implementation.hpp>.
//
// Every function that can fail says how it ended, and why in `error`, which may be null. No C++ exception
// leaves a function. There are no globals: one session is used by one thread at a time, different ones at the
// same time.

#ifdef __cplusplus
extern "C" {
#endif

/// How a call ended. The numbers stay.
typedef enum linnet_status {
  linnet_ok = 0,
  linnet_file_not_readable = 1,  // does not exist, or the system refuses
  linnet_file_not_writable = 2,
  linnet_malformed = 3,       // truncated, or bytes that no valid file has
  linnet_not_supported = 4,   // valid, but linnet has no operator, type or version for it
  linnet_invalid_graph = 5,   // shapes, quantization or wiring that make no sense
  linnet_too_large = 6,       // exceeds a stated limit
  linnet_wrong_argument = 7,  // a null pointer, an index out of range, what does not fit the model
  linnet_out_of_memory = 8,
  linnet_unforeseen = 9  // an exception that no other number stands for; `message` is its text
} linnet_status;

enum { linnet_message_size = 1024, linnet_max_rank = 6 };

/// Why a call failed. Where it succeeded, `linnet_ok` and an empty message.
typedef struct linnet_error {
  linnet_status status;               ///< never linnet_ok after a failure
  char message[linnet_message_size];  ///< names file, node and tensor; ends in 0; cut where it is too long
} linnet_error;

/// What one element of a tensor is: s signed, u unsigned, f IEEE binary float, bf16 the upper half of an f32;
/// s4, s2 (ternary) and s1 (binary) are packed, low bits first. The numbers stay.
typedef enum linnet_type {
  linnet_f32 = 0,
  linnet_f16 = 1,
  linnet_bf16 = 2,
  linnet_s64 = 3,
  linnet_s32 = 4,
  linnet_s16 = 5,
  linnet_s8 = 6,
  linnet_u8 = 7,
  linnet_s4 = 8,
  linnet_s2 = 9,
  linnet_s1 = 10
} linnet_type;

/// A tensor: elements in row-major order, side by side, in the byte order of this machine.
typedef struct linnet_tensor {
  char const* name;                  ///< never null
  linnet_type type;                  ///< of each element
  int32_t rank;                      ///< 0 to linnet_max_rank
  int32_t extents[linnet_max_rank];  ///< outermost first; 1 beyond the rank
  float scale;                       ///< an element q stands for scale * (q - zero_point); 0: not quantized
  int32_t zero_point;                ///< the stored integer that means 0
  void* data;                        ///< the elements
  size_t size;                       ///< bytes
} linnet_tensor;

/// A network ready to run, with memory of its own.
typedef struct linnet_session linnet_session;

/// Reads a model file (.tflite, .onnx) and makes it ready to run. `*session` is null where that fails, else
/// it is to be given to linnet_free. Fails with any status but linnet_file_not_writable.
linnet_status linnet_load(char const* path, linnet_session** session, linnet_error* error);

/// The same with the bytes of such a file, which are copied. `name` is for messages, and says by its end
/// (.onnx) that they are ONNX.
linnet_status linnet_load_bytes(void const* bytes, size_t size, char const* name, linnet_session** session,
                                linnet_error* error);

/// Whose way of rounding integer operators compute in, where the policy in the file's operators is not to
/// hold. The numbers stay.
typedef enum linnet_rounding {
  linnet_rounding_of_model = 0,  // each operator's own
  linnet_double_rounding = 1,    // TensorFlow Lite's and its micro runtime's reference kernels
  linnet_single_rounding = 2,    // TensorFlow Lite built with TFLITE_SINGLE_ROUNDING
  linnet_float_half_even = 3,    // multiplies by a float, ties to even: XNNPACK, ONNX Runtime
  linnet_float_half_away = 4,    // the same, ties away from zero
  linnet_shift_half_up = 5,      // powers of two only: a shift, ties up
  linnet_shift_half_even = 6,    // ties to even
  linnet_shift_half_away = 7,    // ties away from zero
  linnet_reduced_multiplier = 8  // 16-bit activations with 64-bit sums
} linnet_rounding;

/// How memory is planned. The numbers stay.
typedef enum linnet_memory_policy {
  linnet_layer_by_layer = 0,  // whole tensors, the fewest steps
  linnet_fastest = 1,         // in strips of rows that stay near the processor
  linnet_within = 2,          // inside `budget` bytes: the fewest times that weights are read again
  linnet_least_memory = 3     // the smallest arena: rows of as many nodes together as that takes
} linnet_memory_policy;

/// How a session is made. All zeros but `size`: as linnet_load does.
typedef struct linnet_options {
  size_t size;           // sizeof(linnet_options), so that later versions may add members
  int32_t rounding;      ///< a linnet_rounding
  int32_t policy;        ///< a linnet_memory_policy
  int64_t budget;        ///< of linnet_within: bytes of arena
  int64_t memory_limit;  ///< bytes of arena and packed weights together; 0: 2^30
  int32_t stream_input;  ///< not 0: rows of the only input come by linnet_run_rows
} linnet_options;

/// linnet_load and linnet_load_bytes with options. Fail with linnet_wrong_argument, too, where a number of
/// the options is none that this version knows, and with linnet_too_large where no plan fits the budget.
linnet_status linnet_load_with(char const* path, linnet_options const* options, linnet_session** session,
                               linnet_error* error);
linnet_status linnet_load_bytes_with(void const* bytes, size_t size, char const* name,
                                     linnet_options const* options, linnet_session** session,
                                     linnet_error* error);

/// Ends a session, and with it all that it described. Null is allowed.
void linnet_free(linnet_session* session);

/// How many inputs, outputs and layers there are; 0 where the session is null. Layers are the nodes of
/// linnet's graph: those of a .tflite file are its operators, in its order.
size_t linnet_input_count(linnet_session const* session);
size_t linnet_output_count(linnet_session const* session);
size_t linnet_layer_count(linnet_session const* session);

/// Bytes that activations and scratch take, as planned; 0 where the session is null.
size_t linnet_arena_bytes(linnet_session const* session);

/// Describes input `index`. Name and data stay where they are as long as the session. A run may overwrite the
/// inputs: fill them before every one. A streamed input has no data. Fails with linnet_wrong_argument.
linnet_status linnet_input(linnet_session* session, size_t index, linnet_tensor* input, linnet_error* error);

/// Describes output `index`, which holds what the last run computed. Name and data stay where they are as
/// long as the session. Fails with linnet_wrong_argument.
linnet_status linnet_output(linnet_session* session, size_t index, linnet_tensor* output,
                            linnet_error* error);

/// Computes the outputs. Fails with linnet_wrong_argument where the session is null or its input streamed.
linnet_status linnet_run(linnet_session* session, linnet_error* error);

/// Makes what lives on between runs (of SVDF and LSTM) what it was before the first: a new sequence begins.
/// Fails with linnet_wrong_argument where the session is null.
linnet_status linnet_reset(linnet_session* session, linnet_error* error);

/// Brings row `row` of a streamed input, rows 0, 1, ... in order: fills `size` bytes at `data`. `context` is
/// what the run was given. It may not run or free the session.
typedef void (*linnet_row_source)(void* context, int32_t row, void* data, size_t size);

/// Computes the outputs of a session with a streamed input from rows that `source` brings when they are
/// needed. Fails with linnet_wrong_argument (null pointers but `context`, or an input that is not streamed).
linnet_status linnet_run_rows(linnet_session* session, linnet_row_source source, void* context,
                              linnet_error* error);

/// What a layer made. Everything is valid during the call of the observer only, and not to be written to.
typedef struct linnet_layer {
  size_t index;                 ///< 0, 1, ... in the order of the run
  char const* operator_name;    ///< "conv2d", "depthwise_conv2d", "dense", ...
  int32_t source;               ///< index of the operator in the file; -1 where none is
  linnet_tensor const* output;  ///< what the layer made
} linnet_layer;

/// Called after each layer of a run, with the `context` that the run was given. It may not run or free the
/// session.
typedef void (*linnet_observer)(void* context, linnet_layer const* layer);

/// Runs and calls `observe` after each layer. Fails with linnet_wrong_argument (null pointers; `context` may
/// be null; a streamed input) or linnet_out_of_memory.
linnet_status linnet_run_observed(linnet_session* session, linnet_observer observe, void* context,
                                  linnet_error* error);

/// Runs and writes the output of each layer to `folder`/NNN_operator.npy, NNN its index, as `linnet run
/// --dump` does; makes the folder. Fails with linnet_file_not_writable, linnet_not_supported (a type that
/// NumPy does not have), linnet_wrong_argument or linnet_out_of_memory; the outputs are those of the run even
/// where a file could not be written, but not where the folder could not be made.
linnet_status linnet_run_dumping(linnet_session* session, char const* folder, linnet_error* error);

#ifdef __cplusplus
}
#endif
