# Make the virtual environment $1 with the interpreter $2, or with the first that is new enough.
set -eu

venv=$1
wanted=$2

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python=
for candidate in ${wanted:-python3 python3.14 python3.13 python3.12 python3.11}; do
  if new_enough "$candidate"; then
    python=$candidate
    break
  fi
done

if [ -z "$python" ]; then
  echo "error: ${wanted:-python3} is missing, or older than Python 3.11" >&2
  echo "help: install Python 3.11 or newer (Debian 12: apt install python3 python3-venv)" >&2
  exit 2
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  echo "error: $python cannot make virtual environments" >&2
  echo "help: install its venv module (Debian: apt install python3-venv)" >&2
  exit 2
fi
if ! command -v git >/dev/null 2>&1; then
  echo "error: git is missing" >&2
  echo "help: install it (Debian: apt install git)" >&2
  exit 2
fi

"$python" -m venv "$venv"
# Dependency groups are read by pip 25.1 and later; older distributions bring an older one.
"$venv/bin/python" -m pip -qq --disable-pip-version-check install --upgrade 'pip>=25.1'
