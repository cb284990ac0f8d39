# ProfileConfig.cmake - the package that find_package(Profile) finds.
#
#     target_profile(TARGET [LINK | LINK_STATIC])
#
# compiles the C and C++ sources of TARGET with the flags that `profile --cflags` prints for their compilers, and Fortran
# sources with -g -finstrument-functions. `profile` preloads the runtime, so nothing needs to be linked. LINK and
# LINK_STATIC link the library all the same: a static program needs that.
#
#     Profile_EXECUTABLE, Profile_STATS_EXECUTABLE    paths of the commands
#     Profile::profile, Profile::profile_static       the library, shared and static

get_filename_component(_profile_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(Profile_EXECUTABLE "${_profile_prefix}/bin/profile")
set(Profile_STATS_EXECUTABLE "${_profile_prefix}/bin/stats")

if(NOT TARGET Profile::profile)
    add_library(Profile::profile SHARED IMPORTED)
    set_target_properties(Profile::profile PROPERTIES
        IMPORTED_LOCATION "${_profile_prefix}/lib/libprofile.so"
        IMPORTED_SONAME libprofile.so)
    add_library(Profile::profile_static STATIC IMPORTED)
    set_target_properties(Profile::profile_static PROPERTIES
        IMPORTED_LOCATION "${_profile_prefix}/lib/libprofile.a")
endif()

# Sets RESULT to the flags for COMPILER, a list.
function(_profile_flags compiler result)
    execute_process(COMMAND "${Profile_EXECUTABLE}" --cflags --cc "${compiler}"
        OUTPUT_VARIABLE line ERROR_VARIABLE problem RESULT_VARIABLE status OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "target_profile: ${problem}")
    endif()
    separate_arguments(flags UNIX_COMMAND "${line}")
    set(${result} "${flags}" PARENT_SCOPE)
endfunction()

function(target_profile target)
    cmake_parse_arguments(PARSE_ARGV 1 asked "LINK;LINK_STATIC" "" "")
    if(asked_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "target_profile: ${asked_UNPARSED_ARGUMENTS} is neither LINK nor LINK_STATIC")
    endif()
    foreach(language C CXX)
        if(CMAKE_${language}_COMPILER)
            _profile_flags("${CMAKE_${language}_COMPILER}" flags)
            target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:${language}>:${flags}>")
        endif()
    endforeach()
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:Fortran>:-g;-finstrument-functions>")
    if(asked_LINK)
        target_link_libraries(${target} PRIVATE Profile::profile)
    elseif(asked_LINK_STATIC)
        target_link_libraries(${target} PRIVATE Profile::profile_static)
    endif()
endfunction()
