#!/bin/bash
# Builds the libFuzzer targets and all that they need into one folder, as OSS-Fuzz, ClusterFuzz and ClusterFuzzLite call it:
# SRC is where the checkout lies, WORK is for what is built, and OUT is what is taken to the machines that fuzz. These have no
# Python of ours, so that its library and its modules go with the targets. SANITIZER is `address`, `none` or another one that
# OSS-Fuzz names; PYO3_PYTHON is the Python that is embedded.
#
# It works outside of their images, too: `OUT=/tmp/out fuzz/oss-fuzz/build.sh`. There SANITIZER is `none` if it is not set,
# and then stable Rust and cargo alone are needed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The image has this script in SRC, and the checkout beside it.
checkout=${SRC:+$SRC/viewcheck}
if [ -z "$checkout" ] || [ ! -d "$checkout/fuzz" ]; then
    checkout=$(cd "$here/../.." && pwd)
fi
cd "$checkout"
: "${OUT:?build.sh: OUT is not set; it names the folder for the targets}"
work=${WORK:-$(mktemp -d)}
sanitizer=${SANITIZER:-none}
engine=${FUZZING_ENGINE:-libfuzzer}
python=${PYO3_PYTHON:-$(command -v python3)}
export PYO3_PYTHON=$python
target=x86_64-unknown-linux-gnu
[ "$(uname -m)" = x86_64 ] || target=$(uname -m)-unknown-linux-gnu

if [ "$engine" != libfuzzer ]; then
    echo "build.sh: FUZZING_ENGINE is $engine, and the targets are for libfuzzer" >&2
    exit 2
fi
mkdir -p "$OUT" "$work"

# The seeds are written by a program that runs here, without a sanitizer.
if [ "$sanitizer" = none ]; then
    CARGO_TARGET_DIR=$work/target RUSTFLAGS="--cfg fuzzing ${RUSTFLAGS:-}" \
        cargo build --locked --release --package viewcheck-fuzz --package viewcheck --bins --example corpus --target "$target"
    writer=$work/target/$target/release/examples/corpus
else
    # A sanitizer needs cargo-fuzz and a nightly compiler, which the image has.
    # What is no sanitizer of Rust, such as `coverage`, is in the RUSTFLAGS of the image.
    [ "$sanitizer" = address ] || sanitizer=none
    cargo fuzz build --release --sanitizer "$sanitizer" --target "$target" --target-dir "$work/target"
    env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS -u CUSTOM_LIBFUZZER_PATH CARGO_TARGET_DIR="$work/host" \
        cargo build --locked --package viewcheck --no-default-features --example corpus
    writer=$work/host/debug/examples/corpus
fi
for name in differential read; do
    cp "$work/target/$target/release/$name" "$OUT/$name"
    cp "fuzz/oss-fuzz/$name.options" "$OUT/$name.options"
done

# The library of Python is found beside the target, through its rpath, and its modules in the folder `python`.
"$python" fuzz/oss-fuzz/python.py "$OUT"

corpus=$work/corpus
rm -rf "$corpus"
"$writer" "$corpus"
for name in differential read; do
    rm -f "$OUT/${name}_seed_corpus.zip"
    (cd "$corpus/$name" && find . -type f | LC_ALL=C sort | zip -q -X "$OUT/${name}_seed_corpus.zip" -@)
done
cp "$corpus/read.dict" "$OUT/read.dict"
