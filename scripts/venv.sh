#!/bin/sh
# Makes .venv from requirements-dev.txt, or does nothing where it is up to date.
set -eu
cd "$(dirname "$0")/.."
lock=requirements-dev.txt
stamp=.venv/stepwire-stamp

say() { printf 'stepwire: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# A moved checkout breaks the scripts in .venv/bin, so its place is in the stamp.
wanted() { pwd; cat "$lock" pyproject.toml scripts/venv.sh; }
if [ -x .venv/bin/python ] && wanted | cmp -s - "$stamp" \
  && .venv/bin/python -c '' 2>/dev/null; then
  exit 0
fi

is_313() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; }

# A python3.13 on PATH may be pyenv's shim, which fails where no 3.13 is chosen;
# for python3 the file .python-version makes the choice.
make_venv() {
  for python in python3.13 python3; do
    if is_313 "$python"; then
      say "making .venv with $("$python" --version)"
      "$python" -m venv .venv >/dev/null 2>&1 && return
      say "$python cannot make virtual environments (Debian: apt install python3-venv)"
    fi
    rm -rf .venv
  done
  if command -v uv >/dev/null; then
    say 'making .venv with uv'
    UV_SYSTEM_CERTS=1 uv venv --quiet --seed --python 3.13 .venv && return
  fi
  fail 'Python 3.13 was not found: install it, or uv (https://docs.astral.sh/uv).'
}

rm -rf .venv
make_venv

say "installing $lock into .venv"
pip='.venv/bin/python -m pip --quiet --disable-pip-version-check install'
# uv takes seconds where pip takes a minute; where uv cannot reach an index (its
# settings are not pip's), pip does it alone.
if ! { $pip "$(sed -n '/^uv==/p' "$lock")" 2>/dev/null \
  && UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --python .venv/bin/python \
    --requirement "$lock" 2>/dev/null; }; then
  $pip --requirement "$lock" || fail "the packages of $lock could not be installed."
fi
$pip --no-deps --no-build-isolation --editable . \
  || fail 'stepwire itself could not be installed into .venv.'
wanted >"$stamp"
