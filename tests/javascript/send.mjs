// Sends spans of the real JavaScript SDK through one of its exporters, then prints them as JSON.
//
// node send.mjs <grpc|proto|http> <endpoint>
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { SpanKind, SpanStatusCode, TraceFlags, context, createTraceState, trace } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const [kind, url] = process.argv.slice(2);
const { OTLPTraceExporter } = require(`@opentelemetry/exporter-trace-otlp-${kind}`);
const kept = new InMemorySpanExporter();
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'js', 'service.version': '3.1', replicas: 2 }),
  spanProcessors: [new SimpleSpanProcessor(kept)],
});
const tracer = provider.getTracer('js.scope', '1.0');
const start = Date.now() - 60_000;

const root = tracer.startSpan('chat gpt-4o-mini', {
  kind: SpanKind.CLIENT,
  startTime: start,
  attributes: {
    text: 'Grüße, 你好, 🦊 "quoted" \\ line\nand\ttab',
    // Half a character: the protobuf exporters write it as no UTF-8, which protobuf forbids; JSON writes an escape.
    ...(kind === 'http' ? { half: 'cut \ud83d off' } : {}),
    empty: '',
    yes: true,
    no: false,
    zero: 0,
    whole: 9007199254740991,
    negative: -7,
    float: 0.1,
    tiny: 5e-324,
    texts: ['a', '', 'ü'],
    numbers: [1, -2, 3],
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.usage.input_tokens': 1234,
  },
});
const inside = trace.setSpan(context.active(), root);
const other = {
  traceId: 'abcdef0123456789abcdef0123456789',
  spanId: '0123456789abcdef',
  traceFlags: TraceFlags.SAMPLED,
  traceState: createTraceState('v=1'),
};
const child = tracer.startSpan(
  'linked',
  { kind: SpanKind.SERVER, startTime: start + 1, links: [{ context: other, attributes: { why: 'retry', attempt: 2 } }] },
  inside,
);
child.addEvent('first', { n: 1, texts: ['x', 'y'] }, start + 5);
child.addEvent('second', start + 6);
child.setStatus({ code: SpanStatusCode.ERROR, message: 'gave up' });
child.end(start + 10);
root.setStatus({ code: SpanStatusCode.OK });
root.end(start + 1234);

const spans = kept.getFinishedSpans();
const exporter = new OTLPTraceExporter({ url });
const result = await new Promise((resolve) => exporter.export(spans, resolve));
await exporter.shutdown();
if (result.code !== 0) {
  console.error(result.error);
  process.exit(1);
}
const nanoseconds = ([seconds, rest]) => String(BigInt(seconds) * 1000000000n + BigInt(rest));
console.log(
  JSON.stringify(
    spans.map((span) => ({
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: span.parentSpanContext?.spanId ?? '',
      name: span.name,
      kind: SpanKind[span.kind],
      start: nanoseconds(span.startTime),
      end: nanoseconds(span.endTime),
      attributes: span.attributes,
      resource: span.resource.attributes,
      scope: span.instrumentationScope,
      status: SpanStatusCode[span.status.code],
      message: span.status.message ?? '',
      events: span.events.map((event) => ({ at: nanoseconds(event.time), name: event.name, attributes: event.attributes ?? {} })),
      links: span.links.map((link) => ({ ...link.context, traceState: link.context.traceState?.serialize() ?? '', attributes: link.attributes })),
    })),
  ),
);
