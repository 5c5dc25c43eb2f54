# SPDX-License-Identifier: MIT
# linnet_add_model(<target> FILE <model> [ARCH <architecture>] [POLICY <policy>] [ARENA_BUDGET <bytes>] [STREAM_INPUT]
#                  [SEARCH <effort>] [SLOWDOWN <percent>] [FAST_WEIGHTS <bytes>] [FOLD_CONSTANT_CHANNELS]
#                  [CALIBRATE <array.npy>...] [WEIGHTS <type>])
#
# Compiles a model (.tflite, .onnx, or the name of a composed network such as mobilenet_v2:0.35:96) into the
# library <target>: link it, include <target.hpp>, use linnet::model<target::graph, target::weights, target::planning>.
# ARCH names the architecture whose kernels read the weights (default: of the Cortex-M core that CMAKE_CXX_FLAGS name,
# elsewhere scalar); where it is not the one that the including source is compiled for, that source does not compile.
# CALIBRATE quantizes a float model to int8 first, its ranges being those that these samples of its input make.
# WEIGHTS stores the weights of float layers as f16, or as s8 (dynamic range).
# FOLD_CONSTANT_CHANNELS drops the channels of an int8 or uint8 model that are the same for every input; the outputs stay
# the same. Call it at file scope, not in a function: it enables the language ASM.
#
# The rest says how target::planning plans memory. POLICY: balanced (default of builds without an operating system: far
# less memory than layer by layer for little more time), layer_by_layer (default elsewhere), fastest, least_memory, within.
# ARENA_BUDGET: the bytes of `within`, which it implies; a model that needs more does not build, and what is said names
# the two tensors that fill the arena, and the bytes missing. STREAM_INPUT: rows of the only input come from a callback.
# SEARCH: looks for a smaller plan of POLICY least_memory by placing so many groupings (100 take some seconds); the plan
# stands in the header, and the compiler that builds the firmware checks it. SLOWDOWN: such a plan may cost so many
# percent of instructions more than layer by layer, by estimate, and not any number. Builds without an operating system
# search for a slowdown of 15 where neither is given; SEARCH 0 leaves the planning to the compiler, whatever it costs.
#
# FAST_WEIGHTS: so many bytes of weights, those that the plan reads most often, go to the section
# .rodata.fast.<target>_weights_fast, for the linker script to place.
#
# The command linnet does the work. It is LINNET_HOST_COMMAND where that is set, else the installed or built target
# linnet::cli; a cross build from linnet's sources builds one for the host, once.
macro(linnet_add_model target)
  if(NOT CMAKE_ASM_COMPILER_LOADED)
    enable_language(ASM)
  endif()
  linnet_add_model_library(${target} ${ARGN})
endmacro()

