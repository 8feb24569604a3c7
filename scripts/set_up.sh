#!/bin/sh
# Finds a Python that is new enough, then hands over to set_up.py.
# $PYTHON decides; without it, the interpreter of an environment that is there already, else the host's.

cd "$(dirname "$0")/.." || exit 1

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -n "$PYTHON" ]; then
    candidates=$PYTHON
elif new_enough .venv/bin/python; then
    candidates=.venv/bin/python
else
    candidates='python3 python3.13 python3.12 python3.11'
fi
for python in $candidates; do
    new_enough "$python" && exec "$python" scripts/set_up.py "$@"
done

if [ -z "$PYTHON" ]; then
    python=python3
fi
if version=$("$python" --version 2>&1); then
    echo "Python 3.11 or newer is needed; $python is $version. Choose one: make run PYTHON=python3.12" >&2
else
    echo "Python 3.11 or newer is needed; $python cannot be started. Choose one: make run PYTHON=python3.12" >&2
fi
exit 1
