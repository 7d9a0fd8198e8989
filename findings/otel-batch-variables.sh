#!/usr/bin/env bash
# OpenTelemetry's batch settings from the environment: the tracing package that replaces sdk-trace-base does not read them.
#
# Packages  @opentelemetry/sdk-trace-base 2.11.0 and @opentelemetry/sdk-trace 3.1.0 (npm), each with the API that it asks for
# Input     OTEL_BSP_SCHEDULE_DELAY=100 (ms), one span that ends at once, 1.5 s of waiting
# Expected  the span is exported by then: the variable is in OpenTelemetry's specification, with 5,000 ms as its default
# Seen      sdk-trace-base 2.11.0: exported
#           sdk-trace 3.1.0: not exported; nothing is logged. Whoever moves to 3.x passes the four values to the constructor
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/ask.mjs" <<'JS'
const name = process.argv[2];
const { BatchSpanProcessor, BasicTracerProvider, TracerProvider } = await import(name);
let exported = 0;
const exporter = {
  export: (spans, done) => {
    exported += spans.length;
    done({ code: 0 });
  },
  shutdown: async () => {},
  forceFlush: async () => {},
};
// 2.x takes the exporter, 3.x an object with it
const processor = BasicTracerProvider ? new BatchSpanProcessor(exporter) : new BatchSpanProcessor({ exporter });
const provider = new (BasicTracerProvider ?? TracerProvider)({ spanProcessors: [processor] });
provider.getTracer('finding').startSpan('one').end();
await new Promise((done) => setTimeout(done, 1_500));
console.log(`${name}: ${exported} exported after 1.5 s`);
await provider.shutdown();
JS
ask() { # ask PACKAGE VERSION API-VERSION
  mkdir "$folder/$2" && cp "$folder/ask.mjs" "$folder/$2" && cd "$folder/$2"
  npm init --yes >/dev/null
  npm install --silent --no-audit --no-fund "$1@$2" "@opentelemetry/api@$3" >/dev/null 2>&1
  OTEL_BSP_SCHEDULE_DELAY=100 node ask.mjs "$1"
}
expected='@opentelemetry/sdk-trace-base: 1 exported after 1.5 s
@opentelemetry/sdk-trace: 0 exported after 1.5 s'
seen=$(ask @opentelemetry/sdk-trace-base 2.11.0 1.9.0; ask @opentelemetry/sdk-trace 3.1.0 1.10.0)
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed: expected" "$expected" >&2; exit 1; }
