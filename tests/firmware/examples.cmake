# SPDX-License-Identifier: MIT
# The applications of examples/firmware on boards that hear and see what the collection holds. Nothing of it is copied:
# assembly includes ranges of its files, and headers are made of its labels.

# linnet_include_bytes(<source> <symbol>:<file>:<first>:<count>...): assembly that defines each symbol with so many bytes
# of a file; where it is empty, they are more of the symbol before.
function(linnet_include_bytes source)
  set(text "    .section .rodata.inputs, \"a\"\n")
  set(files "")
  foreach(range ${ARGN})
    string(REPLACE ":" ";" range "${range}")
    list(GET range 0 symbol)
    list(GET range 1 file)
    list(GET range 2 first)
    list(GET range 3 count)
    if(symbol)
      string(APPEND text "    .balign 4\n    .global ${symbol}\n${symbol}:\n")
    endif()
    string(APPEND text "    .incbin \"${file}\", ${first}, ${count}\n")
    list(APPEND files "${file}")
  endforeach()
  file(CONFIGURE OUTPUT "${source}" CONTENT "${text}" @ONLY)
  list(REMOVE_DUPLICATES files)
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()

# linnet_read_row(<variable> <file> <row>): the cells of a table's row as a list; its names are row -1.
function(linnet_read_row variable file row)
  file(STRINGS "${file}" rows)
  math(EXPR row "${row} + 1")
  list(GET rows ${row} cells)
  string(REPLACE "," ";" cells "${cells}")
  set(${variable} "${cells}" PARENT_SCOPE)
endfunction()

# linnet_write_recordings(<folder>): recordings.hpp and recordings.S, of some seconds of which each has another word
# than the one before. The reference is right about all of them.
function(linnet_write_recordings folder)
  set(sound "${LINNET_ZOO}/data/kws01")
  set(reference "${LINNET_ZOO}/golden/kws_real")
  set(chosen 0 1 2 3 4 5 7 8 44 12 14 10 0)
  set(words "")
  set(recordings "")
  set(scores "")
  set(symbol recordings)
  set(of_scores reference_scores)
  foreach(i ${chosen})
    linnet_read_row(cells "${sound}/labels.csv" ${i})
    list(GET cells 1 origin)
    list(GET cells 2 label)
    linnet_read_row(cells "${reference}/first_500_pred.csv" ${i})
    list(GET cells 2 predicted)
    if(NOT predicted EQUAL label OR NOT origin MATCHES "^tst_[0-9]+_([A-Z][a-z]+)_[0-9]+\\.bin$")
      message(FATAL_ERROR "${sound}: recording ${i} (${origin}) is not what it was: choose another")
    endif()
    set(word "${CMAKE_MATCH_1}")
    if(NOT word MATCHES "^(Silence|Unknown)$")
      string(APPEND words "heard ${word}\\n")
    endif()
    math(EXPR first_feature "${i} * 490")
    math(EXPR first_score "${i} * 12")
    list(APPEND recordings "${symbol}:${sound}/mfcc_int8.bin:${first_feature}:490")
    list(APPEND scores "${of_scores}:${reference}/first_500_out.bin:${first_score}:12")
    set(symbol "")
    set(of_scores "")
  endforeach()
  list(LENGTH chosen count)
  linnet_include_bytes("${folder}/recordings.S" ${recordings} ${scores})
  file(CONFIGURE OUTPUT "${folder}/recordings.hpp" CONTENT "#pragma once
#include <cstddef>
#include <cstdint>
inline constexpr std::size_t recording_count = @count@;
inline constexpr char expected_words[] = \"@words@\";
extern \"C\" std::int8_t const recordings[recording_count][490], reference_scores[recording_count][12];
" @ONLY)
endfunction()

# linnet_write_pictures(<folder>): pictures.hpp and pictures.S, of some pictures with and without persons, about which
# the network is right.
function(linnet_write_pictures folder)
  set(chosen 2 0 3 8 5 6)
  set(persons "")
  set(pictures "")
  set(symbol pictures)
  foreach(i ${chosen})
    linnet_read_row(cells "${LINNET_ZOO}/data/coco_person/labels.csv" ${i})
    list(GET cells 6 person)
    if(person)
      string(APPEND persons "a person\\n")
    else()
      string(APPEND persons "nobody\\n")
    endif()
    math(EXPR first "${i} * 27648")
    list(APPEND pictures "${symbol}:${LINNET_ZOO}/data/coco_person/images_96_u8.bin:${first}:27648")
    set(symbol "")
  endforeach()
  string(APPEND persons "nobody\\n")  # of noise
  list(LENGTH chosen count)
  linnet_include_bytes("${folder}/pictures.S" ${pictures}
                       "noise_scores:${LINNET_ZOO}/golden/models/mlperf_tiny__vww_96_int8/seed1.out.bin:0:2")
  file(CONFIGURE OUTPUT "${folder}/pictures.hpp" CONTENT "#pragma once
#include <cstddef>
#include <cstdint>
inline constexpr std::size_t picture_count = @count@;
inline constexpr char expected_persons[] = \"@persons@\";
inline constexpr std::uint32_t noise_seed = 1;
extern \"C\" std::uint8_t const pictures[picture_count][96 * 96 * 3];
extern \"C\" std::int8_t const noise_scores[2];
" @ONLY)
endfunction()

# linnet_add_example_test(<application> <board> <inputs> <option of linnet_add_firmware_test>...): the application with a
# board that gives it these inputs, run; and its image read.
function(linnet_add_example_test application board inputs)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/examples")
  linnet_add_firmware_test(${application} ${board}.cpp "${folder}/${inputs}.S" ${ARGN})
  target_include_directories(${application} PRIVATE "${folder}")
  target_link_libraries(${application} PRIVATE example_${application})
  linnet_add_image_test(${application})
endfunction()

linnet_write_recordings("${CMAKE_CURRENT_BINARY_DIR}/examples")
linnet_write_pictures("${CMAKE_CURRENT_BINARY_DIR}/examples")
set(LINNET_KEYWORD_MODEL "${LINNET_ZOO}/models/tflite/mlperf_tiny/kws_ref_model.tflite")
set(LINNET_PERSON_MODEL "${LINNET_ZOO}/models/tflite/mlperf_tiny/vww_96_int8.tflite")
add_subdirectory("${PROJECT_SOURCE_DIR}/examples/firmware" examples)
linnet_add_example_test(listen sound_board recordings)
linnet_add_example_test(listen_in_c sound_board recordings)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")  # to which main is a C++ function like any other in a freestanding program
  target_link_options(listen_in_c PRIVATE -Wl,--defsym=_Z4mainv=main)
endif()
# The timer counts emulated instructions, and none while the program sleeps. A row comes every 1.6 million of them at most:
# time enough for a network in scalar code, which does not compute equally long for each.
linnet_add_example_test(watch camera_board pictures EMULATOR -icount shift=0,sleep=off)
target_compile_definitions(watch PRIVATE LINNET_TICKS_A_ROW=40000)