function(linnet_add_model_library target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STREAM_INPUT;FOLD_CONSTANT_CHANNELS" "FILE;ARCH;POLICY;ARENA_BUDGET;SEARCH;SLOWDOWN;FAST_WEIGHTS;WEIGHTS" "CALIBRATE")
  if(NOT arg_FILE OR arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "usage: linnet_add_model(<target> FILE <model> [ARCH <architecture>] [POLICY <policy>] \
[ARENA_BUDGET <bytes>] [STREAM_INPUT] [SEARCH <effort>] [SLOWDOWN <percent>] [FAST_WEIGHTS <bytes>] \
[FOLD_CONSTANT_CHANNELS] [CALIBRATE <array>...] [WEIGHTS <type>])")
  endif()
  set(plan "")  # the command says what is wrong with these
  if(NOT DEFINED arg_POLICY AND NOT DEFINED arg_ARENA_BUDGET AND CMAKE_SYSTEM_NAME STREQUAL "Generic")
    set(arg_POLICY balanced)
  endif()
  if(DEFINED arg_POLICY)
    list(APPEND plan --policy "${arg_POLICY}")
  endif()
  if(DEFINED arg_ARENA_BUDGET)
    list(APPEND plan --budget "${arg_ARENA_BUDGET}")
  endif()
  if(arg_POLICY STREQUAL "least_memory" AND NOT DEFINED arg_SEARCH AND NOT DEFINED arg_SLOWDOWN
     AND CMAKE_SYSTEM_NAME STREQUAL "Generic")
    set(arg_SLOWDOWN 15)
  endif()
  if(DEFINED arg_SLOWDOWN)
    list(APPEND plan --slowdown "${arg_SLOWDOWN}")
  endif()
  if(DEFINED arg_SEARCH)
    list(APPEND plan --search "${arg_SEARCH}")
  endif()
  if(DEFINED arg_FAST_WEIGHTS)
    list(APPEND plan --fast-weights "${arg_FAST_WEIGHTS}")
  endif()
  if(DEFINED arg_WEIGHTS)
    list(APPEND plan --weights "${arg_WEIGHTS}")
  endif()
  if(arg_STREAM_INPUT)
    list(APPEND plan --stream-input)
  endif()
  if(arg_FOLD_CONSTANT_CHANNELS)
    list(APPEND plan --fold-constant-channels)
  endif()
  if(NOT arg_ARCH)
    linnet_find_architecture(arg_ARCH)
  endif()
  set(model "${arg_FILE}")
  set(depends "")
  cmake_path(ABSOLUTE_PATH arg_FILE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE file)
  if(EXISTS "${file}")
    set(model "${file}")
    set(depends "${file}")
  elseif(NOT arg_FILE MATCHES "^[a-z0-9_]+:")  # no composed network either
    message(FATAL_ERROR "linnet_add_model(${target}): there is no file ${file}")
  endif()
  set(calibrate "")
  foreach(array ${arg_CALIBRATE})
    cmake_path(ABSOLUTE_PATH array BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND calibrate --calibrate "${array}")
    list(APPEND depends "${array}")
  endforeach()
  linnet_find_command(command command_depends)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/linnet_models")
  set(stem "${folder}/${target}")
  add_custom_command(
    OUTPUT "${stem}.hpp" "${stem}.S" "${stem}.bin"
    COMMAND ${command} compile "${model}" --name ${target} --arch ${arg_ARCH} --output "${folder}"
            ${plan} ${calibrate}
    DEPENDS ${depends} ${command_depends}
    COMMENT "Compiling the model ${target} for ${arg_ARCH}"
    VERBATIM)
  set_source_files_properties("${stem}.S" PROPERTIES OBJECT_DEPENDS "${stem}.bin" INCLUDE_DIRECTORIES "${folder}")
  add_library(${target} STATIC "${stem}.S" "${stem}.hpp")
  target_include_directories(${target} INTERFACE "${folder}")
  target_link_libraries(${target} INTERFACE linnet::linnet)
endfunction()

# linnet_find_architecture(<variable>): the tag of include/linnet/config/arch.hpp that CMAKE_CXX_FLAGS select for a
# Cortex-M core; scalar elsewhere, whose kernels run everywhere.
function(linnet_find_architecture variable)
  set(${variable} scalar PARENT_SCOPE)
  if(NOT CMAKE_CROSSCOMPILING OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "arm")
    return()
  endif()
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS}")
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${flags} -dM -E -x c++ /dev/null OUTPUT_VARIABLE macros
                  RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "linnet_add_model: ${CMAKE_CXX_COMPILER} does not say what it compiles for: give ARCH")
  elseif(NOT macros MATCHES "__ARM_ARCH_PROFILE (77|'M')")
    return()
  elseif(macros MATCHES "__ARM_FEATURE_MVE [13]")
    set(${variable} arm_mve PARENT_SCOPE)
  elseif(macros MATCHES "__ARM_FEATURE_DSP 1")
    set(${variable} arm_dsp PARENT_SCOPE)
  endif()
endfunction()

# linnet_find_command(<command> <depends>): how to run the command linnet on this machine.
function(linnet_find_command command depends)
  if(LINNET_HOST_COMMAND)
    set(${command} "${LINNET_HOST_COMMAND}" PARENT_SCOPE)
    set(${depends} "${LINNET_HOST_COMMAND}" PARENT_SCOPE)
  elseif(TARGET linnet::cli)
    set(${command} $<TARGET_FILE:linnet::cli> PARENT_SCOPE)
    set(${depends} linnet::cli PARENT_SCOPE)
  elseif(CMAKE_CROSSCOMPILING AND EXISTS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../examples/cli/main.cpp")
    linnet_build_host_command()
    set(${command} "${CMAKE_BINARY_DIR}/linnet_host/linnet_compiler" PARENT_SCOPE)
    set(${depends} "${CMAKE_BINARY_DIR}/linnet_host/linnet_compiler" linnet_host PARENT_SCOPE)
  else()
    message(FATAL_ERROR "linnet_add_model needs the command linnet: set LINNET_HOST_COMMAND, install linnet with its \
command, or give its build CLI11 and nlohmann-json (on Debian: apt-get install libcli11-dev nlohmann-json3-dev)")
  endif()
endfunction()

# The target linnet_host: linnet's own sources built for this machine, whatever the project is built for; of the command
# only what compiles models.
function(linnet_build_host_command)
  if(TARGET linnet_host)
    return()
  endif()
  set(folder "${CMAKE_BINARY_DIR}/linnet_host")
  set(clean ${CMAKE_COMMAND} -E env --unset=CC --unset=CXX --unset=CFLAGS --unset=CXXFLAGS --unset=LDFLAGS)
  set(formats "")  # what this build does not read, that one need not
  foreach(format TFLITE ONNX IMAGE JSON)
    if(DEFINED LINNET_WITH_${format})
      list(APPEND formats -DLINNET_WITH_${format}=${LINNET_WITH_${format}})
    endif()
  endforeach()
  add_custom_command(
    OUTPUT "${folder}/linnet_compiler"
    COMMAND ${clean} ${CMAKE_COMMAND} -S "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/.." -B "${folder}" -G "${CMAKE_GENERATOR}"
            "-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O1 -DLINNET_BUILD_TESTS=OFF
            -DLINNET_BUILD_BENCHMARKS=OFF -DLINNET_INSTALL=OFF ${formats}
    COMMAND ${CMAKE_COMMAND} --build "${folder}" --target linnet_compiler --parallel
    COMMENT "Building linnet_compiler for this machine"
    VERBATIM)
  add_custom_target(linnet_host DEPENDS "${folder}/linnet_compiler")
endfunction()
