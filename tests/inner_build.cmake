# SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.25)
# Configures SOURCE with TOOLCHAIN into BINARY, builds, runs its tests. The toolchain's file names its compiler
# and its emulator: where one of them is not installed the test is skipped, unless LINNET_REQUIRE_TOOLCHAINS is
# set in the environment (tests/run.sh sets it: it has installed them).
set(CMAKE_SYSTEM_NAME "")
include("${TOOLCHAIN}")
list(GET CMAKE_CROSSCOMPILING_EMULATOR 0 emulator)
foreach(program ${CMAKE_CXX_COMPILER} ${LINNET_TOOLCHAIN_PROGRAMS} ${emulator})
  find_program(${program}_path ${program})
  if(NOT ${program}_path)
    if(DEFINED ENV{LINNET_REQUIRE_TOOLCHAINS})
      message(FATAL_ERROR "${program} is not installed")
    endif()
    message(STATUS "SKIPPED: ${program} is not installed")
    return()
  endif()
endforeach()

find_program(ninja ninja REQUIRED)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BINARY} -G Ninja -DCMAKE_MAKE_PROGRAM=${ninja}
          --toolchain ${TOOLCHAIN} -DCMAKE_BUILD_TYPE=Release ${OPTIONS}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY} --parallel 2 COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${BINARY} --output-on-failure --no-tests=error
                COMMAND_ERROR_IS_FATAL ANY)
