// The Vercel AI SDK of version 4 with experimental_telemetry; JSON.
import { createOpenAI } from '@ai-sdk/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { trace } from '@opentelemetry/api';
import * as sdk from 'ai';
import { z } from 'zod';
import { start } from './telemetry.mjs';
import { exercise } from './vercel.mjs';

const provider = start('vercel-ai-old', new OTLPTraceExporter());
const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL, compatibility: 'strict' });
await exercise({
  sdk,
  openai: openai.chat,
  embedding: openai.embedding('text-embedding-3-small'),
  tool: (description, execute) => sdk.tool({ description, parameters: z.object({ city: z.string() }), execute }),
  limits: { maxSteps: 2 },
  telemetry: { experimental_telemetry: { isEnabled: true, functionId: 'guide' } },
  tracer: trace.getTracer('capture'),
});
await provider.shutdown();
