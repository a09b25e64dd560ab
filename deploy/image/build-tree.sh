#!/bin/sh
# Puts what the image holds besides Node into a folder: the package as it is published, and the drivers at the versions that
# deploy/image/package-lock.json pins. Run it in a clone after `npm ci`: sh deploy/image/build-tree.sh /opt/waygate
set -eu
target=$1
here=$(cd "$(dirname "$0")" && pwd)
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT

(cd "$here/../.." && npm pack --silent --pack-destination "$packed" >/dev/null)
mkdir -p "$target"
tar -xzf "$packed"/waygate-*.tgz -C "$target" --strip-components=1
# Node looks for the packages of a program in the folders above it. The build names none but these.
cp "$here/package.json" "$here/package-lock.json" "$packed"
npm ci --prefix "$packed" --omit=dev --ignore-scripts --no-audit --no-fund --silent
mv "$packed/node_modules" "$target/node_modules"
cp "$here/healthcheck.js" "$target"
# Nothing in it is written to, by anybody.
chmod -R a-w,a+rX "$target"
