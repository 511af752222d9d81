# One static library per folder; headers lie beside their sources and are checked alone.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include)
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/include/tidemark SYMBOLIC)

# Off: what g++ 12 sees in inlined std::vector, std::string and std::optional and is not there (the
# sanitizers look for the real ones), and clang's dislike of a text as a condition.
add_library(tidemark_warnings INTERFACE)
target_compile_options(tidemark_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<BOOL:${TIDEMARK_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
    -Wno-restrict -Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-string-conversion>)

# tidemark_module(name HEADERS ... SOURCES ... PUBLIC targets... PRIVATE targets...)
function(tidemark_module name)
  cmake_parse_arguments(M "" "" "HEADERS;SOURCES;PUBLIC;PRIVATE" ${ARGN})
  set(target tidemark_${name})
  add_library(${target} STATIC ${M_SOURCES})
  add_library(tidemark::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${M_HEADERS})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
  target_link_libraries(${target} PUBLIC ${M_PUBLIC} PRIVATE ${M_PRIVATE} tidemark_warnings)
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()
