#!/usr/bin/env bash
# Builds everything and runs every test; the last line counts them. Needs the .NET SDK; PostgreSQL's and Redis's programs come
# from Debian's packages where they are missing.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# The tests start and end their own servers on loopback; only the programs must be there.
install() {
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get install -y -q "$1" >/dev/null 2>&1 || { $sudo apt-get update -q >/dev/null && $sudo apt-get install -y -q "$1" >/dev/null; } \
    || { echo "$1 is missing and can't be installed."; exit 1; }
}
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || install postgresql
command -v redis-server >/dev/null && command -v redis-cli >/dev/null || install redis-server

dotnet build FlowDispatch.sln -c Release --nologo -v quiet || { echo "The build failed."; exit 1; }

passed=0 failed=0 skipped=0
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  # A test that hangs is named in the output before its project is given up.
  output=$(timeout 900 dotnet exec "tests/$name/bin/Release/net10.0/$name.dll" -noColor -noLogo -longRunning 120 2>&1)
  code=$?
  # The runner's own summary: "  Name  Total: 12, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.2s"
  summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' <<<"$output" | tail -1)
  count() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
  if [ -z "$summary" ] || [ "$(count Total)" -eq 0 ]; then
    printf '%s\n' "$output" | tail -50
    echo "$name ended with exit code $code and counted no test."
    failed=$((failed + 1))
    continue
  fi
  bad=$(($(count Failed) + $(count Errors)))
  if [ "$bad" -eq 0 ] && [ "$code" -ne 0 ]; then bad=1; fi
  if [ "$bad" -ne 0 ]; then printf '%s\n' "$output"; else echo "$summary"; fi
  failed=$((failed + bad))
  skipped=$((skipped + $(count Skipped)))
  passed=$((passed + $(count Total) - $(count Failed) - $(count Skipped)))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
