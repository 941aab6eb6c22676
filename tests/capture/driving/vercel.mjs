// What the drives of the Vercel AI SDK ask: the same six things, through its functions.
// `sdk` is the package `ai`, `tool` makes a tool of a description, a schema and a function, `limits` lets an agent take two steps.

const SYSTEM = 'You answer in one sentence.';

export async function exercise({ sdk, openai, embedding, tool, limits, telemetry, tracer }) {
  const chat = openai('gpt-4o-mini');
  const common = { model: chat, system: SYSTEM, ...telemetry };
  const weather = tool('The weather of a city.', async ({ city }) => ({ city, sky: 'clear', degrees: 21 }));
  const within = (name, run) =>
    tracer.startActiveSpan(name, async (span) => {
      try {
        await run();
      } finally {
        span.end();
      }
    });

  await within('answer', async () => {
    await sdk.generateText({ ...common, prompt: 'What is in the harbour?', temperature: 0.2 });
    const { textStream } = sdk.streamText({ ...common, prompt: 'Tell me about the boat.' });
    for await (const _ of textStream);
  });
  await within('look up the weather', () =>
    sdk.generateText({
      ...common,
      model: openai('gpt-4o'),
      prompt: 'How is the weather in Lisbon?',
      tools: { get_weather: weather },
      ...limits,
    }),
  );
  await within('index', () => sdk.embed({ model: embedding, value: 'Fresh bread comes before noon.', ...telemetry }));
  await within('meet trouble', async () => {
    let refused = false;
    await sdk.generateText({ ...common, prompt: 'Answer this [400] please.', maxRetries: 0 }).catch(() => (refused = true));
    if (!refused) throw new Error('the server did not refuse');
    await sdk.generateText({ ...common, prompt: 'Wait for me [429] please.' });
  });
}
