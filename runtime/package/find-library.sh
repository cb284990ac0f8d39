#!/bin/sh
# find-library.sh FOLDER: makes the loader find the libraries that `make install` put in FOLDER, or says how to do it.
set -eu

folder=$1
PATH=$PATH:/usr/sbin:/sbin

# Succeeds if the loader searches FOLDER without being told to. musl's loader has no list that could be read.
is_searched() {
    ldconfig -v -N -X 2>/dev/null | grep -q "^$folder:"
}

if ! is_searched; then
    echo "The loader does not search $folder. To find libprofile.so there, link programs with"
    echo "-Wl,-rpath,$folder or run them with LD_LIBRARY_PATH=$folder."
elif [ "$(id -u)" -eq 0 ]; then
    ldconfig
else
    echo "To find libprofile.so in $folder, the loader needs ldconfig, run by root."
fi
