#!/usr/bin/env bash
# Puts the charting library of the HTML report into third_party/, at the version pinned here. Nothing of the build
# runs this: what it fetches is committed. Needs npm; run again after changing the version and its checksum.
set -euo pipefail

version=6.1.0
checksum=681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
into=$root/third_party/echarts

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd -- "$work"
npm pack --silent "echarts@$version"
echo "$checksum  echarts-$version.tgz" | sha256sum --check --quiet
tar xzf "echarts-$version.tgz" package/dist/echarts.min.js package/LICENSE package/NOTICE package/licenses/LICENSE-d3
mkdir -p "$into"
install -m 644 package/dist/echarts.min.js package/LICENSE package/NOTICE package/licenses/LICENSE-d3 "$into"
printf 'Apache ECharts %s, the minified build of its npm package, unchanged. Apache-2.0. Put here by scripts/vendor.sh.\n' "$version" >"$into/README.md"
