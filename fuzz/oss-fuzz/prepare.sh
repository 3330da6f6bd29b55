#!/bin/bash
# Gets into an image of OSS-Fuzz what it lacks: a nightly Rust that is new enough, and the Python that is embedded, with its
# shared library. Its CFLAGS are for what is fuzzed with their engine, which Python is not.
set -euo pipefail

rust=nightly-2026-05-20
python=3.14.0

rustup toolchain install "$rust" --profile minimal --component rust-src
apt-get update
apt-get install -y --no-install-recommends libffi-dev zip zlib1g-dev
cd "$(mktemp -d)"
curl -fsSL "https://www.python.org/ftp/python/$python/Python-$python.tar.xz" | tar -xJ --strip-components=1
env -u CC -u CXX -u CFLAGS -u CXXFLAGS ./configure --prefix=/opt/python --enable-shared --without-ensurepip
env -u CC -u CXX -u CFLAGS -u CXXFLAGS make -j "$(nproc)" install LDFLAGS=-Wl,-rpath,/opt/python/lib
