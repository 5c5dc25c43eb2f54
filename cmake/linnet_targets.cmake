# SPDX-License-Identifier: MIT
# linnet::linnet (device rooms), linnet::hosted (everything) and linnet::capi (what is compiled once for programs in C).

set(LINNET_DEVICE_ROOMS config base tensor quantization graph planner kernels runtime models)
set(LINNET_HOSTED_ROOMS session quantizer io analysis capi)

# linnet_headers(<out> <room>...): the headers of the rooms, absolute.
function(linnet_headers out)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND "${PROJECT_SOURCE_DIR}/include/linnet/")
  list(TRANSFORM patterns APPEND "/*.hpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${patterns})
  set(${out} ${headers} PARENT_SCOPE)
endfunction()

function(linnet_add_interface target alias)
  add_library(${target} INTERFACE)
  add_library(linnet::${alias} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${alias})
  target_compile_features(${target} INTERFACE cxx_std_20)
  target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${ARGN})
  if(NOT PROJECT_IS_TOP_LEVEL)
    set_target_properties(${target} PROPERTIES SYSTEM ON)  # our warnings are not a user's business
  endif()
endfunction()

linnet_import_xsimd()
if(linnet_xsimd_missing)
  message(FATAL_ERROR "${linnet_xsimd_missing}")
endif()
linnet_headers(device_headers ${LINNET_DEVICE_ROOMS})
file(GLOB umbrella_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/linnet/*.hpp")
linnet_add_interface(linnet linnet ${device_headers} ${umbrella_headers})
target_link_libraries(linnet INTERFACE linnet::xsimd)

if(LINNET_HOSTED)
  linnet_headers(hosted_headers ${LINNET_HOSTED_ROOMS})
  linnet_add_interface(linnet_hosted hosted ${hosted_headers} "${PROJECT_SOURCE_DIR}/include/linnet/capi/linnet.h")
  target_link_libraries(linnet_hosted INTERFACE linnet)
  foreach(pair TFLITE:flatbuffers ONNX:onnx IMAGE:stb JSON:json)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 feature)
    list(GET pair 1 library)
    if(LINNET_WITH_${feature})
      cmake_language(CALL linnet_import_${library})
      if(linnet_${library}_missing)
        message(FATAL_ERROR "${linnet_${library}_missing}\nWithout it: -DLINNET_WITH_${feature}=OFF")
      endif()
      target_link_libraries(linnet_hosted INTERFACE linnet::${library})
    endif()
  endforeach()
  if(LINNET_WITH_ONNX)
    # <linnet/io/load.hpp> includes the reader of .onnx files, and with it protobuf, where this says so.
    target_compile_definitions(linnet_hosted INTERFACE LINNET_WITH_ONNX=1)
  endif()
  # The functions of <linnet/capi/linnet.h>: what links this compiles them. One target of a program does, or a shared
  # library for what loads one.
  add_library(linnet_capi INTERFACE)
  add_library(linnet::capi ALIAS linnet_capi)
  set_target_properties(linnet_capi PROPERTIES EXPORT_NAME capi)
  target_link_libraries(linnet_capi INTERFACE linnet_hosted)
  target_sources(linnet_capi INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/cmake/linnet_capi.cpp>"
    "$<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${CMAKE_INSTALL_DATADIR}/cmake/linnet/linnet_capi.cpp>")
endif()

# What linnet's own sources are built with; nothing of it reaches a user.
add_library(linnet_dev INTERFACE)
target_compile_options(linnet_dev INTERFACE -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror)
# g++ 12 sees overlapping copies in std::string where there are none (GCC bug 105651).
target_compile_options(linnet_dev INTERFACE
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>")
# A product and a sum are two roundings, at every level of optimization: the bits of floats depend on the source alone.
target_compile_options(linnet_dev INTERFACE -ffp-contract=off)
if(LINNET_NATIVE AND NOT CMAKE_CROSSCOMPILING)
  target_compile_options(linnet_dev INTERFACE -march=native)
endif()
