# SPDX-License-Identifier: MIT
# The libraries linnet's headers include, as imported targets. Read by linnet's own build and by the installed
# package alike, so that both find them in one way.

# linnet_import(<name> HEADER <header> PACKAGE <Debian package> [LIBRARY <library>])
# Makes the target linnet::<name>; where something is not found, linnet_<name>_missing says in words what.
# The search needs no CMake package of the library: headers are the same for every target processor, and a cross
# build would not be shown a package of the host.
function(linnet_import name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;PACKAGE;LIBRARY" "")
  set(linnet_${name}_missing "" PARENT_SCOPE)
  if(TARGET linnet::${name})
    return()
  endif()
  string(TOUPPER ${name} upper)
  find_path(LINNET_${upper}_INCLUDE_DIR ${arg_HEADER} PATHS /usr/include /usr/local/include
            NO_CMAKE_FIND_ROOT_PATH)
  mark_as_advanced(LINNET_${upper}_INCLUDE_DIR)
  set(lost "")
  if(NOT LINNET_${upper}_INCLUDE_DIR)
    set(lost "the header <${arg_HEADER}>")
  endif()
  if(arg_LIBRARY)
    find_library(LINNET_${upper}_LIBRARY ${arg_LIBRARY})
    mark_as_advanced(LINNET_${upper}_LIBRARY)
    if(NOT LINNET_${upper}_LIBRARY)
      set(lost "the library ${arg_LIBRARY}")
    endif()
  endif()
  if(lost)
    set(linnet_${name}_missing "linnet did not find ${lost} (on Debian: apt-get install ${arg_PACKAGE}; \
elsewhere set LINNET_${upper}_INCLUDE_DIR)" PARENT_SCOPE)
    return()
  endif()
  set(include_dir "${LINNET_${upper}_INCLUDE_DIR}")
  if(CMAKE_CROSSCOMPILING)
    # The folder around the header may be the host's /usr/include: show the cross compiler the library alone.
    linnet_isolate("${include_dir}" ${arg_HEADER} "${CMAKE_CURRENT_BINARY_DIR}/linnet_${name}" include_dir)
  endif()
  add_library(linnet::${name} INTERFACE IMPORTED GLOBAL)
  set_target_properties(linnet::${name} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${include_dir}")
  if(arg_LIBRARY)
    set_target_properties(linnet::${name} PROPERTIES INTERFACE_LINK_LIBRARIES "${LINNET_${upper}_LIBRARY}")
  endif()
endfunction()

# linnet_isolate(<include dir> <header> <folder> <out>): a folder that holds a link to the header's own top
# folder and nothing else.
function(linnet_isolate include_dir header folder out)
  string(REGEX REPLACE "/.*" "" top ${header})
  file(MAKE_DIRECTORY "${folder}")
  file(CREATE_LINK "${include_dir}/${top}" "${folder}/${top}" SYMBOLIC)
  set(${out} "${folder}" PARENT_SCOPE)
endfunction()

macro(linnet_import_xsimd)
  linnet_import(xsimd HEADER xsimd/config/xsimd_arch.hpp PACKAGE libxsimd-dev)
endmacro()
macro(linnet_import_flatbuffers)
  linnet_import(flatbuffers HEADER flatbuffers/flatbuffers.h PACKAGE libflatbuffers-dev)
endmacro()
macro(linnet_import_onnx)
  linnet_import(protobuf HEADER google/protobuf/message.h LIBRARY protobuf PACKAGE libprotobuf-dev)
  linnet_import(onnx HEADER onnx/onnx_pb.h LIBRARY onnx_proto PACKAGE libonnx-dev)
  if(linnet_protobuf_missing)
    set(linnet_onnx_missing "${linnet_protobuf_missing}")
  elseif(NOT linnet_onnx_missing)
    # <onnx/onnx_pb.h> chooses by ONNX_ML which generated header it includes; Debian has this one.
    set_property(TARGET linnet::onnx PROPERTY INTERFACE_COMPILE_DEFINITIONS ONNX_ML=1)
    set_property(TARGET linnet::onnx APPEND PROPERTY INTERFACE_LINK_LIBRARIES linnet::protobuf)
  endif()
endmacro()
macro(linnet_import_stb)  # the library holds the compiled bodies: no header of linnet has to
  linnet_import(stb HEADER stb/stb_image.h LIBRARY stb PACKAGE libstb-dev)
endmacro()
macro(linnet_import_json)
  linnet_import(json HEADER nlohmann/json.hpp PACKAGE nlohmann-json3-dev)
endmacro()
