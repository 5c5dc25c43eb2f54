# SPDX-License-Identifier: MIT
# Cortex-M4F compiled by clang (19 where it is installed, else what is called clang++), with the headers, libraries and
# linker of arm-none-eabi-gcc.
include("${CMAKE_CURRENT_LIST_DIR}/cortex-m4.cmake")
set(LINNET_TOOLCHAIN_PROGRAMS arm-none-eabi-g++)  # which the compiler below does not do without
find_program(LINNET_CLANG NAMES clang++-19 clang++ clang++-18 clang++-17 clang++-16 clang++-15 clang++-14)
set(CMAKE_CXX_COMPILER clang++)
if(LINNET_CLANG)
  cmake_path(GET LINNET_CLANG FILENAME CMAKE_CXX_COMPILER)
endif()
string(REPLACE "++" "" CMAKE_C_COMPILER "${CMAKE_CXX_COMPILER}")
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})

# What the other compiler says of where things are for this core.
separate_arguments(core UNIX_COMMAND "${LINNET_CORE_FLAGS} -mthumb")
execute_process(COMMAND arm-none-eabi-g++ ${core} -E -v -x c++ /dev/null OUTPUT_QUIET ERROR_VARIABLE said)
string(REGEX REPLACE ".*search starts here:\n(.*)\nEnd of search list.*" "\\1" folders "${said}")
string(REGEX MATCHALL "[^ \n]+" folders "${folders}")
list(FILTER folders EXCLUDE REGEX "/lib/gcc/arm-none-eabi/[^/]*/include(-fixed)?$")  # clang has its own
set(CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES ${folders})
list(FILTER folders EXCLUDE REGEX "/c\\+\\+/")
set(CMAKE_C_STANDARD_INCLUDE_DIRECTORIES ${folders})
set(CMAKE_EXE_LINKER_FLAGS_INIT "")
foreach(library libc.a libgcc.a)
  execute_process(COMMAND arm-none-eabi-g++ ${core} -print-file-name=${library} OUTPUT_VARIABLE path
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  cmake_path(GET path PARENT_PATH folder)
  string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -L${folder}")
endforeach()

find_program(LINNET_ARM_LINKER arm-none-eabi-ld)
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " --ld-path=${LINNET_ARM_LINKER} -Wl,-z,noexecstack \
-Wno-unused-command-line-argument")
foreach(tool AR RANLIB NM OBJDUMP)
  string(TOLOWER ${tool} name)
  find_program(CMAKE_${tool} arm-none-eabi-${name})
endforeach()
foreach(language ASM C CXX)  # the other compiler's libraries have short enumerations
  string(PREPEND CMAKE_${language}_FLAGS_INIT "--target=arm-none-eabi -fshort-enums ")
endforeach()
