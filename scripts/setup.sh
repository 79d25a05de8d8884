#!/usr/bin/env bash
# Makes the virtual environment, and installs Chromium for the browser tests if it is missing.
set -euo pipefail
venv=$1

[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.lock
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# SOLAPI's own Node client, for one test that is skipped without it; Node comes with Playwright.
if command -v npm >/dev/null; then
  mkdir -p "$venv/node"
  cp tests/simulator/official_node/package*.json "$venv/node/"
  npm ci --prefix "$venv/node" --ignore-scripts --silent --fetch-retries 0 --fetch-timeout 30000 ||
    { echo "npm gave nothing: the test with SOLAPI's Node client will be skipped."; rm -rf "$venv/node"; }
fi

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium and Korean fonts for the browser tests …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
  else
    echo "For the browser tests install Chromium: sudo apt-get install chromium fonts-noto-cjk"
  fi
fi
