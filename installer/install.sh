#!/bin/sh
# Installs Windowsill from this checkout for this user: a virtual environment with the locked packages, a link to the
# command, the built extension, and the registration with the browsers. --dry-run prints every write and does none.
set -eu

usage='usage: install.sh [--dry-run] [--prefix DIR] [-- OPTIONS OF windowsill install]'
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
prefix=${XDG_DATA_HOME:-$HOME/.local/share}/windowsill/venv
link=$HOME/.local/bin/windowsill
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

step() {
  echo "+ $*"
  if [ "$dry_run" = no ]; then "$@"; fi
}

write() { # FILE COMMAND...
  file=$1
  shift
  echo "+ $* > $file"
  if [ "$dry_run" = no ]; then "$@" > "$file"; fi
}

build_extension() {
  if command -v npm >/dev/null; then
    step "$checkout/.ci/need-node"
    step npm --prefix "$checkout/extension" ci --silent
    step npm --prefix "$checkout/extension" run --silent build
  elif [ ! -f "$checkout/extension/dist/manifest.json" ]; then
    echo "  (npm is not here, so the extension is not built: install Node 20.19 or newer with npm and run this again)"
    return
  fi
  echo "  (load the extension from $checkout/extension/dist: chrome://extensions, Developer mode, Load unpacked)"
}

link_command() {
  if [ -e "$link" ] && [ "$(readlink "$link")" != "$prefix/bin/windowsill" ]; then
    echo "  ($link is something else and stays; the command is $prefix/bin/windowsill)"
    return
  fi
  step mkdir -p "${link%/*}"
  step ln -sf "$prefix/bin/windowsill" "$link"
  case :$PATH: in
    *:"${link%/*}":*) ;;
    *) echo "  (${link%/*} is not on your PATH: add it, or call $link)" ;;
  esac
}

step "$python" -m venv "$prefix"
write "$prefix/packages.txt" "$python" -B "$checkout/.ci/locked.py" without llama-cpp-python
step "$prefix/bin/python" -m pip install -qq --require-hashes --no-deps -r "$prefix/packages.txt"
write "$prefix/llama.txt" "$python" -B "$checkout/.ci/locked.py" only llama-cpp-python
step "$checkout/.ci/install-llama" "$prefix/bin/python" "$prefix/llama.txt"
step "$prefix/bin/python" -m pip install -qq --no-deps --no-build-isolation "$checkout"
build_extension
link_command
if [ "$dry_run" = yes ] && [ ! -x "$prefix/bin/windowsill" ]; then
  echo "+ $prefix/bin/windowsill install $*   (a manifest for each browser, a launcher and a record of both)"
elif [ "$dry_run" = yes ]; then
  "$prefix/bin/windowsill" install --dry-run "$@"
else
  step "$prefix/bin/windowsill" install "$@"
  echo "Done. Check it with: $prefix/bin/windowsill doctor"
fi
