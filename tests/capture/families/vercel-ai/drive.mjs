// The Vercel AI SDK with its OpenTelemetry integration, which speaks the GenAI conventions; protobuf.
import { OpenTelemetry } from '@ai-sdk/otel';
import { createOpenAI } from '@ai-sdk/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { trace } from '@opentelemetry/api';
import * as sdk from 'ai';
import { z } from 'zod';
import { start } from './telemetry.mjs';
import { exercise } from './vercel.mjs';

const provider = start('vercel-ai', new OTLPTraceExporter());
sdk.registerTelemetry(new OpenTelemetry());
const openai = createOpenAI();
await exercise({
  sdk,
  openai: openai.chat,
  embedding: openai.embedding('text-embedding-3-small'),
  tool: (description, execute) => sdk.tool({ description, inputSchema: z.object({ city: z.string() }), execute }),
  limits: { stopWhen: sdk.isStepCount(2) },
  telemetry: { telemetry: { isEnabled: true, functionId: 'guide' } },
  tracer: trace.getTracer('capture'),
});
await provider.shutdown();
