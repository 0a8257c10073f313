#!/bin/sh
# Installs Windowsill for this user: a virtual environment, the package from this checkout, and its registration with
# the browsers. Every write of its own is printed; --dry-run prints them and writes nothing.
set -eu

usage='usage: install.sh [--dry-run] [--prefix DIR] [-- OPTIONS OF windowsill install]'
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
prefix=${XDG_DATA_HOME:-$HOME/.local/share}/windowsill/venv
dry_run=no

while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --prefix)
      [ $# -ge 2 ] || { echo "$usage" >&2; exit 2; }
      prefix=$2
      shift
      ;;
    --) shift; break ;;
    -h | --help) echo "$usage"; exit 0 ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
  shift
done

case $prefix in
  /*) ;;
  *) echo "install.sh: --prefix must be an absolute path" >&2; exit 2 ;;
esac

python=${PYTHON:-python3}
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "install.sh: Python 3.11 or newer with its venv module is needed (Debian: apt install python3-venv)" >&2
  exit 1
fi

# llama.cpp's AMX code, compiled by GCC 12 or older, faults on its first quantized batch.
without_amx='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16'
case $(uname -m) in
  x86_64) cmake_args="${CMAKE_ARGS:-} -DCMAKE_C_FLAGS='$without_amx' -DCMAKE_CXX_FLAGS='$without_amx'" ;;
  *) cmake_args=${CMAKE_ARGS:-} ;;
esac

step() {
  echo "+ $*"
  if [ "$dry_run" = no ]; then "$@"; fi
}

step "$python" -m venv "$prefix"
echo "  (the next step compiles llama.cpp: 5 to 20 minutes)"
step env "CMAKE_ARGS=$cmake_args" "$prefix/bin/python" -m pip install --quiet "$checkout"
if [ "$dry_run" = yes ] && [ ! -x "$prefix/bin/windowsill" ]; then
  echo "+ $prefix/bin/windowsill install $*   (a manifest for each browser, a launcher and a record of both)"
elif [ "$dry_run" = yes ]; then
  "$prefix/bin/windowsill" install --dry-run "$@"
else
  step "$prefix/bin/windowsill" install "$@"
  echo "Done. Check it with: $prefix/bin/windowsill doctor"
fi
